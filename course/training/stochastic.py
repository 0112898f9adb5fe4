"""Stochastic gradient descent: a step from one row, which is right only on average."""

import torch
from torch import Generator, Tensor


def row_gradients(x: Tensor, y: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return the gradient of each row's squared residual by slope and bias, `(n, 2)`.

    Its mean over the rows is the gradient of the mean squared error.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope, one number, in target units per input unit.
        bias: The prediction at `x = 0`, one number, in target units.

    Raises:
        ValueError: If `x` and `y` differ in shape, or if `weight` or `bias` is not one number.

    Examples:
        >>> x, y = torch.tensor([1.0, 2.0]), torch.tensor([11.0, 14.0])
        >>> row_gradients(x, y, torch.tensor(0.0), torch.tensor(0.0))
        tensor([[-22., -22.],
                [-56., -28.]])
    """
    if x.ndim != 1 or x.shape != y.shape or weight.ndim or bias.ndim:
        shapes = ", ".join(str(tuple(tensor.shape)) for tensor in (x, y, weight, bias))
        raise ValueError(f"shapes are {shapes}: give x, y, weight, bias as (n,), (n,), (), ()")
    residuals = weight * x + bias - y
    return torch.stack([2 * residuals * x, 2 * residuals], dim=1)


def shuffled_rows(n: int, epochs: int, generator: Generator) -> Tensor:
    """Return the numbers of `n` rows, in an order of its own for each epoch, `(epochs * n,)`.

    Args:
        n: How many rows there are, at least 1.
        epochs: How often to go through all of them, at least 1.
        generator: Draws the orders, on the CPU.

    Raises:
        ValueError: If `n` or `epochs` is below 1.

    Examples:
        >>> rows = shuffled_rows(3, 2, torch.Generator().manual_seed(0))
        >>> rows[:3].sort().values, rows[3:].sort().values
        (tensor([0, 1, 2]), tensor([0, 1, 2]))
    """
    if n < 1 or epochs < 1:
        raise ValueError(f"n is {n} and epochs {epochs}: give at least 1 of each")
    orders = [torch.randperm(n, generator=generator, device="cpu") for _ in range(epochs)]
    return torch.cat(orders)


def descend_rows(
    x: Tensor, y: Tensor, weight: float, bias: float, lr: float | Tensor, rows: Tensor
) -> Tensor:
    """Return slope and bias at the start and after each step, `(t + 1, 2)`; a step takes one row.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope to start from, in target units per input unit.
        bias: The bias to start from, in target units.
        lr: The learning rate, or one for each step, `(t,)`.
        rows: The number of the row of each step, `(t,)`. With `(t, …)` the further axes are runs
            at once: the path is `(t + 1, …, 2)`, and a tensor of rates broadcasts to `rows`.

    Raises:
        ValueError: If shapes do not fit, or if `rows` names a row that there is not.
        TypeError: If `x` or `y` does not hold floats, or `rows` no whole numbers.

    Source: Robbins and Monro (1951).

    Examples:
        >>> x, y = torch.tensor([1.0, 2.0]), torch.tensor([11.0, 14.0])
        >>> descend_rows(x, y, weight=0, bias=0, lr=0.1, rows=torch.tensor([1, 0]))
        tensor([[0.0000, 0.0000],
                [5.6000, 2.8000],
                [6.1200, 3.3200]])
    """
    _check_rows(x, y, rows)
    rates = _one_for_each(rows, torch.as_tensor(lr, dtype=x.dtype, device=x.device))
    w, b = x.new_full(rows.shape[1:], weight), x.new_full(rows.shape[1:], bias)
    path = [torch.stack([w, b], dim=-1)]
    for i, rate in zip(rows, rates, strict=True):
        residual = w * x[i] + b - y[i]
        w, b = w - rate * 2 * residual * x[i], b - rate * 2 * residual
        path.append(torch.stack([w, b], dim=-1))
    return torch.stack(path)


def falling_lr(lr: float, steps: int, half: float) -> Tensor:
    """Return a learning rate for each step, shape `(steps,)`, that falls like one over the step.

    The rates add up to any number, given enough steps, so every start is near enough. Their
    squares do not, so what the noise adds dies out. With a small `half` it takes very many steps.

    Args:
        lr: The rate of the first step.
        steps: How many steps there will be.
        half: After how many steps the rate is half of the first, above 0.

    Raises:
        ValueError: If `half` is not above 0, or if `steps` is below 0.

    Source: Robbins and Monro (1951).

    Examples:
        >>> falling_lr(0.5, steps=4, half=1)
        tensor([0.5000, 0.2500, 0.1667, 0.1250], dtype=torch.float64)
    """
    if not half > 0:
        raise ValueError(f"half is {half}: give the number of steps that halves the rate, above 0")
    if steps < 0:
        raise ValueError(f"steps is {steps}: give 0 or more")
    return lr / (1 + torch.arange(steps, dtype=torch.float64, device="cpu") / half)


def _check_rows(x: Tensor, y: Tensor, rows: Tensor) -> None:
    if x.ndim != 1 or x.shape != y.shape or rows.ndim == 0:
        shapes = ", ".join(str(tuple(tensor.shape)) for tensor in (x, y, rows))
        raise ValueError(f"shapes are {shapes}: give x, y, rows as (n,), (n,), (t, …)")
    if not (x.is_floating_point() and y.is_floating_point()):
        raise TypeError(f"x is {x.dtype}, y {y.dtype}: give both as floats, with x.float()")
    if rows.dtype not in (torch.int64, torch.int32):
        raise TypeError(f"rows is {rows.dtype}: give the numbers of rows, as int64")
    if rows.numel() and not 0 <= int(rows.min()) <= int(rows.max()) < len(x):
        reach = f"{int(rows.min())} to {int(rows.max())}"
        raise ValueError(f"rows reaches from {reach}: there are the rows 0 to {len(x) - 1}")


def _one_for_each(rows: Tensor, rates: Tensor) -> Tensor:
    try:
        return rates.expand(rows.shape)
    except RuntimeError:
        raise ValueError(
            f"lr has shape {tuple(rates.shape)}, rows {tuple(rows.shape)}: give one rate, or one "
            "for each of the rows, with unsqueeze(-1) if all runs share them"
        ) from None
