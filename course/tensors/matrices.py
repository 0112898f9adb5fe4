"""Tensors with several axes: where their elements lie in memory, and the matrix product."""

from collections.abc import Sequence

import torch
from torch import Tensor

from course.tensors.vectors import dot


def contiguous_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """Return how many cells of memory on the next element is along each axis.

    So it is in a tensor whose elements lie one behind the other, row by row: the last
    axis has stride 1, and a step along another passes over all that the later axes hold.

    Args:
        shape: The number of elements along each axis.

    Raises:
        ValueError: If one of the numbers is negative.

    Examples:
        >>> contiguous_strides((3, 4))
        (4, 1)
    """
    if any(size < 0 for size in shape):
        raise ValueError(f"the shape is {tuple(shape)}: give sizes of 0 or more")
    strides = [1] * len(shape)
    for axis in reversed(range(len(shape) - 1)):
        # torch counts an axis without elements as if it had one.
        strides[axis] = strides[axis + 1] * max(shape[axis + 1], 1)
    return tuple(strides)


def place(index: Sequence[int], strides: Sequence[int], offset: int = 0) -> int:
    """Return the place of an element in memory, counted in elements from the start.

    Args:
        index: Its position along each axis, from the front.
        strides: How many cells on the next element is along each axis.
        offset: The place of the first element.

    Raises:
        ValueError: If there is not one position for each stride, or if one is negative.

    Examples:
        >>> place((1, 2), strides=(4, 1))
        6
    """
    if len(index) != len(strides) or any(position < 0 for position in index):
        raise ValueError(
            f"the index is {tuple(index)}, the strides are {tuple(strides)}: "
            "give one position for each stride, counted from the front"
        )
    return offset + sum(i * stride for i, stride in zip(index, strides, strict=True))


def may_share_memory(a: Tensor, b: Tensor) -> bool:
    """Return whether the pieces of memory that two tensors span have a cell in common.

    If not, writing to one cannot change the other. If so, it mostly does: but two tensors may
    also lie between each other, as `x[::2]` and `x[1::2]` do. NumPy's function of this name says
    the same of its arrays.

    Args:
        a: Any shape.
        b: Any shape.

    Examples:
        >>> x = torch.zeros(3, 4)
        >>> may_share_memory(x, x.T), may_share_memory(x, x.clone())
        (True, False)
    """
    if a.device != b.device or a.numel() == 0 or b.numel() == 0:
        return False
    (a_start, a_end), (b_start, b_end) = _bounds(a), _bounds(b)
    return a_start < b_end and b_start < a_end


def _bounds(x: Tensor) -> tuple[int, int]:
    """Return the addresses of the first byte of a tensor and of the first one behind it."""
    last = place([size - 1 for size in x.shape], x.stride())
    return x.data_ptr(), x.data_ptr() + (last + 1) * x.element_size()


def matmul(a: Tensor, b: Tensor) -> Tensor:
    """Return the dot products of the rows of `a` with the columns of `b`, as `a @ b`.

    Source: Strang, *Introduction to Linear Algebra* (2016), section 2.4.

    Args:
        a: Shape `(n, d)`.
        b: Shape `(d, k)`, of the same type.

    Returns:
        Shape `(n, k)`, in the units of `a` times those of `b`.

    Raises:
        ValueError: If these are no matrices, or if the rows of `a` are not as long as the
            columns of `b`.
        TypeError: If the types differ, or are not types of numbers.

    Examples:
        >>> matmul(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[0], [1]]))
        tensor([[2],
                [4]])
    """
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0]:
        raise ValueError(
            f"shapes {tuple(a.shape)} and {tuple(b.shape)}: give a (n, d) and b (d, k)"
        )
    product = torch.empty(len(a), b.shape[1], dtype=a.dtype, device=a.device)
    for i, row in enumerate(a):
        for j, column in enumerate(b.T):
            product[i, j] = dot(row, column)
    return product
