"""The derivative of a function of one number: by autograd, and from two of its values."""

from collections.abc import Callable

import torch
from torch import Tensor


def bookkeeping(x: Tensor) -> str:
    """Return what autograd keeps of a tensor.

    Args:
        x: Any shape.

    Examples:
        >>> x = torch.tensor(3.0, requires_grad=True)
        >>> bookkeeping(x)
        'requires_grad True, is_leaf True, grad_fn None, grad None'
        >>> bookkeeping(x**2)
        'requires_grad True, is_leaf False, grad_fn PowBackward0, grad None'
    """
    made_by = x.grad_fn.name() if x.grad_fn else None
    keeps = x.is_leaf or x.retains_grad  # asked for the grad of any other tensor, torch warns
    grad = x.grad.tolist() if keeps and x.grad is not None else None
    return f"requires_grad {x.requires_grad}, is_leaf {x.is_leaf}, grad_fn {made_by}, grad {grad}"


def derivative(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Return the derivative of a function at a point by autograd, a scalar.

    Other tensors that the function uses get no gradient from this.

    Args:
        function: Takes and returns one number, shape `()`.
        x: The point, shape `()`. It stays as it is.

    Returns:
        Shape `()`, in units of the result per unit of `x`.

    Raises:
        TypeError: If `x` or the result is no tensor of floating-point numbers.
        ValueError: If one of them has another shape, or if torch has no record that leads from
            the result to `x`.

    Examples:
        >>> derivative(torch.square, torch.tensor(3.0))
        tensor(6.)
    """
    _check_number("x", x)
    x = x.detach().clone().requires_grad_()
    y = function(x)
    _check_number("the result", y)
    if y.requires_grad:
        y.backward(inputs=[x])
    if x.grad is None:
        raise ValueError(
            "the result has no record of x: compute it from x with operations of torch, "
            "without detach, item or no_grad on the way"
        )
    return x.grad


def forward_difference(function: Callable[[Tensor], Tensor], x: Tensor, step: float) -> Tensor:
    """Return the slope of a function from each point to one step further on.

    Its error shrinks with the step, until rounding takes over.

    Args:
        function: Works element by element.
        x: The points, any shape.
        step: In units of `x`, positive.

    Returns:
        The shape of `x`, in units of the result per unit of `x`.

    Raises:
        TypeError: If `x` does not hold floating-point numbers.
        ValueError: If the step does not change every `x`, or the function changes the shape.

    Examples:
        >>> forward_difference(torch.square, torch.tensor([3.0, -1.0]), step=0.5)
        tensor([ 6.5000, -1.5000])
    """
    _check_step(x, step)
    after = x + step
    return (_values(function, after) - _values(function, x)) / (after - x)


def central_difference(function: Callable[[Tensor], Tensor], x: Tensor, step: float) -> Tensor:
    """Return the slope of a function from one step before each point to one step after it.

    Its error shrinks with the square of the step, until rounding takes over.

    Source: Press et al., *Numerical Recipes* (2007), section 5.7.

    Args:
        function: Works element by element.
        x: The points, any shape.
        step: In units of `x`, positive.

    Returns:
        The shape of `x`, in units of the result per unit of `x`.

    Raises:
        TypeError: If `x` does not hold floating-point numbers.
        ValueError: If the step does not change every `x`, or the function changes the shape.

    Examples:
        >>> central_difference(torch.square, torch.tensor([3.0, -1.0]), step=0.5)
        tensor([ 6., -2.])
    """
    _check_step(x, step)
    before, after = x - step, x + step
    return (_values(function, after) - _values(function, before)) / (after - before)


def derivative_gap(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Return how far autograd and the central difference are apart, as a part of the larger.

    Both compute in float64. For smooth functions on an ordinary scale, up to about 1e-9 is the
    error of the difference itself, from its step and from rounding, and 1e-5 deserves a look.
    Where both are smaller than 1, the gap is what they differ by.

    Args:
        function: Takes and returns one number, shape `()`, of any floating-point type.
        x: The point, shape `()`.

    Returns:
        Shape `()`.

    Raises:
        TypeError: As for `derivative`.
        ValueError: As for `derivative`.

    Examples:
        >>> cut = derivative_gap(lambda x: x * x.detach(), torch.tensor(2.0))
        >>> round(cut.item(), 6)
        0.5
    """
    _check_number("x", x)
    x = x.detach().double()
    step = torch.finfo(x.dtype).eps ** (1 / 3) * max(1.0, x.abs().item())
    exact, near = derivative(function, x), central_difference(function, x, step)
    return (exact - near).abs() / max(exact.abs(), near.abs(), x.new_ones(()))


def _check_number(name: str, x: Tensor) -> None:
    if not isinstance(x, Tensor) or not x.is_floating_point():
        kind = x.dtype if isinstance(x, Tensor) else type(x).__name__
        raise TypeError(f"{name} is of type {kind}: give a tensor of floating-point numbers")
    if x.ndim:
        raise ValueError(f"{name} has shape {tuple(x.shape)}: give one number, shape ()")


def _check_step(x: Tensor, step: float) -> None:
    if not x.is_floating_point():
        raise TypeError(f"x holds {x.dtype}: give floating-point numbers, for example x.double()")
    if not ((x - step < x) & (x < x + step)).all():
        raise ValueError(
            f"a step of {step} does not change every x: give a positive one that rounding keeps, "
            "and finite x"
        )


def _values(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    y = function(x)
    if y.shape != x.shape:
        shapes = f"{tuple(y.shape)} for points of shape {tuple(x.shape)}"
        raise ValueError(
            f"the function gives shape {shapes}: give one that works element by element"
        )
    return y
