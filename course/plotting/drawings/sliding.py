"""A kernel at one place of an image, with all numbers, and the output that it makes there."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from course.plotting.style import BLUE, INK, MUTED, ORANGE, new_axes, on_cpu, on_phone, styled

# In cells: between two tables, and for the name above one.
GAP, HEAD = 1.0, 1.0


def sliding(
    image: Tensor, kernel: Tensor, output: Tensor, place: tuple[int, int], stride: int = 1
) -> Figure:
    """Return a figure with three tables of numbers: an image, a kernel, and what they give.

    The pixels under the kernel are framed, and so is the output at this place. The larger a number,
    the stronger its cell: above 0 orange, below it blue, and in the image all of them ink.

    Args:
        image: Shape `(h, w)`.
        kernel: Shape `(kh, kw)`.
        output: Shape `(rows, columns)`.
        place: Row and column of the output to frame.
        stride: How far the kernel goes on from place to place.

    Raises:
        ValueError: If one of them is no table of finite numbers, if the output has no such place,
            or if the kernel would stick out of the image there.

    Examples:
        >>> import torch
        >>> figure = sliding(torch.ones(4, 4), torch.ones(2, 2), torch.full((3, 3), 4), (1, 2))
        >>> [text.get_text() for text in figure.axes[0].texts][:3]
        ['image', 'kernel', 'output']
    """
    tables = {"image": on_cpu(image), "kernel": on_cpu(kernel), "output": on_cpu(output)}
    for name, table in tables.items():
        if table.ndim != 2 or table.numel() == 0 or not table.isfinite().all():
            raise ValueError(
                f"{name} has shape {tuple(table.shape)}: give a table (h, w) of finite numbers"
            )
    corner = stride * place[0], stride * place[1]
    inside = all(0 <= at < size for at, size in zip(place, output.shape, strict=True))
    ends = [at + side for at, side in zip(corner, kernel.shape, strict=True)]
    if not inside or any(end > side for end, side in zip(ends, image.shape, strict=True)):
        raise ValueError(
            f"at {place} the kernel ends at {tuple(ends)}: the image has shape "
            f"{tuple(image.shape)}, the output {tuple(output.shape)}"
        )
    corners = _corners(tables)
    figure, axes = new_axes("", "")
    with styled():
        for name, (left, top) in corners.items():
            axes.text(left, top - 0.3, name, ha="left", va="bottom", color=INK)
        for name, table in tables.items():
            _table(axes, table, corners[name], signed=name != "image")
        _frame(axes, corners["image"], corner, tuple(kernel.shape))
        _frame(axes, corners["kernel"], (0, 0), tuple(kernel.shape))
        _frame(axes, corners["output"], place, (1, 1))
        edges = [
            max(corners[name][axis] + table.shape[1 - axis] for name, table in tables.items())
            for axis in (0, 1)
        ]
        axes.set(xlim=(-0.1, edges[0] + 0.1), ylim=(edges[1] + 0.1, -0.1), aspect="equal")
        axes.set_axis_off()
    width = figure.get_figwidth()
    figure.set_size_inches(width, width * (edges[1] + 0.2) / (edges[0] + 0.2))
    return figure


def _corners(tables: dict[str, Tensor]) -> dict[str, tuple[float, float]]:
    """Return the upper left corner of each table: side by side, but the image above for a phone."""
    image, kernel, output = tables.values()
    tall, wide = image.shape
    if on_phone():
        below = HEAD + tall + HEAD
        return {"image": (0, HEAD), "kernel": (0, below), "output": (kernel.shape[1] + GAP, below)}
    middle = HEAD + max(tall, output.shape[0]) / 2
    second, third = wide + GAP, wide + GAP + kernel.shape[1] + GAP
    return {
        "image": (0, middle - tall / 2),
        "kernel": (second, middle - kernel.shape[0] / 2),
        "output": (third, middle - output.shape[0] / 2),
    }


def _table(axes: Axes, table: Tensor, corner: tuple[float, float], signed: bool) -> None:
    largest = float(table.abs().max()) or 1.0
    for i, row in enumerate(table.tolist()):
        for j, value in enumerate(row):
            left, top = corner[0] + j, corner[1] + i
            color = INK if not signed else ORANGE if value > 0 else BLUE
            alpha = 0.45 * abs(value) / largest
            cell = Rectangle((left, top), 1, 1, color=color, alpha=alpha, linewidth=0)
            axes.add_patch(cell)
            border = Rectangle((left, top), 1, 1, fill=False, edgecolor=MUTED, linewidth=0.4)
            axes.add_patch(border)
            text = f"{value:.3g}".replace("-", "−")
            axes.text(left + 0.5, top + 0.5, text, ha="center", va="center", color=INK, size=9)


def _frame(
    axes: Axes, table: tuple[float, float], place: tuple[int, int], sides: tuple[int, ...]
) -> None:
    corner = table[0] + place[1], table[1] + place[0]
    frame = Rectangle(corner, sides[1], sides[0], fill=False, edgecolor=ORANGE, linewidth=2.5)
    axes.add_patch(frame)
