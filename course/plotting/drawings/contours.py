"""Paths over the contours of a cost of two parameters, to compare where they lead."""

from collections.abc import Mapping, Sequence

import torch
from matplotlib.figure import Figure
from torch import Tensor

from course.plotting.style import (
    COLORS,
    DASHES,
    INK,
    MUTED,
    columns,
    new_axes,
    on_cpu,
    on_phone,
    page_width,
    size,
    styled,
)


def contours(
    grid: Mapping[str, Tensor],
    cost: Tensor,
    paths: Mapping[str, Tensor],
    points: Mapping[str, Tensor | Sequence[float]] | None = None,
    equal: bool = False,
) -> Figure:
    """Return a figure of the contours of a cost, with paths from a ring to a filled dot.

    Args:
        grid: For each of two parameters, by its label, the values at which the cost is known, in
            ascending order: shapes `(k,)` and `(m,)`.
        cost: The cost on the grid, shape `(k, m)`.
        paths: For each name the points of a path, shape `(t, 2)`.
        points: For each name a place to mark with a cross, shape `(2,)`.
        equal: Whether both axes have the same unit, so that a right angle is one.

    Raises:
        ValueError: If the shapes do not belong together, or if there are more paths than colours.

    Examples:
        >>> values = torch.linspace(-2, 2, 21)
        >>> cost = values.unsqueeze(1) ** 2 + 4 * values**2
        >>> figure = contours({"a": values, "b": values}, cost, {"down": [[2.0, 1.0], [0.0, 0.0]]})
        >>> figure.axes[0].get_xlabel()
        'a'
    """
    values = [tensor.detach().cpu() for tensor in grid.values()]
    lengths = [len(value) for value in values]
    if len(lengths) != 2 or list(cost.shape) != lengths:
        shapes = f"{tuple(cost.shape)}, the grid {tuple(lengths)}"
        raise ValueError(f"cost has shape {shapes}: give both the shape (k, m)")
    if len(paths) > len(COLORS):
        raise ValueError(f"got {len(paths)} paths: give at most {len(COLORS)}")
    walked = {name: on_cpu(path) for name, path in paths.items()}
    for name, path in walked.items():
        if path.ndim != 2 or path.shape[1] != 2 or len(path) == 0:
            raise ValueError(f"path {name!r} has shape {tuple(path.shape)}: give it (t, 2)")
    figure, axes = new_axes(*grid)
    # The legend stands above, and a map wants to be nearly square.
    figure.set_size_inches(size(5.0, phone=4.2))
    heights = cost.detach().cpu()
    # Squares, so that the contours of a bowl are drawn at equal distances.
    levels = (
        heights.min()
        + (heights.max() - heights.min()) * torch.linspace(0.04, 1, 14, device=heights.device) ** 2
    )
    axes.contour(*values, heights.T, levels=levels, colors=MUTED, linewidths=0.8)
    for (name, path), color, dashes in zip(walked.items(), COLORS, DASHES, strict=False):
        axes.plot(*path.T, dashes, color=color, linewidth=1.6, label=name)
        axes.plot(*path[0], marker="o", markersize=7, color=color, markerfacecolor="none")
        axes.plot(*path[-1], marker="o", markersize=7, color=color)
    for name, point in (points or {}).items():
        place = on_cpu(point)
        axes.plot(*place, "x", color=INK, markersize=8, markeredgewidth=2, label=name)
    axes.set_xlim(values[0][0].item(), values[0][-1].item())
    axes.set_ylim(values[1][0].item(), values[1][-1].item())
    if equal:
        figure.set_size_inches((3.7, 5.0) if on_phone() else (5.4, 5.8))
        axes.set_aspect("equal")
    if axes.lines:
        with styled():
            beside = page_width() - figure.get_figwidth()
            across = columns([*walked, *(points or {})], beside)
            figure.legend(loc="outside upper left", ncols=across)
    return figure
