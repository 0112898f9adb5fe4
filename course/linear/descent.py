"""Gradient descent on one parameter, the slope: by hand and with PyTorch."""

import torch
from torch import Tensor

from course.linear.cost import mean_squared_error


def slope_gradient(x: Tensor, y: Tensor, weight: Tensor) -> Tensor:
    """Return the derivative of the cost by the slope of a line through the origin, a scalar.

    Its unit is that of the targets times that of the inputs.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope, one number, in target units per input unit.

    Raises:
        ValueError: If `x` and `y` differ in shape, or if `weight` is not one number, because they
            would broadcast.

    Examples:
        >>> slope_gradient(torch.tensor([2.0]), torch.tensor([6.0]), torch.tensor(-10.0))
        tensor(-104.)
    """
    if x.shape != y.shape or weight.ndim:
        shapes = f"{tuple(x.shape)}, y {tuple(y.shape)}, weight {tuple(weight.shape)}"
        raise ValueError(f"x has shape {shapes}: give them the shapes (n,), (n,) and ()")
    residuals = weight * x - y
    return 2 * (residuals * x).mean()


def descend_slope(x: Tensor, y: Tensor, weight: float, lr: float, steps: int) -> Tensor:
    """Return the slope at the start and after each step of gradient descent, `(steps + 1,)`.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope to start from, in target units per input unit.
        lr: The learning rate, in one over squared input units.
        steps: How often to step.

    Raises:
        ValueError: If `x` and `y` differ in shape, because they would broadcast.

    Examples:
        >>> x, y = torch.tensor([2.0]), torch.tensor([6.0])
        >>> descend_slope(x, y, weight=-10, lr=0.125, steps=2)
        tensor([-10.,   3.,   3.])
    """
    w = x.new_tensor(weight)
    path = [w]
    for _ in range(steps):
        w = w - lr * slope_gradient(x, y, w)
        path.append(w)
    return torch.stack(path)


def descend_slope_with_torch(x: Tensor, y: Tensor, weight: float, lr: float, steps: int) -> Tensor:
    """Return what `descend_slope` returns; autograd differentiates, an optimizer steps.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope to start from, in target units per input unit.
        lr: The learning rate, in one over squared input units.
        steps: How often to step.

    Raises:
        ValueError: If `x` and `y` differ in shape, because they would broadcast.

    Examples:
        >>> x, y = torch.tensor([2.0]), torch.tensor([6.0])
        >>> descend_slope_with_torch(x, y, weight=-10, lr=0.125, steps=2)
        tensor([-10.,   3.,   3.])
    """
    w = x.new_tensor(weight).requires_grad_()
    optimizer = torch.optim.SGD([w], lr=lr)
    path = [w.detach().clone()]
    for _ in range(steps):
        optimizer.zero_grad()
        cost = mean_squared_error(w * x, y)
        cost.backward()
        optimizer.step()
        path.append(w.detach().clone())  # a copy, because the step changes w in place
    return torch.stack(path)
