"""Exercises of the lesson `tensors/vectors`: write it, and `check` tells what is missing."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Generator, Tensor, nn

from course.practice import Exercise, Mistake


def in_rows(x: Tensor, columns: int) -> Tensor:
    """Return the elements in rows, without those that do not fill a row.

    Args:
        x: Shape `(n,)`.
        columns: The number of elements of a row.

    Returns:
        Shape `(m, columns)`, where `m` is how many full rows there are.

    Examples:
        >>> in_rows(torch.tensor([1, 2, 3, 4, 5]), 2)
        tensor([[1, 2],
                [3, 4]])
    """
    full = len(x) // columns * columns
    return x[:full].view(-1, columns)


def _rows_of_lists(x: Tensor, columns: int) -> Tensor:
    elements = x.tolist()
    rows = [elements[i : i + columns] for i in range(0, len(x) - columns + 1, columns)]
    return torch.tensor(rows, dtype=x.dtype).reshape(len(rows), columns)


def _vectors_and_columns(generator: Generator) -> Iterator[tuple[Tensor, int]]:
    yield torch.arange(5), 2
    yield torch.randn(12, generator=generator), 4
    yield torch.randn(7, generator=generator, dtype=torch.float64), 3
    yield torch.tensor([-1.0]), 1
    yield torch.tensor([3, 8]), 3


full_rows = Exercise(
    name="tensors/full_rows",
    title="Full rows",
    mark=1,
    prompt="""
Readings come one after another, `columns` of them a day, and the last day may have stopped early.
Write `in_rows(x, columns)`: one row for each full day, and nothing of a day that is not full.
""",
    solution=in_rows,
    reference=_rows_of_lists,
    cases=_vectors_and_columns,
    example="print(in_rows(torch.arange(11), 4))",
    hints=(
        "How many full rows there are, `len(x) // columns` says; it cuts the decimals off.",
        "Take a slice that full rows fill, then `view` with −1 for the number of rows.",
    ),
    mistakes=(
        Mistake(
            "[:full]",
            "",
            says="`view` and `reshape` find a place for every element, or stop: first take the "
            "slice that full rows fill.",
        ),
        Mistake(
            ":full",
            ": -(len(x) % columns)",
            says="When nothing is left over, your slice is `x[:-0]`, which is `x[:0]` and empty: "
            "count from the front.",
        ),
        Mistake(
            "-1, columns",
            "columns, -1",
            says="A shape counts the rows first: `columns` is its second number, and −1 the first.",
        ),
    ),
)


def fill_gaps(readings: Tensor, gap: float) -> Tensor:
    """Return the readings as float32, with the mean of the others in place of each gap.

    Args:
        readings: Shape `(n,)`, of any type of number. They stay as they are.
        gap: The number that stands where nothing was measured.
            At least one reading is no gap.

    Returns:
        Shape `(n,)`.

    Examples:
        >>> fill_gaps(torch.tensor([4, -999, 5]), gap=-999)
        tensor([4.0000, 4.5000, 5.0000])
    """
    filled = readings.float().clone()  # float() alone copies only what it has to convert
    filled[readings == gap] = filled[readings != gap].mean()
    return filled


def _two_faults(readings: Tensor, gap: float) -> Tensor:
    """Return the readings as float32, with the mean of the others in place of each gap.

    Args:
        readings: Shape `(n,)`, of any type of number. They stay as they are.
        gap: The number that stands where nothing was measured.
            At least one reading is no gap.

    Returns:
        Shape `(n,)`.
    """
    filled = readings.float()
    filled[filled == gap] = filled.mean()
    return filled


def _mean_without_nan(readings: Tensor, gap: float) -> Tensor:
    unknown = torch.where(readings == gap, torch.nan, readings).to(torch.float32)
    return unknown.nan_to_num(nan=unknown.nanmean().item())


def _readings_and_gaps(generator: Generator) -> Iterator[tuple[Tensor, float]]:
    yield torch.tensor([4, -999, 5]), -999
    yield torch.tensor([1.5, -1.0, -2.5, -1.0]), -1
    yield torch.tensor([0.0, 3.0, 0.0, -7.0], dtype=torch.float64), 0
    yield torch.randn(5, generator=generator), -999
    yield torch.tensor([7.5]), -999


def _written_to_later(function: Callable[..., Any], readings: Tensor, gap: float) -> Any:
    """Overwrite what the function gave: what shares memory with the readings changes them."""
    filled = function(readings, gap)
    if not isinstance(filled, Tensor):
        return filled
    values = filled.clone()
    filled.zero_()
    return values


gaps = Exercise(
    name="tensors/gaps",
    title="Two faults in the gaps",
    mark=2,
    prompt="""
An instrument writes −999 where it measured nothing. This `fill_gaps` is to return the readings as
`float32`, with the mean of the readings that are no gaps in place of each gap, and to leave the
readings as they are. There are two faults in it, and neither raises an error. Find both by reading,
and say for each with which readings it shows. Then repair them. (The check also writes to what you
return, and looks at the readings afterwards.)
""",
    solution=fill_gaps,
    starter=_two_faults,
    reference=_mean_without_nan,
    cases=_readings_and_gaps,
    use=_written_to_later,
    example="print(fill_gaps(torch.tensor([4, -999, 5]), gap=-999))",
    hints=(
        "Of which numbers is `filled.mean()` the mean? Try 4, −999 and 5.",
        "When does `float()` return a new tensor, and when the one that it was given? Compare "
        "`data_ptr()` before and after, for whole numbers and for others.",
    ),
    mistakes=(
        Mistake(
            ".clone()",
            "",
            says="`float()` copies only what it has to convert: it hands a tensor of `float32` "
            "through, and you write into the readings. Call `clone()`.",
        ),
        Mistake(
            "[readings != gap]",
            "",
            says="The gaps themselves count in your mean: take it where there are none.",
        ),
        Mistake(
            ".float()",
            "",
            says="torch gives no mean of whole numbers, and the result is to be `float32`: call "
            "`float()` first.",
        ),
        Mistake(
            ".float()",
            "",
            "].mean()",
            "].float().mean()",
            says="What you assign is cast to the type of the tensor that is there, whole numbers "
            "perhaps: make the copy `float32` before you write to it.",
        ),
        Mistake(
            "filled = readings.float().clone()",
            "if not (readings == gap).any():\n        return readings.float()\n"
            "    filled = readings.float().clone()",
            says="Readings of `float32` without a gap come back themselves, and who writes to the "
            "result writes to them: return a copy in any case.",
        ),
    ),
)


def mean_and_std(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean and the standard deviation, as torch does; both are scalars.

    Args:
        x: Shape `(n,)`, floating-point numbers, `n` at least 2.

    Examples:
        >>> mean_and_std(torch.tensor([1.0, 2.0, 3.0]))
        (tensor(2.), tensor(1.))
    """
    mean = x @ torch.ones_like(x) / len(x)
    deviation = x - mean
    return mean, (deviation @ deviation / (len(x) - 1)).sqrt()


def _torchs_own(x: Tensor) -> tuple[Tensor, Tensor]:
    return x.mean(), x.std()


def _samples(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([1.0, 2.0, 3.0]),)
    yield (torch.randn(2, generator=generator, dtype=torch.float64) - 5,)
    yield (torch.randn(20, generator=generator),)
    yield (torch.full((3,), -2.5),)


dot_products = Exercise(
    name="tensors/dot_products",
    title="Dot products are enough",
    mark=3,
    prompt="""
Write `mean_and_std(x)` with `@`, vectors of ones, arithmetic and a square root alone. Both results
are to be those of torch, for `float32` and `float64` alike. So the sum of the squared deviations is
divided by $n - 1$.
""",
    solution=mean_and_std,
    reference=_torchs_own,
    cases=_samples,
    example="print(mean_and_std(torch.tensor([11.0, 9.5, 14.0])))",
    hints=(
        "A sum is a dot product with ones: `torch.ones_like(x)` has the shape and type of `x`.",
        "With `deviation = x - mean`, what is `deviation @ deviation`?",
    ),
    mistakes=(
        Mistake(
            "(len(x) - 1)", "len(x)", says="That is NumPy's: torch divides by n − 1, not by n."
        ),
        Mistake(".sqrt()", "", says="That is the variance: its root is the standard deviation."),
        Mistake(
            "x - mean", "x", says="Distances are to be measured from the mean: use `x - mean`."
        ),
        Mistake(
            "ones_like(x)",
            "ones(len(x))",
            says="`torch.ones(n)` is `float32`, and `@` takes two vectors of one type: "
            "`torch.ones_like(x)` has that of `x`.",
        ),
    ),
)


def cosine(a: Tensor, b: Tensor) -> Tensor:
    """Return the cosine of the angle between two vectors, a scalar between −1 and 1.

    Args:
        a: Shape `(n,)`, floating-point numbers, not all zero.
        b: Shape `(n,)`, the same.

    Examples:
        >>> cosine(torch.tensor([3.0, 0.0]), torch.tensor([-2.0, 0.0]))
        tensor(-1.)
    """
    return a @ b / ((a @ a) * (b @ b)).sqrt()


def _torchs_cosine(a: Tensor, b: Tensor) -> Tensor:
    return nn.functional.cosine_similarity(a, b, dim=0)


def _two_vectors(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([3.0, 1.0]), torch.tensor([1.0, 2.0])
    yield torch.tensor([2.0, 0.0]), torch.tensor([0.0, -3.0])
    yield torch.tensor([0.5]), torch.tensor([-4.0])
    a, b = torch.randn(2, 9, generator=generator, dtype=torch.float64)
    yield a, b


angle = Exercise(
    name="tensors/angle",
    title="The angle",
    mark=2,
    prompt="""
The lengths of two vectors and their dot product give the angle between them:
$\\cos \\alpha = u \\cdot v / (\\lVert u \\rVert \\lVert v \\rVert)$. Write `cosine(a, b)`. The
squared length of a vector is its dot product with itself.
""",
    solution=cosine,
    reference=_torchs_cosine,
    cases=_two_vectors,
    example="""
east = torch.tensor([2.0, 0.0])
northeast = torch.tensor([1.0, 1.0])
print(torch.rad2deg(torch.acos(cosine(east, northeast))))
""",
    hints=("The length of `a` is `(a @ a).sqrt()`.",),
    mistakes=(
        Mistake(
            " * (b @ b)",
            "",
            says="That is the length of the shadow of `b` on `a`: divide by the length of `b` as "
            "well.",
        ),
        Mistake(".sqrt()", "", says="`a @ a` is the length squared: take the root."),
        Mistake("a @ b", "a * b", says="`*` gives a vector: the dot product is `@`."),
    ),
)
