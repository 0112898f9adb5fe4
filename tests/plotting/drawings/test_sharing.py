import inspect
import re
import runpy
import sys

import matplotlib as mpl
import numpy as np
import pytest
import torch

from course.plotting import sharing
from course.plotting.style import BLUE, DARK, INK, MUTED


def example():
    return sharing({"x": torch.ones(2)})


def exactly(message):
    return f"^{re.escape(message)}$"


def rows(figure):
    """Return for each row its name, and the text of each cell by its column: None if unfilled."""
    (axes,) = figure.axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    borders = [patch for patch in axes.patches if not patch.get_fill()]
    filled = {patch.get_xy() for patch in axes.patches if patch.get_fill()}
    found = {name: {} for name in names}
    for border, text in zip(borders, axes.texts, strict=True):
        left, top = border.get_xy()
        assert text.get_position() == (pytest.approx(left + 0.46), pytest.approx(top + 0.4))
        name = names[int(top)]
        own = name == "memory" or border.get_xy() in filled
        found[name][round(left - 0.04, 6)] = text.get_text() if own else None
    return found


def test_a_view_fills_the_cells_that_it_reads_in_its_order():
    x = torch.tensor([10.0, 20.0, 30.5])
    array = x.numpy()
    figure = sharing({"x": x, "x[1:]": x[1:], "[::2]": array[::2], "[::-1]": array[::-1]})
    assert rows(figure) == {
        "memory": {0: "10", 1: "20", 2: "30.5"},
        "x": {0: "0", 1: "1", 2: "2"},
        "x[1:]": {0: None, 1: "0", 2: "1"},
        "[::2]": {0: "0", 1: None, 2: "1"},
        "[::-1]": {0: "2", 1: "1", 2: "0"},
    }


def test_a_copy_is_a_block_of_its_own_beside_the_others():
    x = torch.tensor([1, 2])
    figure = sharing({"x": x, "copy": x.clone(), "same": x.numpy()})
    assert rows(figure) == {
        "memory": {0: "1", 1: "2", 2.8: "1", 3.8: "2"},
        "x": {0: "0", 1: "1"},
        "copy": {2.8: "0", 3.8: "1"},
        "same": {0: "0", 1: "1"},
    }


def test_a_table_is_read_row_by_row_and_its_transpose_otherwise():
    table = np.arange(6.0).reshape(2, 3)
    found = rows(sharing({"table": torch.from_numpy(table), "table.T": table.T}))
    assert "".join(found["table"].values()) == "012345"
    assert "".join(found["table.T"].values()) == "024135"


def test_a_cell_that_is_read_several_times_says_when():
    x = torch.tensor([7.0, 8.0])
    found = rows(sharing({"x": x, "x.expand": x[:1].expand(3)}))
    assert found["x.expand"] == {0: "0, 1, 2", 1: None}


def test_parts_that_a_later_one_joins_are_one_block():
    x = torch.tensor([1.0, 2.0, 3.0, 4.0])
    other = torch.tensor([5.0])
    found = rows(sharing({"left": x[:1], "other": other, "right": x[3:], "x": x}))
    assert found == {
        "memory": {0: "1", 1: "2", 2: "3", 3: "4", 4.8: "5"},
        "left": {0: "0", 1: None, 2: None, 3: None},
        "other": {4.8: "0"},
        "right": {0: None, 1: None, 2: None, 3: "0"},
        "x": {0: "0", 1: "1", 2: "2", 3: "3"},
    }


def test_neighbours_in_memory_that_do_not_overlap_are_two_blocks():
    x = torch.tensor([1.0, 2.0])
    assert rows(sharing({"one": x[:1], "two": x[1:]}))["memory"] == {0: "1", 1.8: "2"}
    assert rows(sharing({"two": x[1:], "one": x[:1]}))["memory"] == {0: "2", 1.8: "1"}


def test_what_lies_between_the_elements_and_belongs_to_nobody_is_empty():
    x = torch.tensor([1.0, 2.0, 3.0])
    assert rows(sharing({"x[::2]": x[::2]}))["memory"] == {0: "1", 1: "", 2: "3"}


def test_copies_of_other_types_have_cells_of_their_size():
    x = torch.tensor([1.0, 2.0])
    found = rows(sharing({"x": x, "double": x.double(), "bool": x > 1}))
    assert [len(found[name]) for name in ("x", "double", "bool")] == [2, 2, 2]
    assert list(found["memory"].values()) == ["1", "2", "1", "2", "0", "1"]


def test_a_tensor_that_needs_a_gradient_and_a_scalar_are_drawn():
    x = torch.tensor(5.0, requires_grad=True)
    assert rows(sharing({"x": x}))["memory"] == {0: "5"}


def test_filled_cells_stand_out_and_every_color_has_a_twin(svg_colors):
    x = torch.tensor([1.0, 2.0, 3.0])
    figure = sharing({"x[::2]": x[::2]})
    assert svg_colors(figure) == {INK, MUTED, BLUE} <= set(DARK)
    borders = [patch for patch in figure.axes[0].patches if not patch.get_fill()]
    edges = [mpl.colors.to_hex(patch.get_edgecolor()) for patch in borders]
    assert edges == [MUTED, BLUE, MUTED, MUTED, MUTED, BLUE]  # memory and name, cell by cell


def test_the_figure_has_room_for_its_cells_and_names():
    x = torch.zeros(3)
    figure = sharing({"x": x, "y": x.clone()})
    (axes,) = figure.axes
    assert axes.get_xlim() == pytest.approx((-0.1, 6.9))
    assert axes.get_ylim() == pytest.approx((3, -0.1))
    assert axes.get_yticks().tolist() == [0.5, 1.5, 2.5]
    assert len(axes.get_xticks()) == 0
    assert not any(spine.get_visible() for spine in axes.spines.values())
    assert axes.yaxis.majorTicks[0].tick1line.get_markersize() == 0
    small, longer, more = (
        sharing(holders).get_size_inches()
        for holders in ({"x": x}, {"a long name": x}, {"x": x, "y": x.clone()})
    )
    assert longer[0] > small[0] < more[0]
    assert longer[1] == small[1] < more[1]


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    sharing({"x": torch.zeros(2)})
    assert mpl.rcParams == before


@pytest.mark.parametrize("holders", [{}, {"x": torch.zeros(2), "none": torch.zeros(0)}])
def test_nothing_to_draw_is_refused(holders):
    message = f"got {list(holders)}: give at least one, and none without elements"
    with pytest.raises(ValueError, match=exactly(message)):
        sharing(holders)


def test_a_tensor_on_another_device_is_refused():
    with pytest.raises(ValueError, match=exactly("'x' is on meta: give tensors on the CPU")):
        sharing({"x": torch.zeros(2, device="meta")})


@pytest.mark.parametrize("other", [torch.int64, torch.int16])
def test_one_memory_read_in_cells_of_two_sizes_is_refused(other):
    x = torch.zeros(4, dtype=torch.float32)
    message = "'view' shares memory in cells of another size: give one type"
    with pytest.raises(ValueError, match=exactly(message)):
        sharing({"x": x, "view": x.view(other)})


def test_cells_that_are_shifted_against_each_other_are_refused():
    array = np.zeros(12, dtype=np.uint8)
    message = "'shifted' shares memory in cells of another size: give one type"
    with pytest.raises(ValueError, match=exactly(message)):
        sharing({"x": array[:8].view(np.int32), "shifted": array[2:10].view(np.int32)})


def test_the_module_is_imported_without_numpy(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)  # an import of it raises
    runpy.run_path(inspect.getfile(sharing))
