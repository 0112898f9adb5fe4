"""One lesson in the formats of the engines: the same prose, the same code, in the same order."""

import re

from benchmarks.peers.source import Cell, title


def percent(cells: list[Cell]) -> str:
    """Return a Python file in which `# %%` starts a cell: literate and mkdocs-jupyter."""
    front = f"# ---\n# title: {title(cells)}\n# description: A line, its loss, and descent.\n# ---"
    return _joined([front, *map(_percent, cells)])


def _percent(cell: Cell) -> str:
    if cell.kind == "prose":
        return f'# %% [markdown]\nr"""\n{cell.text}\n"""'
    alt = f' alt="{cell.alt}"' if cell.alt else ""
    claim = ' tags=["claim", "here"]' if cell.kind == "claim" else ""
    return f"# %%{alt}{claim}\n{cell.text}"


def gallery(cells: list[Cell]) -> str:
    """Return an example for sphinx-gallery: a script with reStructuredText in its comments."""
    first, *rest = cells
    return _joined([f'r"""\n{_restructured(first.text)}\n"""', *map(_gallery, rest)])


def _gallery(cell: Cell) -> str:
    if cell.kind != "prose":
        return f"# %%\n{cell.text}"
    lines = _restructured(cell.text).splitlines()
    return "\n".join(["# %%", *(f"# {line}".rstrip() for line in lines)])


def _restructured(markdown: str) -> str:
    """Return the Markdown of these lessons as reStructuredText."""
    text = re.sub(r"`([^`]+)`", r"``\1``", markdown)
    text = re.sub(r"\$\$\n(.+?)\n\$\$", r".. math::\n\n   \1", text, flags=re.DOTALL)
    text = re.sub(r"\$([^$\n]+)\$", r":math:`\1`", text)
    return re.sub(r"^(#+) (.*)$", _heading, text, flags=re.MULTILINE)


def _heading(found: re.Match[str]) -> str:
    line = "=" if len(found[1]) == 1 else "-"
    return f"{found[2]}\n{line * len(found[2])}"


def myst(cells: list[Cell]) -> str:
    """Return a notebook in MyST Markdown: MyST-NB and Jupyter Book."""
    kernel = "kernelspec:\n  name: python3\n  display_name: Python 3"
    jupytext = "jupytext:\n  text_representation:\n    extension: .md\n    format_name: myst"
    front = f"---\n{jupytext}\n{kernel}\n---"
    return _joined([front, *(_fenced(cell, "{code-cell} python3") for cell in cells)])


def quarto(cells: list[Cell]) -> str:
    """Return a document for Quarto; its heading is the title."""
    front = f'---\ntitle: "{title(cells)}"\njupyter: python3\n---'
    text = cells[0].text.partition("\n")[2].strip()
    rest = [Cell(text, "prose"), *cells[1:]]
    return _joined([front, *(_fenced(cell, "{python}") for cell in rest)])


def executed(cells: list[Cell]) -> str:
    """Return a page for markdown-exec, in which a figure is printed as the SVG that it is."""
    session = title(cells).partition(",")[0].replace(" ", "").lower()
    return _joined([_executed(cell, session) for cell in cells])


SVG = """from io import StringIO
buffer = StringIO()
plt.savefig(buffer, format="svg")
print(buffer.getvalue())"""


def _executed(cell: Cell, session: str) -> str:
    options = f'python exec="1" source="above" session="{session}"'
    if cell.alt:
        return _fenced(Cell(cell.text.replace("plt.show()", SVG)), f'{options} html="1"')
    return _fenced(cell, f'{options} result="text"')


def _fenced(cell: Cell, info: str) -> str:
    return cell.text if cell.kind == "prose" else f"```{info}\n{cell.text}\n```"


def marimo(cells: list[Cell]) -> str:
    """Return a marimo notebook; a cell shows its last expression."""
    head = "import marimo\n\napp = marimo.App()"
    first = _reactive("import marimo as mo")
    foot = 'if __name__ == "__main__":\n    app.run()'
    return _joined([head, first, *(_reactive(_shown(cell)) for cell in cells), foot])


def _shown(cell: Cell) -> str:
    if cell.kind == "prose":
        return f'mo.md(r"""\n{cell.text}\n""")'
    return cell.text.replace("plt.show()", "plt.gca()")


def _reactive(code: str) -> str:
    body = "\n".join(f"    {line}".rstrip() for line in code.splitlines())
    return f"@app.cell\ndef _():\n{body}\n    return"


def _joined(parts: list[str]) -> str:
    return "\n\n".join(parts) + "\n"
