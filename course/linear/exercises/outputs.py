"""Exercises of the lesson `linear/outputs`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor, nn

from course.linear.convergence import largest_lr
from course.linear.exact import with_ones
from course.practice import Exercise, Mistake


def each_alone(x: Tensor, y: Tensor) -> Tensor:
    """Return weights and bias of each output, from one regression per output, `(k, d + 1)`.

    Args:
        x: Shape `(n, d)`.
        y: Shape `(n, k)`, a column per output.

    Examples:
        >>> x = torch.tensor([[0.0], [1.0], [2.0]])
        >>> y = torch.tensor([[1.0, 6.0], [3.0, 5.0], [5.0, 4.0]])
        >>> each_alone(x, y).round(decimals=3)
        tensor([[ 2.,  1.],
                [-1.,  6.]])
    """
    columns = with_ones(x)
    alone = [torch.linalg.lstsq(columns, target.unsqueeze(1)).solution for target in y.T]
    return torch.stack([solution.squeeze(1) for solution in alone])


def _all_at_once(x: Tensor, y: Tensor) -> Tensor:
    together: Tensor = torch.linalg.pinv(with_ones(x)) @ y
    return together.T


def _measurements(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    for n, d, k in ((6, 2, 3), (9, 3, 2), (5, 1, 1)):
        x = 1 + torch.randn(n, d, generator=generator, dtype=torch.float64)
        yield x, 8 + torch.randn(n, k, generator=generator, dtype=torch.float64)


separate = Exercise(
    name="linear/separate",
    title="One regression for each output",
    mark=1,
    prompt="""
Write `each_alone(x, y)`: solve a least squares problem for each column of `y` by itself, and stack
what you find, one row per output: its weights, and its bias last. It is compared with the solution
of all outputs at once.
""",
    solution=each_alone,
    reference=_all_at_once,
    cases=_measurements,
    example="""
x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 0.0]])
y = x @ torch.tensor([[15.0, 10.0, 0.5], [15.0, 10.0, -0.5]])
print(each_alone(x, y).round(decimals=3))
""",
    hints=(
        "`for target in y.T` goes through the columns: each has the shape (n,).",
        "`torch.linalg.lstsq(columns, target.unsqueeze(1)).solution` has the shape (d + 1, 1).",
    ),
    mistakes=(
        Mistake(
            "in alone])",
            "in alone], dim=1)",
            says="The numbers are right: give each output a row, as `nn.Linear` keeps them.",
        ),
        Mistake(
            "with_ones(x)", "x", says="The biases are missing: add a column of ones to the inputs."
        ),
        Mistake(
            "target.unsqueeze(1)",
            "y[:, :1]",
            says="All rows are those of the first output: take one column at a time.",
        ),
        Mistake(
            "with_ones(x)",
            "with_ones(x).roll(1, dims=1)",
            says="The numbers are right, in another order: the bias comes last.",
        ),
    ),
)


def shares_of_loss(predictions: Tensor, y: Tensor) -> Tensor:
    """Return which part of the mean squared error comes from each output, `(k,)`, in all 1.

    Args:
        predictions: Shape `(n, k)`.
        y: Shape `(n, k)`.

    Examples:
        >>> y = torch.tensor([[1.0, 100.0], [2.0, 200.0]])
        >>> shares_of_loss(torch.tensor([[2.0, 103.0], [2.0, 200.0]]), y)
        tensor([0.1000, 0.9000])
    """
    squares = (predictions - y).square().sum(dim=0)
    return squares / squares.sum()


def _by_criterion(predictions: Tensor, y: Tensor) -> Tensor:
    whole = nn.functional.mse_loss(predictions, y) * y.shape[1]
    columns = zip(predictions.T, y.T, strict=True)
    return torch.stack([nn.functional.mse_loss(*pair) / whole for pair in columns])


def _answers(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    for n, k, dtype in ((4, 3, torch.float32), (7, 2, torch.float64), (3, 4, torch.float64)):
        scale = torch.tensor([10.0**j for j in range(k)], dtype=dtype)
        y = scale * torch.randn(n, k, generator=generator, dtype=dtype)
        yield y + scale * torch.rand(n, k, generator=generator, dtype=dtype), y


shares = Exercise(
    name="linear/shares",
    title="Who rules the loss",
    mark=2,
    prompt="""
`nn.MSELoss` gives one number for all outputs. Write `shares_of_loss(predictions, y)`: which part of
it comes from each output. The parts add up to 1.
""",
    solution=shares_of_loss,
    reference=_by_criterion,
    cases=_answers,
    example="""
y = torch.tensor([[30.0, 0.01], [45.0, 0.02], [60.0, 0.00]])
print(shares_of_loss(y * torch.tensor([1.01, 0.0]), y))
""",
    hints=(
        "`(predictions - y).square()` has the shape (n, k): which of the two axes goes away?",
        "Divide the sum of each column by the sum of all.",
    ),
    mistakes=(
        Mistake("dim=0", "dim=1", says="These are the shares of the rows: sum over axis 0."),
        Mistake(
            "sum(dim=0)",
            "mean(dim=0)",
            " / squares.sum()",
            "",
            says="That is the mean squared error of each output: divide by their sum.",
        ),
        Mistake("square()", "abs()", says="The loss adds squares, not absolute values."),
        Mistake(
            "squares.sum()",
            "squares.sum() / len(squares)",
            says="They add up to 1/k: the loss of all is the *mean* of those of the outputs.",
        ),
    ),
)


def largest_joint_lr(x: Tensor, k: int) -> float:
    """Return the learning rate above which descent on the shared loss of k outputs moves away.

    Args:
        x: Inputs, shape `(n, d)`; the model has a bias.
        k: How many outputs share the mean squared error.

    Examples:
        >>> round(largest_joint_lr(torch.tensor([[-1.0], [1.0]]), k=3), 4)
        3.0
    """
    return k * largest_lr(with_ones(x))


def _by_autograd(x: Tensor, k: int) -> float:
    columns, y = with_ones(x), x.new_zeros(len(x), k)

    def loss(parameters: Tensor) -> Tensor:
        return nn.functional.mse_loss(columns @ parameters.view(-1, k), y)

    start = x.new_zeros(columns.shape[1] * k)
    curvatures: Tensor = torch.autograd.functional.hessian(loss, start)
    return 2 / float(torch.linalg.eigvalsh(curvatures)[-1])


def _inputs(generator: Generator) -> Iterator[tuple[Tensor, int]]:
    for n, d, k in ((6, 2, 3), (8, 1, 2), (9, 3, 1)):
        yield 1 + torch.randn(n, d, generator=generator, dtype=torch.float64), k


joint_border = Exercise(
    name="linear/joint_border",
    title="The border of a shared loss",
    mark=3,
    prompt="""
[`largest_lr`][course.linear.convergence.largest_lr] gives the border for one output, from the
columns of the model. Write `largest_joint_lr(x, k)`: the border when `k` outputs share one
`nn.MSELoss`. Do the targets matter?
""",
    solution=largest_joint_lr,
    reference=_by_autograd,
    cases=_inputs,
    example="""
x = torch.tensor([[-1.0, 2.0], [0.0, 1.0], [1.0, 3.0]])
print([round(largest_joint_lr(x, k), 4) for k in (1, 2, 3)])
""",
    hints=(
        "`with_ones(x)` adds the column of the biases.",
        "The mean over n · k numbers makes every derivative smaller by the factor k. What may the "
        "rate then do?",
    ),
    mistakes=(
        Mistake(
            "k * ", "", says="That is the border of one output by itself: `k` must play a part."
        ),
        Mistake(
            "k *", "1 / k *", says="The shared gradient is *smaller*, so the rate may be larger."
        ),
        Mistake("with_ones(x)", "x", says="The model has biases: their column of ones is missing."),
        Mistake("k *", "k**2 *", says="The gradient is smaller by k, not by its square."),
    ),
)
