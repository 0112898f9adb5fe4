"""Broadcasting: how shapes that differ fit together, derived axis by axis."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

import torch
from torch import Tensor

Shape = Sequence[int]  # a tuple, a list or a torch.Size


def broadcast_shape(shape_a: Shape, shape_b: Shape) -> tuple[int, ...]:
    """Return the shape of `a + b`, as `torch.broadcast_shapes` does.

    Args:
        shape_a: The sizes of the axes of `a`, such as `(3, 1)` or `a.shape`.
        shape_b: Those of `b`.

    Raises:
        ValueError: If the shapes do not fit, or if a size is negative.
        TypeError: If one is no shape: a tensor or a number, for example.

    Examples:
        >>> broadcast_shape((3, 1), (4,))
        (3, 4)
    """
    result: list[int] = []
    for axis, a, b in _from_the_right(shape_a, shape_b):
        if a != b and 1 not in (a, b):
            raise ValueError(
                f"shapes {tuple(shape_a)} and {tuple(shape_b)} do not broadcast: "
                f"at axis {axis}, {a} and {b} differ, and neither is 1"
            )
        result.insert(0, b if a == 1 else a)
    return tuple(result)


def _from_the_right(shape_a: Shape, shape_b: Shape) -> Iterator[tuple[int, int, int]]:
    """Yield each axis, -1 first, with the size of both shapes: 1 where one has no such axis."""
    backwards = _checked(shape_a)[::-1], _checked(shape_b)[::-1]
    for i, (a, b) in enumerate(zip_longest(*backwards, fillvalue=1)):
        yield -1 - i, a, b


def _checked(shape: Shape) -> tuple[int, ...]:
    if not isinstance(shape, Sequence) or not all(isinstance(size, int) for size in shape):
        got = repr(shape) if isinstance(shape, Sequence) else type(shape).__name__
        raise TypeError(f"got {got}: give a shape, such as (3, 1) or x.shape")
    if any(size < 0 for size in shape):
        raise ValueError(f"got {tuple(shape)}: give a shape without a negative size")
    return tuple(shape)


def explain_broadcast(shape_a: Shape, shape_b: Shape) -> str:
    """Return how two shapes become one, axis by axis, or at which axis they fail and why.

    Args:
        shape_a: The sizes of the axes of `a`, such as `(3, 1)` or `a.shape`.
        shape_b: Those of `b`.

    Returns:
        Lines to print. The last one has the result, or says that there is none.

    Raises:
        ValueError: If a size is negative.
        TypeError: If one is no shape: a tensor or a number, for example.

    Examples:
        >>> print(explain_broadcast((3, 1), (4,)))
        a: 3  1
        b:    4
        axis -1: 1 and 4, so 4: a is repeated 4 times
        axis -2: 3 and no axis, so 3: b gets the axis and is repeated 3 times
        result: (3, 4)
        >>> print(explain_broadcast((2, 3), (2,)))
        a: 2  3
        b:    2
        axis -1: 3 and 2 differ, and neither is 1
        no result: a and b do not broadcast
    """
    steps = list(_from_the_right(shape_a, shape_b))
    lines = _aligned(shape_a, shape_b)
    for axis, a, b in steps:
        has_a, has_b = -axis <= len(shape_a), -axis <= len(shape_b)
        sizes = f"axis {axis}: {a if has_a else 'no axis'} and {b if has_b else 'no axis'}"
        if a != b and 1 not in (a, b):
            failure = f"{sizes} differ, and neither is 1"
            return "\n".join([*lines, failure, "no result: a and b do not broadcast"])
        changes = _changes("a", has_a, a, b) + _changes("b", has_b, b, a)
        lines.append(f"{sizes}, so {b if a == 1 else a}{changes}")
    return "\n".join([*lines, f"result: {broadcast_shape(shape_a, shape_b)}"])


def _aligned(shape_a: Shape, shape_b: Shape) -> list[str]:
    """Return the two shapes as lines of text, aligned at their right ends."""
    pairs = zip_longest(map(str, shape_a[::-1]), map(str, shape_b[::-1]), fillvalue="")
    columns = [(a.rjust(len(b)), b.rjust(len(a))) for a, b in pairs][::-1]
    row_a, row_b = ("  ".join(column[i] for column in columns) for i in (0, 1))
    return [
        f"a: {row_a if len(shape_a) else '(no axis)'}",
        f"b: {row_b if len(shape_b) else '(no axis)'}",
    ]


def _changes(name: str, has_axis: bool, size: int, other: int) -> str:
    """Return what becomes of a tensor at an axis; no text if nothing does."""
    gets = [] if has_axis else ["gets the axis"]
    repeated = [f"is repeated {other} times"] if size == 1 != other else []
    what = " and ".join(gets + repeated)
    return f": {name} {what}" if what else ""


def stretch(x: Tensor, shape: Shape) -> Tensor:
    """Return a copy of `x`, its elements repeated until it has the shape.

    Broadcasting gives the values that this would give, and copies nothing: `x.expand(shape)`.

    Args:
        x: Any shape that fits into `shape`.
        shape: The sizes of the axes of the result.

    Raises:
        ValueError: If `x` does not fit.

    Examples:
        >>> stretch(torch.tensor([[1], [2]]), (2, 3))
        tensor([[1, 1, 1],
                [2, 2, 2]])
    """
    sizes = _checked(shape)
    own = (1,) * (len(sizes) - x.ndim) + x.shape
    if len(own) > len(sizes) or broadcast_shape(own, sizes) != sizes:
        raise ValueError(f"x has shape {tuple(x.shape)}, which does not stretch to {sizes}")
    stretched = x.reshape(own).clone()
    for axis, size in enumerate(sizes):
        if own[axis] != size:
            again = torch.zeros(size, dtype=torch.int64, device=x.device)  # position 0, size times
            stretched = stretched.index_select(axis, again)
    return stretched


def residuals(predictions: Tensor, targets: Tensor) -> Tensor:
    """Return how far each prediction misses its own target; they must not broadcast.

    Args:
        predictions: Any shape, in target units.
        targets: The same shape.

    Raises:
        ValueError: If the shapes differ.
        TypeError: If both hold whole numbers or truth values, which can wrap round, or complex
            numbers.

    Examples:
        >>> residuals(torch.tensor([2.0, 5.0]), torch.tensor([3.0, 2.0]))
        tensor([-1.,  3.])
    """
    if predictions.shape != targets.shape:
        raise ValueError(
            f"predictions have shape {tuple(predictions.shape)}, targets {tuple(targets.shape)}: "
            "give both the same shape, for example with squeeze(-1), or they may broadcast"
        )
    if not torch.result_type(predictions, targets).is_floating_point:
        raise TypeError(
            f"predictions hold {predictions.dtype}, targets {targets.dtype}: "
            "give floating-point numbers, as predictions.float()"
        )
    return predictions - targets
