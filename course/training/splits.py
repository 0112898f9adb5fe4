"""Splitting rows into training, validation and test sets, and a test set that opens once."""

import math
import traceback
from collections.abc import Sequence
from pathlib import PurePath

import torch
from torch import Generator, Tensor


def split_rows(
    n: int, fractions: Sequence[float], generator: Generator | None = None
) -> tuple[Tensor, ...]:
    """Return the row numbers of each part, `(n_part,)`, drawn at random.

    Each part has its share `n * fraction`, rounded down. The rows left over go first to parts that
    have none, then to those that rounding took most from, the first ones among equals.

    Args:
        n: Number of rows of the data.
        fractions: Fraction of the rows in each part, such as `(0.6, 0.2, 0.2)` for training,
            validation and test.
        generator: Draws the order. The same seed gives the same split.

    Raises:
        ValueError: If the fractions do not sum to 1, or if a part would have no row.

    Examples:
        >>> train, validation, test = split_rows(10, (0.6, 0.2, 0.2))
        >>> len(train), len(validation), len(test)
        (6, 2, 2)
    """
    sizes = _sizes(n, fractions, [0.0] * len(fractions), "the data")
    order = torch.randperm(n, generator=generator, device="cpu")
    parts: tuple[Tensor, ...] = order.split(sizes)
    return parts


def split_rows_by_class(
    labels: Tensor, fractions: Sequence[float], generator: Generator | None = None
) -> tuple[Tensor, ...]:
    """Return the row numbers of each part, `(n_part,)`: every part has its share of each class.

    The rows of each class are divided as those of `split_rows`, so that each part has its share of
    each class within one row. What rounding took from a part in one class counts in the next, so
    that the parts as a whole stay close to their shares too. Rows stand in random order.

    Args:
        labels: The class of each row, shape `(n,)`.
        fractions: Fraction of the rows in each part.
        generator: Draws the order. The same seed gives the same split.

    Raises:
        ValueError: If `labels` has another shape, if the fractions do not sum to 1, or if a part
            would have no row of a class.

    Examples:
        >>> labels = torch.tensor([0, 1, 0, 0, 1, 0, 0, 0, 0])  # 7 zeros, 2 ones
        >>> train, test = split_rows_by_class(labels, (0.7, 0.3))
        >>> labels[train].bincount(), labels[test].bincount()
        (tensor([5, 1]), tensor([2, 1]))
    """
    if labels.ndim != 1 or len(labels) == 0:
        raise ValueError(f"labels have shape {tuple(labels.shape)}: give (n,), n at least 1")
    classes, codes, counts = labels.cpu().unique(return_inverse=True, return_counts=True)
    order = torch.randperm(len(labels), generator=generator, device="cpu")
    part = torch.empty_like(codes)
    owed = [0.0] * len(fractions)
    for code, (label, n) in enumerate(zip(classes.tolist(), counts.tolist(), strict=True)):
        sizes = _sizes(n, fractions, owed, f"class {label}")
        owed = [o + n * f - size for o, f, size in zip(owed, fractions, sizes, strict=True)]
        rows = order[codes[order] == code]
        for number, some in enumerate(rows.split(sizes)):
            part[some] = number
    # The first rows of each class went to the first part: only a new order mixes the classes.
    order = torch.randperm(len(labels), generator=generator, device="cpu")
    return tuple(order[part[order] == number] for number in range(len(fractions)))


def _sizes(n: int, fractions: Sequence[float], owed: list[float], what: str) -> list[int]:
    """Return the number of rows of each part; `owed` is what rounding took from it before."""
    if not math.isclose(math.fsum(fractions), 1):
        total = f"{math.fsum(fractions):.6g}"
        raise ValueError(f"fractions {tuple(fractions)} sum to {total}: let them sum to 1")
    shares = [round(n * fraction, 6) for fraction in fractions]  # 0.28 * 25 is 7.000000000000001
    sizes = [math.floor(share) for share in shares]
    rounded = [part for part, share in enumerate(shares) if share > sizes[part]]
    missing = [share - size + debt for share, size, debt in zip(shares, sizes, owed, strict=True)]
    rounded.sort(key=lambda part: (sizes[part] > 0, -round(missing[part], 6)))
    for part in rounded[: n - sum(sizes)]:
        sizes[part] += 1
    if min(sizes) < 1:
        raise ValueError(
            f"fractions {tuple(fractions)} of the {n} rows of {what} give parts of "
            f"{', '.join(map(str, sizes))} rows: every part needs at least one"
        )
    return sizes


class HeldOut:
    """A test set that opens once, because a test set that was chosen on is a validation set.

    Hand the tensors over where they are made, `HeldOut(x[test], y[test])`, so that nothing else
    holds them. Decide everything on the validation set; then open, and report what comes out.

    Args:
        tensors: Shapes `(n, ...)`, such as inputs and targets.

    Raises:
        ValueError: If there are no tensors or no rows, or if the numbers of rows differ.

    Examples:
        >>> held_out = HeldOut(torch.zeros(5, 3), torch.ones(5))
        >>> held_out
        HeldOut(n=5, sealed)
        >>> x, y = held_out.open()
        >>> len(held_out), x.shape
        (5, torch.Size([5, 3]))
    """

    def __init__(self, *tensors: Tensor) -> None:
        rows = {tuple(tensor.shape[:1]) for tensor in tensors}
        if len(rows) != 1 or rows <= {(), (0,)}:
            shapes = ", ".join(str(tuple(tensor.shape)) for tensor in tensors) or "none"
            raise ValueError(f"shapes are {shapes}: give tensors (n, ...) of one n, at least 1")
        self._n = len(tensors[0])
        self._tensors = tensors
        self._opened = ""

    def open(self) -> tuple[Tensor, ...]:
        """Return the tensors, the first time.

        Raises:
            RuntimeError: If they were handed out before. It says where.
        """
        if self._opened:
            raise RuntimeError(
                f"the test set was opened before, in {self._opened}: choose on the validation "
                "set; a new judgement needs new data"
            )
        caller = traceback.extract_stack(limit=2)[0]
        self._opened = f"{PurePath(caller.filename).name}, line {caller.lineno}"
        tensors, self._tensors = self._tensors, ()
        return tensors

    def __len__(self) -> int:
        """Return the number of rows, without opening."""
        return self._n

    def __repr__(self) -> str:
        """Say how many rows there are, and whether or where they were handed out."""
        state = f"opened in {self._opened}" if self._opened else "sealed"
        return f"HeldOut(n={self._n}, {state})"
