"""What readers take along: a notebook and a script that need the lesson's imports alone."""

import ast
import base64
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import nbformat
import pytest
from PIL import Image

from literate.lesson.model import Code, Result, Run
from literate.lesson.page import read
from literate.writing.notebook import downloads
from literate.writing.portable import Site

ROOT = Path(__file__).parents[3]

LESSON = '''
    # ---
    # title: Things
    # ---

    # %% [markdown]
    r"""
    # A lesson

    See [the next](b.py) and [`thing`][course.thing]. Two is {{ 1 + 1 }}, $a_1$.

    ::: course.thing

    !!! note "Mind"
        {{ 6 * 7 }} & more.
    """

    # %%
    import sys

    print("out", file=sys.stdout)
    value = 1  # (1)!
    "vä" * 2; (value,
     2)  # (value, 2)

    # %% [markdown]
    # 1. The value.

    # %% tags=["warns", "volatile"]
    print("err", file=sys.stderr)

    # %% tags=["raises-exception"]
    text = """
      kept
    """
    class Broken:

        def fail(self):
            raise ValueError(text)
    Broken().fail()

    # %% tags=["claim", "always"]
    assert text == "\\n  kept\\n", "spaces of a text are kept"

    # %% tags=["hide-input"]
    class Rich:
        """Shows itself."""

        def __repr__(self):
            return "rich"

        def _repr_markdown_(self):
            return "*rich* [x][y.z]\\n\\n``` { .text .no-copy }\\n1\\n```"

    Rich()

    # %% tags=["fold"]
    class Table:
        def __repr__(self):
            return "table"

        def _repr_html_(self):
            return "<b>table</b>"

    Table()

    # %% tags=["skip-execution"]
    exit("```")

    # %% tags=["hide-output"]
    5 + 5

    # %% alt="A \\"line\\" & one."
    import matplotlib.pyplot as plt

    plt.plot([1, 2]);

    # %% alt=["One.", "Two."] format="png"
    for _ in range(2):
        plt.figure(figsize=(1, 1))

    # %%
    display("shown")
    value = None
'''

PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);\n"
HTML = "docs/part/a.py"
INSTALL = "Install: `pip install x`, see [how](/start/index.md)."


def site_of(project, **options):
    options = {"url": "https://example.org/", "install": INSTALL, **options}
    return Site(project.root, project.root / "docs", **options)


def made(project, text=LESSON, name=HTML, **options):
    """Build a lesson and return its notebook and its script."""
    site = site_of(project, **options)
    lesson = project.lesson(text, name, site=site, offered=("part/*.py",))
    assert lesson.failure is None, str(lesson.failure)
    return json.loads(lesson.files["a/a.ipynb"]), lesson.files["a/a.py"].decode()


@pytest.fixture(scope="module")
def project(tmp_path_factory, new_project):
    project = new_project(tmp_path_factory.mktemp("downloads"))
    project.write("course.py", "def thing():\n    return 1\n")
    return project


@pytest.fixture(scope="module")
def both(project):
    return made(project)


@pytest.fixture(scope="module")
def notebook(both):
    return both[0]


@pytest.fixture(scope="module")
def script(both):
    return both[1]


@pytest.fixture(scope="module")
def cells(notebook):
    return ["".join(cell["source"]) for cell in notebook["cells"]]


def outputs(notebook, start):
    """Return the outputs of the cell whose source starts like this."""
    (cell,) = (each for each in notebook["cells"] if "".join(each["source"]).startswith(start))
    return cell["outputs"]


def metadata(notebook, start):
    (cell,) = (each for each in notebook["cells"] if "".join(each["source"]).startswith(start))
    return cell["metadata"]


def test_the_notebook_is_valid_and_names_its_kernel(notebook):
    nbformat.validate(notebook)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert notebook["metadata"]["language_info"] == {"name": "python"}


def test_two_builds_give_the_same_bytes(project, both):
    assert made(project) == both


def test_the_notebook_begins_with_its_title_and_how_to_install(cells):
    assert cells[0] == "# A lesson"
    assert cells[1] == "Install: `pip install x`, see [how](https://example.org/start/)."
    assert cells[2].startswith("See ")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("# %% [markdown]\n# Text.\n\n# %%\nx = 1\n", ["Install", "Text.", "x = 1"]),
        ("# %%\nx = 1\n\n# %% [markdown]\n# # Late\n", ["Install", "x = 1", "# Late"]),
        ("# %% [markdown]\n# # One\n\n# %%\nx = 1\n", ["# One", "Install", "x = 1"]),
        ("# %% [markdown]\n# ## Two\n\n# %%\nx = 1\n", ["Install", "## Two", "x = 1"]),
        (
            '# %% tags=["skip-execution"]\nx\n\n# %%\ny = 1\n',
            ["Install", "```python\nx\n```", "y = 1"],
        ),
    ],
)
def test_how_to_install_comes_first_where_there_is_no_title(project, text, start):
    notebook, script = made(project, text)
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    assert [s[:7] if s.startswith("Install") else s for s in sources] == start
    assert script.index("Install") < script.index("= 1")


def test_without_a_word_on_installing_there_is_none(project):
    notebook, _ = made(project, "# %% [markdown]\n# # One\n# Text.\n\n# %%\nx = 1\n", install="")
    assert "".join(notebook["cells"][0]["source"]) == "# One\nText."


def test_prose_is_plain_markdown_with_its_values(cells):
    assert cells[2] == dedent("""\
        See [the next](https://example.org/part/b/) and `thing`. Two is 2, $a_1$.

        `course.thing`

        ```python
        def thing():
            return 1
        ```

        > **Mind**
        >
        > 42 & more.""")


def test_code_stays_as_it_is_but_for_the_marks_of_annotations(cells):
    assert any("value = 1  # (1)\n" in cell for cell in cells)
    assert not any("# (1)!" in cell for cell in cells)


def test_every_cell_has_an_id_and_its_number(notebook):
    assert [cell["id"] for cell in notebook["cells"]] == [
        f"cell-{number}" for number in range(len(notebook["cells"]))
    ]
    counts = [c["execution_count"] for c in notebook["cells"] if c["cell_type"] == "code"]
    assert counts == [1, 2, 3, 4, 5, 6, 8, 9, 10, 11]


def test_text_values_errors_and_html_are_kept(notebook):
    first = outputs(notebook, "import sys")
    assert first[0] == {"output_type": "stream", "name": "stdout", "text": "out\n"}
    assert first[1]["data"]["text/plain"] == "(1, 2)"
    assert outputs(notebook, "print(")[0] == {
        "output_type": "stream",
        "name": "stderr",
        "text": "err\n",
    }
    (error,) = outputs(notebook, "text =")
    assert (error["ename"], error["evalue"]) == ("ValueError", "\n  kept\n")
    assert error["traceback"][1] == '  File "docs/part/a.py", line 39, in <module>'
    assert outputs(notebook, "class Table")[0]["data"]["text/html"] == "<b>table</b>"


def test_markdown_of_a_value_is_plain_too(notebook):
    (output,) = outputs(notebook, "class Rich")
    assert output["data"] == {
        "text/markdown": "*rich* x\n\n```text\n1\n```",
        "text/plain": "rich",
    }


def test_a_progress_bar_has_its_last_state(project):
    notebook, _ = made(project, '# %%\nprint("1%\\r2%\\x1b[0m")\n')
    assert outputs(notebook, "print")[0]["text"] == "2%\n"


def test_figures_say_what_they_show_and_can_be_read_on_any_ground(notebook):
    (line,) = outputs(notebook, "import matplotlib")
    svg = line["data"]["image/svg+xml"]
    assert 'role="img" aria-label=\'A "line" &amp; one.\' style="background: #fff"' in svg
    assert svg.count("background: #fff") == 1
    assert line["metadata"]["image/svg+xml"]["alt"] == 'A "line" & one.'
    one, two = outputs(notebook, "for _")
    for output, alt in ((one, "One."), (two, "Two.")):
        assert output["metadata"]["image/png"] == {"alt": alt, "width": 96, "height": 96}
        assert output["data"]["image/png"].startswith("iVBOR")
        assert output["metadata"]["needs_background"] == "light"


def test_beside_an_svg_stands_a_picture_on_white_for_notebooks_that_are_not_trusted(notebook):
    (line,) = outputs(notebook, "import matplotlib")
    assert list(line["data"])[:2] == ["image/svg+xml", "image/png"]
    size = {"width": 614, "height": 461}
    assert line["metadata"]["image/png"] == {"alt": 'A "line" & one.', **size}
    with Image.open(io.BytesIO(base64.b64decode(line["data"]["image/png"]))) as image:
        assert image.size == (768, 576)  # 6.4 by 4.8 inches at 120 pixels each
        assert image.mode == "P"
        assert image.convert("RGBA").getpixel((2, 2)) == (255, 255, 255, 255)


def test_a_picture_is_drawn_only_for_a_page_that_is_offered_and_is_none_of_its_page(project):
    text = f'# %% alt="a"\n{PLOT}'
    (output,) = project.lesson(text, HTML).run.results[0].outputs
    assert list(output["data"]) == ["image/svg+xml", "text/plain"][:1]
    lesson = project.lesson(text, HTML, site=site_of(project), offered=("*.py",))
    assert sorted(lesson.files) == ["a/a.ipynb", "a/a.py", "a/figure-1.svg"]


def test_a_page_that_begins_to_be_offered_runs_again(project):
    text = f'# %% alt="a"\n{PLOT}{project.tick("offered")}\n'
    options = {"site": site_of(project), "cache": True}
    for offered, runs in (((), 1), (("*.py",), 2), (("*.py",), 2), ((), 2)):
        lesson = project.lesson(text, HTML, offered=offered, **options)
        assert project.ticks("offered") == runs
    assert lesson.cached


def test_a_claim_is_told_before_its_cell_which_says_that_it_holds(cells, notebook):
    at = cells.index(
        'assert text == "\\n  kept\\n", "spaces of a text are kept"\n\nprint("✓ checked: it holds")'
    )
    assert cells[at - 1] == (
        "> **Checked while the page of this lesson was built: always true; the next cell checks it "
        "again**\n"
        ">\n> - spaces of a text are kept"
    )
    said = {"output_type": "stream", "name": "stdout", "text": "✓ checked: it holds\n"}
    assert notebook["cells"][at]["outputs"] == [said]


def test_statements_are_counted_as_the_page_tells_them(project):
    text = '# %% tags=["claim", "always"]\nfor n in (1, 1, 2):\n    assert n, f"{n} [is][a.b]"\n'
    notebook, script = made(project, text, install="")
    told, check = ("".join(cell["source"]) for cell in notebook["cells"])
    assert told.endswith("\n>\n> - 1 is\n> - 2 is")
    assert check.endswith('\n\nprint("✓ checked: all 2 statements hold")')
    assert script.endswith('\n\nprint("✓ checked: all 2 statements hold")\n')


EXERCISE = '''
    # %%
    def mine():
        return 1

    other = 2

    # %% tags=["hide-input"]
    from IPython.display import Markdown

    box = """<div class="admonition exercise" markdown>
    <p class="admonition-title">Exercise: One</p>

    Write `mine`, see [it][x.y]. Not so:

    ```python
    never
    ```

    ```python
    def mine():
        """Return one."""


    def other():
        ...


    print("✗", mine())
    ```

    <details class="hint" markdown>
    <summary markdown="span">Hint</summary>

    ```python
    return 1
    ```

    </details>

    </div>"""

    Markdown(box)

    # %%
    assert mine() == 1
'''.replace('"""<div', "'''<div").replace('</div>"""', "</div>'''")


def test_an_exercise_is_a_prompt_a_cell_to_type_into_and_hints_that_fold(project, tmp_path):
    notebook, script = made(project, EXERCISE, install="")
    _, first, keep, prompt, start, back, hints, last = [None, *notebook["cells"]]
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    assert sources[1].endswith("</div>'''\nlessons_own_mine = mine")
    assert keep["metadata"]["jupyter"] == {"source_hidden": True}
    assert keep["outputs"] == []
    assert sources[2] == (
        "**Exercise: One**\n\nWrite `mine`, see it. Not so:\n\n```python\nnever\n```"
    )
    assert (prompt["cell_type"], start["cell_type"], hints["cell_type"]) == (
        "markdown",
        "code",
        "markdown",
    )
    assert sources[3].startswith('def mine():\n    """Return one."""\n')
    assert sources[3].endswith('print("✗", mine())')
    assert start["metadata"] == {"tags": ["exercise"]}
    assert (start["execution_count"], start["outputs"]) == (None, [])
    assert sources[4] == "mine = lessons_own_mine"
    assert back["metadata"]["jupyter"] == {"source_hidden": True}
    assert sources[5].startswith('<details class="hint">\n<summary>Hint</summary>\n\n```python\n')
    assert "</div>" not in sources[5]
    assert (first["execution_count"], last["execution_count"]) == (1, 3)
    done = run(script, tmp_path)
    assert (done.returncode, done.stdout) == (0, "✗ None\n"), done.stderr


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("import sys", {}),
        ("print(", {"tags": ["volatile", "warns"]}),
        ("text =", {"tags": ["raises-exception"]}),
        ("class Rich", {"tags": ["hide-input"], "jupyter": {"source_hidden": True}}),
        ("class Table", {"tags": ["fold"], "jupyter": {"source_hidden": True}}),
        ("5 + 5", {"tags": ["hide-output"], "jupyter": {"outputs_hidden": True}}),
    ],
)
def test_jupyter_folds_and_expects_what_the_page_does(notebook, start, expected):
    assert metadata(notebook, start) == expected


def test_what_does_not_run_is_no_cell(cells, notebook):
    assert '````python\nexit("```")\n````' in cells
    kinds = {"".join(c["source"]): c["cell_type"] for c in notebook["cells"]}
    assert kinds['````python\nexit("```")\n````'] == "markdown"


def test_an_error_that_the_site_allows_stops_neither(project):
    text = "# %%\n1 / 0\n\n# %%\nx = 1\n"
    options = {"site": site_of(project), "offered": ("*.py",), "allow_errors": True}
    files = project.lesson(text, HTML, **options).files
    assert metadata(json.loads(files["a/a.ipynb"]), "1 / 0") == {"tags": ["raises-exception"]}
    assert b"try:\n    1 / 0\nexcept Exception:\n    import traceback\n" in files["a/a.py"]


PYPLOT = """
import os

def get_backend():
    return os.environ["BACKEND"]

def __getattr__(name):
    return lambda *_, **__: print("pyplot:", name)
"""


def run(script, folder, backend="agg"):
    """Run a script with plain Python and something in the place of matplotlib."""
    (folder / "matplotlib").mkdir(exist_ok=True)
    (folder / "matplotlib/__init__.py").touch()
    (folder / "matplotlib/pyplot.py").write_text(PYPLOT)
    (folder / "a.py").write_text(script, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-W", "error", "a.py"],
        cwd=folder,
        env={**environment, "BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )


SHOWN = (
    "out\n(1, 2)\n✓ checked: it holds\nrich\ntable\n10\n"
    "pyplot: plot\npyplot: figure\npyplot: figure\nshown\n"
)


@pytest.mark.parametrize(("backend", "end"), [("Agg", ""), ("macosx", "pyplot: show\n")])
def test_the_script_runs_prints_what_the_page_shows_and_opens_figures_on_a_screen(
    script, tmp_path, backend, end
):
    done = run(script, tmp_path, backend)
    assert done.returncode == 0, done.stderr
    assert done.stdout == SHOWN + end
    assert done.stderr.startswith("err\nTraceback (most recent call last):\n")
    assert done.stderr.endswith("ValueError: \n  kept\n\n")


def test_the_script_carries_prose_as_comments_and_code_as_cells(script):
    title, install, name, prose, *_ = script.split("\n\n# %%")
    assert title == "# %% [markdown]\n# # A lesson"
    assert install.startswith(" [markdown]\n# Install: ")
    assert name == "\ndisplay = print"
    assert prose.startswith(" [markdown]\n# See [the next](https://")
    assert prose.endswith("\n#\n# > **Mind**\n# >\n# > 42 & more.")
    assert '\n# exit("```")\n' in script
    assert not [line for line in script.split("\n") if line != line.rstrip()]
    assert script.endswith("    plt.show()\n")


def test_a_lesson_without_figures_opens_none(project):
    _, script = made(project, "# %%\nx = 1\n", install="")
    assert script == "# %%\nx = 1\n"


def test_a_script_has_no_magics_and_prints_no_value_twice(project, tmp_path):
    _, script = made(
        project,
        """
        # %%
        %matplotlib inline
        !true

        # %%
        %time x = 1
        x

        # %%
        (
            "ä" +
            "b"
        )  # why

        # %%
        display(3)

        # %%
        "shown";

        # %% tags=["raises-exception"]
        x = = 1
        """,
        install="",
    )
    assert "\n# %matplotlib inline\n# !true\n" in f"\n{script}"
    ran = script.replace("# %time x = 1\nx", "x = 1")
    done = run(ran, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "äb\n3\n"
    assert done.stderr.endswith("SyntaxError: invalid syntax\n")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (
            '# %% tags=["claim", "always"]\ndisplay(3)\nassert 3, "so"\n',
            'print("✓ checked: it holds")',
        ),
        ("# %%\ndisplay(3)\nprint(2)\n", "print(2)"),
    ],
)
def test_a_script_prints_what_prints_as_it_is(project, text, end):
    _, script = made(project, text, install="")
    assert f"\n{end}\n" in script


def test_a_markdown_page_becomes_a_notebook_and_a_script(project):
    head = "---\njupyter:\n  kernelspec:\n    display_name: Python 3\n    language: python\n"
    text = (
        f"{head}    name: python3\n---\n\n# M\n\nText {{{{ 1 + 1 }}}}.\n\n```python\n3 + 4\n```\n"
    )
    site = site_of(project, install="")
    lesson = project.lesson(text, "docs/part/m.md", site=site, offered=("part/*",))
    assert lesson.files["m/m.py"].decode() == (
        "# %% [markdown]\n# # M\n#\n# Text 2.\n\n# %%\nprint(3 + 4)\n"
    )


def test_the_page_links_its_downloads_before_its_footer(project):
    site = site_of(project, launch="https://run.example/x/{path}?a=b")
    name = "docs/part/a b.py"
    lesson = project.lesson("# %%\nx = 1\n", name, site=site, offered=("part/*.py",))
    links = (
        "[notebook with outputs](a%20b/a%20b.ipynb){ download } · "
        "[script](a%20b/a%20b.py){ download } · "
        "[run it on run.example](https://run.example/x/part/a%20b/a%20b.ipynb?a=b)\n</div>"
    )
    _, first, *_, block, _ = lesson.markdown.split("\n\n")
    assert first == f'<div class="offered" data-search-exclude markdown>\nAs {links}'
    assert block.startswith('<div class="downloads" data-search-exclude markdown>\n')
    assert block.endswith(f"Take this lesson along: {links}")
    assert lesson.markdown.split("\n\n")[-1].startswith('<footer class="run"')
    assert sorted(lesson.files) == ["a b/a b.ipynb", "a b/a b.py"]


@pytest.mark.parametrize(
    "prose",
    ["# # A title\n#\n# Why?\n#\n# ## A part\n", "# # A title\n", "# # A *title*\n# Why?\n"],
)
def test_the_downloads_stand_right_below_the_title(project, prose):
    text = f"# %% [markdown]\n{prose}\n# %%\nx = 1\n"
    lesson = project.lesson(text, "docs/a.py", site=site_of(project), offered=("*.py",))
    _, title, links, *_ = lesson.markdown.split("\n\n")
    assert title in ("# A title", "# A *title*")
    assert links.startswith('<div class="offered"')
    assert lesson.markdown.count("A title") + lesson.markdown.count("*title*") == 1
    assert "Why?" in lesson.markdown or "Why?" not in prose


def test_a_page_at_the_top_has_a_launch_link_too(project):
    site = site_of(project, launch="https://run.example/{path}")
    lesson = project.lesson("# %%\nx = 1\n", "docs/top.py", site=site, offered=("*.py",))
    assert "(https://run.example/top/top.ipynb)" in lesson.markdown


@pytest.mark.parametrize("options", [{}, {"offered": ("other/*.py",)}])
def test_a_page_that_no_pattern_names_offers_nothing(project, options):
    lesson = project.lesson("# %%\nx = 1\n", HTML, site=site_of(project), **options)
    assert "downloads" not in lesson.markdown
    assert lesson.files == {}


def test_without_a_site_a_page_offers_nothing(project):
    lesson = project.lesson("# %%\nx = 1\n", HTML, offered=("*.py",))
    assert lesson.files == {}


def test_a_page_that_fails_or_does_not_run_offers_nothing(project):
    options = {"site": site_of(project), "offered": ("*.py",)}
    failed = project.lesson("# %%\n1 / 0\n", HTML, **options)
    still = project.lesson("# %%\n1 / 0\n", HTML, no_run=("*",), **options)
    assert (failed.files, still.files) == ({}, {})
    assert "downloads" not in failed.markdown + still.markdown


def test_source_that_is_not_there_fails_the_page(project):
    text = "# %% [markdown]\n# ::: course.gone\n\n# %%\nx = 1\n"
    failure = project.failure(text, HTML, site=site_of(project), offered=("*.py",))
    assert failure == "docs/part/a.py, line 2: cannot show the source: there is no course.gone"


LEFT_OVER = re.compile(
    r"^(?:!!!|\?\?\?|===) |^::: |\{\{|\{ ?[.#:]|\]\[[a-z]|\smarkdown[ >=]|<!--", re.M
)
PAGES = sorted(path for path in (ROOT / "docs/lessons").glob("*/*.py"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_lesson_of_the_course_makes_a_sound_notebook_and_script(path):
    page = read(path, ROOT)
    run = Run(results=[Result(text="1") for _ in page.steps])
    site = Site(ROOT, ROOT / "docs", "https://example.org/", install=INSTALL)
    notebook = json.loads(downloads(page, run, site)[f"{path.stem}/{path.stem}.ipynb"])
    nbformat.validate(notebook)
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    assert sources[0].startswith("# ")
    assert sources[1].startswith("Install: ")
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(code) == sum(isinstance(cell, Code) for cell in page.cells)
    prose = [s for s, cell in zip(sources, notebook["cells"], strict=True) if cell not in code]
    outside = [re.sub(r"^(`{3,}).*?^\1$|`[^`]*`", "", s, flags=re.M | re.S) for s in prose]
    assert [text for text in outside if LEFT_OVER.search(text)] == []
    ast.parse(downloads(page, run, site)[f"{path.stem}/{path.stem}.py"])
