"""A table as tiles: the lower a value, the stronger its colour; what has none is left empty."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from course.plotting.style import BLUE, INK, ORANGE, new_axes, on_phone, styled


def tiles(
    values: Tensor,
    labels: Mapping[str, Sequence[object]],
    texts: Sequence[Sequence[str]],
    best: tuple[int, int] | None = None,
) -> Figure:
    """Return a figure with a tile for each value, coloured by its rank: the lowest most strongly.

    A value that is not finite is no value: its tile is empty, in a dashed frame, with its text.

    Args:
        values: Shape `(k, m)`, such as the loss of each pair of settings.
        labels: What the rows are, with one label for each of the `k`; then the columns, with `m`.
        texts: What to write into each tile, `k` rows of `m`; may have several lines.
        best: Row and column of a tile to frame.

    Raises:
        ValueError: If there are no values, or if labels or texts are of another number.

    Examples:
        >>> import torch
        >>> losses = torch.tensor([[0.5, float("inf")]])
        >>> labels = {"batch size": [8], "learning rate": [0.1, 1.0]}
        >>> figure = tiles(losses, labels, [["0.50", "diverged"]])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['0.50', 'diverged']
    """
    shape = tuple(values.shape)
    given = tuple(len(names) for names in labels.values())
    if len(shape) != 2 or 0 in shape or given != shape or _shape(texts) != shape:
        raise ValueError(
            f"values have shape {shape}, labels {given}, texts {_shape(texts)}: give all of them "
            "(k, m), k and m above 0"
        )
    heights = values.detach().cpu()
    ranks = {
        value: rank for rank, value in enumerate(heights[heights.isfinite()].unique().tolist())
    }
    ylabel, xlabel = labels
    size = 9 if on_phone() else 12
    figure, axes = new_axes(xlabel, ylabel)
    with styled():
        for row, line in enumerate(heights.tolist()):
            for column, value in enumerate(line):
                corner = (column - 0.47, row - 0.47)
                if value in ranks:
                    strength = 0.5 - 0.44 * ranks[value] / max(1, len(ranks) - 1)
                    tile = Rectangle(corner, 0.94, 0.94, color=BLUE, alpha=strength, linewidth=0)
                else:
                    tile = Rectangle(corner, 0.94, 0.94, fill=False, edgecolor=ORANGE, ls="--")
                axes.add_patch(tile)
                axes.text(
                    column, row, texts[row][column], ha="center", va="center", size=size, color=INK
                )
        if best is not None:
            corner = (best[1] - 0.47, best[0] - 0.47)
            axes.add_patch(Rectangle(corner, 0.94, 0.94, fill=False, edgecolor=INK, linewidth=2.5))
        for axis, names in zip((axes.yaxis, axes.xaxis), labels.values(), strict=True):
            axis.set_ticks(range(len(names)), [str(name) for name in names])
        axes.set(xlim=(-0.5, shape[1] - 0.5), ylim=(shape[0] - 0.5, -0.5))
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    return figure


def _shape(texts: Sequence[Sequence[str]]) -> tuple[int, ...]:
    widths = {len(line) for line in texts}
    return (len(texts), *widths)
