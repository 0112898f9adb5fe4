"""Choosing settings on rows that training has not seen: curves of any degree, and a sweep."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import torch
from torch import Tensor

Setting = TypeVar("Setting")


def polynomial_features(x: Tensor, degree: int) -> Tensor:
    """Return the columns of a polynomial of this degree, without that of the bias, `(n, degree)`.

    Column `k - 1` is the Chebyshev polynomial of degree `k`, divided by `k`. With a bias, such
    columns make the same curves as powers of `x` do. But powers are nearly copies of each other,
    and these are not; and the more bends a column has, the smaller it is, so that descent learns
    broad bends first.

    Args:
        x: Shape `(n,)`, from −1 to 1. Outside, columns of a high degree are very large.
        degree: At least 1.

    Raises:
        ValueError: If `x` has another shape, or if `degree` is below 1.
        TypeError: If `x` does not hold floating point numbers.

    Source: Press et al. (2007), section 5.8.

    Examples:
        >>> polynomial_features(torch.tensor([-1.0, 0.0, 1.0]), degree=2)
        tensor([[-1.0000,  0.5000],
                [ 0.0000, -0.5000],
                [ 1.0000,  0.5000]])
    """
    if x.ndim != 1 or degree < 1:
        raise ValueError(
            f"x has shape {tuple(x.shape)}, degree is {degree}: give (n,) and at least 1"
        )
    if not x.is_floating_point():
        raise TypeError(f"x holds {x.dtype}: bring the inputs to −1 to 1, as in x / x.abs().max()")
    before, last = torch.ones_like(x), x
    columns = [last]
    for k in range(2, degree + 1):
        before, last = last, 2 * x * last - before
        columns.append(last / k)
    return torch.stack(columns, dim=1)


def sweep(
    run: Callable[[Setting, int], float],
    settings: Iterable[Setting],
    seeds: Sequence[int],
    limit: float = math.inf,
) -> Tensor:
    """Return the validation loss of each setting with each seed, `(k, m)`, inf where it diverged.

    All settings meet the same seeds, so their losses are paired.

    Args:
        run: Takes a setting and a seed, trains, and returns the loss on validation rows.
        settings: The `k` settings to try.
        seeds: The `m` seeds that every setting is tried with.
        limit: A loss above it counts as diverged, like one that is not finite.

    Raises:
        ValueError: If there are no settings or no seeds, or if `limit` is nan.

    Examples:
        >>> sweep(lambda lr, seed: abs(lr - 0.25) + seed, settings=[0.25, 0.5], seeds=[0, 1, 2])
        tensor([[0.0000, 1.0000, 2.0000],
                [0.2500, 1.2500, 2.2500]], dtype=torch.float64)
    """
    if math.isnan(limit):
        raise ValueError("limit is nan, so every loss would count as diverged: give a number")

    def loss(setting: Setting, seed: int) -> float:
        try:
            value = run(setting, seed)
        except FloatingPointError:  # from `fit`: a loss that is not finite
            return math.inf
        return value if math.isfinite(value) and value <= limit else math.inf

    table = [[loss(setting, seed) for seed in seeds] for setting in settings]
    if not table or not table[0]:
        raise ValueError(f"{len(table)} settings, {len(seeds)} seeds: give at least 1 of each")
    return torch.tensor(table, dtype=torch.float64, device="cpu")


def best_setting(losses: Tensor) -> int:
    """Return the number of the setting with the lowest mean loss, the first of equal ones.

    A setting that diverged with a single seed is not chosen.

    Args:
        losses: Shape `(k, m)`, as `sweep` gives them.

    Raises:
        ValueError: If `losses` has another shape or no rows, or if every setting diverged.
        TypeError: If `losses` does not hold floating point numbers.

    Examples:
        >>> best_setting(torch.tensor([[2.0, 3.0], [1.0, 2.0], [0.5, float("inf")]]))
        1
    """
    if losses.ndim != 2 or losses.numel() == 0:
        raise ValueError(f"losses have shape {tuple(losses.shape)}: give (k, m), k and m above 0")
    if not losses.is_floating_point():
        raise TypeError(f"losses hold {losses.dtype}: give floats, with losses.float()")
    means = losses.mean(dim=1).nan_to_num(math.inf, math.inf, math.inf)
    if not means.isfinite().any():
        raise ValueError(f"all {len(means)} settings diverged: try smaller learning rates")
    return int(means.argmin())
