"""A plane fitted to measured points, and what is missing between the two."""

import torch
from matplotlib.figure import Figure
from torch import Tensor

from course.plotting.style import BLUE, INK, MUTED, ORANGE, new_space, styled


def plane(
    x: Tensor,
    y: Tensor,
    weight: Tensor,
    bias: Tensor,
    labels: tuple[str, str, str] = ("first input", "second input", "target"),
) -> Figure:
    """Return a figure of points over two inputs, the plane of a model, and the residuals.

    Args:
        x: Inputs of the measured points, shape `(n, 2)`.
        y: Their targets, shape `(n,)`.
        weight: The slopes of the plane along the two inputs, shape `(2,)`.
        bias: Its height where both are 0, shape `()`.
        labels: What the two inputs and the target are, with their units.

    Raises:
        ValueError: If the shapes do not belong together, or if there are no points.

    Examples:
        >>> x, y = torch.tensor([[0.0, 1.0], [2.0, 0.0], [1.0, 1.0]]), torch.tensor([1.0, 2.0, 4.0])
        >>> figure = plane(x, y, weight=torch.tensor([1.0, 1.0]), bias=torch.tensor(0.5))
        >>> figure.axes[0].get_zlabel()
        'target'
    """
    n, shapes = y.numel(), [tuple(tensor.shape) for tensor in (x, y, weight, bias)]
    if n == 0 or shapes != [(n, 2), (n,), (2,), ()]:
        raise ValueError(
            f"shapes are {', '.join(map(str, shapes))}: give x, y, weight, bias (n, 2), (n,), "
            "(2,), (), n at least 1"
        )
    x, y, weight, bias = (tensor.detach().cpu() for tensor in (x, y, weight, bias))
    heights = x @ weight + bias
    ends = zip(x.amin(dim=0).tolist(), x.amax(dim=0).tolist(), strict=True)
    values = [torch.linspace(low, high, 9, dtype=x.dtype, device=x.device) for low, high in ends]
    across, along = torch.meshgrid(*values, indexing="ij")
    surface = weight[0] * across + weight[1] * along + bias
    figure, axes = new_space(labels, elevation=20)
    with styled():
        axes.plot_surface(
            *(table.numpy() for table in (across, along, surface)),
            shade=False,  # shades would be colours without a twin for dark pages
            color=BLUE,
            alpha=0.2,
            edgecolor=MUTED,
            linewidth=0.4,
            zorder=2,
        )
        for below, order in ((True, 1), (False, 3)):  # what lies below is seen through the plane
            rows = (y < heights) == below
            for (one, other), top, foot in zip(x[rows], y[rows], heights[rows], strict=True):
                line = axes.plot(
                    [one, one], [other, other], [foot, top], color=ORANGE, linewidth=2, zorder=order
                )
            points = *x[rows].T.numpy(), y[rows].numpy()
            dots = axes.scatter(*points, s=18, color=INK, depthshade=False, zorder=order + 0.5)
        figure.legend([dots, *line], ["measured", "residual"], loc="upper left", ncols=2)
    return figure
