"""Is there anything in the data? The permutation test, importances, and the learning curve."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Generator, Tensor


def shuffled_scores(
    score: Callable[[Tensor], float], y: Tensor, repeats: int, generator: Generator | None = None
) -> Tensor:
    """Return what the same work gives for shuffled answers, `(repeats,)`, float64.

    Args:
        score: Takes answers `(n,)`, returns how good the model is that comes of them.
            It does everything that saw the true ones: split, choose, tune, measure.
        y: Answers, shape `(n,)`. Shuffled, they stand beside other rows.
        repeats: How often to shuffle, at least 1.
        generator: Draws the orders. `score` is not to draw from it.

    Raises:
        ValueError: If `y` has another shape, or `repeats` is below 1.

    Source: Ojala and Garriga (2010), section 3.1.

    Examples:
        >>> x, y = torch.arange(6.0), torch.tensor([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
        >>> scores = shuffled_scores(lambda answers: float(x @ answers), y, 100)
        >>> bool(scores.min() >= 0 + 1 + 2), bool(scores.max() <= 3 + 4 + 5)
        (True, True)
    """
    if y.ndim != 1 or len(y) < 2 or repeats < 1:
        raise ValueError(
            f"y has shape {tuple(y.shape)}, repeats is {repeats}: give (n,), n at least 2, "
            "and at least 1"
        )
    scores = torch.empty(repeats, dtype=torch.float64, device="cpu")
    for i in range(repeats):
        order = torch.randperm(len(y), generator=generator, device="cpu")
        scores[i] = score(y[order.to(y.device)])
    return scores


def p_value(observed: float, shuffled: Tensor) -> float:
    """Return the p-value: the share of deals, the true one included, that score as high.

    Without any signal the true answers are one more shuffle, and each of all of them
    is equally likely to have the highest score. So the observed one counts among them,
    and the p-value is never 0.

    Args:
        observed: The score for the true answers; higher is better.
        shuffled: Scores for shuffled answers, shape `(repeats,)`.

    Raises:
        ValueError: If a score is no number, or if there are none.

    Source: Phipson and Smyth (2010).

    Examples:
        >>> p_value(0.9, torch.tensor([0.4, 0.6, 0.5]))
        0.25
    """
    if shuffled.ndim != 1 or len(shuffled) == 0:
        shape = tuple(shuffled.shape)
        raise ValueError(f"shuffled has shape {shape}: give (repeats,), at least 1")
    if observed != observed or shuffled.isnan().any():
        raise ValueError("a score is NaN: let it be a number whatever the answers")
    if not shuffled.is_floating_point():
        shuffled = shuffled.double()  # float32 lacks some whole numbers
    # Equal scores count, and may differ by rounding. Infinity less a part of it would be NaN.
    lowest = observed - 1e-9 * abs(observed) if math.isfinite(observed) else observed
    return (1 + int((shuffled >= lowest).sum())) / (1 + len(shuffled))


def permutation_importance(
    score: Callable[[Tensor], float], x: Tensor, repeats: int, generator: Generator | None = None
) -> Tensor:
    """Return how much the score falls when a column is shuffled, `(repeats, d)`, float64.

    The model stays as it is; what it is told about one column belongs to other rows. A
    column that it does not use has exactly 0.

    Args:
        score: Takes inputs `(n, d)`, returns how good the model's answers are; higher is
            better.
        x: Rows that the model was not fitted on, shape `(n, d)`.
        repeats: How often to shuffle each column, at least 1.
        generator: Draws the orders.

    Raises:
        ValueError: If `x` has another shape or fewer than 2 rows, or `repeats` is below
            1.

    Source: Breiman (2001), section 10.

    Examples:
        >>> x = torch.tensor([[0.0, 5.0], [1.0, 5.0], [2.0, 5.0]])
        >>> right = x[:, 0].clone()
        >>> def score(x):
        ...     return -float((x[:, 0] - right).abs().sum())
        >>> (permutation_importance(score, x, 50).mean(dim=0) > 0).tolist()
        [True, False]
    """
    if x.ndim != 2 or len(x) < 2 or repeats < 1:
        raise ValueError(
            f"x has shape {tuple(x.shape)}, repeats is {repeats}: give (n, d), n at least "
            "2, and at least 1"
        )
    best = score(x)
    falls = torch.empty(repeats, x.shape[1], dtype=torch.float64, device="cpu")
    for i in range(repeats):
        for j in range(x.shape[1]):
            order = torch.randperm(len(x), generator=generator, device="cpu").to(x.device)
            changed = x.clone()
            changed[:, j] = x[order, j]
            falls[i, j] = best - score(changed)
    return falls


def learning_curve(
    score: Callable[[Tensor, Tensor], float],
    n: int,
    sizes: Sequence[int],
    repeats: int,
    generator: Generator | None = None,
) -> Tensor:
    """Return the scores of models trained on few rows, on more, and so on, `(repeats, sizes)`.

    In each repeat the rows get an order of their own. The first of them are for training, those
    behind the largest size for measuring. So within a repeat, what changes from one size to the
    next is what the added rows do.

    Args:
        score: Takes the numbers of the rows to train on and of those to measure on, and returns how
            good the model is, higher is better.
        n: How many rows there are, without the test rows.
        sizes: How many to train on, each from 1 to `n - 1`.
        repeats: How often to draw an order, at least 1.
        generator: Draws the orders, on the CPU.

    Raises:
        ValueError: If a size leaves no rows to measure on, or if a number is below 1.

    Examples:
        >>> def score(training, rest):
        ...     return float(len(training) / len(rest))
        >>> learning_curve(score, n=6, sizes=[1, 4], repeats=2).tolist()
        [[0.5, 2.0], [0.5, 2.0]]
    """
    if not sizes or not 1 <= min(sizes) <= max(sizes) < n or repeats < 1:
        raise ValueError(
            f"n is {n}, sizes are {list(sizes)}, repeats is {repeats}: give sizes from 1 to n - 1, "
            "and at least 1 repeat"
        )
    scores = torch.empty(repeats, len(sizes), dtype=torch.float64, device="cpu")
    for i in range(repeats):
        order = torch.randperm(n, generator=generator, device="cpu")
        for k, size in enumerate(sizes):
            scores[i, k] = score(order[:size], order[max(sizes) :])
    return scores
