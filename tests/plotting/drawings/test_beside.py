import re

import matplotlib as mpl
import pytest
import torch

from course.plotting import beside
from course.plotting.style import BLUE, DARK, INK, MUTED, ORANGE


def example():
    x = torch.linspace(0, 1, 3)
    return beside(x, {"f": x, "g": x})


X = torch.linspace(0, 1, 5)


def drawn(**more):
    values = {"square": (X**2).requires_grad_(), "large": 1000 * X}
    return beside(X.clone().requires_grad_(), values, "kg", **more)


def test_each_function_has_a_panel_with_its_title_and_its_own_vertical_axis():
    left, right = drawn().axes
    assert [axes.get_title("left") for axes in (left, right)] == ["square", "large"]
    for axes, heights, color in ((left, X**2, BLUE), (right, 1000 * X, ORANGE)):
        (line,) = axes.lines
        assert list(line.get_xdata()) == X.tolist()
        assert list(line.get_ydata()) == heights.tolist()
        assert line.get_color() == color
    assert left.get_ylim()[1] < 2 < 1000 < right.get_ylim()[1]


def test_the_panels_stand_side_by_side_over_one_label():
    figure = drawn()
    figure.canvas.draw()
    left, right = (axes.get_position() for axes in figure.axes)
    assert left.x1 < right.x0
    assert left.y0 == right.y0
    assert figure.get_supxlabel() == "kg"


def test_a_border_is_an_upright_line_through_both_with_one_name():
    figure = drawn(borders={"best": 0.25, "second": 0.5})
    for axes in figure.axes:
        _, *borders = axes.lines
        assert [list(border.get_xdata()) for border in borders] == [[0.25] * 2, [0.5] * 2]
        assert all(list(border.get_ydata()) == [0, 1] for border in borders)
        assert {border.get_color() for border in borders} == {MUTED}
        assert borders[0].get_linestyle() != "-"
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["best", "second"]
    assert drawn().legends == []


def test_the_names_of_borders_stay_within_the_figure():
    figure = drawn(borders={f"a place to look at, {i}": i / 4 for i in range(3)})
    figure.canvas.draw()
    assert figure.legends[0].get_window_extent().width < figure.bbox.width


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    assert svg_colors(drawn(borders={"best": 0.5})) == {INK, MUTED, BLUE, ORANGE} <= set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    drawn(borders={"best": 0.5})
    assert mpl.rcParams == before


@pytest.mark.parametrize("count", [0, 1, 3])
def test_other_than_two_functions_are_refused(count):
    with pytest.raises(ValueError, match=f"^got {count} functions: give 2$"):
        beside(X, {str(i): X for i in range(count)})


@pytest.mark.parametrize(("x", "y"), [((2,), (3,)), ((), ()), ((3, 1), (3, 1))])
def test_values_that_do_not_belong_to_the_points_are_refused(x, y):
    message = f"'f' has shape {y}, x {x}: give both the shape (n,)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        beside(torch.ones(x), {"f": torch.ones(y), "g": torch.ones(x)})
