"""Exercises of the lesson `training/stochastic`: write it, and `check` tells what is missing."""

from collections.abc import Callable, Iterator
from typing import Any

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


def rows_of_epochs(n: int, epochs: int, generator: Generator) -> Tensor:
    """Return the numbers of the rows, one for each step; every epoch reads each row once.

    Args:
        n: Number of rows.
        epochs: How often each is read, at least 1.
        generator: Draws an order for each epoch.

    Returns:
        Shape `(epochs * n,)`.

    Examples:
        >>> rows_of_epochs(4, 2, torch.Generator().manual_seed(0)).view(2, 4).sort().values
        tensor([[0, 1, 2, 3],
                [0, 1, 2, 3]])
    """
    return torch.cat([torch.randperm(n, generator=generator) for _ in range(epochs)])


def _drawn_anew(n: int, epochs: int, generator: Generator) -> Tensor:
    """Return the numbers of the rows, one for each step; every epoch reads each row once.

    Args:
        n: Number of rows.
        epochs: How often each is read, at least 1.
        generator: Draws an order for each epoch.

    Returns:
        Shape `(epochs * n,)`.
    """
    return torch.randint(n, (epochs * n,), generator=generator)


def _one_by_one(n: int, epochs: int, generator: Generator) -> Tensor:
    drawn: list[int] = []
    for _ in range(epochs):
        left = list(range(n))
        for _ in range(n):
            place = int(torch.randint(len(left), (1,), generator=generator))
            drawn.append(left.pop(place))
    return torch.tensor(drawn)


def _what_epochs_read(make: Callable[..., Any], n: int, epochs: int, seed: int) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(seed)
    drawn = make(n, epochs, generator)
    rows = drawn.view(epochs, n)
    again = make(n, epochs, torch.Generator().manual_seed(seed)).view(epochs, n)
    ordered = torch.arange(n).expand(epochs, n)
    return {
        "how many": tuple(drawn.shape),
        "rows of each epoch, sorted": rows.sort(dim=1).values,
        "in order": torch.equal(rows, ordered),
        "each epoch in the same order": torch.equal(rows, rows[:1].expand(epochs, n)),
        "the same for the same seed": torch.equal(rows, again),
    }


def _sizes(generator: Generator) -> Iterator[tuple[int, int, int]]:
    seeds = torch.randint(1000, (3,), generator=generator).tolist()
    yield from zip((20, 30, 50), (3, 2, 4), seeds, strict=True)


epoch_rows = Exercise(
    name="training/epoch_rows",
    title="Rows that an epoch misses",
    mark=2,
    prompt="""
This function draws a row for each step. Its steps are right on average, and yet an epoch of it is
no epoch: some rows come twice. Estimate before you run anything: of 1,000 rows, how many does a
pass of 1,000 such steps miss? Then repair it.
""",
    solution=rows_of_epochs,
    starter=_drawn_anew,
    reference=_one_by_one,
    cases=_sizes,
    use=_what_epochs_read,
    example="""
generator = torch.Generator().manual_seed(0)
drawn = torch.randint(1000, (1000,), generator=generator)
print("drawn one by one, missed:", 1000 - len(drawn.unique()))
print("by epochs, missed:       ", 1000 - len(rows_of_epochs(1000, 1, generator).unique()))
""",
    hints=(
        "A row is missed by one step with the probability $1 - 1/n$, and by all $n$ steps with the "
        "$n$-th power of that, about $1/e$.",
        "`torch.randperm(n)` is an order of all rows. How many orders do you need?",
    ),
    mistakes=(
        Mistake(
            _drawn_anew,
            says="Each step draws from all rows, whatever came before: more than a third of them "
            "is missed in a pass. Shuffle the rows instead.",
        ),
        Mistake(
            "torch.cat([torch.randperm(n, generator=generator) for _ in range(epochs)])",
            "torch.randperm(n, generator=generator).repeat(epochs)",
            says="Each row comes once in each epoch, and always in the same order: draw a new "
            "order for each epoch.",
        ),
        Mistake(
            "torch.randperm(n, generator=generator)",
            "torch.arange(n)",
            says="Each row comes once, but in the order of the file: shuffle.",
        ),
        Mistake(
            "torch.randperm(n, generator=generator)",
            "torch.randperm(n)",
            says="These are other rows each time: draw with the generator that came.",
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
