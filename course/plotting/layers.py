"""Places for the boxes of a graph: in layers, with lines that cross little and run beside boxes."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

Edge = tuple[int, int]
SWEEPS = 12  # down or up; graphs that fit on a page change no more after a few


class Layout(NamedTuple):
    """Where things stand: the first items are the boxes, the others bends of lines.

    Attributes:
        chains: For each edge the items on its way, from box to box; one for each layer.
        rows: The items of each layer, from left to right. Boxes stand in every second layer.
        x: For each item its middle.
        widths: For each item its width; a bend may have a note.
    """

    chains: list[list[int]]
    rows: list[list[int]]
    x: list[float]
    widths: list[float]


def arrange(
    widths: Sequence[float], edges: Sequence[Edge], notes: Sequence[float], gap: float
) -> Layout:
    """Return places in layers, every edge leading downwards.

    Source: Sugiyama, Tagawa and Toda, *Methods for visual understanding of hierarchical system
    structures* (1981): layers, then an order in each layer, then the places.

    Args:
        widths: The width of each box.
        edges: Pairs of boxes by their number. A pair may be there twice.
        notes: For each edge the width that its first bend needs.
        gap: Between neighbours in a layer.

    Raises:
        ValueError: If the edges lead in a circle.

    Examples:
        >>> layout = arrange([40, 20, 20], [(0, 1), (0, 2)], [0, 0], gap=10)
        >>> layout.rows, layout.x[:3]
        ([[0], [3, 4], [1, 2]], [0.0, -15.0, 15.0])
    """
    layer = [2 * depth for depth in depths(len(widths), edges)]
    room, chains = list(widths), []
    for (start, end), note in zip(edges, notes, strict=True):
        between = range(layer[start] + 1, layer[end])
        bends = range(len(layer), len(layer) + len(between))
        chains.append([start, *bends, end])
        layer.extend(between)
        room.extend([note, *[0.0] * (len(between) - 1)])
    rows: list[list[int]] = [[] for _ in range(max(layer) + 1)]
    for item, number in enumerate(layer):
        rows[number].append(item)
    above: list[list[int]] = [[] for _ in layer]
    below: list[list[int]] = [[] for _ in layer]
    for chain in chains:
        for upper, lower in pairwise(chain):
            above[lower].append(upper)
            below[upper].append(lower)
    rows = _untangled(rows, above, below)
    return Layout(chains, rows, _placed(rows, above, below, room, gap), room)


def depths(count: int, edges: Sequence[Edge]) -> list[int]:
    """Return for each box how many edges its longest way from the top has.

    Args:
        count: How many boxes there are.
        edges: Pairs of boxes by their number.

    Raises:
        ValueError: If the edges lead in a circle.

    Examples:
        >>> depths(3, [(0, 1), (1, 2), (0, 2)])
        [0, 1, 2]
    """
    depth = [0] * count
    for _ in range(count):
        before = list(depth)
        for start, end in edges:
            depth[end] = max(depth[end], depth[start] + 1)
        if depth == before:
            return depth
    raise ValueError("the edges lead in a circle: give a graph in which every way ends")


def crossings(rows: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> int:
    """Return how many pairs of lines cross between neighbouring layers.

    Args:
        rows: The items of each layer, from left to right.
        below: For each item those in the next layer to which lines lead.

    Examples:
        >>> crossings([[0, 1], [2, 3]], below=[[3], [2], [], []])
        1
    """
    place = {item: index for row in rows for index, item in enumerate(row)}
    total = 0
    for row in rows:
        ends = [end for item in row for end in sorted(place[each] for each in below[item])]
        total += sum(a > b for index, a in enumerate(ends) for b in ends[index + 1 :])
    return total


def _untangled(
    rows: list[list[int]], above: list[list[int]], below: list[list[int]]
) -> list[list[int]]:
    """Return the best order met while each item goes to the mean place of its neighbours."""
    best, fewest = rows, crossings(rows, below)
    for sweep in range(SWEEPS):
        neighbours, step = (above, 1) if sweep % 2 == 0 else (below, -1)
        rows = [list(row) for row in rows]
        for number in range(len(rows))[::step]:
            place = {item: index for row in rows for index, item in enumerate(row)}
            means = {
                item: fmean(place[each] for each in neighbours[item] or [item])
                for item in rows[number]
            }
            rows[number].sort(key=means.__getitem__)
        if (count := crossings(rows, below)) < fewest:
            best, fewest = rows, count
    return best


def _placed(
    rows: list[list[int]],
    above: list[list[int]],
    below: list[list[int]],
    room: list[float],
    gap: float,
) -> list[float]:
    """Return the middle of each item, near those of its neighbours and apart in its layer."""
    x = [0.0] * len(room)
    for sweep in range(SWEEPS + 1):  # the last one leads down, so that what can hangs straight
        neighbours, step = (above, 1) if sweep % 2 == 0 else (below, -1)
        for row in rows[::step]:
            offsets = [0.0]
            for left, right in pairwise(row):
                offsets.append(offsets[-1] + (room[left] + room[right]) / 2 + gap)
            shift = fmean(offsets)
            wanted = [
                fmean([x[each] for each in neighbours[item]] or [offset - shift])
                for item, offset in zip(row, offsets, strict=True)
            ]
            free = [place - offset for place, offset in zip(wanted, offsets, strict=True)]
            for item, place, offset in zip(row, rising(free), offsets, strict=True):
                x[item] = place + offset
    return x


def rising(values: Sequence[float]) -> list[float]:
    """Return the numbers that never fall and are closest to the given ones, in squares.

    Source: Barlow et al., *Statistical Inference under Order Restrictions* (1972): neighbours that
    stand in the wrong order are pooled to their mean.

    Args:
        values: Numbers in any order.

    Examples:
        >>> rising([1, 5, 3, 8])
        [1.0, 4.0, 4.0, 8.0]
    """
    pools: list[tuple[float, int]] = []
    for value in values:
        total, count = float(value), 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            before = pools.pop()
            total, count = total + before[0], count + before[1]
        pools.append((total, count))
    return [total / count for total, count in pools for _ in range(count)]
