"""Exercises of the lesson `autograd/partial`: write it, and `check` tells what is missing."""

from collections.abc import Callable, Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake

Function = Callable[[Tensor], Tensor]


def steepest(function: Function, x: Tensor) -> tuple[Tensor, Tensor]:
    """Return the direction in which a function climbs fastest, and how fast it climbs that way.

    Args:
        function: Takes the shape `(d,)` and returns one number, shape `()`.
        x: Where to climb from, shape `(d,)`. It stays as it is.

    Returns:
        A vector of length 1, shape `(d,)`, and the slope along it, shape `()`.

    Examples:
        >>> steepest(lambda x: 3 * x[0] - 4 * x[1], torch.zeros(2))
        (tensor([ 0.6000, -0.8000]), tensor(5.))
    """
    leaf = x.detach().clone().requires_grad_()
    (uphill,) = torch.autograd.grad(function(leaf), leaf)
    return uphill / uphill.norm(), uphill.norm()


def _normalised_by_torch(function: Function, x: Tensor) -> tuple[Tensor, Tensor]:
    uphill = torch.func.grad(function)(x)
    direction = torch.nn.functional.normalize(uphill, dim=0)
    return direction, torch.func.jvp(function, (x,), (direction,))[1]


def _somebodys(x: Tensor) -> Tensor:
    """Return a leaf that has a gradient already, as a parameter in training has."""
    x.requires_grad_().grad = torch.ones_like(x)
    return x


def _tilted_bowl(x: Tensor) -> Tensor:
    return (x**2).sum() - x[0] * x[-1]


def _waves(x: Tensor) -> Tensor:
    return torch.sin(x).prod()


def _hills(generator: Generator) -> Iterator[tuple[Function, Tensor]]:
    yield _tilted_bowl, torch.tensor([3.0, 1.0])
    yield _waves, torch.randn(3, generator=generator, dtype=torch.float64)
    yield _tilted_bowl, torch.randn(5, generator=generator)
    yield torch.sum, torch.zeros(4)
    yield _tilted_bowl, _somebodys(torch.tensor([2.0, -1.0]))


uphill = Exercise(
    name="autograd/uphill",
    title="The steepest way",
    mark=1,
    prompt="""
The gradient points where a function climbs fastest, and its length says how fast. Write
`steepest(function, x)`, which returns the two apart: the direction as a vector of length 1, and the
slope along it. The `x` that you are given stays as it is.
""",
    solution=steepest,
    reference=_normalised_by_torch,
    cases=_hills,
    example="""
direction, slope = steepest(lambda x: x[0] ** 2 - x[0] * x[1] + x[1] ** 2, torch.tensor([3.0, 1.0]))
print(direction, slope)
""",
    hints=(
        "First the gradient, from a leaf of your own, as in `gradient`.",
        "`norm()` is the length of a vector; divided by it, the vector has length 1.",
    ),
    mistakes=(
        Mistake(
            "uphill / uphill.norm()",
            "uphill",
            says="The direction is to have length 1: divide by `norm()`.",
        ),
        Mistake(
            "return uphill",
            "return -uphill",
            says="That is the way down: the gradient itself points uphill.",
        ),
        Mistake(
            "/ uphill.norm()",
            "/ (uphill @ uphill)",
            says="`g @ g` is the squared length: take its root.",
        ),
        Mistake(
            ", uphill.norm()",
            ", function(x)",
            says="That is the height where you stand: the slope is the gradient's length.",
        ),
    ),
)


def one_row(function: Function, x: Tensor, j: int) -> Tensor:
    """Return the partial derivatives of one of many results, a row of the Jacobian.

    Args:
        function: Takes the shape `(d,)` and returns the shape `(k,)`.
        x: Shape `(d,)`. It stays as it is.
        j: Which of the results, from 0.

    Returns:
        Shape `(d,)`.

    Examples:
        >>> one_row(torch.square, torch.tensor([3.0, 1.0]), j=1)
        tensor([0., 2.])
    """
    leaf = x.detach().clone().requires_grad_()
    y = function(leaf)
    v = torch.zeros_like(y)
    v[j] = 1
    (row,) = torch.autograd.grad(y, leaf, v)
    return row


def _row_of_torchs_jacobian(function: Function, x: Tensor, j: int) -> Tensor:
    rows: Tensor = torch.func.jacrev(function)(x)
    return rows[j]


def _products(x: Tensor) -> Tensor:
    return torch.stack([x[0] ** 2, x[0] * x[-1], torch.exp(x[-1])])


def _shares(x: Tensor) -> Tensor:
    return torch.softmax(x, dim=0)


def _results(generator: Generator) -> Iterator[tuple[Function, Tensor, int]]:
    yield _products, torch.tensor([3.0, 1.0, 0.5]), 1
    yield _shares, torch.randn(4, generator=generator, dtype=torch.float64), 3
    yield _products, torch.randn(4, generator=generator), 0
    yield torch.square, torch.tensor([2.0, -1.0]), -1
    yield _products, _somebodys(torch.tensor([2.0, -1.0])), 2


row = Exercise(
    name="autograd/row",
    title="One of many",
    mark=2,
    prompt="""
A function gives many numbers, and you want the partial derivatives of one of them. Write
`one_row(function, x, j)`: the row of the result number `j`, with a single way back and without
computing the other rows. The `x` that you are given stays as it is.
""",
    solution=one_row,
    reference=_row_of_torchs_jacobian,
    cases=_results,
    example="""
x = torch.tensor([0.0, 1.0, 2.0])
print(one_row(lambda x: torch.softmax(x, dim=0), x, j=2))
""",
    hints=(
        "`backward` and `torch.autograd.grad` take a vector that says how much each result counts.",
        "A vector of zeros with a 1 at `j` counts one result and no other.",
    ),
    mistakes=(
        Mistake(
            "zeros_like",
            "ones_like",
            says="That is the sum of all rows: let the result `j` alone count.",
        ),
        Mistake(
            "return row",
            "return torch.func.jacrev(function)(x)[:, j]",
            says="That is a column, how one input moves every result: a row is how every input "
            "moves one result.",
        ),
        Mistake(
            "zeros_like",
            "ones_like",
            "v[j] = 1",
            "v[j] = 0",
            says="You have all rows but the one that is asked for: swap 0 and 1.",
        ),
        Mistake("v[j]", "v[: j + 1]", says="You count all results up to `j`: let `j` alone count."),
    ),
)


def train_in_batches(
    x: Tensor, y: Tensor, weight: Tensor, lr: float, size: int, steps: int
) -> Tensor:
    """Return the slope of a line through the origin after some steps of descent on all rows.

    No more than `size` rows are computed with at once, and each step uses every row.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope to start from, shape `()`. It stays as it is.
        lr: The learning rate.
        size: The rows of a batch.
        steps: How often to step.

    Examples:
        >>> x, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 4.0, 6.0])
        >>> train_in_batches(x, y, torch.tensor(1.0), lr=0.1, size=2, steps=20)
        tensor(2.)
    """
    w = weight.detach().clone().requires_grad_()
    optimizer = torch.optim.SGD([w], lr)
    for _ in range(steps):
        optimizer.zero_grad()
        for inputs, targets in zip(x.split(size), y.split(size), strict=True):
            cost = ((w * inputs - targets) ** 2).mean()
            (cost * len(inputs) / len(x)).backward()
        optimizer.step()
    return w.detach()


def _two_faults(x: Tensor, y: Tensor, weight: Tensor, lr: float, size: int, steps: int) -> Tensor:
    w = weight.detach().clone().requires_grad_()
    optimizer = torch.optim.SGD([w], lr)
    for _ in range(steps):
        for inputs, targets in zip(x.split(size), y.split(size), strict=True):
            cost = ((w * inputs - targets) ** 2).mean()
            cost.backward()
        optimizer.step()
    return w.detach()


def _all_rows_by_hand(
    x: Tensor, y: Tensor, weight: Tensor, lr: float, size: int, steps: int
) -> Tensor:
    for _ in range(steps):
        weight = weight - lr * 2 * ((weight * x - y) * x).mean()
    return weight


def _lines(
    generator: Generator,
) -> Iterator[tuple[Tensor, Tensor, Tensor, float, int, int]]:
    yield (
        torch.tensor([1.0, 2.0, 3.0]),
        torch.tensor([2.0, 5.0, 5.0]),
        torch.tensor(1.0),
        0.05,
        2,
        3,
    )
    x, y = torch.randn(2, 7, generator=generator, dtype=torch.float64)
    yield x, y, torch.tensor(-1.0, dtype=torch.float64), 0.1, 3, 2
    x, y = torch.randn(2, 6, generator=generator)
    yield x, y, torch.tensor(0.5), 0.1, 3, 1
    yield x, y, torch.tensor(0.5), 0.1, 10, 2
    yield x, y, _somebodys(torch.tensor(0.5)), 0.1, 4, 2


small_batches = Exercise(
    name="autograd/small_batches",
    title="As if in one batch",
    mark=3,
    prompt="""
Not all rows fit into memory at once, so `train_in_batches` gathers the gradient of each step from
batches of `size` rows. It should arrive exactly where descent on all rows does, whatever the size;
it does not. Two faults are in it. Neither raises an error: find both.
""",
    solution=train_in_batches,
    starter=_two_faults,
    reference=_all_rows_by_hand,
    cases=_lines,
    example="""
x, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 5.0, 5.0])
for size in (1, 2, 3):
    print(train_in_batches(x, y, torch.tensor(1.0), lr=0.05, size=size, steps=3))
""",
    hints=(
        "Which gradients should add up, and which should not? Each step begins with none.",
        "The cost of all rows is a mean over all rows. What part of it is the mean of one batch?",
    ),
    mistakes=(
        Mistake(
            "optimizer.zero_grad()\n",
            "",
            says="One fault is left: the gradient of each step is added to those of the steps "
            "before.",
        ),
        Mistake(
            "(cost * len(inputs) / len(x))",
            "cost",
            says="One fault is left: the batches' means add up to more than the mean over all "
            "rows. Each counts with its part of the rows.",
        ),
        Mistake(
            "cost * len(inputs) / len(x)",
            "cost / len(x.split(size))",
            says="The last batch may have fewer rows: it counts with its part of the rows, not "
            "like the others.",
        ),
        Mistake(
            "optimizer.zero_grad()\n",
            "",
            "cost = ((w * inputs - targets) ** 2).mean()\n",
            "optimizer.zero_grad()\ncost = ((w * inputs - targets) ** 2).mean()\n",
            says="You clear the gradient before each batch, so that of the last batch is all that "
            "is left: clear it once per step.",
        ),
        Mistake(
            _two_faults,
            says="Both faults are still there: look at what is in `grad` when a step begins, and "
            "at how much each batch counts.",
        ),
    ),
)
