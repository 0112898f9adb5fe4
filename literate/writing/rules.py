"""The rules of the house that a page can break, each with its place and what to do about it.

What they say is the same whether a run is new or comes out of the cache, and whether a page is
offered for download or not.
"""

import ast
import difflib
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

from literate.lesson.model import TAGS, Code, Failure, Page, Prose, Raw, Result, Run
from literate.lesson.page import INLINE
from literate.writing import attachments
from literate.writing.portable import source_of
from literate.writing.render import Style, is_figure
from literate.writing.symptoms import failures

#: How a message names the level of an interval.
_LEVEL = re.compile(r"\d ?%|standard error|confidence")

_SHOWN = re.compile(r"^[ \t]*::: +(?P<name>[\w.]+)[ \t]*$", re.MULTILINE)


def tags(page: Page, extra: frozenset[str]) -> Iterator[Failure]:
    """Find tags without a meaning.

    Args:
        page: The lesson.
        extra: Tags that options of the site name.
    """
    for cell in _code(page):
        for tag in sorted(cell.tags - TAGS - extra):
            near = difflib.get_close_matches(tag, TAGS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(TAGS))}"
            yield page.fault(cell.line, f"unknown tag {tag!r}: {hint}", cell)


def claims(page: Page) -> Iterator[Failure]:
    """Find claims that do not say what kind they are, and asserts of claims that state nothing."""
    for cell in _code(page):
        if message := _kind(cell):
            yield page.fault(cell.line, message, cell)
        for node in ast.walk(_tree(cell)) if "claim" in cell.tags else ():
            if not isinstance(node, ast.Assert):
                continue
            if node.msg is None:
                message = "an assert in a claim needs a message: the statement that readers see"
                yield page.fault(cell.line + node.lineno - 1, message, cell)
            elif "in-general" in cell.tags and not _LEVEL.search(_text(node.msg)):
                message = (
                    "a claim in general is an inference: its message names the interval and its "
                    'level, such as "95 %" or "four standard errors"'
                )
                yield page.fault(cell.line + node.lineno - 1, message, cell)


def _kind(cell: Code) -> str:
    """Return what is wrong with the kind that a claim names, or ''."""
    count = len(cell.kinds)
    if "claim" not in cell.tags:
        names = [*cell.kinds, *cell.tags & {"rare"}]
        return f"tagged {names[0]}, which is for claims: tag it claim, too" if names else ""
    if count != 1:
        found = " and ".join(cell.kinds) or "none"
        return (
            f"a claim names one of its three kinds, found {found}: tag it always (an identity, a "
            "theorem, equal to torch), here (these rows, this seed) or in-general (an inference "
            "with interval and level); a cell that mixes them becomes two"
        )
    if "rare" in cell.tags and "here" not in cell.tags:
        return f"tagged rare and {cell.kinds[0]}: rare is for findings here"
    return ""


def _text(message: ast.expr) -> str:
    """Return the text of a message as it is written, without what is filled in."""
    texts = (node.value for node in ast.walk(message) if isinstance(node, ast.Constant))
    return " ".join(text for text in texts if isinstance(text, str))


def alts(page: Page, run: Run | None, style: Style) -> Iterator[Failure]:
    """Find cells that show more or fewer figures than they describe.

    Args:
        page: The lesson.
        run: What it left; without a run, its cells show what they store.
        style: Which tags hide what.
    """
    unreadable = {fault.place for fault in page.faults if fault.message.startswith("alt is")}
    unseen = style.hide_output | style.hide_cell | {"skip-execution"}
    for cell, result in _results(page, run):
        if cell.tags & unseen or page.place(cell) in unreadable:
            continue
        figures = sum(map(is_figure, result.outputs))
        if figures != len(cell.alt):
            message = (
                f"draws {figures} figure(s) and has {len(cell.alt)} alt text(s): "
                'write alt="what one sees" after the cell\'s %%, for several alt=["…", "…"]'
            )
            yield page.fault(cell.line, message, cell)


def leads(page: Page, run: Run | None) -> Iterator[Failure]:
    """Find leads that no figure can give, and all but the first.

    Args:
        page: The lesson.
        run: What it left; without a run, its cells show what they store.
    """
    found = [(cell, result) for cell, result in _results(page, run) if cell.lead]
    for cell, result in found:
        if not any(map(is_figure, result.outputs)):
            message = "has a lead and draws nothing: a figure leads a page"
            yield page.fault(cell.line, message, cell)
        elif cell is not found[0][0]:
            message = "is the second cell with a lead: one figure leads a page"
            yield page.fault(cell.line, message, cell)


def symptoms(page: Page, run: Run | None) -> Iterator[Failure]:
    """Find failures whose cause is not told, causes of none, and symptoms that are told twice.

    Args:
        page: The lesson.
        run: What it left; without a run, its cells show what they store.
    """
    told: set[str] = set()
    shown = {cell.number: len(failures(cell, result, page)) for cell, result in _results(page, run)}
    for cell in _code(page):
        if cell.symptom and not cell.cause:
            yield page.fault(cell.line, 'has a symptom and no cause: add cause="…", why', cell)
        if len(cell.cause) > shown.get(cell.number, len(cell.cause)):
            message = (
                f"has {len(cell.cause)} cause(s) and shows {shown[cell.number]} failure(s): what "
                'raises and prints nothing needs symptom="…", what one sees'
            )
            yield page.fault(cell.line, message, cell)
        if cell.symptom in told:
            message = f"has the symptom {cell.symptom!r}, and so has a cell above it"
            yield page.fault(cell.line, message, cell)
        told |= {cell.symptom} - {""}


def pictures(page: Page) -> Iterator[Failure]:
    """Find attachments that a Markdown cell shows and does not hold."""
    for cell in page.cells:
        for name in attachments.missing(cell) if isinstance(cell, Prose) else ():
            message = f"a Markdown cell shows attachment:{name} and does not hold it"
            yield page.fault(cell.line, message)


def sources(page: Page, run: Run | None, root: Path, offered: bool) -> Iterator[Failure]:
    """Find shown sources that are not there, in prose and in Markdown that code has made.

    Args:
        page: The lesson.
        run: What it left.
        root: The folder of the project, in which its packages lie.
        offered: Whether the page is taken along, with all that it shows.
    """
    for cell in page.cells:
        if isinstance(cell, Prose) or (isinstance(cell, Raw) and cell.is_markdown):
            for line, message in missing(cell.source, root, everywhere=offered):
                yield page.fault(cell.line + line, message)
    for code, result in _results(page, run):
        for output in result.outputs:
            text = "".join(output.get("data", {}).get("text/markdown", ""))
            for _, message in missing(text, root, everywhere=offered):
                yield page.fault(code.line, message, code)


def missing(text: str, root: Path, *, everywhere: bool = False) -> Iterator[tuple[int, str]]:
    """Yield, for each source that Markdown shows and that is not there, the line and the cause.

    Args:
        text: The Markdown; its first line is line 0.
        root: The folder of the project.
        everywhere: Whether what is no part of the project is missing too.
    """
    silent = INLINE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    for match in _SHOWN.finditer(silent):
        if cause := _cause(match["name"], root, everywhere):
            yield silent.count("\n", 0, match.start("name")), cause


def without_missing(text: str, root: Path, *, everywhere: bool = False) -> str:
    """Return Markdown that names the sources that are not there, where it would show them.

    Args:
        text: The Markdown.
        root: The folder of the project.
        everywhere: Whether what is no part of the project is missing too.
    """

    def named(match: re.Match[str]) -> str:
        return f"`{match['name']}`" if _cause(match["name"], root, everywhere) else match[0]

    return _SHOWN.sub(named, text)


def _cause(name: str, root: Path, everywhere: bool) -> str:
    """Return why a source cannot be shown, or '' if it can be."""
    first = root / name.partition(".")[0]
    own = first.is_dir() or first.with_suffix(".py").is_file()
    if everywhere or own or importlib.util.find_spec(first.name) is None:
        try:
            source_of(name, root)
        except LookupError as error:
            return f"cannot show the source: {error.args[0]}"
        except (SyntaxError, UnicodeDecodeError) as error:
            return f"cannot show the source of {name}: {error}"
    return ""


def _code(page: Page) -> Iterator[Code]:
    return (cell for cell in page.cells if isinstance(cell, Code))


def _tree(cell: Code) -> ast.AST:
    try:
        return ast.parse(cell.source)
    except (SyntaxError, ValueError):  # a magic, or the run says what is wrong
        return ast.Module([], [])


def _results(page: Page, run: Run | None) -> Iterator[tuple[Code, Result]]:
    """Give each code cell that came to its end, with what it left."""
    if run is None:
        yield from ((cell, Result(list(cell.outputs))) for cell in _code(page) if cell.outputs)
        return
    done = run.results[:-1] if run.failure else run.results
    for step, result in zip(page.steps, done, strict=False):
        if isinstance(step, Code):
            yield step, result
