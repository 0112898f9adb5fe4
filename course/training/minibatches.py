"""How far the gradient of a batch strays from that of all rows, and descent in batches."""

import math
from collections.abc import Iterable, Iterator

import torch
from torch import Generator, Tensor


def row_gradients(columns: Tensor, targets: Tensor, parameters: Tensor) -> Tensor:
    """Return the gradient of each row's squared residual, `(n, p)`; their mean is that of the cost.

    Args:
        columns: Shape `(n, p)`, a column for each parameter.
        targets: Shape `(n,)`.
        parameters: Shape `(p,)`.

    Raises:
        ValueError: If the shapes do not fit, or if there are no rows.

    Examples:
        >>> columns, targets = torch.tensor([[1.0, 0.0], [1.0, 2.0]]), torch.tensor([3.0, 5.0])
        >>> row_gradients(columns, targets, torch.tensor([3.0, 0.0]))
        tensor([[ 0.,  0.],
                [-4., -8.]])
    """
    _check_table(columns, targets, parameters)
    return 2 * (columns @ parameters - targets).unsqueeze(1) * columns


def gradient_noise(gradients: Tensor, batch_size: int) -> float:
    """Return how far a batch's gradient strays from that of all rows; rows may come twice.

    It is the root of the mean squared distance between the two, over all batches whose rows are
    drawn independently, each from all rows: a standard deviation, of all elements together.

    Args:
        gradients: Shape `(n, p)`, a row's gradient in each row.
        batch_size: Rows of a batch, at least 1.

    Raises:
        ValueError: If `gradients` has another shape or no rows, or `batch_size` is below 1.

    Examples:
        >>> gradients = torch.tensor([[1.0], [3.0], [5.0], [11.0]])
        >>> round(gradient_noise(gradients, 1), 4), round(gradient_noise(gradients, 4), 4)
        (3.7417, 1.8708)
    """
    if gradients.ndim != 2 or len(gradients) == 0 or batch_size < 1:
        raise ValueError(
            f"gradients have shape {tuple(gradients.shape)}, batch_size is {batch_size}: give "
            "(n, p) with n above 0, and at least 1 row in a batch"
        )
    apart = (gradients - gradients.mean(dim=0)).square().sum(dim=1)
    return math.sqrt(apart.mean().item() / batch_size)


def finite_population_factor(n: int, batch_size: int) -> float:
    """Return by what the noise of such a batch is multiplied if no row may come twice.

    Args:
        n: Number of rows, at least 1.
        batch_size: Rows of a batch, from 1 to `n`.

    Raises:
        ValueError: If `batch_size` is not from 1 to `n`.

    Source: Cochran (1977), sections 2.5 and 2.6.

    Examples:
        >>> [round(finite_population_factor(4, size), 4) for size in (1, 2, 3, 4)]
        [1.0, 0.8165, 0.5774, 0.0]
    """
    if not 1 <= batch_size <= n:
        raise ValueError(f"batch_size is {batch_size}: give a number from 1 to {n}, the rows")
    return math.sqrt((n - batch_size) / max(n - 1, 1))


def measured_noise(gradients: Tensor, batches: Tensor) -> float:
    """Return the root of the mean squared distance of these batches' gradients from that of all.

    Args:
        gradients: Shape `(n, p)`.
        batches: Row numbers, shape `(count, batch_size)`, a batch in each row.

    Raises:
        ValueError: If a shape is another one, or if there are no batches.

    Examples:
        >>> gradients = torch.tensor([[1.0], [3.0], [5.0], [11.0]])
        >>> measured_noise(gradients, torch.tensor([[0, 1], [2, 3]]))
        3.0
    """
    if gradients.ndim != 2 or batches.ndim != 2 or batches.numel() == 0:
        raise ValueError(
            f"gradients have shape {tuple(gradients.shape)}, batches {tuple(batches.shape)}: give "
            "(n, p) and (count, batch_size), with at least one row in at least one batch"
        )
    apart = gradients[batches].mean(dim=1) - gradients.mean(dim=0)
    return math.sqrt(apart.square().sum(dim=1).mean().item())


def shuffled_batches(
    n: int, batch_size: int, epochs: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    """Yield the row numbers of one batch after another, each epoch in an order of its own.

    In every epoch each row comes once, and the last batch has what is left. With the same
    generator they are the batches of `Batches(..., shuffle=True)`.

    Args:
        n: Number of rows.
        batch_size: Rows of each batch but perhaps the last, at least 1.
        epochs: How often to go through the rows.
        generator: Draws the orders, on the CPU. Without one, torch's global generator does.

    Raises:
        ValueError: If `batch_size` is below 1, when the first batch is asked for.

    Examples:
        >>> generator = torch.Generator().manual_seed(0)
        >>> [rows.tolist() for rows in shuffled_batches(5, 2, epochs=1, generator=generator)]
        [[4, 0], [1, 3], [2]]
    """
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}: give at least 1")
    for _ in range(epochs):
        order = torch.randperm(n, generator=generator, device="cpu")
        for first in range(0, n, batch_size):
            yield order[first : first + batch_size]


def descend_in_batches(
    columns: Tensor, targets: Tensor, start: Tensor, batches: Iterable[Tensor], lr: float
) -> Tensor:
    """Return the parameters before and after the step of each batch, `(steps + 1, p)`.

    Args:
        columns: Shape `(n, p)`, a column for each parameter.
        targets: Shape `(n,)`.
        start: Where to start, shape `(p,)`.
        batches: The row numbers of each batch, shape `(batch_size,)`.
        lr: The learning rate.

    Raises:
        ValueError: If the shapes do not fit, or if there are no rows.

    Examples:
        >>> columns, targets = torch.ones(4, 1), torch.tensor([0.0, 0.0, 8.0, 8.0])
        >>> in_order = torch.arange(4).split(2)
        >>> descend_in_batches(columns, targets, torch.tensor([4.0]), in_order, lr=0.25).squeeze()
        tensor([4., 2., 5.])
    """
    _check_table(columns, targets, start)
    path = [start]
    for rows in batches:
        gradients = row_gradients(columns[rows], targets[rows], path[-1])
        path.append(path[-1] - lr * gradients.mean(dim=0))
    return torch.stack(path)


def descend_together(
    columns: Tensor, targets: Tensor, start: Tensor, batches: Iterable[Tensor], lrs: Tensor
) -> Tensor:
    """Return where many descents in batches end, `(runs, k, p)`, computed side by side.

    Each run has batches of its own, and goes through them once at each of `k` learning rates.

    Args:
        columns: Shape `(n, p)`, a column for each parameter.
        targets: Shape `(n,)`.
        start: Where all of them start, shape `(p,)`.
        batches: For each step the row numbers of every run, shape `(runs, batch_size)`; at least
            one step.
        lrs: The learning rates, shape `(k,)`.

    Raises:
        ValueError: If the shapes do not fit, if there are no rows, no steps or no learning rates,
            or if a batch is empty.

    Examples:
        >>> columns, targets = torch.ones(2, 1), torch.tensor([0.0, 8.0])
        >>> steps = torch.tensor([[0], [1]]), torch.tensor([[1], [0]])
        >>> ends = descend_together(columns, targets, targets[:1], steps, torch.tensor([0.25, 0.5]))
        >>> ends.squeeze()
        tensor([[4., 8.],
                [2., 0.]])
    """
    _check_table(columns, targets, start)
    if lrs.ndim != 1 or len(lrs) == 0:
        raise ValueError(f"lrs have shape {tuple(lrs.shape)}: give (k,), k at least 1")
    theta = start.unsqueeze(1)  # (p, 1), and after the first step (runs, p, k)
    for rows in batches:
        if rows.ndim != 2 or rows.numel() == 0:
            raise ValueError(
                f"a step has row numbers of shape {tuple(rows.shape)}: give (runs, batch_size), "
                "both at least 1"
            )
        a, y = columns[rows], targets[rows].unsqueeze(2)
        theta = theta - lrs * (2 / rows.shape[1]) * (a.mT @ (a @ theta - y))
    if theta.ndim == 2:
        raise ValueError("no steps: give at least one, and not an iterator that is used up")
    return theta.mT


def _check_table(columns: Tensor, targets: Tensor, parameters: Tensor) -> None:
    fits = columns.ndim == 2 and columns.shape == (*targets.shape, *parameters.shape)
    if not fits or len(columns) == 0:
        raise ValueError(
            f"columns have shape {tuple(columns.shape)}, targets {tuple(targets.shape)}, "
            f"parameters {tuple(parameters.shape)}: give (n, p), (n,) and (p,), with n above 0"
        )
