"""When several parameters predict the same: the shortest of them, and what a penalty chooses."""

import torch
from torch import Tensor


def free_directions(columns: Tensor) -> Tensor:
    """Return the directions along which parameters change no prediction, `(m, p)`, length 1 each.

    There are as many as columns that can be left out because those that stay make them, and none
    (`m` is 0) where the parameters are determined.

    Args:
        columns: Shape `(n, p)`, a column for each parameter.

    Raises:
        ValueError: If `columns` has another shape or no rows.

    Examples:
        >>> columns = torch.tensor([[1.0, 2.0], [2.0, 4.0]])
        >>> directions = free_directions(columns)
        >>> directions.abs().round(decimals=3), (columns @ directions.T).norm() < 1e-6
        (tensor([[0.8940, 0.4470]]), tensor(True))
    """
    _, scales, directions = _singular(columns)
    return directions[int((scales > 0).sum()) :]


def minimum_norm(columns: Tensor, targets: Tensor) -> Tensor:
    """Return the shortest of all parameters with the lowest mean squared error, `(p,)`.

    Along a free direction they are zero. Descent from zeros ends here, because no gradient points
    along such a direction. On the CPU, `torch.linalg.lstsq` ends here too with each `driver` but
    `"gels"`, which takes for granted that no column is made of others.

    Args:
        columns: Shape `(n, p)`, a column for each parameter.
        targets: Shape `(n,)`.

    Raises:
        ValueError: If the rows differ in number, or if there are none.

    Source: Strang (2016), section 7.4.

    Examples:
        >>> minimum_norm(torch.tensor([[1.0, 1.0], [2.0, 2.0]]), torch.tensor([3.0, 6.0]))
        tensor([1.5000, 1.5000])
    """
    _check_rows(columns, targets)
    basis, scales, directions = _singular(columns)
    inverse = torch.where(scales > 0, 1 / scales, 0)
    return directions[: len(scales)].T @ (inverse * (basis[:, : len(scales)].T @ targets))


def ridge(columns: Tensor, targets: Tensor, strength: float) -> Tensor:
    """Return the parameters with the lowest mean squared error plus penalty, `(p,)`.

    The penalty is `strength` times the sum of the squared parameters, so there is one answer
    whatever the columns. Columns should have mean 0 and deviation 1, and targets mean 0: a bias
    is not to be penalised.

    Args:
        columns: Shape `(n, p)`, a column for each parameter.
        targets: Shape `(n,)`.
        strength: Above 0, in squared units of the columns; a plain number where they are
            standardised.

    Raises:
        ValueError: If the rows differ in number, if there are none, or if `strength` is not above
            0.

    Source: Hoerl and Kennard (1970).

    Examples:
        >>> columns, targets = torch.tensor([[1.0, 1.0], [1.0, 1.0]]), torch.tensor([3.0, 3.0])
        >>> ridge(columns, targets, strength=1.0)
        tensor([1., 1.])
    """
    _check_rows(columns, targets)
    if not strength > 0:
        raise ValueError(f"strength is {strength}: give a number above 0, or use minimum_norm")
    n, p = columns.shape
    penalty = strength * torch.eye(p, dtype=columns.dtype, device=columns.device)
    solution: Tensor = torch.linalg.solve(
        columns.T @ columns / n + penalty, columns.T @ targets / n
    )
    return solution


def _singular(columns: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the singular value decomposition, with 0 for what is below the precision."""
    if columns.ndim != 2 or columns.numel() == 0:
        raise ValueError(f"columns have shape {tuple(columns.shape)}: give (n, p), n and p above 0")
    wide = len(columns) < columns.shape[1]  # only then are there directions beyond the scales
    basis, scales, directions = torch.linalg.svd(columns, full_matrices=wide)
    smallest = max(columns.shape) * torch.finfo(columns.dtype).eps * scales[0]
    return basis, torch.where(scales > smallest, scales, 0), directions


def _check_rows(columns: Tensor, targets: Tensor) -> None:
    if columns.ndim != 2 or targets.shape != columns.shape[:1] or len(targets) == 0:
        raise ValueError(
            f"columns have shape {tuple(columns.shape)}, targets {tuple(targets.shape)}: give "
            "(n, p) and (n,), with n at least 1"
        )
