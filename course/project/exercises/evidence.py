"""Exercises of the lesson `project/evidence`: write it, and `check` tells what is missing."""

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def all_deals(x: Tensor, y: Tensor) -> float:
    """Return the exact p-value: the share of all deals that are as good as the true one.

    The score of a deal is the sum of `x` where the answer is 1.

    Args:
        x: One number per row, shape `(n,)`, n at most 12.
        y: Answers, shape `(n,)`, each 0 or 1.

    Examples:
        >>> all_deals(torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([0.0, 1.0, 0.0, 1.0]))
        0.3333333333333333
    """
    ones = int(y.sum())
    sums = [sum(deal) for deal in combinations(x.tolist(), ones)]
    true = sum(x[y == 1].tolist())
    return float(sum(value >= true for value in sums) / len(sums))


def _by_masks(x: Tensor, y: Tensor) -> float:
    exact = [Fraction(value) for value in x.tolist()]  # so that equal deals are equal

    def total(mask: int) -> Fraction:
        return sum((value for i, value in enumerate(exact) if mask >> i & 1), Fraction(0))

    ones = [i for i, answer in enumerate(y.tolist()) if answer == 1]
    deals = [mask for mask in range(2 ** len(x)) if mask.bit_count() == len(ones)]
    true = total(sum(1 << i for i in ones))
    return sum(total(mask) >= true for mask in deals) / len(deals)


def _rows(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([0.0, 1.0, 0.0, 1.0])
    yield torch.tensor([5.0, 9.0, -4.0, 2.0]), torch.tensor([1.0, 1.0, 0.0, 0.0])
    yield torch.tensor([2.0, 2.0, 2.0]), torch.tensor([0.0, 1.0, 0.0])  # all deals are equal
    # The sum is no number of float32, which would round it.
    yield torch.tensor([0.1, 0.7, 0.0]), torch.tensor([1.0, 1.0, 0.0])
    # And here float32 rounds it up: a tensor's sum would be above that of the true deal.
    yield torch.tensor([0.1, 0.2, 0.4, 0.1]), torch.tensor([1.0, 1.0, 1.0, 0.0])
    for n, ones in ((7, 3), (9, 4)):
        x = torch.randint(-20, 20, (n,), generator=generator).float()
        order = torch.randperm(n, generator=generator)
        yield x, (order < ones).float()


exact = Exercise(
    name="project/exact",
    title="All deals there are",
    mark=3,
    prompt="""
For a few rows no deal has to be drawn: try them all. Write `all_deals(x, y)`: of all ways to give
as many rows the answer 1 as have it in `y`, the share in which the sum of `x` over these rows is at
least the true one. The true deal is one of them.
""",
    solution=all_deals,
    reference=_by_masks,
    cases=_rows,
    example="""x, y = torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([0.0, 1.0, 0.0, 1.0])
print(all_deals(x, y))""",
    hints=(
        "`itertools.combinations(x.tolist(), k)` gives every choice of `k` of the numbers.",
        "The true sum is `sum(x[y == 1].tolist())`, added in the same way as the others, so that "
        "it is one of them; `k` is the number of ones in `y`.",
    ),
    mistakes=(
        Mistake(
            ">=",
            ">",
            says="A deal that is exactly as good counts too. Without it the true deal is left out, "
            "and the p-value can be 0.",
        ),
        Mistake(
            "true = sum(x[y == 1].tolist())\n",
            "true = sum(x[y == 1].tolist())\nsums.append(true)\n",
            says="The true deal is among all deals already: the 1 is added only where deals are "
            "drawn.",
        ),
        Mistake(
            "sum(x[y == 1].tolist())",
            "float(x @ y)",
            says="The true sum is rounded to the type of `x`, the others are not: add it in the "
            "same way, or it may be missing among them.",
        ),
        Mistake(
            "for deal",
            "for ones in range(len(x) + 1) for deal",
            says="Every deal has as many ones as `y`: the answers are the same.",
        ),
    ),
)


def shuffles_needed(level: float) -> int:
    """Return how many shuffles it takes at least for a p-value that is not above the level.

    Args:
        level: Such as 0.05; between 0 and 1.

    Examples:
        >>> shuffles_needed(0.05), shuffles_needed(0.001)
        (19, 999)
    """
    return math.ceil(round(1 / level, 9)) - 1


def _counting_up(level: float) -> int:
    m = 0
    while 1 / (1 + m) > level * (1 + 1e-12):
        m += 1
    return m


def _levels(generator: Generator) -> Iterator[tuple[float]]:
    for level in (0.05, 0.01, 0.001, 0.03, 0.3, 0.5, 0.07, 1 / 49):
        yield (level,)


enough = Exercise(
    name="project/enough",
    title="How many shuffles?",
    mark=2,
    prompt="""
With few shuffles, no p-value is small, whatever the data. Write `shuffles_needed(level)`: the
smallest number of shuffles with which (1 + as good) / (1 + shuffles) can be at most `level`.
""",
    solution=shuffles_needed,
    reference=_counting_up,
    cases=_levels,
    example="print(shuffles_needed(0.05), shuffles_needed(0.001))",
    hints=(
        "The smallest p-value is that of a score which no shuffle reaches: 1 / (1 + shuffles).",
        "`1 / level` may be off by rounding: `round(1 / level, 9)` before `math.ceil`.",
    ),
    mistakes=(
        Mistake(" - 1", "", says="The true answers are one of the deals: one shuffle less."),
        Mistake(
            "ceil", "floor", says="Rounded down, the smallest p-value is above the level: round up."
        ),
        Mistake(
            "round(1 / level, 9)",
            "1 / level",
            says="On a computer, 1 / (1 / 49) is a little above 49, and `math.ceil` makes 50 of "
            "it: `round(1 / level, 9)` before.",
        ),
    ),
)


def share_ahead(scores: Tensor) -> float:
    """Return in what share of the repeats the largest training set did best, or as well.

    Args:
        scores: Of a learning curve, shape `(repeats, sizes)`; the last column belongs to
            the largest size.

    Examples:
        >>> share_ahead(torch.tensor([[0.6, 0.7], [0.8, 0.7], [0.5, 0.5]]))
        0.6666666666666666
    """
    ahead = scores[:, -1] >= scores.max(dim=1).values
    return int(ahead.sum()) / len(scores)


def _one_by_one(scores: Tensor) -> float:
    rows = scores.tolist()
    return float(sum(row[-1] == max(row) for row in rows) / len(rows))


def _curves(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([[0.6, 0.7], [0.8, 0.7], [0.5, 0.5]]),)
    yield (torch.tensor([[0.5], [0.7]]),)
    for repeats, sizes in ((6, 3), (20, 5)):
        noise = torch.rand(repeats, sizes, generator=generator, dtype=torch.float64)
        yield (noise + 0.1 * torch.arange(sizes),)


paired = Exercise(
    name="project/paired",
    title="Do more rows help?",
    mark=1,
    prompt="""
In each repeat of a learning curve, all sizes are measured on the same rows, so they can be compared
within it. Write `share_ahead(scores)`: in what share of the repeats is no smaller size better than
the largest?
""",
    solution=share_ahead,
    reference=_one_by_one,
    cases=_curves,
    example="print(share_ahead(torch.tensor([[0.6, 0.7], [0.8, 0.7], [0.5, 0.5]])))",
    hints=(
        "`scores.max(dim=1).values` is the best score of each repeat.",
        "The last column is `scores[:, -1]`; an equal score is not beaten.",
    ),
    mistakes=(
        Mistake(
            "ahead = scores[:, -1]",
            "scores = scores.mean(dim=0, keepdim=True)\n    ahead = scores[:, -1]",
            says="Those are the means: compare within each repeat, then count.",
        ),
        Mistake(
            "scores.max(dim=1).values",
            "scores[:, 0]",
            says="That compares with the smallest size only, not with all.",
        ),
        Mistake(
            "scores.max(dim=1).values",
            "scores.max()",
            says="That takes the best of all repeats: take the best of each one.",
        ),
    ),
)
