"""In what the arguments of a call are different from what they should be after it."""

from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor, nn

from course.practice.comparison import difference


def effect(got: Any, expected: Any) -> str:
    """Return in words how a call left an argument otherwise than expected; empty if it did not.

    Beside what counts for results, each tensor is to ask for a gradient or not, as it did, and to
    hold the `grad` that it held. For the parameters of a model, `grad` does not count: whether a
    loop clears it at its start or at its end is up to its writer.

    Examples:
        >>> import torch
        >>> effect(torch.zeros(3), torch.zeros(3))
        ''
        >>> effect(torch.zeros(1).requires_grad_(), torch.zeros(1))
        'a tensor with requires_grad=True, expected False'
    """
    if found := difference(got, expected):
        return found
    return next((found for pair in _tensors(got, expected) if (found := _asked(*pair))), "")


def _tensors(got: Any, expected: Any) -> Iterator[tuple[Tensor, Tensor, bool]]:
    """Yield the pairs of tensors in what is equal otherwise, and whether `grad` counts."""
    if isinstance(expected, Tensor):
        yield got, expected, not isinstance(expected, nn.Parameter)
    elif isinstance(expected, nn.Module):
        for one, other in zip(got.parameters(), expected.parameters(), strict=True):
            yield one, other, False
    elif isinstance(expected, Mapping):
        for key, value in expected.items():
            yield from _tensors(got[key], value)
    elif isinstance(expected, list | tuple):
        for one, other in zip(got, expected, strict=True):
            yield from _tensors(one, other)


def _asked(got: Tensor, expected: Tensor, grad_counts: bool) -> str:
    if got.requires_grad != expected.requires_grad:
        return f"a tensor with requires_grad={got.requires_grad}, expected {expected.requires_grad}"
    if not (grad_counts and got.is_leaf and expected.is_leaf):
        return ""
    if got.grad is None and expected.grad is None:
        return ""
    if got.grad is None or expected.grad is None:
        with_one, other = ("without", "one") if got.grad is None else ("with", "none")
        return f"a tensor {with_one} a grad, expected {other}"
    found = difference(got.grad, expected.grad)
    return found and f"a tensor whose grad is {found}"
