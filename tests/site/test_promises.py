"""What a page says that another will show can be gone to, and what it writes as ± is one thing."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs/lessons").rglob("*.py")), *sorted((ROOT / "docs").rglob("*.md"))]
TEXTS = [*PAGES, *sorted((ROOT / "course").rglob("exercises/*.py"))]

#: How a page speaks of another one, or of what comes.
PROMISE = re.compile(
    r"\b(?:(?:another|next|later|following|coming) lessons?\b|lessons? (?:of its own|to come))"
    r"|\bfor a lesson\b|\byou will meet (?:this|it|that|them) again\b|\bas you will see\b",
    re.IGNORECASE,
)


def unlinked(text: str) -> list[str]:
    """Return the promises of a text that lead nowhere."""
    text = re.sub(r"\[[^]]*\](?:\([^)]*\)|\[[^]]*\])", "…", text)
    return [match[0] for match in PROMISE.finditer(" ".join(text.split()))]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_promise_is_a_link(path: Path) -> None:
    found = unlinked(path.read_text(encoding="utf-8"))
    assert found == [], "link to what will say it, or say it here"


def test_promises_are_found_where_they_lead_nowhere_alone() -> None:
    assert unlinked("The criterion has a lesson of its own; take it as given.") != []
    assert unlinked("a later\nlesson explains it") == ["later lesson"]
    assert unlinked("How ten logits become ten is for a lesson of its own.") != []
    assert unlinked("You will meet this again.") != []
    assert (
        unlinked("It has [a lesson of its own](../loop.py), as the [next lesson][course.x].") == []
    )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_margin_is_that_of_an_interval(path: Path) -> None:
    """What follows ± is half of a 95 % interval, and no standard deviation."""
    text = path.read_text(encoding="utf-8")
    margins = re.findall(r"±(?!\d)", text) if path.suffix == ".py" else []
    assert not margins or "mean_interval" in text, "± stands for a margin, as mean_interval gives"
    assert not re.search(r"±\W{1,4}\{[^}]*(?:std|deviation)", text)
