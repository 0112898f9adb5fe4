"""Exercises of the lesson `logistic/classifier`: write it, and `check` tells what is missing."""

import math
from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def mean_cost(counts: Tensor, false_positive_cost: float, false_negative_cost: float) -> float:
    """Return what a row costs on average, where what is right costs nothing.

    Args:
        counts: Confusion matrix, shape `(2, 2)`: a row per true class, a column per predicted one.
        false_positive_cost: Of a row of class 0 that was taken for class 1.
        false_negative_cost: Of a row of class 1 that was taken for class 0.

    Examples:
        >>> mean_cost(torch.tensor([[5, 3], [1, 1]]), 1, 4)
        0.7
    """
    false_positives, false_negatives = counts[0, 1].item(), counts[1, 0].item()
    total = false_positive_cost * false_positives + false_negative_cost * false_negatives
    return total / counts.sum().item()


def _as_a_product(counts: Tensor, false_positive_cost: float, false_negative_cost: float) -> float:
    prices = torch.tensor(
        [[0.0, false_positive_cost], [false_negative_cost, 0.0]], dtype=torch.float64
    )
    return float((prices * (counts.double() / counts.sum())).sum())


def _bills(generator: Generator) -> Iterator[tuple[Tensor, float, float]]:
    yield torch.tensor([[5, 3], [1, 1]]), 1.0, 4.0
    for first in (1.0, 1.0, 2.5, 7.0):
        counts = torch.randint(1, 90, (2, 2), generator=generator)
        yield counts, first, float(torch.randint(2, 40, (), generator=generator))


bill = Exercise(
    name="logistic/bill",
    title="The bill",
    mark=1,
    prompt="""
A confusion matrix is all it takes to say what a threshold costs. Write
`mean_cost(counts, false_positive_cost, false_negative_cost)`: the mean cost of a row, a number of
Python.
""",
    solution=mean_cost,
    reference=_as_a_product,
    cases=_bills,
    example="print(mean_cost(torch.tensor([[5, 3], [1, 1]]), 1, 4))",
    hints=(
        "Row 0 of the matrix is the negative class, its column 1 what was taken for positive.",
        "Add up both kinds of mistake, each at its price, and divide by the number of all rows.",
    ),
    mistakes=(
        Mistake(
            "false_positives, false_negatives =",
            "false_negatives, false_positives =",
            says="The prices are exchanged: `counts[0, 1]` are rows of class 0 taken for class 1.",
        ),
        Mistake(
            " / counts.sum().item()",
            "",
            says="That is the cost of all rows together: divide by their number.",
        ),
        Mistake(
            "counts[0, 1].item()",
            "counts[0, 1].item() / counts[0].sum().item()",
            "counts[1, 0].item()",
            "counts[1, 0].item() / counts[1].sum().item()",
            " / counts.sum().item()",
            "",
            says="Those are rates within each class. A class with more rows has more of the cost.",
        ),
    ),
)


def highest_rate(n: int, confidence: float) -> float:
    """Return the rate up to which none of `n` is no surprise.

    At this rate the probability of seeing none among `n` independent rows is `1 - confidence`; at
    any higher rate it is smaller.

    Args:
        n: How many rows there were, none of them missed.
        confidence: Between 0 and 1.

    Examples:
        >>> round(highest_rate(64, 0.95), 4)
        0.0457
    """
    return float(1 - (1 - confidence) ** (1 / n))


def _by_halving(n: int, confidence: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        seen_none = math.exp(n * math.log1p(-middle))
        low, high = (middle, high) if seen_none > 1 - confidence else (low, middle)
    return (low + high) / 2


def _rows_and_confidences(generator: Generator) -> Iterator[tuple[int, float]]:
    yield from [(64, 0.95), (1, 0.5), (10, 0.99), (200, 0.9)]
    yield int(torch.randint(20, 500, (), generator=generator)), 0.95


none_of_many = Exercise(
    name="logistic/none_of_many",
    title="None of 64",
    mark=3,
    prompt="""
None of 64 cancers was missed. The true rate of misses need not be 0: if it is 1 in 100, then 64
rows without a miss have the probability $(1 - 1/100)^{64}$, about one half. Write
`highest_rate(n, confidence)`: the rate at which `n` rows without a miss have the probability
`1 - confidence`. Higher rates would have been a surprise, lower ones cannot be excluded.
""",
    solution=highest_rate,
    reference=_by_halving,
    cases=_rows_and_confidences,
    example="print([round(highest_rate(n, 0.95), 4) for n in (10, 64, 1000)])",
    hints=(
        "With the rate $p$, independent rows are all without a miss with probability $(1 - p)^n$.",
        "Set this equal to `1 - confidence` and take the `n`-th root.",
    ),
    mistakes=(
        Mistake(
            "(1 - confidence)",
            "confidence",
            says="This rate is too low: the *surprise* has the probability 1 − confidence.",
        ),
        Mistake(
            "1 - (1 - confidence) ** (1 / n)",
            "(1 - confidence) / n",
            says="Probabilities of independent rows multiply: take a root, do not divide.",
        ),
        Mistake(
            "1 - (1 - confidence)",
            "(1 - confidence)",
            says="That is the probability that one row is *not* missed: take it from 1.",
        ),
        Mistake(
            "1 - (1 - confidence) ** (1 / n)",
            "3 / n",
            says="The rule of three is near for 95 in 100 and many rows, but not exact.",
        ),
    ),
)


def odds_ratio(weight: float, deviation: float, change: float) -> float:
    """Return by what the odds are multiplied when a column grows by `change`, in its own unit.

    Args:
        weight: Of the standardised column.
        deviation: The standard deviation that the column was divided by, in its unit.
        change: How much larger the column is, in its unit, the others being equal.

    Examples:
        >>> round(odds_ratio(math.log(2), deviation=4.0, change=8.0), 6)
        4.0
    """
    return math.exp(weight * change / deviation)


def _from_two_probabilities(weight: float, deviation: float, change: float) -> float:
    def odds(value: float) -> float:
        p = torch.sigmoid(torch.tensor(weight * (value - 3.0) / deviation, dtype=torch.float64))
        return float(p / (1 - p))

    return odds(3.0 + change) / odds(3.0)


def _columns(generator: Generator) -> Iterator[tuple[float, float, float]]:
    yield 0.7, 4.0, 8.0
    for _ in range(5):
        weight, deviation, change = torch.randn(3, generator=generator).tolist()
        yield weight, 0.5 + abs(deviation), change


odds_per_unit = Exercise(
    name="logistic/odds_per_unit",
    title="A coefficient in years",
    mark=1,
    prompt="""
Another table has a column for the age, standardised like all. A doctor asks what ten *years* more
mean. Write `odds_ratio(weight, deviation, change)`: by what the odds are multiplied when the column
is larger by `change` in its own unit, given the standard deviation that it was divided by.
""",
    solution=odds_ratio,
    reference=_from_two_probabilities,
    cases=_columns,
    example="print(round(odds_ratio(0.7, deviation=14.0, change=10.0), 3))",
    hints=(
        "How many standard deviations is the change? As often is the weight added to the logit.",
        "The odds are $e^z$: what is added to $z$ multiplies them.",
    ),
    mistakes=(
        Mistake(
            " * change / deviation",
            "",
            says="That is for one standard deviation: the change is in the unit.",
        ),
        Mistake(
            " / deviation",
            "",
            says="The weight is per standard deviation: divide the change by it.",
        ),
        Mistake(
            "/ deviation",
            "* deviation",
            says="Divide by the standard deviation: it turns units into deviations.",
        ),
        Mistake(
            "weight * change / deviation)",
            "weight) * change / deviation",
            says="Twice the change squares the odds ratio: the change is in the exponent.",
        ),
        Mistake(
            "math.exp(weight * change / deviation)",
            "2 / (1 + math.exp(-weight * change / deviation))",
            says="That compares probabilities. Odds are $p / (1 - p)$.",
        ),
    ),
)
