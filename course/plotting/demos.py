"""Figures that can be moved on the page of a lesson, and what holds them equal to the package.

A demo is a figure with a name: the page loads the drawing of that name from `docs/assets/demos`,
which computes in the browser what functions of the package compute here. The same functions, called
with the same numbers, are its checks: a test feeds them to the browser.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from torch import Tensor

#: A function of the package and what to call it with.
Check = tuple[Any, ...]


def demo(
    name: str,
    figure: Figure,
    question: str,
    values: Mapping[str, Any],
    checks: Iterable[Check],
) -> Figure:
    """Return the figure; on a page of the site one can move it.

    In a notebook, on paper and without scripts it is the figure.

    Args:
        name: That of its files in `docs/assets/demos`.
        figure: What it shows before anybody moves it.
        question: Markdown; only moving it answers it.
        values: What its drawing starts from, by name: tensors, numbers, texts, lists of them.
        checks: Functions of the package, each with arguments, for which the browser has to compute
            the same. Tensors become `float64`, and one function may come with many arguments.

    Raises:
        ValueError: If there are no checks, because nothing would hold the demo equal to the
            package, or if a number is nan.
        TypeError: If a value is nothing that a page can hold.

    Examples:
        >>> from course.plotting.style import new_axes
        >>> figure, _ = new_axes("x", "y")
        >>> moves = demo("double", figure, "How far?", {"x": 2}, [(math.hypot, 3.0, 4.0)]).moves
        >>> moves["checks"][0]["inputs"], moves["checks"][0]["output"]
        ([3.0, 4.0], 5.0)
    """
    done = [_checked(*check) for check in checks]
    if not done:
        raise ValueError(f"the demo {name!r} has no checks: give functions and arguments")
    figure.moves = {  # type: ignore[attr-defined]
        "name": name,
        "question": question,
        "values": {key: plain(value) for key, value in values.items()},
        "checks": done,
    }
    return figure


def _checked(function: Callable[..., Any], *inputs: Any) -> dict[str, Any]:
    """Return what a function makes of its inputs, as a page can hold it."""
    exact = [_exact(each) for each in inputs]
    return {
        "function": f"{function.__module__}.{function.__name__}",
        "inputs": [plain(each) for each in exact],
        "output": plain(function(*exact)),
    }


def _exact(value: Any) -> Any:
    """Return a tensor of floats in double precision, as browsers compute; else the value."""
    if isinstance(value, Tensor) and value.is_floating_point():
        return value.detach().cpu().double()
    return value


def plain(value: Any) -> Any:
    """Return a value as lists, numbers and texts; infinity as one of these.

    Args:
        value: A tensor of any shape, a number, a text, or a sequence or mapping of these.

    Raises:
        ValueError: If a number is nan.
        TypeError: If it is something else.

    Examples:
        >>> plain({"x": Tensor([1.5, 2.0]), "rows": (2, True)})
        {'x': [1.5, 2.0], 'rows': [2, True]}
    """
    if isinstance(value, Tensor):
        return plain(value.detach().cpu().tolist())
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        if math.isnan(value):
            raise ValueError("a number is nan: nothing is equal to it, not even in a browser")
        return "Infinity" if value > 0 else "-Infinity"  # JSON has no such number
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"got {type(value).__name__}: give tensors, numbers, texts, or lists of them")
