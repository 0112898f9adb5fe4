import re

import pytest
import torch

from course.plotting import tiles
from course.plotting.style import BLUE, INK, MUTED, ORANGE


def example():
    return tiles(torch.ones(1, 2), {"a": [0], "b": [0, 1]}, ["xy"])


INF, NAN = float("inf"), float("nan")
LABELS = {"batch size": [2, 8], "learning rate": [0.1, 0.3, 1.0]}
LOSSES = torch.tensor([[3.0, 1.0, INF], [2.0, 3.0, NAN]])
TEXTS = [["3.0", "1.0", "diverged"], ["2.0", "3.0", "no number"]]


def test_each_value_has_its_tile_in_its_row_and_column_with_its_text():
    (axes,) = tiles(LOSSES, LABELS, TEXTS).axes
    centers = {
        (tile.get_x() + tile.get_width() / 2, tile.get_y() + tile.get_height() / 2)
        for tile in axes.patches
    }
    assert {(round(x, 6), round(y, 6)) for x, y in centers} == {
        (column, row) for column in range(3) for row in range(2)
    }
    assert {text.get_position(): text.get_text() for text in axes.texts} == {
        (column, row): TEXTS[row][column] for column in range(3) for row in range(2)
    }
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("learning rate", "batch size")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.1", "0.3", "1.0"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["2", "8"]
    assert axes.get_ylim() == (1.5, -0.5), "the first row is the top row"
    assert axes.get_xlim() == (-0.5, 2.5)
    assert not any(spine.get_visible() for spine in axes.spines.values())
    ticks = [*axes.xaxis.get_major_ticks(), *axes.yaxis.get_major_ticks()]
    assert {tick.tick1line.get_markersize() for tick in ticks} == {0}


def test_the_lower_a_value_the_stronger_its_tile_and_equal_ones_are_equal():
    (axes,) = tiles(LOSSES, LABELS, TEXTS).axes
    strengths = [tile.get_alpha() for tile in axes.patches]
    assert strengths == pytest.approx([0.06, 0.5, None, 0.28, 0.06, None])
    assert {tile.get_linewidth() for tile in axes.patches if tile.get_fill()} == {0}


def test_a_value_that_is_not_finite_has_an_empty_dashed_tile(svg_colors):
    figure = tiles(LOSSES, LABELS, TEXTS)
    filled = [tile.get_fill() for tile in figure.axes[0].patches]
    assert filled == [True, True, False, True, True, False]
    assert {tile.get_linestyle() for tile in figure.axes[0].patches if not tile.get_fill()} == {
        "--"
    }
    assert {BLUE, ORANGE, INK} <= svg_colors(figure) <= {BLUE, ORANGE, INK, MUTED}


def test_the_best_is_framed():
    *_, frame = tiles(LOSSES, LABELS, TEXTS, best=(0, 1)).axes[0].patches
    assert not frame.get_fill()
    assert frame.get_x() + frame.get_width() / 2 == pytest.approx(1)
    assert frame.get_y() + frame.get_height() / 2 == pytest.approx(0)
    assert len(tiles(LOSSES, LABELS, TEXTS, best=(0, 1)).axes[0].patches) == 7


@pytest.mark.parametrize("value", [5.0, INF])
def test_a_single_tile_can_be_drawn(value):
    (axes,) = tiles(torch.tensor([[value]]), {"a": ["x"], "b": ["y"]}, ["t"]).axes
    assert axes.patches[0].get_alpha() == (0.5 if value < INF else None)


@pytest.mark.parametrize(
    ("shape", "labels", "texts"),
    [
        ((2, 2), LABELS, TEXTS),
        ((2, 3), {"a": [1, 2], "b": [1, 2]}, TEXTS),
        ((2, 3), {"a": [1, 2]}, TEXTS),
        ((2, 3), LABELS, [["a"] * 3, ["b"] * 2]),
        ((2, 3), LABELS, [["a"] * 3]),
        ((6,), LABELS, TEXTS),
        ((0, 3), {"a": [], "b": [1, 2, 3]}, []),
    ],
)
def test_shapes_that_do_not_belong_together_are_refused(shape, labels, texts):
    message = f"values have shape {shape}, labels "
    with pytest.raises(ValueError, match=re.escape(message)):
        tiles(torch.zeros(shape), labels, texts)
