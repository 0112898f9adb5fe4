"""Boxes and arrows: what was computed from what."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from course.plotting.layers import Layout, arrange
from course.plotting.style import BLUE, INK, MUTED, ORANGE, new_axes, styled

# All in points, of which 72 are an inch.
SIZE, LINE, PADDING, GAP, MARGIN = 11.0, 14.0, 7.0, 13.0, 4.0
MOST = 60  # boxes; a larger graph is a tangle, and no longer fits on a page


class _Place(NamedTuple):
    """The middle of an item, and how far it reaches to each side, and up and down."""

    x: float
    y: float
    across: float
    along: float


def diagram(
    nodes: Sequence[str], edges: Sequence[tuple[int, int]], notes: Sequence[str] = ()
) -> Figure:
    """Return a figure of a graph in layers, with an arrow downwards for each edge.

    A node that no edge leaves, an end, has a filled box. The figure is as large as the graph needs.

    Args:
        nodes: The text of each node, of one line or several.
        edges: Pairs of nodes by their position in `nodes`: from and to. A pair may be there twice.
        notes: For each edge what stands on its arrow; without them nothing does.

    Raises:
        ValueError: If there are no nodes, or more than fit on a page, if an edge names none of
            them, if the edges lead in a circle, or if there is not one note for each edge.

    Examples:
        >>> figure = diagram(["f", "x", "y"], [(0, 1), (0, 2)], notes=["3", "2"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['f', 'x', 'y', '3', '2']
    """
    if not 1 <= len(nodes) <= MOST:
        raise ValueError(f"got {len(nodes)} nodes: give between 1 and {MOST}")
    if strangers := [edge for edge in edges if not all(0 <= end < len(nodes) for end in edge)]:
        raise ValueError(f"edges {strangers} name no node: give positions below {len(nodes)}")
    if notes and len(notes) != len(edges):
        raise ValueError(f"got {len(notes)} notes for {len(edges)} edges: give one for each")
    notes = notes or [""] * len(edges)
    widths = _widths(nodes, edges)
    layout = arrange(widths, edges, [_width(text) for text in notes], GAP)
    heights = [len(text.splitlines()) * LINE + PADDING for text in nodes]
    places = _stacked(layout, heights, LINE if any(notes) else 0.0)

    figure, axes = new_axes("", "")
    with styled():
        ends = set(range(len(nodes))) - {start for start, _ in edges}
        for node, text in enumerate(nodes):
            _box(axes, places[node], text, node in ends)
        ports = _ports(layout, places)
        for chain, note, (start, end) in zip(layout.chains, notes, ports, strict=True):
            _arrow(axes, [places[item] for item in chain], start, end, note)
    _fit(figure, axes, places)
    return figure


def _widths(nodes: Sequence[str], edges: Sequence[tuple[int, int]]) -> list[float]:
    """Return for each node a width that its text needs, and its arrows side by side."""
    leave, arrive = (Counter(ends) for ends in zip(*edges, strict=True)) if edges else ({}, {})
    arrows = [max(leave.get(node, 0), arrive.get(node, 0)) for node in range(len(nodes))]
    return [
        max(_width(text) + 2 * PADDING, (count + 1) * GAP)
        for text, count in zip(nodes, arrows, strict=True)
    ]


def _width(text: str) -> float:
    font = FontProperties(size=SIZE)
    lines = [line for line in text.splitlines() if line.strip()]
    return max((TextPath((0, 0), line, prop=font).get_extents().x1 for line in lines), default=0.0)


def _stacked(layout: Layout, heights: list[float], note: float) -> list[_Place]:
    """Return the place of each item, layer under layer.

    A bend is as high as its layer, so that its line passes between boxes straight down.
    """
    places = {}
    y = 0.0
    for number, row in enumerate(layout.rows):
        tallest = note if number % 2 else max(heights[item] for item in row if item < len(heights))
        for item in row:
            along = (heights[item] if item < len(heights) else tallest) / 2
            across = layout.widths[item] / 2
            places[item] = _Place(layout.x[item], y - tallest / 2, across, along)
        y -= tallest + GAP
    return [places[item] for item in range(len(places))]


def _ports(layout: Layout, places: list[_Place]) -> list[tuple[float, float]]:
    """Return for each edge where it leaves its first box and where it enters its last.

    Arrows that share a side of a box share its width, in the order in which they come.
    """
    ports = [[0.0, 0.0] for _ in layout.chains]
    for side, (box, bend) in enumerate([(0, 1), (-1, -2)]):
        for item, place in enumerate(places):
            own = [k for k, chain in enumerate(layout.chains) if chain[box] == item]
            own.sort(key=lambda k: places[layout.chains[k][bend]].x)
            for index, k in enumerate(own):
                share = (index + 1) / (len(own) + 1) - 0.5
                ports[k][side] = place.x + 2 * place.across * share
    return [(start, end) for start, end in ports]


def _box(axes: Axes, place: _Place, text: str, end: bool) -> None:
    corner = place.x - place.across, place.y - place.along
    size = 2 * place.across, 2 * place.along
    style = "round,pad=0,rounding_size=5" if end else "square,pad=0"
    edge, width = (BLUE, 1.8) if end else (MUTED, 1.0)
    axes.add_patch(
        FancyBboxPatch(corner, *size, boxstyle=style, fill=False, edgecolor=edge, linewidth=width)
    )
    if end:
        axes.add_patch(
            FancyBboxPatch(corner, *size, boxstyle=style, color=BLUE, alpha=0.2, linewidth=0)
        )
    axes.text(place.x, place.y, text, ha="center", va="center", color=INK, size=SIZE)


def _arrow(axes: Axes, places: list[_Place], start: float, end: float, note: str) -> None:
    """Draw a line down from place to place, broken where the note stands, and its head."""
    first, *bends, last = places
    lines = [[(start, first.y - first.along)]]
    for number, bend in enumerate(bends):
        if number % 2 or note:  # in a layer of boxes, or else there is nothing to go around
            lines[-1].append((bend.x, bend.y + bend.along))
            lines.extend([[]] if number == 0 else [])
            lines[-1].append((bend.x, bend.y - bend.along))
    lines[-1].append((end, last.y + last.along))
    for number, points in enumerate(lines):
        style = "-|>" if number == len(lines) - 1 else "-"
        axes.add_patch(
            FancyArrowPatch(
                path=_smooth(points),
                arrowstyle=style,
                mutation_scale=10,
                color=ORANGE,
                linewidth=1.4,
                fill=style == "-|>",
            )
        )
    if note:
        place = bends[0]
        axes.text(place.x, place.y, note, ha="center", va="center", color=ORANGE, size=SIZE)


def _smooth(points: list[tuple[float, float]]) -> Path:
    """Return a curve through the points that is upright at each of them."""
    corners, codes = [points[0]], [Path.MOVETO]
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (y0 + y1) / 2
        corners.extend([(x0, middle), (x1, middle), (x1, y1)])
        codes.extend([Path.CURVE4] * 3)
    return Path(corners, codes)


def _fit(figure: Figure, axes: Axes, places: list[_Place]) -> None:
    """Make the figure as large as what it shows, so that text is as large as it is meant."""
    left = min(place.x - place.across for place in places) - MARGIN
    right = max(place.x + place.across for place in places) + MARGIN
    bottom = min(place.y - place.along for place in places) - MARGIN
    figure.set_layout_engine("none")
    figure.set_size_inches((right - left) / 72, (MARGIN - bottom) / 72)
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(left, right), ylim=(bottom, MARGIN))
    axes.set_axis_off()
