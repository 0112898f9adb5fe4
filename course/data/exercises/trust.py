"""Exercises of the lesson `data/trust`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def standardised(training: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    """Return both tables, scaled with the statistics of the training rows.

    Args:
        training: Shape `(n, d)`, floating-point, `n` at least 2.
        test: Shape `(m, d)`.

    Returns:
        Both, with the mean of each training column subtracted, and divided by its standard
        deviation (that of `std`, with `n - 1`). A column that never changes in the training rows
        is divided by 1.

    Examples:
        >>> standardised(torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[5.0]]))
        (tensor([[-1.],
                [ 0.],
                [ 1.]]), tensor([[3.]]))
    """
    mean, std = training.mean(dim=0), training.std(dim=0)
    std = std.where(std > 0, 1.0)
    return (training - mean) / std, (test - mean) / std


def _column_by_column(training: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    scaled = []
    for one, other in zip(training.T, test.T, strict=True):
        mean = one.sum() / len(one)
        deviation = ((one - mean).square().sum() / (len(one) - 1)).sqrt()
        size = deviation if deviation > 0 else torch.ones_like(deviation)
        scaled.append(((one - mean) / size, (other - mean) / size))
    first, second = zip(*scaled, strict=True)
    return torch.stack(first, dim=1), torch.stack(second, dim=1)


def _each_its_own(training: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    return standardised(training, training)[0], standardised(test, test)[0]


def _leaking(training: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    """Return both tables, scaled with the statistics of the training rows.

    Args:
        training: Shape `(n, d)`, floating-point, `n` at least 2.
        test: Shape `(m, d)`.

    Returns:
        Both, with the mean of each training column subtracted, and divided by its standard
        deviation (that of `std`, with `n - 1`). A column that never changes in the training rows
        is divided by 1.
    """
    both = torch.cat([training, test])
    mean, std = both.mean(dim=0), both.std(dim=0)
    return (training - mean) / std, (test - mean) / std


def _two_tables(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[5.0], [7.0]])
    for n, m, d, dtype in ((5, 3, 2, torch.float32), (20, 9, 4, torch.float64)):
        x = 3 + 2 * torch.randn(n + m, d, generator=generator, dtype=dtype)
        yield x[:n], 1 + x[n:]
    yield torch.tensor([[1.0, 4.0], [2.0, 4.0]]), torch.tensor([[3.0, 6.0], [3.0, 4.0]])


training_statistics = Exercise(
    name="data/training_statistics",
    title="Statistics of the training rows",
    mark=1,
    prompt="""
This function leaks: what does the training table know of the test rows? And for some tables it
returns NaN: which? Repair both.
""",
    solution=standardised,
    starter=_leaking,
    reference=_column_by_column,
    cases=_two_tables,
    example="""
training, test = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[5.0]])
print(standardised(training, test))
""",
    hints=(
        "`training.mean(dim=0)` has one mean for each column.",
        "`std.where(std > 0, 1.0)` takes 1 where the deviation is 0.",
    ),
    mistakes=(
        Mistake(
            "mean, std = training.mean(dim=0), training.std(dim=0)\n",
            "both = torch.cat([training, test])\nmean, std = both.mean(dim=0), both.std(dim=0)\n",
            says="The test rows have moved the statistics: compute them from `training` only.",
        ),
        Mistake(
            _each_its_own,
            says="Scaled with statistics of their own, test rows mean something else than training "
            "rows of the same values: use those of `training` for both.",
        ),
        Mistake(
            "std = std.where(std > 0, 1.0)\n",
            "",
            says="A column that never changes is divided by 0 here, and becomes NaN: divide it by "
            "1.",
        ),
        Mistake(
            "training.mean(dim=0), training.std(dim=0)",
            "training.mean(), training.std()",
            says="Each column has a mean and a deviation of its own: `dim=0`.",
        ),
    ),
)


def repeated(x: Tensor) -> Tensor:
    """Return for each row whether an earlier row is equal to it.

    Args:
        x: Shape `(n, d)`, without NaN.

    Returns:
        Shape `(n,)`, `torch.bool`: `x[~repeated(x)]` has each row once, where it stood first.

    Examples:
        >>> repeated(torch.tensor([[1, 2], [3, 4], [1, 2], [1, 2]]))
        tensor([False, False,  True,  True])
    """
    same = (x[:, None] == x).all(dim=2)
    marked: Tensor = same.tril(-1).any(dim=1)
    return marked


def _seen_before(x: Tensor) -> Tensor:
    seen: set[tuple[float, ...]] = set()
    answers = []
    for row in map(tuple, x.tolist()):
        answers.append(row in seen)
        seen.add(row)
    return torch.tensor(answers)


def _rows_that_repeat(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([[1, 2], [3, 4], [1, 2], [1, 2], [3, 2]]),)
    yield (torch.tensor([[0.5]]),)
    yield (torch.randn(6, 3, generator=generator),)
    yield (torch.randint(0, 2, (12, 3), generator=generator),)


repeats = Exercise(
    name="data/repeats",
    title="Each row once",
    mark=3,
    prompt="""
Remove rows that come twice **before** you split, or copies end up on both sides. Write
`repeated(x)`, which marks every row that an earlier row is equal to. The first of them stays.
""",
    solution=repeated,
    reference=_seen_before,
    cases=_rows_that_repeat,
    example="print(repeated(torch.tensor([[1, 2], [3, 4], [1, 2], [1, 2]])))",
    hints=(
        "`x[:, None] == x` compares every row with every row: shape `(n, n, d)`.",
        "Row `i` of `same.tril(-1)` holds what row `i` has in common with the rows before it.",
    ),
    mistakes=(
        Mistake(
            "same.tril(-1).any(dim=1)",
            "same.sum(dim=1) > 1",
            says="The first of several equal rows is marked too: it would be lost.",
        ),
        Mistake(
            "tril(-1)", "triu(1)", says="The last of several equal rows stays here: keep the first."
        ),
        Mistake(
            "(x[:, None] == x).all(dim=2)",
            "(x[1:] == x[:-1]).all(dim=1)",
            "same.tril(-1).any(dim=1)",
            "torch.cat([torch.tensor([False]), same])",
            says="That compares with the row before only: equal rows may stand far apart.",
        ),
        Mistake("all", "any", says="Rows are equal if all their values are: `all`, and not `any`."),
    ),
)


def on_both_sides(groups: Tensor, test: Tensor) -> Tensor:
    """Return the groups that have rows among the training rows and among the test rows.

    Args:
        groups: The group of each row, such as the number of a patient, shape `(n,)`, integers.
        test: Whether a row is a test row, shape `(n,)`, `torch.bool`.

    Returns:
        Each of these groups once, from the smallest number up, shape `(k,)`.

    Examples:
        >>> on_both_sides(torch.tensor([7, 7, 3, 5]), torch.tensor([True, False, False, True]))
        tensor([7])
    """
    training_groups, test_groups = groups[~test].unique(), groups[test].unique()
    both: Tensor = test_groups[torch.isin(test_groups, training_groups)]
    return both


def _intersection(groups: Tensor, test: Tensor) -> Tensor:
    pairs = list(zip(groups.tolist(), test.tolist(), strict=True))
    both = {g for g, side in pairs if side} & {g for g, side in pairs if not side}
    return torch.tensor(sorted(both), dtype=groups.dtype)


def _groups_and_sides(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([7, 7, 3, 5, 3, 3]), torch.tensor([True, False, False, True, False, False])
    yield torch.tensor([2, 2, 1, 1]), torch.tensor([True, True, False, False])
    groups = torch.randint(0, 15, (40,), generator=generator)
    yield groups, torch.rand(40, generator=generator) < 0.3
    yield groups, groups < 4


patients = Exercise(
    name="data/patients",
    title="The same patient on both sides",
    mark=2,
    prompt="""
Four scans of one patient are four different rows, and no search for equal rows finds them. Yet a
model that has seen three of them knows the fourth. Write `on_both_sides(groups, test)`: which
patients have rows on both sides of the split? There should be none.
""",
    solution=on_both_sides,
    reference=_intersection,
    cases=_groups_and_sides,
    example="""
patient = torch.tensor([7, 7, 3, 5])
test = torch.tensor([True, False, False, True])
print(on_both_sides(patient, test))
""",
    hints=(
        "`groups[test]` and `groups[~test]` are the groups of the two sides.",
        "`unique()` has each once and in order, `torch.isin(a, b)` says which of `a` are in `b`.",
    ),
    mistakes=(
        Mistake(
            "[torch.isin(test_groups, training_groups)]",
            "",
            says="These are all groups of test rows: keep those in training too.",
        ),
        Mistake(
            "both: Tensor = test_groups[torch.isin(test_groups, training_groups)]\n",
            "numbers, counts = groups.unique(return_counts=True)\nboth = numbers[counts > 1]\n",
            says="These are the groups of several rows. All rows of a group may be on one side.",
        ),
        Mistake(
            "groups[test].unique()",
            "groups[test]",
            says="A group is there once for each of its rows: take `unique()`.",
        ),
    ),
)
