"""The time of a page is counted on what a reader sees of it, each part at its rate."""

import textwrap
from pathlib import Path

import pytest

from literate.writing.portable import Site
from literate.writing.times import EXERCISE, FIGURE, LINE, QUESTION, WORDS, Times, times

WORD = 60 / WORDS


def count(text: str, root: Path = Path()) -> Times:
    return times(textwrap.dedent(text), root)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One two, three-four it's 3.5 and 1,000.", 7),
        ("# A *heading* of **words**", 4),
        ("[two words](elsewhere/page.py#anchor) and [`one`][course.linear]", 4),
        ("A `descend_slope(x, y)` is one word", 5),
        (r"So $\hat y = w x + b$ is three", 6),
        ('Told{ .class } <span class="volatile">3 s</span> <!-- not this -->', 3),
        ("*[term]: what it means", 0),
        ("| A | B |\n| --- | --- |\n| c | d e |", 5),
        ("", 0),
    ],
)
def test_prose_counts_by_its_words(text: str, words: int) -> None:
    assert count(text).reading == pytest.approx(words * WORD)


def test_code_output_and_formulas_count_by_their_lines() -> None:
    text = """
        ```python
        x = 1

        print(x)
        ```

        ``` { .text .no-copy .output }
        1
        ```

        $$
        a
        b
        $$
    """
    assert count(text).reading == pytest.approx(5 * LINE)


def test_rows_of_a_table_of_output_count_as_lines() -> None:
    html = (
        '<div class="output html" markdown="0">\n<table>\n<tr><td>1</td>\n</tr>\n</table>\n</div>'
    )
    assert count(html).reading == pytest.approx(LINE)


def test_a_figure_counts_once_in_its_two_colours() -> None:
    light, dark = "![One](a.svg#only-light){ .figure }", "![One](b.svg#only-dark){ .figure }"
    narrow = light.replace(".figure", ".figure .narrow")
    assert count(light + dark + narrow).reading == FIGURE
    assert count("![One](a.svg){ .figure }").reading == FIGURE


def test_shown_source_counts_as_it_is_shown_first(tmp_path: Path) -> None:
    source = 'def one():\n    """Return one.\n\n    Always.\n    """\n\n    return 1\n'
    (tmp_path / "own.py").write_text(source)
    assert count("::: own.one\n\n::: own.gone", tmp_path).reading == 3 * LINE


@pytest.mark.parametrize(
    "text",
    [
        '??? code "The code"\n\n    ```python\n    x = 1\n    ```\n\n    Words',
        '<details class="hint" markdown>\n<summary>Hint</summary>\n\nWords\n\n</details>',
    ],
)
def test_what_is_folded_counts_for_nobody(text: str) -> None:
    assert count(text) == Times()
    assert count(f"{text}\n\nWord").reading == pytest.approx(WORD)


def test_what_is_checked_counts_but_not_its_code() -> None:
    text = '!!! check "Checked"\n\n    - one\n\n    ??? code "C"\n\n        ```\n        x\n'
    assert count(text).reading == pytest.approx(2 * WORD)


def test_a_section_to_skip_counts_apart_until_it_ends() -> None:
    text = (
        '<details class="deeper" markdown="1">\n<summary markdown="block">\n\n## A\n\n'
        "</summary>\n\n"
        '```\n</details>\n```\n\n<details class="hint">\nno\n</details>\n\n</details>\n\nB'
    )
    found = count(text)
    assert found.deeper == pytest.approx(WORD + LINE)
    assert found.reading == pytest.approx(WORD)


def box(kind: str, title: str) -> str:
    head = f'<div class="admonition {kind}" markdown>\n<p class="admonition-title">{title}</p>'
    return f"{head}\n\n<details class='x'>\nno\n</details>\n\n</div>\n\nB"


@pytest.mark.parametrize("marks", range(4))
def test_an_exercise_counts_by_its_mark_and_with_what_it_asks(marks: int) -> None:
    found = count(box("exercise", f"Exercise: A {'●' * marks}".strip()))
    assert found.practice == pytest.approx(60 * EXERCISE[marks] + 2 * WORD)
    assert found.reading == pytest.approx(WORD)


def test_a_question_counts_as_practice() -> None:
    found = count(box("question", "Before you look"))
    assert found == Times(WORD, 0, QUESTION + 3 * WORD, words=1)


def test_words_are_those_of_the_first_reading() -> None:
    deeper = '<details class="deeper" markdown="1">\n\n## Two more\n\n</details>\n'
    found = count(f"{deeper}\nOne `f(x)` three\n\n```\ncode\n```\n{box('exercise', 'Exercise')}")
    assert found.words == 4


def test_times_are_told_in_whole_minutes() -> None:
    assert Times(61, 0, 1, words=9).minutes() == {"reading": 2, "deeper": 0, "practice": 1}
    assert str(Times(61, 0, 0)) == "Read 2 min"
    assert str(Times(60, 1, 119)) == "Read 1 min · deeper 1 · practise 2"


def test_a_lesson_says_them_behind_what_it_needs_and_a_page_that_is_none_does_not(project) -> None:
    text = "# ---\n# title: T\n# needs: a\n# ---\n\n# %% [markdown]\n# {0}\n\n# %%\nx = 1\n"
    text = text.replace("{0}", "word " * 3 * WORDS)
    site = Site(project.root, project.root / "docs")
    lesson = project.lesson(text, site=site, offered=("*",))
    assert "You need: a. Read 4 min.\n" in lesson.markdown
    assert lesson.meta["reading"] == 4
    assert lesson.meta["practice"] == 0
    assert "times" not in lesson.files["a/a.py"].decode()
    assert "You need: a.\n" in project.page(text)
