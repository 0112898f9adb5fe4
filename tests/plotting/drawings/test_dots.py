import re

import pytest
import torch

from course.plotting import dots
from course.plotting.style import COLORS, DARK


def example():
    return dots({"a": [1.0, 2.0]}, "x")


def test_each_group_is_a_row_of_dots_with_its_mean():
    figure = dots({"model": [0.5, 1.0], "baseline": torch.tensor([0.25, 0.75, 0.5])}, "accuracy")
    (axes,) = figure.axes
    model, baseline = axes.collections
    assert model.get_offsets().tolist() == [[0.5, 0], [1.0, 0]]
    assert baseline.get_offsets()[:, 0].tolist() == [0.25, 0.75, 0.5]
    assert [list(line.get_xdata()) for line in axes.lines] == [[0.75, 0.75], [0.5, 0.5]]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["model", "baseline"]
    assert axes.get_xlabel() == "accuracy"
    for row, line in enumerate(axes.lines):
        assert all(row < height < row + 0.5 for height in line.get_ydata()), "bars hang below dots"
    bottom, top = axes.get_ylim()
    assert bottom >= 1.5 > 0 > -0.5 >= top, "the first group is the top row, and all are in sight"
    assert not axes.spines["left"].get_visible(), "rows are names, not a scale"


@pytest.mark.parametrize("count", [2, 5, 30])
def test_equal_values_are_stacked_within_their_row(count):
    (axes,) = dots({"a": [0.5] * count, "b": [0.5, 0.6]}, "accuracy").axes
    heights = sorted(axes.collections[0].get_offsets()[:, 1].tolist())
    assert len(set(heights)) == count
    assert heights[0] >= -0.5
    assert heights[-1] == 0


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    figure = dots({name: [1.0, 2.0] for name in "abcd"}, "accuracy")
    assert svg_colors(figure) == set(DARK)


@pytest.mark.parametrize("count", [0, len(COLORS) + 1])
def test_no_group_or_too_many_are_refused(count):
    with pytest.raises(ValueError, match=f"got {count} groups: give between 1 and 4"):
        dots({str(i): [1.0] for i in range(count)}, "accuracy")


@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_a_group_of_another_shape_is_refused(shape):
    message = f"'model' has shape {shape}: give it (n,), n at least 1"
    with pytest.raises(ValueError, match=re.escape(message)):
        dots({"model": torch.zeros(shape)}, "accuracy")
