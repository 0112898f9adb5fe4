"""Exercises of the lesson `training/stochastic`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def one_pass(
    x: Tensor, y: Tensor, weight: float, bias: float, lr: float, rows: Tensor
) -> tuple[float, float]:
    """Return slope and bias after a step on each of the rows, one after the other.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope to start from.
        bias: The bias to start from.
        lr: The learning rate.
        rows: The numbers of the rows, in the order of the steps, shape `(t,)`.

    Examples:
        >>> x, y = torch.tensor([1.0, 2.0]), torch.tensor([11.0, 14.0])
        >>> one_pass(x, y, weight=0.0, bias=0.0, lr=0.25, rows=torch.tensor([0, 1]))
        (3.0, 4.25)
    """
    for i in rows.tolist():
        residual = weight * x[i].item() + bias - y[i].item()
        dw, db = 2 * residual * x[i].item(), 2 * residual
        weight, bias = weight - lr * dw, bias - lr * db
    return weight, bias


def _by_torch(
    x: Tensor, y: Tensor, weight: float, bias: float, lr: float, rows: Tensor
) -> tuple[float, float]:
    line = torch.tensor([weight, bias], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([line], lr=lr)
    for i in rows:
        optimizer.zero_grad()
        ((line[0] * x[i] + line[1] - y[i]) ** 2).backward()
        optimizer.step()
    return line[0].item(), line[1].item()


def _passes(
    generator: Generator,
) -> Iterator[tuple[Tensor, Tensor, float, float, float, Tensor]]:
    for n, lr in ((1, 0.25), (4, 0.1), (9, 0.05)):
        x, y = torch.randn(2, n, generator=generator, dtype=torch.float64)
        yield x, y, -2.0, 1.5, lr, torch.randperm(n, generator=generator)
    x, y = torch.randn(2, 3, generator=generator, dtype=torch.float64)
    yield x, y, 0.5, 0.0, 0.1, torch.tensor([2, 2, 0])


row_by_row = Exercise(
    name="training/row_by_row",
    title="A pass, row by row",
    mark=2,
    prompt="""
Write `one_pass(x, y, weight, bias, lr, rows)`: a step of descent on the squared residual of each
row that `rows` names, in this order. It returns slope and bias as two numbers of Python.
""",
    solution=one_pass,
    reference=_by_torch,
    cases=_passes,
    example="""
x, y = torch.tensor([1.0, 2.0]), torch.tensor([11.0, 14.0])
print(one_pass(x, y, weight=0.0, bias=0.0, lr=0.25, rows=torch.tensor([0, 1])))
print(one_pass(x, y, weight=0.0, bias=0.0, lr=0.25, rows=torch.tensor([1, 0])))
""",
    hints=(
        "Inside a loop over `rows.tolist()`: one residual, two derivatives, then both parameters.",
        "The next row is looked at with the parameters that this row has left.",
    ),
    mistakes=(
        Mistake(
            "for i in rows.tolist():\n",
            "w, b = weight, bias\nfor i in rows.tolist():\n",
            "weight * x[i].item() + bias",
            "w * x[i].item() + b",
            says="All residuals are those of the start, so this is one long step: after each row, "
            "go on from the new slope and bias.",
        ),
        Mistake(
            "rows.tolist()",
            "sorted(rows.tolist())",
            says="The order of the steps is that of `rows`.",
        ),
        Mistake(
            "weight, bias = weight - lr * dw, bias - lr * db\n",
            "weight = weight - lr * dw\n"
            "bias = bias - lr * 2 * (weight * x[i].item() + bias - y[i].item())\n",
            says="The bias saw the slope of the same step already: compute both derivatives first.",
        ),
        Mistake(
            "lr * dw",
            "lr * dw / len(x)",
            "lr * db",
            "lr * db / len(x)",
            says="Nothing is divided by the number of rows: the mean over one row is that row.",
        ),
    ),
)


def tail_mean(path: Tensor) -> Tensor:
    """Return the mean of the second half of a path; of an odd number of points, the middle counts.

    Args:
        path: Shape `(t, p)`, `t` at least 1.

    Examples:
        >>> tail_mean(torch.tensor([[9.0], [5.0], [2.0], [4.0]]))
        tensor([3.])
    """
    return path[len(path) // 2 :].mean(dim=0)


def _added_up(path: Tensor) -> Tensor:
    points = path.tolist()
    first = (len(points) - len(points) % 2) // 2
    total = torch.zeros_like(path[0])
    for point in points[first:]:
        total += torch.tensor(point, dtype=path.dtype)
    return total / (len(points) - first)


def _paths(generator: Generator) -> Iterator[tuple[Tensor]]:
    for t, p in ((4, 1), (7, 2), (1, 2), (50, 3)):
        yield (torch.randn(t, p, generator=generator, dtype=torch.float64).cumsum(dim=0),)


tail = Exercise(
    name="training/tail",
    title="The middle of the hovering",
    mark=1,
    prompt="""
A path that hovers around a place tells where that place is. Write `tail_mean(path)`: the mean of
the second half of its points, without the first half, which has the way from the start in it.
""",
    solution=tail_mean,
    reference=_added_up,
    cases=_paths,
    example="print(tail_mean(torch.tensor([[9.0, 0.0], [5.0, 1.0], [2.0, 3.0], [4.0, 3.0]])))",
    hints=(
        "`path[k:]` begins at the point with the number `k`. Which `k` is half of `len(path)`?",
        "`mean(dim=0)` is the mean over the points, one number for each parameter.",
    ),
    mistakes=(
        Mistake(
            "[len(path) // 2 :]",
            "",
            says="The first half is in it, and with it the way from the start.",
        ),
        Mistake(
            "path[len(path) // 2 :].mean(dim=0)",
            "path[-1]",
            says="That is where the path ends: take the mean of its second half.",
        ),
        Mistake(
            "len(path) // 2 :", ": (len(path) + 1) // 2", says="That is the mean of the first half."
        ),
    ),
)
