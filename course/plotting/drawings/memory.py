"""Tensors as grids and as cells of memory, to see what an index or a reshape does."""

from collections.abc import Collection, Sequence
from typing import Any

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.path import Path
from torch import Tensor

from course.plotting.origins import origins
from course.plotting.style import BLUE, INK, MUTED, ORANGE, new_axes, page_width, styled

CELLS = 60  # at most, of a tensor and of a piece of memory
# In inches, as the axes are: the height of a cell, the room for what stands beside a grid and
# above it.
ROW, SIDE, HEAD = 0.3, 0.22, 0.17


def memory(x: Tensor, expressions: Sequence[str], name: str = "x") -> Figure:
    """Return a figure that shows what indices and reshapes make of a tensor, and where it lies.

    For each expression there are two grids: the tensor, with the elements filled that the result
    takes, and the result. Below them stands the memory of the result, cell by cell, with those
    filled that it uses, and under each its place. One arrow per axis leads from the first element
    to the next along this axis and says how many cells on that is: the stride. (Long memory goes
    on in a second line, and an arrow that would lead there is left out.) What lies in the memory
    of the tensor is blue, a copy orange.

    Args:
        x: At most three axes and 60 elements; it need not be contiguous.
        expressions: Code that takes or arranges elements, such as `"x[:, ::2]"`, `"x.T"` or
            `"torch.stack([x, x])"`. It runs on the tensor, so the figure shows what happens.
        name: What the code calls the tensor.

    Raises:
        ValueError: If there are no expressions, if the tensor is empty, if it or a result is too
            large to be drawn, or if an expression computes new values.
        TypeError: If an expression gives something other than a tensor.

    Examples:
        >>> x = torch.tensor([[0, 1, 2], [10, 11, 12]])
        >>> figure = memory(x, ["x.T", "x[[1, 0]]"])
        >>> [text.get_text() for text in figure.axes[0].texts if "strides" in text.get_text()]
        ['shape (3, 2), strides (1, 3), a view', 'shape (2, 3), strides (3, 1), a copy']
    """
    if x.numel() == 0 or len(expressions) == 0:
        raise ValueError(
            f"{name} has shape {tuple(x.shape)}, and there are {len(expressions)} expressions: "
            "give a tensor with elements, and at least one expression"
        )
    _check_size(x, name)
    found = [origins(code, x, name) for code in expressions]
    for code, (values, _, _) in zip(expressions, found, strict=True):
        _check_size(values, code)
    longest = max(
        len(text) for values in [x, *(f.values for f in found)] for text in _texts(values)
    )
    figure, axes = new_axes("", "")
    with styled():
        drawing = _Drawing(axes, 0.38 + 0.08 * max(longest - 2, 0))
        for code, (values, elements, shared) in zip(expressions, found, strict=True):
            color, kind = (BLUE, "a view") if shared else (ORANGE, "a copy")
            whole = code == name
            shape = f"shape {tuple(values.shape)}, strides {values.stride()}"
            drawing.title(code, shape if whole else f"{shape}, {kind}")
            if not whole:
                drawing.grid(x, elements.flatten().tolist(), color)
                drawing.arrow(values)
            drawing.grid(values, range(values.numel()), color)
            drawing.strip(x if shared else values, values, color)
        axes.set(xlim=(0, drawing.right), ylim=(drawing.bottom, 0), aspect="equal")
        axes.set_axis_off()
    figure.set_size_inches(drawing.right, -drawing.bottom)
    return figure


class _Drawing:
    """Puts titles, grids and strips on axes, below one another or side by side.

    Attributes:
        right: How far it reaches to the right.
        bottom: How far it reaches down, and where the next title or strip begins.
    """

    def __init__(self, axes: Axes, cell: float) -> None:
        self.axes, self.cell = axes, cell
        self.right, self.bottom = page_width(), 0.0
        self.x, self.y = 0.0, 0.0  # where the next grid begins

    def title(self, code: str, facts: str) -> None:
        self.text(0.05, self.bottom - 0.13, code, ha="left", weight="bold", size=11)
        self.text(0.05, self.bottom - 0.35, facts, ha="left", size=10)
        self.right = max(self.right, 0.1 + 0.1 * len(code))
        self.bottom -= 0.5
        self.x, self.y = 0.0, self.bottom

    def grid(self, tensor: Tensor, taken: Collection[int], color: str) -> None:
        """Draw a tensor as one table, or one for each page, with some of its elements filled."""
        pages, rows, columns = _tables(tensor)
        texts = _texts(tensor)
        for page in range(pages):
            self.x += SIDE
            self.number(tensor.ndim, page, rows, columns)
            for k in range(rows * columns):
                element, (row, column) = page * rows * columns + k, divmod(k, columns)
                corner = self.x + column * self.cell, self.y - HEAD - (row + 1) * ROW
                self.square(*corner, texts[element], color if element in taken else None)
            self.x += columns * self.cell
        if not texts:
            self.label(self.x + 0.3, self.y - HEAD - ROW / 2, "nothing")
        self.right = max(self.right, self.x + 0.05)
        self.bottom = min(self.bottom, self.y - HEAD - max(rows, 1) * ROW)

    def number(self, ndim: int, page: int, rows: int, columns: int) -> None:
        """Write the numbers of columns above a table, those of rows and of the page beside it."""
        for column in range(columns if ndim > 0 else 0):
            self.label(self.x + (column + 0.5) * self.cell, self.y - HEAD / 2, str(column))
        for row in range(rows if ndim > 1 else 0):
            self.label(self.x - SIDE / 2, self.y - HEAD - (row + 0.5) * ROW, str(row))
        if ndim > 2:
            self.label(self.x - SIDE / 2, self.y - HEAD / 2, f"[{page}]")

    def arrow(self, following: Tensor) -> None:
        """Lead from a grid to the next: beside it if there is room, else below it."""
        pages, _, columns = _tables(following)
        if self.x + 0.4 + pages * (SIDE + columns * self.cell) <= page_width():
            self.text(self.x + 0.22, (self.y - HEAD + self.bottom) / 2, "→", size=13)
            self.x += 0.4
        else:
            self.bottom -= 0.06
            self.text(0.22, self.bottom - HEAD - ROW / 2, "→", size=13)
            self.x, self.y = 0.3, self.bottom

    def strip(self, base: Tensor, tensor: Tensor, color: str) -> None:
        """Draw the memory that one tensor spans, with the cells filled that another uses."""
        first = int(base.storage_offset())
        texts = _texts(base.detach().as_strided((_span(base),), (1,)))
        used = {place - first for place in _places(tensor)}
        line = int((page_width() - 0.1) / self.cell)
        start = int(tensor.storage_offset()) - first
        strides = [tensor.stride()[k] for k, size in enumerate(tensor.shape) if size > 1 and used]
        steps = sorted(int(step) for step in strides if 0 < step < line - start)
        self.bottom -= 0.12 + 0.22 * len(steps)
        for level, step in enumerate(steps):
            self.step(start, step, self.bottom, 0.08 + 0.22 * level)
        for k, text in enumerate(texts):
            x = 0.05 + k % line * self.cell
            self.bottom -= (k % line == 0) * ROW + (k % line == 0 < k) * 0.22
            self.square(x, self.bottom, text, color if k in used else None)
            self.label(x + self.cell / 2, self.bottom - 0.09, str(first + k))
        self.right = max(self.right, 0.1 + min(len(texts), line) * self.cell)
        self.bottom -= 0.32

    def step(self, start: int, step: int, y: float, height: float) -> None:
        """Draw the arrow of a stride from one cell of the first line of memory to another."""
        left, right = (0.05 + (k + 0.5) * self.cell for k in (start, start + step))
        corners = [(left, y), (left, y + height), (right, y + height), (right, y)]
        arrow = FancyArrowPatch(path=Path(corners), arrowstyle="-|>", mutation_scale=8, color=MUTED)
        self.axes.add_patch(arrow)
        self.label((left + right) / 2, y + height + 0.07, f"+{step}")

    def square(self, x: float, y: float, text: str, color: str | None) -> None:
        """Draw a cell, filled if it has a color, from its lower left corner."""
        corner, size = (x + 0.02, y + 0.02), (self.cell - 0.04, ROW - 0.04)
        edge, width = (color, 1.5) if color else (MUTED, 0.6)
        self.axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor=edge, linewidth=width))
        if color:
            self.axes.add_patch(Rectangle(corner, *size, color=color, alpha=0.25, linewidth=0))
        ink = {"color": INK, "weight": "bold"} if color else {"color": MUTED}
        self.text(x + self.cell / 2, y + ROW / 2, text, size=10, **ink)

    def label(self, x: float, y: float, text: str) -> None:
        self.text(x, y, text, size=9, color=MUTED)

    def text(self, x: float, y: float, text: str, ha: str = "center", **look: Any) -> None:
        self.axes.text(x, y, text, ha=ha, va="center_baseline", **look)


def _check_size(x: Tensor, name: str) -> None:
    if x.ndim > 3 or max(x.numel(), _span(x)) > CELLS:
        raise ValueError(
            f"{name} has shape {tuple(x.shape)} and strides {x.stride()}: "
            f"a figure has room for 3 axes and {CELLS} cells of memory, so give a part"
        )


def _tables(x: Tensor) -> tuple[int, int, int]:
    """Return how many tables it takes to write a tensor down, and their rows and columns."""
    pages, rows, columns = (1,) * (3 - x.ndim) + tuple(x.shape)
    return pages, rows, columns


def _span(x: Tensor) -> int:
    """Return the number of cells from the first that a tensor uses to the last."""
    steps = zip(x.shape, x.stride(), strict=True)
    return 1 + sum((size - 1) * step for size, step in steps) if x.numel() else 0


def _places(x: Tensor) -> list[int]:
    """Return the place in memory of each element, row by row."""
    first = x.storage_offset()
    span = torch.arange(first, first + _span(x), device="cpu")
    return span.as_strided(x.shape, x.stride()).flatten().tolist()


def _texts(x: Tensor) -> list[str]:
    values = x.flatten().tolist()
    return [f"{value:.4g}" if isinstance(value, float) else str(value) for value in values]
