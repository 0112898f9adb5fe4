"""In what a result differs from the expected one, in words."""

import cmath
import inspect
from collections.abc import Mapping, Sequence
from numbers import Number
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

# How far a result may be off, relative and absolute: rounding depends on the order of operations.
SINGLE, DOUBLE, HALF = (1e-4, 1e-5), (1e-8, 1e-8), (1e-2, 1e-3)
TOLERANCE = {
    torch.float32: SINGLE,
    torch.complex64: SINGLE,
    torch.float64: DOUBLE,
    torch.complex128: DOUBLE,
}


def difference(got: Any, expected: Any) -> str:
    """Return in words how a value differs from the expected one; empty if it does not.

    Tensors need the same shape, dtype and device, and values that are equal but for rounding;
    whether they require a gradient does not count. Lists and tuples count as the same.

    Examples:
        >>> difference(torch.zeros(3, 1), torch.zeros(3))
        'a tensor of shape (3, 1), expected shape (3,)'
        >>> difference(2, 3.0)
        '2, expected 3.0'
        >>> difference([1, 2.0], (1, 2))
        ''
    """
    try:
        return _difference(got, expected)
    except Exception as error:  # of a class of the reader's, half done
        kind = type(error).__name__
        return f"a {type(got).__name__}, and comparing it raised {kind}"


def _difference(got: Any, expected: Any) -> str:
    if isinstance(expected, Tensor):
        return _tensors(got, expected)
    if isinstance(expected, bool | str | None):
        right = type(got) is type(expected) and got == expected
        return "" if right else f"{shown(got)}, expected {shown(expected)}"
    if isinstance(expected, int | float | complex):
        return _numbers(got, expected)
    if isinstance(expected, Mapping):
        return _mappings(got, expected)
    if isinstance(expected, list | tuple):
        return _sequences(got, expected)
    return _objects(got, expected)


def _tensors(got: Any, expected: Tensor) -> str:
    if not isinstance(got, Tensor):
        return f"{shown(got)}, expected a tensor of shape {tuple(expected.shape)}"
    if got.shape != expected.shape:
        return f"a tensor of shape {tuple(got.shape)}, expected shape {tuple(expected.shape)}"
    for kind in ("dtype", "layout", "device"):
        one, other = getattr(got, kind), getattr(expected, kind)
        if one != other:
            return f"a tensor of {kind} {one}, expected {other}"
    got, expected = got.detach().to_dense(), expected.detach().to_dense()
    if expected.is_floating_point() or expected.is_complex():
        relative, absolute = TOLERANCE.get(expected.dtype, HALF)
        close = torch.isclose(got, expected, relative, absolute, equal_nan=True)
    else:
        close = got == expected
    if close.all():
        return ""
    if shown(got) != shown(expected):
        return f"{shown(got)}, expected {shown(expected)}"
    place = tuple((~close).nonzero()[0].tolist())
    index = f" at [{', '.join(map(str, place))}]" if place else ""
    return f"{_apart(got[place].item(), expected[place].item())}{index}"


def _apart(got: Any, expected: Any) -> str:
    """Return two numbers with as many digits as it takes to tell them apart."""
    one, other = f"{got:.6g}", f"{expected:.6g}"
    if one == other or isinstance(expected, int):
        one, other = repr(got), repr(expected)
    return f"{one} instead of {other}"


def _numbers(got: Any, expected: complex) -> str:
    if isinstance(got, Tensor):
        return f"{shown(got)}, expected a number of Python: see item()"
    if isinstance(got, bool) or not issubclass(type(got), Number):
        return f"{shown(got)}, expected a number"
    both_nan = got != got and expected != expected
    if both_nan or got == expected:
        return ""
    if not isinstance(expected, int) and cmath.isclose(got, expected, rel_tol=1e-4, abs_tol=1e-5):
        return ""
    return f"{got}, expected {expected}"


def _sequences(got: Any, expected: Sequence[Any]) -> str:
    if not isinstance(got, list | tuple):
        return f"{shown(got)}, expected a {type(expected).__name__} of {len(expected)} values"
    if len(got) != len(expected):
        return f"{len(got)} values, expected {len(expected)}"
    for place, (one, other) in enumerate(zip(got, expected, strict=True)):
        if found := difference(one, other):
            return f"at position {place} {found}"
    return ""


def _mappings(got: Any, expected: Mapping[Any, Any]) -> str:
    if not isinstance(got, Mapping):
        return f"{shown(got)}, expected a dictionary"
    if set(got) != set(expected):
        return f"the keys {shown(list(got))}, expected {shown(list(expected))}"
    for key, value in expected.items():
        if found := difference(got[key], value):
            return f"for the key {key!r} {found}"
    return ""


def _objects(got: Any, expected: Any) -> str:
    """Compare models and optimizers by their state, other things by `==` if they have it."""
    if type(got) is not type(expected):
        return f"{shown(got)}, expected {shown(expected)}"
    if isinstance(expected, nn.Module | Optimizer):
        return difference(dict(got.state_dict()), dict(expected.state_dict()))
    compares: Any = type(expected).__eq__
    if compares is object.__eq__ or got == expected:
        return ""
    return f"{shown(got)}, expected {shown(expected)}"


def shown(value: Any) -> str:
    """Return a value as it is written, or its kind, name or shape if that would be long.

    Examples:
        >>> shown(torch.tensor([1.0, 2.0])), shown(torch.zeros(20, 3)), shown(iter([]))
        ('tensor([1., 2.])', 'a tensor of shape (20, 3)', 'a list_iterator')
    """
    if isinstance(value, Tensor) and value.numel() > 6:
        return f"a tensor of shape {tuple(value.shape)}"
    if inspect.isroutine(value) and value.__name__ != "<lambda>":
        return f"the function {value.__name__.strip('_')}"
    try:
        text = " ".join(repr(value.detach() if isinstance(value, Tensor) else value).split())
    except Exception:  # of a class of the reader's, half done
        text = ""
    tells = text and len(text) <= 120 and " at 0x" not in text
    return text if tells else f"a {type(value).__name__}"
