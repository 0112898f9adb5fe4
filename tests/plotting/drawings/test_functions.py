import math
import re

import matplotlib as mpl
import pytest
import torch

from course.plotting import functions
from course.plotting.style import BLUE, DARK, MUTED, ORANGE


def example():
    x = torch.linspace(0, 1, 3)
    return functions(x, {"f": x})


X = torch.tensor([1.0, 10.0, 100.0])


def test_each_function_is_a_line_over_the_points_with_its_name():
    values = {"square": X**2, "root": X.sqrt().requires_grad_()}
    figure = functions(X.clone().requires_grad_(), values, "metres", "square metres")
    (axes,) = figure.axes
    assert [list(line.get_xdata()) for line in axes.lines] == [X.tolist()] * 2
    assert [list(line.get_ydata()) for line in axes.lines] == [
        (X**2).tolist(),
        X.sqrt().tolist(),
    ]
    assert [line.get_color() for line in axes.lines] == [BLUE, ORANGE]
    assert len({line.get_linestyle() for line in axes.lines}) == 2
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["square", "root"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("metres", "square metres")
    assert (axes.get_xscale(), axes.get_yscale()) == ("linear", "linear")


def test_one_function_needs_no_legend():
    assert functions(X, {"square": X**2}).legends == []


def test_a_border_is_an_upright_line_with_a_name_of_its_own():
    figure = functions(X, {"square": X**2}, borders={"the border": 20.0})
    _, border = figure.axes[0].lines
    assert list(border.get_xdata()) == [20.0, 20.0]
    assert list(border.get_ydata()) == [0, 1], "from the bottom to the top of the axes"
    assert border.get_color() == MUTED
    assert border.get_linestyle() != "-"
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["square", "the border"]


def test_marks_have_the_colour_of_their_function_and_no_name_of_their_own():
    values = {"square": X**2, "root": X.sqrt()}
    measured = (X.sqrt() + 1).requires_grad_()
    figure = functions(X, values, marks={"root": measured})
    (axes,) = figure.axes
    (dots,) = axes.collections
    assert dots.get_offsets().tolist() == torch.stack([X, X.sqrt() + 1], dim=1).tolist()
    assert mpl.colors.to_hex(dots.get_facecolor()[0]) == ORANGE
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["square", "root"]


def test_marks_of_two_functions_differ_in_more_than_their_colour():
    values = {"square": X**2, "root": X.sqrt()}
    one, other = functions(X, values, marks=values).axes[0].collections
    assert one.get_paths()[0].vertices.tolist() != other.get_paths()[0].vertices.tolist()


def test_marks_without_a_function_or_with_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"^marks or bands are named 'cube': give them the"):
        functions(X, {"square": X}, marks={"cube": X})
    with pytest.raises(ValueError, match=re.escape("'square' has shape (2,), x (3,): give both")):
        functions(X, {"square": X}, marks={"square": X[:2]})


def test_a_band_is_filled_between_its_ends_in_the_colour_of_its_function():
    lower, upper = X - 1, (X + 2).requires_grad_()
    figure = functions(X, {"line": X, "other": 2 * X}, bands={"other": (lower, upper)})
    (band,) = figure.axes[0].collections
    assert {tuple(corner) for corner in band.get_paths()[0].vertices.tolist()} == {
        *zip(X.tolist(), lower.tolist(), strict=True),
        *zip(X.tolist(), upper.tolist(), strict=True),
    }
    assert mpl.colors.to_hex(band.get_facecolor()[0]) == ORANGE
    assert band.get_alpha() < 0.5
    assert len(figure.legends[0].get_texts()) == 2


def test_a_band_of_another_shape_or_of_no_function_is_refused():
    with pytest.raises(ValueError, match=re.escape("'line' has shape (2,), x (3,): give both")):
        functions(X, {"line": X}, bands={"line": (X, X[:2])})
    with pytest.raises(ValueError, match=r"^marks or bands are named 'lime': give them the name"):
        functions(X, {"line": X}, bands={"lime": (X, X)})


def test_less_than_a_decade_has_no_labels_that_overlap():
    x = torch.linspace(2, 9, 5)
    (axes,) = functions(x, {"square": x**2}, log=True).axes
    axes.figure.canvas.draw()
    assert [
        label.get_text() for label in axes.get_xticklabels(minor=True) if label.get_text()
    ] == []


def test_on_logarithmic_axes_what_is_not_positive_leaves_a_gap():
    figure = functions(X, {"error": torch.tensor([1.0, 0.0, 0.1])}, log=True)
    (axes,) = figure.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    for axis in (axes.xaxis, axes.yaxis):
        assert axis.get_transform().transform([0.0])[0] == -math.inf
    figure.canvas.draw()
    assert axes.get_ylim()[0] > 0.01


def test_the_legend_leaves_the_picture_its_width():
    figure = functions(X, {f"a function with a long name, {i}": X for i in range(4)})
    figure.canvas.draw()
    assert figure.axes[0].get_position().width > 0.7


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    assert svg_colors(functions(X, dict.fromkeys("abcd", X), log=True)) == set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    functions(X, dict.fromkeys("ab", X), log=True)
    assert mpl.rcParams == before


@pytest.mark.parametrize("count", [0, 5])
def test_no_functions_or_too_many_are_refused(count):
    with pytest.raises(ValueError, match=f"^got {count} functions: give between 1 and 4$"):
        functions(X, {str(i): X for i in range(count)})


@pytest.mark.parametrize(("x", "y"), [((2,), (3,)), ((), ()), ((3, 1), (3, 1)), ((3,), (3, 1))])
def test_values_that_do_not_belong_to_the_points_are_refused(x, y):
    message = f"'square' has shape {y}, x {x}: give both the shape (n,)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        functions(torch.ones(x), {"square": torch.ones(y)})
