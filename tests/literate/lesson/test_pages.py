"""Pages are read from py-percent, jupytext Markdown and notebooks; mistakes are told clearly."""

import json
from typing import Any

import pytest

from literate.lesson.model import Code
from literate.lesson.page import is_lesson, read

PERCENT = '''
    # %% [markdown]
    r"""
    # A title

    With $\\alpha$.
    """

    # %%
    x = 6 * 7
    print(x)

    # %% [markdown]
    # ## In comments
    #
    # The text.

    # %%
    x + 1
'''


def notebook(*cells: dict[str, Any]) -> bytes:
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole).encode()


def code(source: str, **rest: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
    return {**cell, "execution_count": None, "id": f"{len(source)}", **rest}


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {}, "id": "b"}


def lines_of_code(project, name):
    page = read(project.root / name, project.root)
    return [(cell.line, cell.source) for cell in page.cells if isinstance(cell, Code)]


def test_a_percent_page_shows_its_prose_its_code_and_what_the_code_printed(project):
    page = project.page(PERCENT)
    assert page.startswith("# A title\n\nWith $\\alpha$.\n\n```python\nx = 6 * 7\nprint(x)\n```")
    assert "## In comments\n\nThe text." in page
    assert page.endswith("x + 1\n```\n\n``` { .text .no-copy .output }\n43\n```")


def test_a_jupytext_markdown_page_runs_its_python_fences(project):
    text = """
        ---
        title: From Markdown
        jupyter:
          kernelspec:
            display_name: Python 3
            language: python
            name: python3
        ---

        # A title

        ```python
        x = 6 * 7
        ```

        It is {{ x }}.

        ```python tags=["hide-input"]
        print(1 / (x - 42))
        ```
    """
    page = project.lesson(text, "docs/a.md")
    assert page.markdown.startswith("---\ntitle: From Markdown\n---\n\n")
    assert "```python\nx = 6 * 7\n```\n\nIt is 42." in page.markdown
    assert page.failure.place == "docs/a.md, line 19, cell 2"


def test_a_notebook_page_runs_its_cells_and_not_what_it_stores(project):
    stored = [{"output_type": "stream", "name": "stdout", "text": "stale"}]
    content = notebook(markdown("# A title"), code("x = 42\nprint(x)", outputs=stored))
    page = project.page(content, "docs/a.ipynb")
    assert page == (
        "# A title\n\n```python\nx = 42\nprint(x)\n```\n\n``` { .text .no-copy .output }\n42\n```"
    )


def test_a_failing_notebook_names_the_cell_and_the_line_in_it(project):
    content = notebook(code("x = 1"), markdown("text"), code("\n\nx = 2\nx / 0"))
    failure = project.failure(content, "docs/a.ipynb")
    assert failure.startswith("docs/a.ipynb[cell 2], line 4, cell 2: ZeroDivisionError")
    assert 'File "docs/a.ipynb[cell 2]", line 4, in <module>\n        x / 0' in failure


def test_front_matter_reaches_the_site_without_what_is_meant_for_jupyter(project):
    text = """
        # ---
        # title: The title
        # hide: [toc]
        # jupyter:
        #   kernelspec:
        #     display_name: Python 3
        #     name: python3
        # kernelspec:
        #   name: python3
        # ---

        # %% [markdown]
        # Text.
    """
    assert project.page(text) == "---\nhide:\n- toc\ntitle: The title\n---\n\n# The title\n\nText."


@pytest.mark.parametrize(
    "prose",
    [
        'r"""\nOne.\n\n{{ two }}\n"""',
        '"""\nOne.\n\n{{ two }}\n"""',
        "'''\nOne.\n\n{{ two }}\n'''",
        '"""One.\n\n{{ two }}"""',
        'r"""One.\n\n{{ two }}"""',
        "r'''One.\n\n{{ two }}'''",
        '"""\n"One"\n\n{{ two }} "is it"\n"""',
        "# One.\n#\n# {{ two }}",
        "#One.\n#\n#{{ two }}",
    ],
)
def test_every_way_to_write_prose_leaves_the_lines_of_all_cells_right(project, prose):
    code = "# One.\nfirst = 1"
    path = project.write("docs/a.py", f"# %% [markdown]\n{prose}\n\n# %%\n{code}\n\n# %%\nx\n")
    at = 4 + prose.count("\n")
    inner = 2 + prose[: prose.index("{{")].count("\n")
    assert [step.line for step in read(path, project.root).steps] == [inner, at + 1, at + 5]
    assert lines_of_code(project, "docs/a.py") == [(at + 1, code), (at + 5, "x")]


def test_lines_stay_right_with_magics_empty_cells_repeated_cells_and_blank_lines(project):
    text = """
        x = 1

        # %%

        # %% [markdown]

        # %%
        # %matplotlib inline
        x = 1

        # %%


        x = 1

        # %% [markdown]
        r'''
        x = 1
        '''

        # %% tags=["fold"]
        x = 1
        1 / 0
    """
    project.write("docs/a.py", text)
    assert [line for line, source in lines_of_code(project, "docs/a.py") if source] == [
        1,
        8,
        14,
        22,
    ]
    assert project.build()["docs/a.py"].failure.place == "docs/a.py, line 23, cell 5"


def test_a_file_may_begin_with_a_byte_order_mark_and_end_its_lines_like_windows(project):
    text = "\ufeff# %%\r\nx = 1\r\nprint(x)\r\n"
    assert project.page(text.encode()).startswith("```python\nx = 1\nprint(x)\n```")


def test_a_file_that_is_not_utf_8_is_named_with_the_byte_and_the_remedy(project):
    failure = project.failure("# %%\nx = 'café'\n".encode("latin-1"))
    assert failure == ("docs/a.py, line 2: expected UTF-8, found byte 0xe9: save the file as UTF-8")


@pytest.mark.parametrize("content", [b"{ not json", b"", b"[]", b'{"cells": 3}', b"null"])
def test_a_broken_notebook_is_named(project, content):
    assert project.failure(content, "docs/a.ipynb").startswith(
        "docs/a.ipynb: cannot be read as ipynb: "
    )


LOST = "front matter begins in the first line of a file, and ends with another ---"


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (
            "# ---\n# title: [a\n# ---",
            "line 2: the front matter is not YAML: while parsing a flow sequence: "
            "expected ',' or ']', but got '<stream end>'",
        ),
        (
            "# ---\n# title: x\n# \tneeds: y\n# ---",
            "line 3: the front matter is not YAML: while scanning for the next token: "
            "found character '\\t' that cannot start any token",
        ),
        (
            "# ---\n# title: a: b\n# ---",
            "line 2: the front matter is not YAML: mapping values are not allowed here",
        ),
        (
            "# ---\n# jupyter:\n#   kernelspec: [a\n# ---",
            "line 3: the front matter is not YAML: while parsing a flow sequence: "
            "expected ',' or ']', but got '<stream end>'",
        ),
        ("# ---\n# - a\n# ---", "line 2: the front matter is not a list of 'key: value'"),
        ("# ---\n# title: 5\n# ---", "line 2: title is 5: expected a text"),
        ("# ---\n# title: T\n# needs: [a]\n# ---", "line 3: needs is ['a']: expected a text"),
        ("# ---\n# description:\n# ---", "line 2: description is None: expected a text"),
        (
            "# ---\n# minutes: 10\n# ---",
            "line 2: minutes is 10: expected no such entry: the time that a page takes is counted "
            "on it",
        ),
        ("# ---\n# 5: x\n# ---", "line 2: 5 is 'x': expected a name before the colon"),
        ("# ---\n# title: x", f"line 1, cell 1: {LOST}"),
        ("\n# ---\n# title: x\n# ---", f"line 2, cell 1: {LOST}"),
    ],
)
def test_wrong_front_matter_is_named_with_its_line(project, head, told):
    text = f"{head}\n\n# %%\nx = 1\n".encode()  # blank lines at its start included
    assert project.failure(text) == f"docs/a.py, {told}"


def test_a_lesson_of_front_matter_and_code_has_its_title_and_its_needs(project):
    page = project.page("# ---\n# title: T\n# needs: a\n# ---\n\n# %%\nx = 1\n")
    assert page.partition("---\n\n")[2] == "# T\n\nYou need: a.\n\n```python\nx = 1\n```"
    assert project.page("# ---\n# title: T\n# ---\n").endswith("---\n\n# T")


@pytest.mark.parametrize("text", ["", "\n\n", "# just a comment\n"])
def test_a_file_may_be_empty(project, text):
    assert project.lesson(text).failure is None


def test_a_markdown_page_that_says_python_is_a_lesson_even_if_it_cannot_be_read(project):
    head = "---\njupyter:\n  kernelspec:\n    display_name: P\n    language: python\n---\n"
    path = project.write("docs/a.md", f"{head}\n# M\n\n```python tags=5\nx = 1\n```\n")
    assert is_lesson(path)
    assert project.build("docs/a.md")["docs/a.md"].failure
    for text in ("# M\n", "---\ntitle: [\n---\n", b"# \xff"):
        assert not is_lesson(project.write("docs/a.md", text))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            'tags=["claims"]',
            "docs/a.py, line 5, cell 2: unknown tag 'claims': did you mean 'claim'?",
        ),
        (
            'tags=["hide_input"]',
            "docs/a.py, line 5, cell 2: unknown tag 'hide_input': did you mean 'hide-",
        ),
        ('tags=["xyz"]', "docs/a.py, line 5, cell 2: unknown tag 'xyz': known are always, "),
        (
            'tags="claim"',
            "docs/a.py, line 4: cannot be read as py:percent: 'claim' is not of type 'array'; "
            "tags are a list of texts",
        ),
        ("tags=[5]", "docs/a.py, line 4: cannot be read as py:percent: "),
        ('tags=["claim"', "docs/a.py, line 5, cell 2: cannot read 'tags=[\"claim\"' behind %%"),
        (
            'tag=["claim"]',
            "docs/a.py, line 5, cell 2: tag behind %% means nothing: did you mean 'tags'?",
        ),
        ('format="jpg"', "docs/a.py, line 5, cell 2: format is 'jpg': expected 'svg' or 'png'"),
        ("alt=5", "docs/a.py, line 5, cell 2: alt is 5: expected a text or a list of texts"),
        ('alt=""', "docs/a.py, line 5, cell 2: alt is '': expected a text or a list of texts"),
        (
            'alt=["a", 5]',
            "docs/a.py, line 5, cell 2: alt is ['a', 5]: expected a text or a list of texts",
        ),
    ],
)
def test_wrong_metadata_of_a_cell_is_named_with_page_and_line(project, header, message):
    failure = project.failure(f"# %%\nx = 1\n\n# %% {header}\nx = 2\n")
    assert failure.startswith(message)


def test_a_page_outside_of_the_project_is_refused(project):
    path = project.outside / "a.py"
    path.write_text("# %%\nx = 1\n")
    failure = project.build(str(path))
    assert [str(lesson.failure) for lesson in failure.values()] == [
        f"{path}: is not inside of the project's folder, {project.root}"
    ]


def test_a_page_without_code_is_prose(project):
    page = project.lesson("# %% [markdown]\n# Only *text*.\n")
    assert page.markdown == "Only *text*.\n"
    assert page.run is None


def test_a_wrong_page_does_not_keep_the_others_from_being_built(project):
    project.write("docs/a.py", b"# \xff")
    project.write("docs/b.py", "# %%\nprint(42)\n")
    lessons = project.build()
    assert lessons["docs/a.py"].failure
    assert "42" in lessons["docs/b.py"].markdown
