"""Exercises of the lesson `training/adam`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


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


def adam_moves(gradient: Tensor, lr: float, steps: int) -> Tensor:
    """Return by how much Adam changes each weight, if its gradient is the same in every step.

    Args:
        gradient: One number for each weight, shape `(p,)`.
        lr: The learning rate.
        steps: How many steps it takes.

    Examples:
        >>> adam_moves(torch.tensor([0.5, -300.0]), lr=0.25, steps=2)
        tensor([-0.5000,  0.5000])
    """
    return -lr * steps * gradient.sign()


def _by_adam(gradient: Tensor, lr: float, steps: int) -> Tensor:
    weight = torch.zeros_like(gradient)
    optimizer = torch.optim.Adam([weight], lr=lr, eps=1e-12)
    for _ in range(steps):
        weight.grad = gradient.clone()
        optimizer.step()
    return weight


def _by_sgd(gradient: Tensor, lr: float, steps: int) -> Tensor:
    return -lr * steps * gradient


def _constant_gradients(generator: Generator) -> Iterator[tuple[Tensor, float, int]]:
    yield torch.tensor([0.5, -300.0]).double(), 0.25, 2
    yield torch.tensor([1000.0, 0.0, 0.1]).double(), 0.1, 1
    for p, lr, steps in ((3, 0.01, 5), (2, 1.5, 20)):
        yield 10 * torch.randn(p, generator=generator, dtype=torch.float64), lr, steps


far = Exercise(
    name="training/far",
    title="How far Adam goes",
    mark=2,
    prompt="""
Each gradient stays what it is, for all steps. Where is each weight then, seen from its start? Write
`adam_moves(gradient, lr, steps)` without a loop and without an optimizer: think what the two
corrected means are. (Take $\\varepsilon$ for zero. A weight whose gradient is 0 stays.)
""",
    solution=adam_moves,
    reference=_by_adam,
    cases=_constant_gradients,
    example="""
gradient = torch.tensor([1.0, 1000.0, -0.5])
print(adam_moves(gradient, lr=0.1, steps=3))
""",
    hints=(
        "What is the mean of equal numbers? And the root of the mean of their squares?",
        "Divide the one by the other. What of the gradient is left?",
    ),
    mistakes=(
        Mistake(
            _by_sgd,
            says="That is plain descent: Adam divides each gradient by its size, so that its sign "
            "is left.",
        ),
        Mistake(
            ".sign()",
            ".abs().sign()",
            says="The lengths are right. But a negative gradient moves its weight upwards.",
        ),
        Mistake("-lr", "lr", says="The lengths are right. But a step goes against the gradient."),
        Mistake(" * steps", "", says="That is the first step: all of them are as long."),
    ),
)
