import re

import matplotlib as mpl
import pytest
import torch

from course.plotting import curves
from course.plotting.style import BLUE, DARK, ORANGE


def example():
    return curves({"loss": [2.0, 1.0]})


def test_a_series_is_one_line_from_step_one():
    figure = curves({"loss": [3.0, 2.0, 1.5]}, xlabel="step", ylabel="loss in metres")
    (axes,) = figure.axes
    (line,) = axes.lines
    assert list(line.get_xdata()) == [1, 2, 3]
    assert list(line.get_ydata()) == [3.0, 2.0, 1.5]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "loss in metres")
    assert axes.get_yscale() == "linear"
    assert axes.get_legend() is None
    assert all(tick == int(tick) for tick in axes.get_xticks())


def test_several_runs_share_a_color_a_dash_and_one_entry_in_the_legend():
    runs = torch.tensor([[3.0, 2.0], [4.0, 1.0]], requires_grad=True)
    (axes,) = curves({"with": runs, "without": [5.0, 6.0]}, log=True).axes
    first, second, other = axes.lines
    assert list(second.get_ydata()) == [4.0, 1.0]
    assert [line.get_color() for line in axes.lines] == [BLUE, BLUE, ORANGE]
    assert first.get_linestyle() == second.get_linestyle() != other.get_linestyle()
    assert first.get_linewidth() < other.get_linewidth()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["with", "without"]
    assert axes.get_yscale() == "log"


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    series = {name: [1.0, 2.0] for name in "abcd"}
    assert svg_colors(curves(series, log=True)) == set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    curves({"a": [1.0], "b": [2.0]})
    assert mpl.rcParams == before


@pytest.mark.parametrize("count", [0, 5])
def test_no_series_or_too_many_are_refused(count):
    with pytest.raises(ValueError, match=f"got {count} series: give between 1 and 4"):
        curves({str(i): [1.0] for i in range(count)})


@pytest.mark.parametrize("shape", [(), (0,), (2, 3, 4)])
def test_a_series_of_another_shape_is_refused(shape):
    message = f"'loss' has shape {shape}: give it (steps,) or (runs, steps)"
    with pytest.raises(ValueError, match=re.escape(message)):
        curves({"loss": torch.zeros(shape)})
