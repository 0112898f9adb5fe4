import re

import matplotlib as mpl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt

from course.plotting import stretched
from course.plotting.style import BLUE, DARK, INK, MUTED


def example():
    return stretched({"x": torch.ones(2)})


COLUMN, ROW = torch.tensor([[10.0], [20.0]]), torch.tensor([1.0, 2.0, 3.0])


def exactly(message):
    return f"^{re.escape(message)}$"


def cells(figure, dashed):
    """Return left and top of the cells whose border is dashed, or of those whose is not."""
    found = [patch for patch in figure.axes[0].patches if not patch.get_fill()]
    kept = [patch for patch in found if (patch.get_linestyle() == "--") == dashed]
    return [(round(p.get_x() - 0.05, 6), round(p.get_y() - 0.06, 6)) for p in kept]


def titles(figure):
    return [text for text in figure.axes[0].texts if "(" in text.get_text()]


def values(figure):
    """Return the texts in the cells, with where they stand."""
    return [text for text in figure.axes[0].texts if re.fullmatch(r"[-\d.e+]+", text.get_text())]


def arrows(figure):
    """Return from where to where each arrow leads."""
    found = [text for text in figure.axes[0].texts if getattr(text, "arrow_patch", None)]
    return [(text.xyann, text.xy) for text in found]


def test_elements_are_filled_and_cells_that_repeat_them_are_dashed():
    figure = stretched({"a": COLUMN, "b": ROW})
    own = [(0, 0), (0, 1), (4, 0), (5, 0), (6, 0)]
    assert cells(figure, dashed=False) == own
    assert cells(figure, dashed=True) == [(1, 0), (2, 0), (1, 1), (2, 1), (4, 1), (5, 1), (6, 1)]
    patches = figure.axes[0].patches
    filled = [(round(p.get_x() - 0.05, 6), p.get_y() - 0.06) for p in patches if p.get_fill()]
    assert filled == own
    edges = [mpl.colors.to_hex(p.get_edgecolor()) for p in patches if not p.get_fill()]
    assert edges[:3] == [BLUE, MUTED, MUTED]


def test_every_cell_has_its_value_in_its_middle():
    texts = values(stretched({"a": COLUMN, "b": ROW}))
    assert [text.get_text() for text in texts[:6]] == ["10", "10", "10", "20", "20", "20"]
    assert [text.get_text() for text in texts[6:]] == ["1", "2", "3", "1", "2", "3"]
    assert [text.get_position() for text in texts[:2]] == [(0.5, 0.5), (1.5, 0.5)]
    assert texts[3].get_position() == (0.5, 1.5)
    assert [text.get_color() for text in texts[:2]] == [INK, MUTED]
    assert [text.get_weight() for text in texts[:2]] == ["bold", "normal"]


def test_arrows_lead_over_what_is_repeated():
    figure = stretched({"a": COLUMN, "b": ROW, "a + b": COLUMN + ROW})
    assert arrows(figure) == [((0.5, 2.25), (3, 2.25)), ((3.75, 0.5), (3.75, 2))]
    both = stretched({"one": torch.tensor(7.0), "b": COLUMN + ROW})
    assert len(arrows(both)) == 2


def test_a_title_has_name_and_shape_and_stands_over_the_middle_of_its_grid():
    figure = stretched({"a": COLUMN, "b": ROW, "a + b": COLUMN + ROW})
    assert [title.get_text() for title in titles(figure)] == [
        *("a  (2, 1)", "b  (3,)", "a + b  (2, 3)")
    ]
    places = [title.get_position() for title in titles(figure)]
    assert places == [(1.5, -0.35), (5.5, -0.35), (3.5, pytest.approx(3.55))]


def test_a_last_grid_alone_in_its_row_is_in_the_middle_and_others_are_not():
    lefts = [
        [left for left, top in cells(stretched({str(i): ROW for i in range(count)}), False)][::3]
        for count in (1, 2, 3, 4)
    ]
    assert lefts == [[0], [0, 4], [0, 4, 2], [0, 4, 0, 4]]


def test_a_narrow_grid_has_room_for_its_title():
    figure = stretched({"a": COLUMN, "b": COLUMN})
    assert cells(figure, dashed=False) == [(1, 0), (1, 1), (5, 0), (5, 1)]
    assert [title.get_position()[0] for title in titles(figure)] == [1.5, 5.5]


@settings(max_examples=12)
@given(rows=st.integers(1, 6), columns=st.integers(1, 6), count=st.integers(1, 5))
def test_everything_is_inside_the_figure_and_nothing_overlaps(rows, columns, count):
    figure = stretched({str(i): torch.zeros(rows, columns) for i in range(count)})
    places = cells(figure, dashed=False)
    left, right = figure.axes[0].get_xlim()
    bottom, top = figure.axes[0].get_ylim()
    assert all(left < x and x + 1 < right and top < y and y + 1 < bottom for x, y in places)
    assert len(set(places)) == len(places) == rows * columns * count
    plt.close(figure)


def test_three_grids_of_four_columns_fit_on_a_phone_with_their_text():
    wide = torch.zeros(3, 4)
    figure = stretched({"a": wide, "b": wide, "c": wide})
    assert figure.get_size_inches().tolist() == pytest.approx([5.1, 0.38 * 9.8 + 0.1])
    assert stretched({"a": wide}).get_size_inches()[0] == pytest.approx(2.6)


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    assert svg_colors(stretched({"a": COLUMN, "b": ROW})) == {INK, MUTED, BLUE} <= set(DARK)


def test_a_tensor_that_needs_a_gradient_and_one_of_truth_values_are_drawn():
    figure = stretched({"a": COLUMN.clone().requires_grad_(), "b": ROW > 1})
    assert [text.get_text() for text in values(figure)][6:9] == ["0", "1", "1"]


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    stretched({"a": COLUMN})
    assert mpl.rcParams == before


def test_tensors_that_do_not_broadcast_are_refused():
    message = "got shapes {'a': (2,), 'b': (3,)}: give tensors that broadcast"
    with pytest.raises(ValueError, match=exactly(message)):
        stretched({"a": torch.zeros(2), "b": torch.zeros(3)})


@pytest.mark.parametrize("shapes", [{}, {"a": (2, 0)}, {"a": (0,), "b": (1,)}, {"a": (2, 1, 3)}])
def test_nothing_to_draw_and_more_than_two_axes_are_refused(shapes):
    message = (
        f"got shapes {shapes}: give at least one tensor, none without elements, and none of more "
        "than two axes"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        stretched({name: torch.zeros(shape) for name, shape in shapes.items()})
