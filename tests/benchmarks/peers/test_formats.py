"""The lesson in each format: the same prose, the same code, in the same order."""

import ast
import re

import pytest

from benchmarks.peers import formats, source
from benchmarks.peers.engines import ENGINES
from benchmarks.peers.source import Cell

PROSE = Cell(
    "# Lesson 7, a line\n\nBecause `x` is **small**:\n\n$$\nx^2\n$$\n\n## Then\n\nSo $x$.", "prose"
)
CODE = Cell("x = 1\nprint(x)")
DRAWN = Cell("plt.plot(x)\nplt.show()", alt="A line.")
CLAIM = Cell('assert x, "it is not 0"', "claim")
CELLS = [PROSE, CODE, DRAWN, CLAIM]


def test_a_percent_script_has_cells_and_their_metadata():
    assert formats.percent(CELLS) == (
        "# ---\n# title: Lesson 7, a line\n# description: A line, its loss, and descent.\n# ---\n\n"
        f'# %% [markdown]\nr"""\n{PROSE.text}\n"""\n\n'
        "# %%\nx = 1\nprint(x)\n\n"
        '# %% alt="A line."\nplt.plot(x)\nplt.show()\n\n'
        '# %% tags=["claim", "here"]\nassert x, "it is not 0"\n'
    )


def test_an_example_of_sphinx_gallery_speaks_restructured_text():
    assert formats.gallery([PROSE, CODE, Cell("## More\n\nOf `y`.", "prose"), CLAIM]) == (
        'r"""\nLesson 7, a line\n================\n\nBecause ``x`` is **small**:\n\n'
        '.. math::\n\n   x^2\n\nThen\n----\n\nSo :math:`x`.\n"""\n\n'
        "# %%\nx = 1\nprint(x)\n\n"
        "# %%\n# More\n# ----\n#\n# Of ``y``.\n\n"
        '# %%\nassert x, "it is not 0"\n'
    )


def test_myst_has_code_cells_and_names_its_kernel():
    text = formats.myst([PROSE, CODE])

    assert text.startswith("---\njupytext:\n")
    assert "\nkernelspec:\n  name: python3\n" in text
    assert text.endswith(f"---\n\n{PROSE.text}\n\n```{{code-cell}} python3\nx = 1\nprint(x)\n```\n")


def test_quarto_takes_the_heading_for_its_title():
    assert formats.quarto([PROSE, CODE]) == (
        '---\ntitle: "Lesson 7, a line"\njupyter: python3\n---\n\n'
        f"{PROSE.text.removeprefix('# Lesson 7, a line').strip()}\n\n"
        "```{python}\nx = 1\nprint(x)\n```\n"
    )


def test_markdown_exec_prints_a_figure_and_has_a_session_for_each_lesson():
    text = formats.executed(CELLS)

    assert '```python exec="1" source="above" session="lesson7" result="text"\nx = 1\n' in text
    drawn = text.partition('session="lesson7" html="1"\n')[2].partition("```")[0]
    assert drawn == f"plt.plot(x)\n{formats.SVG}\n"


def test_marimo_has_a_function_for_each_cell_and_shows_the_last_expression():
    tree = ast.parse(formats.marimo(CELLS))

    cells = [ast.unparse(node.body[:-1]) for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert cells[0] == "import marimo as mo"
    assert cells[1].startswith("mo.md(")
    assert "Lesson 7, a line" in cells[1]
    assert cells[2:] == ["x = 1\nprint(x)", "plt.plot(x)\nplt.gca()", "assert x, 'it is not 0'"]


def code(text: str) -> list[str]:
    """Return the lines of code that all formats share, without indentation."""
    shared = [
        line for cell in source.lesson(1) if cell.kind != "prose" for line in cell.text.split("\n")
    ]
    wanted = [line.strip() for line in shared if line.strip() and line != "plt.show()"]
    lines = iter([line.strip() for line in text.splitlines()])
    return [line for line in wanted if line not in lines]


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_every_format_has_all_code_in_its_order(engine):
    assert code(engine.write(source.lesson(1))) == []


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_every_format_has_all_prose(engine):
    text = re.sub(r"\W+", "", engine.write(source.lesson(1)))

    for cell in source.lesson(1):
        if cell.kind == "prose":
            for part in re.sub(r"\$+[^$]+\$+", "\n\n", cell.text).split("\n\n"):
                assert re.sub(r"\W+", "", part) in text


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_every_edit_finds_what_it_edits_in_every_format(engine, tmp_path):
    engine.make(tmp_path / "site", 2)
    lesson = tmp_path / "site" / engine.lesson.format("lesson1")
    package = tmp_path / "site" / source.PACKAGE

    for step, edit in source.STEPS.items():
        before = lesson.read_text("utf-8"), package.read_text("utf-8")
        engine.edit(tmp_path / "site", step)
        after = lesson.read_text("utf-8"), package.read_text("utf-8")
        assert [old != new for old, new in zip(before, after, strict=True)] == [
            edit is not None and not edit.package,
            edit is not None and edit.package,
        ]


def test_an_edit_that_finds_nothing_says_so(tmp_path):
    (tmp_path / "one.py").write_text("a b")

    with pytest.raises(RuntimeError, match=r"one\.py has 'c' 0 times"):
        source.Edit("c", "d").apply(tmp_path, "one.py")


def test_every_fourth_lesson_uses_what_the_edit_of_the_package_changes():
    users = [n for n in range(1, 9) if "cost_curve" in formats.percent(source.lesson(n))]

    assert users == [1, 5]
