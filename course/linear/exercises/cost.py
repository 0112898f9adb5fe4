"""Exercises of the lesson `linear/cost`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor, nn

from course.practice import Exercise, Mistake


def _difference_of_pairs(predictions: Tensor, targets: Tensor) -> Tensor:
    if predictions.shape != targets.shape or targets.numel() == 0:
        raise ValueError
    return nn.functional.mse_loss(predictions, targets)


def _pairs(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    for n, dtype in ((1, torch.float32), (2, torch.float64), (20, torch.float32)):
        predictions, targets = torch.randn(2, n, generator=generator, dtype=dtype)
        yield predictions, targets
    yield targets, targets  # no residuals
    yield torch.tensor([-1.0, -2.0, 3.0]), torch.tensor([2.0, 1.0, 2.0])  # on the whole too low


def mean_absolute_error(predictions: Tensor, targets: Tensor) -> Tensor:
    """Return the mean of the absolute residuals, a scalar in target units.

    Args:
        predictions: Shape `(n,)`, in target units.
        targets: Shape `(n,)`.

    Examples:
        >>> mean_absolute_error(torch.tensor([2.0, 5.0]), torch.tensor([3.0, 2.0]))
        tensor(2.)
    """
    return (predictions - targets).abs().mean()


absolute_cost = Exercise(
    name="linear/absolute_cost",
    title="A cost without squares",
    mark=1,
    prompt="""
Write `mean_absolute_error(predictions, targets)`: the mean of $|\\hat y_i - y_i|$. It counts a miss
of 2 twice as much as a miss of 1, where the mean squared error counts it four times. What will that
change when one of the measurements is badly wrong?
""",
    solution=mean_absolute_error,
    reference=nn.functional.l1_loss,
    cases=_pairs,
    example="print(mean_absolute_error(torch.tensor([2.0, 5.0]), torch.tensor([3.0, 2.0])))",
    hints=("A tensor has the method `abs`.",),
    mistakes=(
        Mistake(
            ".abs()", "", says="Residuals of opposite sign cancel: take `abs` before the mean."
        ),
        Mistake(
            "abs().mean()",
            "mean().abs()",
            says="Residuals of opposite sign have cancelled: `abs` before `mean`.",
        ),
        Mistake("mean()", "sum()", says="That is the sum: the mean divides it by n."),
        Mistake(
            "abs().mean()",
            "square().mean().sqrt()",
            says="The root of the mean square is another number: take `abs`, then `mean`.",
        ),
    ),
)


def best_slope(x: Tensor, y: Tensor) -> Tensor:
    """Return the slope of the line through the origin with the lowest cost, a scalar.

    Args:
        x: Shape `(n,)`, not all zero.
        y: Shape `(n,)`.

    Examples:
        >>> best_slope(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0]))
        tensor(3.)
    """
    return (x @ y) / (x @ x)


def _projected(x: Tensor, y: Tensor) -> Tensor:
    lengths: Tensor = torch.linalg.vector_norm(torch.stack([x, y]), dim=1)
    return nn.functional.cosine_similarity(x, y, dim=0) * lengths[1] / lengths[0]


def _extensions(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0])  # no residuals
    yield torch.tensor([-2.0]), torch.tensor([3.0])
    yield torch.tensor([0.0, 1.0, 3.0]), torch.tensor([1.0, 2.0, 10.0])
    x, y = torch.randn(2, 9, generator=generator, dtype=torch.float64)
    yield x, y


lowest_point = Exercise(
    name="linear/lowest_point",
    title="The best slope",
    mark=2,
    prompt="""
Write `best_slope(x, y)`: the slope at the bottom of the parabola. Is it the mean of the slopes
$y_i / x_i$ of the single measurements? Or the slope at which the residuals add up to zero?
""",
    solution=best_slope,
    reference=_projected,
    cases=_extensions,
    example="print(best_slope(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0])))",
    hints=(
        "At the bottom the derivative is zero. The formula stands below the parabola.",
        "`a @ b` is the sum of the products of two tensors with one axis.",
    ),
    mistakes=(
        Mistake(
            "(x @ y) / (x @ x)",
            "(y / x).mean()",
            says="That is the mean of y / x, where the smallest inputs weigh as much as the "
            "largest: set the derivative of the cost to zero.",
        ),
        Mistake(
            "(x @ y) / (x @ x)",
            "y.mean() / x.mean()",
            says="At that slope the residuals add up to zero, which is not where their squares are "
            "smallest: set the derivative of the cost to zero.",
        ),
        Mistake("x @ x", "y @ y", says="Divide by the sum of the squares of x, not of y."),
    ),
)


def costs_of_lines(x: Tensor, y: Tensor, weights: Tensor, biases: Tensor) -> Tensor:
    """Return the mean squared error of the line for each pair of slope and bias, `(k, m)`.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weights: The slopes, shape `(k,)`, one for each row of the result.
        biases: The biases, shape `(m,)`, one for each column.

    Examples:
        >>> x, y = torch.tensor([1.0, 2.0]), torch.tensor([4.0, 7.0])
        >>> costs_of_lines(x, y, torch.tensor([2.0, 3.0]), torch.tensor([0.0, 1.0, 2.0]))
        tensor([[6.5000, 2.5000, 0.5000],
                [1.0000, 0.0000, 1.0000]])
    """
    predictions = weights[:, None, None] * x + biases[:, None]  # (k, m, n)
    return ((predictions - y) ** 2).mean(dim=-1)


def _cost_of_pair(x: Tensor, y: Tensor, weights: Tensor, biases: Tensor) -> Tensor:
    rows = [
        torch.stack([nn.functional.mse_loss(w * x + b, y) for b in biases.unbind()])
        for w in weights.unbind()
    ]
    return torch.stack(rows)


def _grids(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    for n, k, m, dtype in (
        (2, 1, 3, torch.float32),
        (3, 3, 3, torch.float32),  # equal lengths: an exchanged axis has the right shape
        (1, 2, 1, torch.float64),
    ):
        x, y = torch.randn(2, n, generator=generator, dtype=dtype)
        weights = torch.randn(k, generator=generator, dtype=dtype)
        yield x, y, weights, torch.randn(m, generator=generator, dtype=dtype)


surface = Exercise(
    name="linear/surface",
    title="The cost of every line",
    mark=3,
    prompt="""
Write `costs_of_lines(x, y, weights, biases)`: the mean squared error for every pair, with a row for
each slope and a column for each bias. Two loops will do. One expression does as well: this time,
broadcasting is what you want.
""",
    solution=costs_of_lines,
    reference=_cost_of_pair,
    cases=_grids,
    example="""
x, y = torch.tensor([1.0, 2.0]), torch.tensor([4.0, 7.0])
print(costs_of_lines(x, y, torch.tensor([2.0, 3.0]), torch.tensor([0.0, 1.0, 2.0])))
""",
    hints=(
        "With loops: `torch.stack` makes a tensor of a list of costs, `reshape` a table of it.",
        "Without: give slopes, biases and measurements an axis each. `weights[:, None, None]` has "
        "the shape `(k, 1, 1)`, and `mean(dim=-1)` averages over the last axis.",
    ),
    mistakes=(
        Mistake(
            "mean(dim=-1)",
            "mean(dim=-1).T",
            says="Rows and columns are exchanged: each slope has a row.",
        ),
        Mistake(
            "mean(dim=-1)", "sum(dim=-1)", says="Those are the sums: the mean divides each by n."
        ),
        Mistake(
            "mean(dim=-1)",
            "mean()",
            says="One number for all lines: average over the measurements only.",
        ),
        Mistake(
            " + biases[:, None]",
            "",
            says="The biases are missing, and with them their columns: a prediction is w * x + b.",
        ),
    ),
)


def broadcast_cost(predictions: Tensor, targets: Tensor) -> Tensor:
    """Return the mean square of every prediction less every target, without a table, a scalar.

    Args:
        predictions: Shape `(n,)`, in target units.
        targets: Shape `(n,)`.

    Examples:
        >>> broadcast_cost(torch.tensor([1.0, 3.0]), torch.tensor([1.0, 3.0]))
        tensor(2.)
    """
    apart = predictions.mean() - targets.mean()
    return apart**2 + predictions.var(correction=0) + targets.var(correction=0)


def _with_a_table(predictions: Tensor, targets: Tensor) -> Tensor:
    return (predictions.unsqueeze(-1) - targets).square().mean()


wrong_number = Exercise(
    name="linear/wrong_number",
    title="Explain the wrong number",
    mark=3,
    prompt="""
Predictions `(n, 1)` against targets `(n,)` gave a wrong cost. Find out what it measures. Write
`broadcast_cost(predictions, targets)`, both `(n,)`: the same number from two means and two
variances, without a table of $n^2$ differences. Which predictions make it smallest?
""",
    solution=broadcast_cost,
    reference=_with_a_table,
    cases=_pairs,
    example="print(broadcast_cost(torch.tensor([1.0, 3.0]), torch.tensor([1.0, 3.0])))",
    hints=(
        "Write each number as its mean plus what is left: $\\hat y_i = m + u_i$, "
        "$y_j = q + v_j$. Square $(m - q) + u_i - v_j$ and average over all pairs.",
        "The mean of all $u_i$ is 0, that of all $v_j$ as well, so every mixed term is 0. The mean "
        "of the $u_i^2$ is the variance that divides by n: `var(correction=0)`.",
    ),
    mistakes=(
        Mistake("apart**2 + ", "", says="The distance of the two means is missing, as a square."),
        Mistake(
            "apart**2",
            "apart",
            says="The distance of the means is in target units, the cost in squares of them.",
        ),
        Mistake(
            " + predictions.var(correction=0)",
            "",
            says="Predictions that differ from one another miss the targets, too: their variance "
            "is missing.",
        ),
        Mistake(
            " + targets.var(correction=0)",
            "",
            says="No prediction meets targets that differ: their variance is missing.",
        ),
        Mistake(
            "predictions.var(correction=0)",
            "predictions.var()",
            "targets.var(correction=0)",
            "targets.var()",
            says="`var` divides by n − 1 unless you say `correction=0`.",
        ),
        Mistake(
            "apart**2 + predictions.var(correction=0) + targets.var(correction=0)",
            "((predictions - targets) ** 2).mean() + 0 * apart",
            says="That is the right cost. Asked for is the wrong one, in which every prediction "
            "meets every target.",
        ),
    ),
)
