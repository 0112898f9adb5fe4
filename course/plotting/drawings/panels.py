"""Curves of several runs to compare, each in a panel of its own."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from course.plotting.style import (
    COLORS,
    DASHES,
    Drawing,
    columns,
    on_cpu,
    on_phone,
    page_width,
    styled,
)


def panels(
    runs: Mapping[str, Mapping[str, Tensor | Sequence[float]]],
    xlabel: str = "epoch",
    ylabel: str = "loss",
    log: bool = False,
) -> Figure:
    """Return a figure with one panel per run, two in a row, all with the same axes.

    Args:
        runs: For each title the named curves of a run, each of shape `(steps,)`, as `curves` takes
            them. Curves of one name have one colour in all panels.
        xlabel: What a step is.
        ylabel: What the values measure, with their unit.
        log: Whether the vertical axes are logarithmic.

    Raises:
        ValueError: If there are no runs, if there are no names or more than there are colours, or
            if a curve has another shape.

    Examples:
        >>> one, other = {"training": [0.7, 0.4]}, {"training": [0.7, 0.9]}
        >>> figure = panels({"right": one, "wrong": other})
        >>> [axes.get_title("left") for axes in figure.axes]
        ['right', 'wrong']
    """
    names = list(dict.fromkeys(name for run in runs.values() for name in run))
    if not 1 <= len(names) <= len(COLORS):
        raise ValueError(f"the runs have {len(names)} names: give between 1 and {len(COLORS)}")
    tables = {
        title: {name: _curve(f"{name!r} of {title!r}", values) for name, values in run.items()}
        for title, run in runs.items()
    }
    looks = dict(zip(names, zip(COLORS, DASHES, strict=True), strict=False))
    across = 1 if on_phone() else 2
    rows = (len(runs) + across - 1) // across
    with styled():
        size = (page_width(), 0.8 + 2.2 * rows)
        figure, table = plt.subplots(
            rows,
            across,
            figsize=size,
            sharex=True,
            sharey=True,
            squeeze=False,
            FigureClass=Drawing,
        )
        handles = {}
        for (title, curves), axes in zip(tables.items(), table.flat, strict=False):
            axes.set_title(title, loc="left", fontsize="medium")
            for name, curve in curves.items():
                color, dashes = looks[name]
                steps = range(1, len(curve) + 1)
                handles[name] = axes.plot(steps, curve, dashes, color=color, linewidth=2.0)[0]
        table[0, 0].xaxis.set_major_locator(
            MaxNLocator(5 if on_phone() else 10, integer=True, steps=[1, 2, 5, 10])
        )
        if log:
            table[0, 0].set_yscale("log")
        for axes in list(table.flat)[len(runs) :]:
            axes.remove()
        figure.supxlabel(xlabel, fontsize="medium")
        figure.supylabel(ylabel, fontsize="medium")
        if len(names) > 1:
            lines = [handles[name] for name in names]
            figure.legend(lines, names, loc="outside upper left", ncols=columns(names))
    return figure


def _curve(name: str, values: Tensor | Sequence[float]) -> Tensor:
    curve = on_cpu(values)
    if curve.ndim != 1 or len(curve) == 0:
        raise ValueError(f"{name} has shape {tuple(curve.shape)}: give it (steps,)")
    return curve
