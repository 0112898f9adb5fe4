import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from course.plotting import diagram
from course.plotting.style import BLUE, DARK, INK, MUTED, ORANGE


def example():
    return diagram(["f", "x"], [(0, 1)])


def exactly(message):
    return f"^{re.escape(message)}$"


def drawn(figure):
    """Return the outlines of the boxes, the arrows, and the texts."""
    (axes,) = figure.axes
    boxes = [p for p in axes.patches if isinstance(p, FancyBboxPatch) and not p.get_fill()]
    arrows = [p for p in axes.patches if isinstance(p, FancyArrowPatch)]
    return boxes, arrows, axes.texts


def lines(arrows):
    """Return the points along each line, and whether it ends in a head."""
    return [
        (
            np.vstack(arrow._path_original.to_polygons(closed_only=False)),
            type(arrow.get_arrowstyle()).__name__ == "CurveFilledB",
        )
        for arrow in arrows
    ]


TWICE = ["f", "x y", "x\n(3,)", "y\n(3,)"], [(0, 1), (1, 2), (1, 3), (0, 2)]


def test_every_node_is_a_box_with_its_text_inside():
    figure = diagram(*TWICE)
    boxes, _, texts = drawn(figure)
    assert [text.get_text() for text in texts] == TWICE[0]
    figure.draw_without_rendering()
    for box, text in zip(boxes, texts, strict=True):
        inner, outer = text.get_window_extent(), box.get_window_extent()
        assert outer.x0 < inner.x0 < inner.x1 < outer.x1
        assert outer.y0 < inner.y0 < inner.y1 < outer.y1


def test_an_end_has_a_round_filled_box_and_the_others_do_not():
    (axes,) = diagram(*TWICE).axes
    boxes = [p for p in axes.patches if isinstance(p, FancyBboxPatch)]
    outlines = [box for box in boxes if not box.get_fill()]
    styles = [type(box.get_boxstyle()).__name__ for box in outlines]
    assert styles == ["Square", "Square", "Round", "Round"]
    assert [to_hex(box.get_edgecolor()) for box in outlines] == [MUTED, MUTED, BLUE, BLUE]
    assert [box.get_linewidth() for box in outlines] == [1.0, 1.0, 1.8, 1.8]
    filled = [box for box in boxes if box.get_fill()]
    assert [to_hex(box.get_facecolor()) for box in filled] == [BLUE, BLUE]
    assert [(b.get_x(), b.get_y(), b.get_width(), b.get_height()) for b in filled] == [
        (b.get_x(), b.get_y(), b.get_width(), b.get_height()) for b in outlines[2:]
    ]


def test_an_arrow_leads_from_the_lower_side_of_a_box_to_the_upper_side_of_another():
    boxes, arrows, _ = drawn(diagram(*TWICE))
    for (points, head), (start, end) in zip(lines(arrows), TWICE[1], strict=True):
        assert head
        upper, lower = boxes[start], boxes[end]
        assert points[0][1] == pytest.approx(upper.get_y())
        assert upper.get_x() < points[0][0] < upper.get_x() + upper.get_width()
        assert points[-1][1] == pytest.approx(lower.get_y() + lower.get_height())
        assert lower.get_x() < points[-1][0] < lower.get_x() + lower.get_width()
        assert (np.diff(points[:, 1]) <= 1e-9).all()


def test_two_edges_between_the_same_nodes_are_two_arrows_side_by_side():
    _, arrows, _ = drawn(diagram(["w w", "w"], [(0, 1), (0, 1)]))
    (first, _), (second, _) = lines(arrows)
    assert (np.abs(first[:, 0] - second[:, 0]) > 5).all()


def test_a_box_is_wide_enough_for_many_arrows():
    boxes, arrows, _ = drawn(
        diagram(
            ["a", *"bcdefgh", "i"], [(0, k) for k in range(1, 8)] + [(k, 8) for k in range(1, 8)]
        )
    )
    starts = sorted(points[0][0] for points, _ in lines(arrows)[:7])
    ends = sorted(points[-1][0] for points, _ in lines(arrows)[7:])
    assert min(np.diff(starts)) > 10
    assert min(np.diff(ends)) > 10
    assert boxes[0].get_width() == boxes[8].get_width()


def test_arrows_leave_a_box_in_the_order_of_their_ends():
    boxes, arrows, _ = drawn(diagram(["a", "b", "c", "d"], [(0, 3), (0, 1), (0, 2)]))
    middle = [box.get_x() + box.get_width() / 2 for box in boxes]
    for (points, _), end in zip(lines(arrows), (3, 1, 2), strict=True):
        assert np.sign(round(points[0][0])) == np.sign(round(middle[end]))


def test_a_note_stands_in_the_gap_of_its_arrow():
    figure = diagram(["f", "x", "y"], [(0, 1), (0, 2)], notes=["3.14159", "2"])
    _, arrows, texts = drawn(figure)
    assert [text.get_text() for text in texts[3:]] == ["3.14159", "2"]
    assert {text.get_color() for text in texts[3:]} == {ORANGE}
    assert [head for _, head in lines(arrows)] == [False, True, False, True]
    for number, note in enumerate(texts[3:]):
        (above, _), (below, _) = lines(arrows)[2 * number : 2 * number + 2]
        x, y = note.get_position()
        assert above[-1][0] == below[0][0] == x
        assert above[-1][1] > y > below[0][1]


@st.composite
def graphs(draw):
    count = draw(st.integers(1, 9))
    nodes = draw(
        st.lists(
            st.sampled_from(["f", "MulBackward0", "x\n(3, 4)", "b"]), min_size=count, max_size=count
        )
    )
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    edges = draw(st.lists(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=14))
    edges = [(min(pair), max(pair)) for pair in edges]
    notes = draw(st.sampled_from([[], [f"{k}.25" for k in range(len(edges))]]))
    return nodes, edges, notes


@settings(max_examples=15, deadline=None)
@given(graphs())
def test_no_texts_overlap_no_line_runs_through_a_box_and_nothing_is_cut_off(graph):
    plt.close("all")
    figure = diagram(*graph)
    figure.draw_without_rendering()
    boxes, arrows, texts = drawn(figure)
    extents = [box.get_window_extent() for box in boxes]
    extents += [text.get_window_extent() for text in texts[len(boxes) :]]
    for index, one in enumerate(extents):
        assert not any(one.overlaps(other) for other in extents[index + 1 :])
        assert figure.bbox.x0 <= one.x0 < one.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= one.y0 < one.y1 <= figure.bbox.y1
    (axes,) = figure.axes
    for points, _ in lines(arrows):
        for x, y in axes.transData.transform(points)[1:-1]:
            inside = (e for e in extents[: len(boxes)] if e.x0 < x < e.x1 and e.y0 < y < e.y1)
            assert not list(inside)


def test_the_figure_is_as_large_as_the_graph_with_text_of_one_size():
    small, large = diagram(["f", "x"], [(0, 1)]), diagram(*TWICE)
    for figure in (small, large):
        (axes,) = figure.axes
        assert axes.get_position().bounds == (0, 0, 1, 1)
        width, height = 72 * figure.get_size_inches()
        assert width == pytest.approx(np.diff(axes.get_xlim())[0])
        assert height == pytest.approx(np.diff(axes.get_ylim())[0])
        assert {text.get_size() for text in axes.texts} == {11}
        assert {text.get_color() for text in axes.texts} == {INK}
        assert not axes.axison
    assert (large.get_size_inches() > small.get_size_inches()).all()


def test_three_operations_side_by_side_fit_on_a_phone():
    nodes = ["MeanBackward0", "AddmmBackward0", "ReluBackward0", "PowBackward0"]
    width, _ = diagram(nodes, [(0, 1), (0, 2), (0, 3)]).get_size_inches()
    assert width <= 5


def test_one_node_alone_is_a_figure_and_so_is_a_text_with_an_empty_line():
    assert len(drawn(diagram(["w"], []))[0]) == 1
    assert len(drawn(diagram(["w\n\n(3,)"], []))[0]) == 1


def test_sixty_nodes_are_drawn_and_one_more_is_refused():
    nodes = [str(k) for k in range(61)]
    edges = [(k, k + 1) for k in range(59)]
    assert len(drawn(diagram(nodes[:60], edges))[0]) == 60
    with pytest.raises(ValueError, match=exactly("got 61 nodes: give between 1 and 60")):
        diagram(nodes, edges)
    with pytest.raises(ValueError, match=exactly("got 0 nodes: give between 1 and 60")):
        diagram([], [])


@pytest.mark.parametrize("edge", [(0, 2), (2, 0), (-1, 0)])
def test_an_edge_to_nowhere_is_refused(edge):
    message = f"edges [{edge}] name no node: give positions below 2"
    with pytest.raises(ValueError, match=exactly(message)):
        diagram(["f", "x"], [(0, 1), edge])


def test_a_circle_is_refused():
    message = "the edges lead in a circle: give a graph in which every way ends"
    with pytest.raises(ValueError, match=exactly(message)):
        diagram(["f", "x"], [(0, 1), (1, 0)])


@pytest.mark.parametrize("notes", [["1"], ["1", "2", "3"]])
def test_notes_for_some_edges_only_are_refused(notes):
    message = f"got {len(notes)} notes for 2 edges: give one for each"
    with pytest.raises(ValueError, match=exactly(message)):
        diagram(["f", "x"], [(0, 1), (0, 1)], notes)


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    colors = svg_colors(diagram(*TWICE, notes=["1", "2", "3", "4"]))
    assert {INK, MUTED, BLUE, ORANGE} <= colors <= set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    diagram(*TWICE)
    assert mpl.rcParams == before
