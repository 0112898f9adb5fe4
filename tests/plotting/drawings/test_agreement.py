import re

import matplotlib as mpl
import pytest
import torch

from course.plotting import agreement
from course.plotting.style import COLORS, DARK


def example():
    return agreement(torch.eye(2), {"model": torch.eye(2)})


TARGETS = torch.tensor([[1.0, 30.0, 5.0], [2.0, 10.0, 5.0], [3.0, 20.0, 5.0]])


def test_each_output_has_a_panel_with_its_predictions_against_its_targets():
    models = {"one": (TARGETS + 1).requires_grad_(), "other": -TARGETS}
    figure = agreement(TARGETS, models, ["length in cm", "force in N", "angle in °"])
    assert [axes.get_title("left") for axes in figure.axes] == [
        "length in cm",
        "force in N",
        "angle in °",
    ]
    for j, axes in enumerate(figure.axes):
        for cloud, table in zip(axes.collections, models.values(), strict=True):
            assert cloud.get_offsets().tolist() == [
                list(pair)
                for pair in zip(TARGETS[:, j].tolist(), table[:, j].tolist(), strict=True)
            ]
    assert (figure.get_supxlabel(), figure.get_supylabel()) == ("true", "predicted")


def test_both_axes_of_a_panel_have_one_scale_and_hold_all_points_and_the_line_of_equals():
    figure = agreement(TARGETS, {"far": TARGETS * torch.tensor([1.0, -2.0, 1.0])})
    for axes in figure.axes:
        low, high = axes.get_xlim()
        assert axes.get_ylim() == (low, high)
        assert axes.get_aspect() == 1
        (cloud,) = axes.collections
        assert cloud.get_offsets().min() > low
        assert cloud.get_offsets().max() < high
        (line,) = axes.lines
        place = line.get_xy1()
        assert place[0] == place[1]
        assert low < place[0] < high
        assert line.get_slope() == 1


def test_without_labels_outputs_are_numbered():
    figure = agreement(TARGETS[:, :2], {"model": TARGETS[:, :2]})
    assert [axes.get_title("left") for axes in figure.axes] == ["output 0", "output 1"]


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_there_are_as_many_panels_as_outputs_at_most_two_in_a_row(k):
    figure = agreement(torch.zeros(2, k), {"model": torch.ones(2, k)})
    assert len(figure.axes) == k
    assert figure.axes[0].get_gridspec().ncols == min(k, 2)


def test_models_differ_in_color_and_mark_and_a_legend_names_them():
    figure = agreement(TARGETS, dict.fromkeys("abcd", TARGETS))
    for axes in figure.axes:
        marks = {cloud.get_paths()[0].vertices.tobytes() for cloud in axes.collections}
        colors = {tuple(cloud.get_edgecolor()[0]) for cloud in axes.collections}
        assert len(marks) == len(colors) == 4
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list("abcd")
    assert agreement(TARGETS, {"a": TARGETS}).legends == []


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    assert svg_colors(agreement(TARGETS, dict.fromkeys("abcd", TARGETS))) <= set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    agreement(TARGETS, {"model": TARGETS})
    assert mpl.rcParams == before


@pytest.mark.parametrize("shape", [(), (3,), (0, 2), (2, 0), (2, 2, 2)])
def test_targets_of_another_shape_are_refused(shape):
    message = f"targets have shape {shape}: give (n, k), both above 0"
    with pytest.raises(ValueError, match=re.escape(message)):
        agreement(torch.zeros(shape), {"model": torch.zeros(shape)})


@pytest.mark.parametrize("count", [0, len(COLORS) + 1])
def test_no_model_or_too_many_are_refused(count):
    with pytest.raises(ValueError, match=f"got {count} models: give between 1 and 4"):
        agreement(TARGETS, {str(i): TARGETS for i in range(count)})


def test_predictions_of_another_shape_are_refused_by_the_name_of_their_model():
    message = "the predictions of 'old' have shape (3, 1), the targets (3, 3): give both (n, k)"
    with pytest.raises(ValueError, match=re.escape(message)):
        agreement(TARGETS, {"new": TARGETS, "old": TARGETS[:, :1]})


def test_labels_that_do_not_go_with_the_outputs_are_refused():
    with pytest.raises(ValueError, match="got 2 labels for 3 outputs: give one for each"):
        agreement(TARGETS, {"model": TARGETS}, ["a", "b"])
