"""Exercises of the lesson `training/optimizers`: write it, and `check` tells what is missing."""

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


def descend_with_momentum(
    weight: Tensor, curvature: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """Return where momentum ends in a bowl with its bottom at 0; `weight` stays as it is.

    Args:
        weight: Where it starts, shape `(p,)`.
        curvature: The gradient is `curvature * weight`, shape `(p,)`.
        lr: The learning rate.
        momentum: Part of the velocity that is left after a step.
        steps: How many steps to take.

    Examples:
        >>> descend_with_momentum(torch.ones(1), torch.ones(1), lr=0.5, momentum=0.5, steps=2)
        tensor([0.])
    """
    velocity = torch.zeros_like(weight)
    for _ in range(steps):
        velocity = momentum * velocity + curvature * weight
        weight = weight - lr * velocity
    return weight


def _forgets(weight: Tensor, curvature: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """Return where momentum ends in a bowl with its bottom at 0; `weight` stays as it is.

    Args:
        weight: Where it starts, shape `(p,)`.
        curvature: The gradient is `curvature * weight`, shape `(p,)`.
        lr: The learning rate.
        momentum: Part of the velocity that is left after a step.
        steps: How many steps to take.
    """
    gradient = curvature * weight
    for _ in range(steps):
        velocity = torch.zeros_like(weight)
        velocity = momentum * velocity + gradient
        weight = weight - lr * velocity
    return weight


def _remembers_one_gradient(
    weight: Tensor, curvature: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    gradient, velocity = curvature * weight, torch.zeros_like(weight)
    for _ in range(steps):
        velocity = momentum * velocity + gradient
        weight = weight - lr * velocity
    return weight


def _by_optim(weight: Tensor, curvature: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    parameter = weight.clone().requires_grad_()
    optimizer = torch.optim.SGD([parameter], lr=lr, momentum=momentum)
    for _ in range(steps):
        optimizer.zero_grad()
        (curvature * parameter**2 / 2).sum().backward()
        optimizer.step()
    return parameter.detach()


def _bowls(generator: Generator) -> Iterator[tuple[Tensor, Tensor, float, float, int]]:
    for p, lr, momentum, steps in (
        (1, 0.5, 0.5, 2),
        (3, 0.1, 0.9, 7),
        (2, 0.2, 0.0, 3),
        (2, 0.1, 0.5, 0),
    ):
        start = torch.randn(p, generator=generator, dtype=torch.float64)
        yield (
            start,
            1 + torch.rand(p, generator=generator, dtype=torch.float64),
            lr,
            momentum,
            steps,
        )


forgetful = Exercise(
    name="training/forgetful",
    title="A momentum that forgets",
    mark=2,
    prompt="""
This function runs, and moves downhill. Yet it gives the same for every `momentum`, and with many
steps it does not stop at the bottom. Predict where it ends after two steps from 1, with
`curvature` 1 and `lr` 0.5. Then find out why, and repair it: what has to be computed once, and what
in each step?
""",
    solution=descend_with_momentum,
    starter=_forgets,
    reference=_by_optim,
    cases=_bowls,
    example="""
one = torch.ones(1)
for momentum in (0.0, 0.5, 0.9):
    print(momentum, descend_with_momentum(one, one, lr=0.5, momentum=momentum, steps=2))
""",
    hints=(
        "What is `velocity` when a step multiplies it by `momentum`?",
        "At which place is the gradient taken?",
    ),
    mistakes=(
        Mistake(
            _remembers_one_gradient,
            says="It remembers now. But all gradients are that of the start: take each where the "
            "weight is by then.",
        ),
        Mistake(
            "velocity = torch.zeros_like(weight)\n",
            "",
            "momentum * velocity",
            "momentum * torch.zeros_like(weight)",
            says="The gradients are right. But each step begins with a velocity of zero, so "
            "nothing is remembered: that is plain descent.",
        ),
        Mistake(
            "weight = weight - lr * velocity",
            "weight -= lr * velocity",
            says="The end is right, but `-=` wrote into the tensor that was given: make a new one.",
        ),
    ),
)
