"""Several functions of one number, each in a panel of its own, beside one another."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from course.plotting.style import COLORS, MUTED, Drawing, columns, on_phone, size, styled


def beside(
    x: Tensor,
    values: Mapping[str, Tensor],
    xlabel: str = "x",
    borders: Mapping[str, float] | None = None,
) -> Figure:
    """Return a figure of two functions side by side, each with a vertical axis of its own.

    Args:
        x: The points, shape `(n,)`, in ascending order.
        values: For each of two titles the values there, shape `(n,)`.
        xlabel: What the functions take, with its unit.
        borders: For each name a point to mark with an upright line through both.

    Raises:
        ValueError: If there are not two functions, or if a shape is not `(n,)` and the same as that
            of `x`.

    Examples:
        >>> import torch
        >>> x = torch.linspace(1, 2, 5)
        >>> figure = beside(x, {"square": x**2, "logarithm": x.log()}, borders={"middle": 1.5})
        >>> [axes.get_title("left") for axes in figure.axes]
        ['square', 'logarithm']
    """
    if len(values) != 2:
        raise ValueError(f"got {len(values)} functions: give 2")
    for name, heights in values.items():
        if x.ndim != 1 or heights.shape != x.shape:
            shapes = f"{tuple(heights.shape)}, x {tuple(x.shape)}"
            raise ValueError(f"{name!r} has shape {shapes}: give both the shape (n,)")
    with styled():
        rows, across = (2, 1) if on_phone() else (1, 2)
        sides = size(3.9, phone=5.6)
        figure, table = plt.subplots(
            rows, across, figsize=sides, squeeze=False, FigureClass=Drawing
        )
        for (title, heights), color, axes in zip(values.items(), COLORS, table.flat, strict=False):
            axes.set_title(title, loc="left", fontsize="medium")
            axes.plot(x.detach().cpu(), heights.detach().cpu(), color=color, linewidth=2.0)
            for name, border in (borders or {}).items():
                axes.axvline(border, color=MUTED, linestyle=(0, (1, 2)), linewidth=2.0, label=name)
            axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
            axes.yaxis.set_major_locator(MaxNLocator(5))
        figure.supxlabel(xlabel, fontsize="medium")
        if borders:
            handles, names = table[0, 0].get_legend_handles_labels()
            figure.legend(handles, names, loc="outside upper left", ncols=columns(names))
    return figure
