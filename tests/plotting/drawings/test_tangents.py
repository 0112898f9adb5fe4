import re
from math import hypot

import matplotlib as mpl
import pytest
import torch

from course.plotting import tangents
from course.plotting.style import BLUE, DARK, INK, MUTED, ORANGE


def example():
    x = torch.linspace(0, 1, 3)
    return tangents(x, x, {"at 0": (0, 0, 1)})


X = torch.linspace(-2, 2, 41)
TWO = {"falling": (-1, 1, -2), "flat": (torch.tensor(0.0), 0.0, torch.tensor(0.0))}


def test_each_line_touches_its_point_with_its_slope():
    figure = tangents(X.clone().requires_grad_(), X**2, TWO, "metres", "square metres")
    (axes,) = figure.axes
    curve, falling, at, flat, _ = axes.lines
    assert list(curve.get_xdata()) == X.tolist()
    assert list(curve.get_ydata()) == (X**2).tolist()
    (left, right), (start, end) = falling.get_data()
    assert (end - start) / (right - left) == pytest.approx(-2)
    assert ((left + right) / 2, (start + end) / 2) == pytest.approx((-1, 1))
    assert [list(part) for part in at.get_data()] == [[-1.0], [1.0]]
    assert list(flat.get_ydata()) == [0.0, 0.0]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["falling", "flat"]
    assert [line.get_color() for line in axes.lines] == [MUTED, BLUE, BLUE, ORANGE, ORANGE]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("metres", "square metres")


@pytest.mark.parametrize("stretch", [1.0, 50.0])
def test_lines_are_as_long_as_each_other_however_steep(stretch):
    touching = {"steep": (1.0, stretch, 2 * stretch), "flat": (0.0, 0.0, 0.0)}
    axes = tangents(X, stretch * X**2, touching).axes[0]
    width, height = 4.0, 4.0 * stretch
    lengths = [
        hypot((xs[1] - xs[0]) / width, (ys[1] - ys[0]) / height)
        for xs, ys in (axes.lines[1].get_data(), axes.lines[3].get_data())
    ]
    assert lengths == pytest.approx([0.32, 0.32])


def test_a_curve_may_be_flat_everywhere():
    axes = tangents(X, torch.zeros(41), {"flat": (0.0, 0.0, 0.0)}).axes[0]
    assert list(axes.lines[1].get_xdata()) == pytest.approx([-0.64, 0.64])


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    assert svg_colors(tangents(X, X**2, TWO)) == {INK, MUTED, BLUE, ORANGE} <= set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    tangents(X, X**2, TWO)
    assert mpl.rcParams == before


def test_more_lines_than_colors_are_refused():
    with pytest.raises(ValueError, match=r"^got 5 lines: give at most 4$"):
        tangents(X, X**2, {str(i): (0, 0, 0) for i in range(5)})


@pytest.mark.parametrize(("x", "y"), [((2,), (3,)), ((), ()), ((3, 1), (3, 1)), ((1,), (1,))])
def test_a_curve_of_other_shapes_is_refused(x, y):
    message = f"x has shape {x}, y {y}: give both the shape (n,), n at least 2"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        tangents(torch.ones(x), torch.ones(y), {})
