"""Derivatives where there are many numbers: of one by many, of many at once, in small batches."""

from collections.abc import Callable

import torch
from torch import Tensor


def gradient(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Return all partial derivatives of a number that depends on many, by autograd.

    Args:
        function: Takes the shape of `x` and returns one number, shape `()`.
        x: Any shape. It stays as it is.

    Returns:
        The shape of `x`.

    Raises:
        TypeError: If `x` does not hold floating-point numbers.
        ValueError: If the result is not one number, or torch has no record of how it came about.
        RuntimeError: From torch, if the record leads to other tensors, but not to `x`.

    Examples:
        >>> gradient(lambda x: x[0] * x[1], torch.tensor([3.0, 1.0]))
        tensor([1., 3.])
    """
    _check_type(x)
    x = x.detach().clone().requires_grad_()
    y = function(x)
    _check_result(y)
    (partials,) = torch.autograd.grad(y, x)
    return partials


def partial_differences(function: Callable[[Tensor], Tensor], x: Tensor, step: float) -> Tensor:
    """Return the partial derivatives by central differences, one input after the other.

    Args:
        function: Takes the shape `(d,)`; returns one number, shape `()`, or several, shape `(k,)`.
        x: Shape `(d,)`, `d` at least 1.
        step: In units of `x`, positive.

    Returns:
        Shape `(d,)`, or `(k, d)` with one column for each input.

    Raises:
        TypeError: If `x` does not hold floating-point numbers.
        ValueError: If `x` has another shape, or if the step does not change every element.

    Examples:
        >>> x = torch.tensor([3.0, 1.0])
        >>> partial_differences(lambda x: x[0] * x[1], x, step=0.5)
        tensor([1., 3.])
    """
    _check_type(x)
    if x.ndim != 1 or len(x) == 0:
        raise ValueError(f"x has shape {tuple(x.shape)}: give it (d,), d at least 1")
    if not ((x - step < x) & (x < x + step)).all():
        raise ValueError(f"a step of {step} does not change every element: take a larger one")
    columns = []
    for i in range(len(x)):
        before, after = x.detach().clone(), x.detach().clone()
        before[i] -= step
        after[i] += step
        columns.append((function(after) - function(before)) / (after[i] - before[i]))
    return torch.stack(columns, dim=-1)


def derivatives(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Return the derivative of a function at each of many points, by the sum trick.

    Args:
        function: Works element by element; that it does is up to you.
        x: The points, any shape.

    Returns:
        The shape of `x`.

    Raises:
        TypeError: If `x` does not hold floating-point numbers.
        ValueError: If the function changes the shape, or torch has no record of the result.

    Examples:
        >>> derivatives(torch.square, torch.tensor([1.0, 2.0, 3.0]))
        tensor([2., 4., 6.])
    """

    def total(x: Tensor) -> Tensor:
        y = function(x)
        _check_shape("the points have", x, y)
        return y.sum()

    return gradient(total, x)


def vector_jacobian(function: Callable[[Tensor], Tensor], x: Tensor, v: Tensor) -> Tensor:
    """Return the product of a vector and the Jacobian, as `y.backward(v)` leaves it in `x.grad`.

    Args:
        function: Takes the shape of `x` and returns the shape `(k,)`, or any other.
        x: Any shape.
        v: How much each result counts; the shape of the result.

    Returns:
        The shape of `x`.

    Raises:
        TypeError: If `x` does not hold floating-point numbers.
        ValueError: If `v` and the result differ in shape, or torch has no record of the result.

    Examples:
        >>> x, v = torch.tensor([3.0, 1.0]), torch.tensor([1.0, 10.0])
        >>> vector_jacobian(torch.square, x, v)
        tensor([ 6., 20.])
    """

    def weighted(x: Tensor) -> Tensor:
        y = function(x)
        _check_shape("v has", v, y)
        return (v * y).sum()

    return gradient(weighted, x)


def jacobian(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Return all partial derivatives of many numbers, one way back for each of them.

    Args:
        function: Takes the shape `(d,)` and returns the shape `(k,)`, `k` at least 1.
        x: Shape `(d,)`.

    Returns:
        Shape `(k, d)`: a row for each result, a column for each element of `x`.

    Raises:
        TypeError: If `x` does not hold floating-point numbers.
        ValueError: If `x` or the result has another shape, or torch has no record of it.

    Examples:
        >>> jacobian(lambda x: torch.stack([x.sum(), x.prod()]), torch.tensor([3.0, 1.0]))
        tensor([[1., 1.],
                [1., 3.]])
    """
    _check_type(x)
    y = function(x.detach())
    if x.ndim != 1 or y.ndim != 1 or len(y) == 0:
        shapes = f"{tuple(x.shape)}, the result {tuple(y.shape)}"
        raise ValueError(f"x has shape {shapes}: give them (d,) and (k,), k at least 1")
    one_result_each = torch.eye(len(y), dtype=y.dtype, device=y.device)
    return torch.stack([vector_jacobian(function, x, v) for v in one_result_each])


def relu_derivative(x: Tensor) -> Tensor:
    """Return the derivative of ReLU at each point: 1 above 0, and 0 below.

    At 0 there is none; like torch, this returns 0, and so it does for NaN.

    Args:
        x: The points, any shape.

    Examples:
        >>> relu_derivative(torch.tensor([-2.0, 0.0, 3.0]))
        tensor([0., 0., 1.])
    """
    return (x > 0).to(x.dtype)


def gradient_in_batches(
    cost: Callable[[Tensor, Tensor, Tensor], Tensor],
    weights: Tensor,
    x: Tensor,
    y: Tensor,
    size: int,
) -> Tensor:
    """Return the gradient of a cost over all rows, gathered from batches.

    Args:
        cost: Takes weights, inputs and targets; returns the mean over the rows, shape `()`.
        weights: Any shape. They stay as they are.
        x: Inputs, shape `(n, ...)`.
        y: Targets, shape `(n, ...)`.
        size: How many rows a batch has; the last one may have fewer.

    Returns:
        The shape of `weights`.

    Raises:
        TypeError: If the weights are not floating-point numbers.
        ValueError: If there are no rows, or not as many inputs as targets, if `size` is less than
            1, or if the cost is not one number or torch has no record of it.

    Examples:
        >>> cost = lambda w, x, y: ((w * x - y) ** 2).mean()
        >>> x, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 2.0, 2.0])
        >>> gradient_in_batches(cost, torch.tensor(1.0), x, y, size=2)
        tensor(1.3333)
    """
    _check_type(weights)
    if len(x) != len(y) or len(x) == 0 or size < 1:
        rows = f"{len(x)} inputs, {len(y)} targets, batches of {size}"
        raise ValueError(f"got {rows}: give as many inputs as targets, and each at least 1")
    weights = weights.detach().clone().requires_grad_()
    for inputs, targets in zip(x.split(size), y.split(size), strict=True):
        part = cost(weights, inputs, targets) * len(inputs) / len(x)
        _check_result(part)
        part.backward(inputs=[weights])  # adds to weights.grad
    if weights.grad is None:
        raise ValueError(
            "the cost has no record of the weights: compute it from its first argument"
        )
    return weights.grad


def _check_type(x: Tensor) -> None:
    if not x.is_floating_point():
        raise TypeError(f"got {x.dtype}: give floating-point numbers, for example x.double()")


def _check_result(y: Tensor) -> None:
    if not isinstance(y, Tensor) or not y.requires_grad:
        raise ValueError(
            "torch has no record of the result: compute it with operations of torch, "
            "without detach, item or no_grad on the way"
        )
    if y.ndim:
        raise ValueError(f"the result has shape {tuple(y.shape)}: a gradient is that of one number")


def _check_shape(whose: str, expected: Tensor, y: Tensor) -> None:
    if y.shape != expected.shape:
        shapes = f"{tuple(expected.shape)}, the result {tuple(y.shape)}"
        raise ValueError(f"{whose} shape {shapes}: give both the same")
