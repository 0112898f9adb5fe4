"""Several inputs: a weight for each, and what a weight is worth in the unit of its input."""

import torch
from torch import Tensor


def predict(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return one prediction per row, `(n,)`: each input times its weight, added up, plus the bias.

    Args:
        x: Shape `(n, d)`, a row per example and a column per input.
        weight: Shape `(d,)`, in target units per unit of the input.
        bias: One number, of shape `()`: the prediction where all inputs are 0.

    Raises:
        ValueError: If the shapes do not belong together; some would broadcast.

    Examples:
        >>> x = torch.tensor([[1.0, 0.0], [1.0, 2.0], [0.0, 2.0]])
        >>> predict(x, torch.tensor([3.0, 1.5]), torch.tensor(8.0))
        tensor([11., 14., 11.])
    """
    if x.ndim != 2 or weight.shape != x.shape[1:] or bias.ndim:
        shapes = f"{tuple(x.shape)}, weight {tuple(weight.shape)}, bias {tuple(bias.shape)}"
        raise ValueError(f"x has shape {shapes}: give them the shapes (n, d), (d,) and ()")
    return x @ weight + bias


def gradient(x: Tensor, y: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Return the derivatives of the mean squared error by each weight, `(d,)`, and by the bias.

    Args:
        x: Shape `(n, d)`.
        y: Shape `(n,)`.
        weight: Shape `(d,)`.
        bias: One number, of shape `()`.

    Raises:
        ValueError: If the shapes do not belong together, or if there are no rows.

    Examples:
        >>> x, y = torch.tensor([[1.0, 0.0], [1.0, 2.0]]), torch.tensor([11.0, 14.0])
        >>> gradient(x, y, torch.tensor([0.0, 0.0]), torch.tensor(0.0))
        (tensor([-25., -28.]), tensor(-25.))
    """
    predictions = predict(x, weight, bias)
    if y.shape != predictions.shape or len(y) == 0:
        shapes = f"{tuple(y.shape)}, x {tuple(x.shape)}"
        raise ValueError(f"y has shape {shapes}: give them the shapes (n,) and (n, d), n above 0")
    residuals = predictions - y
    return 2 / len(y) * (x.T @ residuals), 2 * residuals.mean()


def descend_weights(x: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Return weights and bias at the start, where all are 0, and after each step of descent.

    Args:
        x: Shape `(n, d)`.
        y: Shape `(n,)`.
        lr: The learning rate of all parameters.
        steps: How often to step.

    Returns:
        Shape `(steps + 1, d + 1)`, in each row the weights and then the bias.

    Raises:
        ValueError: If the shapes do not belong together, or if there are no rows.

    Examples:
        >>> x, y = torch.tensor([[1.0, 0.0], [1.0, 2.0]]), torch.tensor([11.0, 14.0])
        >>> descend_weights(x, y, lr=0.25, steps=1)
        tensor([[0.0000, 0.0000, 0.0000],
                [6.2500, 7.0000, 6.2500]])
    """
    if x.ndim != 2:
        raise ValueError(f"x has shape {tuple(x.shape)}: give (n, d), a row per example")
    weight, bias = x.new_zeros(x.shape[1]), x.new_zeros(())
    path = [torch.cat([weight, bias.unsqueeze(0)])]
    for _ in range(steps):
        by_weight, by_bias = gradient(x, y, weight, bias)
        weight, bias = weight - lr * by_weight, bias - lr * by_bias
        path.append(torch.cat([weight, bias.unsqueeze(0)]))
    return torch.stack(path)


def mean_and_std(training: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean and the standard deviation of each column, `(d,)` each, to standardise with.

    Give the rows that the model is trained on, and no others: `(x - mean) / std` then says nothing
    about rows that it has not seen.

    Args:
        training: Shape `(n, d)`, `n` at least 2.

    Raises:
        TypeError: If `training` holds no floats.
        ValueError: If `training` has another shape, or if a column holds one value only, or a nan
            or inf, because no division would give it the standard deviation 1.

    Examples:
        >>> mean_and_std(torch.tensor([[1.0, 20.0], [3.0, 20.0], [5.0, 26.0]]))
        (tensor([ 3., 22.]), tensor([2.0000, 3.4641]))
    """
    if training.ndim != 2 or len(training) < 2:
        raise ValueError(f"training has shape {tuple(training.shape)}: give (n, d), n at least 2")
    if not training.is_floating_point():
        raise TypeError(f"training holds {training.dtype}: give floats, as from training.float()")
    spread = training.amax(dim=0) - training.amin(dim=0)  # nan or inf with a value that is
    useless = (spread == 0) | ~spread.isfinite()
    if useless.any():
        columns = useless.nonzero().squeeze(1).tolist()
        raise ValueError(
            f"columns {columns} hold one value in all rows, nan or inf: leave out or repair them"
        )
    return training.mean(dim=0), training.std(dim=0)


def in_input_units(
    weight: Tensor, bias: Tensor, mean: Tensor, std: Tensor
) -> tuple[Tensor, Tensor]:
    """Return the weight and bias for inputs as they are, from those for standardised inputs.

    Both predict the same. A weight per standard deviation becomes one per unit of its input, and
    the bias, which was the prediction for an average row, the one where all inputs are 0.

    Args:
        weight: Shape `(d,)`, in target units per standard deviation.
        bias: One number, of shape `()`.
        mean: Shape `(d,)`, what was subtracted from each input.
        std: Shape `(d,)`, what it was then divided by.

    Raises:
        ValueError: If the shapes do not belong together, because they would broadcast.

    Examples:
        >>> weight, bias = torch.tensor([6.0]), torch.tensor(10.0)
        >>> in_input_units(weight, bias, mean=torch.tensor([3.0]), std=torch.tensor([2.0]))
        (tensor([3.]), tensor(1.))
    """
    if not weight.shape == mean.shape == std.shape or weight.ndim != 1 or bias.ndim:
        shapes = ", ".join(str(tuple(tensor.shape)) for tensor in (weight, bias, mean, std))
        raise ValueError(f"shapes are {shapes}: give weight, bias, mean, std (d,), (), (d,), (d,)")
    per_unit = weight / std
    return per_unit, bias - per_unit @ mean
