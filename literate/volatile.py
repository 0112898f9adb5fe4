"""Measured times differ from build to build: find them in a page by the class `volatile`.

Outputs of cells tagged `volatile` have it, the seconds in a page's footer, and whatever a lesson
puts between `<span class="volatile">` and `</span>`.
"""

import re
from collections.abc import Iterator

_TAG = re.compile(
    r"""<(?P<tag>[a-z]+)\b[^<>]*\bclass="(?:[^"]*\s)?volatile(?:\s[^"]*)?"[^<>]*>""", re.IGNORECASE
)
_SOURCE = re.compile(r"""\bsrc="([^"#]*)""")


def masked(html: str) -> str:
    """Return a page, or Markdown, whose volatile elements are empty.

    Examples:
        >>> masked('Ran in <span class="volatile">1.3 s</span> here')
        'Ran in <span class="volatile"></span> here'
    """
    kept, done = [], 0
    for start, end in _elements(html):
        kept.append(html[done:start])
        done = end
    return "".join([*kept, html[done:]])


def pictures(html: str) -> set[str]:
    """Return the addresses of the pictures that volatile cells have drawn, as the page has them."""
    return {
        address
        for tag in _TAG.finditer(html)
        if tag["tag"].lower() == "img"
        for address in _SOURCE.findall(tag[0])
    }


def _elements(html: str) -> Iterator[tuple[int, int]]:
    """Give where the content of each volatile element starts and ends."""
    done = 0
    for opening in _TAG.finditer(html):
        if opening.start() < done or opening["tag"].lower() == "img":
            continue
        depth = 1
        for tag in re.compile(rf"<(/?){opening['tag']}\b", re.IGNORECASE).finditer(
            html, opening.end()
        ):
            depth += -1 if tag[1] else 1
            if not depth:
                done = tag.start()
                yield opening.end(), done
                break
