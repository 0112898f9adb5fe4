"""How wrong a line is: the mean squared error, and how it depends on slope and bias."""

import torch
from torch import Tensor


def mean_squared_error(predictions: Tensor, targets: Tensor) -> Tensor:
    """Return the mean of the squared residuals, a scalar in squared target units.

    Args:
        predictions: Shape `(n,)`, in target units.
        targets: Shape `(n,)`.

    Raises:
        ValueError: If the shapes differ, because they would broadcast, or if there are no
            targets, because they have no mean.

    Examples:
        >>> mean_squared_error(torch.tensor([2.0, 5.0]), torch.tensor([3.0, 2.0]))
        tensor(5.)
    """
    if predictions.shape != targets.shape or targets.numel() == 0:
        shapes = f"{tuple(predictions.shape)}, targets {tuple(targets.shape)}"
        raise ValueError(f"predictions have shape {shapes}: give both the shape (n,), n at least 1")
    residuals = predictions - targets
    return (residuals**2).mean()


def cost_curve(x: Tensor, y: Tensor, weights: Tensor) -> Tensor:
    """Return the cost of the line through the origin for each slope, `(k,)`.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weights: The slopes to try, shape `(k,)`.

    Raises:
        ValueError: If `weights` has another shape.

    Examples:
        >>> x, y = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0])
        >>> cost_curve(x, y, torch.tensor([2.0, 3.0, 4.0]))
        tensor([2.5000, 0.0000, 2.5000])
    """
    if weights.ndim != 1:
        raise ValueError(f"weights have shape {tuple(weights.shape)}: give them the shape (k,)")
    return torch.stack([mean_squared_error(weight * x, y) for weight in weights])


def cost_surface(x: Tensor, y: Tensor, weights: Tensor, biases: Tensor) -> Tensor:
    """Return the cost of the line for each pair of a slope and a bias, `(k, m)`.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weights: The slopes to try, shape `(k,)`, one for each row of the result.
        biases: The biases to try, shape `(m,)`, one for each column.

    Raises:
        ValueError: If `weights` or `biases` has another shape.

    Examples:
        >>> x, y = torch.tensor([1.0, 2.0]), torch.tensor([4.0, 7.0])
        >>> cost_surface(x, y, torch.tensor([2.0, 3.0]), torch.tensor([0.0, 1.0, 2.0]))
        tensor([[6.5000, 2.5000, 0.5000],
                [1.0000, 0.0000, 1.0000]])
    """
    if weights.ndim != 1 or biases.ndim != 1:
        shapes = f"{tuple(weights.shape)}, biases {tuple(biases.shape)}"
        raise ValueError(f"weights have shape {shapes}: give them the shapes (k,) and (m,)")
    costs = [mean_squared_error(w * x + b, y) for w in weights for b in biases]
    return torch.stack(costs).reshape(len(weights), len(biases))
