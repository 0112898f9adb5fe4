"""`{{ expression:format }}` in prose is filled with what it is worth at that point of the run."""

import pytest

SETUP = """
# %%
import math
d = {"a:b": 3.14159, "c": {"d": 2}}
row = [1, 2, 3, 4]
x = 1234.5678

# %% [markdown]
"""

VALUES = {
    "{{ x }}": "1234.5678",
    "{{x}}": "1234.5678",
    "{{ x:.2f }}": "1234.57",
    "{{ x:,.1f }}": "1,234.6",
    "|{{ x:>12.3e }}|": "|   1.235e+03|",
    "{{ 0.256:.1%}}": "25.6%",
    "{{ x if x > 3 else 0:.0f }}": "1235",
    "{{ d['a:b']:.3f }}": "3.142",
    '{{ d["c"]["d"] }}': "2",
    "{{ row[1:3] }}": "[2, 3]",
    "{{ row[::2][1]:05d }}": "00003",
    "{{ {'k': 5}['k']:03d }}": "005",
    "{{ {'k': {'l': 7}}['k']['l'] }}": "7",
    "{{ {1: {2: 3}} }}": "{1: {2: 3}}",
    "{{ (lambda v: v + 1)(41):d }}": "42",
    "{{ max(row, key=lambda v: -v) }}": "1",
    "{{ f'{x:.1f}' }}": "1234.6",
    "{{ '{:.1f}'.format(x) }}": "1234.6",
    "|{{ 'a' 'b':>4 }}|": "|  ab|",
    "{{ __import__('datetime').date(2026, 5, 4):%d %B }}": "04 May",
    "{{ (y := 5):02d }} and {{ y }}": "05 and 5",
    "{{ sum(\n    row\n) }}": "10",
    "$a = {{ x:.1f }}$ and $$\n2^{{{ row[1]:03d }}}\n$$": "$a = 1234.6$ and $$\n2^{002}\n$$",
    "**{{ row[0] }}** of {{ row[3] }}.": "**1** of 4.",
    "| {{ row[0] }} | {{ row[1] }} |": "| 1 | 2 |",
}

CODE = [
    "`{{ x }}`",
    "``a ` {{ x }}``",
    "`two\nlines {{ x }}`",
    "```\n{{ x }}\n\n{{ x }}\n```",
    "```python\nf'{{ x }}'\n```",
    "~~~ { .text }\n{{ x }}\n~~~",
    "````md\n```\n{{ x }}\n```\n{{ x }}\n````",
    "~~~\n```\n{{ x }}\n~~~",
    "!!! note\n\n    ```\n    {{ x }}\n    ```",
    "- item\n\n    ~~~\n    {{ x }}\n\n    {{ x }}\n    ~~~",
    "- ```\n  {{ x }}\n\n  {{ x }}\n  ```",
    "> ```\n> {{ x }}\n>\n> {{ x }}\n> ```",
    "```\nan unclosed fence\n\n{{ x }}",
]

BESIDE_CODE = {
    "The ` key.\n\nIt is {{ row[0] }}.\n\nThe ` key.": "The ` key.\n\nIt is 1.\n\nThe ` key.",
    "A \\` is {{ row[0] }}, another \\` too.": "A \\` is 1, another \\` too.",
    "`{{ x }}` is {{ row[0] }} and `{{ x }}`.": "`{{ x }}` is 1 and `{{ x }}`.",
    "```\n{{ x }}\n```\n\n{{ row[0] }}": "```\n{{ x }}\n```\n\n1",
    "Some ``` in a line, {{ row[0] }}.": "Some ``` in a line, 1.",
    "``Two ` are {{ row[0] }} and ` one.": "``Two ` are {{ row[0] }} and ` one.",
    "```not a fence``` {{ row[0] }}\n\n{{ row[1] }}": "```not a fence``` 1\n\n2",
    "Text\n~~~\n{{ x }}\n~~~\n{{ row[0] }}": "Text\n~~~\n{{ x }}\n~~~\n1",
}

ALL = VALUES | dict(zip(CODE, CODE, strict=True)) | BESIDE_CODE


def prose(text: str) -> str:
    return f"r'''\n{text}\n'''\n"


@pytest.fixture(scope="module")
def said(tmp_path_factory, new_project):
    """Run one page that says everything of `ALL`, and return what came of each."""
    cells = [prose(text) + "\n# %% [markdown]\n# @@@\n\n# %% [markdown]\n" for text in ALL]
    page = new_project(tmp_path_factory.mktemp("inline")).page(SETUP + "".join(cells))
    shown = page.partition("x = 1234.5678\n```\n\n")[2].split("\n\n@@@")
    return dict(zip(ALL, (text.removeprefix("\n\n") for text in shown), strict=False))


@pytest.mark.parametrize("written", VALUES)
def test_an_expression_is_replaced_by_its_formatted_value(said, written):
    assert said[written] == VALUES[written]


@pytest.mark.parametrize("code", CODE)
def test_code_in_prose_is_left_as_it_is(said, code):
    assert said[code] == code


@pytest.mark.parametrize("written", BESIDE_CODE)
def test_what_stands_beside_code_or_only_looks_like_it_is_filled(said, written):
    assert said[written] == BESIDE_CODE[written]


def test_a_value_is_the_one_of_that_point_of_the_run(project):
    page = project.page("""
        # %%
        n = 1

        # %% [markdown]
        # It is {{ n }}.

        # %%
        n = 2

        # %% [markdown]
        # It is {{ n }}.
    """)
    assert page.index("It is 1.") < page.index("n = 2") < page.index("It is 2.")


@pytest.mark.parametrize(
    ("written", "place", "message"),
    [
        ("One.\n\nTwo {{ y }}.", "docs/a.py, line 11, 'y'", "NameError: name 'y' is not defined"),
        ("One.\n\n{{ 1 / 0:.2f }}", "docs/a.py, line 11, '1 / 0'", "ZeroDivisionError"),
        ("{{ 'a':.2f }}", "docs/a.py, line 9, \"'a'\"", "ValueError: Unknown format code 'f'"),
        ("One\n{{ row[ }}", "docs/a.py, line 10, 'row['", "SyntaxError: '[' was never closed"),
        ("One\n{{ }}", "docs/a.py, line 10", "{{ without an expression and its }}"),
        ("One\n\nTwo {{ x", "docs/a.py, line 11", "{{ without an expression and its }}"),
    ],
)
def test_an_error_names_the_page_the_line_and_the_expression(project, written, place, message):
    failure = project.failure(SETUP + prose(written))
    assert failure.startswith(f"{place}: {message}")


def test_the_traceback_of_an_inline_value_goes_on_into_the_package(project):
    project.write("course/__init__.py", "")
    project.write("course/rate.py", "def rate():\n    raise ValueError('no rate')\n")
    failure = project.failure("""
        # %%
        from course.rate import rate

        # %% [markdown]
        # At a rate of {{ rate() }}.
    """)
    assert failure.startswith("docs/a.py, line 5, 'rate()': ValueError: no rate")
    assert 'File "docs/a.py", line 5, in <module>' in failure
    assert 'File "course/rate.py", line 2, in rate\n        raise ValueError' in failure
