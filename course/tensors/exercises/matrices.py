"""Exercises of the lesson `tensors/matrices`: write it, and `check` tells what is missing."""

from collections.abc import Callable, Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def part_of_column(x: Tensor, first: int, end: int, column: int) -> Tensor:
    """Return the elements of one column that stand in some rows, as a view.

    Args:
        x: Shape `(n, d)`.
        first: The first of the rows.
        end: The first row that is not taken any more.
        column: The column.

    Returns:
        Shape `(end - first,)`.

    Examples:
        >>> part_of_column(torch.tensor([[0, 1], [10, 11], [20, 21]]), 1, 3, 0)
        tensor([10, 20])
    """
    return x[first:end, column]


def _from_the_transpose(x: Tensor, first: int, end: int, column: int) -> Tensor:
    return x.T.select(0, column).narrow(0, first, end - first)


def _tables_and_parts(generator: Generator) -> Iterator[tuple[Tensor, int, int, int]]:
    yield torch.tensor([[0, 1, 2], [10, 11, 12], [20, 21, 22], [30, 31, 32]]), 1, 3, 0
    yield torch.randn(5, 3, generator=generator), 0, 4, 2
    yield torch.randn(3, 4, generator=generator, dtype=torch.float64).T, 2, 3, 1
    yield torch.tensor([[1.0, 2.0], [3.0, 4.0]]), 1, 1, 1


def _taken_then_overwritten(
    function: Callable[..., Tensor], x: Tensor, first: int, end: int, column: int
) -> Tensor:
    part = function(x, first, end, column)
    taken = part.clone()
    part.zero_()
    return taken


column_part = Exercise(
    name="tensors/column_part",
    title="A part of a column",
    mark=1,
    prompt="""
A table has a row for each hour and a column for each sensor. Write
`part_of_column(x, first, end, column)`: what one sensor measured from hour `first` up to, but not
including, hour `end`. Whoever gets it will write corrections into it, and they are to arrive in the
table: give a view.
""",
    solution=part_of_column,
    reference=_from_the_transpose,
    cases=_tables_and_parts,
    use=_taken_then_overwritten,
    example="""
x = torch.tensor([[0, 1, 2], [10, 11, 12], [20, 21, 22]])
part_of_column(x, 0, 2, 1)[:] = -1
print(x)
""",
    hints=(
        "One pair of brackets takes an index for each axis, with a comma between them.",
        "A slice gives a view; an index list gives a copy.",
    ),
    mistakes=(
        Mistake(
            "first:end, column",
            "first:end][column",
            says="Your second pair of brackets counts rows again, those of the first result: write "
            "one pair, with a comma.",
        ),
        Mistake(
            "first:end",
            "list(range(first, end))",
            says="An index list makes a copy, and what is written there never reaches the table: "
            "use a slice.",
        ),
        Mistake(
            "column",
            "column : column + 1",
            says="A slice of one column keeps its axis: a number in its place gives the shape "
            "`(m,)`.",
        ),
        Mistake(
            "end", "end + 1", says="A slice ends before its second number: `end` is already right."
        ),
    ),
)


def row_products(a: Tensor, b: Tensor) -> Tensor:
    """Return the dot product of each row of `a` with the same row of `b`.

    Args:
        a: Shape `(n, d)`.
        b: Shape `(n, d)`, of the same type.

    Returns:
        Shape `(n,)`.

    Examples:
        >>> row_products(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[1, 1], [0, 2]]))
        tensor([3, 8])
    """
    return (a * b).sum(dim=1)


def _diagonal_of_all(a: Tensor, b: Tensor) -> Tensor:
    return torch.einsum("nd,nd->n", a, b)


def _two_tables(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([[1, 2], [3, 4]]), torch.tensor([[1, 1], [0, 2]])
    yield torch.randn(5, 3, generator=generator), torch.randn(5, 3, generator=generator)
    a, b = torch.randn(2, 4, 2, generator=generator, dtype=torch.float64)
    yield a, b.T.contiguous().T
    yield torch.ones(1, 6), torch.full((1, 6), 0.5)


rows = Exercise(
    name="tensors/rows",
    title="Row by row",
    mark=2,
    prompt="""
Write `row_products(a, b)`: the dot product of each row of `a` with the *same* row of `b`. No loop,
and no product of rows that do not belong together.
""",
    solution=row_products,
    reference=_diagonal_of_all,
    cases=_two_tables,
    example="print(row_products(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[1, 1], [0, 2]])))",
    hints=(
        "A dot product is a Hadamard product, added up.",
        "`sum(dim=...)` adds along one axis, and that axis is gone from the shape.",
    ),
    mistakes=(
        Mistake(
            "dim=1",
            "dim=0",
            says="You added along axis 0, from row to row: `dim=1` adds along a row.",
        ),
        Mistake(
            "(a * b).sum(dim=1)",
            "a @ b.T",
            says="That is each row of `a` with each row of `b`; those you want are its diagonal "
            "alone.",
        ),
        Mistake("dim=1", "", says="`sum()` adds everything: say along which axis, with `dim`."),
        Mistake(".sum(dim=1)", "", says="The products are right: now add them along each row."),
    ),
)


def channels_first(image: Tensor) -> Tensor:
    """Return a picture as torch's layers take it: channels first, from 0 to 1.

    Args:
        image: Shape `(h, w, 3)`, uint8 from 0 to 255, as files hold it.

    Returns:
        Shape `(3, h, w)`, float32.

    Examples:
        >>> red = torch.tensor([[[255, 0, 0]]], dtype=torch.uint8)
        >>> channels_first(red).flatten()
        tensor([1., 0., 0.])
    """
    return image.permute(2, 0, 1).float() / 255


def _read_on(image: Tensor) -> Tensor:
    """Return a picture as torch's layers take it: channels first, from 0 to 1.

    Args:
        image: Shape `(h, w, 3)`, uint8 from 0 to 255, as files hold it.

    Returns:
        Shape `(3, h, w)`, float32.
    """
    rows, columns, channels = image.shape
    return image.reshape(channels, rows, columns).float() / 255


def _plane_by_plane(image: Tensor) -> Tensor:
    planes = [image[:, :, channel].to(torch.float32) for channel in range(3)]
    return torch.stack(planes) / 255


def _pictures(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.randint(0, 256, (2, 3, 3), generator=generator, dtype=torch.uint8),)
    yield (torch.randint(0, 256, (4, 4, 3), generator=generator, dtype=torch.uint8),)
    yield (torch.tensor([[[255, 128, 0]]], dtype=torch.uint8),)


channels = Exercise(
    name="tensors/channels",
    title="The right shape, another picture",
    mark=2,
    prompt="""
Files keep a colour image as `(h, w, 3)`: at each pixel its red, green and blue, as whole numbers
from 0 to 255. The layers of torch want `(3, h, w)`: a red image, a green one and a blue one, best
from 0 to 1. This `channels_first` returns the right shape, the right type and the right range. Yet
its pictures are not those that were given. Predict where the *green* of the very first pixel ends
up, try it, and then repair the function.
""",
    solution=channels_first,
    starter=_read_on,
    reference=_plane_by_plane,
    cases=_pictures,
    example="""
image = torch.tensor([[[255, 0, 51], [0, 255, 102]]], dtype=torch.uint8)
print(channels_first(image))
""",
    hints=(
        "In memory, the green of the first pixel comes right after its red. Which place of the "
        "result is the second one in reading order?",
        "Axes change places: that is `permute`. Which axis of the image comes first afterwards?",
        "Divide numbers that may have decimals: `/` gives `float32` here.",
    ),
    mistakes=(
        Mistake(
            "permute(2, 0, 1)",
            "reshape(3, *image.shape[:2])",
            says="`reshape` reads on in the old order, so your “red image” is a part of the "
            "picture in all colours: `permute` exchanges axes.",
        ),
        Mistake(
            "2, 0, 1",
            "2, 1, 0",
            says="Rows and columns have changed places as well: the picture is mirrored. Keep `h` "
            "before `w`.",
        ),
        Mistake(" / 255", "", says="The values still go up to 255: divide by it."),
        Mistake(
            "/ 255", "// 255", says="`//` divides whole numbers and leaves only 0 and 1: use `/`."
        ),
    ),
)


def collage(images: Tensor, columns: int) -> Tensor:
    """Return one large image: the images in rows, as many in each as there are columns.

    Args:
        images: Shape `(n, h, w)`, with `n` a multiple of `columns`.
        columns: The number of images side by side.

    Returns:
        Shape `(n / columns * h, columns * w)`.

    Examples:
        >>> collage(torch.arange(4).view(4, 1, 1).expand(4, 1, 2), 2)
        tensor([[0, 0, 1, 1],
                [2, 2, 3, 3]])
    """
    _, height, width = images.shape
    grid = images.reshape(-1, columns, height, width)
    return grid.permute(0, 2, 1, 3).reshape(-1, columns * width)


def _put_together(images: Tensor, columns: int) -> Tensor:
    rows = [torch.cat(list(row), dim=1) for row in images.split(columns)]
    return torch.cat(rows)


def _batches(generator: Generator) -> Iterator[tuple[Tensor, int]]:
    yield torch.arange(24).view(4, 2, 3), 2
    yield torch.randn(6, 3, 3, generator=generator), 3
    yield torch.arange(48).view(6, 4, 2), 3
    yield torch.randn(6, 1, 2, generator=generator, dtype=torch.float64), 2
    yield torch.randn(2, 4, 3, generator=generator).transpose(1, 2), 1


sheet = Exercise(
    name="tensors/sheet",
    title="A contact sheet",
    mark=3,
    prompt="""
Write `collage(images, columns)`: a batch of images as one large image, `columns` of them side by
side, in reading order. The number of images is a multiple of `columns`. A loop would do; three
calls that each change one thing do as well.
""",
    solution=collage,
    reference=_put_together,
    cases=_batches,
    example="""
one = torch.ones(2, 2)
print(collage(torch.stack([one, 2 * one, 3 * one, 4 * one]), 2))
""",
    hints=(
        "First split the axis of the images in two, rows and columns of the sheet: a `reshape`.",
        "A line of the sheet goes through the same line of several images: which two axes have to "
        "change places, so that `columns` and `w` are neighbours at the end?",
        "Then merge neighbours: a `reshape` again.",
    ),
    mistakes=(
        Mistake(
            ".permute(0, 2, 1, 3)",
            "",
            says="The shape is right, and each line of your sheet is filled from one image alone: "
            "`reshape` reads on in memory order. Bring the axes into the right order first.",
        ),
        Mistake(
            "-1, columns, height",
            "columns, -1, height",
            "0, 2, 1, 3",
            "1, 2, 0, 3",
            says="Your images run down the columns of the sheet: split the first axis into rows "
            "and columns in this order.",
        ),
        Mistake(
            "grid.permute(0, 2, 1, 3).reshape(-1, columns * width)",
            "torch.cat(list(images))",
            says="They all stand one below the other: use `columns`.",
        ),
        Mistake(
            ".permute(0, 2, 1, 3).reshape(-1, columns * width)",
            "",
            says="The images are in rows and columns now, as four axes: bring them to two.",
        ),
    ),
)
