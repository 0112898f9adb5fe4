"""What only notebooks have: pictures inside of Markdown cells, and raw cells."""

import json

import pytest

from literate.lesson.model import Code, Prose
from literate.lesson.outline import outline
from literate.writing.portable import Site

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="


def notebook(*cells):
    """Return a notebook of Markdown, code and raw cells."""
    told = [{"id": f"c{at}", "metadata": {}, **cell} for at, cell in enumerate(cells)]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": told})


def prose(source, **attachments):
    held = {name.replace("_", "."): data for name, data in attachments.items()}
    return {"cell_type": "markdown", "source": source, "attachments": held}


def raw(source, kind=None):
    return {
        "cell_type": "raw",
        "source": source,
        "metadata": {"raw_mimetype": kind} if kind else {},
    }


CODE = {"cell_type": "code", "execution_count": None, "outputs": [], "source": "print(1)"}


def built(project, *cells):
    site = Site(project.root, project.root / "docs")
    lesson = project.lesson(notebook(*cells), "docs/a.ipynb", site=site, offered=("*",))
    assert lesson.failure is None, lesson.failure
    return lesson


def test_an_attachment_is_a_file_beside_the_page_and_stays_in_the_notebook(project):
    lesson = built(
        project,
        prose("![One](attachment:a_b.png)", **{"a_b_png": {"image/png": PIXEL}})
        | {"attachments": {"a_b.png": {"image/png": PIXEL}}},
        prose("![Two][picture]\n\n[picture]: attachment:x.svg", x_svg={"image/svg+xml": SVG}),
        CODE,
    )
    assert "![One](a/attachment-1.png)" in lesson.markdown
    assert "[picture]: a/attachment-2.svg" in lesson.markdown
    assert lesson.files["a/attachment-1.png"].startswith(b"\x89PNG")
    assert lesson.files["a/attachment-2.svg"].startswith(b"<svg ")
    cells = json.loads(lesson.files["a/a.ipynb"])["cells"]
    assert cells[0]["attachments"] == {"a_b.png": {"image/png": PIXEL}}
    assert "".join(cells[0]["source"]) == "![One](attachment:a_b.png)"


def test_attachments_of_the_same_name_in_two_cells_are_two_files(project):
    cell = prose("![It](attachment:image.png)", image_png={"image/png": PIXEL})
    lesson = built(project, cell, cell, CODE)
    assert {"a/attachment-1.png", "a/attachment-2.png"} < lesson.files.keys()


def test_an_attachment_shown_as_html_is_shown_at_its_size(project):
    source = '<img alt=\'A dot\' src="attachment:my%20dot.png" width="30">'
    cell = prose(source) | {"attachments": {"my dot.png": {"image/png": PIXEL}}}
    assert '![A dot](a/attachment-1.png){ width="30" }' in built(project, cell, CODE).markdown


def test_code_that_names_an_attachment_stays_as_it_is(project):
    text = "Write `![x](attachment:none.png)`."
    assert text in built(project, prose(text), CODE).markdown


def test_an_attachment_that_is_not_there_is_a_failure(project):
    lesson = project.lesson(notebook(prose("![x](attachment:none.png)"), CODE), "docs/a.ipynb")
    assert str(lesson.failure) == (
        "docs/a.ipynb, line 1: a Markdown cell shows attachment:none.png and does not hold it"
    )


def test_all_attachments_that_are_not_there_are_told_with_what_else_is_wrong(project):
    text = notebook(prose("![x](attachment:a%20b.png) ![x](attachment:c.png) {{ }}"), CODE)
    lesson = project.lesson(text, "docs/a.ipynb")
    told = [each.message for each in (lesson.failure, *lesson.failure.also)]
    assert len(told) == 3
    assert "attachment:a b.png" in told[1]
    assert "attachment:c.png" in told[2]
    assert "attachment:a%20b.png" in lesson.markdown


@pytest.mark.parametrize(
    ("kind", "faults"), [(None, 1), ("text/markdown", 1), ("text/latex", 0), ("text/html", 0)]
)
def test_shown_source_that_is_not_there_is_told_of_a_raw_cell_that_is_markdown(
    project, kind, faults
):
    project.write("course/__init__.py", "")
    lesson = project.lesson(notebook(raw("::: course.gone", kind), CODE), "docs/a.ipynb")
    told = str(lesson.failure) if lesson.failure else ""
    assert told.count("there is no course.gone") == faults


def test_an_outline_leaves_raw_cells_out(project):
    project.write("docs/a.ipynb", notebook(prose("# One"), raw("# Two"), CODE))
    page = outline(project.root / "docs/a.ipynb", project.root)
    assert [type(cell) for cell in page.cells] == [Prose, Code]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (raw("as *it* stands"), "as *it* stands"),
        (raw("as *it* stands", "text/markdown"), "as *it* stands"),
        (raw("<p>a\n\n*b*</p>", "text/html"), '<div markdown="0">\n<p>a\n*b*</p>\n</div>'),
        (raw("\\section{a}", "text/latex"), ""),
        (raw("a\n=", "text/restructuredtext"), ""),
        (raw("print(2)", "text/x-python"), ""),
    ],
)
def test_a_raw_cell_shows_if_it_is_meant_for_a_page_such_as_this(project, cell, shown):
    lesson = built(project, prose("Before."), cell, prose("{{ 1 + 1 }}"), CODE)
    between = lesson.markdown.partition("Before.")[2].partition("2\n\n```python")[0].strip()
    assert between == shown
    cells = json.loads(lesson.files["a/a.ipynb"])["cells"]
    assert cells[1]["cell_type"] == "raw"
    assert cells[1]["metadata"] == cell["metadata"]
    assert "".join(cells[1]["source"]) == cell["source"]
    assert cell["source"] not in lesson.files["a/a.py"].decode()


def test_braces_in_a_raw_cell_are_no_values(project):
    assert "{{ no value }}" in built(project, raw("{{ no value }}"), CODE).markdown
