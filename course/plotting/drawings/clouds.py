"""Points in the plane, in groups that differ in their colour and in their mark."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from torch import Tensor

from course.plotting.style import COLORS, MARKS, columns, new_axes, on_cpu, styled


def clouds(
    groups: Mapping[str, Tensor | Sequence[tuple[float, float]]], xlabel: str, ylabel: str
) -> Figure:
    """Return a figure of the points of one or more named groups.

    Args:
        groups: For each name its points, shape `(n, 2)`, horizontal position first.
        xlabel: What the horizontal axis measures, with its unit.
        ylabel: What the vertical axis measures, with its unit.

    Raises:
        ValueError: If there are no groups, or more than there are colours, or if one is empty or
            has another shape.

    Examples:
        >>> figure = clouds({"ill": [(0.2, 1.0)], "well": [(0.9, 3.0), (0.7, 2.5)]}, "a", "b")
        >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        ['ill', 'well']
    """
    if not 1 <= len(groups) <= len(COLORS):
        raise ValueError(f"got {len(groups)} groups: give between 1 and {len(COLORS)}")
    tables = {name: on_cpu(points) for name, points in groups.items()}
    for name, table in tables.items():
        if table.ndim != 2 or table.shape[1] != 2 or len(table) == 0:
            shape = tuple(table.shape)
            raise ValueError(f"{name!r} has shape {shape}: give it (n, 2), n at least 1")
    figure, axes = new_axes(xlabel, ylabel)
    for (name, table), color, mark in zip(tables.items(), COLORS, MARKS, strict=False):
        axes.scatter(table[:, 0], table[:, 1], s=22, color=color, marker=mark, label=name)
    if len(tables) > 1:
        with styled():
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns(tables, beside=0.9))
    return figure
