import re

import matplotlib as mpl
import numpy as np
import pytest
import torch

from course.plotting import arrows
from course.plotting.style import COLORS, DARK, PHONE, for_phones


def example():
    return arrows({"u": [1, 2]})


def exactly(message):
    return f"^{re.escape(message)}$"


def drawn(figure):
    """Return where each arrow starts and ends, and each name's text."""
    (axes,) = figure.axes
    heads = [text for text in axes.texts if text.arrow_patch]
    names = [text for text in axes.texts if not text.arrow_patch]
    return [(head.xyann, head.xy) for head in heads], names


def test_an_arrow_leads_from_its_tail_by_its_vector():
    u = torch.tensor([3, 1])
    v = torch.tensor([1.0, 2.0], requires_grad=True)
    lines, names = drawn(arrows({"u": u, "v": v, "u + v": [4, 3]}, tails={"v": u}))
    assert lines == [((0, 0), (3, 1)), ((3, 1), (4, 3)), ((0, 0), (4, 3))]
    assert [name.get_text() for name in names] == ["u", "v", "u + v"]
    assert [name.get_color() for name in names] == list(COLORS[:3])


def test_nothing_is_cut_off_at_either_end_of_an_arrow():
    (axes,) = arrows({"u": [3, 1]}).axes
    (arrow,) = (text.arrow_patch for text in axes.texts if text.arrow_patch)
    assert (arrow.shrinkA, arrow.shrinkB) == (0, 0)


def test_every_arrow_lies_inside_axes_with_equal_units():
    figure = arrows({"a": [5, -1], "b": [-2, 0.5]}, tails={"b": [9, 1]}, xlabel="km", ylabel="m")
    (axes,) = figure.axes
    assert axes.get_aspect() == 1
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("km", "m")
    assert axes.get_xlim()[0] < 0 < 9 < axes.get_xlim()[1]
    assert axes.get_ylim()[0] < -1 < 1.5 < axes.get_ylim()[1]
    figure.draw_without_rendering()
    for ticks in (axes.get_xticks(), axes.get_yticks()):
        np.testing.assert_allclose(np.diff(ticks), 2)


@pytest.mark.parametrize(("length", "step"), [(0.1, 0.02), (1, 0.2), (2, 0.5), (40, 10)])
def test_the_step_of_the_grid_is_a_round_part_of_the_longest_side(length, step):
    (axes,) = arrows({"a": [length, length / 2]}).axes
    for ticks in (axes.get_xticks(), axes.get_yticks()):
        np.testing.assert_allclose(np.diff(ticks), step)


def test_a_grid_and_the_two_zero_lines_lie_behind_the_arrows():
    (axes,) = arrows({"a": [2, 1]}).axes
    assert axes.get_axisbelow() is True
    assert all(axis.get_gridlines()[0].get_visible() for axis in (axes.xaxis, axes.yaxis))
    across, upright = axes.lines
    assert list(across.get_ydata()) == [0, 0]
    assert list(upright.get_xdata()) == [0, 0]


def test_the_margin_is_in_proportion_and_the_figure_has_the_shape_of_the_axes():
    figure = arrows({"a": [2, 1]})
    (axes,) = figure.axes
    assert axes.get_xlim() == pytest.approx((-0.24, 2.24))
    assert axes.get_ylim() == pytest.approx((-0.24, 1.24))
    _, height = figure.get_size_inches()
    assert height == pytest.approx(0.6 + 4.6 * 1.48 / 2.48)
    assert arrows({"zero": [0, 0]}).axes[0].get_xlim() == pytest.approx((-0.12, 0.12))


@pytest.mark.parametrize("vectors", [{"flat": [9, 0]}, {"tall": [0, 9]}, {"square": [3, 3]}])
def test_a_figure_is_narrow_enough_for_a_phone(vectors):
    with for_phones():
        width, height = arrows(vectors).get_size_inches()
    assert width <= PHONE
    assert 2 <= height <= 5


@pytest.mark.parametrize("u", [[2, 0], [0, 2], [-2, 0], [-1, -1], [3, 1]])
def test_a_name_stands_beside_its_arrow_on_the_outer_side(u):
    u, v = np.array(u, float), np.array([2.0, 3.0])
    _, names = drawn(arrows({"u": u, "v": v, "u + v": u + v}, tails={"v": u}))
    corners = np.array([[0, 0], u, [0, 0], u, u + v, u + v])
    for name, vector in zip(names, [u, v, u + v], strict=True):
        offset = np.array(name.xyann)
        assert offset @ vector == pytest.approx(0, abs=1e-5)
        assert np.linalg.norm(offset) == pytest.approx(6)
        assert offset @ (np.array(name.xy) - corners.mean(axis=0)) >= -1e-5
    assert names[0].xy == tuple(u / 2)


@pytest.mark.parametrize("u", [[3, 1], [3, 0], [0, 3], [-3, 1], [-1, -3], [1, -3], [3, 0.1]])
def test_a_name_does_not_touch_its_arrow(u):
    figure = arrows({"a long name": u, "other": [-u[1], u[0]]})
    figure.draw_without_rendering()
    (axes,) = figure.axes
    name = drawn(figure)[1][0].get_window_extent()
    ends = axes.transData.transform([(0, 0), u])
    points = ends[0] + np.linspace(0, 1, 200)[:, None] * (ends[1] - ends[0])
    assert not any(name.contains(*point) for point in points)


def test_a_zero_vector_is_a_dot():
    figure = arrows({"zero": [0, 0]})
    lines, names = drawn(figure)
    assert lines == []
    *_, dot = figure.axes[0].lines
    assert (dot.get_marker(), list(dot.get_xdata()), list(dot.get_ydata())) == ("o", [0], [0])
    assert [name.get_text() for name in names] == ["zero"]
    figure.draw_without_rendering()


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    figure = arrows({"a": [1, 0], "b": [0, 1], "c": [-1, 0], "d": [0, -1]})
    assert svg_colors(figure) == set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    arrows({"a": [1, 2]})
    assert mpl.rcParams == before


@pytest.mark.parametrize("count", [0, len(COLORS) + 1])
def test_no_vectors_or_too_many_are_refused(count):
    with pytest.raises(ValueError, match=exactly(f"got {count} vectors: give between 1 and 4")):
        arrows({str(i): [1, 2] for i in range(count)})


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 2)])
def test_a_vector_or_tail_of_another_shape_is_refused(shape):
    message = exactly(f"'u' has shape {shape}: give it (2,)")
    with pytest.raises(ValueError, match=message):
        arrows({"u": torch.zeros(shape)})
    with pytest.raises(ValueError, match=message):
        arrows({"u": [1, 2]}, tails={"u": torch.zeros(shape)})


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_vector_that_is_not_finite_is_refused(bad):
    with pytest.raises(ValueError, match=exactly(f"'u' is [{bad}, 0.0]: give it finite numbers")):
        arrows({"u": [bad, 0.0]})


def test_a_tail_without_a_vector_is_refused():
    message = "tails name ['w'], vectors ['u', 'v']: give tails of these"
    with pytest.raises(ValueError, match=exactly(message)):
        arrows({"u": [1, 2], "v": [2, 1]}, tails={"w": [0, 0], "u": [1, 1]})
