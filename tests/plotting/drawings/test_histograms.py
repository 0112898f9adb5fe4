import re

import pytest
import torch

from course.plotting import histograms
from course.plotting.style import BLUE, INK, MUTED, ORANGE


def example():
    return histograms({"a": torch.linspace(0, 1, 3)}, {"a": 0.5}, "x")


def test_each_group_is_a_row_of_bars_with_its_mark():
    groups = {"patients": torch.tensor([0.0, 1.0, 1.0, 4.0]), "matches": torch.tensor([2.0, 2.0])}
    figure = histograms(groups, {"matches": 3.0, "patients": 5.0}, "score", mark="true", bins=5)
    patients, matches = figure.axes
    assert [bar.get_height() for bar in patients.patches] == [1, 2, 0, 0, 1]
    assert [bar.get_height() for bar in matches.patches] == [0, 0, 2, 0, 0]
    assert patients.patches[0].get_x() >= 0
    last = matches.patches[-1]
    assert last.get_x() + last.get_width() <= 5, "the bins reach as far as the marks"
    assert [list(axes.lines[0].get_xdata()) for axes in figure.axes] == [[5, 5], [3, 3]]
    assert [axes.get_title("left") for axes in figure.axes] == ["patients", "matches"]
    assert [text.get_text() for axes in figure.axes for text in axes.texts] == ["true", "true"]
    assert matches.get_xlabel() == "score"
    assert patients.get_xlim() == matches.get_xlim()
    assert patients.get_ylim() == matches.get_ylim()


@pytest.mark.parametrize(("mark", "side"), [(0.1, "left"), (0.9, "right")])
def test_the_text_stands_on_the_side_where_there_is_room(mark, side):
    (axes,) = histograms({"a": torch.tensor([0.0, 1.0])}, {"a": mark}, "score").axes
    (text,) = axes.texts
    assert text.get_ha() == side
    assert (text.xyann[0] > 0) == (side == "left"), "it begins beside the line, not across it"


def test_the_text_stands_above_the_bars_of_all_rows():
    few, many = torch.tensor([0.0, 1.0]), torch.tensor([0.5] * 40)
    for groups in ({"few": few, "many": many}, {"many": many, "few": few}):
        figure = histograms(groups, {"few": 0.6, "many": 0.6}, "score")
        assert {axes.get_ylim() for axes in figure.axes} == {(0, 52)}


def test_a_mark_far_from_all_values_is_in_sight():
    (axes,) = histograms({"a": torch.tensor([0.0, 1.0])}, {"a": 9.0}, "score").axes
    assert axes.get_xlim()[1] > 9


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    figure = histograms({"a": torch.tensor([1.0, 2.0])}, {"a": 1.5}, "score")
    assert svg_colors(figure) == {INK, MUTED, BLUE, ORANGE}


def test_values_may_come_with_gradients():
    values = torch.tensor([1.0, 2.0], requires_grad=True)
    assert len(histograms({"a": values}, {"a": 1.5}, "score").axes) == 1


@pytest.mark.parametrize("marks", [{}, {"b": 1.0}, {"a": 1.0, "b": 1.0}])
def test_each_group_needs_a_mark(marks):
    message = f"groups ['a'], marks {list(marks)}: give one mark per group"
    with pytest.raises(ValueError, match=re.escape(message)):
        histograms({"a": torch.ones(2)}, marks, "score")


def test_no_groups_are_refused():
    with pytest.raises(ValueError, match=re.escape("groups [], marks []: give one mark per group")):
        histograms({}, {}, "score")


@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_a_group_of_another_shape_is_refused(shape):
    message = f"'a' has shape {shape}: give (n,), n at least 1"
    with pytest.raises(ValueError, match=re.escape(message)):
        histograms({"a": torch.zeros(shape)}, {"a": 1.0}, "score")
