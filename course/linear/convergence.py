"""How far a step of descent may go: computed from the inputs, before the first step."""

import torch
from torch import Tensor


def hessian(columns: Tensor) -> Tensor:
    """Return the second derivatives of the mean squared error by all pairs of parameters, `(p, p)`.

    They depend on the inputs alone: on no target, and on no parameter.

    Args:
        columns: Shape `(n, p)`, a column for each parameter.

    Raises:
        ValueError: If `columns` has another shape or no rows.

    Examples:
        >>> hessian(torch.tensor([[1.0, 1.0], [2.0, 1.0]]))
        tensor([[5., 3.],
                [3., 2.]])
    """
    if columns.ndim != 2 or columns.numel() == 0:
        raise ValueError(f"columns have shape {tuple(columns.shape)}: give (n, p), n and p above 0")
    return 2 / len(columns) * (columns.T @ columns)


def largest_lr(columns: Tensor) -> float:
    """Return the learning rate above which descent on the mean squared error moves away.

    Below it, descent arrives from every start; at it, the distance along one direction stays.

    Args:
        columns: Shape `(n, p)`, a column for each parameter.

    Raises:
        ValueError: If `columns` has another shape, no rows, or nothing but zeros.

    Source: Goodfellow et al. (2016), section 4.3.1; Nocedal and Wright (2006), section 3.3.

    Examples:
        >>> round(largest_lr(torch.tensor([[1.0], [3.0]])), 4)
        0.2
    """
    steepest = float(torch.linalg.eigvalsh(hessian(columns))[-1])
    if steepest <= 0:
        raise ValueError("all columns are zero: no parameter changes the cost, at any rate")
    return 2 / steepest


def error_factors(columns: Tensor, lr: float) -> Tensor:
    """Return by what one step multiplies the error along each eigenvector of the Hessian, `(p,)`.

    A factor between −1 and 1 shrinks the error, a negative one changes its side. The flattest
    direction comes first, the steepest last.

    Args:
        columns: Shape `(n, p)`, a column for each parameter.
        lr: The learning rate.

    Examples:
        >>> error_factors(torch.tensor([[1.0], [3.0]]), lr=0.15)
        tensor([-0.5000])
    """
    curvatures: Tensor = torch.linalg.eigvalsh(hessian(columns))
    return 1 - lr * curvatures


def predicted_path(columns: Tensor, best: Tensor, start: Tensor, lr: float, steps: int) -> Tensor:
    """Return where descent on the mean squared error will be, `(steps + 1, p)`, without a step.

    The error at the start is split along the eigenvectors of the Hessian; each part is multiplied
    by its own factor, once for each step.

    Args:
        columns: Shape `(n, p)`, a column for each parameter.
        best: The parameters of the lowest cost, shape `(p,)`.
        start: The parameters to start from, shape `(p,)`.
        lr: The learning rate.
        steps: How many steps.

    Raises:
        ValueError: If the parameters have another shape.

    Examples:
        >>> columns, best = torch.tensor([[1.0], [3.0]]), torch.tensor([2.0])
        >>> predicted_path(columns, best, torch.tensor([10.0]), lr=0.15, steps=2).round()
        tensor([[10.],
                [-2.],
                [ 4.]])
    """
    if not best.shape == start.shape == columns.shape[1:]:
        raise ValueError(
            f"best has shape {tuple(best.shape)}, start {tuple(start.shape)}: give both "
            f"{tuple(columns.shape[1:])}, a number for each column"
        )
    curvatures, directions = torch.linalg.eigh(hessian(columns))
    parts = directions.T @ (start - best)
    powers = torch.arange(steps + 1, device=columns.device).unsqueeze(1)
    path: Tensor = best + ((1 - lr * curvatures) ** powers * parts) @ directions.T
    return path
