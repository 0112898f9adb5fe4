"""Tensors with one axis: what they are, and products of two of them written out."""

import math
from collections.abc import Callable

import torch
from torch import Tensor


def describe(x: Tensor) -> str:
    """Return a tensor's type and shape, and what follows from the shape.

    The rank, `ndim`, is the length of the shape, and `numel`, the number of elements, is
    the product of its entries.

    Args:
        x: Any shape.

    Examples:
        >>> describe(torch.zeros(6))
        'torch.float32, shape (6,), ndim 1, numel 6'
    """
    shape = tuple(x.shape)
    return f"{x.dtype}, shape {shape}, ndim {len(shape)}, numel {math.prod(shape)}"


def tabulate(
    function: Callable[[Tensor], Tensor], start: float, end: float, steps: int
) -> tuple[Tensor, Tensor]:
    """Return evenly spaced points, both ends included, and the value of a function at each.

    Args:
        function: Works element by element: takes and returns the shape `(steps,)`.
        start: The first point.
        end: The last point.
        steps: The number of points.

    Returns:
        The points and the values, each of shape `(steps,)`.

    Raises:
        ValueError: If the values have another shape than the points: they may broadcast. Or if
            the number of points is negative.

    Examples:
        >>> tabulate(torch.square, -1, 1, 3)
        (tensor([-1.,  0.,  1.]), tensor([1., 0., 1.]))
    """
    if steps < 0:
        raise ValueError(f"steps is {steps}: give a number of points, 0 or more")
    x = torch.linspace(start, end, steps)
    y = function(x)
    if y.shape != x.shape:
        raise ValueError(
            f"the function gives shape {tuple(y.shape)} for points of shape {tuple(x.shape)}: "
            "give one that works element by element"
        )
    return x, y


def hadamard(a: Tensor, b: Tensor) -> Tensor:
    """Return the products of elements in the same place, as `a * b` does, only slower.

    Args:
        a: Shape `(n,)`.
        b: Shape `(n,)`.

    Returns:
        Shape `(n,)`. If the types differ, it has the one to which torch promotes both.

    Raises:
        ValueError: If the shapes differ or are not `(n,)`: `a * b` may broadcast.

    Examples:
        >>> hadamard(torch.tensor([1, 2]), torch.tensor([0.5, 3.0]))
        tensor([0.5000, 6.0000])
    """
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(
            f"a has shape {tuple(a.shape)}, b {tuple(b.shape)}: give both the same shape (n,)"
        )
    product = torch.empty(len(a), dtype=torch.result_type(a, b), device=a.device)
    for i in range(len(a)):
        product[i] = a[i] * b[i]
    return product


def dot(a: Tensor, b: Tensor) -> Tensor:
    """Return the sum of the products of elements in the same place, as `torch.dot` does.

    Args:
        a: Shape `(n,)`.
        b: Shape `(n,)`, of the same type.

    Returns:
        A scalar, in the units of `a` times those of `b`; zero if there are no elements, and NaN
        if one of them is.

    Raises:
        ValueError: If the shapes differ or are not `(n,)`.
        TypeError: If the types differ, or are not types of numbers, as for `torch.dot`.

    Examples:
        >>> dot(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
        tensor(11.)
    """
    if a.dtype != b.dtype or a.dtype == torch.bool:
        raise TypeError(
            f"a holds {a.dtype}, b {b.dtype}: give both the same type of numbers, "
            "for example a.float() and b.float()"
        )
    # Without dtype, the sum of int32 would be int64, which torch.dot does not give.
    return hadamard(a, b).sum(dtype=a.dtype)


def project(a: Tensor, onto: Tensor) -> Tensor:
    """Return the multiple of `onto` that is closest to `a`: the shadow of `a` on its line.

    What is left, `a - project(a, onto)`, is at a right angle to `onto`.

    Source: Strang, *Introduction to Linear Algebra* (2016), section 4.2.

    Args:
        a: Shape `(n,)`.
        onto: Shape `(n,)`, not zero, of the same type.

    Returns:
        Shape `(n,)`, in the units of `a`; NaN everywhere if an element of either is.

    Raises:
        ValueError: If the shapes differ or are not `(n,)`, or if `onto` has no direction.
        TypeError: If the elements are not floating-point numbers of one type.

    Examples:
        >>> project(torch.tensor([3.0, 4.0]), onto=torch.tensor([2.0, 0.0]))
        tensor([3., 0.])
    """
    if not onto.is_floating_point():
        raise TypeError(f"onto holds {onto.dtype}: give floating-point numbers, as onto.float()")
    if not onto.any():
        raise ValueError("onto has length 0 and points nowhere: project onto another vector")
    direction = onto / onto.abs().max()  # or squares of 1e30 overflow, and those of 1e-30 vanish
    return dot(a, direction) / dot(direction, direction) * direction
