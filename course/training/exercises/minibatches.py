"""Exercises of the lesson `training/minibatches`: write it, and `check` tells what is missing."""

import itertools
import math
from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def noise_of_all_batches(gradients: Tensor, batch_size: int) -> Tensor:
    """Return how far the mean of a batch strays from that of all rows: a root mean square.

    Every batch of `batch_size` different rows counts once.

    Args:
        gradients: One number per row, shape `(n,)`.
        batch_size: From 1 to `n`.

    Examples:
        >>> noise_of_all_batches(torch.tensor([1.0, 3.0, 5.0, 11.0]), batch_size=2)
        tensor(2.1602)
    """
    batches = itertools.combinations(gradients, batch_size)
    means = torch.stack([torch.stack(batch).mean() for batch in batches])
    return (means - gradients.mean()).square().mean().sqrt()


def _by_formula(gradients: Tensor, batch_size: int) -> Tensor:
    n = len(gradients)
    factor = math.sqrt((n - batch_size) / (n - 1)) if n > 1 else 0
    return gradients.std(correction=0) / math.sqrt(batch_size) * factor


def _few_rows(generator: Generator) -> Iterator[tuple[Tensor, int]]:
    for n, batch_size in ((4, 2), (5, 1), (6, 4), (3, 3), (7, 3)):
        yield 5 + torch.randn(n, generator=generator, dtype=torch.float64), batch_size


all_batches = Exercise(
    name="training/all_batches",
    title="All batches that there are",
    mark=3,
    prompt="""
Write `noise_of_all_batches(gradients, batch_size)`, for rows whose gradient is one number each. Go
through *all* batches of so many different rows, and return the root of the mean squared distance
between the mean of a batch and the mean of all rows. These are all batches, and no sample of them:
divide by their number.
""",
    solution=noise_of_all_batches,
    reference=_by_formula,
    cases=_few_rows,
    example="""
gradients = torch.tensor([1.0, 3.0, 5.0, 11.0])
print([round(noise_of_all_batches(gradients, size).item(), 4) for size in (1, 2, 3, 4)])
""",
    hints=(
        "`itertools.combinations(gradients, batch_size)` gives each batch once, as a tuple.",
        "`torch.stack(batch).mean()` is the mean of such a tuple of numbers.",
    ),
    mistakes=(
        Mistake(
            "combinations(gradients, batch_size)",
            "product(gradients, repeat=batch_size)",
            says="In these batches a row may come twice, as with `itertools.product`: every row of "
            "a batch is another one.",
        ),
        Mistake(
            "square().mean().sqrt()",
            "abs().mean()",
            says="That is the mean distance: square, take the mean, then the root.",
        ),
        Mistake(".sqrt()", "", says="Those are squared distances: take the root of their mean."),
        Mistake(
            "torch.stack(batch).mean()",
            "torch.stack(batch).sum()",
            says="That compares the *sum* over a batch with the mean of all rows.",
        ),
    ),
)


def rows_needed(noise: float, wanted: float, n: int) -> int:
    """Return the smallest batch whose gradient has no more noise than wanted.

    The rows of a batch are different ones.

    Args:
        noise: That of a single row, above 0.
        wanted: How much there may be, at least 0, in the same unit.
        n: Number of rows, at least 2.

    Examples:
        >>> [rows_needed(noise=10.0, wanted=1.0, n=n) for n in (100, 1_000_000)]
        [51, 100]
    """
    return math.ceil(n / (1 + (n - 1) * (wanted / noise) ** 2))


def _tried_one_by_one(noise: float, wanted: float, n: int) -> int:
    enough = (
        size
        for size in range(1, n + 1)
        if noise**2 * (n - size) <= wanted**2 * size * (n - 1) * (1 + 1e-12)
    )
    return next(enough)


def _noises(_: Generator) -> Iterator[tuple[float, float, int]]:
    yield from (
        (10.0, 1.0, 1_000_000),
        (10.0, 1.0, 100),
        (3.0, 0.7, 442),
        (2.0, 5.0, 20),  # a single row is enough
        (2.0, 2.0, 20),  # just enough
        (2.0, 1.0, 9),  # three rows have exactly as much as wanted
        (1.0, 0.0, 20),  # only all rows have none
        (80.0, 3.0, 2),
    )


enough_rows = Exercise(
    name="training/enough_rows",
    title="How many rows are enough",
    mark=2,
    prompt="""
Write `rows_needed(noise, wanted, n)`: how many of the $n$ rows must a batch have, all of them
different ones, so that the noise of its gradient is no more than `wanted`? `noise` is $\\sigma$,
that of a single row. Return an `int`.
""",
    solution=rows_needed,
    reference=_tried_one_by_one,
    cases=_noises,
    example="print([rows_needed(10.0, 1.0, n) for n in (10, 100, 1_000, 1_000_000)])",
    hints=(
        "Set the square of the noise equal to the square of `wanted`, and solve for $B$.",
        "$\\frac{\\sigma^2}{B} \\cdot \\frac{n - B}{n - 1} = \\text{wanted}^2$ is linear in $B$ "
        "once both sides are multiplied by $B$. Then round up.",
    ),
    mistakes=(
        Mistake(
            "math.ceil(n / (1 + (n - 1) * (wanted / noise) ** 2))",
            "math.ceil((noise / wanted) ** 2)",
            says="That is right for rows that may come twice: different rows need fewer, at most "
            "$n$, which are enough even where no noise at all is wanted.",
        ),
        Mistake(
            "math.ceil(n / (1 + (n - 1) * (wanted / noise) ** 2))",
            "math.ceil(noise / wanted)",
            says="Twice the rows do not halve the noise: it falls with the root.",
        ),
        Mistake(
            "math.ceil",
            "int",
            says="Rounded down, the batch has a little too much noise: round up.",
        ),
    ),
)


def row_weights(n: int, batch_size: int) -> Tensor:
    """Return how much each row counts in one epoch in order, shape `(n,)`; the sum is 1.

    Every batch takes one step, along the mean of its gradients, so it has the same part of all.

    Args:
        n: Number of rows, at least 1.
        batch_size: Rows of each batch but perhaps the last, at least 1.

    Examples:
        >>> row_weights(5, batch_size=4)
        tensor([0.1250, 0.1250, 0.1250, 0.1250, 0.5000])
    """
    batches = torch.arange(n).split(batch_size)
    shares = [torch.full((len(rows),), 1 / len(rows)) for rows in batches]
    return torch.cat(shares) / len(batches)


def _by_autograd(n: int, batch_size: int) -> Tensor:
    """Differentiate the average of batch averages by each row's loss."""
    losses = torch.zeros(n, requires_grad=True)
    means = [losses[first : first + batch_size].mean() for first in range(0, n, batch_size)]
    torch.stack(means).mean().backward()
    assert losses.grad is not None
    return losses.grad


def _tables(_: Generator) -> Iterator[tuple[int, int]]:
    yield from ((5, 4), (20, 6), (8, 4), (3, 4), (1, 1), (7, 1))


weights_of_rows = Exercise(
    name="training/weights_of_rows",
    title="What a row counts",
    mark=3,
    prompt="""
Write `row_weights(n, batch_size)`: $n$ rows are read in order, and each batch takes one step along
the mean gradient of its rows. Which part of an epoch belongs to each row, if all batches have equal
parts? Return one number per row, with the sum 1.
""",
    solution=row_weights,
    reference=_by_autograd,
    cases=_tables,
    example="print(row_weights(5, batch_size=2))",
    hints=(
        "`torch.arange(n).split(batch_size)` are the rows of each batch.",
        "A row has its batch's part, one over the number of batches, divided by the rows in it.",
    ),
    mistakes=(
        Mistake(
            "torch.cat(shares) / len(batches)",
            "torch.full((n,), 1 / n)",
            says="So it would be if the last batch were full: its rows share its step.",
        ),
        Mistake(
            "1 / len(rows)",
            "1 / batch_size",
            says="Each batch divides by the rows it *has*: in the last one, those are fewer.",
        ),
        Mistake(
            "1 / len(rows)",
            "(len(rows) == batch_size) / batch_size",
            "len(batches)",
            "max(n // batch_size, 1)",
            says="That is `drop_last=True`: here the last batch takes its step.",
        ),
        Mistake(" / len(batches)", "", says="The sum is the number of batches: divide by it."),
    ),
)
