import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import isotonic_regression

from course.plotting.layers import arrange, crossings, depths, rising

CIRCLE = "^the edges lead in a circle: give a graph in which every way ends$"


@st.composite
def graphs(draw):
    """Return a count of boxes and edges that lead from a smaller to a larger number."""
    count = draw(st.integers(1, 8))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    edges = draw(st.lists(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=12))
    return count, [(min(pair), max(pair)) for pair in edges]


# arrange


@given(graphs(), st.data())
def test_items_of_a_layer_stand_apart_and_every_edge_goes_down_layer_by_layer(graph, data):
    count, edges = graph
    width = st.floats(1, 50)
    widths = data.draw(st.lists(width, min_size=count, max_size=count))
    notes = data.draw(st.lists(width, min_size=len(edges), max_size=len(edges)))
    chains, rows, x, room = arrange(widths, edges, notes, gap=5)
    layer = {item: number for number, row in enumerate(rows) for item in row}
    assert sorted(layer) == list(range(len(x)))
    assert all(layer[box] % 2 == 0 for box in range(count))
    for chain, edge in zip(chains, edges, strict=True):
        assert (chain[0], chain[-1]) == edge
        assert [layer[item] - layer[edge[0]] for item in chain] == list(range(len(chain)))
    assert room[:count] == widths
    assert [room[chain[1]] for chain in chains] == notes
    assert sum(room) == pytest.approx(sum(widths) + sum(notes))
    for row in rows:
        for left, right in itertools.pairwise(row):
            apart = (room[left] + room[right]) / 2 + 5
            assert x[right] - x[left] >= apart - 1e-6


def test_a_chain_hangs_straight():
    layout = arrange([10, 50, 20], [(0, 1), (1, 2)], [0, 0], gap=5)
    assert set(layout.x) == {0.0}


def test_a_box_hangs_in_the_middle_below_those_that_lead_to_it():
    layout = arrange([10, 10, 10, 10], [(0, 1), (0, 2), (1, 3), (2, 3)], [0] * 4, gap=6)
    assert layout.x[:4] == [0, -8, 8, 0]


def test_an_edge_that_passes_a_layer_of_boxes_has_a_bend_there():
    chains, rows, *_ = arrange([10, 10, 10], [(0, 1), (1, 2), (0, 2)], [0] * 3, gap=5)
    assert [len(chain) for chain in chains] == [3, 3, 5]
    assert set(rows[2]) == {1, chains[2][2]}


def test_the_order_takes_away_crossings_that_need_not_be():
    # As given, both lines of the second pair would cross those of the first.
    edges = [(0, 1), (0, 2), (1, 4), (2, 3)]
    layout = arrange([10] * 5, edges, [0] * 4, gap=5)
    x = layout.x
    assert (x[1] - x[2]) * (x[4] - x[3]) > 0


def test_a_tree_is_drawn_without_crossings_in_whatever_order_it_comes():
    leaves = [(1 + (3 * k) % 4, 5 + k) for k in range(8)]
    layout = arrange([10] * 13, [*((0, k) for k in range(1, 5)), *leaves], [0] * 12, gap=5)
    below = [[] for _ in layout.x]
    for chain in layout.chains:
        for upper, lower in itertools.pairwise(chain):
            below[upper].append(lower)
    assert crossings(layout.rows, below) == 0


def test_boxes_without_edges_stand_in_a_row():
    assert arrange([10, 20], [], [], gap=4) == ([], [[0, 1]], [-9.5, 9.5], [10, 20])


@pytest.mark.parametrize("edges", [[(0, 0)], [(0, 1), (1, 0)], [(0, 1), (1, 2), (2, 1)]])
def test_a_circle_is_refused(edges):
    with pytest.raises(ValueError, match=CIRCLE):
        arrange([10] * 3, edges, [0] * len(edges), gap=5)


# depths


@given(graphs())
def test_the_depth_is_the_length_of_the_longest_way(graph):
    count, edges = graph

    def longest(box):
        return max((1 + longest(start) for start, end in edges if end == box), default=0)

    assert depths(count, edges) == [longest(box) for box in range(count)]


def test_a_long_chain_given_backwards_is_no_circle():
    edges = [(k, k + 1) for k in range(9)]
    assert depths(10, edges[::-1]) == list(range(10))


# crossings


@given(st.permutations(range(4)), st.permutations(range(4)))
def test_crossings_are_counted_pair_by_pair(upper, lower):
    links = [(0, 4), (0, 6), (1, 4), (2, 7), (3, 5), (3, 5)]
    rows = [list(upper), [4 + k for k in lower]]
    below = [[end for start, end in links if start == item] for item in range(8)]
    expected = sum(
        (rows[0].index(a) - rows[0].index(c)) * (rows[1].index(b) - rows[1].index(d)) < 0
        for (a, b), (c, d) in itertools.combinations(links, 2)
    )
    assert crossings(rows, below) == expected


# rising


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=9))
def test_the_closest_rising_numbers_are_those_of_scikit_learn(values):
    ours = rising(values)
    assert ours == pytest.approx(list(isotonic_regression(values)), abs=1e-9)


def test_no_numbers_rise_to_none():
    assert rising([]) == []
