"""A curve, and the straight lines that touch it."""

from collections.abc import Mapping
from math import hypot

from matplotlib.figure import Figure
from torch import Tensor

from course.plotting.style import COLORS, MUTED, columns, new_axes, styled


def tangents(
    x: Tensor,
    y: Tensor,
    touching: Mapping[str, tuple[Tensor | float, Tensor | float, Tensor | float]],
    xlabel: str = "x",
    ylabel: str = "y",
) -> Figure:
    """Return a figure of a curve with a piece of a line, of equal length, at each named point.

    Args:
        x: Points of the curve, shape `(n,)`, in ascending order.
        y: Its heights, shape `(n,)`.
        touching: For each name a point's `x`, its height and the slope of the line there, each one
            number.
        xlabel: What `x` is, with its unit.
        ylabel: What `y` is, with its unit.

    Raises:
        ValueError: If there are more lines than colours, or if the shapes of the curve are not
            `(n,)` and the same, `n` at least 2.

    Examples:
        >>> import torch
        >>> x = torch.linspace(-2, 2, 41)
        >>> figure = tangents(x, x**2, {"at −1": (-1, 1, -2), "at 0": (0, 0, 0)})
        >>> [text.get_text() for text in figure.legends[0].get_texts()]
        ['at −1', 'at 0']
    """
    if len(touching) > len(COLORS):
        raise ValueError(f"got {len(touching)} lines: give at most {len(COLORS)}")
    if x.ndim != 1 or len(x) < 2 or x.shape != y.shape:
        shapes = f"{tuple(x.shape)}, y {tuple(y.shape)}"
        raise ValueError(f"x has shape {shapes}: give both the shape (n,), n at least 2")
    x, y = x.detach().cpu(), y.detach().cpu()
    width, height = (x.max() - x.min()).item(), (y.max() - y.min()).item() or 1.0
    figure, axes = new_axes(xlabel, ylabel)
    axes.plot(x, y, color=MUTED, linewidth=1.5)
    for (name, line), color in zip(touching.items(), COLORS, strict=False):
        at, level, slope = map(float, line)
        reach = (
            0.16 * width / hypot(1, slope * width / height)
        )  # as long on the page, however steep
        ends = [at - reach, at + reach]
        levels = [level - slope * reach, level + slope * reach]
        axes.plot(ends, levels, color=color, linewidth=2.5, label=name)
        axes.plot(at, level, "o", color=color)
    with styled():
        figure.legend(loc="outside upper left", ncols=columns(touching))
    return figure
