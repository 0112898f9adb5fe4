"""Cross-entropy from logits, without overflow."""

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
    check_answers(logits, targets)
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
    check_answers(logits, targets)
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


def check_answers(logits: Tensor, targets: Tensor) -> None:
    """Raise an error unless each logit has its target.

    Args:
        logits: Any shape.
        targets: The same shape, from 0 for "no" to 1 for "yes".

    Raises:
        TypeError: If the logits are not floating point.
        ValueError: If the shapes differ, or if a target is not between 0 and 1.

    Examples:
        >>> check_answers(torch.zeros(2), torch.tensor([0.0, 1.0]))
    """
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
