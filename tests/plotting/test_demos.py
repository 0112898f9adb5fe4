import re
from pathlib import Path

import pytest
import torch

from course import plotting
from course.linear.descent import descend_slope
from course.plotting import style
from course.plotting.demos import demo, plain

CSS = Path(__file__).parents[2] / "docs" / "assets" / "site.css"


def exactly(message):
    return f"^{re.escape(message)}$"


def given():
    return style.new_axes("x", "y")[0]


def test_a_demo_is_its_figure_which_says_how_it_can_be_moved():
    figure = given()
    x, y = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0])
    values = {"x": x, "names": ["a", "b"], "count": 3}
    shown = plotting.demo(
        "descent", figure, "How far?", values, [(descend_slope, x, y, 0.5, 0.1, 2)]
    )

    assert shown is figure
    moves = figure.moves
    assert moves["name"] == "descent"
    assert moves["question"] == "How far?"
    assert moves["values"] == {"x": [1.0, 2.0], "names": ["a", "b"], "count": 3}
    (check,) = moves["checks"]
    assert check["function"] == "course.linear.descent.descend_slope"
    assert check["inputs"] == [[1.0, 2.0], [3.0, 6.0], 0.5, 0.1, 2]
    assert check["output"] == descend_slope(x.double(), y.double(), 0.5, 0.1, 2).tolist()


def test_a_check_computes_in_double_precision_whatever_the_lesson_does():
    third = torch.tensor(1.0) / 3
    check = demo("a", given(), "", {}, [(torch.square, third)]).moves["checks"][0]
    assert check["inputs"] == [third.item()]
    assert check["output"] == third.item() ** 2
    assert torch.square(third).item() != third.item() ** 2


def test_integers_truths_and_settings_go_in_as_they_are():
    def told(rows, yes, settings):
        return [rows.dtype == torch.int64, yes.dtype == torch.bool, settings["lr"]]

    inputs = torch.tensor([1, 2]), torch.tensor([True]), {"lr": 0.5}
    check = demo("a", given(), "", {}, [(told, *inputs)]).moves["checks"][0]
    assert check["inputs"] == [[1, 2], [True], {"lr": 0.5}]
    assert check["output"] == [True, True, 0.5]


def test_a_demo_that_nothing_checks_is_refused():
    message = "the demo 'free' has no checks: give functions and arguments"
    with pytest.raises(ValueError, match=exactly(message)):
        demo("free", given(), "", {}, [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (torch.tensor([[1.0], [2.0]], requires_grad=True), [[1.0], [2.0]]),
        (torch.tensor(3), 3),
        ((1, "a", None, True), [1, "a", None, True]),
        ({2: torch.tensor([0.5])}, {"2": [0.5]}),
        ([torch.inf, -torch.inf], ["Infinity", "-Infinity"]),
        (torch.tensor([torch.inf, 1.0]), ["Infinity", 1.0]),
    ],
)
def test_a_value_becomes_what_a_page_can_hold(value, expected):
    assert plain(value) == expected


def test_nan_and_what_no_page_can_hold_are_refused():
    message = "a number is nan: nothing is equal to it, not even in a browser"
    with pytest.raises(ValueError, match=exactly(message)):
        plain(torch.tensor([1.0, torch.nan]))
    message = "got set: give tensors, numbers, texts, or lists of them"
    with pytest.raises(TypeError, match=exactly(message)):
        plain({1, 2})


def test_figures_that_move_have_the_colours_of_those_that_do_not():
    text = CSS.read_text(encoding="utf-8")
    names = ("INK", "MUTED", "BLUE", "ORANGE", "GREEN", "PURPLE")
    written = re.findall(r"--figure-(\w+): (#\w+);", text)
    light = [(name.lower(), getattr(style, name)) for name in names]
    dark = [(name.lower(), style.DARK[getattr(style, name)]) for name in names]
    assert written == light + dark
