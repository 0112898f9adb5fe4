"""Read a page into steps: code cells, and the inline `{{ expression:format }}` of its prose."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jupytext
import yaml

from literate.lesson.model import Cell, Code, Page, PageError, Prose, Raw, Value
from literate.lesson.opening import opened

SUFFIXES = (".py", ".md", ".ipynb")

#: Front matter that speaks to jupytext or Jupyter, not to the site.
_NOTEBOOK_KEYS = ("jupyter", "jupytext", "kernelspec")

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
        kernel = jupytext.read(path, fmt="md").metadata["kernelspec"]
    except Exception:  # whatever it is, it is no lesson
        return False
    return bool(kernel.get("language") == "python")


def read(path: Path, root: Path) -> Page:
    """Return the page in `path`, named relative to `root`.

    Raises:
        PageError: If the file is elsewhere, not UTF-8, not a notebook, or a cell is wrong.
    """
    if not path.is_relative_to(root):
        raise PageError(f"{path}: is not inside of the project's folder, {root}")
    name = path.relative_to(root).as_posix()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PageError(
            f"{name}: expected UTF-8, found byte 0x{error.object[error.start]:02x} "
            f"at offset {error.start}; save the file as UTF-8"
        ) from error
    except OSError as error:
        raise PageError(f"{name}: cannot be read: {error.strerror}") from error
    form = "py:percent" if path.suffix == ".py" else path.suffix[1:]
    try:
        notebook = jupytext.reads(text, fmt=form)
    except Exception as error:
        raise PageError(f"{name}: cannot be read as {form}: {error}") from error
    lines = [] if path.suffix == ".ipynb" else text.splitlines()
    cells: list[Cell] = []
    meta: dict[str, Any] = {}
    at = 0
    for raw in notebook.cells:
        start, at = _locate(raw.source, lines, at)
        if raw.cell_type == "code":
            number = 1 + sum(isinstance(cell, Code) for cell in cells)
            cells.append(_code(raw, name, start, number))
        elif raw.cell_type == "markdown":
            parts = tuple(_split(raw.source, name, start))
            cells.append(Prose(parts, raw.source, start, dict(raw.get("attachments", {}))))
        elif not cells and raw.source.startswith("---"):
            meta = _front_matter(raw.source, name)
        else:
            kind = raw.metadata.get("raw_mimetype", raw.metadata.get("format", ""))
            cells.append(Raw(raw.source, str(kind).lower()))
    if cells and isinstance(cells[0], Prose):
        cells[0] = replace(cells[0], parts=opened(cells[0].parts, meta))
    return Page(name, tuple(cells), meta)


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


def _code(raw: Any, name: str, line: int, number: int) -> Code:
    alt = raw.metadata.get("alt", [])
    alts = [alt] if isinstance(alt, str) else alt
    if not isinstance(alts, list) or not all(isinstance(each, str) and each for each in alts):
        raise PageError(f"{name}, line {line}: alt is {alt!r}: expected a text or a list of texts")
    form = raw.metadata.get("format", "svg")
    if form not in ("svg", "png"):
        raise PageError(f"{name}, line {line}: format is {form!r}: expected 'svg' or 'png'")
    source = raw.source.lstrip("\n")
    return Code(
        source=source,
        line=line + len(raw.source) - len(source),
        number=number,
        tags=frozenset(raw.metadata.get("tags", ())),
        alt=tuple(alts),
        format=form,
        outputs=tuple(raw.get("outputs", ())),
    )


def _front_matter(source: str, name: str) -> dict[str, Any]:
    try:
        meta = yaml.safe_load(source.strip().strip("-")) or {}
    except yaml.YAMLError as error:
        raise PageError(f"{name}: the front matter is not YAML: {error}") from error
    if not isinstance(meta, dict):
        raise PageError(f"{name}: the front matter is not a list of 'key: value'")
    return {key: value for key, value in meta.items() if key not in _NOTEBOOK_KEYS}


def _split(text: str, name: str, start: int) -> Iterator[str | Value]:
    """Cut prose into text and inline values; code spans and fences stay text."""
    done = 0
    for match in INLINE.finditer(text):
        if not match[0].startswith("{{"):
            continue
        line = start + text.count("\n", 0, match.start())
        if not (inner := (match["value"] or "").strip()):
            raise PageError(
                f"{name}, line {line}: {{{{ without an expression and its }}}}; "
                "write { { for two braces that are meant as such"
            )
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
