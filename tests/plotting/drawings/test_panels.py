import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
import torch

from course.plotting import panels
from course.plotting.style import BLUE, DARK, INK, MUTED, ORANGE


def example():
    return panels({"run": {"loss": [2.0, 1.0]}})


def test_each_run_has_a_panel_with_its_curves_from_step_one():
    runs = {
        "right": {"training": [3.0, 2.0, 1.5], "validation": torch.tensor([3.5, 3.0, 2.0])},
        "wrong": {"training": torch.tensor([3.0, 9.0], requires_grad=True)},
    }
    left, right = panels(runs, xlabel="step", ylabel="loss in metres").axes
    assert (left.get_title("left"), right.get_title("left")) == ("right", "wrong")
    assert [list(line.get_xdata()) for line in left.lines] == [[1, 2, 3]] * 2
    assert [list(line.get_ydata()) for line in left.lines] == [[3.0, 2.0, 1.5], [3.5, 3.0, 2.0]]
    assert [list(line.get_ydata()) for line in right.lines] == [[3.0, 9.0]]
    assert left.figure.get_supxlabel() == "step"
    assert left.figure.get_supylabel() == "loss in metres"
    assert left.get_yscale() == "linear"
    assert all(tick == int(tick) for tick in left.get_xticks())


def test_all_panels_have_the_same_axes():
    runs = {"low": {"a": [1.0, 2.0]}, "high": {"a": [100.0] * 30}, "third": {"a": [5.0]}}
    first, *others = panels(runs, log=True).axes
    for axes in others:
        assert axes.get_xlim() == first.get_xlim()
        assert axes.get_ylim() == first.get_ylim()
        assert axes.get_yscale() == "log"


@pytest.mark.parametrize(("count", "rows"), [(1, 1), (2, 1), (3, 2), (6, 3)])
def test_there_are_as_many_panels_as_runs_in_rows_of_two(count, rows):
    figure = panels({str(i): {"a": [1.0, 2.0]} for i in range(count)})
    assert len(figure.axes) == count
    assert {axes.get_subplotspec().get_gridspec().get_geometry() for axes in figure.axes} == {
        (rows, 2)
    }


def test_a_name_has_one_color_and_one_dash_in_all_panels_and_one_entry_in_the_legend():
    figure = panels({"one": {"a": [1.0], "b": [2.0]}, "two": {"b": [3.0], "a": [4.0]}})
    one, two = figure.axes
    assert [line.get_color() for line in one.lines] == [BLUE, ORANGE]
    assert [line.get_color() for line in two.lines] == [ORANGE, BLUE]
    assert one.lines[0].get_linestyle() == two.lines[1].get_linestyle()
    assert one.lines[0].get_linestyle() != one.lines[1].get_linestyle()
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b"]
    assert [handle.get_color() for handle in legend.legend_handles] == [BLUE, ORANGE]


def test_one_name_needs_no_legend():
    assert not panels({"one": {"a": [1.0]}, "two": {"a": [2.0]}}).legends


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    colors = svg_colors(panels({"one": {"a": [1.0, 2.0], "b": [2.0, 3.0]}}, log=True))
    assert {INK, MUTED, BLUE, ORANGE} <= colors <= set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    panels({"one": {"a": [1.0], "b": [2.0]}})
    assert mpl.rcParams == before


@pytest.mark.parametrize("count", [0, 5])
def test_no_names_or_too_many_are_refused(count):
    with pytest.raises(ValueError, match=f"the runs have {count} names: give between 1 and 4"):
        panels({"one": {str(i): [1.0] for i in range(count)}})
    with pytest.raises(ValueError, match="the runs have 0 names: give between 1 and 4"):
        panels({})
    assert not plt.get_fignums()


@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_a_curve_of_another_shape_is_refused(shape):
    message = f"'loss' of 'run' has shape {shape}: give it (steps,)"
    with pytest.raises(ValueError, match=re.escape(message)):
        panels({"run": {"loss": torch.zeros(shape)}})
    assert not plt.get_fignums()
