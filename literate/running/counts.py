"""How often the claims of a page hold with other seeds, as its record tells it."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from literate.lesson.model import Code, Count, Counts, Page
from literate.running import records
from literate.running.claims import asserts

#: Of so many runs, an inference at the usual level of 95 % may be wrong in one.
ONE_WRONG_IN = 5


@dataclass(frozen=True)
class Assert:
    """An assert of a claim: its cell, its number in the cell, its line, what it tests and says."""

    cell: Code
    number: int
    line: int
    test: str
    says: str


def found(page: Page) -> list[Assert]:
    """Return the asserts of all claims of a page, in the order in which they are written."""
    result = []
    for cell in page.cells:
        if isinstance(cell, Code) and "claim" in cell.tags:
            for number, node in enumerate(asserts(ast.parse(cell.source))):
                line = cell.line + node.lineno - 1
                says = ast.unparse(node.msg) if node.msg else ""
                if isinstance(node.msg, ast.Constant):
                    says = str(node.msg.value)
                result.append(Assert(cell, number, line, ast.unparse(node.test), says))
    return result


def place(name: str, folder: Path) -> Path:
    """Return where the record of a lesson stands.

    Args:
        name: Of the page, such as `docs/lessons/linear/outputs.py`.
        folder: With the records of all lessons.
    """
    return folder / Path(name).parent.name / f"{Path(name).stem}.json"


def of(page: Page, folder: Path, root: Path) -> tuple[Counts, str]:
    """Return how often the asserts of a page hold, and, in words, what the record tells of it.

    An assert that the record does not know, or that has been changed, is left out.

    Raises:
        RecordError: If there is a record and it cannot be read.
    """
    here = found(page)
    path = place(page.name, folder)
    if not here:
        return {}, ""
    if not path.exists():
        return {}, "not counted"
    record = records.read(path)
    current = not records.stale(record, root)
    times = record.result["times"]
    result: Counts = {}
    for each, was in _paired(here, record.result["asserts"]):
        count = Count(was["held"], times, was["drawn"], current)
        result[each.cell.number, each.number] = count
    told = f"{times} times on {record.day}"
    return result, told if current else f"of an earlier version, {told}"


def _paired(
    here: Sequence[Assert], counted: Sequence[dict[str, Any]]
) -> Iterator[tuple[Assert, dict[str, Any]]]:
    """Pair asserts with what was counted, by what they test; the first of equal ones first."""
    left: dict[str, list[dict[str, Any]]] = {}
    for was in counted:
        left.setdefault(was["test"], []).append(was)
    for each in here:
        if same := left.get(each.test):
            yield each, same.pop(0)


def wrong(page: Page, result: dict[str, Any]) -> Iterator[str]:
    """Yield the claims that say more than what was counted, each with its line.

    Args:
        page: The lesson.
        result: Of its record.
    """
    times = result["times"]
    for each, was in _paired(found(page), result["asserts"]):
        if told := _too_much(each.cell.tags, was["held"], was["failed"], times):
            yield f"{page.place(each.cell, each.line)}: {each.says!r} {told}"


def _too_much(tags: frozenset[str], held: int, failed: int, times: int) -> str:
    """Return why a claim says more than what was counted, or ''."""
    if "always" in tags and failed:
        return f"is told as always true, and failed in {failed} of {times}: mend it or say less"
    if "in-general" in tags and failed > max(1, times // ONE_WRONG_IN):
        return f"is told as an inference, and failed in {failed} of {times}: say less"
    if "here" in tags and "rare" not in tags and 2 * held < times:
        return (
            f"is told as a finding, and held in {held} of {times}: choose a typical draw, say "
            'less, or, if that it is rare is the point, tag it "rare"'
        )
    return ""
