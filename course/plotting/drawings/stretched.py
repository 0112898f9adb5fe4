"""Tensors as grids, stretched by broadcasting to one shape."""

from collections.abc import Mapping

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from course.plotting.style import BLUE, INK, MUTED, new_axes, styled

GAP = 1.0  # between two grids side by side, in cells
TITLE = 1.9  # what a grid needs above and below it, in cells


def stretched(tensors: Mapping[str, Tensor]) -> Figure:
    """Return a figure of tensors as grids, each stretched to the shape that all have together.

    Filled cells are elements of the tensor. Cells with a dashed border repeat one of them, in the
    direction of the arrow. The grids stand in rows of two; a last one alone is in the middle.

    Args:
        tensors: For each name one, of at most two axes. Together they broadcast.

    Raises:
        ValueError: If there are no tensors, if they do not broadcast, if there are more than two
            axes, or if there would be no cells.

    Examples:
        >>> a, b = torch.tensor([[10], [20]]), torch.tensor([1, 2, 3])
        >>> figure = stretched({"a": a, "b": b, "a + b": a + b})
        >>> [title.get_text() for title in figure.axes[0].texts if "(" in title.get_text()]
        ['a  (2, 1)', 'b  (3,)', 'a + b  (2, 3)']
    """
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    rows, columns = _common(shapes)
    wide = max(columns, 3)  # room for a title
    figure, axes = new_axes("", "")
    with styled():
        for i, (name, tensor) in enumerate(tensors.items()):
            alone = i == len(tensors) - 1 and i % 2 == 0 and i > 0
            left = (wide + GAP) * (0.5 if alone else i % 2) + (wide - columns) / 2
            top = (rows + TITLE) * (i // 2)
            _grid(axes, left, top, tensor.detach().cpu(), (rows, columns))
            middle = left + columns / 2
            title = f"{name}  {shapes[name]}"
            axes.text(middle, top - 0.35, title, ha="center", va="bottom", color=INK)
        across = 1 + (len(tensors) > 1)
        width, height = across * (wide + GAP), (len(tensors) + 1) // 2 * (rows + TITLE)
        axes.set(xlim=(-GAP / 2, width - GAP / 2), ylim=(height - TITLE + 0.5, -1.2))
        axes.axis("off")
    figure.set_size_inches(0.5 * width + 0.1, 0.38 * height + 0.1)
    return figure


def _common(shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, int]:
    """Return how many rows and columns all tensors have together."""
    try:
        sizes = (1, 1, *torch.broadcast_shapes(*shapes.values()))
    except RuntimeError:
        raise ValueError(f"got shapes {shapes}: give tensors that broadcast") from None
    if not shapes or len(sizes) > 4 or 0 in sizes:
        raise ValueError(
            f"got shapes {shapes}: give at least one tensor, none without elements, and none of "
            "more than two axes"
        )
    return sizes[-2], sizes[-1]


def _grid(axes: Axes, left: float, top: float, tensor: Tensor, size: tuple[int, int]) -> None:
    """Draw a tensor stretched to a number of rows and columns, and which way it was stretched."""
    rows, columns = size
    own_rows, own_columns = torch.atleast_2d(tensor).shape
    table = tensor.expand(size).tolist()
    for row in range(rows):
        for column in range(columns):
            own = row < own_rows and column < own_columns
            _cell(axes, left + column, top + row, f"{table[row][column]:.4g}", own)
    arrow = {"arrowstyle": "-|>", "color": MUTED, "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0}
    if own_columns < columns:
        y = top + rows + 0.25
        axes.annotate("", (left + columns, y), (left + 0.5, y), arrowprops=arrow)
    if own_rows < rows:
        x = left - 0.25
        axes.annotate("", (x, top + rows), (x, top + 0.5), arrowprops=arrow)


def _cell(axes: Axes, left: float, top: float, text: str, own: bool) -> None:
    corner = left + 0.05, top + 0.06
    if own:
        axes.add_patch(Rectangle(corner, 0.9, 0.88, color=BLUE, alpha=0.25, linewidth=0))
    edge, dashes, width = (BLUE, "-", 1.6) if own else (MUTED, "--", 0.8)
    border = Rectangle(corner, 0.9, 0.88, fill=False, edgecolor=edge, linestyle=dashes)
    border.set_linewidth(width)
    axes.add_patch(border)
    color, weight = (INK, "bold") if own else (MUTED, "normal")
    center = left + 0.5, top + 0.5
    axes.text(*center, text, ha="center", va="center", color=color, weight=weight)
