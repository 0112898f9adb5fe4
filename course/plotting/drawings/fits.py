"""Measured points, and what models say between them."""

from collections.abc import Mapping

from matplotlib.figure import Figure
from torch import Tensor

from course.plotting.style import COLORS, DASHES, INK, MUTED, columns, new_axes, styled


def fits(
    x: Tensor,
    y: Tensor,
    models: Mapping[str, tuple[Tensor, Tensor]],
    xlabel: str = "x",
    ylabel: str = "y",
    borders: Mapping[str, float] | None = None,
) -> Figure:
    """Return a figure of measured points with the curve of each model.

    Args:
        x: Inputs of the measured points, shape `(n,)`.
        y: Their targets, shape `(n,)`.
        models: For each name the inputs, shape `(k,)`, and the predictions to connect, shape
            `(k,)`.
        xlabel: What the inputs are, with their unit.
        ylabel: What the targets are, with their unit.
        borders: For each name an input to mark with an upright line.

    Raises:
        ValueError: If there are more models than colours, or if two shapes that belong together
            are not `(n,)` and the same.

    Examples:
        >>> import torch
        >>> ends = torch.tensor([0.0, 2.0])
        >>> figure = fits(torch.tensor([1.0]), torch.tensor([2.5]), {"guess": (ends, 2 * ends)})
        >>> figure.axes[0].lines[0].get_ydata().tolist()
        [0.0, 4.0]
    """
    if len(models) > len(COLORS):
        raise ValueError(f"got {len(models)} models: give at most {len(COLORS)}")
    pairs = {"the data have": (x, y)}
    pairs.update({f"the curve of {name!r} has": pair for name, pair in models.items()})
    for name, (one, other) in pairs.items():
        if one.ndim != 1 or one.shape != other.shape:
            shapes = f"{tuple(one.shape)} and {tuple(other.shape)}"
            raise ValueError(f"{name} shapes {shapes}: give both the shape (n,)")
    figure, axes = new_axes(xlabel, ylabel)
    axes.scatter(x.detach().cpu(), y.detach().cpu(), s=22, color=INK, zorder=3, label="measured")
    for (name, (inputs, outputs)), color, dashes in zip(
        models.items(), COLORS, DASHES, strict=False
    ):
        inputs, outputs = inputs.detach().cpu(), outputs.detach().cpu()
        axes.plot(inputs, outputs, dashes, color=color, linewidth=2.0, label=name)
    for name, border in (borders or {}).items():
        axes.axvline(border, color=MUTED, linestyle=(0, (1, 2)), linewidth=2.0, label=name)
    with styled():
        names = ["measured", *models, *(borders or {})]
        # Outside, it leaves the axes their width.
        figure.legend(loc="outside upper left", ncols=columns(names))
    return figure
