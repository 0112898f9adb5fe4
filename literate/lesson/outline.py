"""What other pages take from a lesson: its front matter, its headings and its code, not its prose.

A page that reads only this runs again when this has changed, and not at each edit of a sentence:
the recorder of a run (`running.manifest`) notes what was taken in place of the file.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from literate.lesson.model import Cell, Code, Page, Prose, Raw
from literate.lesson.page import read

#: The audit event that a recorder listens to: `begin` and a path, then `end` with two digests.
EVENT = "literate.outline"

_FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$", re.MULTILINE)


def outline(path: Path, root: Path) -> Page:
    """Return a page whose prose is its headings alone; lines and outputs are left out.

    Raises:
        PageError: If the page cannot be read.
    """
    sys.audit(EVENT, "begin", str(path), "", "")
    file = taken = ""
    try:
        before = file_digest(path)
        found = _bare(read(path, root))
        file, taken = before, digest(found)
    finally:
        sys.audit(EVENT, "end", str(path), file, taken)
    return found


def digest(page: Page) -> str:
    """Return what changes with anything that an outline has."""
    cells = [
        [cell.source, sorted(cell.tags), cell.format, cell.alt, cell.lead]
        if isinstance(cell, Code)
        else list(headings(cell))
        for cell in page.cells
        if not isinstance(cell, Raw)
    ]
    text = json.dumps([page.name, page.meta, cells], default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, or '' if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def headings(cell: Prose) -> Iterator[tuple[int, str]]:
    """Yield level and text of the headings of a Markdown cell, as they are written."""
    text = "".join(part if isinstance(part, str) else part.expression for part in cell.parts)
    for match in _HEADING.finditer(_FENCE.sub("", text)):
        yield len(match[1]), match[2]


def _bare(page: Page) -> Page:
    cells: list[Cell] = []
    for cell in page.cells:
        if isinstance(cell, Code):
            cells.append(replace(cell, line=0, outputs=()))
        elif isinstance(cell, Prose):
            text = "\n\n".join(f"{'#' * level} {heading}" for level, heading in headings(cell))
            cells.append(Prose((text,), "", 0))
    return replace(page, cells=tuple(cells))
