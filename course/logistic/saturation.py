"""The pull of cross-entropy and of squared errors on a logit, and descent with either."""

from collections.abc import Callable

import torch
from torch import Tensor

from course.logistic.entropy import check_answers


def cross_entropy_slopes(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the derivative of each row's cross-entropy by its logit.

    Args:
        logits: Any shape.
        targets: The same shape, from 0 to 1.

    Raises:
        TypeError: If the logits are not floating point.
        ValueError: If the shapes differ, or if a target is not between 0 and 1.

    Examples:
        >>> cross_entropy_slopes(torch.tensor([-50.0, 0.0, 50.0]), torch.ones(3))
        tensor([-1.0000, -0.5000,  0.0000])
    """
    check_answers(logits, targets)
    return torch.sigmoid(logits) - targets


def squared_error_slopes(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the derivative of each row's squared error, that of its probability, by its logit.

    Args:
        logits: Any shape.
        targets: The same shape, from 0 to 1.

    Raises:
        TypeError: If the logits are not floating point.
        ValueError: If the shapes differ, or if a target is not between 0 and 1.

    Examples:
        >>> squared_error_slopes(torch.tensor([-50.0, 0.0, 50.0]), torch.ones(3))
        tensor([-3.8575e-22, -2.5000e-01,  0.0000e+00])
    """
    check_answers(logits, targets)
    probabilities = torch.sigmoid(logits)
    return 2 * (probabilities - targets) * probabilities * torch.sigmoid(-logits)


def descend(
    columns: Tensor,
    targets: Tensor,
    slopes: Callable[[Tensor, Tensor], Tensor],
    starts: Tensor,
    rates: Tensor,
    steps: int,
) -> Tensor:
    """Return the parameters of logistic regression in descent, shape `(steps + 1, m, k, p)`.

    There is a run for each start at each rate, all at once. Each step uses all rows.

    Args:
        columns: The inputs, shape `(n, p)`, `n` at least 1, with a column of ones for a bias.
        targets: Shape `(n,)`, each 0 or 1.
        slopes: Of the loss, by logits: `cross_entropy_slopes` or `squared_error_slopes`.
        starts: Parameters to start from, shape `(m, p)`.
        rates: Learning rates, shape `(k,)`.
        steps: How many, at least 0.

    Raises:
        ValueError: If a shape does not fit, or if `steps` is below 0.

    Examples:
        >>> x, y = torch.tensor([[-1.0], [1.0]]), torch.tensor([0.0, 1.0])
        >>> start, rate = torch.zeros(1, 1), torch.tensor([1.0])
        >>> descend(x, y, cross_entropy_slopes, start, rate, steps=2).flatten()
        tensor([0.0000, 0.5000, 0.8775])
    """
    shapes = columns.shape[:1] == targets.shape and columns.shape[1:] == starts.shape[1:]
    if not shapes or starts.ndim != 2 or rates.ndim != 1 or len(columns) == 0 or steps < 0:
        raise ValueError(
            f"columns have shape {tuple(columns.shape)}, targets {tuple(targets.shape)}, starts "
            f"{tuple(starts.shape)}, rates {tuple(rates.shape)}, and steps is {steps}: "
            "give (n, p), (n,), (m, p), (k,), n at least 1 and steps at least 0"
        )
    path = [starts.unsqueeze(1).expand(-1, len(rates), -1)]
    for _ in range(steps):
        logits = path[-1] @ columns.T
        gradients = slopes(logits, targets.expand_as(logits)) @ columns / len(columns)
        path.append(path[-1] - rates.unsqueeze(1) * gradients)
    return torch.stack(path)
