"""Curves from straight pieces: a sum of ReLU units with one input, fitted by least squares."""

import torch
from torch import Tensor


def hinges(x: Tensor, knots: Tensor) -> Tensor:
    """Return a column for each knot: 0 up to it, and from there on the way since, x − knot.

    They are the values of ReLU units with weight 1 and bias −knot.

    Args:
        x: Inputs, shape `(n,)`.
        knots: Where the hinges begin, shape `(m,)`.

    Returns:
        Shape `(n, m)`.

    Raises:
        ValueError: If a shape is another one.

    Examples:
        >>> hinges(torch.tensor([0.0, 1.0, 3.0]), knots=torch.tensor([0.0, 2.0]))
        tensor([[0., 0.],
                [1., 0.],
                [3., 1.]])
    """
    if x.ndim != 1 or knots.ndim != 1:
        shapes = f"{tuple(x.shape)} and {tuple(knots.shape)}"
        raise ValueError(f"x and knots have shapes {shapes}: give (n,) and (m,)")
    return torch.relu(x.unsqueeze(1) - knots)


def fit_hinges(x: Tensor, y: Tensor, knots: Tensor) -> tuple[Tensor, Tensor]:
    """Return the weights of the hinges `(m,)` and the bias `()` with the least squared residuals.

    At a knot the slope changes by the weight of its hinge. Left of the first knot the prediction is
    the bias: put that knot at the left end of the data.

    Args:
        x: Inputs, shape `(n,)`, n above m.
        y: Targets, shape `(n,)`.
        knots: Where the hinges begin, all different, shape `(m,)`.

    Raises:
        ValueError: If a shape is another one, or if the rows do not determine the weights.

    Examples:
        >>> x = torch.tensor([0.0, 1.0, 2.0, 3.0, 4.0])
        >>> weight, bias = fit_hinges(x, (x - 2).abs(), knots=torch.tensor([0.0, 2.0]))
        >>> weight.round(decimals=4), bias.round(decimals=4)
        (tensor([-1.,  2.]), tensor(2.))
    """
    if y.shape != x.shape:
        shapes = f"{tuple(y.shape)}, x {tuple(x.shape)}"
        raise ValueError(f"y has shape {shapes}: give both the shape (n,)")
    bends = hinges(x, knots)
    columns = torch.cat([bends, torch.ones_like(bends[:, :1])], dim=1)
    rank = int(torch.linalg.matrix_rank(columns))
    if rank < columns.shape[1]:
        raise ValueError(
            f"the rows determine {rank} of {columns.shape[1]} parameters: give fewer knots, all "
            "different, with rows between every two and behind the last"
        )
    solution = torch.linalg.lstsq(columns, y.unsqueeze(1)).solution.squeeze(1)
    return solution[:-1], solution[-1]
