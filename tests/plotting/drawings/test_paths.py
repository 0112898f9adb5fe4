import re

import matplotlib as mpl
import pytest
import torch

from course.plotting import paths
from course.plotting.style import BLUE, DARK, INK, MUTED, ORANGE


def example():
    x = torch.linspace(0, 1, 3)
    return paths(x, x, {"a": x[:1]}, {"w": x}, x)


X, Y = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 5.0])
SLOPES, BIASES = torch.linspace(-2, 6, 9), torch.linspace(-3, 4, 8)
CURVE = ((SLOPES.outer(X) - Y) ** 2).mean(dim=1)
LINES = SLOPES[:, None, None] * X + BIASES[None, :, None]
SURFACE = ((LINES - Y) ** 2).mean(dim=2) + 7  # so that the lowest cost is not zero
ONE = {"slope": SLOPES}
TWO = {"slope": SLOPES, "bias": BIASES}


def current(axes):
    """Return the heights of the line that is drawn last on the left."""
    (line,) = axes.lines
    return line.get_ydata().tolist()


def earlier(axes):
    """Return the heights of the earlier lines on the left."""
    return [segment[:, 1].tolist() for segment in axes.collections[0].get_segments()]


def test_over_one_parameter_each_row_has_the_line_and_the_place_on_the_curve():
    path = torch.tensor([0.0, 1.5, 2.0], requires_grad=True)
    figure = paths(X, Y, {"start": path[:1], "end": path}, ONE, CURVE, "kg", "cm", "cm²")
    first, curve, second, again = figure.axes
    assert current(first) == [0.0, 0.0]
    assert earlier(first) == []
    assert current(second) == [2.0, 4.0]
    assert earlier(second) == [[0.0, 0.0], [1.5, 3.0]]
    for axes in (curve, again):
        cost, walk = axes.lines
        assert cost.get_ydata().tolist() == CURVE.tolist()
    assert walk.get_xdata().tolist() == [0.0, 1.5, 2.0]
    between = (CURVE[3] + CURVE[4]) / 2  # slope 1.5 lies between those of the grid
    assert walk.get_ydata().tolist() == pytest.approx(
        [CURVE[2].item(), between.item(), CURVE[4].item()]
    )
    assert again.collections[0].get_offsets().tolist() == [[2.0, CURVE[4].item()]]
    assert [axes.get_title("left") for axes in (first, second)] == ["start", "end"]
    assert [axes.get_xlabel() for axes in figure.axes] == ["", "", "kg", "slope"]
    assert [axes.get_ylabel() for axes in figure.axes] == ["cm", "cm²"] * 2


def test_over_two_parameters_the_path_is_drawn_on_contours():
    path = torch.tensor([[0.0, -1.0], [3.0, 2.0]])
    left, right = paths(X, Y, {"end": path}, TWO, SURFACE).axes
    assert current(left) == [5.0, 8.0]
    assert earlier(left) == [[-1.0, -1.0]]
    contours, here = right.collections
    (walk,) = right.lines
    assert (walk.get_xdata().tolist(), walk.get_ydata().tolist()) == ([0.0, 3.0], [-1.0, 2.0])
    assert here.get_offsets().tolist() == [[3.0, 2.0]]
    assert (right.get_xlabel(), right.get_ylabel()) == ("slope", "bias")
    assert right.get_xlim() == (-2, 6)
    assert right.get_ylim() == (-3, 4)
    # The line of lowest cost has slope 2 and bias 1; the innermost contour goes round it.
    assert contours.get_paths()[0].contains_point((2, 1))
    levels = contours.levels
    assert SURFACE.min() < levels.min()
    assert levels.max() == pytest.approx(SURFACE.max().item())
    roots = torch.tensor((levels - SURFACE.min().item()) ** 0.5).diff()
    assert roots.tolist() == pytest.approx([roots[0].item()] * len(roots), rel=1e-4)


def test_residuals_reach_from_the_points_to_the_last_line():
    left, _ = paths(X, Y, {"a": torch.tensor([[0.0, 0.0], [2.0, 0.5]])}, TWO, SURFACE).axes
    _, residuals, points = left.collections
    assert [part.tolist() for part in residuals.get_segments()] == [
        [[1.0, 3.0], [1.0, 2.5]],
        [[2.0, 5.0], [2.0, 4.5]],
    ]
    assert points.get_offsets().tolist() == [[1.0, 3.0], [2.0, 5.0]]


def test_many_earlier_lines_are_paler_than_few():
    def strength(steps):
        path = torch.linspace(-2, 2, steps)
        return paths(X, Y, {"a": path}, ONE, CURVE).axes[0].collections[0].get_alpha()

    assert [strength(steps) for steps in (1, 10, 40, 50)] == [1.0, 1.0, 0.25, 0.2]


def test_earlier_lines_that_cannot_be_told_apart_are_drawn_once():
    creeping = torch.cat([torch.tensor([-2.0, 0.0]), torch.linspace(3, 3.1, 300)])
    assert earlier(paths(X, Y, {"a": creeping}, ONE, CURVE).axes[0]) == [
        [-2.0, -4.0],
        [0.0, 0.0],
        [3.0, 6.0],
    ]


def test_all_rows_share_their_axes():
    rows = {"a": torch.tensor([-2.0]), "b": torch.tensor([6.0])}
    a, b, c, d = paths(X, Y, rows, ONE, CURVE).axes
    assert (a.get_xlim(), a.get_ylim()) == (c.get_xlim(), c.get_ylim())
    assert (b.get_xlim(), b.get_ylim()) == (d.get_xlim(), d.get_ylim())
    assert a.get_ylim()[1] > 12, "high enough for the steepest line"


def test_more_rows_make_a_taller_figure():
    one, three = (
        paths(X, Y, dict.fromkeys(names, torch.zeros(1)), ONE, CURVE).get_size_inches()
        for names in ("a", "abc")
    )
    assert one[0] == three[0]
    assert three[1] > 2 * one[1]


@pytest.mark.parametrize(("grid", "cost", "width"), [(ONE, CURVE, 1), (TWO, SURFACE, 2)])
def test_every_color_has_a_twin_for_dark_pages(grid, cost, width, svg_colors):
    figure = paths(X, Y, {"a": torch.zeros(3, width)}, grid, cost)
    assert svg_colors(figure) == {INK, MUTED, BLUE, ORANGE} <= set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    paths(X, Y, {"a": torch.zeros(1)}, ONE, CURVE)
    assert mpl.rcParams == before


@pytest.mark.parametrize(
    ("grid", "cost", "got"),
    [
        (ONE, torch.zeros(8), "cost has shape (8,), the grid (9,)"),
        (TWO, torch.zeros(8, 9), "cost has shape (8, 9), the grid (9, 8)"),
        ({}, torch.zeros(()), "cost has shape (), the grid ()"),
        ({**TWO, "more": BIASES}, torch.zeros(9, 8, 8), "the grid (9, 8, 8)"),
    ],
)
def test_a_cost_that_is_not_that_of_the_grid_is_refused(grid, cost, got):
    advice = "give the cost of one slope, or of one slope and one bias, at each point of the grid"
    with pytest.raises(ValueError, match=f"{re.escape(f'{got}: {advice}')}$"):
        paths(X, Y, {"a": torch.zeros(1)}, grid, cost)


@pytest.mark.parametrize(
    ("grid", "cost", "shape", "wanted"),
    [
        (ONE, CURVE, (), "(t,)"),
        (ONE, CURVE, (0,), "(t,)"),
        (ONE, CURVE, (3, 2), "(t,)"),
        (TWO, SURFACE, (3,), "(t, 2)"),
        (TWO, SURFACE, (3, 2, 1), "(t, 2)"),
    ],
)
def test_a_path_of_another_shape_is_refused(grid, cost, shape, wanted):
    message = f"path 'a' has shape {shape}: give it {wanted}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        paths(X, Y, {"a": torch.zeros(shape)}, grid, cost)


@pytest.mark.parametrize(
    ("path", "reach"),
    [
        (torch.tensor([0.0, 7.0]), "0 to 7: the grid has only -2 to 6"),
        (torch.tensor([-2.5, 0.0]), "-2.5 to 0: the grid has only -2 to 6"),
        (torch.tensor([0.0, float("nan")]), "nan to nan: the grid has only -2 to 6"),
    ],
)
def test_a_path_that_leaves_the_grid_is_refused(path, reach):
    with pytest.raises(ValueError, match=f"^path 'a' reaches from {re.escape(reach)}$"):
        paths(X, Y, {"a": path}, ONE, CURVE)


def test_the_second_parameter_may_not_leave_the_grid_either():
    message = "path 'a' reaches from 0 to 5: the grid has only -3 to 4"
    with pytest.raises(ValueError, match=f"^{message}$"):
        paths(X, Y, {"a": torch.tensor([[0.0, 0.0], [0.0, 5.0]])}, TWO, SURFACE)
