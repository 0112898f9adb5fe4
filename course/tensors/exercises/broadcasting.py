"""Exercises of the lesson `tensors/broadcasting`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor, nn

from course.practice import Exercise, Mistake


def center_rows(x: Tensor) -> Tensor:
    """Return the table with the mean of each row subtracted from that row.

    Args:
        x: Shape `(n, d)`, floating-point numbers. It stays as it is.

    Returns:
        Shape `(n, d)`.

    Examples:
        >>> center_rows(torch.tensor([[1.0, 3.0], [10.0, 20.0]]))
        tensor([[-1.,  1.],
                [-5.,  5.]])
    """
    return x - x.mean(dim=1, keepdim=True)


def _row_by_row(x: Tensor) -> Tensor:
    return torch.stack([row - row.mean() for row in x])


def _tables(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([[1.0, 3.0], [10.0, 20.0]]),)
    yield (torch.randn(2, 3, generator=generator),)
    yield (torch.randn(4, 4, generator=generator, dtype=torch.float64),)
    yield (torch.randn(1, 5, generator=generator),)
    yield (torch.randn(3, 1, generator=generator),)


rows_centered = Exercise(
    name="tensors/rows_centered",
    title="Every row around zero",
    mark=1,
    prompt="""
Write `center_rows(x)`: the table with the mean of each *row* subtracted from that row. It is to be
right for a square table too.
""",
    solution=center_rows,
    reference=_row_by_row,
    cases=_tables,
    example="print(center_rows(torch.tensor([[11.0, 14.0, 20.0], [8.0, 11.0, 17.0]])))",
    hints=(
        "The means have the shape `(n,)`. Which shape must they have to stay in their rows?",
        "Aligned at the right, `(n, 1)` fits `(n, d)`. `mean` can give it: `keepdim=True`.",
    ),
    mistakes=(
        Mistake(
            ", keepdim=True",
            "",
            says="`x.mean(dim=1)` has the shape `(n,)`, which is read as a row: in a square table "
            "each mean goes to a column, in others it does not fit. Keep the axis, with "
            "`keepdim=True`.",
        ),
        Mistake(
            "dim=1, keepdim=True",
            "dim=0",
            says="`dim=0` is the axis that the mean removes, so it gives one mean for each column: "
            "for each row it is `dim=1`.",
        ),
        Mistake(
            "dim=1, keepdim=True",
            "",
            says="That is one mean for the whole table: take one for each row.",
        ),
    ),
)


def typical_error(predictions: Tensor, targets: Tensor) -> Tensor:
    """Return by how much a prediction is off on average, a scalar in target units.

    Args:
        predictions: Shape `(n, 1)`, as a layer gives them, or `(n,)`.
        targets: Shape `(n,)`.

    Examples:
        >>> typical_error(torch.tensor([[1.0], [2.0]]), torch.tensor([1.5, 2.5]))
        tensor(0.5000)
    """
    return (predictions.reshape(targets.shape) - targets).abs().mean()


def _of_all_pairs(predictions: Tensor, targets: Tensor) -> Tensor:
    """Return by how much a prediction is off on average, a scalar in target units.

    Args:
        predictions: Shape `(n, 1)`, as a layer gives them, or `(n,)`.
        targets: Shape `(n,)`.
    """
    return (predictions - targets).abs().mean()


def _pair_by_pair(predictions: Tensor, targets: Tensor) -> Tensor:
    pairs = zip(predictions.flatten().tolist(), targets.tolist(), strict=True)
    gaps = [abs(prediction - target) for prediction, target in pairs]
    return torch.tensor(sum(gaps) / len(gaps))


def _answers(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([1.0, 2.0, 3.0])
    yield torch.tensor([1.0, 2.0]), torch.tensor([1.5, 0.0])
    yield torch.tensor([[4.0]]), torch.tensor([3.0])
    yield torch.randn(6, 1, generator=generator), torch.randn(6, generator=generator)


paired_off = Exercise(
    name="tensors/paired_off",
    title="Always right, and still off",
    mark=2,
    prompt="""
This `typical_error` is to say by how much a prediction is off on average. The predictions may come
as a column, `(n, 1)`. For the three predictions 1, 2 and 3, in a column, and targets that are the
same three numbers, it returns eight ninths. Explain that number on paper first: which differences
are averaged? Then repair the function, for predictions of either shape.
""",
    solution=typical_error,
    starter=_of_all_pairs,
    reference=_pair_by_pair,
    cases=_answers,
    example="print(typical_error(torch.tensor([[1.0], [2.0]]), torch.tensor([1.0, 2.0])))",
    hints=(
        "A column minus a row is a table. Write down its nine numbers, without their signs.",
        "Give both the shape `(n,)` before you subtract. With `squeeze()` a single example would "
        "lose its only axis; `reshape(targets.shape)` says what is meant.",
    ),
    mistakes=(
        Mistake(
            ".reshape(targets.shape)",
            "",
            says="A column minus a row is a table of all pairs: give the predictions the shape of "
            "the targets.",
        ),
        Mistake(
            ".reshape(targets.shape)",
            "[:, 0]",
            says="That takes the column out of `(n, 1)`, and stops at predictions that are a row "
            "already.",
        ),
        Mistake(
            ".abs()",
            "",
            says="Without `abs`, what is too much makes up for what is too little.",
        ),
    ),
)


def one_hot(classes: Tensor, k: int) -> Tensor:
    """Return a row for each class number: 1 in the column of that number, 0 elsewhere.

    Args:
        classes: Shape `(n,)`, whole numbers from 0 to `k - 1`.
        k: How many classes there are.

    Returns:
        Shape `(n, k)`, `float32`.

    Examples:
        >>> one_hot(torch.tensor([2, 0]), 3)
        tensor([[0., 0., 1.],
                [1., 0., 0.]])
    """
    return (classes.unsqueeze(-1) == torch.arange(k)).float()


def _torchs_one_hot(classes: Tensor, k: int) -> Tensor:
    return nn.functional.one_hot(classes, k).float()


def _classes_and_their_number(generator: Generator) -> Iterator[tuple[Tensor, int]]:
    yield torch.tensor([2, 0]), 3
    yield torch.tensor([1, 1, 0, 3]), 4
    yield torch.randint(10, (7,), generator=generator), 10
    yield torch.tensor([0]), 1


comparison = Exercise(
    name="tensors/comparison",
    title="A table from one comparison",
    mark=2,
    prompt="""
A comparison broadcasts like a sum. Write `one_hot(classes, k)` with one: for each class number a
row of `k` numbers, 1 in the column of that class and 0 elsewhere. Classifiers are trained on such
rows.
""",
    solution=one_hot,
    reference=_torchs_one_hot,
    cases=_classes_and_their_number,
    example="print(one_hot(torch.tensor([2, 0, 1]), 4))",
    hints=(
        "Compare the class numbers with `torch.arange(k)`, the numbers of the columns.",
        "The result is `(n, k)`, so the class numbers must be a column, `(n, 1)`.",
        "`float()` makes 1 and 0 of the truth values.",
    ),
    mistakes=(
        Mistake(
            ".unsqueeze(-1)",
            "",
            says="`(n,)` and `(k,)` lie along the same axis, so they are compared place by place, "
            "if they fit at all: make a column of the classes, with `unsqueeze(-1)`.",
        ),
        Mistake(
            "classes.unsqueeze(-1) == torch.arange(k)",
            "classes == torch.arange(k).unsqueeze(-1)",
            says="You made a column of the wrong one: your table has a row for each class. The "
            "class numbers belong in the column, and `torch.arange(k)` in the row.",
        ),
        Mistake(".float()", "", says="Those are truth values: `float()` makes numbers of them."),
    ),
)


def squared_distances(a: Tensor, b: Tensor) -> Tensor:
    """Return the squared distance between every row of one table and every row of another.

    Args:
        a: Shape `(n, d)`, floating-point numbers.
        b: Shape `(m, d)`.

    Returns:
        Shape `(n, m)`, in squared units of `a`.

    Examples:
        >>> a, b = torch.tensor([[0.0, 0.0], [3.0, 0.0]]), torch.tensor([[3.0, 4.0]])
        >>> squared_distances(a, b)
        tensor([[25.],
                [16.]])
    """
    return (a.unsqueeze(1) - b).square().sum(dim=-1)


def _row_after_row(a: Tensor, b: Tensor) -> Tensor:
    distances = [[(row - other) @ (row - other) for other in b] for row in a]
    return torch.stack([torch.stack(of_one) for of_one in distances])


def _two_tables(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([[0.0, 0.0], [3.0, 0.0]]), torch.tensor([[3.0, 4.0]])
    for n, m, d, dtype in ((4, 3, 2, torch.float32), (3, 3, 5, torch.float64)):
        a = torch.randn(n, d, generator=generator, dtype=dtype)
        yield a, torch.randn(m, d, generator=generator, dtype=dtype)
    yield torch.tensor([[1.0], [2.0]]), torch.tensor([[5.0], [7.0], [2.0]])


distances = Exercise(
    name="tensors/distances",
    title="All pairs, on purpose",
    mark=3,
    prompt="""
Comparing everything with everything is a mistake in a cost, and the aim in a table of distances.
Write `squared_distances(a, b)` without a loop: element `[i, j]` is the squared distance between row
`i` of `a` and row `j` of `b`.
""",
    solution=squared_distances,
    reference=_row_after_row,
    cases=_two_tables,
    example="""
places = torch.tensor([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0]])
print(squared_distances(places, places))
""",
    hints=(
        "You need the differences of all pairs first, shape `(n, m, d)`. Write `(m, d)` below it, "
        "aligned at the right: `b` fits as it is.",
        "`a` needs a new axis in the middle: `a.unsqueeze(1)` has the shape `(n, 1, d)`.",
        "Square, and add up the last axis.",
    ),
    mistakes=(
        Mistake(
            ".unsqueeze(1)",
            "",
            says="`(n, d)` and `(m, d)` are subtracted row from row, if they fit at all: give `a` "
            "an axis for the rows of `b`.",
        ),
        Mistake(
            "a.unsqueeze(1) - b",
            "a - b.unsqueeze(1)",
            says="Your table has a row for each row of `b`: the new axis belongs to `a`.",
        ),
        Mistake(
            ".sum(dim=-1)",
            ".sum(dim=-1).sqrt()",
            says="Those are the distances: here they are wanted squared.",
        ),
        Mistake(
            ".sum(dim=-1)", "", says="The squares of the `d` columns are still to be added up."
        ),
    ),
)
