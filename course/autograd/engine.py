"""Reverse-mode differentiation in one screen: numbers that know what they were computed from."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from course.autograd.graph import backward_order

Inputs = tuple[tuple["Value", float], ...]


class _Arithmetic:
    """Minus and division, made of plus, times and power."""

    def __neg__(self) -> "Value":
        """Return the number with the other sign."""
        return _value(self) * -1

    def __sub__(self, other: "Value | float") -> "Value":
        """Return the difference."""
        return _value(self) + -_value(other)

    def __rsub__(self, other: float) -> "Value":
        """Return the difference, where a number stands on the left."""
        return _value(other) - _value(self)

    def __truediv__(self, other: "Value | float") -> "Value":
        """Return the quotient."""
        return _value(self) * _value(other) ** -1

    def __rtruediv__(self, other: float) -> "Value":
        """Return the quotient, where a number stands on the left."""
        return _value(other) / _value(self)


class Value(_Arithmetic):
    """A number that remembers what it was computed from, with a derivative for each.

    Its arithmetic takes Python numbers too. Where `**`, `/`, `exp` or `log` has no
    finite value or derivative, a `ValueError` says so.

    Args:
        data: The number.
        inputs: The values it was computed from, each with the derivative by it.
        operation: What computed it.

    Raises:
        TypeError: If `data` is not a Python number.

    Examples:
        >>> x, y = Value(2), Value(3)
        >>> (x * y + x).backward()
        >>> x, y
        (Value(2.0, grad=4.0), Value(3.0, grad=2.0))
    """

    def __init__(self, data: float, inputs: Inputs = (), operation: str = "") -> None:
        if not isinstance(data, int | float):
            raise TypeError(f"got a {type(data).__name__}: give a Python number, as tensor.item()")
        self.data, self.grad = float(data), 0.0
        self.inputs, self.operation = inputs, operation

    def backward(self) -> None:
        """Add this number's derivative to `grad`, here and in all that it came from."""
        gradients = {self: 1.0}
        for value in backward_order(self, _inputs):
            gradient = gradients[value]  # complete: all that uses it has had its turn
            value.grad += gradient
            for each, derivative in value.inputs:
                gradients[each] = gradients.get(each, 0.0) + gradient * derivative

    def __add__(self, other: "Value | float") -> "Value":
        """Return the sum."""
        other = _value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)), "+")

    __radd__ = __add__

    def __mul__(self, other: "Value | float") -> "Value":
        """Return the product."""
        other = _value(other)
        inputs = (self, other.data), (other, self.data)
        return Value(self.data * other.data, inputs, "×")

    __rmul__ = __mul__

    def __pow__(self, exponent: float) -> "Value":
        """Return the power, for an exponent that is a number."""
        if not isinstance(exponent, int | float):
            raise TypeError(f"the exponent is a {type(exponent).__name__}: give a Python number")
        slope = exponent and exponent * _finite(math.pow, self.data, exponent - 1)
        power = _finite(math.pow, self.data, exponent)
        return Value(power, ((self, slope),), f"** {exponent:g}")

    def exp(self) -> "Value":
        """Return e to the power of this number."""
        power = _finite(math.exp, self.data)
        return Value(power, ((self, power),), "exp")

    def log(self) -> "Value":
        """Return the natural logarithm."""
        return Value(_finite(math.log, self.data), ((self, 1 / self.data),), "log")

    def relu(self) -> "Value":
        """Return the number if it is positive, else zero."""
        return Value(max(self.data, 0.0), ((self, float(self.data > 0)),), "relu")

    def __repr__(self) -> str:
        """Return number and gradient as text."""
        return f"Value({self.data}, grad={self.grad})"


def _inputs(value: Value) -> list[Value]:
    return [each for each, _ in value.inputs]


def _value(number: Any) -> Value:
    return number if isinstance(number, Value) else Value(number)


def _finite(function: Callable[..., float], *arguments: float) -> float:
    """Return the function's value where Python has one; its own error does not say where not."""
    try:
        return function(*arguments)
    except (ValueError, OverflowError) as error:
        call = f"{function.__name__}({', '.join(map(str, arguments))})"
        raise ValueError(
            f"{call} is no finite number: change the input, or use torch, which gives inf or nan"
        ) from error


def trace_values(
    result: Value, names: Mapping[str, Value] | None = None
) -> tuple[list[str], list[tuple[int, int]], list[str]]:
    r"""Return the graph behind a value, as `trace` does for a tensor, and a note for each edge.

    Args:
        result: A value.
        names: Values by name.

    Returns:
        For each node its operation, number and gradient; pairs of positions in that list; and for
        each edge the derivative by which the gradient is multiplied on its way.

    Raises:
        TypeError: If the result is no `Value`.

    Examples:
        >>> x = Value(2)
        >>> trace_values(x * 3, {"x": x})
        (['×\n6\ngrad 0', '3\ngrad 0', 'x = 2\ngrad 0'], [(0, 2), (0, 1)], ['3', '2'])
    """
    if not isinstance(result, Value):
        raise TypeError(f"got a {type(result).__name__}: give a Value; trace draws tensors")
    order = backward_order(result, _inputs)
    position = {value: index for index, value in enumerate(order)}
    name_of = {value: f"{name} = " for name, value in (names or {}).items()}
    texts = [
        f"{value.operation}\n{name_of.get(value, '')}{value.data:g}\ngrad {value.grad:g}".strip()
        for value in order
    ]
    steps = [(value, *pair) for value in order for pair in value.inputs]
    edges = [(position[value], position[each]) for value, each, _ in steps]
    return texts, edges, [f"{derivative:g}" for *_, derivative in steps]
