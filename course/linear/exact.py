"""The best line without descent: the normal equation, and least squares with a look at the rank."""

import torch
from torch import Tensor


def with_ones(x: Tensor) -> Tensor:
    """Return the columns of a linear model: the inputs, and ones for the bias, `(n, d + 1)`.

    Args:
        x: Shape `(n,)` or `(n, d)`.

    Raises:
        ValueError: If `x` has another shape.

    Examples:
        >>> with_ones(torch.tensor([2.0, 5.0]))
        tensor([[2., 1.],
                [5., 1.]])
    """
    if x.ndim not in (1, 2):
        raise ValueError(f"x has shape {tuple(x.shape)}: give it (n,) or (n, d)")
    inputs = x if x.ndim == 2 else x.unsqueeze(1)
    return torch.cat([inputs, torch.ones_like(inputs[:, :1])], dim=1)


def solve_normal_equation(columns: Tensor, targets: Tensor) -> Tensor:
    """Return the parameters of the lowest mean squared error, `(p,)`, by the normal equation.

    Where the derivative is zero, the residuals are orthogonal to every column. Written out, that is
    a linear equation for the parameters, of as many rows as there are parameters.

    Args:
        columns: Shape `(n, p)`, a column for each parameter, as `with_ones` gives them.
        targets: Shape `(n,)`; with the shape `(n, k)` the parameters have `(p, k)`.

    Raises:
        ValueError: If the rows differ in number, or if there is more than one best answer. Rounding
            may hide that there is; `solve_least_squares` looks for it.

    Source: Strang (2016), section 4.3.

    Examples:
        >>> x, y = torch.tensor([0.0, 1.0, 2.0]), torch.tensor([1.0, 3.0, 5.0])
        >>> solve_normal_equation(with_ones(x), y).round(decimals=4)
        tensor([2., 1.])
    """
    _check_rows(columns, targets)
    solution: Tensor
    solution, singular = torch.linalg.solve_ex(columns.T @ columns, columns.T @ targets)
    if singular:
        raise ValueError(
            f"columns of shape {tuple(columns.shape)} leave more than one answer: one of them "
            "can be made from the others, or there are fewer rows than parameters"
        )
    return solution


def solve_least_squares(columns: Tensor, targets: Tensor) -> Tensor:
    """Return the same parameters, `(p,)`, as `torch.linalg.lstsq` does, if there is one answer.

    `lstsq` alone gives an answer in any case. Columns that differ by less than its threshold, the
    rounding of the type times the number of rows, count as one for it, and it says so only in the
    rank.

    Args:
        columns: Shape `(n, p)`, a column for each parameter, as `with_ones` gives them.
        targets: Shape `(n,)`; with the shape `(n, k)` the parameters have `(p, k)`.

    Raises:
        ValueError: If the rows differ in number, or if the rank of the columns is below `p`.

    Examples:
        >>> x, y = torch.tensor([0.0, 1.0, 2.0]), torch.tensor([1.0, 3.0, 5.0])
        >>> solve_least_squares(with_ones(x), y).round(decimals=4)
        tensor([2., 1.])
    """
    _check_rows(columns, targets)
    rank = int(torch.linalg.matrix_rank(columns))
    if rank < columns.shape[1]:
        raise ValueError(
            f"in {columns.dtype}, the {columns.shape[1]} columns have rank {rank}: centre and "
            "scale the inputs, compute in float64, or leave out a column made of others"
        )
    table = targets if targets.ndim == 2 else targets.unsqueeze(1)
    solution: Tensor = torch.linalg.lstsq(columns, table).solution
    return solution if targets.ndim == 2 else solution.squeeze(1)


def _check_rows(columns: Tensor, targets: Tensor) -> None:
    fits = columns.ndim == 2 and targets.ndim in (1, 2) and len(columns) == len(targets) > 0
    if not fits:
        raise ValueError(
            f"columns have shape {tuple(columns.shape)}, targets {tuple(targets.shape)}: give "
            "(n, p) and (n,) or (n, k), with n at least 1"
        )
