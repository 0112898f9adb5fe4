"""Descent as one picture: the data and the line, the cost, and the path so far, side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from torch import Tensor

from course.plotting.style import BLUE, INK, MUTED, ORANGE, Drawing, on_phone, page_width, styled


def paths(
    x: Tensor,
    y: Tensor,
    rows: Mapping[str, Tensor],
    grid: Mapping[str, Tensor],
    cost: Tensor,
    xlabel: str = "x",
    ylabel: str = "y",
    costlabel: str = "cost",
) -> Figure:
    """Return a figure with two pictures per row: the last line of a path, and the path on the cost.

    On the left are the data, the path's last line with its residuals, and its earlier lines, as far
    as they can be told apart. On the right is the cost, a curve over one parameter or contours over
    two, with every point of the path. Rows may be moments of one descent, or whole descents to
    compare.

    Args:
        x: Inputs of the data, shape `(n,)`.
        y: Targets of the data, shape `(n,)`.
        rows: For each title the path so far: slopes `(t,)`, or slopes and biases `(t, 2)`.
        grid: For each parameter, by its label, the values at which the cost is known, in
            ascending order: shape `(k,)` for the slope and, if there is one, `(m,)` for the bias.
        cost: The cost on the grid, shape `(k,)` or `(k, m)`.
        xlabel: What the inputs are, with their unit.
        ylabel: What the targets are, with their unit.
        costlabel: What the cost is, with its unit; the curve's axis has this label.

    Raises:
        ValueError: If the shapes do not belong together, or if a path leaves the grid.

    Examples:
        >>> x = torch.tensor([1.0, 2.0])
        >>> slopes = torch.tensor([0.0, 1.0, 2.0, 3.0])
        >>> cost = ((slopes.outer(x) - 2 * x) ** 2).mean(dim=1)
        >>> path = torch.tensor([0.0, 1.5, 1.9])
        >>> figure = paths(x, 2 * x, {"start": path[:1], "end": path}, {"slope": slopes}, cost)
        >>> len(figure.axes)
        4
    """
    values = [tensor.detach().cpu() for tensor in grid.values()]
    if not 1 <= len(values) <= 2 or list(cost.shape) != [len(value) for value in values]:
        lengths = tuple(len(value) for value in values)
        raise ValueError(
            f"cost has shape {tuple(cost.shape)}, the grid {lengths}: give the cost of one slope, "
            "or of one slope and one bias, at each point of the grid"
        )
    walked = {title: _inside(title, path, values) for title, path in rows.items()}
    with styled():
        figure, table = _pairs(len(rows))
        for (title, path), (left, right) in zip(walked.items(), table, strict=True):
            _draw_lines(left, x.detach().cpu(), y.detach().cpu(), path)
            _draw_cost(right, values, cost.detach().cpu(), path)
            left.set_title(title, loc="left", fontsize="medium")
            left.set(xlabel=xlabel, ylabel=ylabel)
            right.set(xlabel=next(iter(grid)), ylabel=[*grid, costlabel][1])
        if not on_phone():
            for axes in table[:-1].flat:  # above others with the same axis
                axes.set_xlabel("")
                axes.tick_params(labelbottom=False)
        figure.align_ylabels()
    return figure


def _pairs(count: int) -> tuple[Figure, Any]:
    """Return a figure of pairs of axes, side by side or, on a phone, below one another."""
    rows, across, height = (2 * count, 1, 2.1) if on_phone() else (count, 2, 2.3)
    sides = (page_width(), 0.4 + height * rows)
    figure, table = plt.subplots(rows, across, figsize=sides, squeeze=False, FigureClass=Drawing)
    table = table.reshape(count, 2)
    for first, *others in table.T:
        for axes in others:
            axes.sharex(first)
            axes.sharey(first)
    return figure, table


def _inside(title: str, path: Tensor, values: Sequence[Tensor]) -> Tensor:
    """Return the path as `(t, 1)` or `(t, 2)`, all of it inside the grid."""
    points = path.detach().cpu()
    points = points.unsqueeze(-1) if points.ndim == 1 else points
    if points.ndim != 2 or len(points) == 0 or points.shape[1] != len(values):
        wanted = "(t,)" if len(values) == 1 else "(t, 2)"
        raise ValueError(f"path {title!r} has shape {tuple(path.shape)}: give it {wanted}")
    for column, value in zip(points.T, values, strict=True):
        if not (value[0] <= column).all() or not (column <= value[-1]).all():
            reach = f"{column.min().item():g} to {column.max().item():g}"
            known = f"{value[0].item():g} to {value[-1].item():g}"
            raise ValueError(f"path {title!r} reaches from {reach}: the grid has only {known}")
    return points


def _draw_lines(axes: Axes, x: Tensor, y: Tensor, path: Tensor) -> None:
    """Draw the data, the last line of the path with its residuals, and the earlier lines."""
    ends = torch.stack([x.min(), x.max()])
    slopes, biases = path[:, :1], path[:, 1:].sum(dim=1, keepdim=True)
    heights = slopes * ends + biases
    shown = _apart(heights)
    earlier = torch.stack([ends.expand_as(heights), heights], dim=-1)[shown]
    alpha = max(0.2, min(1.0, 10 / (len(shown) + 1)))
    axes.add_collection(
        LineCollection(list(earlier.numpy()), colors=MUTED, linewidths=0.8, alpha=alpha)
    )
    axes.vlines(x, y, slopes[-1] * x + biases[-1], colors=ORANGE, linewidths=0.8)
    axes.plot(ends, heights[-1], color=BLUE, linewidth=2.0, zorder=3)
    axes.scatter(x, y, s=10, color=INK, zorder=4)


def _apart(heights: Tensor) -> list[int]:
    """Return which earlier lines to draw: hundreds nearly in one place would be a grey patch."""
    least = (heights.max() - heights.min()) / 50
    shown: list[int] = []
    for step, height in enumerate(heights[:-1]):
        if not shown or (height - heights[shown[-1]]).abs().max() > least:
            shown.append(step)
    return shown


def _draw_cost(axes: Axes, values: Sequence[Tensor], cost: Tensor, path: Tensor) -> None:
    """Draw the cost as a curve or as contours, and the points of the path on it."""
    if len(values) == 1:
        axes.plot(values[0], cost, color=MUTED)
        xs = path[:, 0].numpy()
        ys = np.interp(xs, values[0], cost)  # on the curve that is drawn
    else:
        # Squares, so that the contours of a bowl are drawn at equal distances.
        levels = (
            cost.min()
            + (cost.max() - cost.min()) * torch.linspace(0.05, 1, 14, device=cost.device) ** 2
        )
        axes.contour(*values, cost.T, levels=levels, colors=MUTED, linewidths=0.8)
        xs, ys = path.T.numpy()
    axes.plot(xs, ys, color=BLUE, linewidth=1.0, marker="o", markersize=3)
    axes.scatter(xs[-1:], ys[-1:], s=40, color=BLUE, zorder=3)
