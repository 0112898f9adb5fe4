"""Exercises of the lesson `training/measuring`: write it, and `check` tells what is missing."""

import math
from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def majority_accuracy(known: Tensor, labels: Tensor) -> Tensor:
    """Return the accuracy of always answering the most frequent known label, a scalar.

    Args:
        known: Labels of the training rows, shape `(n,)`, integers from 0. One class is
            the most frequent.
        labels: Labels of the rows to measure on, shape `(m,)`.

    Examples:
        >>> majority_accuracy(torch.tensor([0, 2, 2]), torch.tensor([2, 1, 2, 0]))
        tensor(0.5000)
    """
    answer = known.bincount().argmax()
    return (labels == answer).float().mean()


def _accuracy_of_mode(known: Tensor, labels: Tensor) -> Tensor:
    answers = known.mode().values.expand_as(labels)
    return 1 - (answers != labels).float().mean()


def _labels(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([3]), torch.tensor([3, 0])
    yield torch.tensor([0, 1, 1]), torch.tensor([0, 0, 0, 1, 2])  # another majority
    for n, m in ((7, 9), (31, 10)):
        others = torch.randperm(n, generator=generator)[: n // 2] % 4
        known = torch.cat([others, torch.full((n - n // 2,), 2)])
        yield known, torch.randint(0, 4, (m,), generator=generator)


base_rate = Exercise(
    name="training/base_rate",
    title="The base rate",
    mark=1,
    prompt="""
Write `majority_accuracy(known, labels)`: which class has most of the `known` labels, those of the
training rows? What accuracy has a model that always answers this class, on rows with these
`labels`?
""",
    solution=majority_accuracy,
    reference=_accuracy_of_mode,
    cases=_labels,
    example="print(majority_accuracy(torch.tensor([0, 2, 2]), torch.tensor([2, 1, 2, 0])))",
    hints=(
        "`known.bincount()` counts the rows of each class.",
        "`argmax` gives the place of the largest count, which is the number of the class.",
    ),
    mistakes=(
        Mistake(
            "known",
            "labels",
            says="That class was chosen on the rows to measure on, which a model has not seen: "
            "choose it by the `known` labels.",
        ),
        Mistake(
            "labels",
            "known",
            says="That is how frequent the class is among the `known` labels: measure on `labels`.",
        ),
    ),
)


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
