"""One dot per run, so that a reader sees the spread and not only the mean."""

from collections.abc import Mapping, Sequence

import torch
from matplotlib.figure import Figure
from torch import Tensor

from course.plotting.style import COLORS, INK, new_axes, on_cpu


def dots(groups: Mapping[str, Tensor | Sequence[float]], xlabel: str) -> Figure:
    """Return a figure with one row per group: a dot for each value, and a bar for their mean.

    Equal values are stacked, so that every dot can be seen.

    Args:
        groups: For each name its values, shape `(n,)`. The first group is the top row.
        xlabel: What the values measure, with their unit.

    Raises:
        ValueError: If there are no groups, or more than there are colours, or if one is empty or
            has another shape.

    Examples:
        >>> figure = dots({"model": [0.97, 0.95], "baseline": [0.61, 0.64]}, "accuracy")
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
        ['model', 'baseline']
    """
    if not 1 <= len(groups) <= len(COLORS):
        raise ValueError(f"got {len(groups)} groups: give between 1 and {len(COLORS)}")
    rows = {name: on_cpu(values) for name, values in groups.items()}
    for name, values in rows.items():
        if values.ndim != 1 or len(values) == 0:
            raise ValueError(
                f"{name!r} has shape {tuple(values.shape)}: give it (n,), n at least 1"
            )
    figure, axes = new_axes(xlabel, "")
    for row, ((name, values), color) in enumerate(zip(rows.items(), COLORS, strict=False)):
        counts = [int((values[:i] == v).sum()) for i, v in enumerate(values)]
        earlier = torch.tensor(counts, device="cpu")
        spacing = min(0.1, 0.5 / max(1, int(earlier.max())))  # rows are 1 apart
        axes.scatter(values, row - spacing * earlier, s=22, color=color, label=name)
        mean = values.mean()
        axes.plot([mean, mean], [row + 0.12, row + 0.32], color=INK, linewidth=2.5)
    axes.set_xlabel(xlabel, loc="right")  # there is room below the names, and none on a phone else
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.7)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return figure
