"""Tensors as cells, to see which ones an index takes."""

from collections.abc import Sequence

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from course.plotting.style import BLUE, INK, MUTED, new_axes, on_cpu, styled

Index = int | slice | list[int] | Tensor


def cells(values: Tensor | Sequence[float], indices: Sequence[Index], name: str = "x") -> Figure:
    """Return a figure with one strip of cells per index, the cells that it takes filled.

    Above the strips stand the positions from the front, below them those from the back. A cell
    that an index takes more than once says how often.

    Args:
        values: Shape `(n,)`.
        indices: What would stand between the brackets: a position, a slice, a list or tensor of
            positions, or a Boolean mask. `numpy.s_[0, 1:4, ::2]` writes several down.
        name: The name before the brackets.

    Raises:
        ValueError: If there are no values or no indices, or if the values have another shape.
        IndexError: If an index takes a position that is not there.

    Examples:
        >>> figure = cells([10, 20, 30], [0, slice(1, None), [0, -1]])
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
        ['x[0]', 'x[1:]', 'x[[0, -1]]']
    """
    table = on_cpu(values)
    n = len(table) if table.ndim == 1 else 0
    if n == 0 or len(indices) == 0:
        shape = tuple(table.shape)
        raise ValueError(
            f"values have shape {shape}, and there are {len(indices)} indices: "
            "give values of shape (n,), n at least 1, and at least one index"
        )
    taken = [
        torch.arange(n, device="cpu")[index].flatten().bincount(minlength=n) for index in indices
    ]

    figure, axes = new_axes("", "")
    with styled():
        for row, counts in enumerate(taken):
            for column, (value, count) in enumerate(
                zip(table.tolist(), counts.tolist(), strict=True)
            ):
                _cell(axes, column, row, value, count)
        for position in range(n):
            axes.text(position, -0.75, str(position), ha="center", va="center", color=INK)
        axes.set(xlim=(-0.6, n - 0.4), ylim=(len(indices) - 0.5, -1))
        axes.set_xticks(range(n), [str(position - n) for position in range(n)])
        axes.set_yticks(range(len(indices)), [f"{name}[{_written(index)}]" for index in indices])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    figure.set_size_inches(1.3 + 0.6 * n, 0.8 + 0.46 * len(indices))
    return figure


def _cell(axes: Axes, column: int, row: int, value: float, count: int) -> None:
    edge, width = (BLUE, 1.8) if count else (MUTED, 0.6)
    corner = (column - 0.44, row - 0.38)
    axes.add_patch(Rectangle(corner, 0.88, 0.76, fill=False, edgecolor=edge, linewidth=width))
    if count:
        axes.add_patch(Rectangle(corner, 0.88, 0.76, color=BLUE, alpha=0.25, linewidth=0))
    text = f"{value:.4g}" + (f" ×{count}" if count > 1 else "")
    color, weight = (INK, "bold") if count else (MUTED, "normal")
    axes.text(column, row, text, ha="center", va="center", color=color, weight=weight)


def _written(index: Index) -> str:
    """Return an index as it is written between brackets."""
    if isinstance(index, Tensor):
        return "mask" if index.dtype == torch.bool else str(index.tolist())
    if isinstance(index, slice):
        parts = [index.start, index.stop] + [index.step] * (index.step is not None)
        return ":".join("" if part is None else str(part) for part in parts)
    return str(index)
