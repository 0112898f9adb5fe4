"""Exercises of the lesson `linear/convergence`: write it, and `check` tells what is missing."""

import math
from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.linear.convergence import error_factors, largest_lr
from course.practice import Exercise, Mistake


def _by_power_iteration(columns: Tensor) -> float:
    vector = torch.ones(columns.shape[1], dtype=columns.dtype)
    for _ in range(1000):
        vector = columns.T @ (columns @ vector)
        vector = vector / vector.norm()
    return len(columns) / float((columns @ vector).square().sum())


def _tables(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([[1.0, 1.0], [2.0, 1.0]]),)
    for n, p in ((6, 3), (9, 2)):
        yield (torch.randn(n, p, generator=generator, dtype=torch.float64) + 1,)
    yield (torch.tensor([[0.1, 0.2], [-0.2, 0.3]], dtype=torch.float64),)  # flat everywhere


border_of_all = Exercise(
    name="linear/border_of_all",
    title="The border, from the inputs",
    mark=1,
    prompt="""
Write `largest_lr(columns)` without looking at the one above: $2/\\lambda_{\\max}$, a number of
Python, where $\\lambda_{\\max}$ is the largest eigenvalue of $\\frac2n A^\\top A$.
""",
    solution=largest_lr,
    reference=_by_power_iteration,
    cases=_tables,
    example="print(round(largest_lr(torch.tensor([[1.0, 1.0], [2.0, 1.0]])), 4))",
    hints=(
        "`torch.linalg.eigvalsh` gives the eigenvalues of a symmetric matrix in ascending order.",
        "The last one is the largest. `float(...)` makes a number of Python from a tensor of one.",
    ),
    mistakes=(
        Mistake(
            "2 / steepest",
            "1 / steepest",
            says="That rate goes to the floor of the steepest direction in one step: the border is "
            "twice as far.",
        ),
        Mistake("[-1]", "[0]", says="The steepest direction sets the border: take the last."),
        Mistake(
            "hessian(columns)",
            "2 * columns.T @ columns",
            says="The cost is a mean: divide by the number of rows.",
        ),
        Mistake(
            "hessian(columns)",
            "columns.T @ columns / len(columns)",
            says="The square brings a factor 2 into the second derivative, too.",
        ),
    ),
)


def steps_needed(factor: float, part: float) -> int:
    """Return after how many steps at most this part of the error is left.

    Args:
        factor: By what each step multiplies the error; between −1 and 1, and not 0.
        part: Between 0 and 1.

    Examples:
        >>> steps_needed(0.5, 0.25), steps_needed(-0.5, 0.2)
        (2, 3)
    """
    return math.ceil(round(math.log(part) / math.log(abs(factor)), 9))


def _counted(factor: float, part: float) -> int:
    steps, left = 0, 1.0
    while left > part * (1 + 1e-9):
        left *= abs(factor)
        steps += 1
    return steps


def _factors_and_parts(generator: Generator) -> Iterator[tuple[float, float]]:
    yield from [(0.5, 0.25), (0.9, 0.01), (-0.9, 0.01), (0.999, 0.1), (0.1, 0.5), (0.3, 0.009)]
    yield 0.75, 0.421875  # exactly 0.75 ** 3
    yield 1 - float(torch.rand((), generator=generator)) / 20, 1e-3


how_long = Exercise(
    name="linear/how_long",
    title="How many steps it takes",
    mark=2,
    prompt="""
Each step multiplies the error by `factor`. Write `steps_needed(factor, part)`: after how many steps
is no more than `part` of the error left? With a factor of 0.9, a hundredth is left after 44 steps.
""",
    solution=steps_needed,
    reference=_counted,
    cases=_factors_and_parts,
    example="print([steps_needed(factor, 0.01) for factor in (0.5, 0.9, 0.99, 0.999)])",
    hints=(
        "After $t$ steps, $|\\text{factor}|^t$ of the error is left. A logarithm brings $t$ down.",
        "`math.ceil` rounds up: part of a step is a whole step. Where the quotient is a whole "
        "number, it may be off by rounding: `round(…, 9)` before.",
    ),
    mistakes=(
        Mistake("ceil", "floor", says="After that many steps, more than `part` is left: round up."),
        Mistake(
            "abs(factor)",
            "factor",
            says="A negative factor has no logarithm. Its sign only changes the side: take `abs`.",
        ),
        Mistake(
            "math.log(part)",
            "(1 - part)",
            "math.log(abs(factor))",
            "(1 - abs(factor))",
            says="A step takes a share of what is *left*, so the shares do not add up: they "
            "multiply.",
        ),
        Mistake(
            "round(math.log(part) / math.log(abs(factor)), 9)",
            "math.log(part) / math.log(abs(factor))",
            says="A quotient of logarithms that should be 3 may come out as 3.0000000000000004, "
            "and `math.ceil` makes 4 of it: `round(…, 9)` before.",
        ),
    ),
)


def best_lr(columns: Tensor) -> float:
    """Return the learning rate whose slowest direction is as fast as it can be.

    Args:
        columns: Shape `(n, p)`, none of them made of the others.

    Examples:
        >>> round(best_lr(torch.tensor([[1.0, 0.0], [0.0, 2.0]])), 4)
        0.4
    """
    curvatures = torch.linalg.eigvalsh(2 / len(columns) * columns.T @ columns)
    return 2 / float(curvatures[0] + curvatures[-1])


def _by_search(columns: Tensor) -> float:
    low, high = 0.0, largest_lr(columns)
    for _ in range(100):  # of a function with one lowest point, a third can go each time
        third = (high - low) / 3
        left, right = (
            float(error_factors(columns.double(), lr).abs().max())
            for lr in (low + third, high - third)
        )
        low, high = (low, high - third) if left < right else (low + third, high)
    return (low + high) / 2


def _wide_tables(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([[1.0, 0.0], [0.0, 2.0]], dtype=torch.float64),)
    for n, p in ((8, 3), (12, 4)):
        yield (torch.randn(n, p, generator=generator, dtype=torch.float64) + 1,)


fastest = Exercise(
    name="linear/fastest",
    title="The best learning rate",
    mark=3,
    prompt="""
A large rate makes the factor of the steepest direction large and negative, a small one leaves that
of the flattest direction near 1. Write `best_lr(columns)`: the rate at which the two are equal in
size, so that the slowest direction is as fast as it can be.
""",
    solution=best_lr,
    reference=_by_search,
    cases=_wide_tables,
    example="print(round(best_lr(torch.tensor([[1.0, 0.0], [0.0, 2.0]])), 4))",
    hints=(
        "Solve $1 - \\text{lr}\\,\\lambda_{\\min} = -(1 - \\text{lr}\\,\\lambda_{\\max})$ for "
        "the rate.",
    ),
    mistakes=(
        Mistake(
            "2 / float(curvatures[0] + curvatures[-1])",
            "1 / float(curvatures[-1])",
            says="That makes the factor of the steepest direction 0, and leaves the flattest one "
            "slow.",
        ),
        Mistake(
            "curvatures[0] + curvatures[-1]",
            "curvatures[-1]",
            says="At the border, the steepest direction never arrives.",
        ),
        Mistake(
            "2 / float(curvatures[0] + curvatures[-1])",
            "1 / float(curvatures.mean())",
            says="Only the flattest and the steepest direction count: the others lie between them.",
        ),
    ),
)
