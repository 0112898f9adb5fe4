import re

import pytest
from markdown_it import MarkdownIt

from course.practice import Choice, Question


def exactly(message):
    return f"^{re.escape(message)}$"


def question():
    return Question(
        "\nHow many elements has `torch.zeros(2, 3)`?\n",
        Choice("6", 2 * 3 == 6, "Two rows of three."),
        Choice("`5`", 2 * 3 == 5, "Sizes *multiply*."),
    )


def test_the_choices_open_one_by_one_in_their_order_and_say_whether_they_hold():
    text = question()._repr_markdown_()
    assert text.startswith('<div class="admonition question" markdown>')
    assert re.findall(r"<summary.*?>(.*?)</summary>", text) == ["6", "`5`"]
    assert re.findall(r'<details class="(.*?)"', text) == ["choice right", "choice wrong"]
    answers = [part.split("</summary>")[1] for part in text.split("</details>")[:-1]]
    assert [answer.strip() for answer in answers] == [
        "**✓ Yes.** Two rows of three.",
        "**✗ No.** Sizes *multiply*.",
    ]


def test_the_question_comes_before_its_choices():
    text = question()._repr_markdown_()
    assert "</p>\n\nHow many elements has `torch.zeros(2, 3)`?\n\n<details" in text


def test_choices_look_alike_until_they_open():
    first, second = re.findall(r"<summary.*?</summary>", question()._repr_markdown_())
    assert first.replace("6", "") == second.replace("`5`", "")
    assert " open" not in question()._repr_markdown_()


def test_a_notebook_reads_all_of_it_as_markdown():
    html = MarkdownIt("commonmark").render(question()._repr_markdown_())
    assert "<code>torch.zeros(2, 3)</code>" in html
    assert "<strong>✓ Yes.</strong>" in html
    assert "<em>multiply</em>" in html
    assert "**" not in html


def test_in_a_shell_it_reads_as_a_question_with_a_list_and_does_not_tell():
    assert repr(question()) == "How many elements has `torch.zeros(2, 3)`?\n  · 6\n  · `5`"


@pytest.mark.parametrize(
    ("holds", "holding"),
    [((False, False), []), ((True, True), ["0", "1"]), ((True,), ["0"]), ((), [])],
)
def test_other_than_two_or_more_choices_of_which_one_holds_is_refused(holds, holding):
    choices = [Choice(str(k), each, "") for k, each in enumerate(holds)]
    message = (
        f"'Which?' has {len(holds)} choices, of which {len(holding)} hold {holding}: "
        "give two or more, of which exactly one holds"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        Question("Which?", *choices)
