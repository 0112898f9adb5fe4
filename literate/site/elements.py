"""Find elements in HTML, or in Markdown with HTML, with all that they hold."""

import re
from collections.abc import Iterator


def emptied(html: str, opening: re.Pattern[str]) -> str:
    r"""Return a page whose elements of one kind are empty.

    Args:
        html: The page, or Markdown with elements in it.
        opening: What their first tag looks like; its group `tag` is the name of the element.

    Examples:
        >>> emptied("<p>a <b>b</b></p><p>c</p>", re.compile("<(?P<tag>b)>"))
        '<p>a <b></b></p><p>c</p>'
    """
    kept, done = [], 0
    for start, end in _contents(html, opening):
        kept.append(html[done:start])
        done = end
    return "".join([*kept, html[done:]])


def _contents(html: str, opening: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Give where the content of each element starts and ends; an image has none."""
    done = 0
    for first in opening.finditer(html):
        name = first["tag"]
        if first.start() < done or name.lower() == "img":
            continue
        depth = 1
        for tag in re.compile(rf"<(/?){name}\b", re.IGNORECASE).finditer(html, first.end()):
            depth += -1 if tag[1] else 1
            if not depth:
                done = tag.start()
                yield first.end(), done
                break
