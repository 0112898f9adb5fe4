"""Exercises of the lesson `training/seeds`: write it, and `check` tells what is missing."""

import math
from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake
from course.training.seeds import mean_interval, t_quantile


def standard_error_of_mean(values: Tensor) -> Tensor:
    """Return the standard error of the mean of several runs, a scalar in their unit.

    Args:
        values: One number per run, shape `(m,)`, `m` at least 2.

    Examples:
        >>> standard_error_of_mean(torch.tensor([91.0, 93.0, 92.0, 96.0]))
        tensor(1.0801)
    """
    return values.std() / math.sqrt(len(values))


def _error_by_squares(values: Tensor) -> Tensor:
    m = len(values)
    return ((values - values.sum() / m).square().sum() / (m * (m - 1))).sqrt()


def _runs(generator: Generator) -> Iterator[tuple[Tensor]]:
    for m, dtype in ((2, torch.float32), (5, torch.float64), (20, torch.float32)):
        yield (90 + torch.randn(m, generator=generator, dtype=dtype),)


standard_error = Exercise(
    name="training/standard_error",
    title="How far a mean would move",
    mark=1,
    prompt="""
Write `standard_error_of_mean(values)`: the $s / \\sqrt m$ of the interval, from the $m$ values of
as many runs. The runs are a sample, so $s$ divides by $m - 1$.
""",
    solution=standard_error_of_mean,
    reference=_error_by_squares,
    cases=_runs,
    example="print(standard_error_of_mean(torch.tensor([91.0, 93.0, 92.0, 96.0])))",
    hints=("`values.std()` is $s$.", "`math.sqrt(len(values))` is $\\sqrt m$."),
    mistakes=(
        Mistake(
            " / math.sqrt(len(values))",
            "",
            says="That is how far single runs lie apart, which more runs do not make smaller: "
            "divide by $\\sqrt m$.",
        ),
        Mistake(
            "math.sqrt(len(values))",
            "len(values)",
            says="Divide by the root of the number of runs, not by the number.",
        ),
        Mistake(
            "std()",
            "std(correction=0)",
            says="With `correction=0` the squares are divided by $m$, which is too little spread: "
            "the mean comes from the same runs, so divide by $m - 1$, as `std` does by itself.",
        ),
    ),
)


def which_is_ahead(first: Tensor, second: Tensor) -> str:
    """Return `"first"`, `"second"` or `"undecided"`, at the level of 95 in 100.

    Args:
        first: How good the first model is, one number per seed, shape `(m,)`, `m` at least 2.
        second: The same for the second one, with the same seeds in the same order.

    Examples:
        >>> which_is_ahead(torch.tensor([90.0, 94.0, 92.0]), torch.tensor([91.0, 95.1, 92.9]))
        'second'
    """
    gain, margin = mean_interval(second - first)
    if abs(gain) <= margin:
        return "undecided"
    return "first" if gain < 0 else "second"


def _two_intervals(first: Tensor, second: Tensor) -> str:
    """Return `"first"`, `"second"` or `"undecided"`, at the level of 95 in 100.

    Args:
        first: How good the first model is, one number per seed, shape `(m,)`, `m` at least 2.
        second: The same for the second one, with the same seeds in the same order.
    """
    (one, margin), (two, other_margin) = mean_interval(first), mean_interval(second)
    if one - margin > two + other_margin:
        return "first"
    if two - other_margin > one + margin:
        return "second"
    return "undecided"


def _by_means(first: Tensor, second: Tensor) -> str:
    return "second" if second.mean() > first.mean() else "first"


def _by_student(first: Tensor, second: Tensor) -> str:
    gains = [b - a for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    m = len(gains)
    mean = sum(gains) / m
    error = math.sqrt(sum((gain - mean) ** 2 for gain in gains) / (m - 1) / m)
    if abs(mean) <= t_quantile(0.95, m - 1) * error:
        return "undecided"
    return "second" if mean > 0 else "first"


def _pairs_of_runs(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([90.0, 94.0, 92.0]), torch.tensor([91.0, 95.1, 92.9])
    for ahead in (1.0, 0.6, -0.6, 0.1, -0.1):
        split = 90 + 3 * torch.randn(8, generator=generator, dtype=torch.float64)  # hard or easy
        own = 0.3 * torch.randn(2, 8, generator=generator, dtype=torch.float64)
        yield split + own[0], split + ahead + own[1]
    yield torch.tensor([80.0, 80.5, 81.0]), torch.tensor([90.0, 90.5, 91.2])
    yield torch.tensor([90.0, 92.0]), torch.tensor([90.0, 92.0])  # no difference at all


ahead = Exercise(
    name="training/ahead",
    title="Which of two is ahead",
    mark=2,
    prompt="""
Somebody draws an interval for each of two models and calls them undecided whenever the intervals
touch. Run both with the same seeds, and this function misses differences that are there. Why?
Repair it: what does the *seed* do to both models alike, and how do you take it out?
""",
    solution=which_is_ahead,
    starter=_two_intervals,
    reference=_by_student,
    cases=_pairs_of_runs,
    example="""
first, second = torch.tensor([90.0, 94.0, 92.0]), torch.tensor([91.0, 95.1, 92.9])
print(which_is_ahead(first, second))
print(mean_interval(first), mean_interval(second), mean_interval(second - first))
""",
    hints=(
        "A hard split is hard for both. In which number of a seed does that no longer show?",
        "One interval is enough: that of the differences. What does it mean if it contains 0?",
    ),
    mistakes=(
        Mistake(
            _two_intervals,
            says="Both intervals hold the spread from split to split, which the two models share: "
            "take the interval of the differences, seed by seed.",
        ),
        Mistake(
            _by_means,
            says="One of two means is always larger: ask whether the interval of the differences "
            "contains 0.",
        ),
        Mistake(
            "second - first",
            "first - second",
            says="The other way round: a gain of the second is `second - first`.",
        ),
    ),
)
