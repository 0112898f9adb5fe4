"""Which elements of a tensor a piece of code takes, and whether it copies them."""

import warnings
from contextlib import suppress
from typing import NamedTuple

import torch
from torch import Tensor
from torch.autograd import forward_ad


class Origins(NamedTuple):
    """What a piece of code makes of a tensor.

    Attributes:
        values: The result, of any shape.
        elements: For each of them, the number of the element of the tensor that it is, counted
            from 0, row by row; of the same shape.
        shared: Whether the result lies in the memory of the tensor.
    """

    values: Tensor
    elements: Tensor
    shared: bool


def origins(code: str, x: Tensor, name: str = "x") -> Origins:
    """Return the result of code that takes or arranges elements, and where each comes from.

    The code runs twice, once on the tensor itself and once on a copy.

    Args:
        code: Such as `"x[:, ::2]"`, `"x[x > 0]"` or `"torch.stack([x, x])"`.
        x: Any shape.
        name: What the code calls the tensor.

    Raises:
        ValueError: If the code computes new values.
        TypeError: If it gives something other than a tensor.

    Examples:
        >>> found = origins("x.flip(0)[:2]", torch.tensor([5, 6, 7]))
        >>> found.values.tolist(), found.elements.tolist(), found.shared
        ([7, 6], [2, 1], False)
    """
    x = x.detach()
    values = eval(code, {name: x, "torch": torch})
    if not isinstance(values, Tensor):
        raise TypeError(f"{code} gives {type(values).__name__}: give code that gives a tensor")
    elements = _elements(code, x, name)
    if elements is None or not _holds(values, x, elements):
        raise ValueError(f"{code} computes new values: give code that takes elements of {name}")
    shared = values.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
    return Origins(values, elements, shared)


def _elements(code: str, x: Tensor, name: str) -> Tensor | None:
    """Return which element of x each one of the result is, from 0; None if that cannot be told.

    In forward mode, the derivative of an element goes where the element goes. Here its number is
    its derivative, and so is taken along, while comparisons see the values: a mask stays itself.
    Numbers start at 1, because the derivative of a constant is 0.
    """
    exact = x.to(torch.promote_types(x.dtype, torch.float64), copy=True)
    numbers = torch.arange(1, x.numel() + 1, device=x.device).view(x.shape).to(exact.dtype)
    carried = None
    with warnings.catch_warnings(), suppress(Exception), forward_ad.dual_level():
        warnings.simplefilter("ignore")  # torch loads old parts of itself for what computes
        result = eval(code, {name: forward_ad.make_dual(exact, numbers), "torch": torch})
        carried = forward_ad.unpack_dual(result).tangent
    return None if carried is None else carried.real.round().long() - 1


def _holds(values: Tensor, x: Tensor, elements: Tensor) -> bool:
    """Return whether the values are these elements of x."""
    exist = ((elements >= 0) & (elements < x.numel())).all()
    if values.shape != elements.shape or not exist:
        return False
    expected = x.flatten()[elements].to(values.dtype)
    return torch.allclose(values, expected, rtol=0, atol=0, equal_nan=True)
