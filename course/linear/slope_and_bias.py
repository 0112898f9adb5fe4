"""Gradient descent on slope and bias together: by hand and with PyTorch."""

import torch
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector

from course.linear.cost import mean_squared_error


def line_gradient(x: Tensor, y: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Return the derivatives of the cost by slope and by bias, two scalars.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope, one number, in target units per input unit.
        bias: The prediction at `x = 0`, one number, in target units.

    Raises:
        ValueError: If `x` and `y` differ in shape, or if `weight` or `bias` is not one number,
            because they would broadcast.

    Examples:
        >>> x, y = torch.tensor([1.0, 2.0]), torch.tensor([11.0, 14.0])
        >>> line_gradient(x, y, torch.tensor(0.0), torch.tensor(0.0))
        (tensor(-39.), tensor(-25.))
    """
    if x.shape != y.shape or weight.ndim or bias.ndim:
        shapes = ", ".join(str(tuple(tensor.shape)) for tensor in (x, y, weight, bias))
        raise ValueError(f"shapes are {shapes}: give x, y, weight, bias as (n,), (n,), (), ()")
    residuals = weight * x + bias - y
    return 2 * (residuals * x).mean(), 2 * residuals.mean()


def descend_line(x: Tensor, y: Tensor, weight: float, bias: float, lr: float, steps: int) -> Tensor:
    """Return slope and bias at the start and after each step of descent, `(steps + 1, 2)`.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope to start from, in target units per input unit.
        bias: The bias to start from, in target units.
        lr: The learning rate of both.
        steps: How often to step.

    Raises:
        ValueError: If `x` and `y` differ in shape, because they would broadcast.

    Examples:
        >>> x, y = torch.tensor([-1.0, 1.0]), torch.tensor([5.0, 11.0])
        >>> descend_line(x, y, weight=-10, bias=0, lr=0.5, steps=1)
        tensor([[-10.,   0.],
                [  3.,   8.]])
    """
    w, b = x.new_tensor(weight), x.new_tensor(bias)
    path = [torch.stack([w, b])]
    for _ in range(steps):
        dw, db = line_gradient(x, y, w, b)
        w, b = w - lr * dw, b - lr * db  # both derivatives are taken before either is changed
        path.append(torch.stack([w, b]))
    return torch.stack(path)


def descend_model(model: nn.Module, x: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Return a model's parameters, in its order, before and after each step, `(steps + 1, p)`.

    The model is trained: afterwards it holds the last row.

    Args:
        model: Maps `x` to predictions of the shape of `y`.
        x: Inputs, one per row.
        y: Targets, one per row.
        lr: The learning rate of all parameters.
        steps: How often to step.

    Raises:
        ValueError: If predictions and targets differ in shape, because they would broadcast.

    Examples:
        >>> model = nn.Linear(1, 1)
        >>> x, y = torch.tensor([[-1.0], [1.0]]), torch.tensor([[5.0], [11.0]])
        >>> descend_model(model, x, y, lr=0.5, steps=1)[-1].round()
        tensor([3., 8.])
    """
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    path = [parameters_to_vector(model.parameters()).detach()]
    for _ in range(steps):
        optimizer.zero_grad()
        cost = mean_squared_error(model(x), y)
        cost.backward()
        optimizer.step()
        path.append(parameters_to_vector(model.parameters()).detach())
    return torch.stack(path)
