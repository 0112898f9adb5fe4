"""What a theme holds: the table of its lessons and the time they take, from their front matter.

The page of a theme stands in the folder of its lessons; the comment `<!-- lessons -->` on it is the
place of both.
"""

import posixpath
from collections.abc import Mapping, Sequence
from typing import Any

from mkdocs.exceptions import PluginError

#: On a page, the place of the time and the table of the lessons in its folder.
PLACE = "<!-- lessons -->"


def table(page: str, facts: Mapping[str, Mapping[str, Any]], order: Sequence[str]) -> str:
    """Return how long the lessons beside a page take, and what each is about.

    Args:
        page: The page of the theme, below the folder of all pages.
        facts: The front matter of each lesson: `title`, `description` and `minutes`.
        order: All pages in the order of the navigation.

    Raises:
        PluginError: If a lesson lacks one of the three, or there is no lesson.
    """
    folder = posixpath.dirname(page)
    beside = [name for name in order if name in facts and posixpath.dirname(name) == folder]
    if not beside:
        raise PluginError(f"literate: {page}: has {PLACE}, and no lesson in nav is beside it")
    rows = ["| Lesson | What you do |", "| --- | --- |"]
    minutes = 0
    for name in beside:
        missing = [key for key in ("title", "description", "minutes") if not facts[name].get(key)]
        if missing:
            raise PluginError(f"literate: {name}: its front matter has no {', no '.join(missing)}")
        title, about = (str(facts[name][key]).strip() for key in ("title", "description"))
        about = about.replace("|", "\\|")
        rows.append(f"| [{title}]({posixpath.basename(name)}) | {about} |")
        minutes += facts[name]["minutes"]
    return "\n".join([f"**Time:** about {minutes} minutes.", "", *rows])
