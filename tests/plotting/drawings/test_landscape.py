import re

import matplotlib as mpl
import pytest
import torch
from matplotlib.colors import to_hex
from mpl_toolkits.mplot3d import Axes3D

from course.plotting import landscape
from course.plotting.style import BLUE, DARK, INK, MUTED, ORANGE


def example():
    x = torch.linspace(0, 1, 3)
    return landscape({"w": x, "b": x}, x.outer(x))


WEIGHTS, BIASES = torch.linspace(-1, 1, 5), torch.linspace(-2, 2, 7)
GRID = {"slope": WEIGHTS, "bias": BIASES}
COST = WEIGHTS.unsqueeze(1) ** 2 + (BIASES - 1) ** 2
PATH = torch.tensor([[-1.0, 0.0, 2.0], [0.0, 1.0, 0.0]])


def test_the_surface_has_the_cost_of_each_pair(monkeypatch):
    drawn = []
    monkeypatch.setattr(Axes3D, "plot_surface", lambda self, *table, **style: drawn.extend(table))
    (axes,) = landscape(GRID, COST.clone().requires_grad_(), costlabel="cost in cm²").axes
    across, along, heights = (torch.as_tensor(table) for table in drawn)
    assert torch.equal(across, WEIGHTS.unsqueeze(1).expand(5, 7))
    assert torch.equal(along, BIASES.expand(5, 7))
    assert torch.equal(heights, COST)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("slope", "bias")
    assert axes.get_zlabel() == "cost in cm²"
    assert len(axes.lines) == 0


def test_the_path_lies_in_front_of_the_surface():
    (axes,) = landscape(GRID, COST, PATH.clone().requires_grad_()).axes
    (line,) = axes.lines
    assert [part.tolist() for part in line.get_data_3d()] == PATH.T.tolist()
    assert line.get_zorder() > axes.collections[0].get_zorder()
    assert not axes.computed_zorder
    assert line.get_marker() == "o"


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    figure = landscape(GRID, COST, PATH)
    assert svg_colors(figure) == {INK, MUTED, BLUE, ORANGE} <= set(DARK)
    surface = figure.axes[0].collections[0]
    assert {to_hex(color) for color in surface.get_facecolor()} == {BLUE}
    assert {to_hex(color) for color in surface.get_edgecolor()} == {MUTED}
    assert surface.get_alpha() < 0.5, "what lies behind it shines through"


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    landscape(GRID, COST)
    assert mpl.rcParams == before


@pytest.mark.parametrize(
    ("grid", "cost", "lengths"),
    [(GRID, (7, 5), (5, 7)), ({"slope": WEIGHTS}, (5,), (5,))],
)
def test_a_cost_that_is_not_that_of_the_grid_is_refused(grid, cost, lengths):
    message = f"cost has shape {cost}, the grid {lengths}: give both the shape (k, m)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        landscape(grid, torch.zeros(cost))


@pytest.mark.parametrize("shape", [(3,), (4, 2)])
def test_a_path_without_its_cost_is_refused(shape):
    message = f"path has shape {shape}: give it (t, 3), two parameters and the cost"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        landscape(GRID, COST, torch.zeros(shape))
