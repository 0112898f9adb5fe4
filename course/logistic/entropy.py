"""Cross-entropy from logits, without overflow, and descent with it and with squared errors."""

from collections.abc import Callable

import torch
from torch import Tensor


def losses_by_formula(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the cross-entropy of each row as it is written in books, by way of the probability.

    It breaks where the probability is rounded to 0 or 1: there it is `inf` or `nan`. Take
    `losses_from_logits` instead.

    Args:
        logits: Any shape.
        targets: The same shape, from 0 for "no" to 1 for "yes".

    Raises:
        TypeError: If the logits are not floating point.
        ValueError: If the shapes differ, or if a target is not between 0 and 1.

    Examples:
        >>> losses_by_formula(torch.tensor([0.0, 3.0, 30.0]), torch.ones(3))
        tensor([0.6931, 0.0486,    nan])
    """
    _check(logits, targets)
    probabilities = torch.sigmoid(logits)
    yes, no = torch.log(probabilities), torch.log(1 - probabilities)
    return -(targets * yes + (1 - targets) * no)


def losses_from_logits(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the cross-entropy of each row, without a probability on the way.

    Nothing on the way overflows, and `log1p` keeps the digits of small losses. `maximum`
    halves the gradient where both sides are equal, so the first derivative is right at 0,
    too. (The second is not, at exactly 0.) An infinite logit may give `nan`, as in PyTorch.

    Args:
        logits: Any shape.
        targets: The same shape, from 0 for "no" to 1 for "yes".

    Raises:
        TypeError: If the logits are not floating point.
        ValueError: If the shapes differ, or if a target is not between 0 and 1.

    Examples:
        >>> losses_from_logits(torch.tensor([0.0, 3.0, 30.0]), torch.ones(3))
        tensor([6.9315e-01, 4.8587e-02, 9.3576e-14])
    """
    _check(logits, targets)
    above = torch.maximum(logits, torch.zeros_like(logits))
    return above - logits * targets + torch.log1p(torch.exp(-logits.abs()))


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean of `losses_from_logits`, a scalar: what `nn.BCEWithLogitsLoss` computes.

    Args:
        logits: Any shape, at least one row.
        targets: The same shape, from 0 for "no" to 1 for "yes".

    Raises:
        TypeError: If the logits are not floating point.
        ValueError: If the shapes differ, if there are no rows, or if a target is not between 0
            and 1.

    Examples:
        >>> cross_entropy(torch.tensor([0.0, -50.0]), torch.tensor([1.0, 1.0]))
        tensor(25.3466)
    """
    if logits.numel() == 0:
        raise ValueError(f"logits have shape {tuple(logits.shape)}: give at least one row")
    return losses_from_logits(logits, targets).mean()


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
    _check(logits, targets)
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
    _check(logits, targets)
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


def _check(logits: Tensor, targets: Tensor) -> None:
    if not logits.is_floating_point():
        raise TypeError(f"logits are {logits.dtype}: give floating point numbers")
    if logits.shape != targets.shape:
        raise ValueError(
            f"targets have shape {tuple(targets.shape)}, logits {tuple(logits.shape)}: give both "
            "the same shape, for example with squeeze(-1), or they broadcast"
        )
    if not ((targets >= 0) & (targets <= 1)).all():
        raise ValueError(
            f"targets go from {targets.min():g} to {targets.max():g}: give 0 for no and 1 for yes, "
            "or a probability between them"
        )
