"""What of a page stands in sight, what is folded, what is hidden; and that what is copied runs.

Readers copy block after block. What stands in sight may use only what stands in sight; what is
folded may use folded code above it as well; nothing that can be copied may use a hidden cell.
"""

import ast
import re
from collections.abc import Iterator
from enum import Enum

from literate.lesson.model import Cell, Code, Failure, Page, Prose, Result
from literate.writing import deeper
from literate.writing.names import Names, names
from literate.writing.style import Style

#: In prose, what can be copied: shown source and typed code.
_BLOCK = re.compile(
    r"^[ \t]*::: +[\w.]*?(?P<name>\w+)[ \t]*$"
    r"|^(?P<space>[ \t]*)(?P<ticks>`{3,})[ {.]*(?:python|py)\b(?P<info>[^\n]*)\n(?P<code>.*?)"
    r"^(?P=space)(?P=ticks)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)


class Place(Enum):
    """Where the code of a cell stands."""

    SIGHT = "in sight"
    FOLD = "folded"
    HIDDEN = "hidden"


def places(page: Page, style: Style) -> dict[int, Place]:
    """Return where the code of each cell stands, by its number.

    A cell that ends in a drawing is folded, unless code in sight goes on to use what it binds.

    Args:
        page: The lesson.
        style: Which tags hide what, and what draws.
    """
    cells = [cell for cell in page.cells if isinstance(cell, Code)]
    found = {cell.number: _place(cell, style) for cell in cells}
    said = {cell.number: names(cell.source) for cell in cells}
    drawing = {cell.number for cell in cells if _only_draws(cell, style)}
    drawing = {number for number in drawing if found[number] is Place.SIGHT}
    while drawing & (used := _used_in_sight(found, said, drawing)):
        drawing -= used
    return found | dict.fromkeys(drawing, Place.FOLD)


def _place(cell: Code, style: Style) -> Place:
    if cell.tags & (style.hide_input | style.hide_cell) or not style.show_input:
        return Place.HIDDEN
    return Place.FOLD if cell.tags & {"fold", "claim"} else Place.SIGHT


def _only_draws(cell: Code, style: Style) -> bool:
    """Return whether a cell ends in a call of what draws."""
    if not style.drawing or "unfold" in cell.tags:
        return False
    try:
        last = ast.parse(cell.source).body[-1]
    except (SyntaxError, ValueError, IndexError):
        return False
    call = last.value if isinstance(last, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func).startswith(f"{style.drawing}.")


def _used_in_sight(found: dict[int, Place], said: dict[int, Names], drawing: set[int]) -> set[int]:
    """Return the cells from which code in sight takes a name."""
    owner: dict[str, int] = {}
    used = set()
    for number, place in found.items():
        if place is Place.SIGHT and number not in drawing:
            used |= {owner[name] for name in said[number].taken if name in owner}
        owner |= dict.fromkeys(said[number].bound, number)
    return used


def title(result: Result | None, figures: int, after: Cell | None) -> str:
    """Return what the box around folded code says that it holds.

    Args:
        result: What the cell left.
        figures: How many figures are among it.
        after: What stands below it.
    """
    if figures:
        return "The code of this figure" if figures == 1 else "The code of these figures"
    if isinstance(after, Prose) and after.source.lstrip().startswith("???"):
        return "The code behind this answer"
    return "The code of this output" if result and result.outputs else "The code of what follows"


def copies(page: Page, style: Style) -> Iterator[Failure]:
    """Find code that can be copied and that would not run, for the want of a name.

    Args:
        page: The lesson.
        style: Which tags hide what, and what draws.
    """
    where = places(page, style)
    seen: dict[Place, set[str]] = {place: set() for place in Place}
    level = 0
    for cell in page.cells:
        if isinstance(cell, Prose):
            line = cell.line
            for piece in deeper.pieces(cell.source, level):
                level = piece.level
                for at, place, said in _blocks(piece.text):
                    yield from _missing(page, line + at, _folded(place, level), said, seen)
                line += piece.text.count("\n")
        elif isinstance(cell, Code):
            place = _folded(where[cell.number], level)
            yield from _missing(page, cell.line, place, names(cell.source), seen, cell)


def _folded(place: Place, level: int) -> Place:
    """Return where code stands in a section that a first reader skips, if `level` is of one."""
    return Place.FOLD if level and place is Place.SIGHT else place


def _missing(
    page: Page,
    start: int,
    place: Place,
    said: Names,
    seen: dict[Place, set[str]],
    cell: Code | None = None,
) -> Iterator[Failure]:
    """Find what a block takes and a copy of the blocks above lacks; note what it binds."""
    enough = seen[Place.SIGHT] | (seen[Place.FOLD] if place is Place.FOLD else set())
    for name, line in said.taken.items() if place is not Place.HIDDEN else ():
        others = [other for other in Place if name in seen[other]]
        if name not in enough and others:
            message = (
                f"code {place.value} uses {name}, which {others[0].value} code defines: "
                "whoever copies this page misses it; define it where it can be copied"
            )
            yield page.fault(start + line - 1, message, cell)
    for other in Place:  # whoever imports a name again gives it no other meaning
        seen[other] -= said.bound - said.imported
    seen[place] |= said.bound


def _blocks(prose: str) -> Iterator[tuple[int, Place, Names]]:
    """Give what can be copied from prose: its line from 0, whether it is folded, and its names."""
    for match in _BLOCK.finditer(prose):
        line = prose.count("\n", 0, match.start())
        if match["name"]:
            yield line, Place.SIGHT, Names({}, {match["name"]})
        elif "no-copy" not in match["info"]:
            space = match["space"]
            code = re.sub(rf"^{space}", "", match["code"], flags=re.MULTILINE)
            yield line + 1, Place.FOLD if space else Place.SIGHT, names(code)
