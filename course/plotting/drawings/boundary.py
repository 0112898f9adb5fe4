"""The points of two classes, over the probability that a model gives to the second."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from torch import Tensor

from course.plotting.style import COLORS, INK, MARKS, MUTED, columns, new_axes, on_cpu, size, styled

SHADES = 10


def boundary(
    grid: Mapping[str, Tensor],
    probabilities: Tensor,
    groups: Mapping[str, Tensor | Sequence[tuple[float, float]]],
) -> Figure:
    """Return a figure of two classes of points, over ten shades of a probability.

    The shade is that of the page where the probability is below a tenth, and farthest from it above
    nine tenths. Dashed lines stand at both, and a solid one at one half.

    Args:
        grid: For each of two inputs, by its label, the values at which the probability is known, in
            ascending order: shapes `(k,)` and `(m,)`.
        probabilities: That of the second class on the grid, shape `(k, m)`.
        groups: The name of each of the two classes, and its points, shape `(n, 2)`.

    Raises:
        ValueError: If the shapes do not belong together, if there are not two classes, or if a
            probability is not from 0 to 1.

    Examples:
        >>> import torch
        >>> values = torch.linspace(-2, 2, 21)
        >>> p = torch.sigmoid(values.unsqueeze(1) + values)
        >>> figure = boundary({"a": values, "b": values}, p, {"no": [(-1, 0)], "yes": [(1, 1)]})
        >>> [text.get_text() for text in figure.legends[0].get_texts()]
        ['no', 'yes', 'probability 0.5', '0.1 and 0.9']
    """
    axis_values = [values.detach().cpu() for values in grid.values()]
    heights = probabilities.detach().cpu()
    lengths = [len(values) for values in axis_values]
    if len(lengths) != 2 or list(heights.shape) != lengths:
        shapes = f"{tuple(heights.shape)}, the grid {tuple(lengths)}"
        raise ValueError(f"probabilities have shape {shapes}: give both the shape (k, m)")
    if not ((heights >= 0) & (heights <= 1)).all():
        raise ValueError(
            f"probabilities go from {heights.min():g} to {heights.max():g}: give numbers from 0 to "
            "1, for example torch.sigmoid(logits)"
        )
    tables = {name: on_cpu(points) for name, points in groups.items()}
    if len(tables) != 2 or any(table.ndim != 2 or table.shape[1] != 2 for table in tables.values()):
        shapes = ", ".join(f"{name!r} {tuple(table.shape)}" for name, table in tables.items())
        raise ValueError(f"the groups have shapes {shapes}: give two, each of shape (n, 2)")
    figure, axes = new_axes(*grid)
    figure.set_size_inches(size(5.2, phone=4.4))
    for step in range(1, SHADES):  # one over the other: side by side, seams would show
        if heights.max() > step / SHADES:
            levels = [step / SHADES, 2.0]
            axes.contourf(*axis_values, heights.T, levels=levels, colors=[MUTED], alpha=0.055)
    for levels, dashes, width in (([0.5], "-", 2.0), ([0.1, 0.9], "--", 0.8)):
        if crossed := [level for level in levels if heights.min() < level < heights.max()]:
            axes.contour(
                *axis_values,
                heights.T,
                levels=crossed,
                colors=INK,
                linestyles=dashes,
                linewidths=width,
            )
    for (name, table), color, mark in zip(tables.items(), COLORS, MARKS, strict=False):
        axes.scatter(table[:, 0], table[:, 1], s=22, color=color, marker=mark, label=name, zorder=3)
    axes.plot([], [], color=INK, linewidth=2.0, label="probability 0.5")
    axes.plot([], [], "--", color=INK, linewidth=0.8, label="0.1 and 0.9")
    with styled():
        figure.legend(loc="outside upper left", ncols=columns([*tables, "probability 0.5"]))
    return figure
