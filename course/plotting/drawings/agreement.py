"""Predictions against what is true, one panel for each output, in its own unit."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from course.plotting.style import (
    COLORS,
    MARKS,
    MUTED,
    Drawing,
    columns,
    on_phone,
    page_width,
    styled,
)


def agreement(
    targets: Tensor, predictions: Mapping[str, Tensor], labels: Sequence[str] | None = None
) -> Figure:
    """Return a figure with a panel per output: predictions against targets, and a line of equals.

    Args:
        targets: Shape `(n, k)`, in the unit of each output.
        predictions: For each model its predictions, shape `(n, k)`.
        labels: What the k outputs are, with their units.

    Raises:
        ValueError: If the targets have another shape or no rows, if there are no models or more
            than there are colours, if the predictions of one have another shape, or if there is
            not one label for each output.

    Examples:
        >>> targets = torch.tensor([[1.0, 30.0], [2.0, 10.0], [3.0, 20.0]])
        >>> figure = agreement(targets, {"model": targets + 0.5}, ["length in cm", "force in N"])
        >>> [axes.get_title("left") for axes in figure.axes]
        ['length in cm', 'force in N']
    """
    if targets.ndim != 2 or targets.numel() == 0:
        raise ValueError(f"targets have shape {tuple(targets.shape)}: give (n, k), both above 0")
    if not 1 <= len(predictions) <= len(COLORS):
        raise ValueError(f"got {len(predictions)} models: give between 1 and {len(COLORS)}")
    for name, answers in predictions.items():
        if answers.shape != targets.shape:
            shapes = f"{tuple(answers.shape)}, the targets {tuple(targets.shape)}"
            raise ValueError(f"the predictions of {name!r} have shape {shapes}: give both (n, k)")
    k = targets.shape[1]
    titles = [f"output {j}" for j in range(k)] if labels is None else labels
    if len(titles) != k:
        raise ValueError(f"got {len(titles)} labels for {k} outputs: give one for each")
    true = targets.detach().cpu()
    models = {name: answers.detach().cpu() for name, answers in predictions.items()}
    across = 1 if on_phone() else min(k, 2)
    rows = (k + across - 1) // across
    with styled():
        figure, panels = plt.subplots(
            rows,
            across,
            figsize=(min(page_width(), 3.7 * across), 0.8 + 3.1 * rows),
            squeeze=False,
            FigureClass=Drawing,
        )
        for j, (title, axes) in enumerate(zip(titles, panels.flat, strict=False)):
            axes.set_title(title, loc="left", fontsize="medium")
            for (name, guess), color, mark in zip(models.items(), COLORS, MARKS, strict=False):
                axes.scatter(true[:, j], guess[:, j], s=20, color=color, marker=mark, label=name)
            axes.axline((float(true[0, j]),) * 2, slope=1, color=MUTED, linewidth=1, zorder=0)
            seen = torch.stack([true[:, j], *(guess[:, j] for guess in models.values())])
            margin = 0.05 * float(seen.max() - seen.min()) or 1.0
            ends = float(seen.min()) - margin, float(seen.max()) + margin
            axes.set(xlim=ends, ylim=ends, aspect="equal")
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_major_locator(MaxNLocator(4))
        for axes in list(panels.flat)[k:]:
            axes.remove()
        figure.supxlabel("true", fontsize="medium")
        figure.supylabel("predicted", fontsize="medium")
        if len(models) > 1:
            figure.legend(
                *panels[0, 0].get_legend_handles_labels(),
                loc="outside upper left",
                ncols=columns(models),
            )
    return figure
