"""Exercises of the lesson `linear/descent`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor, nn

from course.linear.cost import mean_squared_error
from course.linear.descent import descend_slope, descend_slope_with_torch
from course.practice import Exercise, Mistake


def step_down(x: Tensor, y: Tensor, weight: Tensor, lr: float) -> Tensor:
    """Return the slope after one step of gradient descent, a scalar.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope before the step, one number.
        lr: The learning rate.

    Examples:
        >>> step_down(torch.tensor([2.0]), torch.tensor([6.0]), torch.tensor(-10.0), lr=0.125)
        tensor(3.)
    """
    residuals = weight * x - y
    derivative = 2 * (residuals * x).mean()
    return weight - lr * derivative


def _step_by_autograd(x: Tensor, y: Tensor, weight: Tensor, lr: float) -> Tensor:
    w = weight.clone().requires_grad_()
    (derivative,) = torch.autograd.grad(nn.functional.mse_loss(w * x, y), w)
    return weight - lr * derivative


def _starts(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, float]]:
    yield torch.tensor([2.0]), torch.tensor([6.0]), torch.tensor(-10.0), 0.1
    yield torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0]), torch.tensor(3.0), 0.1  # the best
    x, y = torch.randn(2, 7, generator=generator, dtype=torch.float64)
    yield x, y, torch.tensor(-15.0, dtype=torch.float64), 0.3


one_step = Exercise(
    name="linear/one_step",
    title="One step downhill",
    mark=1,
    prompt="""
Write `step_down(x, y, weight, lr)`: the slope after one step of gradient descent. Then search for a
learning rate with which a single step, from anywhere, ends at the best slope.
""",
    solution=step_down,
    reference=_step_by_autograd,
    cases=_starts,
    example="""
print(step_down(torch.tensor([2.0]), torch.tensor([6.0]), torch.tensor(-10.0), lr=0.1))
""",
    hints=(
        r"The derivative is $\frac2n \sum_i (w x_i - y_i)\, x_i$, twice the mean of residual times "
        "input.",
        "The step goes against the derivative.",
    ),
    mistakes=(
        Mistake(
            "- lr * derivative",
            "+ lr * derivative",
            says="That step goes uphill: subtract lr times the derivative.",
        ),
        Mistake(
            "2 * (residuals * x)",
            "(residuals * x)",
            says="The derivative of a square brings a factor 2.",
        ),
        Mistake(
            "mean()",
            "sum()",
            says="That is the derivative of the sum: the cost is a mean, divide by n.",
        ),
        Mistake(
            "(residuals * x)",
            "residuals",
            says="Multiply each residual by its x before you average (chain rule).",
        ),
        Mistake(
            "weight - lr * derivative",
            "derivative",
            says="That is the derivative: return the slope after the step.",
        ),
    ),
)


def largest_lr(x: Tensor) -> Tensor:
    """Return the learning rate beyond which descent on the slope moves away, a scalar.

    Args:
        x: Shape `(n,)`, not all zero.

    Examples:
        >>> largest_lr(torch.tensor([2.0]))
        tensor(0.2500)
    """
    return 1 / (x**2).mean()


def _from_curvature(x: Tensor) -> Tensor:
    def parabola(w: Tensor) -> Tensor:
        return nn.functional.mse_loss(w * x, torch.ones_like(x))

    curvature: Tensor = torch.autograd.functional.hessian(parabola, x.new_zeros(()))
    return 2 / curvature


def _inputs(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([-2.0]),)
    yield (torch.tensor([0.0, 1.0, 3.0]),)
    yield (1000 * torch.randn(5, generator=generator, dtype=torch.float64),)


border = Exercise(
    name="linear/border",
    title="Where is the border?",
    mark=2,
    prompt=r"""
One step multiplies the distance to the best slope by $1 - \text{lr} \cdot \frac2n \sum_i x_i^2$.
Descent comes closer as long as this factor lies between $-1$ and $1$. Write `largest_lr(x)`: the
learning rate at which it is $-1$. The targets play no part in it.
""",
    solution=largest_lr,
    reference=_from_curvature,
    cases=_inputs,
    example="print(largest_lr(torch.tensor([1.0, 2.0, 3.0])))",
    hints=(r"Solve $1 - \text{lr} \cdot \frac2n \sum_i x_i^2 = -1$ for $\text{lr}$.",),
    mistakes=(
        Mistake(
            "1 /", "0.5 /", says="With that one the factor is 0, and one step arrives: find -1."
        ),
        Mistake("1 /", "2 /", says="With that one the factor is -3: mind the 2 in it."),
        Mistake(
            "mean()",
            "sum()",
            says="That is the border for the sum of the squares: the cost is a mean.",
        ),
        Mistake(
            "(x**2).mean()",
            "x.mean() ** 2",
            says="That squares the mean of x: take the mean of the squares.",
        ),
    ),
)


def _two_faults(x: Tensor, y: Tensor, weight: float, lr: float, steps: int) -> Tensor:
    """Return the slope at the start and after each step of gradient descent, `(steps + 1,)`.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope to start from.
        lr: The learning rate.
        steps: How often to step.
    """
    w = x.new_tensor(weight).requires_grad_()
    optimizer = torch.optim.SGD([w], lr=lr)
    path = [w.detach()]
    for _ in range(steps):
        cost = mean_squared_error(w * x, y)
        cost.backward()
        optimizer.step()
        path.append(w.detach())
    return torch.stack(path)


def _descents(generator: Generator) -> Iterator[tuple[Tensor, Tensor, float, float, int]]:
    yield torch.tensor([2.0]), torch.tensor([6.0]), -10.0, 0.1, 3
    yield torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0]), 3.0, 0.1, 2  # starts at the best
    x, y = torch.randn(2, 5, generator=generator, dtype=torch.float64)
    yield x, y, -15.0, 0.2, 4
    yield x, y, -15.0, 0.2, 1


accumulation = Exercise(
    name="linear/accumulation",
    title="Repair a descent",
    mark=3,
    prompt="""
This descent has two faults: one makes it go wrong, the other hides where it went. Neither raises an
error. Run it for a few steps, look at what it returns, and repair both.
""",
    solution=descend_slope_with_torch,
    starter=_two_faults,
    reference=descend_slope,
    cases=_descents,
    example="""
x, y = torch.tensor([2.0]), torch.tensor([6.0])
print(descend_slope_with_torch(x, y, weight=-10, lr=0.1, steps=4))
""",
    hints=(
        "`backward` adds to the derivative that is already in `w.grad`.",
        "`w.detach()` shares its memory with `w`, and `optimizer.step()` changes `w` in place.",
    ),
    mistakes=(
        Mistake(
            "optimizer.zero_grad()\n",
            "",
            says="From the second step on it follows the sum of all derivatives so far, because "
            "backward adds to w.grad: call optimizer.zero_grad() in every step.",
        ),
        Mistake(
            "[w.detach().clone()]",
            "[w.detach()]",
            "(w.detach().clone())",
            "(w.detach())",
            says="The path holds the same slope many times, because w.detach() shares its memory "
            "with w: keep a clone.",
        ),
        Mistake(
            _two_faults,
            says="The path holds the same slope many times, because w.detach() shares its memory "
            "with w: keep a clone. Then look at the second step.",
        ),
        Mistake(
            "cost.backward()\n",
            "cost.backward()\noptimizer.zero_grad()\n",
            says="The slope never moves: does zero_grad stand between backward and step, where it "
            "clears the derivative before it is used?",
        ),
        Mistake(
            "path = [w.detach().clone()]",
            "path = []",
            says="The start is missing: the path has steps + 1 slopes.",
        ),
    ),
)
