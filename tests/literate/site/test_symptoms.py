"""A page leads from what one sees, or from a message, to its cause and the lesson that shows it."""

import pytest
from mkdocs.exceptions import PluginError

from literate.site.symptoms import anchor, code, listed, themes

NAV = [
    {"Home": ["index.md", "start/wrong.md"]},
    {"Lessons": [{"Lines": ["lessons/line/cost.py", {"A title": "lessons/line/fit.py"}]}]},
]


def failure(line, **told):
    empty = dict.fromkeys(("section", "symptom", "error", "message", "cause"), "")
    return {"line": line, **empty, **told}


FACTS = {
    "lessons/line/fit.py": {
        "title": "Fit",
        "symptoms": [
            failure(3, error="ValueError", message="no `x`", cause="Fit's.", section="Why: `x`"),
            failure(9, symptom="It is slow", cause="Small steps."),
        ],
    },
    "lessons/line/cost.py": {
        "title": "Cost",
        "symptoms": [
            failure(5, error="ValueError", message="no `x`", cause="Cost's."),
            failure(7, error="KeyError", cause="No key."),
            failure(8, error="UserWarning", message="Hm", symptom="It warns", cause="Ah."),
        ],
    },
    "lessons/line/elsewhere.py": {"symptoms": [failure(1, symptom="In no nav")]},
}
ORDER = ["index.md", "start/wrong.md", "lessons/line/cost.py", "lessons/line/fit.py"]
PAGE = """\
## What you see

### Lines

It warns

:   Ah. [Cost](../lessons/line/cost.py)

It is slow

:   Small steps. [Fit](../lessons/line/fit.py)

## What a message says

### KeyError

`KeyError`

:   No key. [Cost](../lessons/line/cost.py)

### UserWarning

`UserWarning: Hm`

:   Ah. [Cost](../lessons/line/cost.py)

### ValueError

`` ValueError: no `x` ``

:   Cost's. [Cost](../lessons/line/cost.py)

:   Fit's. [Fit: Why: x](../lessons/line/fit.py#why-x)"""


def test_the_list_goes_by_theme_and_by_exception_in_the_order_of_the_navigation():
    assert listed("start/wrong.md", FACTS, ORDER, dict(themes(NAV))) == PAGE


def test_a_symptom_that_two_lessons_tell_is_told_with_both_places():
    twice = [failure(4, symptom="It is slow")]
    facts = FACTS | {"lessons/line/cost.py": {"symptoms": twice}}
    with pytest.raises(PluginError, match=r"fit\.py, line 9: .* lessons/line/cost\.py, line 4"):
        listed("start/wrong.md", facts, ORDER, {})


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("What goes wrong: `(n,)` minus `(n, 1)`", "what-goes-wrong-n-minus-n-1"),
        ("The *best* [line](a.md)", "the-best-line"),
        ("A line { #own .small }", "own"),
        ("The vector–Jacobian product", "the-vectorjacobian-product"),
    ],
)
def test_a_section_is_addressed_as_markdown_addresses_it(heading, expected):
    assert anchor(heading) == expected


def test_a_message_is_shown_as_it_is_whatever_its_ticks():
    assert code("a ``b`` *c*") == "``` a ``b`` *c* ```"


def test_the_sections_of_the_navigation_are_known():
    assert dict(themes(NAV)) == {
        "index.md": "Home",
        "start/wrong.md": "Home",
        "lessons/line/cost.py": "Lines",
        "lessons/line/fit.py": "Lines",
    }
