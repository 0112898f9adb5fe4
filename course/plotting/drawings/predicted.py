"""What was predicted and what was measured, layer by layer or step by step."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator
from torch import Tensor

from course.plotting.style import COLORS, DASHES, MARKS, Drawing, columns, on_phone, size, styled


def predicted(
    panels: Mapping[str, Mapping[str, tuple[Tensor, Tensor]]],
    xlabel: str = "layer",
    log: bool = True,
) -> Figure:
    """Return a figure of two panels: what was predicted is a line, what was measured are marks.

    Args:
        panels: For each of two titles, and in it for each name, what was predicted and what was
            measured at 1, 2, 3 and so on, shape `(steps,)` each. One name has one colour in both.
        xlabel: What a step is.
        log: Whether the vertical axes, of which each panel has its own, are logarithmic.

    Raises:
        ValueError: If there are not two panels, if there are no names or more than there are
            colours, if the panels have different names, or if two shapes that belong together are
            not the same `(steps,)`.

    Examples:
        >>> import torch
        >>> half = 0.5 ** torch.arange(4)
        >>> figure = predicted({"out": {"half": (half, half)}, "back": {"half": (half, half)}})
        >>> [axes.get_title("left") for axes in figure.axes]
        ['out', 'back']
    """
    names = [list(each) for each in panels.values()]
    if len(names) != 2 or names[0] != names[1] or not 1 <= len(names[0]) <= len(COLORS):
        raise ValueError(f"the panels have the names {names}: give two panels with the same 1 to 4")
    for title, values in panels.items():
        for name, (line, marks) in values.items():
            if line.ndim != 1 or line.shape != marks.shape:
                shapes = f"{tuple(line.shape)} and {tuple(marks.shape)}"
                raise ValueError(f"{name!r} of {title!r} has the shapes {shapes}: give (steps,)")
    with styled():
        rows, across = (2, 1) if on_phone() else (1, 2)
        figure, table = plt.subplots(
            rows, across, figsize=size(3.9, phone=5.6), squeeze=False, FigureClass=Drawing
        )
        for (title, values), axes in zip(panels.items(), table.flat, strict=True):
            axes.set_title(title, loc="left", fontsize="medium")
            looks = zip(values.values(), COLORS, DASHES, MARKS, strict=False)
            for (line, marks), color, dashes, mark in looks:
                steps = range(1, len(line) + 1)
                axes.plot(steps, line.detach().cpu(), dashes, color=color, linewidth=2.0)
                axes.scatter(steps, marks.detach().cpu(), s=24, color=color, marker=mark)
            axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
            if log:
                axes.set_yscale("log")
                axes.yaxis.set_major_locator(LogLocator(numticks=7))
                axes.yaxis.set_minor_locator(NullLocator())
        figure.supxlabel(xlabel, fontsize="medium")
        figure.legend(
            table[0, 0].lines, names[0], loc="outside upper left", ncols=columns(names[0])
        )
    return figure
