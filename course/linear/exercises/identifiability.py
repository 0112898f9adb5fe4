"""Exercises of the lesson `linear/identifiability`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.linear.identifiability import ridge
from course.practice import Exercise, Mistake


def ridge_by_rows(columns: Tensor, targets: Tensor, strength: float) -> Tensor:
    """Return the parameters of ridge regression, `(p,)`, by least squares on more rows.

    Args:
        columns: Shape `(n, p)`.
        targets: Shape `(n,)`.
        strength: Of the penalty, above 0, in units of the mean squared error.

    Examples:
        >>> columns, targets = torch.tensor([[1.0, 1.0], [1.0, 1.0]]), torch.tensor([3.0, 3.0])
        >>> ridge_by_rows(columns, targets, strength=1.0).round(decimals=4)
        tensor([1., 1.])
    """
    n, p = columns.shape
    more = (n * strength) ** 0.5 * torch.eye(p, dtype=columns.dtype)
    rows = torch.cat([columns, more])
    wanted = torch.cat([targets, targets.new_zeros(p)])
    solution: Tensor = torch.linalg.lstsq(rows, wanted.unsqueeze(1)).solution
    return solution.squeeze(1)


def _tables(generator: Generator) -> Iterator[tuple[Tensor, Tensor, float]]:
    same = torch.tensor([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]], dtype=torch.float64)
    yield same, torch.tensor([3.0, 6.0, 11.0], dtype=torch.float64), 0.5
    for n, p, strength in ((6, 3, 0.1), (3, 5, 2.0)):
        columns = torch.randn(n, p, generator=generator, dtype=torch.float64)
        yield columns, torch.randn(n, generator=generator, dtype=torch.float64), strength
    columns = torch.randn(4, 1, generator=generator, dtype=torch.float64)
    yield columns, 1000 * columns[:, 0], 0.3
    yield torch.tensor([[1.0, 2.0], [3.0, 5.0]]), torch.tensor([1.0, -1.0]), 1.0


more_rows = Exercise(
    name="linear/more_rows",
    title="A penalty is more data",
    mark=3,
    prompt="""
Write `ridge_by_rows(columns, targets, strength)` with nothing but `torch.linalg.lstsq`: add a row
for each parameter that asks for this parameter to be 0. With what weight must it ask, so that the
result is that of `ridge`?
""",
    solution=ridge_by_rows,
    reference=ridge,
    cases=_tables,
    example="""
columns, targets = torch.tensor([[1.0, 1.0], [2.0, 2.0]]), torch.tensor([3.0, 6.0])
print(ridge_by_rows(columns, targets, strength=0.5))
""",
    hints=(
        "`torch.cat([columns, more])` puts rows below rows; `more` is a multiple of "
        "`torch.eye(p)`, and the targets of these rows are 0.",
        "The squared residual of such a row is (multiple × parameter)². The mean squared error "
        "divides the sum over the n measurements by n, the penalty is not divided.",
    ),
    mistakes=(
        Mistake(
            " ** 0.5",
            "",
            says="A residual is squared: the multiple of the new rows is the root of what you "
            "took.",
        ),
        Mistake(
            "n * strength",
            "strength",
            says="The error is a mean over n rows and the penalty is not: the n is missing in the "
            "multiple.",
        ),
        Mistake(
            "torch.cat([columns, more])",
            "columns",
            "torch.cat([targets, targets.new_zeros(p)])",
            "targets",
            says="Nothing pulls the parameters towards 0: add a row for each of them.",
        ),
        Mistake(
            "new_zeros",
            "new_ones",
            says="The new rows ask for parameters of 1: their targets are 0.",
        ),
    ),
)


def inflation(columns: Tensor, j: int) -> Tensor:
    """Return by what the others inflate the variance of a parameter, a scalar.

    Args:
        columns: Shape `(n, p)`, each with mean 0, none of them made of the others.
        j: The number of the column.

    Examples:
        >>> inflation(torch.tensor([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]]), 0)
        tensor(1.)
    """
    others = torch.cat([columns[:, :j], columns[:, j + 1 :]], dim=1)
    column = columns[:, j : j + 1]
    residuals: Tensor = column - others @ torch.linalg.lstsq(others, column).solution
    return (column**2).sum() / (residuals**2).sum()


def _by_the_inverse(columns: Tensor, j: int) -> Tensor:
    inverse: Tensor = torch.linalg.inv(torch.corrcoef(columns.T))
    return inverse[j, j]


def _centred(generator: Generator) -> Iterator[tuple[Tensor, int]]:
    for n, p, j in ((5, 2, 0), (9, 3, 1), (12, 4, 3)):
        columns = torch.randn(n, p, generator=generator, dtype=torch.float64)
        columns[:, 0] += 2 * columns[:, -1]
        yield columns - columns.mean(dim=0), j


inflated = Exercise(
    name="linear/inflated",
    title="How much of a column is its own",
    mark=3,
    prompt="""
Predict column `j` from the other columns. What is left, the residuals, is all that can tell its
parameter from theirs. Write `inflation(columns, j)`: the sum of the squared elements of the column,
divided by the sum of the squared residuals. By this factor the variance of its parameter is larger
than if the other columns were orthogonal to it (*variance inflation factor*).
""",
    solution=inflation,
    reference=_by_the_inverse,
    cases=_centred,
    example="""
columns = torch.tensor([[1.0, 1.1], [-1.0, -0.9], [2.0, 1.9], [-2.0, -2.1]])
print(inflation(columns, 0))
""",
    hints=(
        "`torch.cat([columns[:, :j], columns[:, j + 1:]], dim=1)` holds the others.",
        "`columns[:, j : j + 1]` keeps two axes, as `torch.linalg.lstsq` wants its targets.",
    ),
    mistakes=(
        Mistake(
            "(column**2).sum() / (residuals**2).sum()",
            "1 - (residuals**2).sum() / (column**2).sum()",
            says="That is R², the share that the others explain: 1/(1 − R²).",
        ),
        Mistake(
            "(column**2).sum() / (residuals**2).sum()",
            "(residuals**2).sum() / (column**2).sum()",
            says="That is the share that is left: turn the fraction over.",
        ),
        Mistake(
            "torch.cat([columns[:, :j], columns[:, j + 1 :]], dim=1)",
            "columns",
            says="Nothing is left, because the column predicts itself: leave it out of the others.",
        ),
    ),
)
