"""A function of two numbers as a map, with arrows that point uphill."""

from collections.abc import Mapping

import torch
from matplotlib.figure import Figure
from torch import Tensor

from course.plotting.style import BLUE, MUTED, new_axes, on_phone


def gradients(
    grid: Mapping[str, Tensor], heights: Tensor, points: Tensor, slopes: Tensor
) -> Figure:
    """Return a figure of contours, with an arrow along the gradient at each of some points.

    Both axes have the same unit, so that a right angle is one. The longest arrow is a fifth of the
    map wide, and the others are in proportion.

    Args:
        grid: For each of two variables, by its label, the values at which the function is known,
            in ascending order: shapes `(k,)` and `(m,)`.
        heights: The function on the grid, shape `(k, m)`.
        points: Where the arrows start, shape `(t, 2)`.
        slopes: The gradients there, shape `(t, 2)`.

    Raises:
        ValueError: If the shapes do not belong together.

    Examples:
        >>> x = torch.linspace(-1, 1, 5)
        >>> points = torch.tensor([[0.5, 0.0], [0.0, -0.5]])
        >>> bowl = x.unsqueeze(1) ** 2 + x**2
        >>> figure = gradients({"first": x, "second": x}, bowl, points, 2 * points)
        >>> figure.axes[0].get_ylabel()
        'second'
    """
    values = [value.detach().cpu() for value in grid.values()]
    lengths = [len(value) for value in values]
    if len(lengths) != 2 or list(heights.shape) != lengths:
        shapes = f"{tuple(heights.shape)}, the grid {tuple(lengths)}"
        raise ValueError(f"heights have shape {shapes}: give both the shape (k, m)")
    if points.ndim != 2 or points.shape[1:] != (2,) or slopes.shape != points.shape:
        shapes = f"{tuple(points.shape)}, slopes {tuple(slopes.shape)}"
        raise ValueError(f"points have shape {shapes}: give both the shape (t, 2)")
    starts, arrows, table = (each.detach().cpu() for each in (points, slopes, heights))
    width = (values[0][-1] - values[0][0]).item()
    longest = arrows.norm(dim=1).max().item() if len(arrows) else 0.0
    figure, axes = new_axes(*grid)
    figure.set_size_inches((3.7, 3.4) if on_phone() else (5.4, 4.9))
    # Squares, so that the contours of a bowl are drawn at equal distances.
    levels = (
        table.min()
        + (table.max() - table.min()) * torch.linspace(0.05, 1, 10, device=table.device) ** 2
    )
    axes.contour(*values, table.T, levels=levels, colors=MUTED, linewidths=0.8)
    axes.quiver(
        *starts.T,
        *arrows.T,
        color=BLUE,
        angles="xy",
        scale_units="xy",
        scale=5 * (longest or 1.0) / width,
        width=0.008,
        zorder=3,
    )
    axes.plot(*starts.T, "o", color=BLUE, markersize=4)
    axes.set_aspect("equal")
    return figure
