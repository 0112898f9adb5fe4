"""What calling a function led to, and whether two calls led to the same."""

import contextlib
import copy
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from course.practice.comparison import difference
from course.practice.effect import effect

#: How many times the right number another is that is infinite but for rounding.
BOUNDLESS = 1e12


@dataclass(frozen=True)
class Outcome:
    """What calling a function led to.

    Args:
        value: What it returned.
        error: What it raised.
        arguments: What it was given, as it left it.
    """

    value: Any = None
    error: BaseException | None = None
    arguments: tuple[Any, ...] = ()


@contextlib.contextmanager
def settled() -> Iterator[None]:
    """Compute as torch does when it starts, whatever was set before or is set inside.

    That is: seed 0, float32, on the CPU, with gradients. What was set before comes back after.
    Warnings are silent.
    """
    state, dtype = torch.get_rng_state(), torch.get_default_dtype()
    with warnings.catch_warnings(), torch.enable_grad(), torch.device("cpu"):
        warnings.simplefilter("ignore")
        torch.set_default_dtype(torch.float32)
        torch.default_generator.manual_seed(0)
        try:
            yield
        finally:
            torch.set_default_dtype(dtype)
            torch.set_rng_state(state)


def outcome_of(
    function: Callable[..., Any], arguments: tuple[Any, ...], use: Callable[..., Any]
) -> Outcome:
    """Return what calling a function with a copy of the arguments led to; never raise.

    Args:
        function: What to call.
        arguments: Positional arguments, which stay as they are.
        use: Takes the function and the arguments, and calls it.

    Examples:
        >>> outcome_of(abs, (-3,), lambda function, *arguments: function(*arguments))
        Outcome(value=3, error=None, arguments=(-3,))
    """
    given = copy.deepcopy(arguments)
    try:
        with settled():
            value = use(function, *given)
    except (Exception, SystemExit) as error:
        return Outcome(error=error)
    return Outcome(value, arguments=given)


def same(one: Outcome, other: Outcome) -> bool:
    """Return whether two calls led to the same: value, kind of error, and effect."""
    if one.error or other.error:
        return type(one.error) is type(other.error)
    values = difference(one.value, other.value)
    return not values and not effect(one.arguments, other.arguments)


def mistaken_alike(got: Outcome, mistaken: Outcome, expected: Outcome) -> bool:
    """Return whether a call went wrong in the way of a mistake.

    It led to the same, or both gave a number that is as good as infinite: something was divided by
    what rounding had left of 0, and two libraries leave different crumbs.

    Args:
        got: Of the reader's function.
        mistaken: Of the function with the mistake, on the same arguments.
        expected: Of the solution.
    """
    if same(got, mistaken):
        return True
    values = [each.value for each in (got, mistaken, expected)]
    if not all(isinstance(each, torch.Tensor | float) and _is_one_number(each) for each in values):
        return False
    one, other, right = (abs(float(each)) for each in values)
    return min(one, other) > BOUNDLESS * right > 0


def _is_one_number(value: torch.Tensor | float) -> bool:
    return isinstance(value, float) or (value.numel() == 1 and not value.is_complex())
