"""A page is right if it shows what its lesson prints now, and nothing of what it printed before."""

import pytest

from benchmarks.peers import right, running
from benchmarks.peers.engines import OURS, PYTHON
from benchmarks.peers.right import Page
from benchmarks.peers.source import SENTENCES

NOW = Page("who finds it?", ["slope 2.00"])
BEFORE = Page("how does it?", ["slope 1.00"])
FIGURES = "<img src='1.png'><img src='2.png'>"


def found(html: str) -> list[str]:
    return list(NOW.problems(html, BEFORE))


def test_a_page_with_all_of_it_is_right():
    assert found(f"<p>who finds\n <b>it</b>?</p> <pre>slope <i>2.00</i></pre>{FIGURES}") == []


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ("who finds it?", "lacks 'slope 2.00'"),
        ("slope 2.00", "lacks 'who finds it?'"),
        ("who finds it? slope 2.00 slope 1.00", "still has 'slope 1.00'"),
        ("who finds it? how does it? slope 2.00", "still has 'how does it?'"),
        ("who finds it? slope 2.00 AssertionError: no", "shows AssertionError"),
    ],
)
def test_each_fault_is_named(html, problem):
    assert found(html + FIGURES) == [problem]


@pytest.mark.parametrize(
    ("figures", "number"),
    [
        ("", 0),
        ("<img src='data:image/png;base64,AAAA'>", 1),
        ("<img src='1.svg#only-light'><img src='1-dark.svg#only-dark'>", 1),
        ('<svg><g id="figure_1"></g></svg><svg></svg>', 1),
    ],
)
def test_a_page_that_lacks_a_figure_says_so(figures, number):
    assert found(f"who finds it? slope 2.00 {figures}") == [f"has {number} of 2 figures"]


def test_what_a_page_holds_as_json_counts_too():
    assert "say 1 < 2 and" in right.plain(r'{"html": "\u003Cp\u003Esay 1 &lt; 2\nand"}')


def test_plain_python_says_what_the_pages_have_to_show(tmp_path):
    PYTHON.make(tmp_path, 2)
    PYTHON.edit(tmp_path, "prose edit")

    first, second = right.expected(tmp_path, 2)

    assert (first.sentence, second.sentence) == (SENTENCES[1], SENTENCES[0])
    assert [line.split()[0] for line in first.lines] == ["the", "shown", "slope"]
    assert first.figures == 2
    assert first.lines != second.lines


def test_a_lesson_that_fails_in_plain_python_ends_the_measurement(tmp_path):
    PYTHON.make(tmp_path, 1)
    (tmp_path / "lesson1.py").write_text("1 / 0")

    with pytest.raises(
        RuntimeError, match=r"(?s)a lesson fails in plain Python.*ZeroDivisionError"
    ):
        right.expected(tmp_path, 1)


def test_a_site_without_a_page_is_not_right(tmp_path):
    assert running.first_problem(OURS, tmp_path, [NOW], [BEFORE]) == "lesson 1 has no page"
