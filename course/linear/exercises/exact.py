"""Exercises of the lesson `linear/exact`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.linear.exact import with_ones
from course.practice import Exercise, Mistake


def best_line(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return slope and bias of the lowest mean squared error, two scalars.

    Args:
        x: Shape `(n,)`, with at least two different values.
        y: Shape `(n,)`.

    Examples:
        >>> best_line(torch.tensor([0.0, 1.0, 2.0]), torch.tensor([1.0, 3.0, 5.0]))
        (tensor(2.), tensor(1.))
    """
    away = x - x.mean()
    slope = (away * (y - y.mean())).sum() / (away**2).sum()
    return slope, y.mean() - slope * x.mean()


def _of_centred(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return slope and bias of the lowest mean squared error, two scalars."""
    slope = (x * y).sum() / (x**2).sum()
    return slope, y.mean()


def _by_lstsq(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    slope, bias = torch.linalg.lstsq(with_ones(x), y.unsqueeze(1)).solution.squeeze(1)
    return slope, bias


def _measurements(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([1.0, 2.0]), torch.tensor([11.0, 14.0])
    for n, dtype in ((5, torch.float32), (30, torch.float64)):
        x = 2 + torch.rand(n, generator=generator, dtype=dtype)
        yield x, 3 * x + torch.randn(n, generator=generator, dtype=dtype)


some_inputs = Exercise(
    name="linear/some_inputs",
    title="Right for some inputs",
    mark=2,
    prompt="""
Somebody solved the normal equation of a line with a pencil, and tried the result on inputs spread
evenly from −1 to 1, where it is right. On the masses of this page it is wrong. Which entries of
$A^\\top A$ were left out? Say for which inputs the function is right, and repair it for all.
""",
    solution=best_line,
    starter=_of_centred,
    reference=_by_lstsq,
    cases=_measurements,
    example="print(best_line(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([11.0, 14.0, 16.0])))",
    hints=(
        r"$A^\top A$ has $\sum_i x_i^2$ and $n$ on its diagonal, and $\sum_i x_i$ beside it. When "
        "is that 0?",
        "Make every case the easy one: `x - x.mean()` has the mean 0.",
        "The second row of the equation says that the line goes through the point of the two "
        "means.",
    ),
    mistakes=(
        Mistake(
            _of_centred,
            says="That is still right for inputs whose mean is 0, and for no others.",
        ),
        Mistake(
            "x - x.mean()",
            "x",
            "(y - y.mean())",
            "y",
            says="That slope belongs to a line through the origin: subtract both means before you "
            "multiply.",
        ),
        Mistake(
            "away**2",
            "(y - y.mean()) ** 2",
            says="You divide by the spread of `y`: that predicts inputs from targets. Divide by "
            "that of `x`.",
        ),
        Mistake(
            ".sum() / (away**2).sum()",
            ".mean() / x.var()",
            says="`mean` divides by n and `var` by n − 1: take two sums, or two means.",
        ),
        Mistake(
            "y.mean() - slope * x.mean()",
            "y.mean()",
            says="The mean of `y` is the height at the mean of `x`, not at 0.",
        ),
    ),
)


def slopes_of_cost(columns: Tensor, y: Tensor, parameters: Tensor) -> Tensor:
    """Return the derivative of the mean squared error by each parameter, `(p,)`.

    Args:
        columns: Shape `(n, p)`, a column for each parameter.
        y: Shape `(n,)`.
        parameters: Shape `(p,)`.

    Examples:
        >>> columns, y = torch.tensor([[1.0, 1.0], [2.0, 1.0]]), torch.tensor([11.0, 14.0])
        >>> slopes_of_cost(columns, y, torch.tensor([0.0, 0.0]))
        tensor([-39., -25.])
    """
    residuals = columns @ parameters - y
    return 2 / len(y) * columns.T @ residuals


def _by_autograd(columns: Tensor, y: Tensor, parameters: Tensor) -> Tensor:
    leaf = parameters.detach().clone().requires_grad_()
    torch.nn.functional.mse_loss(columns @ leaf, y).backward()
    assert leaf.grad is not None
    return leaf.grad


def _columns_and_parameters(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    for n, p, dtype in ((3, 2, torch.float32), (5, 1, torch.float64), (4, 4, torch.float64)):
        columns = torch.randn(n, p, generator=generator, dtype=dtype)
        y = torch.randn(n, generator=generator, dtype=dtype)
        yield columns, y, torch.randn(p, generator=generator, dtype=dtype)


all_slopes = Exercise(
    name="linear/all_slopes",
    title="Every derivative in one product",
    mark=2,
    prompt="""
Write `slopes_of_cost(columns, y, parameters)`: the derivatives of the mean squared error by all
parameters at once, $\\frac2n A^\\top (A\\theta - y)$. At the exact answer they are all zero.
""",
    solution=slopes_of_cost,
    reference=_by_autograd,
    cases=_columns_and_parameters,
    example="""
columns, y = torch.tensor([[1.0, 1.0], [2.0, 1.0]]), torch.tensor([11.0, 14.0])
print(slopes_of_cost(columns, y, torch.tensor([3.0, 8.0])))
""",
    hints=(
        "`columns @ parameters` are the predictions, shape (n,).",
        "`columns.T` has a row for each parameter: its product with the residuals has shape (p,).",
    ),
    mistakes=(
        Mistake(
            "columns @ parameters - y",
            "y - columns @ parameters",
            says="The residuals are predictions minus targets, in this order.",
        ),
        Mistake("2 / len(y) * ", "", says="These are the sums: the factor 2/n is missing."),
        Mistake(
            "2 / len(y)",
            "2",
            says="That is the derivative of the sum of squares: the mean divides it by n.",
        ),
        Mistake(
            "2 / len(y)",
            "1 / len(y)",
            says="A square brings a factor 2 when you take its derivative.",
        ),
    ),
)


def parabola(x: Tensor, y: Tensor) -> Tensor:
    """Return the coefficients of x², of x and of 1 that fit best, `(3,)`.

    Args:
        x: Shape `(n,)`, with at least three different values.
        y: Shape `(n,)`.

    Examples:
        >>> parabola(torch.tensor([0.0, 1.0, 2.0]), torch.tensor([2.0, 4.0, 8.0])).round(decimals=3)
        tensor([1., 1., 2.])
    """
    columns = torch.stack([x**2, x, torch.ones_like(x)], dim=1)
    solution: Tensor = torch.linalg.lstsq(columns, y.unsqueeze(1)).solution
    return solution.squeeze(1)


def _by_pseudoinverse(x: Tensor, y: Tensor) -> Tensor:
    columns = torch.linalg.vander(x, N=3).flip(1)
    coefficients: Tensor = torch.linalg.pinv(columns) @ y
    return coefficients


def _curves(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([-1.0, 0.0, 2.0]), torch.tensor([3.0, 1.0, 0.0])
    for n, dtype in ((8, torch.float64), (20, torch.float64)):
        x = torch.linspace(-2, 3, n, dtype=dtype)
        yield x, 1 - x**2 / 2 + torch.randn(n, generator=generator, dtype=dtype)


curve = Exercise(
    name="linear/curve",
    title="A curve by the same formula",
    mark=2,
    prompt="""
The equation needs a model that is linear in its *parameters*; any function of the inputs may make a
column. Write `parabola(x, y)`: the coefficients of $x^2$, of $x$ and of 1, in this order, with the
lowest mean squared error.
""",
    solution=parabola,
    reference=_by_pseudoinverse,
    cases=_curves,
    example="""
x = torch.tensor([0.0, 1.0, 2.0, 3.0])
print(parabola(x, 2 * x**2 - x + 1).round(decimals=3))
""",
    hints=(
        "Three columns, `x**2`, `x` and ones: `torch.stack([...], dim=1)` puts them side by side.",
        "`torch.linalg.lstsq` takes the targets as a column, and its `solution` is one as well.",
    ),
    mistakes=(
        Mistake(
            ".squeeze(1)",
            "",
            says="The numbers are right: make one axis of the column, `squeeze(1)`.",
        ),
        Mistake(
            "x**2, x, torch.ones_like(x)",
            "torch.ones_like(x), x, x**2",
            says="The numbers are right, in the other order: x² comes first.",
        ),
        Mistake(
            "ones_like",
            "zeros_like",
            says="Without a column of ones the curve is tied to the origin.",
        ),
    ),
)
