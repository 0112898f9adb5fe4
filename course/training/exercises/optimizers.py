"""Exercises of the lesson `training/optimizers`: write it, and `check` tells what is missing."""

import math
from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def momentum_step(
    weight: Tensor, gradient: Tensor, velocity: Tensor, lr: float, momentum: float
) -> tuple[Tensor, Tensor]:
    """Return the weight and the velocity after one step of momentum; nothing is changed in place.

    Args:
        weight: Any shape.
        gradient: The same shape.
        velocity: The same shape, as the step before left it; zeros before the first.
        lr: The learning rate.
        momentum: Part of the velocity that is left after a step.

    Examples:
        >>> one = torch.tensor([1.0])
        >>> momentum_step(one, gradient=2 * one, velocity=4 * one, lr=0.5, momentum=0.25)
        (tensor([-0.5000]), tensor([3.]))
    """
    velocity = momentum * velocity + gradient
    return weight - lr * velocity, velocity


def _torch_step(
    weight: Tensor, gradient: Tensor, velocity: Tensor, lr: float, momentum: float
) -> tuple[Tensor, Tensor]:
    parameter = weight.clone().requires_grad_()
    optimizer = torch.optim.SGD([parameter], lr=lr, momentum=momentum)
    optimizer.state[parameter]["momentum_buffer"] = velocity.clone()
    parameter.grad = gradient.clone()
    optimizer.step()
    return parameter.detach(), optimizer.state[parameter]["momentum_buffer"]


def _steps(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, float, float]]:
    settings = (((3,), 0.1, 0.9), ((2, 4), 0.5, 0.5), ((1,), 0.01, 0.25))
    for shape, lr, momentum in settings:
        weight, gradient, velocity = torch.randn(3, *shape, generator=generator).double()
        yield weight, gradient, velocity, lr, momentum


velocity = Exercise(
    name="training/velocity",
    title="A step with momentum",
    mark=1,
    prompt="""
Write `momentum_step(weight, gradient, velocity, lr, momentum)`. It returns the new weight and the
new velocity, as two tensors, and leaves those it was given as they are.
""",
    solution=momentum_step,
    reference=_torch_step,
    cases=_steps,
    example="""
weight, velocity = torch.tensor([1.0]), torch.tensor([0.0])
for _ in range(3):
    weight, velocity = momentum_step(weight, 2 * weight, velocity, lr=0.1, momentum=0.9)
    print(weight, velocity)
""",
    hints=(
        "The velocity comes first; the weight moves by the new one.",
        "`velocity = …` gives the name to a new tensor; `velocity *= …` would change the old one.",
    ),
    mistakes=(
        Mistake(
            "velocity = momentum * velocity + gradient\n",
            "",
            ", velocity",
            ", momentum * velocity + gradient",
            says="The velocity is right. The weight moved by the old one: compute the velocity "
            "first.",
        ),
        Mistake(
            "+ gradient",
            "+ (1 - momentum) * gradient",
            says="That velocity is a running mean, as in Adam: momentum adds the whole gradient.",
        ),
        Mistake(
            "+ gradient",
            "+ lr * gradient",
            "- lr * velocity",
            "- velocity",
            says="Here the learning rate is in the velocity. In PyTorch it stands outside, so that "
            "a new rate holds at once for all of the velocity.",
        ),
    ),
)


def corrected_mean(gradients: Tensor, beta: float) -> Tensor:
    """Return Adam's mean of the gradients after the last step, corrected for its start at zero.

    Args:
        gradients: Of a parameter with `d` elements, one row per step: shape `(t, d)`, `t` above 0.
        beta: Part of the mean that is left after a step, below 1.

    Examples:
        >>> corrected_mean(torch.tensor([[4.0], [4.0]]), beta=0.5)
        tensor([4.])
    """
    mean = torch.zeros_like(gradients[0])
    for gradient in gradients:
        mean = beta * mean + (1 - beta) * gradient
    return mean / (1 - beta ** len(gradients))


def _weighted_mean(gradients: Tensor, beta: float) -> Tensor:
    """Return the mean in which each row counts `beta` times as much as the one after it."""
    ages = torch.arange(len(gradients) - 1, -1, -1, dtype=gradients.dtype)
    weights = beta**ages
    return weights @ gradients / weights.sum()


def _corrected_each_time(gradients: Tensor, beta: float) -> Tensor:
    mean = torch.zeros_like(gradients[0])
    for t, gradient in enumerate(gradients, start=1):
        mean = (beta * mean + (1 - beta) * gradient) / (1 - beta**t)
    return mean


def _rows(generator: Generator) -> Iterator[tuple[Tensor, float]]:
    for t, d, beta in ((1, 2, 0.9), (2, 1, 0.5), (10, 3, 0.9), (4, 2, 0.0)):
        yield torch.randn(t, d, generator=generator, dtype=torch.float64), beta


bias_correction = Exercise(
    name="training/bias_correction",
    title="A mean that starts at zero",
    mark=2,
    prompt=r"""
Write `corrected_mean(gradients, beta)`, Adam's $\hat m$ after as many steps as there are rows.
Without the correction, the mean of ten equal gradients is smaller than each of them.
""",
    solution=corrected_mean,
    reference=_weighted_mean,
    cases=_rows,
    example="""
gradients = torch.full((3, 1), 4.0)
for t in (1, 2, 3):
    print(corrected_mean(gradients[:t], beta=0.9))
""",
    hints=(
        "Go through the rows with `m = beta * m + (1 - beta) * gradient`, from zeros.",
        r"$\hat m = m / (1 - \beta_1^t)$ with $t$ the number of rows; divide once, at the end.",
    ),
    mistakes=(
        Mistake(
            " / (1 - beta ** len(gradients))",
            "",
            says="This mean is drawn towards the zero it began with: divide by `1 - beta**t`.",
        ),
        Mistake(
            _corrected_each_time,
            says="The corrected mean went into the next step: remember the mean as it is, and "
            "divide what you return.",
        ),
        Mistake(
            " ** len(gradients)",
            "",
            says="The divisor is that of the first step: its power is the number of steps.",
        ),
    ),
)


def cosine_lr(step: int, steps: int, lr: float) -> float:
    """Return the learning rate of one step, which falls from `lr` along half a cosine towards 0.

    Args:
        step: The number of the step, from 0 to `steps - 1`.
        steps: How many steps there will be.
        lr: The learning rate of the first step.

    Examples:
        >>> [round(cosine_lr(step, 4, lr=8.0), 3) for step in range(4)]
        [8.0, 6.828, 4.0, 1.172]
    """
    return lr * (1 + math.cos(math.pi * step / steps)) / 2


def _torch_schedule(step: int, steps: int, lr: float) -> float:
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
    for _ in range(step):
        optimizer.step()
        scheduler.step()
    return float(optimizer.param_groups[0]["lr"])


def _places(_: Generator) -> Iterator[tuple[int, int, float]]:
    yield from ((0, 1, 0.1), (0, 10, 0.5), (3, 10, 0.5), (9, 10, 2.0), (40, 100, 1.0))


schedule = Exercise(
    name="training/schedule",
    title="A rate that falls",
    mark=2,
    prompt="""
Write `cosine_lr(step, steps, lr)`, a learning rate schedule: it begins at `lr` and falls, slowly,
then faster, then slowly again, along half a period of the cosine, so that it would be 0 at `steps`.
""",
    solution=cosine_lr,
    reference=_torch_schedule,
    cases=_places,
    example="print([round(cosine_lr(step, 8, lr=1.0), 2) for step in range(8)])",
    hints=(
        "From 0 to π, the cosine goes from 1 to −1. Bring that to the range from 1 to 0.",
        "`(1 + math.cos(angle)) / 2`, where the angle is that part of π which the step is of all.",
    ),
    mistakes=(
        Mistake(
            "(1 + math.cos(math.pi * step / steps)) / 2",
            "math.cos(math.pi * step / steps)",
            says="The cosine goes down to −1, and a negative rate climbs: add 1 and divide by 2.",
        ),
        Mistake(
            "(1 + math.cos(math.pi * step / steps)) / 2",
            "math.cos(math.pi * step / steps / 2)",
            says="That is a quarter of a period, which is steepest at its end: go to π.",
        ),
        Mistake(
            "(1 + math.cos(math.pi * step / steps)) / 2",
            "(1 - step / steps)",
            says="That is a straight line: take `math.cos`.",
        ),
    ),
)
