"""A learning rate found in one short training, whose rate rises at every step."""

import copy
import itertools
import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from course.training.measuring import Measure, Pairs, check_shapes, device_of


def rising_sweep(
    model: nn.Module,
    batches: Pairs,
    criterion: Measure,
    make: Callable[[Iterator[nn.Parameter]], torch.optim.Optimizer],
    rates: Tensor,
) -> Tensor:
    """Return the loss before each step of a training in which every step has its own rate, `(t,)`.

    A copy is trained, and the model stays as it is. From a loss on that is not finite, all are
    infinite.

    Args:
        model: Maps inputs `(n, …)` to outputs `(n,)` or `(n, k)`.
        batches: Pairs of inputs and targets, which are begun anew when they end.
        criterion: Takes outputs and targets, returns the mean loss of the batch, a scalar.
        make: Takes parameters, and returns an optimizer of them.
        rates: The learning rate of each step, shape `(t,)`, usually rising by a factor.

    Raises:
        ValueError: If there are no batches, or if outputs and targets would broadcast.

    Source: Smith (2017), section 3.3, where the rates rise in equal steps.

    Examples:
        >>> batches = [(torch.tensor([[0.0], [1.0]]), torch.tensor([[1.0], [3.0]]))]
        >>> def make(parameters):
        ...     return torch.optim.SGD(parameters, lr=1.0)
        >>> rates = torch.tensor([0.001, 0.01, 0.1, 1.0, 10.0, 100.0])
        >>> losses = rising_sweep(nn.Linear(1, 1), batches, nn.MSELoss(), make, rates)
        >>> bool(losses[3] < losses[0] < losses[5])
        True
    """
    model = copy.deepcopy(model).train()
    device, optimizer = device_of(model), make(model.parameters())
    losses = torch.full((len(rates),), math.inf, dtype=torch.float64, device="cpu")
    for i, (x, y) in enumerate(itertools.islice(_endless(batches), len(rates))):
        for group in optimizer.param_groups:
            group["lr"] = rates[i].item()
        optimizer.zero_grad()
        x, y = x.to(device), y.to(device)
        outputs = model(x)
        check_shapes(outputs, y)
        loss = criterion(outputs, y)
        if not loss.isfinite():
            break
        losses[i] = loss.item()
        loss.backward()
        optimizer.step()
    return losses


def _endless(batches: Pairs) -> Iterator[tuple[Tensor, Tensor]]:
    while True:
        count = 0
        for pair in batches:
            count += 1
            yield pair
        if count == 0:
            raise ValueError("no batches: give a list or a DataLoader, not an iterator")


def smoothed(losses: Tensor, beta: float = 0.9) -> Tensor:
    """Return the running mean of the losses up to each step, corrected for its start at 0, `(t,)`.

    Args:
        losses: One for each step, shape `(t,)`.
        beta: The part of the mean that is left after a step, from 0 and below 1.

    Raises:
        ValueError: If `beta` is another number.

    Examples:
        >>> smoothed(torch.tensor([4.0, 4.0, 1.0]), beta=0.5)
        tensor([4.0000, 4.0000, 2.2857])
    """
    if not 0 <= beta < 1:
        raise ValueError(f"beta is {beta}: give at least 0 and less than 1")
    mean, means = losses.new_zeros(()), []
    for t, loss in enumerate(losses, start=1):
        mean = beta * mean + (1 - beta) * loss
        means.append(mean / (1 - beta**t))
    return torch.stack(means) if means else losses


def find_rate(rates: Tensor, losses: Tensor, beta: float = 0.9) -> float:
    """Return a tenth of the rate at which the smoothed losses of a sweep are lowest.

    Args:
        rates: Shape `(t,)`.
        losses: What `rising_sweep` returned for them, shape `(t,)`.
        beta: How much is smoothed.

    Raises:
        ValueError: If there is not one loss for each rate, if `beta` is not from 0 to below 1, or
            if the lowest loss is that of the first or the last rate: then the sweep has not seen
            what it looks for.

    Examples:
        >>> find_rate(torch.tensor([0.25, 0.5, 1.0, 2.0]), torch.tensor([3.0, 2, 1, 9]), beta=0.0)
        0.1
    """
    if rates.ndim != 1 or rates.shape != losses.shape or len(rates) == 0:
        shapes = f"{tuple(rates.shape)} and losses {tuple(losses.shape)}"
        raise ValueError(f"rates have shape {shapes}: give one loss for each rate")
    lowest = int(smoothed(losses, beta).argmin())
    if lowest in (0, len(rates) - 1):
        raise ValueError(
            f"the loss is lowest at the {'last' if lowest else 'first'} of the rates, "
            f"{rates[lowest]:g}: sweep further {'up' if lowest else 'down'}"
        )
    return rates[lowest].item() / 10
