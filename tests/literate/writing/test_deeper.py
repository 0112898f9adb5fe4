"""What a first reader can skip folds below its heading; in a notebook the heading says so."""

import json

import pytest

from literate.writing.deeper import pieces, told
from literate.writing.portable import Site

OPEN = '<details class="deeper" markdown="1">\n<summary markdown="block">\n\n{0}\n\n</summary>'
LESSON = """
    # %% [markdown]
    # # A
    #
    # ## Going deeper: why
    #
    # Because of {{ 1 + 1 }}.

    # %%
    x = 1

    # %% [markdown]
    # ### Part
    # ## Going deeper: how
    # So.
    #
    # # B
"""


def test_a_section_folds_with_all_its_cells_until_the_next_of_its_level(project):
    assert project.page(LESSON).split("\n\n") == [
        "# A",
        *OPEN.format("## Going deeper: why").split("\n\n"),
        "Because of 2.",
        "```python\nx = 1\n```",
        "### Part",
        "</details>",
        *OPEN.format("## Going deeper: how").split("\n\n"),
        "So.",
        "</details>",
        "# B",
    ]


def test_the_last_section_ends_before_what_ends_the_page(project):
    lesson = project.lesson("# %% [markdown]\n# ## Going deeper: a\n# [^1]: Note\n\n# %%\n1\n")
    end = lesson.markdown.index("</details>")
    assert lesson.markdown.index("```python") < end < lesson.markdown.index("<footer")


@pytest.mark.parametrize(
    "text",
    [
        "```\n## Going deeper: no\n```\n",
        "~~~~\n~~~\n## Going deeper: no\n~~~~\n",
        "## Going deep: no\n",
        "    ## Going deeper: no\n",
    ],
)
def test_what_is_no_such_heading_opens_nothing(text):
    assert [tuple(each) for each in pieces(text)] == [(0, False, text)]


def test_a_section_inside_of_one_is_a_part_of_it():
    text = "## Going deeper: a\n### Going deeper: b\n## c\n"
    assert [piece.level for piece in pieces(text)] == [2, 0]


def test_a_notebook_says_what_can_be_skipped(project):
    assert told("A\n\n## Going deeper: why\n") == "A\n\n## Going deeper (skip at first): why\n"
    site = Site(project.root, project.root / "docs")
    files = project.lesson(LESSON, site=site, offered=("*",)).files
    cells = json.loads(files["a/a.ipynb"])["cells"]
    assert "## Going deeper (skip at first): why" in "".join(cells[0]["source"])
    assert "# ## Going deeper (skip at first): how" in files["a/a.py"].decode()
