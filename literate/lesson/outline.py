"""What other pages take from a lesson: front matter, headings, and what it uses of the project.

A page that reads only this runs again when this has changed, and not at each edit of a sentence or
of a number in a cell: the recorder of a run (`running.manifest`) notes what was taken in place of
the file.
"""

import ast
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeGuard

from literate.lesson.model import Cell, Code, Page, Prose, Raw
from literate.lesson.page import read

#: The audit event that a recorder listens to: `begin` and a path, then `end` with two digests.
EVENT = "literate.outline"

_FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$", re.MULTILINE)


def outline(path: Path, root: Path) -> Page:
    """Return a page whose prose is its headings, and whose code is what it uses of the project.

    Of a cell there are its imports of the project, the names that it uses of them, sorted, and its
    last line if that is such a name; else `...` is the last. Lines, tags and outputs are left out.

    Raises:
        PageError: If the page cannot be read.
    """
    sys.audit(EVENT, "begin", str(path), "", "")
    file = taken = ""
    try:
        before = file_digest(path)
        found = _bare(read(path, root), root)
        file, taken = before, digest(found)
    finally:
        sys.audit(EVENT, "end", str(path), file, taken)
    return found


def digest(page: Page) -> str:
    """Return what changes with anything that an outline has."""
    cells = [
        cell.source if isinstance(cell, Code) else list(headings(cell))
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


def _bare(page: Page, root: Path) -> Page:
    cells: list[Cell] = []
    sources = [cell.source for cell in page.cells if isinstance(cell, Code)]
    used = iter(_used(sources, root))
    for cell in page.cells:
        if isinstance(cell, Code):
            cells.append(Code(next(used), 0, cell.number))
        elif isinstance(cell, Prose):
            text = "\n\n".join(f"{'#' * level} {heading}" for level, heading in headings(cell))
            cells.append(Prose((text,), "", 0))
    return replace(page, cells=tuple(cells))


def _used(sources: Iterable[str], root: Path) -> Iterator[str]:
    """Yield what each cell uses of the project; of one that is no plain Python, all that it has."""
    bound: set[str] = set()
    for source in sources:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):  # it has a magic, say
            yield source
            continue
        imports = [node for node in ast.walk(tree) if _is_own(node, root)]
        bound |= {(each.asname or each.name).partition(".")[0] for n in imports for each in n.names}
        names = {name for name in map(_dotted, ast.walk(tree)) if name.partition(".")[0] in bound}
        last = source.rstrip().rpartition("\n")[2]
        ends = last if last in names else "..."
        yield "\n".join([*map(ast.unparse, imports), *sorted(names), ends])


def _is_own(node: ast.AST, root: Path) -> TypeGuard[ast.Import | ast.ImportFrom]:
    """Return whether a statement imports from a package or module of the project."""
    if isinstance(node, ast.Import):
        modules = [each.name for each in node.names]
    elif isinstance(node, ast.ImportFrom):
        modules = [node.module or ""]
    else:
        return False
    tops = [root / module.partition(".")[0] for module in modules]
    return any(top.is_dir() or top.with_suffix(".py").is_file() for top in tops)


def _dotted(node: ast.AST) -> str:
    """Return a name with the attributes that follow it, or '' if a node is something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""
