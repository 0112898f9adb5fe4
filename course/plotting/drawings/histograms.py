"""How often each value came: bars, and a mark for the value to compare with them."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from course.plotting.style import BLUE, ORANGE, Drawing, page_width, styled


def histograms(
    groups: Mapping[str, Tensor],
    marks: Mapping[str, float],
    xlabel: str,
    mark: str = "observed",
    bins: int = 30,
) -> Figure:
    """Return a figure with one histogram per group, below one another, all with the same axes.

    Args:
        groups: For each title its values, shape `(n,)`.
        marks: For each title a value to mark with an upright line.
        xlabel: What the values measure, with their unit.
        mark: What the line marks.
        bins: How many bars there is room for, from the lowest to the highest of all values.

    Raises:
        ValueError: If there are no groups, if the titles differ, or if a group is empty or has
            another shape.

    Examples:
        >>> figure = histograms({"a": torch.tensor([1.0, 2.0, 2.0])}, {"a": 3.0}, "size", bins=2)
        >>> [int(bar.get_height()) for bar in figure.axes[0].patches]
        [1, 2]
    """
    if not groups or set(groups) != set(marks):
        raise ValueError(f"groups {list(groups)}, marks {list(marks)}: give one mark per group")
    tables = {title: values.detach().cpu() for title, values in groups.items()}
    for title, values in tables.items():
        if values.ndim != 1 or len(values) == 0:
            raise ValueError(f"{title!r} has shape {tuple(values.shape)}: give (n,), n at least 1")
    every = torch.cat([*tables.values(), torch.tensor(list(marks.values()), device="cpu")])
    span = (float(every.min()), float(every.max()))
    with styled():
        figure, rows = plt.subplots(
            len(tables),
            1,
            figsize=(page_width(), 1.0 + 1.7 * len(tables)),
            sharex=True,
            sharey=True,
            squeeze=False,
            FigureClass=Drawing,
        )
        for axes, (title, values) in zip(rows[:, 0], tables.items(), strict=True):
            axes.hist(values, bins=bins, range=span, color=BLUE, alpha=0.6, rwidth=0.9)
            axes.set_title(title, loc="left", fontsize="medium")
            axes.axvline(marks[title], color=ORANGE, linewidth=2.5)
            right = marks[title] > sum(span) / 2  # the text stands on the side where there is room
            axes.annotate(
                mark,
                (marks[title], 1),
                xycoords=("data", "axes fraction"),
                xytext=(-5 if right else 5, 0),
                textcoords="offset points",
                ha="right" if right else "left",
                va="top",
                color=ORANGE,
            )
            axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
            axes.set_ylabel("times")
        tallest = max(bar.get_height() for axes in rows[:, 0] for bar in axes.patches)
        axes.set_ylim(top=1.3 * tallest)  # of all, which share it: the text stands above the bars
        axes.set_xlabel(xlabel)
    return figure
