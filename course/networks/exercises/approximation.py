"""Exercises of the lesson `networks/approximation`: write it, and `check` tells what is missing."""

import math
from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.networks.approximation import hinges
from course.practice import Exercise, Mistake


def absolute(x: Tensor) -> Tensor:
    """Return the absolute value of each number, from two ReLU units, in the shape of `x`.

    Args:
        x: Any shape.

    Examples:
        >>> absolute(torch.tensor([-2.0, 0.0, 3.0]))
        tensor([2., 0., 3.])
    """
    return torch.relu(x) + torch.relu(-x)


def _of_torch(x: Tensor) -> Tensor:
    return x.abs()


def _numbers(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([-2.0, 0.0, 3.0]),)
    yield (torch.randn(3, 4, generator=generator, dtype=torch.float64),)


absolute_value = Exercise(
    name="networks/absolute_value",
    title="The absolute value",
    mark=1,
    prompt=r"""
$\lvert x \rvert$ has one joint, at 0. Write `absolute(x)` with `torch.relu` and sums alone,
right for all $x$, below 0 too.
""",
    solution=absolute,
    reference=_of_torch,
    cases=_numbers,
    example="print(absolute(torch.tensor([-2.0, 0.0, 3.0])))",
    hints=(
        "A hinge that begins at 0 and goes to the right is `torch.relu(x)`.",
        "Which unit is a hinge that goes to the left?",
    ),
    mistakes=(
        Mistake(
            " + torch.relu(-x)",
            "",
            says="Left of 0 that is 0: a unit whose weight is −1 rises there.",
        ),
        Mistake(
            "torch.relu(x) + torch.relu(-x)",
            "torch.relu(x) - torch.relu(-x)",
            says="That is x itself: the second unit has to be added.",
        ),
        Mistake(
            "torch.relu(-x)",
            "torch.relu(x)",
            says="Both units rise to the right: turn one around, with the weight −1.",
        ),
    ),
)


def through_points(knots: Tensor, heights: Tensor) -> tuple[Tensor, Tensor]:
    """Return the weights and the bias with which hinges go through the points: `(m - 1,)` and `()`.

    The hinges begin at all knots but the last: behind that one there is nothing to bend for.

    Args:
        knots: Where the points are, in ascending order, shape `(m,)`, m at least 2.
        heights: How high they are, shape `(m,)`.

    Examples:
        >>> through_points(torch.tensor([0.0, 1.0, 3.0]), torch.tensor([1.0, 3.0, 3.0]))
        (tensor([ 2., -2.]), tensor(1.))
    """
    slopes = heights.diff() / knots.diff()
    weight = torch.cat([slopes[:1], slopes.diff()])
    return weight, heights[0]


def _solved(knots: Tensor, heights: Tensor) -> tuple[Tensor, Tensor]:
    """Return what the linear equations say: at each knot the sum is the height."""
    columns = torch.cat([torch.ones_like(knots[:, None]), hinges(knots, knots[:-1])], dim=1)
    solution = torch.linalg.solve(columns.double(), heights.double()).to(heights.dtype)
    return solution[1:], solution[0]


def _points(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([0.0, 1.0, 3.0]), torch.tensor([1.0, 3.0, 3.0])
    for m in (2, 5, 9):
        knots = torch.rand(m, generator=generator, dtype=torch.float64).cumsum(0) + 0.5
        yield knots, torch.randn(m, generator=generator, dtype=torch.float64)


joined = Exercise(
    name="networks/joined",
    title="Through the points",
    mark=2,
    prompt="""
No least squares are needed to go through given points. Write `through_points(knots, heights)`: the
weights of hinges that begin at all knots but the last, and the bias, so that
`hinges(x, knots[:-1]) @ weight + bias` joins the points by straight lines.
""",
    solution=through_points,
    reference=_solved,
    cases=_points,
    example=("print(through_points(torch.tensor([0.0, 1.0, 3.0]), torch.tensor([1.0, 3.0, 3.0])))"),
    hints=(
        "Which slope has the line from each point to the next? `diff` takes differences.",
        "At a knot, the slope changes by the weight of its hinge. Before the first it is 0.",
    ),
    mistakes=(
        Mistake(
            " / knots.diff()",
            "",
            says="That is how far the line rises: a slope is that, divided by how far it goes.",
        ),
        Mistake(
            "torch.cat([slopes[:1], slopes.diff()])",
            "slopes",
            says="The slopes of the hinges add up: a weight is the *change* of the slope.",
        ),
        Mistake(
            "heights[0]",
            "heights.mean()",
            says="At the first knot all hinges are 0: the bias alone is the height there.",
        ),
    ),
)


def knots_needed(error: float, curvature: float, length: float) -> int:
    """Return the least number of equal pieces whose error is surely at most so large.

    Args:
        error: The largest error that is allowed, above 0.
        curvature: The largest absolute value of the second derivative of the function, above 0.
        length: How far the inputs reach.

    Examples:
        >>> knots_needed(0.015625, curvature=2.0, length=4.0)
        16
    """
    return math.ceil(length * math.sqrt(curvature / (8 * error)))


def _tried(error: float, curvature: float, length: float) -> int:
    """Return the first number of pieces that is enough, of 1, 2, 3 and so on."""
    pieces = 1
    while (length / pieces) ** 2 * curvature / 8 > error:
        pieces += 1
    return pieces


def _demands(generator: Generator) -> Iterator[tuple[float, float, float]]:
    yield 0.015625, 2.0, 4.0  # a whole number of pieces
    yield 0.003, 1.0, 6.283
    yield 0.7, 3.0, 0.5
    for row in torch.rand(4, 3, generator=generator).tolist():
        yield 0.01 * row[0] + 0.001, 5 * row[1] + 0.1, 3 * row[2] + 1


pieces = Exercise(
    name="networks/pieces",
    title="How many does it take?",
    mark=2,
    prompt=r"""
Turn the bound $h^2 M / 8$ around, where $M$ is the largest $\lvert f'' \rvert$. Write
`knots_needed(error, curvature, length)`: the least number of pieces of equal length $h$ whose bound
is at most `error`, an `int`.
""",
    solution=knots_needed,
    reference=_tried,
    cases=_demands,
    example="print(knots_needed(0.015625, curvature=2.0, length=4.0))",
    hints=(
        "How long may a piece be? Solve the bound for $h$.",
        "How many pieces of that length does it take, if the last one must not be missing?",
    ),
    mistakes=(
        Mistake(
            "math.ceil(",
            "round(",
            says="Rounded down, the pieces are too long: take the next whole number.",
        ),
        Mistake(
            "math.sqrt(curvature / (8 * error))",
            "curvature / (8 * error)",
            says="The bound has the *square* of the length of a piece.",
        ),
        Mistake(
            "8 * error",
            "error",
            says="The eight of the bound is missing: these are more pieces than it takes.",
        ),
        Mistake(
            "length * ",
            "",
            says="That is the number of pieces for inputs that reach over a length of 1.",
        ),
        Mistake(
            "math.ceil(length * math.sqrt(curvature / (8 * error)))",
            "math.floor(length * math.sqrt(curvature / (8 * error))) + 1",
            says="Where the number comes out whole, that is one piece too many.",
        ),
    ),
)
