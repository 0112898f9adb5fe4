"""What a theme holds, and how long it takes: from what its lessons say of themselves.

The page of a theme stands in the folder of its lessons; the comment `<!-- lessons -->` on it is the
place of both. On any page, `<!-- hours -->` is the place of the time that all lessons take.
"""

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mkdocs.exceptions import PluginError

#: On a page, the place of the time and the list of the lessons in its folder.
PLACE = "<!-- lessons -->"

#: On a page, the place of the time that all lessons take.
HOURS = "<!-- hours -->"


def table(page: str, facts: Mapping[str, Mapping[str, Any]], order: Sequence[str]) -> str:
    """Return how long the lessons beside a page take, and what each is about.

    Args:
        page: The page of the theme, below the folder of all pages.
        facts: What each lesson says of itself: `title` and `description`, and, if it came to its
            end, the minutes for `reading` and `practice`, and its `lead`.
        order: All pages in the order of the navigation.

    Raises:
        PluginError: If a lesson lacks its title or its description, or there is no lesson.
    """
    lessons = beside(page, facts, order)
    if not lessons:
        raise PluginError(f"literate: {page}: has {PLACE}, and no lesson in nav is beside it")
    cards = [_card(name, facts[name]) for name in lessons]
    spent = hours([facts[name] for name in lessons])
    return "\n\n".join(
        [f"**Time:** {spent}.", '<div class="lessons" markdown="1">', *cards, "</div>"]
    )


def beside(
    page: str, facts: Mapping[str, Mapping[str, Any]], order: Sequence[str]
) -> tuple[str, ...]:
    """Return the lessons in the folder of a page, in the order of the navigation."""
    folder = posixpath.dirname(page)
    return tuple(name for name in order if name in facts and posixpath.dirname(name) == folder)


def picture(lead: Mapping[str, str], folder: str = ".") -> str:
    """Return the picture of a lesson as Markdown.

    Args:
        lead: Its files, relative to the folder of the lesson.
        folder: That folder, from the one of the page on which the picture stands.
    """
    both = [("#only-light", lead["light"]), ("#only-dark", lead["dark"])]
    files = both if lead["dark"] else [("", lead["light"])]
    at = [(end, posixpath.normpath(posixpath.join(folder, name))) for end, name in files]
    return "".join(f'![]({name}{end}){{ loading="lazy" }}' for end, name in at)


def _card(page: str, facts: Mapping[str, Any]) -> str:
    """Return an entry of a list: the picture of a lesson, its title, what one does, its time."""
    missing = [key for key in ("title", "description") if not facts.get(key)]
    if missing:
        raise PluginError(f"literate: {page}: its front matter has no {', no '.join(missing)}")
    title, about = (" ".join(str(facts[key]).split()) for key in ("title", "description"))
    parts = [f"[{title}]({posixpath.basename(page)})", about]
    if lead := facts.get("lead"):
        parts[:0] = [picture(lead)]
    parts += [facts["times"]] if "times" in facts else []
    return "- " + "\n\n    ".join(parts)


def hours(lessons: Iterable[Mapping[str, Any]]) -> str:
    """Return how long lessons take together.

    Args:
        lessons: What each says of itself, in minutes.

    Examples:
        >>> hours([{"reading": 50, "practice": 20}, {"reading": 35, "practice": 20}, {}])
        '1 h 25 min to read, 40 min to practise'
    """
    known = [each for each in lessons if "reading" in each]
    read, practise = (_long(sum(each[what] for each in known)) for what in ("reading", "practice"))
    return f"{read} to read, {practise} to practise"


def _long(minutes: int) -> str:
    """Return a time in words; of many hours, the minutes do not matter."""
    whole, rest = divmod(minutes, 60)
    if whole >= 5:
        return f"{round(minutes / 60)} h"
    return " ".join([f"{whole} h"] * bool(whole) + [f"{rest} min"] * bool(rest or not whole))
