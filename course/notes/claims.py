"""What to do with a sentence that says "always" or "cannot": look for a counter-example."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor


def outcome(function: Callable[..., object], *arguments: object) -> str:
    """Return in one line what a call gives: its value, or the error that stops it.

    Args:
        function: What is said to work, or not to.
        arguments: What it is called with.

    Examples:
        >>> outcome(int, "12")
        '12'
        >>> outcome(int, "twelve")
        "ValueError: invalid literal for int() with base 10: 'twelve'"
    """
    try:
        return " ".join(repr(function(*arguments)).split())
    except Exception as error:  # whatever it is, it is what happens
        return " ".join(f"{type(error).__name__}: {error}".split())


def counterexample(
    claim: Callable[..., bool], cases: Iterable[tuple[Any, ...]]
) -> tuple[Any, ...] | None:
    """Return the first case of which a claim is not true, or `None` if it is true of all of them.

    One counter-example refutes a claim about all cases. Not to find one proves the claim for
    these cases and for no other. Give small cases first, and what is found is small.

    Args:
        claim: Takes the parts of a case, and returns whether it is true of them.
        cases: Each a tuple of arguments. They are drawn only until one refutes the claim.

    Raises:
        TypeError: If a case is no tuple, or if the claim returns anything but a truth value.

    Examples:
        >>> counterexample(lambda a, b: a - b == b - a, [(0, 0), (2, 2), (1, 2), (5, 7)])
        (1, 2)
        >>> counterexample(lambda a, b: a + b == b + a, [(0, 0), (1, 2)]) is None
        True
    """
    for case in cases:
        if not isinstance(case, tuple):
            raise TypeError(
                f"a case is a {type(case).__name__}: give tuples of arguments, such as (x,)"
            )
        if not _truth(claim(*case)):
            return case
    return None


def _truth(answer: object) -> bool:
    if isinstance(answer, Tensor) and answer.numel() == 1:
        answer = answer.item()
    if isinstance(answer, Tensor):
        raise TypeError(
            f"the claim returns a tensor of shape {tuple(answer.shape)}: return one truth value, "
            "with torch.equal(a, b), torch.allclose(a, b) or .all()"
        )
    if not isinstance(answer, bool):
        raise TypeError(
            f"the claim returns {answer!r}: return True or False; a function without return "
            "gives None"
        )
    return answer


def last_batch(n: int, batch_size: int) -> int:
    """Return how many rows the last batch of an epoch has.

    Args:
        n: Number of rows, at least 1.
        batch_size: Rows of each batch but perhaps the last, at least 1.

    Raises:
        ValueError: If either is below 1.

    Examples:
        >>> last_batch(10, 4), last_batch(8, 4), last_batch(3, 4)
        (2, 4, 3)
    """
    if n < 1 or batch_size < 1:
        raise ValueError(f"n is {n} and batch_size {batch_size}: give at least 1 of each")
    return (n - 1) % batch_size + 1


def updates(n: int, batch_size: int, epochs: int) -> int:
    """Return how many steps an optimizer takes in some epochs: one for each batch.

    Args:
        n: Number of rows, at least 1.
        batch_size: Rows of each batch but perhaps the last, at least 1.
        epochs: How often all rows are read, at least 0.

    Raises:
        ValueError: If `n` or `batch_size` is below 1, or `epochs` below 0.

    Examples:
        >>> updates(60, 1, epochs=1), updates(60, 60, epochs=1), updates(60, 16, epochs=2)
        (60, 1, 8)
    """
    if n < 1 or batch_size < 1 or epochs < 0:
        raise ValueError(
            f"n is {n}, batch_size {batch_size}, epochs {epochs}: give at least 1, 1 and 0"
        )
    return epochs * -(-n // batch_size)


def base_rate(labels: Tensor) -> float:
    """Return the share of the most frequent label: the most that one answer for all gets right.

    Args:
        labels: Whole numbers or truth values, shape `(n,)`, `n` at least 1.

    Raises:
        TypeError: If the labels are floating point, where a nan would be a label of its own.
        ValueError: If there are no labels, or if the shape is another one.

    Examples:
        >>> base_rate(torch.tensor([True, False, True, True]))
        0.75
    """
    if labels.is_floating_point() or labels.is_complex():
        raise TypeError(f"labels are {labels.dtype}: give whole numbers, for example with .long()")
    if labels.ndim != 1 or len(labels) == 0:
        raise ValueError(f"labels have shape {tuple(labels.shape)}: give (n,), n at least 1")
    counts: Tensor = labels.unique(return_counts=True)[1]
    return float(counts.max()) / len(labels)


def expected_best(models: int, rows: int, chance: float = 0.5) -> float:
    """Return the mean accuracy of the best of several models that guess, from 0 to 1.

    Every model is right on each row with the same probability, independently of other rows and of
    other models. (Of models that err on the same rows, the best shows less.) The largest of
    `models` numbers of right answers is above `count` unless all of them are at most `count`; its
    mean is the sum of these probabilities.

    Args:
        models: From how many the best is taken, at least 1.
        rows: On how many rows their accuracy is measured, at least 1.
        chance: With which probability a model is right on a row, between 0 and 1.

    Raises:
        ValueError: If one of them is out of its range.

    Examples:
        >>> [round(expected_best(models, rows=100), 3) for models in (1, 10, 100)]
        [0.5, 0.577, 0.625]
    """
    if models < 1 or rows < 1 or not 0 < chance < 1:
        raise ValueError(
            f"models is {models}, rows {rows}, chance {chance}: give at least 1 of the first two, "
            "and a chance between 0 and 1"
        )
    counts = torch.arange(rows + 1, dtype=torch.float64, device="cpu")
    ways = math.lgamma(rows + 1) - torch.lgamma(counts + 1) - torch.lgamma(rows - counts + 1)
    logs = ways + counts * math.log(chance) + (rows - counts) * math.log1p(-chance)
    at_most = logs.exp().cumsum(dim=0)[:-1]
    return float((1 - at_most**models).sum() / rows)
