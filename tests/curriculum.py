"""The rows of the curriculum, and what each row that counts as taught has to have.

The page docs/reference/coverage.py shows what stands here, and runs at each build: a row with a gap
stops it.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from markdown.extensions.toc import slugify

from course.practice.exercise import find
from literate.lesson.model import Code, Page, Prose
from literate.lesson.outline import headings, outline
from literate.lesson.page import SUFFIXES

#: What a row has beside its text, or none of it.
CELLS = ("lesson", "sections", "implements", "exercises")


class CurriculumError(Exception):
    """A row that is not what it claims to be; the message has a line for each gap."""


@dataclass(frozen=True)
class Row:
    """A row of docs/curriculum.yml.

    Attributes:
        id: Such as `L2`.
        part: The number of its part.
        title: Markdown.
        must_show: Markdown.
        star: Whether it goes beyond the classic course.
        lesson: A path below docs/lessons, without its suffix.
        sections: The headings under which the lesson runs it.
        implements: Functions and classes, by the names by which one imports them.
        exercises: By their names, such as `linear/cost`.
    """

    id: str
    part: int
    title: str
    must_show: str
    star: bool = False
    lesson: str = ""
    sections: tuple[str, ...] = ()
    implements: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()

    @property
    def taught(self) -> bool:
        """Whether the row claims anything to be there."""
        return any(getattr(self, cell) for cell in CELLS)


def load(root: Path) -> tuple[dict[int, str], list[Row]]:
    """Return the titles of the parts by number, and the rows.

    Raises:
        CurriculumError: If a row has a key without a meaning.
    """
    data = yaml.safe_load((root / "docs/curriculum.yml").read_text(encoding="utf-8"))
    known = {field.name for field in fields(Row)}
    unknown = [(row["id"], key) for row in data["rows"] for key in row if key not in known]
    if unknown:
        raise CurriculumError("\n".join(f"{row}: {key}: no such key" for row, key in unknown))
    return data["parts"], [Row(**row) for row in data["rows"]]


def check(rows: list[Row], root: Path) -> None:
    """Look for everything that the rows claim.

    Raises:
        CurriculumError: If something is missing; the message says of which row, and what.
    """
    if found := [f"{row.id}: {gap}" for row in rows for gap in gaps(row, root)]:
        raise CurriculumError("\n".join(found))


def gaps(row: Row, root: Path) -> Iterator[str]:
    """Yield what a row claims and does not have."""
    missing = [cell for cell in CELLS if not getattr(row, cell)]
    if row.taught and missing:
        yield f"has no {', no '.join(missing)}"
    if not row.lesson:
        return
    path = lesson_file(row, root)
    if path is None:
        yield f"docs/lessons/{row.lesson}: no such lesson"
        return
    lesson = taught_by(path, root)
    code = "\n".join(cell.source for cell in lesson.cells if isinstance(cell, Code))
    sections = cells_by_heading(lesson)
    for heading in row.sections:
        if heading not in sections:
            yield f"{lesson.name} has no heading {heading!r}"
        elif not sections[heading]:
            yield f"{lesson.name} runs nothing under {heading!r}"
    for name in row.implements:
        yield from _gaps_of_function(name, root)
        if not re.search(rf"\b{name.rpartition('.')[2]}\b", code):
            yield f"{lesson.name} never uses {name}"
    for name in row.exercises:
        try:
            find(name)
        except LookupError as error:
            yield str(error.args[0])
        else:
            if shown_under(name, lesson) is None:
                yield f"{lesson.name} does not show the exercise {name}"


def taught_by(path: Path, root: Path) -> Page:
    """Return what a lesson has, but for its prose, whose edits change nothing here."""
    return _outline(path, root, path.stat().st_mtime_ns)


@cache
def _outline(path: Path, root: Path, age: int) -> Page:
    return outline(path, root)


def _gaps_of_function(name: str, root: Path) -> Iterator[str]:
    module, _, own = name.rpartition(".")
    try:
        thing = getattr(importlib.import_module(module), own)
    except (ImportError, AttributeError, ValueError):
        yield f"{name} cannot be imported"
        return
    if own.startswith("_") or getattr(thing, "__module__", "") != module:
        yield f"{name} is not public, or defined elsewhere"
    test = test_file(name)
    if not (root / test).is_file():
        yield f"{name} has no {test}"
    elif own not in names_in(root / test):
        yield f"{test} never uses {own}"


def lesson_file(row: Row, root: Path) -> Path | None:
    """Return the file of a row's lesson, if there is one."""
    files = [root / "docs/lessons" / f"{row.lesson}{suffix}" for suffix in SUFFIXES]
    return next(filter(Path.is_file, files), None)


def test_file(name: str) -> str:
    """Return where the tests of a function stand, relative to the root."""
    *folders, module = name.split(".")[1:-1]
    return "/".join(["tests", *folders, f"test_{module}.py"])


test_file.__test__ = False  # type: ignore[attr-defined]  # pytest takes what starts so for a test


@cache
def names_in(path: Path) -> set[str]:
    """Return every name that the code of a file uses, beyond importing it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return names | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def cells_by_heading(lesson: Page) -> dict[str, list[Code]]:
    """Return the code cells under each heading, those under its subheadings included."""
    found: dict[str, list[Code]] = {}
    open_: list[tuple[int, str]] = []
    for cell in lesson.cells:
        if isinstance(cell, Code):
            for _, heading in open_:
                found[heading].append(cell)
            continue
        for level, heading in headings(cell):
            open_ = [each for each in open_ if each[0] < level] + [(level, heading)]
            found.setdefault(heading, [])
    return found


def shown_under(exercise: str, lesson: Page) -> str | None:
    """Return the last heading before a lesson shows an exercise, or None if it does not."""
    last = f"exercises.{exercise.partition('/')[2]}"
    under = ""
    for cell in lesson.cells:
        if isinstance(cell, Prose):
            under = [under, *(heading for _, heading in headings(cell))][-1]
        elif cell.source.rstrip().rpartition("\n")[2] == last:
            return under
    return None


def listed(rows: list[Row], root: Path) -> str:
    """Return rows as a definition list of Markdown, for a page in docs/reference."""
    blocks = []
    for row in rows:
        lines = _lines(row, root) if row.taught else [f"*Not taught yet:* {row.must_show}"]
        title = f"{row.id} · {row.title}{' ★' * row.star} {{ #{row.id.lower()} }}"
        blocks.append(f"{title}\n:   " + "<br>\n    ".join(lines))
    return "\n\n".join(blocks)


def _lines(row: Row, root: Path) -> list[str]:
    return [
        f"**Taught in** {_sections(row, root)}",
        f"**Implemented by** {_names(row)}",
        f"**Proved by** {_tests(row)}",
        f"**Practised by** {_exercises(row, root)}",
    ]


def _link(text: str, row: Row, heading: str, root: Path) -> str:
    file: Any = lesson_file(row, root)
    anchor = f"#{slugify(heading, '-')}" if heading else ""
    return f"[{text}](../{file.relative_to(root / 'docs').as_posix()}{anchor})"


def _sections(row: Row, root: Path) -> str:
    title = str(taught_by(lesson_file(row, root), root).meta["title"])  # type: ignore[arg-type]
    links = [_link(heading, row, heading, root) for heading in row.sections]
    return f"{_link(title, row, '', root)}: {' · '.join(links)}"


def _names(row: Row) -> str:
    return " · ".join(f"[`{name.rpartition('.')[2]}`][{name}]" for name in row.implements)


def _tests(row: Row) -> str:
    return " · ".join(f"`{test}`" for test in dict.fromkeys(map(test_file, row.implements)))


def _exercises(row: Row, root: Path) -> str:
    lesson = taught_by(lesson_file(row, root), root)  # type: ignore[arg-type]
    found = [(find(name).title, shown_under(name, lesson) or "") for name in row.exercises]
    return " · ".join(_link(title, row, heading, root) for title, heading in found)
