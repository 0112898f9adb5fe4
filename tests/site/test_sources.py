"""The sources page holds, in full, what lessons and docstrings cite by author and year."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/reference/sources.md").read_text(encoding="utf-8")
ENTRIES = dict(re.findall(r"^(\S[^\n]*)\n:   (.*?)(?=^\S|\Z)", TEXT, re.MULTILINE | re.DOTALL))

# Not range(2000), and not the end of (500, 1000, 1500): those are code.
CITATION = re.compile(r"(?<!\w)\((?:[^()\d]*,\s+)?(1[5-9]\d\d|20\d\d)\)|\b(RFC \d+)\b")


def citations() -> list[tuple[str, str, str]]:
    """Return, for each citation, its file, the text that leads up to it, and the year or number."""
    folders = (ROOT / "course", ROOT / "docs/lessons")
    paths = [path for folder in folders for path in sorted(folder.rglob("*.[pm][yd]"))]
    found = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        for match in CITATION.finditer(text):
            lead = text[max(0, match.start() - 200) : match.end()]
            found.append((path.relative_to(ROOT).as_posix(), lead, match[1] or match[2]))
    return found


def entry_of(lead: str, year: str) -> str | None:
    """Return the entry whose first author and year, or whose number, are cited."""
    for name in ENTRIES:
        author = re.escape(name.split()[0])
        if name == year or (name.endswith(f"({year})") and re.search(rf"\b{author}\b", lead)):
            return name
    return None


def test_the_page_has_entries() -> None:
    assert len(ENTRIES) >= 8
    assert "He et al. (2015)" in ENTRIES


@pytest.mark.parametrize(("path", "lead", "year"), citations())
def test_what_is_cited_stands_on_the_page_with_the_place_that_cites_it(
    path: str, lead: str, year: str
) -> None:
    name = entry_of(lead, year)

    assert name is not None, f"{path} cites something of {year} that the sources page lacks"
    module = path.removesuffix(".py").replace("/", ".")
    place = path.removeprefix("docs/") if path.startswith("docs/") else f"][{module}."
    assert place in ENTRIES[name]


def test_what_stands_on_the_page_is_cited() -> None:
    cited = {entry_of(lead, year) for _, lead, year in citations()}

    assert {name for name in ENTRIES if re.search(r"\d", name)} <= cited
