"""Each line of the cheat sheet has run, and stands beside what it gave."""

import contextlib
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/cheat_sheet.py"


@pytest.fixture(scope="module")
def ran() -> dict[str, Any]:
    """Return what the program of the page leaves."""
    names: dict[str, Any] = {"__name__": "sheet"}
    exec(compile(PAGE.read_text(encoding="utf-8"), str(PAGE), "exec"), names)
    return names


def test_each_line_stands_there_once_with_what_it_gave(ran: dict[str, Any]) -> None:
    lines = re.findall(r"^\| `([^`]+)` \| (.*) \|$", "\n".join(ran["groups"]), re.MULTILINE)
    codes = [code for code, _ in lines]

    assert len(codes) > 80
    assert len(set(codes)) == len(codes)
    told = dict(lines)
    assert told["torch.arange(0, 10, 2)"] == "`[0, 2, 4, 6, 8]` int64"
    assert told["torch.zeros(2, 3)"] == "`(2, 3)` float32"
    assert told["x + torch.zeros(2)"].startswith("**RuntimeError**: The size of tensor a (3)")
    assert told["w.grad"] == "`6` float32"
    silent = [code for code, gave in lines if not gave and "=" not in code and "(" not in code]
    assert silent == []


def test_a_line_that_fails_stops_the_page_unless_it_says_so(ran: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match="must match"):
        ran["run"]("x + torch.zeros(2)")
    with pytest.raises(AssertionError, match="did not fail"):
        ran["run"]("x + 1  # fails")
    with contextlib.suppress(KeyError), pytest.raises(NameError):
        ran["run"]("absent + 1")


def test_each_group_leads_to_a_lesson(ran: dict[str, Any]) -> None:
    groups = [*ran["groups"], ran["loop"], ran["loss"]]
    for group in groups:
        (link,) = re.findall(r"^## \[[^]]+\]\(\.\./([^)]+)\)$", group, re.MULTILINE)
        assert (ROOT / "docs" / link).is_file()


def test_a_loss_that_takes_what_it_should_not_is_noticed(ran: dict[str, Any]) -> None:
    torch, nn, fits = ran["torch"], ran["nn"], ran["fits"]
    numbers = torch.zeros(4)
    assert fits(nn.MSELoss(), numbers, numbers)
    assert not fits(nn.MSELoss(), numbers, numbers[:, None])
    assert not fits(nn.CrossEntropyLoss(), torch.zeros(4, 3), torch.zeros(4))
    assert not fits(nn.MSELoss(reduction="none"), numbers, numbers)
    assert not fits(nn.MSELoss(), numbers * float("nan"), numbers)
