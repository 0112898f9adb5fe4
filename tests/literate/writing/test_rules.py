"""All rules that a page breaks are told together, from a new run and from a stored one."""

import pytest

from literate.writing.portable import Site
from literate.writing.render import Style

PLOT = "import matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1));"
LESSON = f"""# ---
# title: [a
# ---

# %% [markdown]
# # T
#
# Of {{{{ all, 0.5 is one.
#
# ::: course.gone

# %% tags=["x"]
x = 1

# %% tags=["claims"] format="jpg" alt=5
{PLOT}

# %%
{PLOT}

# %% tags=["claim", "always"]
assert x
assert x == 1, "it is one"
"""
TOLD = [
    "line 2: the front matter is not YAML: while parsing a flow sequence: expected ',' or ']', "
    "but got '<stream end>'",
    "line 8: {{ without an expression and its }}; write { { for two braces that are meant as such",
    "line 8: 0.5 is typed into the prose: write {{ value:.2f }}, or put it into code, maths or a "
    "quotation, or give the reason behind it, <!-- number: … -->",
    "line 10: cannot show the source: there is no course.gone",
    "line 13, cell 1: unknown tag 'x': known are always, claim, exclusive, fold, here, hide-input, "
    "hide-output, in-general, raises-exception, rare, skip-execution, unfold, volatile, warns",
    "line 16, cell 2: alt is 5: expected a text or a list of texts",
    "line 16, cell 2: format is 'jpg': expected 'svg' or 'png'",
    "line 16, cell 2: unknown tag 'claims': did you mean 'claim'?",
    'line 20, cell 3: draws 1 figure(s) and has 0 alt text(s): write alt="what one sees" after '
    'the cell\'s %%, for several alt=["…", "…"]',
    "line 24, cell 4: an assert in a claim needs a message: the statement that readers see",
]


def downloads(project):
    """Return the options of a build that offers every page."""
    return {"site": Site(project.root, project.root / "docs"), "offered": ("*",)}


@pytest.mark.parametrize("offered", [False, True])
def test_all_that_is_wrong_with_a_page_is_told_at_once_from_a_new_run_and_a_stored_one(
    project, offered
):
    project.write("course.py", "")
    options = downloads(project) if offered else {}
    for way in ("new", "stored"):
        lesson = project.lesson(LESSON, cache=True, **options)
        assert lesson.cached is (way == "stored")
        assert str(lesson.failure).split("\n") == [f"docs/a.py, {line}" for line in TOLD]
        for told in TOLD:
            assert told.partition(": ")[2] in lesson.markdown
        assert "This lesson failed" in lesson.markdown.splitlines()[0]
        assert lesson.markdown.count("\n# T\n") == 1
        assert "::: " not in lesson.markdown
        assert not [name for name in lesson.files if name.endswith((".ipynb", ".py"))]


def test_what_kept_the_page_from_running_comes_first_with_its_traceback(project):
    text = f"# %%\n{PLOT}\n\n# %% [markdown]\n# 0.5\n\n# %%\n1 / 0\n\n# %%\n{PLOT}\n"
    told = project.failure(text).split("\n")
    assert told[0] == "docs/a.py, line 9, cell 2: ZeroDivisionError: division by zero"
    assert [line.partition(": ")[0] for line in told if not line.startswith(" ")][1:] == [
        "docs/a.py, line 2, cell 1",
        "docs/a.py, line 6",
    ]


@pytest.mark.parametrize("options", [{}, {"style": Style(hide_cell=frozenset({"gone"}))}])
def test_a_hidden_figure_needs_no_alt_in_a_page_and_in_what_is_taken_along(project, options):
    tag = "gone" if options else "hide-output"
    text = f'# %% tags=["{tag}"]\n{PLOT}\n'
    options = {"extra_tags": frozenset({"gone"}), **options, **downloads(project)}
    lesson = project.lesson(text, **options)
    assert lesson.failure is None
    assert b"image/svg+xml" in lesson.files["a/a.ipynb"]


@pytest.mark.parametrize("offered", [False, True])
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("course.gone", "cannot show the source: there is no course.gone"),
        ("course.thing.gone", "cannot show the source: there is no course.thing.gone"),
        ("cource.thing", "cannot show the source: there is no module for cource.thing"),
        (
            "course.broken.f",
            "cannot show the source of course.broken.f: '(' was never closed (<unknown>, line 1)",
        ),
    ],
)
def test_shown_source_that_is_not_there_is_told_with_and_without_downloads(
    project, offered, name, told
):
    project.write("course/__init__.py", "")
    project.write("course/thing.py", "VALUE: int = 1\nother = 2\n")
    project.write("course/broken.py", "def f(\n")
    options = downloads(project) if offered else {}
    shown = "::: course.thing\n\n::: course.thing.VALUE\n\n::: course.thing.other"
    prose = f'# %% [markdown]\n"""\n{shown}\n\n```\n::: course.x\n```\n\n{{}}\n"""\n\n# %%\nx = 1\n'
    assert project.lesson(prose.format(""), **options).failure is None
    failure = project.failure(prose.format(f"::: {name}"), **options)
    assert failure == f"docs/a.py, line 13: {told}"
    made = f'# %%\nfrom IPython.display import Markdown\nMarkdown("::: {name}")\n'
    assert project.failure(made, **options) == f"docs/a.py, line 2, cell 1: {told}"


def test_source_from_outside_the_project_can_be_shown_but_not_taken_along(project):
    text = "# %% [markdown]\n# ::: json.dumps\n\n# %%\nx = 1\n"
    assert project.lesson(text).failure is None
    told = "docs/a.py, line 2: cannot show the source: there is no module for json.dumps"
    assert project.failure(text, **downloads(project)) == told


def test_a_page_without_a_run_is_held_to_what_it_stores(project):
    figure = (
        '{"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo="}, "metadata": {}}'
    )
    text = (
        '{"cells": [{"cell_type": "code", "source": "x", "metadata": {}, "id": "a",'
        f' "execution_count": null, "outputs": [{figure}]}}],'
        ' "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    failure = project.failure(text, "docs/a.ipynb", no_run=("*",))
    assert failure.startswith("docs/a.ipynb[cell 1], line 1, cell 1: draws 1 figure(s) and has 0")


def test_what_cannot_be_written_is_a_failure_of_its_page_and_of_no_other(project):
    project.write("docs/a.py", '# %%\ndisplay({"text/markdown": 5}, raw=True)\n')
    project.write("docs/b.py", "# %%\nprint(42)\n")
    lessons = project.build()
    assert lessons["docs/a.py"].failure.place == "docs/a.py"
    assert lessons["docs/a.py"].failure.message.startswith("cannot be written: TypeError: ")
    assert "42" in lessons["docs/b.py"].markdown
