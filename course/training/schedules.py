"""A learning rate for each step: schedules, the noise that a rate leaves, gradients cut to length.

A schedule here is a function of the number of the step, from 0, and returns the factor by which
the optimizer's rate is multiplied, as `torch.optim.lr_scheduler.LambdaLR` wants it.
"""

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor


def constant(step: int) -> float:
    """Return 1, whatever the step.

    Examples:
        >>> [constant(step) for step in range(3)]
        [1.0, 1.0, 1.0]
    """
    return 1.0


def stairs(step: int, step_size: int, gamma: float = 0.1) -> float:
    """Return a factor that falls at once, after every `step_size` steps, as that of `StepLR`.

    Args:
        step: The number of the step, from 0.
        step_size: How many steps have the same factor, at least 1.
        gamma: By how much the factor is multiplied then.

    Raises:
        ValueError: If `step` is below 0, or `step_size` below 1.

    Examples:
        >>> [stairs(step, step_size=2, gamma=0.5) for step in range(6)]
        [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]
    """
    _check(step, step_size)
    return gamma ** (step // step_size)


def linear(
    step: int, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
) -> float:
    """Return a factor on the straight way from one to another, as that of `LinearLR`.

    Args:
        step: The number of the step, from 0.
        start_factor: The factor of step 0.
        end_factor: The factor of step `total_iters`, and of all that follow.
        total_iters: How many steps the way takes, at least 1.

    Raises:
        ValueError: If `step` is below 0, or `total_iters` below 1.

    Examples:
        >>> [linear(step, 1.0, 0.0, total_iters=4) for step in range(6)]
        [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """
    _check(step, total_iters)
    done = min(step / total_iters, 1)
    return start_factor + (end_factor - start_factor) * done


def cosine(step: int, steps: int, least: float = 0.0) -> float:
    """Return a factor that falls from 1 along half a period of the cosine.

    For the steps of the training it is that of `CosineAnnealingLR`, whose `T_max` is `steps` and
    whose `eta_min` is `least` times the rate. After them torch's rises again, and this one stays.

    Args:
        step: The number of the step, from 0.
        steps: At which step it has fallen to `least`, at least 1.
        least: Where it ends.

    Raises:
        ValueError: If `step` is below 0, or `steps` below 1.

    Source: Loshchilov and Hutter (2017), equation 5, without the restarts.

    Examples:
        >>> [round(cosine(step, steps=4), 3) for step in range(5)]
        [1.0, 0.854, 0.5, 0.146, 0.0]
    """
    _check(step, steps)
    return _half_wave(1.0, least, min(step / steps, 1))


def warm_up(
    step: int, steps: int, schedule: Callable[[int], float], start_factor: float = 0.01
) -> float:
    """Return a factor that rises in equal steps to 1, and then is that of another schedule.

    In torch it is `SequentialLR` of `LinearLR` and the other one, with the milestone `steps`.

    Args:
        step: The number of the step, from 0.
        steps: How many steps it rises, at least 1.
        schedule: Takes the number of the step, from 0 where the rise has ended.
        start_factor: The factor of step 0.

    Raises:
        ValueError: If `step` is below 0, or `steps` below 1.

    Examples:
        >>> [warm_up(step, 2, constant, start_factor=0.5) for step in range(4)]
        [0.5, 0.75, 1.0, 1.0]
    """
    _check(step, steps)
    return linear(step, start_factor, 1.0, steps) if step < steps else schedule(step - steps)


def one_cycle(
    step: int,
    steps: int,
    pct_start: float = 0.3,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
) -> float:
    """Return a factor that rises to 1 and falls far below its start, both along a cosine.

    The optimizer's rate is the highest one, which torch's `OneCycleLR` calls `max_lr`. That one
    changes the momentum too, unless `cycle_momentum` is False.

    Args:
        step: The number of the step, from 0. A scheduler also asks for that behind the last one.
        steps: How many steps there are.
        pct_start: The part of the steps in which it rises.
        div_factor: The first factor is 1 divided by this.
        final_div_factor: The factor of the last step is the first one divided by this.

    Raises:
        ValueError: If there is no such step, or if the rise or the fall would have none.

    Source: Smith and Topin (2019).

    Examples:
        >>> [round(one_cycle(step, 5, pct_start=0.6), 3) for step in range(5)]
        [0.04, 0.52, 1.0, 0.5, 0.0]
    """
    highest = pct_start * steps - 1  # where it is 1, which may be between two steps
    if not 0 < highest < steps - 1:
        raise ValueError(
            f"pct_start is {pct_start}, and steps {steps}: give more than one step to rise in, and "
            "some to fall in"
        )
    if not 0 <= step <= steps:
        raise ValueError(f"step is {step}: one_cycle was made for the steps 0 to {steps}")
    first = 1 / div_factor
    if step <= highest:
        return _half_wave(first, 1.0, step / highest)
    done = min((step - highest) / (steps - 1 - highest), 1)
    return _half_wave(1.0, first / final_div_factor, done)


def _half_wave(start: float, end: float, done: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * done)) / 2


def _check(step: int, steps: int) -> None:
    if step < 0 or steps < 1:
        raise ValueError(
            f"step is {step}, of {steps}: count steps from 0, and give at least 1 to the schedule"
        )


def noise_floor(lr: float, curvature: float, noise: float) -> float:
    """Return the variance around the best at which a parameter settles at a constant rate.

    The loss is a parabola, its gradient comes with noise of mean 0 that differs at each step, and
    plain SGD takes the steps.

    Args:
        lr: The learning rate.
        curvature: The second derivative of the loss, above 0.
        noise: The standard deviation of a gradient, 0 or more.

    Raises:
        ValueError: If the curvature is not above 0, or if `lr * curvature` is not between 0 and 2:
            then it does not settle.

    Examples:
        >>> round(noise_floor(0.5, curvature=1.0, noise=1.0), 4)
        0.3333
    """
    if curvature <= 0 or not 0 < lr * curvature < 2:
        raise ValueError(
            f"lr is {lr}, and the curvature {curvature}: descent settles if the curvature is above "
            "0 and lr between 0 and 2 / curvature"
        )
    return lr * noise**2 / (curvature * (2 - lr * curvature))


@torch.no_grad()
def clip_by_norm(parameters: Iterable[Tensor], max_norm: float) -> Tensor:
    """Return the length of all gradients together, after shortening them in place to `max_norm`.

    Their direction stays, and gradients that are not longer stay as they are. It is
    `torch.nn.utils.clip_grad_norm_`.

    Args:
        parameters: Those without a gradient are passed over.
        max_norm: The largest length, above 0.

    Raises:
        ValueError: If `max_norm` is not above 0.

    Source: Pascanu, Mikolov and Bengio (2013), Algorithm 1.

    Examples:
        >>> w = torch.zeros(2, requires_grad=True)
        >>> w.grad = torch.tensor([3.0, 4.0])
        >>> clip_by_norm([w], max_norm=1.0), w.grad
        (tensor(5.), tensor([0.6000, 0.8000]))
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm is {max_norm}: give a length above 0")
    gradients = [each.grad for each in parameters if each.grad is not None]
    norm = torch.tensor(0.0, device="cpu")  # as torch has it
    if gradients:
        norm = torch.stack([gradient.norm() for gradient in gradients]).norm()
    for gradient in gradients:
        gradient *= (max_norm / (norm + 1e-6)).clamp(max=1.0)
    return norm
