"""Several outputs: one layer that is as many regressions as it has outputs."""

import torch
from torch import Tensor


def predict(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return the predictions of each output for each row, `(n, k)`.

    Args:
        x: Shape `(n, d)`, a row per example and a column per input.
        weight: Shape `(k, d)`, a row per output and a column per input, as `nn.Linear` keeps it.
        bias: Shape `(k,)`, in the units of the outputs.

    Raises:
        ValueError: If the shapes do not belong together; some would broadcast.

    Examples:
        >>> x = torch.tensor([[1.0, 0.0], [1.0, 2.0]])
        >>> weight = torch.tensor([[15.0, 15.0], [10.0, 10.0], [0.5, -0.5]])
        >>> predict(x, weight, torch.tensor([0.0, 0.0, 1.0]))
        tensor([[15.0000, 10.0000,  1.5000],
                [45.0000, 30.0000,  0.5000]])
    """
    fits = x.ndim == weight.ndim == 2 and x.shape[1] == weight.shape[1]
    if not fits or bias.shape != weight.shape[:1]:
        shapes = f"{tuple(x.shape)}, weight {tuple(weight.shape)}, bias {tuple(bias.shape)}"
        raise ValueError(f"x has shape {shapes}: give them the shapes (n, d), (k, d) and (k,)")
    return x @ weight.T + bias


def gradient(x: Tensor, y: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Return the derivatives of the mean squared error by weights, `(k, d)`, and biases, `(k,)`.

    The mean is over all n · k numbers, as `nn.MSELoss` takes it.

    Args:
        x: Shape `(n, d)`.
        y: Shape `(n, k)`, a column per output.
        weight: Shape `(k, d)`.
        bias: Shape `(k,)`.

    Raises:
        ValueError: If the shapes do not belong together, or if there are no rows.

    Examples:
        >>> x, y = torch.tensor([[1.0], [3.0]]), torch.tensor([[2.0, 4.0], [4.0, 0.0]])
        >>> gradient(x, y, torch.zeros(2, 1), torch.zeros(2))
        (tensor([[-7.],
                [-2.]]), tensor([-3., -2.]))
    """
    predictions = predict(x, weight, bias)
    _check_targets(predictions, y)
    residuals = predictions - y
    return 2 / y.numel() * (residuals.T @ x), 2 / y.numel() * residuals.sum(dim=0)


def descend_outputs(x: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Return weights and biases at the start, where all are 0, and after each step of descent.

    Args:
        x: Shape `(n, d)`.
        y: Shape `(n, k)`, a column per output.
        lr: The learning rate of all parameters.
        steps: How often to step.

    Returns:
        Shape `(steps + 1, k, d + 1)`: for each output the weights and then the bias.

    Raises:
        ValueError: If the shapes do not belong together, or if there are no rows.

    Examples:
        >>> x, y = torch.tensor([[1.0], [3.0]]), torch.tensor([[2.0, 4.0], [4.0, 0.0]])
        >>> descend_outputs(x, y, lr=0.5, steps=1)[-1]
        tensor([[3.5000, 1.5000],
                [1.0000, 1.0000]])
    """
    if x.ndim != 2 or y.ndim != 2:
        shapes = f"{tuple(x.shape)}, y {tuple(y.shape)}"
        raise ValueError(f"x has shape {shapes}: give them the shapes (n, d) and (n, k)")
    weight, bias = x.new_zeros(y.shape[1], x.shape[1]), x.new_zeros(y.shape[1])
    path = [torch.cat([weight, bias.unsqueeze(1)], dim=1)]
    for _ in range(steps):
        by_weight, by_bias = gradient(x, y, weight, bias)
        weight, bias = weight - lr * by_weight, bias - lr * by_bias
        path.append(torch.cat([weight, bias.unsqueeze(1)], dim=1))
    return torch.stack(path)


def explained(predictions: Tensor, y: Tensor) -> Tensor:
    """Return R² of each output, `(k,)`: one number for all would hide the worst.

    Args:
        predictions: Shape `(n, k)`.
        y: Shape `(n, k)`.

    Raises:
        ValueError: If the shapes differ or are others, if there are no rows or a nan, or if all
            targets of an output are equal, because then there is nothing to explain.

    Examples:
        >>> y = torch.tensor([[1.0, 200.0], [2.0, 200.0], [3.0, 500.0]])
        >>> explained(torch.tensor([[1.0, 300.0], [2.0, 300.0], [4.0, 300.0]]), y)
        tensor([0.5000, 0.0000])
    """
    _check_targets(predictions, y)
    if (predictions + y).isnan().any():
        raise ValueError("predictions or targets hold nan: look for it in the data and the model")
    constant = (y == y[0]).all(dim=0)
    if constant.any():
        columns = [j for j, one in enumerate(constant.tolist()) if one]
        raise ValueError(f"all targets of output {columns} are equal: leave it out")
    away = y - y.mean(dim=0)
    return 1 - (predictions - y).square().sum(dim=0) / away.square().sum(dim=0)


def in_target_units(
    weight: Tensor, bias: Tensor, mean: Tensor, std: Tensor
) -> tuple[Tensor, Tensor]:
    """Return the weights and biases for targets as they are, from those for standardised targets.

    Args:
        weight: Shape `(k, d)`, in standard deviations of the targets per unit of the input.
        bias: Shape `(k,)`, in standard deviations.
        mean: Shape `(k,)`, what was subtracted from the targets of each output.
        std: Shape `(k,)`, what they were then divided by.

    Raises:
        ValueError: If the shapes do not belong together, because they would broadcast.

    Examples:
        >>> weight, bias = torch.tensor([[0.5], [2.0]]), torch.tensor([0.0, 1.0])
        >>> in_target_units(weight, bias, torch.tensor([10.0, 0.0]), torch.tensor([4.0, 0.5]))
        (tensor([[2.],
                [1.]]), tensor([10.0000,  0.5000]))
    """
    if weight.ndim != 2 or not weight.shape[:1] == bias.shape == mean.shape == std.shape:
        shapes = ", ".join(str(tuple(tensor.shape)) for tensor in (weight, bias, mean, std))
        raise ValueError(
            f"shapes are {shapes}: give weight, bias, mean, std (k, d), (k,), (k,), (k,)"
        )
    return weight * std.unsqueeze(1), bias * std + mean


def _check_targets(predictions: Tensor, y: Tensor) -> None:
    if y.shape != predictions.shape or y.ndim != 2 or y.numel() == 0:
        shapes = f"{tuple(y.shape)}, predictions {tuple(predictions.shape)}"
        raise ValueError(f"y has shape {shapes}: give both the shape (n, k), n and k above 0")
