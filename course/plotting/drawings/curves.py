"""Curves against a step: losses, errors, distances."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from course.plotting.style import COLORS, DASHES, columns, new_axes, on_cpu, on_phone, styled


def curves(
    series: Mapping[str, Tensor | Sequence[float]],
    xlabel: str = "epoch",
    ylabel: str = "loss",
    log: bool = False,
) -> Figure:
    """Return a figure of one or more named curves against the steps 1, 2, 3 and so on.

    Args:
        series: For each name one curve, shape `(steps,)`, or the curves of several runs, shape
            `(runs, steps)`, which share a colour.
        xlabel: What a step is.
        ylabel: What the values measure, with their unit.
        log: Whether the vertical axis is logarithmic.

    Raises:
        ValueError: If there are no series, or more than there are colours, or if one has another
            shape.

    Examples:
        >>> figure = curves({"training": [0.7, 0.4, 0.3]})
        >>> figure.axes[0].lines[0].get_xdata().tolist()
        [1, 2, 3]
    """
    if not 1 <= len(series) <= len(COLORS):
        raise ValueError(f"got {len(series)} series: give between 1 and {len(COLORS)}")
    tables = {name: on_cpu(values) for name, values in series.items()}
    for name, table in tables.items():
        if table.ndim not in (1, 2) or len(table) == 0:
            shape = tuple(table.shape)
            raise ValueError(f"{name!r} has shape {shape}: give it (steps,) or (runs, steps)")
    figure, axes = new_axes(xlabel, ylabel)
    for (name, table), color, dashes in zip(tables.items(), COLORS, DASHES, strict=False):
        runs = table if table.ndim == 2 else table.unsqueeze(0)
        width = 2.0 if len(runs) == 1 else 1.0
        steps = range(1, runs.shape[1] + 1)
        lines = axes.plot(steps, runs.T, dashes, color=color, linewidth=width)
        lines[0].set_label(name)
    axes.xaxis.set_major_locator(
        MaxNLocator(5 if on_phone() else 10, integer=True, steps=[1, 2, 5, 10])
    )
    if log:
        axes.set_yscale("log")
    if len(tables) > 1:
        with styled():
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns(tables, beside=0.9))
    return figure
