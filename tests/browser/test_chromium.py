"""Whoever has no browser is told how to get one."""

from pathlib import Path

import pytest

from tests.browser.chromium import NAMES, NoBrowserError, find


def program(folder: Path, name: str) -> str:
    path = folder / name
    path.touch(mode=0o755)
    return str(path)


def test_the_variable_comes_before_the_path_and_the_path_is_searched_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    for name in reversed(NAMES):
        path = program(tmp_path, name)
        assert find() == path
    monkeypatch.setenv("CHROMIUM", program(tmp_path, "mine"))
    assert find() == str(tmp_path / "mine")


@pytest.mark.parametrize("named", ["", "/none/chromium"])
def test_without_a_browser_one_is_told_how_to_get_one(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CHROMIUM", named)
    said = f"CHROMIUM is '{named}'" if named else "no chromium, chromium-browser, google-chrome"

    with pytest.raises(NoBrowserError, match=rf"(?s){said}.*sudo apt install chromium.*CHROMIUM="):
        find()
