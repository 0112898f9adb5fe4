"""The cost over two parameters as a landscape, seen from above and to the side."""

from collections.abc import Mapping

import torch
from matplotlib.figure import Figure
from torch import Tensor

from course.plotting.style import BLUE, MUTED, ORANGE, new_space, styled


def landscape(
    grid: Mapping[str, Tensor],
    cost: Tensor,
    path: Tensor | None = None,
    costlabel: str = "cost",
) -> Figure:
    """Return a figure of the cost as a surface over two parameters, with a path on it.

    Args:
        grid: For each of two parameters, by its label, the values at which the cost is known:
            shapes `(k,)` and `(m,)`.
        cost: The cost on the grid, shape `(k, m)`.
        path: Points to connect, shape `(t, 3)`: both parameters and the cost there.
        costlabel: What the cost is, with its unit.

    Raises:
        ValueError: If the shapes do not belong together.

    Examples:
        >>> weights, biases = torch.linspace(-1, 1, 5), torch.linspace(-2, 2, 7)
        >>> cost = weights.unsqueeze(1) ** 2 + biases**2
        >>> landscape({"slope": weights, "bias": biases}, cost).axes[0].get_zlabel()
        'cost'
    """
    names, values = list(grid), [value.detach().cpu() for value in grid.values()]
    lengths = [len(value) for value in values]
    if len(lengths) != 2 or list(cost.shape) != lengths:
        shapes = f"{tuple(cost.shape)}, the grid {tuple(lengths)}"
        raise ValueError(f"cost has shape {shapes}: give both the shape (k, m)")
    if path is not None and (path.ndim != 2 or path.shape[1] != 3):
        raise ValueError(
            f"path has shape {tuple(path.shape)}: give it (t, 3), two parameters and the cost"
        )
    across, along = (axis.numpy() for axis in torch.meshgrid(*values, indexing="ij"))
    figure, axes = new_space((names[0], names[1], costlabel), elevation=35)
    with styled():
        axes.plot_surface(
            across,
            along,
            cost.detach().cpu().numpy(),
            rcount=24,
            ccount=24,
            shade=False,  # shades would be colours without a twin for dark pages
            color=BLUE,
            alpha=0.2,
            edgecolor=MUTED,
            linewidth=0.4,
        )
        if path is not None:
            points = path.detach().cpu().T.numpy()
            axes.plot(*points, color=ORANGE, marker="o", markersize=3, zorder=3)
    return figure
