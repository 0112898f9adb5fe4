import re

import matplotlib as mpl
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt

from course.plotting import cells
from course.plotting.style import BLUE, DARK, INK, MUTED


def example():
    return cells([1.0, 2.0], [0, slice(1, 2)])


def exactly(message):
    return f"^{re.escape(message)}$"


def labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def filled(figure):
    """Return the positions (column, row) of the cells that are filled, sorted by row."""
    patches = [patch for patch in figure.axes[0].patches if patch.get_fill()]
    places = [(patch.get_x() + 0.44, patch.get_y() + 0.38) for patch in patches]
    return sorted(((round(x, 6), round(y, 6)) for x, y in places), key=lambda place: place[::-1])


def test_each_index_is_a_strip_with_its_cells_filled():
    x = torch.tensor([10.0, 20.0, 30.5], requires_grad=True)
    figure = cells(x, np.s_[0, 1:, [0, -1]])
    assert filled(figure) == [(0, 0), (1, 1), (2, 1), (0, 2), (2, 2)]
    (axes,) = figure.axes
    outlines = [patch for patch in axes.patches if not patch.get_fill()]
    assert len(outlines) == 9
    assert axes.get_xlim() == pytest.approx((-0.6, 2.6))
    assert axes.get_ylim() == pytest.approx((2.5, -1))
    assert not any(
        axis.majorTicks[0].tick1line.get_markersize() for axis in (axes.xaxis, axes.yaxis)
    )
    texts = axes.texts[:9]
    assert [text.get_text() for text in texts] == ["10", "20", "30.5"] * 3
    assert [text.get_position() for text in texts[2:4]] == [(2, 0), (0, 1)]
    assert [text.get_color() for text in texts[:3]] == [INK, MUTED, MUTED]
    assert [text.get_weight() for text in texts[:3]] == ["bold", "normal", "normal"]
    assert [mpl.colors.to_hex(p.get_edgecolor()) for p in outlines[:3]] == [BLUE, MUTED, MUTED]
    bottom, top = axes.get_ylim()
    assert bottom > top, "the first index is the top strip"


@settings(max_examples=40)
@given(
    n=st.integers(1, 8),
    start=st.none() | st.integers(-9, 9),
    stop=st.none() | st.integers(-9, 9),
    step=st.none() | st.integers(1, 4),
)
def test_a_slice_takes_the_cells_that_it_takes_from_a_list(n, start, stop, step):
    index = slice(start, stop, step)
    figure = cells(range(n), [index])
    assert [column for column, _ in filled(figure)] == list(range(n))[index]
    plt.close(figure)


@pytest.mark.parametrize(
    ("index", "text", "columns"),
    [
        (2, "x[2]", [2]),
        (-1, "x[-1]", [3]),
        (slice(None), "x[:]", [0, 1, 2, 3]),
        (slice(1, 3), "x[1:3]", [1, 2]),
        (slice(None, -1), "x[:-1]", [0, 1, 2]),
        (slice(None, None, 2), "x[::2]", [0, 2]),
        (slice(1, None, 2), "x[1::2]", [1, 3]),
        ([0, 3], "x[[0, 3]]", [0, 3]),
        (torch.tensor([3, 1]), "x[[3, 1]]", [1, 3]),
        (torch.tensor([True, False, True, False]), "x[mask]", [0, 2]),
        ([], "x[[]]", []),
    ],
)
def test_an_index_is_written_as_between_brackets(index, text, columns):
    figure = cells(range(4), [index])
    assert labels(figure.axes[0].yaxis) == [text]
    assert [column for column, _ in filled(figure)] == columns


def test_positions_stand_above_and_those_from_the_back_below():
    figure = cells([5, 6, 7], [0], name="v")
    (axes,) = figure.axes
    assert labels(axes.xaxis) == ["-3", "-2", "-1"]
    assert axes.get_xticks().tolist() == [0, 1, 2]
    above = axes.texts[3:]
    assert [text.get_text() for text in above] == ["0", "1", "2"]
    assert [text.get_position()[0] for text in above] == [0, 1, 2]
    assert all(axes.get_ylim()[1] < text.get_position()[1] < -0.5 for text in above)
    assert labels(axes.yaxis) == ["v[0]"]
    assert not any(spine.get_visible() for spine in axes.spines.values())


def test_a_cell_that_is_taken_twice_says_so():
    figure = cells([5, 6], [[0, 0, 1]])
    assert [text.get_text() for text in figure.axes[0].texts][:2] == ["5 ×2", "6"]


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    assert svg_colors(cells([1.0, 2.0], [0, slice(None)])) == {INK, MUTED, BLUE} <= set(DARK)


def test_a_figure_grows_with_its_cells():
    small, wide, tall = (
        cells(range(n), [0] * rows).get_size_inches() for n, rows in ((3, 1), (9, 1), (3, 5))
    )
    assert wide[0] > small[0] == tall[0]
    assert tall[1] > small[1] == wide[1]
    assert cells(range(6), [0]).get_size_inches()[0] <= 5, "six cells fit on a phone"


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    cells([1, 2], [0])
    assert mpl.rcParams == before


@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_values_of_another_shape_are_refused(shape):
    message = (
        f"values have shape {shape}, and there are 1 indices: "
        "give values of shape (n,), n at least 1, and at least one index"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        cells(torch.zeros(shape), [0])


def test_no_index_is_refused():
    message = (
        "values have shape (2,), and there are 0 indices: "
        "give values of shape (n,), n at least 1, and at least one index"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        cells([1, 2], [])


@pytest.mark.parametrize("index", [2, -3, [0, 2]])
def test_a_position_that_is_not_there_is_refused(index):
    with pytest.raises(IndexError, match="out of bounds for dimension 0 with size 2"):
        cells([1, 2], [index])
