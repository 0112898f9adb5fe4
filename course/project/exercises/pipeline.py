"""Exercises of the lesson `project/pipeline`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def columns_outside(training: Tensor, new: Tensor) -> Tensor:
    """Return for each new row in how many columns it leaves the training range, `(m,)`.

    Args:
        training: Rows that the model was fitted on, shape `(n, d)`.
        new: Rows to decide, shape `(m, d)`.

    Examples:
        >>> training = torch.tensor([[20.0, 3.0], [60.0, 5.0]])
        >>> columns_outside(training, torch.tensor([[30.0, 5.0], [61.0, 2.0]]))
        tensor([0, 2])
    """
    low, high = training.amin(dim=0), training.amax(dim=0)
    return ((new < low) | (new > high)).sum(dim=1)


def _cell_by_cell(training: Tensor, new: Tensor) -> Tensor:
    columns = list(zip(*training.tolist(), strict=True))
    counts = [
        sum(
            not min(known) <= value <= max(known) for known, value in zip(columns, row, strict=True)
        )
        for row in new.tolist()
    ]
    return torch.tensor(counts)


def _rows(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([[20.0, 3.0], [60.0, 5.0]]), torch.tensor([[30.0, 5.0], [61.0, 2.0]])
    yield torch.tensor([[1.0]]), torch.tensor([[1.0], [0.5]])
    for n, m, d in ((4, 6, 3), (20, 5, 4)):
        training = torch.randn(n, d, generator=generator, dtype=torch.float64)
        yield training, 2 * torch.randn(m, d, generator=generator, dtype=torch.float64)


outside = Exercise(
    name="project/outside",
    title="Rows unlike any before",
    mark=2,
    prompt="""
A model answers for any row, also for one unlike all that it was fitted on. Write
`columns_outside(training, new)`: for each new row, the number of columns in which its value is
below the lowest or above the highest training value.
""",
    solution=columns_outside,
    reference=_cell_by_cell,
    cases=_rows,
    example="""training = torch.tensor([[20.0, 3.0], [60.0, 5.0]])
print(columns_outside(training, torch.tensor([[30.0, 5.0], [61.0, 2.0]])))""",
    hints=(
        "`training.amin(dim=0)` is the lowest value of each column.",
        "`(new < low) | (new > high)` says it for each cell; `sum(dim=1)` counts along a row.",
    ),
    mistakes=(
        Mistake(
            "sum(dim=1)",
            "any(dim=1)",
            says="That says whether there is any: count the columns.",
        ),
        Mistake(
            "dim=1",
            "dim=0",
            says="That counts the rows of each column: count the columns of each row.",
        ),
        Mistake(
            "<",
            "<=",
            ">",
            ">=",
            says="A value that is equal to the lowest or the highest is inside.",
        ),
        Mistake(
            "training.amin(dim=0), training.amax(dim=0)",
            "training.min(), training.max()",
            says="Each column has a range of its own.",
        ),
        Mistake("(new < low) | ", "", says="Below the lowest value is outside, too."),
    ),
)


def column_differences(known: list[str], given: list[str]) -> tuple[list[str], list[str]]:
    """Return the names that are missing, and those that are new.

    Args:
        known: The columns that a model was fitted on.
        given: The columns of new rows, in any order.

    Returns:
        The known names that are not given, in the order of `known`, and the given names
        that are not known, in the order of `given`.

    Examples:
        >>> column_differences(["age", "bmi", "bp"], ["bp", "BMI", "age"])
        (['bmi'], ['BMI'])
    """
    missing = [name for name in known if name not in given]
    new = [name for name in given if name not in known]
    return missing, new


def _differences_of_sets(known: list[str], given: list[str]) -> tuple[list[str], list[str]]:
    missing, new = set(known) - set(given), set(given) - set(known)
    return sorted(missing, key=known.index), sorted(new, key=given.index)


def _by_place(known: list[str], given: list[str]) -> tuple[list[str], list[str]]:
    pairs = [(a, b) for a, b in zip(known, given, strict=False) if a != b]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _names(generator: Generator) -> Iterator[tuple[list[str], list[str]]]:
    yield ["age", "bmi", "bp"], ["bp", "BMI", "age"]
    yield ["age", "bmi"], ["age", "bmi"]
    yield ["b", "a", "c"], ["z", "a", "y", "b"]
    yield ["b", "a"], []
    yield ["b", "a"], ["b", "c"]
    letters = list("fedcbagh")
    for _ in range(2):
        order = torch.randperm(len(letters), generator=generator).tolist()
        yield letters[:5], [letters[k] for k in order[:4]]


columns = Exercise(
    name="project/columns",
    title="The columns of new rows",
    mark=1,
    prompt="""
Write `column_differences(known, given)`: which columns do new rows lack, and which do they add? Two
lists, each in the order in which the names came. With it, a model can refuse rows that it would
misread.
""",
    solution=column_differences,
    reference=_differences_of_sets,
    cases=_names,
    example='print(column_differences(["age", "bmi", "bp"], ["bp", "BMI", "age"]))',
    hints=(
        "Go through `known` and keep the names that are not in `given`.",
        "Then the other way round: the names of `given` that are not in `known`.",
    ),
    mistakes=(
        Mistake(_by_place, says="Names are compared place by place: the order is to be no matter."),
        Mistake(
            "name not in given",
            "name.lower() not in map(str.lower, given)",
            "name not in known",
            "name.lower() not in map(str.lower, known)",
            says="`BMI` and `bmi` are two names: the case of letters counts.",
        ),
        Mistake(
            "return missing, new",
            "return new, missing",
            says="First the names that are missing, then those that are new.",
        ),
    ),
)


def saved_per_row(matrix: Tensor, alarm: float, miss: float) -> float:
    """Return what deciding by the model saves per row; below 0 if it costs more than doing without.

    Args:
        matrix: Counts `(2, 2)`: in row 0 those whose answer is no, in row 1 those with yes; in
            column 0 those taken for no, in column 1 those taken for yes.
        alarm: The cost of a no that is taken for a yes.
        miss: The cost of a yes that is taken for a no.

    Examples:
        >>> saved_per_row(torch.tensor([[6, 2], [0, 2]]), alarm=1.0, miss=5.0)
        0.6
    """
    no, yes = matrix.sum(dim=1).tolist()
    with_model = alarm * matrix[0, 1].item() + miss * matrix[1, 0].item()
    saved: float = (min(alarm * no, miss * yes) - with_model) / (no + yes)
    return saved


def _row_after_row(matrix: Tensor, alarm: float, miss: float) -> float:
    price = {(0, 1): alarm, (1, 0): miss}
    rows = [(i, j) for i in (0, 1) for j in (0, 1) for _ in range(int(matrix[i, j]))]
    bills = [
        sum(price.get((answer, say), 0.0) for answer, _ in rows)
        for say in (0, 1)  # everybody gets the same
    ]
    return (min(bills) - sum(price.get(row, 0.0) for row in rows)) / len(rows)


def _verdicts(generator: Generator) -> Iterator[tuple[Tensor, float, float]]:
    yield torch.tensor([[6, 2], [0, 2]]), 1.0, 5.0
    yield torch.tensor([[50, 10], [4, 6]]), 1.0, 2.0
    yield torch.tensor([[5, 15], [9, 11]]), 2.0, 3.0
    yield torch.tensor([[90, 0], [10, 0]]), 1.0, 4.0
    yield torch.randint(1, 30, (2, 2), generator=generator), 0.5, 7.0


worth = Exercise(
    name="project/worth",
    title="Worth having?",
    mark=2,
    prompt="""
Two models look at the same 100 patients, 30 of them with the answer yes. One is right for 80, the
other for 70. Can the second be the one to use? Decide, then write
`saved_per_row(matrix, alarm, miss)`: what deciding by a model saves per row, next to the best that
one can do *without* a model. The matrix counts answers by what they are (row) and what they are
taken for (column), no before yes.
""",
    solution=saved_per_row,
    reference=_row_after_row,
    cases=_verdicts,
    example="""
careful = torch.tensor([[68, 2], [18, 12]])
eager = torch.tensor([[43, 27], [3, 27]])
for matrix in (careful, eager):
    right = matrix.trace().item()
    print(f"{right} right, saves {saved_per_row(matrix, alarm=1.0, miss=4.0):.2f} per row")
""",
    hints=(
        "Without a model you can decide the same for everybody, in two ways. What does each cost?",
        "One kind of mistake stands in the upper right, the other in the lower left: they cost "
        "different amounts.",
    ),
    mistakes=(
        Mistake(
            "min(alarm * no, miss * yes)",
            "miss * yes",
            says="Without a model one need not say no to everybody: yes to all may cost less.",
        ),
        Mistake(
            "min(alarm * no, miss * yes)",
            "alarm * no",
            says="Without a model one need not say yes to everybody: no to all may cost less.",
        ),
        Mistake(
            "matrix[0, 1].item() + miss * matrix[1, 0].item()",
            "matrix[1, 0].item() + miss * matrix[0, 1].item()",
            says="The two kinds of mistake have changed places: a row holds one true answer.",
        ),
        Mistake(
            " / (no + yes)",
            "",
            says="That is the sum over all rows: divide by their number.",
        ),
    ),
)
