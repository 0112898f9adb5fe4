"""A lesson to take along: as a notebook with its outputs, and as a script.

Both read well without the site, and run where nothing is but what the lesson imports.
"""

import ast
import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import quoteattr

from literate.lesson.model import Code, Page, Result, Run, plain
from literate.writing.exercises import Exercise, exercise, taken, without_last
from literate.writing.portable import Site, Translator, plain_marks
from literate.writing.render import collapse, is_figure, ticks_around

_EXCEPT = """
except Exception:
    import traceback

    traceback.print_exc()""".lstrip("\n")

#: What IPython alone understands.
_MAGIC = re.compile(r"^(?=[%!])", re.MULTILINE)

#: The last cell of a script whose lesson draws.
_SHOW = """
# %%
import matplotlib.pyplot as plt

if plt.get_backend().lower() != "agg":  # where there is a screen, all figures in windows
    plt.show()
""".strip()


def downloads(page: Page, run: Run, site: Site) -> dict[str, bytes]:
    """Return the notebook and the script of a page by their paths relative to its folder.

    Args:
        page: The lesson.
        run: What it left, without a failure.
        site: Where it stands.
    """
    stem = Path(page.name).stem
    return {
        f"{stem}/{stem}.ipynb": notebook(page, run, site),
        f"{stem}/{stem}.py": script(page, run, site),
    }


def offer(page: Page, site: Site) -> str:
    """Return Markdown for the page itself: where its downloads are.

    Args:
        page: The lesson.
        site: Where it stands.
    """
    name = quote(Path(page.name).stem)
    links = [
        f"[notebook with outputs]({name}/{name}.ipynb){{ download }}",
        f"[script]({name}/{name}.py){{ download }}",
    ]
    if site.launch:
        path = posixpath.normpath(posixpath.join(quote(site.folder(page)), name, f"{name}.ipynb"))
        address = site.launch.replace("{path}", path)
        links.append(f"[run it on {urlsplit(address).netloc}]({address})")
    told = f"Take this lesson along: {' · '.join(links)}"
    return f'<div class="downloads" data-search-exclude markdown>\n{told}\n</div>'


def notebook(page: Page, run: Run, site: Site) -> bytes:
    """Return the page as a notebook with the outputs of its run.

    Args:
        page: The lesson.
        run: What it left, without a failure.
        site: Where it stands.
    """
    translator = Translator(page, site)
    cells = []
    for cell, result in _cells(page, run, site.install, translator):
        if isinstance(cell, str):
            cells.append(_cell("markdown", cell))
            continue
        alts = iter(cell.alt)
        outputs = [_output(output, page, translator, alts) for output in result.outputs]
        metadata = _metadata(cell, result)
        number = cell.number or None  # what is to be typed into has not run
        cells.append(_cell("code", plain_marks(cell.source), metadata, number, outputs))
    return (json.dumps(_notebook(cells), ensure_ascii=False, indent=1) + "\n").encode()


def script(page: Page, run: Run, site: Site) -> bytes:
    """Return the page as a program that runs from top to bottom and prints what the page shows.

    The prose stands in it as comments. What fails on purpose is caught and shown; figures open at
    the end.

    Args:
        page: The lesson.
        run: What it left, without a failure.
        site: Where it stands.
    """
    parts: list[str] = []
    draws = False
    for cell, result in _cells(page, run, site.install, Translator(page, site)):
        if isinstance(cell, str):
            lines = (f"# {line}".rstrip() for line in cell.split("\n"))
            parts.append("\n".join(["# %% [markdown]", *lines]))
        else:
            source = _printed(plain_marks(cell.source), result)
            source = _caught(source) if _fails(result) else source
            parts.append("# %%\n" + _MAGIC.sub("# ", source))
            draws = draws or any(map(is_figure, result.outputs))
    if draws:
        parts.append(_SHOW)
    if any("display(" in part for part in parts):
        parts.insert(1 + bool(site.install), "# %%\ndisplay = print")
    return ("\n\n".join(parts) + "\n").encode()


def _cells(
    page: Page, run: Run, install: str, translator: Translator
) -> Iterator[tuple[str | Code, Result]]:
    """Give Markdown and code in reading order: the title, how to install, and the rest."""
    results = iter(run.results)
    for at, cell in enumerate(page.cells):
        if isinstance(cell, Code):
            result = next(results)
            texts = [_statements(result)]
            if skipped := "skip-execution" in cell.tags:  # whoever runs all cells may not know it
                ticks = ticks_around(cell.source)
                texts = [f"{ticks}python\n{cell.source}\n{ticks}"]
        else:
            text = "".join(p if isinstance(p, str) else next(results).text for p in cell.parts)
            title = re.match(r"\s*# .*\n?", text) if install else None
            texts = [text[: title.end()], text[title.end() :]] if title else [text]
        if install:
            texts.insert(-1, install)
            install = ""
        for text in texts:
            if told := translator.translate(text):
                yield told, Result()
        if not isinstance(cell, Code) or skipped:
            continue
        if task := exercise(result.outputs):
            yield from _exercise(cell, task, page, at, translator)
        else:
            yield _saying(cell, result) if result.claims else (cell, result)


def _statements(result: Result) -> str:
    """Return what a claim has checked, as Markdown; '' if the cell is none."""
    statements = [f"> - {text}" for text in dict.fromkeys(result.claims)]
    head = "> **Checked while the page of this lesson was built; the next cell checks it again**"
    return "\n".join([head, ">", *statements]) if statements else ""


def _saying(cell: Code, result: Result) -> tuple[Code, Result]:
    """Return a claim that says so when it has checked all: asserts that hold are silent."""
    count = len(dict.fromkeys(result.claims))
    told = f"✓ checked: all {count} statements hold" if count > 1 else "✓ checked: it holds"
    said = {"output_type": "stream", "name": "stdout", "text": f"{told}\n"}
    source = f'{cell.source.rstrip()}\n\nprint("{told}")'
    return replace(cell, source=source), replace(result, outputs=[*result.outputs, said])


def _exercise(
    cell: Code, task: Exercise, page: Page, at: int, translator: Translator
) -> Iterator[tuple[str | Code, Result]]:
    """Give an exercise as its prompt, a cell to type into, and its hints.

    The lesson goes on with what it has itself under the names that the exercise defines.
    """
    code = [each.source if isinstance(each, Code) else "" for each in page.cells]
    names = taken(task.code, code[:at], code[at + 1 :])
    kept = [f"lessons_own_{name} = {name}" for name in names]
    source = "\n".join([without_last(cell.source), *kept]).strip()
    if source:
        yield replace(cell, source=source), Result()
    yield translator.translate(task.prompt), Result()
    yield replace(cell, source=task.code, number=0, tags=frozenset({"exercise"})), Result()
    if names:
        back = "\n".join(f"{name} = lessons_own_{name}" for name in names)
        yield replace(cell, source=back, number=0, tags=frozenset({"hide-input"})), Result()
    yield translator.translate(task.help), Result()


def _notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _cell(
    kind: str,
    source: str,
    metadata: dict[str, Any] | None = None,
    number: int | None = None,
    outputs: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": metadata or {}}
    if kind == "code":
        cell |= {"execution_count": number, "outputs": outputs}
    return {**cell, "source": source.splitlines(keepends=True)}


def _metadata(cell: Code, result: Result) -> dict[str, Any]:
    """Return what Jupyter has to know of a cell: what to fold, and whether an error is meant."""
    tags = cell.tags | ({"raises-exception"} if _fails(result) else set())
    folded = {"source_hidden": {"hide-input", "fold"}, "outputs_hidden": {"hide-output"}}
    jupyter = {name: True for name, hiding in folded.items() if tags & hiding}
    return {name: each for name, each in (("jupyter", jupyter), ("tags", sorted(tags))) if each}


def _output(
    output: dict[str, Any], page: Page, translator: Translator, alts: Iterator[str]
) -> dict[str, Any]:
    """Return an output as a notebook without the site's style sheet shows it."""
    if output["output_type"] == "stream":
        return {**output, "text": page.to_absolute(collapse(plain(output["text"])))}
    if output["output_type"] == "error":
        return {**output, "traceback": [page.to_absolute(line) for line in output["traceback"]]}
    data, metadata = dict(output["data"]), dict(output["metadata"])
    if "text/markdown" in data:
        data["text/markdown"] = translator.translate(data["text/markdown"])
    elif is_figure(output):
        alt = next(alts, "")  # a hidden figure may have none
        # In a dark window, JupyterLab gives it the ground that its dark ink was made for.
        metadata["needs_background"] = "light"
        for kind in [kind for kind in data if kind.startswith("image/")]:
            metadata[kind] = {**metadata.get(kind, {}), "alt": alt}
        if "image/svg+xml" in data:
            data["image/svg+xml"] = _on_white(data["image/svg+xml"], alt)
    return {**output, "data": data, "metadata": metadata}


def _on_white(svg: str, alt: str) -> str:
    """Return a figure that can be read in dark windows too, and that says what it shows."""
    told = f'role="img" aria-label={quoteattr(alt)} style="background: #fff"'
    return svg.replace("<svg ", f"<svg {told} ", 1)


def _fails(result: Result) -> bool:
    return any(output["output_type"] == "error" for output in result.outputs)


def _printed(source: str, result: Result) -> str:
    """Return the code of a cell that prints the value it ends with, if the page shows that."""
    shown = [output for output in result.outputs if output["output_type"] == "display_data"]
    if not shown or is_figure(shown[-1]):
        return source
    try:
        last = ast.parse(source).body[-1]
    except SyntaxError:  # it has a magic of IPython
        return source
    if not isinstance(last, ast.Expr) or ast.unparse(last).startswith("display("):
        return source
    lines = source.splitlines(keepends=True)
    before = "".join(lines[: last.lineno - 1]).encode()
    start = len(before) + last.col_offset
    code = (ast.get_source_segment(source, last) or "").encode()
    whole = source.encode()
    return (whole[:start] + b"print(" + code + b")" + whole[start + len(code) :]).decode()


def _caught(source: str) -> str:
    """Return code that shows the exception that it raises, and goes on."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return f"try:\n    exec({source!r})\n{_EXCEPT}"
    inside = {  # of a text, where spaces count
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        for line in range(node.lineno, node.end_lineno or 0)
    }
    lines = [
        "    " + line if line and at not in inside else line
        for at, line in enumerate(source.split("\n"))
    ]
    return "\n".join(["try:", *lines, _EXCEPT])
