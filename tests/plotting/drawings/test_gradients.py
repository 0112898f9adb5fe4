import re

import matplotlib as mpl
import pytest
import torch
from matplotlib.colors import to_hex

from course.plotting import gradients
from course.plotting.style import BLUE, DARK, INK, MUTED


def example():
    x = torch.linspace(0, 1, 3)
    return gradients({"w": x, "b": x}, x.outer(x), torch.ones(1, 2), torch.ones(1, 2))


ACROSS, UP = torch.linspace(-2, 2, 9), torch.linspace(-1, 1, 5)
GRID = {"first": ACROSS, "second": UP}
BOWL = ACROSS.unsqueeze(1) ** 2 + 3 * UP**2
POINTS = torch.tensor([[1.0, 0.5], [-1.0, 0.0]])
SLOPES = POINTS * torch.tensor([2.0, 6.0])


def test_an_arrow_leads_from_each_point_along_its_gradient():
    figure = gradients(GRID, BOWL, POINTS, SLOPES.clone().requires_grad_())
    (axes,) = figure.axes
    contours, arrows = axes.collections
    assert arrows.XY.tolist() == POINTS.tolist()
    assert [list(arrows.U), list(arrows.V)] == SLOPES.T.tolist()
    assert (arrows.angles, arrows.scale_units) == ("xy", "xy")
    assert [list(part) for part in axes.lines[0].get_data()] == POINTS.T.tolist()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("first", "second")
    assert arrows.get_zorder() > contours.get_zorder()


def test_the_longest_arrow_is_a_fifth_of_the_map():
    arrows = gradients(GRID, BOWL, POINTS, SLOPES).axes[0].collections[1]
    assert SLOPES.norm(dim=1).max().item() / arrows.scale == pytest.approx(4 / 5)


def test_where_nothing_rises_there_is_no_arrow_and_no_error():
    figure = gradients(GRID, BOWL, POINTS, torch.zeros(2, 2))
    figure.canvas.draw()
    figure = gradients(GRID, BOWL, torch.zeros(0, 2), torch.zeros(0, 2))
    figure.canvas.draw()


def test_the_contours_have_the_first_variable_across(monkeypatch):
    drawn = []

    def contour(self, across, up, table, **style):
        drawn.extend((across, up, table, style["levels"]))

    monkeypatch.setattr(mpl.axes.Axes, "contour", contour)
    gradients(GRID, BOWL, POINTS, SLOPES)
    across, up, table, levels = drawn
    assert torch.equal(across, ACROSS)
    assert torch.equal(up, UP)
    assert torch.equal(table, BOWL.T)
    assert levels[-1] == BOWL.max()
    assert 0 < levels[0] < 0.1
    roots = levels.sqrt()
    torch.testing.assert_close(roots.diff(), roots.diff()[:1].expand(9))


def test_a_right_angle_looks_like_one():
    axes = gradients(GRID, BOWL, POINTS, SLOPES).axes[0]
    assert axes.get_aspect() == 1


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    figure = gradients(GRID, BOWL, POINTS, SLOPES)
    assert svg_colors(figure) == {INK, MUTED, BLUE} <= set(DARK)
    assert {to_hex(color) for color in figure.axes[0].collections[1].get_facecolor()} == {BLUE}


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    gradients(GRID, BOWL, POINTS, SLOPES)
    assert mpl.rcParams == before


@pytest.mark.parametrize(
    ("grid", "heights", "lengths"),
    [(GRID, (5, 9), (9, 5)), ({"first": ACROSS}, (9,), (9,))],
)
def test_heights_that_are_not_those_of_the_grid_are_refused(grid, heights, lengths):
    message = f"heights have shape {heights}, the grid {lengths}: give both the shape (k, m)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        gradients(grid, torch.zeros(heights), POINTS, SLOPES)


@pytest.mark.parametrize(
    ("points", "slopes"), [((2,), (2,)), ((2, 3), (2, 3)), ((2, 2), (3, 2)), ((1, 2, 2), (1, 2, 2))]
)
def test_arrows_of_other_shapes_are_refused(points, slopes):
    message = f"points have shape {points}, slopes {slopes}: give both the shape (t, 2)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        gradients(GRID, BOWL, torch.zeros(points), torch.zeros(slopes))
