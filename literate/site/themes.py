"""All themes of a site, each with its lessons, and which lesson needs which.

A theme is a page in `nav` that lists the lessons beside it. On any page, the comment
`<!-- themes -->` is the place of a card for each; `literate.site.ways` draws them as a map.
"""

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mkdocs.utils.meta import get_data

from literate.site import contents
from literate.writing.blocks import indent

#: On a page, the place of a card for each theme.
PLACE = "<!-- themes -->"

#: In Markdown, where a link leads: the address, and the part of the page.
_TARGET = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)((?:#[^)\s]*)?)\)")

_Facts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Theme:
    """A theme of the course.

    Attributes:
        page: Its page, below the folder of all pages.
        title: What it is called.
        about: What it is about, in a sentence.
        lessons: Their pages, in order.
    """

    page: str
    title: str
    about: str
    lessons: tuple[str, ...]


def themes(order: Sequence[str], facts: _Facts, source: Callable[[str], str]) -> list[Theme]:
    """Return the themes of a site, in order.

    Args:
        order: All pages in the order of the navigation.
        facts: What each lesson says of itself.
        source: Returns what is written in a page.
    """
    found = []
    for page in order:
        if page in facts or not page.endswith(".md"):
            continue
        text, meta = get_data(source(page))
        if contents.PLACE in text:
            title, about = (" ".join(str(meta.get(key, "")).split()) for key in _SAID)
            found.append(Theme(page, title, about, contents.beside(page, facts, order)))
    return found


_SAID = ("title", "description")


def needed(lesson: str, facts: _Facts, all_themes: Sequence[Theme]) -> list[str]:
    """Return the lessons to which the front matter of a lesson leads as what it needs.

    Args:
        lesson: Its page.
        facts: What each lesson says of itself.
        all_themes: Where it leads to a theme, it needs all lessons of that.
    """
    whole = {theme.page: theme.lessons for theme in all_themes}
    known = {each for theme in all_themes for each in theme.lessons}
    folder, found = posixpath.dirname(lesson), list[str]()
    for target, _ in _TARGET.findall(str(facts[lesson].get("needs", ""))):
        page = posixpath.normpath(posixpath.join(folder, target))
        found += whole.get(page, [page])
    return [each for each in dict.fromkeys(found) if each in known and each != lesson]


def cards(page: str, all_themes: Sequence[Theme], facts: _Facts) -> str:
    """Return a card for each theme: picture, title, time, and the lessons with what they need.

    Args:
        page: On which they stand, below the folder of all pages.
        all_themes: In order.
        facts: What each lesson says of itself.
    """
    listed = [_card(page, theme, facts) for theme in all_themes]
    return "\n\n".join(['<div class="themes" markdown="1">', *listed, "</div>"])


def _card(page: str, theme: Theme, facts: _Facts) -> str:
    folder = posixpath.dirname(page) or "."
    own = [facts[lesson] for lesson in theme.lessons]
    lead = next((each for each in theme.lessons if facts[each].get("lead")), "")
    picture = contents.picture(facts[lead]["lead"], _between(folder, lead)) if lead else ""
    count = f"{len(own)} lesson{'s' * (len(own) != 1)}"
    lessons = "\n".join(_lesson(folder, lesson, facts[lesson]) for lesson in theme.lessons)
    parts = [
        *([picture] if picture else []),
        f"[{theme.title}]({posixpath.relpath(theme.page, folder)})",
        theme.about,
        contents.hours(own),
        f'??? inside "{count}"\n\n{indent(lessons)}',
    ]
    return "- " + indent("\n\n".join(parts)).lstrip()


def _lesson(folder: str, lesson: str, facts: Mapping[str, Any]) -> str:
    """Return the entry of a lesson: its title, and what it needs, with links from this folder."""
    needs = " ".join(str(facts.get("needs", "")).split()).removesuffix(".")
    between = _between(folder, lesson)

    def moved(link: re.Match[str]) -> str:
        return f"]({posixpath.normpath(posixpath.join(between, link[1]))}{link[2]})"

    title = f"1. [{facts['title']}]({posixpath.relpath(lesson, folder)})"
    return title + (f"<br>*needs {_TARGET.sub(moved, needs)}*" if needs else "")


def _between(folder: str, lesson: str) -> str:
    """Return the way from a folder to that of a lesson."""
    return posixpath.relpath(posixpath.dirname(lesson) or ".", folder)
