"""Vectors of two elements as arrows in the plane."""

from collections.abc import Mapping, Sequence

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator
from torch import Tensor

from course.plotting.style import COLORS, MUTED, new_axes, on_cpu, on_phone, styled

Vector = Tensor | Sequence[float]


def arrows(
    vectors: Mapping[str, Vector],
    tails: Mapping[str, Vector] | None = None,
    xlabel: str = "first element",
    ylabel: str = "second element",
) -> Figure:
    """Return a figure of named vectors as arrows in the plane, with equal units on both axes.

    A zero vector is a dot.

    Args:
        vectors: For each name one vector, shape `(2,)`.
        tails: Where the arrow of a name starts, shape `(2,)`; the others start at the origin.
        xlabel: What the first element measures, with its unit.
        ylabel: What the second element measures, with its unit.

    Raises:
        ValueError: If there are no vectors, or more than there are colours, if one has another
            shape or is not finite, or if a tail belongs to no vector.

    Examples:
        >>> figure = arrows({"u": [3, 1], "v": [1, 2]}, tails={"v": [3, 1]})
        >>> [text.get_text() for text in figure.axes[0].texts if text.get_text()]
        ['u', 'v']
    """
    if not 1 <= len(vectors) <= len(COLORS):
        raise ValueError(f"got {len(vectors)} vectors: give between 1 and {len(COLORS)}")
    tails = tails or {}
    if strangers := [name for name in tails if name not in vectors]:
        raise ValueError(f"tails name {strangers}, vectors {list(vectors)}: give tails of these")
    starts = {name: _point(name, tails.get(name, (0, 0))) for name in vectors}
    ends = {name: starts[name] + _point(name, vector) for name, vector in vectors.items()}
    corners = torch.stack([*starts.values(), *ends.values()])

    figure, axes = new_axes(xlabel, ylabel)
    figure.set_size_inches(_frame(axes, corners))
    with styled():
        for (name, start), color in zip(starts.items(), COLORS, strict=False):
            _arrow(axes, name, start, ends[name], color, corners.mean(dim=0))
    return figure


def _point(name: str, values: Vector) -> Tensor:
    point = on_cpu(values).double()
    if point.shape != (2,):
        raise ValueError(f"{name!r} has shape {tuple(point.shape)}: give it (2,)")
    if not point.isfinite().all():
        raise ValueError(f"{name!r} is {point.tolist()}: give it finite numbers")
    return point


def _frame(axes: Axes, corners: Tensor) -> tuple[float, float]:
    """Fit the axes around the corners, and return the size in inches that a figure needs."""
    low, high = corners.amin(dim=0), corners.amax(dim=0)
    span = (high - low).max().item() or 1.0
    left, bottom = (low - 0.12 * span).tolist()
    right, top = (high + 0.12 * span).tolist()
    _, step, *_ = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(0, span)
    for axis in (axes.xaxis, axes.yaxis):  # the same step, so that the grid is made of squares
        axis.set_major_locator(MultipleLocator(step))
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    axes.grid(color=MUTED, alpha=0.25)
    axes.set_axisbelow(True)
    axes.axhline(0, color=MUTED, linewidth=0.8)
    axes.axvline(0, color=MUTED, linewidth=0.8)
    # What is not axes is for their labels.
    width, most = (3.7, 4.4) if on_phone() else (5.2, 5.2)
    return width, 0.6 + min(max((width - 0.6) * (top - bottom) / (right - left), 1.6), most)


def _arrow(axes: Axes, name: str, start: Tensor, end: Tensor, color: str, center: Tensor) -> None:
    """Draw one arrow, its name beside its middle, on the side away from the center."""
    direction, middle = end - start, (start + end) / 2
    normal = torch.tensor([0.0, 1.0], device="cpu").double()
    if direction.any():
        normal = torch.stack([-direction[1], direction[0]]) / direction.norm()
        if normal @ (middle - center) < 0:
            normal = -normal
        style = {"arrowstyle": "-|>", "color": color, "linewidth": 2.2, "mutation_scale": 17}
        arrowprops = {**style, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", _pair(end), _pair(start), arrowprops=arrowprops)
    else:
        axes.plot(*_pair(start), "o", color=color)
    axes.annotate(
        name,
        _pair(middle),
        _pair(6 * normal),
        textcoords="offset points",
        # The text's nearest corner, or the middle of its nearest edge, is next to the arrow.
        ha=("right", "center", "left")[_sign(normal[0])],
        va=("top", "center", "bottom")[_sign(normal[1])],
        color=color,
        weight="bold",
    )


def _sign(value: Tensor) -> int:
    """Return 0, 1 or 2 for a value that is negative, close to zero, or positive."""
    return 1 + int(value > 0.1) - int(value < -0.1)


def _pair(point: Tensor) -> tuple[float, float]:
    x, y = point.tolist()
    return x, y
