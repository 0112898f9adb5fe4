"""Read a page into steps: code cells, and the inline `{{ expression:format }}` of its prose."""

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jupytext

from literate.lesson import front
from literate.lesson.header import header
from literate.lesson.model import Cell, Code, Failure, Page, PageError, Prose, Raw, Value
from literate.lesson.opening import opened

SUFFIXES = (".py", ".md", ".ipynb")

#: What is not prose inside of prose: code, escaped signs, inline values.
INLINE = re.compile(
    r"""
      ^[ \t>]* (?:[-*+][ ]|\d+\.[ ])? [ \t]* (?P<fence> `{3,}(?=[^`\n]*$) | ~{3,} ) [^\n]*$
      .*? (?: ^[ \t>]* (?P=fence) [`~]* [ \t]*$ | \Z )
    | \\[\\`]
    | (?<!`) (?P<ticks>`+) (?!`) (?: (?!\n[ \t]*\n) . )*? (?<!`) (?P=ticks) (?!`)
    | \{\{ (?!\{) (?: (?P<value> (?: [^{}] | \{ (?: [^{}] | \{ [^{}]* \} )* \} )* ) \}\} )?
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)


def is_lesson(path: Path) -> bool:
    """Return whether a file is a page that runs: Markdown is, if its front matter says Python."""
    if path.suffix != ".md":
        return path.suffix in SUFFIXES
    try:
        text = path.read_text(encoding="utf-8-sig")
        kernel = jupytext.reads(text, fmt="md").metadata["kernelspec"]
    except (KeyError, OSError, UnicodeDecodeError):
        return False
    except Exception:  # whatever it is, its writer meant a lesson, or not
        found = re.match(r"---\n.*?^    language: python$.*?^---$", text, re.DOTALL | re.MULTILINE)
        return found is not None
    return bool(kernel.get("language") == "python")


def read(path: Path, root: Path) -> Page:
    """Return the page in `path`, named relative to `root`; what is wrong in it are its faults.

    Raises:
        PageError: If the file is elsewhere, not UTF-8, or not a notebook.
    """
    if not path.is_relative_to(root):
        raise PageError(str(path), f"is not inside of the project's folder, {root}")
    page = Page(path.relative_to(root).as_posix(), ())
    text = text_of(path, page.name)
    notebook = _notebook(text, page.name)
    lines = [] if path.suffix == ".ipynb" else text.splitlines()
    cells: list[Cell] = []
    meta: dict[str, Any] = {}
    faults: list[Failure] = []
    at = 0
    for raw in notebook.cells:
        start, at = _locate(raw.source, lines, at)
        if raw.cell_type == "code":
            number = 1 + sum(isinstance(cell, Code) for cell in cells)
            cell, wrong = _code(raw, start, number)
            faults += [page.fault(cell.line, message, cell) for message in wrong]
            cells.append(cell)
            continue
        found: front.Wrong = []
        if raw.cell_type == "markdown":
            parts = tuple(_split(raw.source, start, found))
            cells.append(Prose(parts, raw.source, start, dict(raw.get("attachments", {}))))
        elif not cells and raw.source.startswith("---"):
            inside = raw.source.strip().strip("-").removeprefix("\n")
            meta, found = front.entries(inside, start + 1)
        else:
            kind = raw.metadata.get("raw_mimetype", raw.metadata.get("format", ""))
            cells.append(Raw(raw.source, str(kind).lower(), start))
        faults += [page.fault(*each) for each in found]
    if meta.keys() & {"title", "needs"} and not (cells and isinstance(cells[0], Prose)):
        cells.insert(0, Prose(("",), "", 1))
    if cells and isinstance(cells[0], Prose):
        cells[0] = replace(cells[0], parts=opened(cells[0].parts, meta))
    return replace(page, cells=tuple(cells), meta=meta, faults=tuple(faults))


def text_of(path: Path, name: str) -> str:
    """Return what a page's file holds.

    Args:
        path: Of the file.
        name: Of the page, for the message.

    Raises:
        PageError: If it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        byte = f"0x{error.object[error.start]:02x}"
        line = error.object.count(b"\n", 0, error.start) + 1
        message = f"expected UTF-8, found byte {byte}: save the file as UTF-8"
        raise PageError(f"{name}, line {line}", message) from error
    except OSError as error:
        raise PageError(name, f"cannot be read: {error.strerror}") from error


def _notebook(text: str, name: str) -> Any:
    suffix = Path(name).suffix
    form = "py:percent" if suffix == ".py" else suffix[1:]
    try:
        # The outputs that a notebook holds may be changed; of a program nothing is.
        return jupytext.reads(text, fmt=form) if form == "ipynb" else _parsed(text, form)
    except Exception as error:
        head = re.match(r"(?:# )?---\n(.*?)^(?:# )?---$", text, re.DOTALL | re.MULTILINE)
        for line, message in (
            front.loaded(re.sub("^# ?", "", head[1], flags=re.M), 2)[1] if head else ()
        ):
            raise PageError(f"{name}, line {line}", message) from None
        line = _wrong_header(text) if suffix == ".py" else 0
        cause = str(error).partition("\n")[0]
        cause += "; tags are a list of texts" if line else ""
        place = f"{name}, line {line}" if line else name
        raise PageError(place, f"cannot be read as {form}: {cause}") from error


@functools.lru_cache(maxsize=4)
def _parsed(text: str, form: str) -> Any:
    """Return a program as a notebook: whoever looks at a page again need not parse it."""
    return jupytext.reads(text, fmt=form)


def _wrong_header(text: str) -> int:
    """Return the line that begins a cell and cannot be read even alone, or 0."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"#\s*%%", line):
            try:
                jupytext.reads(line, fmt="py:percent")
            except Exception:  # whatever it is, it is of this line
                return number
    return 0


def _locate(source: str, lines: list[str], at: int) -> tuple[int, int]:
    """Return the 1-based line where the cell starts and the 0-based line to search on from."""
    wanted = [_bare(line) for line in source.splitlines()]
    for start in range(at, len(lines) - len(wanted) + 1):
        if [_bare(line) for line in lines[start : start + len(wanted)]] == wanted:
            return start + 1, start + len(wanted)
    return at + 1, at


def _bare(line: str) -> str:
    """Return a line without the comment mark and the quotes that jupytext takes off a cell."""
    return re.sub(r"^(#\s?)+|^[rR](?=\"{3}|'{3})", "", line.strip()).strip("'\" \t")


def _code(raw: Any, line: int, number: int) -> tuple[Code, list[str]]:
    """Return a cell, and what is wrong with what stands above it."""
    said = header(raw.metadata)
    source = raw.source.lstrip("\n")
    wrong = list(said.wrong)
    if number == 1 and re.match(r"# ?---$", source, re.MULTILINE):
        wrong.append("front matter begins in the first line of a file, and ends with another ---")
    cell = Code(
        source=source,
        line=line + len(raw.source) - len(source),
        number=number,
        tags=said.tags,
        alt=said.alt,
        format=said.format,
        lead=said.lead,
        symptom=said.symptom,
        cause=said.cause,
        outputs=tuple(raw.get("outputs", ())),
    )
    return cell, wrong


def _split(text: str, start: int, wrong: front.Wrong) -> Iterator[str | Value]:
    """Cut prose into text and inline values; code spans and fences stay text, and what is wrong."""
    done = 0
    for match in INLINE.finditer(text):
        if not match[0].startswith("{{"):
            continue
        line = start + text.count("\n", 0, match.start())
        if not (inner := (match["value"] or "").strip()):
            wrong.append(
                (
                    line,
                    "{{ without an expression and its }}; "
                    "write { { for two braces that are meant as such",
                )
            )
            continue
        yield text[done : match.start()]
        expression, form = _expression(inner)
        yield Value(expression, form, line)
        done = match.end()
    yield text[done:]


def _expression(inner: str) -> tuple[str, str]:
    """Split `expression:format` at the first colon before which stands a whole expression."""
    for match in re.finditer(":", inner):
        head = inner[: match.start()].strip()
        try:
            ast.parse(head, mode="eval")
        except SyntaxError:
            continue
        return head, inner[match.end() :].strip()
    return inner.strip(), ""
