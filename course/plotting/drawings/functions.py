"""Functions of one number: what they give, against what they take."""

from collections.abc import Mapping

from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from torch import Tensor

from course.plotting.style import COLORS, DASHES, MARKS, MUTED, columns, new_axes, styled


def functions(
    x: Tensor,
    values: Mapping[str, Tensor],
    xlabel: str = "x",
    ylabel: str = "y",
    log: bool = False,
    borders: Mapping[str, float] | None = None,
    marks: Mapping[str, Tensor] | None = None,
    bands: Mapping[str, tuple[Tensor, Tensor]] | None = None,
) -> Figure:
    """Return a figure of one or more named functions over the same points.

    A value that is not finite leaves a gap; on logarithmic axes, so does one that is not positive.

    Args:
        x: The points, shape `(n,)`, in ascending order.
        values: For each name the values there, shape `(n,)`.
        xlabel: What the functions take, with its unit.
        ylabel: What they give, with its unit.
        log: Whether both axes are logarithmic: a power is a straight line then.
        borders: For each name a point to mark with an upright line.
        marks: For some of the names what was measured at the points, shape `(n,)`, drawn as marks.
        bands: For some of the names a lower and an upper end, shape `(n,)` each, to fill between.

    Raises:
        ValueError: If there are no functions, or more than there are colours, if a shape is not
            `(n,)` and the same as that of `x`, or if marks or a band have a name that
            no function has.

    Examples:
        >>> import torch
        >>> x = torch.linspace(-1, 1, 3)
        >>> figure = functions(x, {"square": x**2, "cube": x**3})
        >>> figure.axes[0].lines[1].get_ydata().tolist()
        [-1.0, 0.0, 1.0]
    """
    if not 1 <= len(values) <= len(COLORS):
        raise ValueError(f"got {len(values)} functions: give between 1 and {len(COLORS)}")
    marks, bands = marks or {}, bands or {}
    ends = [(name, end) for name, pair in bands.items() for end in pair]
    for name, heights in [*values.items(), *marks.items(), *ends]:
        if x.ndim != 1 or heights.shape != x.shape:
            shapes = f"{tuple(heights.shape)}, x {tuple(x.shape)}"
            raise ValueError(f"{name!r} has shape {shapes}: give both the shape (n,)")
        if name not in values:
            raise ValueError(f"marks or bands are named {name!r}: give them the name of a function")
    figure, axes = new_axes(xlabel, ylabel)
    if log:
        axes.set_xscale("log", nonpositive="mask")
        axes.set_yscale("log", nonpositive="mask")
        axes.xaxis.set_minor_formatter(NullFormatter())  # labels between powers of ten overlap
    points = x.detach().cpu()
    looks = zip(values.items(), COLORS, DASHES, MARKS, strict=False)
    for (name, heights), color, dashes, mark in looks:
        axes.plot(points, heights.detach().cpu(), dashes, color=color, linewidth=2.0, label=name)
        if name in marks:
            axes.scatter(points, marks[name].detach().cpu(), s=30, color=color, marker=mark)
        if name in bands:
            low, high = (end.detach().cpu() for end in bands[name])
            axes.fill_between(points, low, high, color=color, alpha=0.2, linewidth=0)
    for name, border in (borders or {}).items():
        axes.axvline(border, color=MUTED, linestyle=(0, (1, 2)), linewidth=2.0, label=name)
    if len(axes.lines) > 1:
        with styled():
            figure.legend(loc="outside upper left", ncols=columns([*values, *(borders or {})]))
    return figure
