"""Exercises of the lesson `training/selection`: write it, and `check` tells what is missing."""

import math
import statistics
from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def simplest_setting(losses: Tensor) -> int:
    """Return the first setting whose mean loss is within a standard error of the lowest mean.

    Args:
        losses: Shape `(k, m)`: `k` settings, the simplest first, with `m` seeds each, `m` above 1.

    Examples:
        >>> simplest_setting(torch.tensor([[9.0, 9.0], [3.0, 2.5], [3.5, 1.5]]))
        1
    """
    means = losses.mean(dim=1)
    best = means.argmin()
    standard_error = losses[best].std() / math.sqrt(losses.shape[1])
    return int((means <= means[best] + standard_error).nonzero()[0])


def _first_within(losses: Tensor) -> int:
    rows = losses.double().tolist()
    best = min(rows, key=statistics.fmean)
    border = statistics.fmean(best) + statistics.stdev(best) / len(best) ** 0.5
    return next(number for number, row in enumerate(rows) if statistics.fmean(row) <= border)


def _bends(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([[9.0, 9.0], [3.0, 2.5], [3.5, 1.5]]),)
    yield (torch.tensor([[9.0, 9.0], [3.6, 3.2], [3.5, 1.5]]),)  # m is not k
    yield (torch.tensor([[1.2, 1.3], [1.0, 1.1], [5.0, 9.0]]),)  # only the best one is sure
    yield (torch.tensor([[5.0, 6.0], [1.0, 1.0], [1.0, 1.0]]),)  # and its error is 0
    for k, m in ((6, 5), (9, 10), (12, 20)):
        numbers = torch.arange(k, dtype=torch.float64).unsqueeze(1)
        yield ((numbers - k // 2) ** 2 / k + torch.randn(k, m, generator=generator).double(),)


simplest = Exercise(
    name="training/simplest",
    title="The simplest that is good enough",
    mark=2,
    prompt="""
Where neighbours cannot be told apart, take the simplest. Write `simplest_setting(losses)`: the
number of the first setting whose mean loss is at most the lowest mean plus its standard error, that
is, $s / \\sqrt m$ with the standard deviation $s$ of that setting's $m$ losses. It is that of
`std`, which divides by $m - 1$. Settings come simplest first, as the rows of a tensor `(k, m)`.
""",
    solution=simplest_setting,
    reference=_first_within,
    cases=_bends,
    example="print(simplest_setting(torch.tensor([[9.0, 9.0], [3.0, 2.5], [3.5, 1.5]])))",
    hints=(
        "`losses.mean(dim=1)` has one mean for each setting.",
        "`condition.nonzero()[0]` is the first place where a condition holds.",
    ),
    mistakes=(
        Mistake(
            " + standard_error",
            "",
            says="That is the best one. Is there a simpler one that is nearly as good?",
        ),
        Mistake(
            " / math.sqrt(losses.shape[1])",
            "",
            says="A mean of $m$ losses is surer than one loss: divide the standard deviation by "
            "$\\sqrt m$.",
        ),
        Mistake(
            "nonzero()[0]",
            "nonzero()[-1]",
            says="The simplest stand first: take the first that is good enough.",
        ),
    ),
)


def suspects(residuals: Tensor, factor: float) -> Tensor:
    """Return the numbers of the rows whose residual stands out, in ascending order, int64 `(k,)`.

    A residual stands out if it is more than `factor` times the median distance away from the
    median. As in `torch.median`, the median of an even number is the lower of the middle two.

    Args:
        residuals: Shape `(n,)`.
        factor: Above 0.

    Examples:
        >>> suspects(torch.tensor([0.5, -0.5, 30.0, 1.0, 0.0]), factor=6.0)
        tensor([2])
    """
    distances = (residuals - residuals.median()).abs()
    return (distances > factor * distances.median()).nonzero().squeeze(1)


def _by_sorting(residuals: Tensor, factor: float) -> Tensor:
    values = residuals.tolist()
    middle = statistics.median_low(values)
    distances = [abs(value - middle) for value in values]
    border = factor * statistics.median_low(distances)
    return torch.tensor([i for i, d in enumerate(distances) if d > border], dtype=torch.int64)


def _residuals(generator: Generator) -> Iterator[tuple[Tensor, float]]:
    yield torch.tensor([0.5, -0.5, 30.0, 1.0, 0.0]), 6.0
    for n, shift in ((9, 0.0), (20, 4.0)):
        values = torch.randn(n, generator=generator, dtype=torch.float64) + shift
        values[1], values[n // 2] = -40.0, 25.0
        yield values, 8.0
        yield 1000 * values, 8.0
        yield values / 1000, 8.0
    yield torch.tensor([-10.0, 0.0, 10.0, 20.0, 40.0]), 3.0  # at the border
    yield torch.tensor([-10.0, 0.0, 10.0, 20.0, 40.0]), 2.5
    yield torch.ones(3), 5.0


standing_out = Exercise(
    name="training/standing_out",
    title="Which residuals stand out",
    mark=2,
    prompt="""
Write `suspects(residuals, factor)`: the numbers of the rows to look at. A row is one if its
residual is further from the median of the residuals than `factor` times the median of all such
distances. Why not mean and standard deviation? Try it with one residual of 30 among five.
""",
    solution=suspects,
    reference=_by_sorting,
    cases=_residuals,
    example="print(suspects(torch.tensor([0.5, -0.5, 30.0, 1.0, 0.0]), factor=6.0))",
    hints=(
        "First the distances from the median, then the median of those.",
        "`condition.nonzero().squeeze(1)` holds the places where a condition is true.",
    ),
    mistakes=(
        Mistake(
            "residuals.median()",
            "residuals.mean()",
            "distances.median()",
            "residuals.std()",
            says="The outlier itself raises mean and standard deviation, and hides behind them.",
        ),
        Mistake(
            ".abs()",
            "",
            "distances.median()",
            "distances.abs().median()",
            says="A residual may stand out below as well: take `abs` of the distance.",
        ),
        Mistake(
            "(residuals - residuals.median())",
            "residuals",
            says="Distances are from the median of the residuals, not from 0.",
        ),
        Mistake(
            "factor * distances.median()",
            "factor",
            says="What is far depends on the unit: compare with `factor` times the median of the "
            "distances.",
        ),
    ),
)


def stop_and_best(losses: list[float], patience: int) -> tuple[int, int]:
    """Return after which epoch early stopping ends, and which epoch is kept, counted from 1.

    It ends after the first epoch that closes `patience` epochs in a row of which none was lower
    than the lowest before them; without such an epoch, after the last. Of equal epochs, the first
    is kept.

    Args:
        losses: The validation loss of each epoch, at least one.
        patience: At least 1.

    Examples:
        >>> stop_and_best([5.0, 3.0, 4.0, 3.5, 2.0], patience=2)
        (4, 2)
    """
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            return epoch + 1, best + 1
    return len(losses), best + 1


def _from_the_definition(losses: list[float], patience: int) -> tuple[int, int]:
    ends = (
        n
        for n in range(patience + 1, len(losses) + 1)
        if min(losses[n - patience : n]) >= min(losses[: n - patience])
    )
    end = next(ends, len(losses))
    return end, losses.index(min(losses[:end])) + 1


def _against_the_epoch_before(losses: list[float], patience: int) -> tuple[int, int]:
    """Return after which epoch early stopping ends, and which epoch is kept, counted from 1.

    It ends after the first epoch that closes `patience` epochs in a row of which none was lower
    than the lowest before them; without such an epoch, after the last. Of equal epochs, the first
    is kept.

    Args:
        losses: The validation loss of each epoch, at least one.
        patience: At least 1.
    """
    waited = 0
    for epoch in range(1, len(losses)):
        waited = 0 if losses[epoch] < losses[epoch - 1] else waited + 1
        if waited == patience:
            return epoch + 1, losses.index(min(losses[: epoch + 1])) + 1
    return len(losses), losses.index(min(losses)) + 1


def _curves(generator: Generator) -> Iterator[tuple[list[float], int]]:
    yield [5.0, 3.0, 4.0, 3.5, 2.0], 2
    yield [4.0], 3
    yield [3.0, 2.0, 1.0], 1
    yield [3.0, 1.0, 2.0], 2
    yield [2.0, 2.0, 2.0, 1.0], 2
    for patience in (1, 3, 5):
        steps = torch.randn(30, generator=generator, dtype=torch.float64)
        yield steps.cumsum(0).tolist(), patience


patience = Exercise(
    name="training/patience",
    title="When it stops, and what it keeps",
    mark=3,
    prompt="""
This function is to say after which epoch early stopping ends, and which epoch is kept, counted
from 1. On smooth losses it is right. On losses that jump up and down it goes on for too long: find
a list of losses for which it never stops, although the lowest lies far back. Then repair it.
""",
    solution=stop_and_best,
    starter=_against_the_epoch_before,
    reference=_from_the_definition,
    cases=_curves,
    example="print(stop_and_best([5.0, 3.0, 4.0, 3.5, 2.0], patience=2))",
    hints=(
        "Remember where the lowest loss so far was.",
        "How many epochs ago was that? If `patience`, return.",
    ),
    mistakes=(
        Mistake(
            "epoch + 1, best + 1",
            "epoch + 1, losses.index(min(losses)) + 1",
            says="After the end there are no epochs: keep the best of those before.",
        ),
        Mistake(
            "epoch + 1, best + 1",
            "epoch + 1, epoch + 1",
            "len(losses), best + 1",
            "len(losses), len(losses)",
            says="The epoch where it ends is not the best one: that lies before.",
        ),
        Mistake(
            _against_the_epoch_before,
            says="Compare with the lowest so far. After a bad epoch, a lower one may still be bad.",
        ),
    ),
)
