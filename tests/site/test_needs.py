"""The page of a theme names what its lessons need from elsewhere."""

import posixpath
import re
from pathlib import Path

import pytest

from literate.lesson.page import read
from literate.site.themes import Theme, needed, themes

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def course(nav: list[Path]) -> tuple[list[Theme], dict[str, dict[str, object]]]:
    """Return the themes of the course, and the front matter of each lesson."""
    order = [path.relative_to(DOCS).as_posix() for path in nav]
    facts = {page: dict(read(DOCS / page, ROOT).meta) for page in order if page.endswith(".py")}
    return themes(order, facts, lambda page: (DOCS / page).read_text(encoding="utf-8")), facts


def said(theme: Theme, every: list[Theme]) -> set[str]:
    """Return the lessons that the page of a theme names as what one needs."""
    text = (DOCS / theme.page).read_text(encoding="utf-8")
    (paragraph,) = re.findall(r"^\*\*You need\*\*.*?\n\n", text, re.DOTALL | re.MULTILINE)
    folder = posixpath.dirname(theme.page)
    links = re.findall(r"\]\(([^)#]+)", paragraph)
    pages = {posixpath.normpath(posixpath.join(folder, link)) for link in links}
    whole = {each.page: set(each.lessons) for each in every}
    return set().union(*(whole.get(page, {page}) for page in pages))


def test_a_theme_names_what_its_lessons_need_from_elsewhere(nav: list[Path]) -> None:
    every, facts = course(nav)
    direct = {lesson: needed(lesson, facts, every) for theme in every for lesson in theme.lessons}

    def behind(lessons: set[str]) -> set[str]:
        more = lessons.union(*(direct[lesson] for lesson in lessons))
        return more if more == lessons else behind(more)

    assert len(every) >= 9
    for theme in every:
        outside = {need for lesson in theme.lessons for need in direct[lesson]} - set(theme.lessons)
        unsaid = outside - behind(said(theme, every))
        assert not unsaid, f"{theme.page} does not name {sorted(unsaid)}, which its lessons need"


def test_no_lesson_needs_what_comes_later(nav: list[Path]) -> None:
    every, facts = course(nav)
    place = {path.relative_to(DOCS).as_posix(): number for number, path in enumerate(nav)}
    for theme in every:
        for lesson in theme.lessons:
            late = [need for need in needed(lesson, facts, every) if place[need] > place[lesson]]
            assert not late, f"{lesson} needs {late}"


@pytest.mark.parametrize("page", ["lessons/linear/index.md"])
def test_a_link_to_a_lesson_counts(page: str, nav: list[Path]) -> None:
    every, _ = course(nav)
    theme = next(each for each in every if each.page == page)
    assert "lessons/tensors/vectors.py" in said(theme, every)
