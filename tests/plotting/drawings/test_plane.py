import re

import pytest
import torch
from matplotlib.colors import to_hex
from mpl_toolkits.mplot3d import Axes3D

from course.plotting import plane
from course.plotting.style import BLUE, DARK, INK, MUTED, ORANGE


def example():
    return plane(torch.eye(2), torch.ones(2), torch.ones(2), torch.tensor(0.0))


X = torch.tensor([[0.0, 1.0], [2.0, 0.0], [1.0, 1.0]])
Y = torch.tensor([1.0, 2.0, 4.0])
WEIGHT, BIAS = torch.tensor([1.0, -1.0]), torch.tensor(1.5)
HEIGHTS = [0.5, 3.5, 1.5]


def test_the_plane_has_the_predictions_over_the_range_of_the_inputs(monkeypatch):
    drawn = []
    monkeypatch.setattr(Axes3D, "plot_surface", lambda self, *table, **style: drawn.extend(table))
    plane(X, Y, WEIGHT.clone().requires_grad_(), BIAS)
    across, along, heights = (torch.as_tensor(table) for table in drawn)
    assert (across.min(), across.max(), along.min(), along.max()) == (0, 2, 0, 1)
    assert torch.allclose(heights, across - along + 1.5)
    assert (across.diff(dim=0) > 0).all()
    assert (along.diff(dim=1) > 0).all()


def test_a_residual_goes_from_the_plane_to_its_point():
    (axes,) = plane(X, Y, WEIGHT, BIAS).axes
    ends = {tuple(tuple(map(float, part)) for part in line.get_data_3d()) for line in axes.lines}
    expected = zip(X.tolist(), Y.tolist(), HEIGHTS, strict=True)
    assert ends == {((a, a), (b, b), (foot, top)) for (a, b), top, foot in expected}
    assert {to_hex(line.get_color()) for line in axes.lines} == {ORANGE}


def test_points_below_the_plane_are_drawn_before_it_and_the_others_after():
    (axes,) = plane(X, Y, WEIGHT, BIAS).axes
    surface, below, above = axes.collections
    assert below.get_zorder() < surface.get_zorder() < above.get_zorder()
    assert [len(dots._offsets3d[0]) for dots in (below, above)] == [1, 2]
    for line in axes.lines:
        _, _, (foot, top) = line.get_data_3d()
        assert (line.get_zorder() < surface.get_zorder()) == (top < foot)
    assert surface.get_alpha() < 0.5, "what lies below shines through"


def test_labels_and_legend_say_what_one_sees():
    figure = plane(X, Y, WEIGHT, BIAS, ("end in kg", "middle in kg", "length in cm"))
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("end in kg", "middle in kg")
    assert axes.get_zlabel() == "length in cm"
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["measured", "residual"]


@pytest.mark.parametrize("y", [Y, Y + 9, Y - 9])
def test_every_color_has_a_twin_for_dark_pages(svg_colors, y):
    assert svg_colors(plane(X, y, WEIGHT, BIAS)) == {INK, MUTED, BLUE, ORANGE} <= set(DARK)


@pytest.mark.parametrize(
    "shapes",
    [
        ((0, 2), (0,), (2,), ()),
        ((3, 3), (3,), (3,), ()),
        ((3, 2), (3, 1), (2,), ()),
        ((3, 2), (2,), (2,), ()),
        ((3, 2), (3,), (1, 2), ()),
        ((3, 2), (3,), (2,), (1,)),
    ],
)
def test_shapes_that_do_not_belong_together_are_refused(shapes):
    message = f"shapes are {', '.join(map(str, shapes))}: give x, y, weight, bias (n, 2), (n,)"
    with pytest.raises(ValueError, match=re.escape(message)):
        plane(*(torch.zeros(shape) for shape in shapes))
