"""Exercises of the lesson `training/schedules`: write it, and `check` tells what is missing."""

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Generator

from course.practice import Exercise, Mistake


def hold_then_fall(step: int, steps: int, fall: int) -> float:
    """Return a factor that stays 1 and, in the last steps, falls in equal steps towards 0.

    Args:
        step: The number of the step, from 0 to `steps - 1`.
        steps: How many steps there are.
        fall: How many of them fall: it would be 0 at the step `steps`.

    Examples:
        >>> [hold_then_fall(step, 6, fall=4) for step in range(6)]
        [1.0, 1.0, 1.0, 0.75, 0.5, 0.25]
    """
    return min(1.0, (steps - step) / fall)


def _by_linear_lr(step: int, steps: int, fall: int) -> float:
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=fall)
    for _ in range(max(0, step - (steps - fall))):
        optimizer.step()
        scheduler.step()
    return float(scheduler.get_last_lr()[0])


def _steps(_: Generator) -> Iterator[tuple[int, int, int]]:
    yield from ((0, 6, 4), (2, 6, 4), (3, 6, 4), (5, 6, 4), (0, 1, 1), (4, 10, 10), (70, 100, 50))


hold = Exercise(
    name="training/hold",
    title="Hold, then fall",
    mark=1,
    prompt="""
A schedule for which you need not know the end beforehand: the factor stays 1 as long as you like,
and falls in equal steps only in the last ones. Write `hold_then_fall(step, steps, fall)`.
""",
    solution=hold_then_fall,
    reference=_by_linear_lr,
    cases=_steps,
    example="print([hold_then_fall(step, 8, fall=4) for step in range(8)])",
    hints=(
        "How many steps are left, as a part of those that fall?",
        "Before the fall that part is above 1: take the smaller of it and 1.",
    ),
    mistakes=(
        Mistake(
            "min(1.0, (steps - step) / fall)",
            "(steps - step) / fall",
            says="Before the fall the factor is above 1: take `min(1.0, …)`.",
        ),
        Mistake(
            "(steps - step)",
            "(steps - 1 - step)",
            says="The last step would have the rate 0 and change nothing: let it be 0 at `steps`.",
        ),
        Mistake(
            "/ fall",
            "/ steps",
            says="That falls from the first step on: divide by the number of steps that fall.",
        ),
    ),
)


def rate_for(variance: float, curvature: float, noise: float) -> float:
    """Return the constant learning rate whose noise floor is this variance.

    Args:
        variance: Of the parameter around the best, above 0.
        curvature: The second derivative of the cost, above 0.
        noise: The standard deviation of a gradient, above 0.

    Examples:
        >>> rate_for(1 / 3, curvature=1.0, noise=1.0)
        0.5
    """
    return 2 * curvature * variance / (noise**2 + curvature**2 * variance)


def _by_trying(variance: float, curvature: float, noise: float) -> float:
    """Return the rate found by halving, where noisy steps leave this variance as it is."""
    low, high = 0.0, 2 / curvature
    for _ in range(100):
        lr = (low + high) / 2
        after = (1 - lr * curvature) ** 2 * variance + lr**2 * noise**2
        low, high = (lr, high) if after < variance else (low, lr)
    return low


def _floors(_: Generator) -> Iterator[tuple[float, float, float]]:
    yield from ((1 / 3, 1.0, 1.0), (0.01, 2.0, 0.5), (3.0, 0.5, 2.0), (1e-4, 5.0, 3.0))


wanted_floor = Exercise(
    name="training/wanted_floor",
    title="The floor you want",
    mark=2,
    prompt=r"""
You know how curved the cost is and how noisy a gradient, and you can bear a variance of $V$ around
the best. Which constant rate may you take? Write `rate_for(variance, curvature, noise)`.
""",
    solution=rate_for,
    reference=_by_trying,
    cases=_floors,
    example="print(rate_for(0.01, curvature=1.0, noise=1.0))",
    hints=(
        r"Solve $V = \text{lr} \, \sigma^2 / (\lambda \, (2 - \text{lr} \, \lambda))$ for the "
        "rate.",
        r"$2 \lambda V - \text{lr} \, \lambda^2 V = \text{lr} \, \sigma^2$. Bring both rates to "
        "one side.",
    ),
    mistakes=(
        Mistake(
            " / (noise**2 + curvature**2 * variance)",
            " / noise**2",
            says=r"Right only for small rates: the floor has $2 - \text{lr} \, \lambda$ in it, and "
            "not 2.",
        ),
        Mistake(
            "noise**2 +",
            "noise +",
            says="`noise` is a standard deviation, and in the formula it is squared.",
        ),
        Mistake(
            "2 * curvature * variance",
            "curvature * variance",
            says=r"Half of it: the floor divides by $2 - \text{lr} \, \lambda$.",
        ),
        Mistake(
            "curvature**2 * variance",
            "curvature * variance",
            says="The curvature is in the floor twice, before the bracket and in it.",
        ),
    ),
)


def plateau_rates(losses: Sequence[float], lr: float, factor: float, patience: int) -> list[float]:
    """Return the rate after each epoch: multiplied by `factor` when the loss stops falling.

    Args:
        losses: The validation loss of each epoch.
        lr: The first rate.
        factor: What the rate is multiplied by, below 1.
        patience: So many epochs in a row may bring no new lowest loss. The next such one lowers the
            rate, and then the count begins anew.

    Examples:
        >>> plateau_rates([3.0, 2.0, 2.0, 2.5, 2.5], lr=8.0, factor=0.5, patience=1)
        [8.0, 8.0, 8.0, 4.0, 4.0]
    """
    lowest, waited, rates = math.inf, 0, []
    for loss in losses:
        waited += 1
        if loss < lowest:
            lowest, waited = loss, 0
        if waited > patience:
            lr, waited = lr * factor, 0
        rates.append(lr)
    return rates


def _by_torch(losses: Sequence[float], lr: float, factor: float, patience: int) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=lr)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=factor, patience=patience, threshold=0.0
    )
    rates = []
    for loss in losses:
        scheduler.step(loss)
        rates.append(float(optimizer.param_groups[0]["lr"]))
    return rates


def _losses(_: Generator) -> Iterator[tuple[list[float], float, float, int]]:
    yield [3.0, 2.0, 2.0, 2.5, 2.5], 8.0, 0.5, 1
    yield [3.0, 2.0, 1.0, 0.5], 1.0, 0.1, 0
    yield [2.0, 3.0, 2.5, 2.2, 2.1, 2.0, 1.9, 2.0, 2.0, 2.0], 1.0, 0.1, 2
    yield [1.0] * 9, 0.5, 0.25, 2
    yield [2.0, 1.0, 1.5, 0.9, 1.5, 0.8, 1.5, 1.6, 1.7], 1.0, 0.5, 1
    yield [math.inf] * 3 + [4.0, 5.0, 5.0, 5.0], 1.0, 0.5, 1
    yield [], 1.0, 0.5, 1


plateau = Exercise(
    name="training/plateau",
    title="A schedule that looks at the loss",
    mark=3,
    prompt="""
No schedule of the lesson looks at the training. This one does: it keeps the rate while the
validation loss goes on falling. Write `plateau_rates(losses, lr, factor, patience)`, the rates
after each epoch, as a list.
""",
    solution=plateau_rates,
    reference=_by_torch,
    cases=_losses,
    example="print(plateau_rates([1.0] * 7, lr=1.0, factor=0.5, patience=1))",
    hints=(
        "Remember two things: the lowest loss so far, and how many epochs in a row did not go "
        "below it.",
        "When the rate is lowered, the count begins anew. The lowest loss stays.",
    ),
    mistakes=(
        Mistake(
            "waited > patience",
            "waited >= patience",
            says="One epoch too early: as many as `patience` says may pass without a new lowest "
            "loss.",
        ),
        Mistake(
            "lr, waited = lr * factor, 0",
            "lr = lr * factor",
            says="After lowering the rate, wait again: the count begins anew.",
        ),
        Mistake(
            "loss < lowest",
            "loss <= lowest",
            says="The same loss again is no progress: only a lower one resets the count.",
        ),
        Mistake(
            "            lowest, waited = loss, 0\n",
            "            waited = 0\n        lowest = loss\n",
            says="That compares with the epoch before. A loss that swings then never counts as "
            "stuck: compare with the lowest one so far.",
        ),
    ),
)
