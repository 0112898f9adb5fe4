"""Boxes read alike by Python-Markdown, in pages, and by CommonMark, in notebooks."""

import re

import markdown
import pytest
from markdown_it import MarkdownIt

from course.practice.boxes import boxed, fenced, folded

EXTENSIONS = ["attr_list", "md_in_html", "pymdownx.superfences"]


def in_a_page(text):
    return markdown.markdown(text, extensions=EXTENSIONS)


def in_a_notebook(text):
    return MarkdownIt("commonmark").render(text)


@pytest.fixture
def nested():
    content = f"Write *it*.\n\n{fenced('x = 1')}\n\n{folded('hint', 'Hint', 'Use `abs`.')}"
    return boxed("exercise", "Title", content)


def test_code_stands_in_a_fence():
    assert fenced("x = 1") == "```python\nx = 1\n```"
    assert fenced("1", "{ .text }") == "```{ .text }\n1\n```"


def test_code_keeps_the_indentation_of_its_first_line_and_loses_blank_lines_around_it():
    assert fenced("\n\n  1.0\n-10.0\n\n") == "```python\n  1.0\n-10.0\n```"


def test_code_that_holds_a_fence_gets_a_longer_one():
    text = fenced('"""\n```python\n```\n"""')
    assert text.startswith("````python\n")
    assert text.endswith("\n````")
    for render in (in_a_page, in_a_notebook):
        assert "```python\n```" in re.sub("<.*?>", "", render(text))


@pytest.mark.parametrize("render", [in_a_page, in_a_notebook])
def test_markdown_within_boxes_is_read_as_markdown(nested, render):
    html = render(nested)
    assert "<em>it</em>" in html
    assert "<code>abs</code>" in html
    assert "```" not in html
    assert re.search(r'<div class="admonition exercise"', html)
    assert re.search(r'<details class="hint"', html)
    assert html.count("<summary") == html.count("</summary>") == 1
    assert html.index("</details>") < html.rindex("</div>")


def test_a_page_reads_markdown_in_what_one_sees_before_a_box_opens():
    html = in_a_page(folded("choice", "It is `()`", "Yes."))
    assert "<summary>It is <code>()</code></summary>" in html
    assert "markdown" not in html


def test_nothing_of_a_box_starts_with_a_blank_line_or_ends_with_one():
    assert boxed("a", "b", "\n\nc\n\n") == boxed("a", "b", "c")
    assert folded("a", "b", "\n\nc\n\n") == folded("a", "b", "c")
    assert boxed("a", "b", "c").endswith("\n\nc\n\n</div>")
    assert folded("a", "b", "c").endswith("\n\nc\n\n</details>")
