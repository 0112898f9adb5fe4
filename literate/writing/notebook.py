"""A lesson to take along: as a notebook with its outputs, and as a script.

Both read well without the site, and run where nothing is but what the lesson imports.
"""

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.sax.saxutils import quoteattr

from literate.lesson.model import Cell, Code, Counts, Page, Prose, Raw, Result, Run
from literate.lesson.text import collapse, plain, visible
from literate.writing import claims
from literate.writing.blocks import ticks_around
from literate.writing.exercises import Exercise, exercise, taken, without_last
from literate.writing.long import few, share, shortened
from literate.writing.portable import Site, Translator, plain_marks
from literate.writing.render import is_figure
from literate.writing.statements import LOOP, awaited, caught, printed

#: What IPython alone understands.
_MAGIC = re.compile(r"^(?=[%!])", re.MULTILINE)

#: The last cell of a script whose lesson draws.
_SHOW = """
# %%
import matplotlib.pyplot as plt

if plt.get_backend().lower() != "agg":  # where there is a screen, all figures in windows
    plt.show()
""".strip()


def downloads(page: Page, run: Run, site: Site, counts: Counts | None = None) -> dict[str, bytes]:
    """Return the notebook and the script of a page by their paths relative to its folder.

    Args:
        page: The lesson.
        run: What it left, without a failure.
        site: Where it stands.
        counts: How often its claims hold with other seeds.
    """
    stem = Path(page.name).stem
    return {
        f"{stem}/{stem}.ipynb": notebook(page, run, site, counts or {}),
        f"{stem}/{stem}.py": script(page, run, site, counts or {}),
    }


def offer(page: Page, site: Site) -> tuple[str, str]:
    """Return Markdown for the page itself, below its title and at its end: where its downloads are.

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
    told = " · ".join(links)
    return (
        f'<div class="offered" data-search-exclude markdown>\nAs {told}\n</div>',
        '<div class="downloads" data-search-exclude markdown>\n'
        f"Take this lesson along: {told}\n</div>",
    )


def notebook(page: Page, run: Run, site: Site, counts: Counts) -> bytes:
    """Return the page as a notebook with the outputs of its run.

    Args:
        page: The lesson.
        run: What it left, without a failure.
        site: Where it stands.
        counts: How often its claims hold with other seeds.
    """
    translator = Translator(page, site)
    cells = []
    for cell, result in _cells(page, run, site.install, translator, counts):
        if isinstance(cell, Raw):
            cells.append(
                _cell("raw", cell.source, {"raw_mimetype": cell.kind} if cell.kind else {})
            )
            continue
        if isinstance(cell, Prose):
            cells.append(_cell("markdown", cell.source, attachments=cell.attachments))
            continue
        outputs = _outputs(cell, result, page, translator)
        metadata = _metadata(cell, result)
        number = cell.number or None  # what is to be typed into has not run
        cells.append(_cell("code", plain_marks(cell.source), metadata, number, outputs))
    text = json.dumps(_notebook(cells), ensure_ascii=False, indent=1)
    return f"{visible(text)}\n".encode()


def script(page: Page, run: Run, site: Site, counts: Counts) -> bytes:
    """Return the page as a program that runs from top to bottom and prints what the page shows.

    The prose stands in it as comments. What fails on purpose is caught and shown; figures open at
    the end.

    Args:
        page: The lesson.
        run: What it left, without a failure.
        site: Where it stands.
        counts: How often its claims hold with other seeds.
    """
    parts: list[str] = []
    draws = False
    for cell, result in _cells(page, run, site.install, Translator(page, site), counts):
        if isinstance(cell, Prose):
            lines = (f"# {line}".rstrip() for line in cell.source.split("\n"))
            parts.append("\n".join(["# %% [markdown]", *lines]))
        elif isinstance(cell, Code):
            source = printed(plain_marks(cell.source), result)
            source = caught(source) if _fails(result) else source
            parts.append("# %%\n" + awaited(_MAGIC.sub("# ", source)))
            draws = draws or any(map(is_figure, result.outputs))
    if draws:
        parts.append(_SHOW)
    if any("display(" in part for part in parts):
        parts.insert(1 + bool(site.install), "# %%\ndisplay = print")
    if any("async def _cell():" in part for part in parts):
        parts.insert(1 + bool(site.install), LOOP)
    return ("\n\n".join(parts) + "\n").encode()


def _cells(
    page: Page, run: Run, install: str, translator: Translator, counts: Counts
) -> Iterator[tuple[Cell, Result]]:
    """Give Markdown and code in reading order: the title, how to install, and the rest."""
    results = iter(run.results)
    for at, cell in enumerate(page.cells):
        held: dict[str, dict[str, str]] = {}
        if isinstance(cell, Raw):
            yield cell, Result()
            continue
        if isinstance(cell, Code):
            result = next(results)
            texts = [_statements(cell, result, counts)]
            if skipped := "skip-execution" in cell.tags:  # whoever runs all cells may not know it
                ticks = ticks_around(cell.source)
                texts = [f"{ticks}python\n{cell.source}\n{ticks}"]
        else:
            text = "".join(p if isinstance(p, str) else next(results).text for p in cell.parts)
            held = cell.attachments
            title = re.match(r"\s*# .*\n?", text) if install else None
            texts = [text[: title.end()], text[title.end() :]] if title else [text]
        if install:
            texts.insert(-1, install)
            install = ""
        for text in texts:
            if told := translator.translate(visible(text)):
                yield _prose(told, held), Result()
        if not isinstance(cell, Code) or skipped:
            continue
        if task := exercise(result.outputs):
            yield from _exercise(cell, task, page, at, translator)
        else:
            yield _saying(cell, result) if result.claims else (cell, result)


def _prose(text: str, held: dict[str, dict[str, str]]) -> Prose:
    """Return Markdown as a cell, with those of the attachments that it names."""
    return Prose((text,), text, 0, {name: held[name] for name in held if name in unquote(text)})


def _statements(cell: Code, result: Result, counts: Counts) -> str:
    """Return what a claim has checked, as Markdown; '' if the cell is none."""
    if not result.claims:
        return ""
    lines = [
        f"> - {text}" + f" *({beside})*" * bool(beside)
        for text, beside in claims.statements(cell, result, counts)
    ]
    kind = claims.kind(cell, result, counts)
    told = "Checked while the page of this lesson was built" + f": {kind}" * bool(kind)
    return "\n".join([f"> **{told}; the next cell checks it again**", ">", *lines])


def _saying(cell: Code, result: Result) -> tuple[Code, Result]:
    """Return a claim that says so when it has checked all: asserts that hold are silent."""
    count = len(dict.fromkeys(result.claims))
    told = f"✓ checked: all {count} statements hold" if count > 1 else "✓ checked: it holds"
    said = {"output_type": "stream", "name": "stdout", "text": f"{told}\n"}
    source = f'{cell.source.rstrip()}\n\nprint("{told}")'
    return replace(cell, source=source), replace(result, outputs=[*result.outputs, said])


def _exercise(
    cell: Code, task: Exercise, page: Page, at: int, translator: Translator
) -> Iterator[tuple[Cell, Result]]:
    """Give an exercise as its prompt, a cell to type into, and its hints.

    The lesson goes on with what it has itself under the names that the exercise defines.
    """
    code = [each.source if isinstance(each, Code) else "" for each in page.cells]
    names = taken(task.code, code[:at], code[at + 1 :])
    kept = [f"lessons_own_{name} = {name}" for name in names]
    source = "\n".join([without_last(cell.source), *kept]).strip()
    if source:
        yield replace(cell, source=source), Result()
    yield _prose(translator.translate(visible(task.prompt)), {}), Result()
    yield replace(cell, source=task.code, number=0, tags=frozenset({"exercise"})), Result()
    if names:
        back = "\n".join(f"{name} = lessons_own_{name}" for name in names)
        yield replace(cell, source=back, number=0, tags=frozenset({"hide-input"})), Result()
    yield _prose(translator.translate(visible(task.help)), {}), Result()


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
    attachments: dict[str, dict[str, str]] | None = None,
) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": metadata or {}}
    if attachments:
        cell["attachments"] = attachments
    if kind == "code":
        cell |= {"execution_count": number, "outputs": outputs}
    return {**cell, "source": source.splitlines(keepends=True)}


def _metadata(cell: Code, result: Result) -> dict[str, Any]:
    """Return what Jupyter has to know of a cell: what to fold, and whether an error is meant."""
    tags = cell.tags | ({"raises-exception"} if _fails(result) else set())
    folded = {"source_hidden": {"hide-input", "fold"}, "outputs_hidden": {"hide-output"}}
    jupyter = {name: True for name, hiding in folded.items() if tags & hiding}
    return {name: each for name, each in (("jupyter", jupyter), ("tags", sorted(tags))) if each}


def _outputs(
    cell: Code, result: Result, page: Page, translator: Translator
) -> list[dict[str, Any]]:
    """Return what the page shows of the outputs of a cell, as a notebook stores it."""
    alts = iter(cell.alt)
    outputs = few(result.outputs, (not is_figure(output) for output in result.outputs))
    outputs = [output for output in outputs if output.get("text") != ""]
    most = share(outputs)
    return [_output(output, page, translator, alts, most) for output in outputs]


def _output(
    output: dict[str, Any], page: Page, translator: Translator, alts: Iterator[str], most: int
) -> dict[str, Any]:
    """Return an output as a notebook without the site's style sheet shows it."""

    def told(text: str) -> str:
        text = collapse(plain(text))
        short = "\n".join(shortened(text, most)[0])
        if short == text.strip("\n"):
            return visible(text)
        return visible(short + "\n" * text.endswith("\n"))

    if output["output_type"] == "stream":
        return {**output, "text": told(page.to_absolute(output["text"]))}
    if output["output_type"] == "error":
        lines = told(page.to_absolute("\n".join(output["traceback"]))).split("\n")
        return {**output, "evalue": told(output["evalue"]), "traceback": lines}
    data = {
        kind: value if not isinstance(value, str) else visible(value)
        for kind, value in output["data"].items()
    }
    metadata = dict(output["metadata"])
    if "text/plain" in data:
        data["text/plain"] = told(data["text/plain"])
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
