import re

import matplotlib as mpl
import pytest
import torch

from course.plotting import predicted
from course.plotting.style import BLUE, DARK, INK, MUTED, ORANGE


def example():
    half = 0.5 ** torch.arange(4)
    return predicted({"out": {"half": (half, half)}, "back": {"half": (half, half.flip(0))}})


LINE = torch.tensor([1.0, 0.1, 0.01, 1e-6])


def drawn(**more):
    values = {"a": (LINE.clone().requires_grad_(), 2 * LINE), "b": (3 * LINE, LINE)}
    return predicted({"out": values, "back": {"a": (LINE, LINE), "b": (LINE, 5 * LINE)}}, **more)


def test_what_was_predicted_is_a_line_and_what_was_measured_are_marks():
    left, right = drawn().axes
    assert [axes.get_title("left") for axes in (left, right)] == ["out", "back"]
    for line, marks, low, high, color in zip(
        left.lines, left.collections, (1, 3), (2, 1), (BLUE, ORANGE), strict=True
    ):
        assert list(line.get_xdata()) == [1, 2, 3, 4]
        assert list(line.get_ydata()) == (low * LINE).tolist()
        steps, values = torch.tensor(marks.get_offsets()).T.float()
        assert steps.tolist() == [1, 2, 3, 4]
        assert values.tolist() == (high * LINE).tolist()
        assert line.get_color() == color
        assert mpl.colors.to_hex(marks.get_facecolor()[0]) == color
    assert left.lines[0].get_linestyle() != left.lines[1].get_linestyle()


def test_axes_are_logarithmic_unless_they_are_not_to_be():
    assert {axes.get_yscale() for axes in drawn().axes} == {"log"}
    assert {axes.get_yscale() for axes in drawn(log=False).axes} == {"linear"}
    left, _ = drawn().axes
    assert all(tick == int(tick) for tick in left.get_xticks())
    assert list(left.yaxis.get_minorticklocs()) == []


def test_the_panels_share_names_and_a_label():
    figure = drawn(xlabel="block")
    figure.canvas.draw()
    left, right = (axes.get_position() for axes in figure.axes)
    assert left.x1 < right.x0
    assert figure.get_supxlabel() == "block"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b"]
    assert figure.legends[0].get_window_extent().width < figure.bbox.width
    assert drawn().get_supxlabel() == "layer"


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    assert svg_colors(drawn()) == {INK, MUTED, BLUE, ORANGE} <= set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    drawn()
    assert mpl.rcParams == before


@pytest.mark.parametrize(
    "names", [[], [["a"]], [["a"], ["b"]], [["a"]] * 3, [[], []], [list("abcde")] * 2]
)
def test_other_than_two_panels_of_the_same_names_are_refused(names):
    message = f"the panels have the names {names}: give two panels with the same 1 to 4"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        predicted({str(i): dict.fromkeys(each, (LINE, LINE)) for i, each in enumerate(names)})


@pytest.mark.parametrize(("line", "marks"), [((2,), (3,)), ((), ()), ((3, 1), (3, 1))])
def test_what_does_not_belong_together_is_refused(line, marks):
    right = {"a": (LINE, LINE)}
    message = f"'a' of 'back' has the shapes {line} and {marks}: give (steps,)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        predicted({"out": right, "back": {"a": (torch.ones(line), torch.ones(marks))}})
