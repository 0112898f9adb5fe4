"""A decimal or a percentage typed into prose is found, and one that may stand is left alone."""

import pytest

from literate.lesson.numbers import typed


def found(text):
    """Return the numbers that are reported for a piece of prose."""
    return [number for _, number in typed(text)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("It ends at 0.25, or -1.5 below.", ["0.25", "1.5"]),
        ("About .5 of them, 2.5x as many, 3.1 s.", [".5", "2.5", "3.1"]),
        ("It is 0.1.", ["0.1"]),
        ("The loss is 1,234.5 in the end.", ["1,234.5"]),
        ("50% or 50 % or 99.5\u202f% or 20\npercent or 7 per cent", None),
        ("A rate of 1e-3, not 2.5e4 or 3E8.", ["1e-3", "2.5"]),
        ("**0.7** (0.8) [0.9] *1.0* a|1.1|", ["0.7", "0.8", "0.9", "1.0", "1.1"]),
        ("# A heading with 0.5", ["0.5"]),
        ("| a | 0.5 |", ["0.5"]),
        ("- item 0.5\n\n    more 0.6", ["0.5", "0.6"]),
        ('!!! note "Half: 0.5"\n    And 0.6.', ["0.5", "0.6"]),
        ("a < 0.5 and b > 0.6", ["0.5", "0.6"]),
        ("5 $x$ % and 0.5 after $y$", ["0.5"]),
        ("costs $5 and 0.5 more", ["0.5"]),
    ],
)
def test_a_decimal_or_a_percentage_is_found(text, numbers):
    expected = ["50%", "50 %", "99.5 %", "20 percent", "7 per cent"]
    assert found(text) == (expected if numbers is None else numbers)


@pytest.mark.parametrize(
    "text",
    [
        "In 1936 Fisher measured 150 flowers, 1,000 times, at 10:30 on 3 May.",
        "1. First\n2. Second. 3 of 4.",
        "Release 2.14.1 and file figure-1.5 of GPT-3.5, at 127.0.0.1.",
        "Python 3.11, PyTorch ≥ 2.11, torch 2.14, version 1.2, CC BY-SA 4.0, python>=3.11",
        "See section 3.1, Figure 2.4, § 5.2 and arXiv:1412.6980.",
    ],
)
def test_years_whole_numbers_versions_and_places_may_stand(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "`lr=0.1` and ``0.2 ` 0.3``",
        "```python\nx = 0.1\n```",
        "- item\n\n    ``` { .text }\n    0.1\n    ```",
        "$x = 0.1$, \\(0.2\\), $$\n0.3\n$$ and \\[\n50\\%\n\\]",
        "$0.1$ and $\\eta\n= 0.2$",
        "“a loss of 0.1,\nor 50 %”",
        "> They report 0.1\n> and 50 %.",
        "- item\n\n    > They report 0.1.",
        '!!! quote "Printed once: 0.1"\n    0.2\n\n    | 0.3 |\n',
        "???+ quote\n    0.2",
        "    !!! quote\n        0.2",
        "[^1]: They report 0.1\n    and 0.2.\n\n    And 0.3.",
        "[They report 0.1 [sic]](https://example.org/0.2)",
        "[text](page-0.1.md) and [text][at 0.1] and ![alt](x0.1.png)",
        "[name]: https://example.org/0.1 (0.2)",
        "https://example.org/a/0.1 and <https://example.org/ 0.2>",
        '<img width="12.5%" alt="0.1">',
        '![alt](x.png){ width="50%" } {: style="width: 0.1em" }',
        "<!-- 0.1\n0.2 -->",
    ],
)
def test_what_is_not_the_pages_own_statement_may_hold_any_number(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("`a` 0.1 `b`", ["0.1"]),
        ("```\n0.1\n```\n0.2\n```\n0.3\n```", ["0.2"]),
        ("$a$ 0.1 $b$", ["0.1"]),
        ("“one” 0.1 “two”", ["0.1"]),
        ("> quoted 0.1\n\nown 0.2", ["0.2"]),
        ("!!! quote\n    0.1\n\n0.2", ["0.2"]),
        ("    !!! quote\n        0.1\n\n    0.2", ["0.2"]),
        ("!!! quotes\n    0.1", ["0.1"]),
        ("[^1]: note 0.1\n\nown 0.2", ["0.2"]),
        ("[says 0.1](page.md) 0.2", ["0.1", "0.2"]),
        ("[says 0.1][page]", ["0.1"]),
        ("<b>0.1</b>", ["0.1"]),
        ("{ 0.1 }", ["0.1"]),
        ("<!-- a --> 0.1 <!-- b -->", ["0.1"]),
        ("section 3.1 has 0.1", ["0.1"]),
        ("version 3%", ["3%"]),
    ],
)
def test_what_stands_beside_it_is_found(text, numbers):
    assert found(text) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("an inch is 2.54 <!-- number: by definition --> cm, not 2.5", ["2.5"]),
        ("an inch is 2.54<!--number: by\ndefinition--> cm", []),
        ("the 95 % <!-- number: the convention --> interval", []),
        ("the 2.5 % <!-- number: the convention --> on each side", []),
        ("2.54 cm <!-- number: by definition -->", ["2.54"]),
        ("2.54 <!-- number: -->", ["2.54"]),
        ("2.54 <!-- by definition -->", ["2.54"]),
    ],
)
def test_a_number_that_has_to_be_typed_is_followed_by_its_reason(text, numbers):
    assert found(text) == numbers


LESSON = """
    # %%
    x = 0.5

    # %% [markdown]
    # # Title
    #
    # It is 0.1 here,
    # {{ x:.2f }} there,
    # and 5 % of {{
    #     x
    # }} are not 0.2.

    # %% [markdown]
    \"\"\"
    At the end {{ x:.1f }} %,
    not 0.3 and $x = {{ x:.1f }} + 0.4$.
    \"\"\"
"""


def test_numbers_are_told_together_with_page_and_line(project):
    project.write("docs/b.py", "# %% [markdown]\n# Title\n\n# %%\n0.5\n")
    project.write("docs/a.py", LESSON)
    lessons = project.build()
    assert lessons["docs/b.py"].failure is None
    assert str(lessons["docs/a.py"].failure) == (
        "docs/a.py, line 7: 0.1 is typed into the prose: write {{ value:.2f }}, or put it into "
        "code, maths or a quotation, or give the reason behind it, <!-- number: … -->"
        "; so is 5 % in line 9; so is 0.2 in line 11; so is 0.3 in line 16"
    )


def test_pages_that_do_not_run_may_hold_any_number(project):
    text = "# %% [markdown]\n# It is 0.1.\n"
    assert project.page(text) == "It is 0.1."
    text += "\n# %%\nx = 1\n"
    assert "It is 0.1." in project.page(text, no_run=("*",))
    assert "0.1 is typed" in project.failure(text)


def test_the_check_can_be_switched_off(project):
    text = "# %% [markdown]\n# It is 0.1.\n\n# %%\nx = 1\n"
    assert "It is 0.1." in project.page(text, check_numbers=False)
