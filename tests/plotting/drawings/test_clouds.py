import re

import pytest
import torch

from course.plotting import clouds
from course.plotting.style import COLORS, DARK


def example():
    return clouds({"a": [(0.0, 1.0)]}, "x", "y")


def test_each_group_is_a_cloud_of_its_points():
    points = torch.tensor([[0.0, 1.0], [2.0, 3.0]], requires_grad=True)
    (axes,) = clouds({"ill": points, "well": [(4, 5)]}, "age", "dose").axes
    assert [cloud.get_offsets().tolist() for cloud in axes.collections] == [
        [[0.0, 1.0], [2.0, 3.0]],
        [[4.0, 5.0]],
    ]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("age", "dose")


def test_groups_differ_in_color_and_in_mark_and_a_legend_names_them():
    (axes,) = clouds({name: [(1.0, 2.0)] for name in "abcd"}, "x", "y").axes
    marks = {cloud.get_paths()[0].vertices.tobytes() for cloud in axes.collections}
    colors = {tuple(cloud.get_edgecolor()[0]) for cloud in axes.collections}
    assert len(marks) == len(colors) == 4
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list("abcd")
    assert axes.get_legend().get_window_extent().y0 >= axes.get_window_extent().y1


def test_one_group_needs_no_legend():
    assert clouds({"a": [(1.0, 2.0)]}, "x", "y").axes[0].get_legend() is None


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    assert svg_colors(clouds({name: [(1.0, 2.0)] for name in "abcd"}, "x", "y")) <= set(DARK)


@pytest.mark.parametrize("count", [0, len(COLORS) + 1])
def test_no_group_or_too_many_are_refused(count):
    with pytest.raises(ValueError, match=f"got {count} groups: give between 1 and 4"):
        clouds({str(i): [(1.0, 2.0)] for i in range(count)}, "x", "y")


@pytest.mark.parametrize("shape", [(), (2,), (0, 2), (2, 3), (1, 2, 2)])
def test_a_group_of_another_shape_is_refused(shape):
    message = f"'ill' has shape {shape}: give it (n, 2), n at least 1"
    with pytest.raises(ValueError, match=re.escape(message)):
        clouds({"ill": torch.zeros(shape)}, "x", "y")
