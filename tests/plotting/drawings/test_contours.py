import re

import pytest
import torch

from course.plotting import contours
from course.plotting.style import BLUE, COLORS, DARK, INK, ORANGE


def example():
    x = torch.linspace(0, 1, 3)
    return contours({"w": x, "b": x}, x.outer(x), {})


A, B = torch.linspace(-2, 2, 9), torch.linspace(-1, 3, 5)
COST = A.unsqueeze(1) ** 2 + (B - 1) ** 2
PATH = torch.tensor([[2.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def drawn(**more):
    more.setdefault("paths", {"one": PATH.clone().requires_grad_(), "other": -PATH})
    return contours({"slope": A, "bias": B}, COST, **more)


def test_each_path_is_a_line_from_a_ring_to_a_dot():
    figure = drawn()
    (axes,) = figure.axes
    line, ring, dot, *others = axes.lines
    assert torch.equal(torch.tensor(line.get_xydata()), PATH)
    assert (ring.get_xydata().tolist(), dot.get_xydata().tolist()) == ([[2, 0]], [[0, 1]])
    assert (ring.get_markerfacecolor(), dot.get_markerfacecolor()) == ("none", BLUE)
    assert others[0].get_color() == ORANGE
    assert others[0].get_linestyle() != line.get_linestyle()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("slope", "bias")
    assert (*axes.get_xlim(), *axes.get_ylim()) == (-2, 2, -1, 3)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["one", "other"]


def test_contours_are_those_of_the_cost_with_the_first_parameter_to_the_right():
    (axes,) = drawn(paths={}).axes
    (lines,) = axes.collections
    assert len(lines.levels) == 14
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        a, b = torch.tensor(path.vertices).T
        assert ((a**2 + (b - 1) ** 2 - level).abs() < 0.6).all(), "on this coarse grid"


def test_a_point_is_a_cross_with_its_name():
    figure = drawn(paths={}, points={"best": (0.0, 1.0)})
    (cross,) = figure.axes[0].lines
    assert (cross.get_xydata().tolist(), cross.get_marker()) == ([[0, 1]], "x")
    assert cross.get_color() == INK
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["best"]


def test_a_right_angle_is_drawn_as_one_where_that_is_asked_for():
    assert drawn().axes[0].get_aspect() == "auto"
    assert drawn(equal=True).axes[0].get_aspect() == 1


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    assert svg_colors(drawn(paths=dict.fromkeys("abcd", PATH), points={"e": (0, 0)})) <= set(DARK)


@pytest.mark.parametrize("shape", [(9,), (5, 9), (9, 5, 1)])
def test_a_cost_of_another_shape_is_refused(shape):
    message = f"cost has shape {shape}, the grid (9, 5): give both the shape (k, m)"
    with pytest.raises(ValueError, match=re.escape(message)):
        contours({"a": A, "b": B}, torch.zeros(shape), {})


@pytest.mark.parametrize("shape", [(2,), (0, 2), (3, 3), (1, 2, 2)])
def test_a_path_of_another_shape_is_refused(shape):
    with pytest.raises(
        ValueError, match=re.escape(f"path 'one' has shape {shape}: give it (t, 2)")
    ):
        drawn(paths={"one": torch.zeros(shape)})


def test_more_paths_than_colors_are_refused():
    count = len(COLORS) + 1
    with pytest.raises(ValueError, match=f"got {count} paths: give at most {count - 1}"):
        drawn(paths={str(number): PATH for number in range(count)})
