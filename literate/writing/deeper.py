"""Sections that a first reader can skip: a heading that begins with `Going deeper:` folds.

Such a section ends where the next one of its level, or of a higher one, begins. On a page it opens
by its heading, in a notebook it is a heading that says so.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

#: How the heading of such a section begins.
MARK = "Going deeper: "

_FENCE = re.compile(r"^ {0,3}(?P<ticks>`{3,}|~{3,})")
_HEADING = re.compile(rf"^(?P<level>#{{1,6}}) +(?P<deeper>{re.escape(MARK)})?")


class Piece(NamedTuple):
    """A part of a text: the level of the section to be skipped in which it stands, or 0.

    `opens` says whether that section begins with it.
    """

    level: int
    opens: bool
    text: str


def pieces(text: str, level: int = 0) -> Iterator[Piece]:
    r"""Cut Markdown where a section to be skipped begins or ends.

    Args:
        text: Of one cell.
        level: That of the section in which it begins, or 0.

    Examples:
        >>> [tuple(each) for each in pieces("A\n## Going deeper: why\nB\n# C")]
        [(0, False, 'A\n'), (2, True, '## Going deeper: why\nB\n'), (0, False, '# C')]
    """
    opens, fence, lines = False, "", list[str]()
    for line in text.splitlines(keepends=True):
        ticks = _FENCE.match(line)
        if fence:
            fence = "" if ticks and ticks["ticks"].startswith(fence) else fence
        elif ticks:
            fence = ticks["ticks"]
        elif (found := _HEADING.match(line)) and _turns(found, level):
            if lines:
                yield Piece(level, opens, "".join(lines))
            opens = found["deeper"] is not None
            level, lines = len(found["level"]) if opens else 0, []
        lines.append(line)
    if lines:
        yield Piece(level, opens, "".join(lines))


def _turns(heading: re.Match[str], level: int) -> bool:
    """Return whether a section to be skipped begins or ends with a heading."""
    ends = 0 < len(heading["level"]) <= level
    return ends or (heading["deeper"] is not None and not level)


def opened(text: str) -> str:
    """Return the Markdown of a section whose heading opens it; `CLOSED` ends it.

    Args:
        text: It begins with the heading.
    """
    heading, _, rest = text.partition("\n")
    head = f'<summary markdown="block">\n\n{heading}\n\n</summary>'
    return f'<details class="deeper" markdown="1">\n{head}\n\n{rest.lstrip()}'


#: What ends a section that `opened` has begun.
CLOSED = "</details>"


def told(text: str) -> str:
    """Return Markdown for a notebook, where nothing folds: the heading says so."""
    marked = rf"\1 {MARK.rstrip(': ')} (skip at first): "
    return "".join(
        re.sub(rf"^(#+) +{re.escape(MARK)}", marked, piece.text) for piece in pieces(text)
    )
