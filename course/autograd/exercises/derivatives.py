"""Exercises of the lesson `autograd/derivatives`: write it, and `check` tells what is missing."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Generator, Tensor

from course.autograd.derivatives import central_difference
from course.practice import Exercise, Mistake

Function = Callable[[Tensor], Tensor]


def tangent(function: Function, x: Tensor) -> tuple[Tensor, Tensor]:
    """Return slope and intercept of the line that touches a function's curve at a point.

    Args:
        function: Takes and returns one number, shape `()`.
        x: Where the line touches, shape `()`. It stays as it is.

    Returns:
        Two numbers, each of shape `()`; the intercept is the height of the line at 0.

    Examples:
        >>> slope, intercept = tangent(torch.square, torch.tensor(3.0))
        >>> slope.item(), intercept.item()
        (6.0, -9.0)
    """
    at = x.detach().clone().requires_grad_()
    y = function(at)
    (slope,) = torch.autograd.grad(y, at)
    return slope, y.detach() - slope * x


def _tangent_by_func(function: Function, x: Tensor) -> tuple[Tensor, Tensor]:
    slope, y = torch.func.grad_and_value(function)(x)
    return slope, y - slope * x


def _shifted_cube(x: Tensor) -> Tensor:
    return (x - 1) ** 3 + 2


def _somebodys(x: Tensor) -> Tensor:
    """Return a leaf that has a gradient already, as a parameter in training has."""
    x.requires_grad_().grad = torch.ones_like(x)
    return x


def _curves_and_points(generator: Generator) -> Iterator[tuple[Function, Tensor]]:
    yield torch.square, torch.tensor(3.0)
    yield torch.exp, torch.tensor(-1.5, dtype=torch.float64)
    yield _shifted_cube, torch.randn((), generator=generator)
    yield torch.sin, torch.randn((), generator=generator, dtype=torch.float64)
    yield torch.square, _somebodys(torch.tensor(2.0))


touch = Exercise(
    name="autograd/touch",
    title="The line that touches",
    mark=1,
    prompt="""
Near a point, a curve is almost the line that touches it there: `slope * x + intercept`. Write
`tangent(function, x)`, which returns both numbers. Work on a leaf of your own: the `x` that you are
given may be anybody's, and stays as it is.
""",
    solution=tangent,
    reference=_tangent_by_func,
    cases=_curves_and_points,
    example="""
slope, intercept = tangent(torch.sqrt, torch.tensor(4.0))
print(f"near 4, the root of x is about {slope:.2f} x + {intercept:.2f}")
""",
    hints=(
        "`x.detach().clone().requires_grad_()` is a leaf of your own. Ask for its derivative with "
        "`backward` and `grad`, or with `torch.autograd.grad`.",
        "At `x` the line has the height of the function: `slope * x + intercept` is `function(x)`.",
    ),
    mistakes=(
        Mistake(
            " - slope * x",
            "",
            says="That is the height at `x`: follow the line from there to 0, `x` to the left.",
        ),
        Mistake(
            "- slope",
            "+ slope",
            says="Going from `x` to 0 takes `slope * x` away from the height: subtract it.",
        ),
        Mistake(
            ".requires_grad_()",
            ".requires_grad_() * 1.0",
            "(slope,) = torch.autograd.grad(y, at)\n",
            "y.backward()\nslope = at.grad\n",
            says="A gradient is kept for leaves alone, so that of your point is None: let nothing "
            "be computed between `requires_grad_()` and the function.",
        ),
        Mistake(
            "(slope,) = torch.autograd.grad(y, at)\n",
            "y.backward()\nfunction(at).backward()\nslope = at.grad\n",
            says="Your slope is twice the derivative: each `backward` adds to `grad`, so call it "
            "once.",
        ),
    ),
)


def find_root(function: Function, x: Tensor, steps: int) -> Tensor:
    """Return where Newton's method arrives, a scalar: each step goes to where the tangent is 0.

    Args:
        function: Takes and returns one number, shape `()`.
        x: Where to start, shape `()`. It stays as it is.
        steps: How often to step.

    Examples:
        >>> find_root(lambda x: x**2 - 2, torch.tensor(1.0), steps=2)
        tensor(1.4167)
    """
    x = x.detach().clone()
    for _ in range(steps):
        x.requires_grad_()
        y = function(x)
        (slope,) = torch.autograd.grad(y, x)
        x = (x - y / slope).detach()  # without its history it is a leaf again
    return x


def _root_by_func(function: Function, x: Tensor, steps: int) -> Tensor:
    x = x.detach()
    for _ in range(steps):
        slope, y = torch.func.grad_and_value(function)(x)
        x = x - y / slope
    return x


def _point_and_leaf(find: Callable[..., Any], function: Function, x: Tensor, steps: int) -> Any:
    point = find(function, x, steps)
    leaf = point.is_leaf if isinstance(point, Tensor) else True
    return {"point": point, "without a history, a leaf": leaf}


def _square_less_two(x: Tensor) -> Tensor:
    return x**2 - 2


def _cosine_less_x(x: Tensor) -> Tensor:
    return torch.cos(x) - x


def _starts(generator: Generator) -> Iterator[tuple[Function, Tensor, int]]:
    yield _square_less_two, torch.tensor(1.0), 1
    yield _square_less_two, torch.tensor(-3.0, dtype=torch.float64), 3
    yield _cosine_less_x, torch.rand((), generator=generator), 4
    yield torch.exp, torch.rand((), generator=generator), 2  # it has no root
    yield torch.sin, torch.tensor(3.0), 0
    yield _square_less_two, _somebodys(torch.tensor(2.0)), 2
    yield torch.sin, _somebodys(torch.tensor(2.0)), 0


root = Exercise(
    name="autograd/root",
    title="Newton's method",
    mark=2,
    prompt="""
Where is a function zero? Newton's method follows the tangent to where it is zero, takes that place
as the new point, and begins again: the new $x$ is $x - f(x) / f'(x)$. Write
`find_root(function, x, steps)`: a loop, a derivative, and one line that makes a leaf of each new
point, the last one too. The `x` that you are given stays as it is.
""",
    solution=find_root,
    reference=_root_by_func,
    cases=_starts,
    use=_point_and_leaf,
    example="""
for steps in range(5):
    print(find_root(lambda x: x**2 - 2, torch.tensor(1.0, dtype=torch.float64), steps).item())
""",
    hints=(
        "The new point is computed from the old one, so it is no leaf. `detach()` cuts it off.",
        "`requires_grad_()` at the top of the loop makes the new point ask for a gradient.",
    ),
    mistakes=(
        Mistake(
            "x - y",
            "x + y",
            says="Your step goes away from where the tangent is zero: subtract it.",
        ),
        Mistake(
            "y / slope",
            "slope / y",
            says="Divide the value by the derivative, not the other way round.",
        ),
        Mistake(
            "(slope,) = torch.autograd.grad(y, x)\n",
            "y.backward()\nslope = x.grad\n",
            "(x - y / slope).detach()",
            "x - y / slope",
            says="The new point is a result, no leaf, and its `grad` is None: `detach()` it, then "
            "call `requires_grad_()`.",
        ),
        Mistake(
            "(slope,) = torch.autograd.grad(y, x)\n",
            "y.backward()\nslope = x.grad\n",
            "x = (x",
            "x.data = (x",
            says="`backward` adds to the `grad` of the step before: set it to None, or make a new "
            "leaf of each point.",
        ),
        Mistake(
            "(x - y / slope).detach()",
            "x - y / slope",
            says="The place is right, but it carries the history of all steps, which grows with "
            "each: `detach()` every new point.",
        ),
        Mistake(
            "x = x.detach().clone()\n",
            "x = x.detach().clone()\nslope = torch.func.grad(function)(x)\n",
            "(slope,) = torch.autograd.grad(y, x)\n",
            "",
            says="Your slope is that of the first point: compute it anew where the step arrived.",
        ),
    ),
)


def reach(angle: Tensor, speed: float) -> Tensor:
    """Return how far a ball flies that is thrown from the ground, in metres, a scalar.

    Args:
        angle: Above the ground, in radians, shape `()`.
        speed: In metres per second.

    Examples:
        >>> reach(torch.tensor(torch.pi / 4), speed=9.81)
        tensor(9.8100)
    """
    sideways, upwards = speed * torch.cos(angle), speed * torch.sin(angle)
    time = 2 * upwards / 9.81
    return sideways * time


def _without_history(angle: Tensor, speed: float) -> Tensor:
    sideways = speed * torch.tensor(math.cos(angle.item()), dtype=angle.dtype)
    upwards = speed * torch.sin(angle)
    time = 2 * upwards.detach() / 9.81
    return sideways * time


def _with_its_derivative(function: Callable[..., Tensor], angle: Tensor, speed: float) -> Any:
    angle = angle.clone().requires_grad_()
    distance = function(angle, speed)
    distance.backward()
    return distance.detach(), angle.grad


def _closed_form(angle: Tensor, speed: float) -> Tensor:
    return speed**2 / 9.81 * torch.sin(2 * angle)


def _throws(generator: Generator) -> Iterator[tuple[Tensor, float]]:
    yield torch.tensor(0.3), 10.0
    yield torch.rand((), generator=generator, dtype=torch.float64), 25.0
    yield torch.rand((), generator=generator) + 0.5, 3.0


throw = Exercise(
    name="autograd/throw",
    title="Find the cuts",
    mark=2,
    prompt="""
How far does a ball fly? `reach(angle, speed)` gives the right distances, and yet no derivative: the
way from the angle to the distance is cut in two places. Repair both, so that the check can ask how
the distance changes with the angle.
""",
    solution=reach,
    reference=_closed_form,
    cases=_throws,
    use=_with_its_derivative,
    starter=_without_history,
    example="""
angle = torch.tensor(torch.pi / 4, requires_grad=True)
distance = reach(angle, speed=20.0)
distance.backward()
print(f"{distance.item():.2f} m, and {angle.grad.item():.2f} m more per radian")
""",
    hints=(
        "A number of Python has no `grad_fn`: what `item` gives is cut off.",
        "Print `requires_grad` of each line's result, and see where it turns False.",
    ),
    mistakes=(
        Mistake(
            _without_history,
            says="Both ways are still cut: `item()` makes a number of Python, and `detach()` drops "
            "the history.",
        ),
        Mistake(
            "2 * upwards",
            "2 * upwards.detach()",
            says="One of two ways is still cut: the time depends on the angle as well.",
        ),
        Mistake(
            "cos(angle)",
            "cos(angle.detach())",
            says="One of two ways is still cut: the speed sideways depends on the angle as well.",
        ),
        Mistake(
            "sideways * time",
            "(sideways * time).detach().requires_grad_()",
            says="`requires_grad` on the result makes a new leaf, and no way back to the angle: "
            "stay with operations of torch, such as `torch.sin`.",
        ),
    ),
)


def sharper_difference(function: Function, x: Tensor, step: float) -> Tensor:
    """Return two central differences, of the step and of half of it, combined into a better one.

    Args:
        function: Works element by element.
        x: The points, any shape.
        step: The larger step, positive.

    Examples:
        >>> sharper_difference(lambda x: x**3, torch.tensor(2.0), step=0.5)
        tensor(12.)
    """
    whole, half = (central_difference(function, x, size) for size in (step, step / 2))
    return (4 * half - whole) / 3


def _five_points(function: Function, x: Tensor, step: float) -> Tensor:
    h = step / 2
    near, far = function(x + h) - function(x - h), function(x + step) - function(x - step)
    return (8 * near - far) / (12 * h)


def _smooth_functions(generator: Generator) -> Iterator[tuple[Function, Tensor, float]]:
    yield torch.exp, torch.tensor(0.5), 0.5
    yield torch.sin, torch.randn(4, generator=generator, dtype=torch.float64), 0.5
    yield _shifted_cube, torch.randn(2, 2, generator=generator, dtype=torch.float64), 0.25


sharper = Exercise(
    name="autograd/sharper",
    title="Two errors cancel",
    mark=3,
    prompt="""
With half the step, the error of a central difference is a quarter of what it was. So two of them,
of `step` and of half of it, say what the error is, and you can take it away. Write
`sharper_difference(function, x, step)`, with `central_difference` called twice.
""",
    solution=sharper_difference,
    reference=_five_points,
    cases=_smooth_functions,
    example="""
x = torch.tensor(1.0, dtype=torch.float64)
for step in (0.2, 0.1):
    one, other = (f(torch.exp, x, step) - torch.e for f in (central_difference, sharper_difference))
    print(f"step {step}: central {one.item():.1e}, sharper {other.item():.1e}")
""",
    hints=(
        "Let $e$ be the error with half the step. The two differences are too large by $e$ and by "
        "$4 e$, nearly.",
        "Four times one less the other leaves no error, and three times the derivative.",
    ),
    mistakes=(
        Mistake(
            "(4 * half - whole) / 3",
            "(half + whole) / 2",
            says="An average keeps a part of both errors: let them cancel.",
        ),
        Mistake(
            "(4 * half - whole) / 3",
            "half",
            says="That has a quarter of the error: the other difference takes it away.",
        ),
        Mistake(
            "(4 * half - whole) / 3",
            "2 * half - whole",
            says="That would cancel errors that halve with the step; these become a quarter.",
        ),
        Mistake(
            "4 * half - whole",
            "4 * whole - half",
            says="The smaller step has the smaller error: it is the one to count 4 times.",
        ),
        Mistake(" / 3", "", says="Four derivatives less one are three: divide by 3."),
    ),
)
