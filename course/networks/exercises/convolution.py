"""Exercises of the lesson `networks/convolution`: write it, and `check` tells what is missing."""

import itertools
from collections.abc import Iterator

import torch
from torch import Generator, Tensor
from torch.nn import functional as F  # noqa: N812, the name it has everywhere

from course.networks.convolution import conv2d
from course.practice import Exercise, Mistake


def blur(images: Tensor) -> Tensor:
    """Return for each pixel the mean of the nine in its 3 × 3 window; outside the image are zeros.

    Args:
        images: Shape `(n, h, w)`, floating point.

    Returns:
        Shape `(n, h, w)`.

    Examples:
        >>> blur(torch.full((1, 2, 2), 9.0))
        tensor([[[4., 4.],
                 [4., 4.]]])
    """
    h, w = images.shape[1:]
    padded = F.pad(images, (1, 1, 1, 1))
    total = torch.zeros_like(images)
    for i in range(3):
        for j in range(3):
            total += padded[:, i : i + h, j : j + w]
    return total / 9


def _by_pooling(images: Tensor) -> Tensor:
    return F.avg_pool2d(images.unsqueeze(1), 3, stride=1, padding=1).squeeze(1)


def _images(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.full((1, 2, 2), 9.0),)
    yield (torch.ones(2, 1, 1),)
    yield (torch.randn(2, 4, 6, generator=generator, dtype=torch.float64),)


blur_by_hand = Exercise(
    name="networks/blur_by_hand",
    title="Blur by hand",
    mark=1,
    prompt="""
A kernel of nine times 1/9 puts the mean of its window in the place of each pixel. Write
`blur(images)` without any function for convolution or pooling: nine shifted copies of the padded
image, added. The output has the size of the image, and zeros stand around it.
""",
    solution=blur,
    reference=_by_pooling,
    cases=_images,
    example="print(blur(torch.full((1, 2, 2), 9.0)))",
    hints=(
        "`F.pad(images, (1, 1, 1, 1))` adds a row or column of zeros on each side.",
        "The copy for row $i$ and column $j$ of the kernel is `padded[:, i : i + h, j : j + w]`.",
        "Nine of them are added, and the sum is divided by nine.",
    ),
    mistakes=(
        Mistake(" / 9", "", says="That is the sum of the window: the mean is a ninth of it."),
        Mistake(
            "F.pad(images, (1, 1, 1, 1))",
            'F.pad(images, (1, 1, 1, 1), mode="replicate")',
            says="At the border zeros are meant: here pixels of the border were repeated.",
        ),
        Mistake(
            "F.pad(images, (1, 1, 1, 1))",
            "F.pad(images, (0, 2, 0, 2))",
            says="The window sits right and below of its pixel: pad equally on both sides.",
        ),
        Mistake(
            "range(3):\n        for j in range(3)",
            "range(2):\n        for j in range(2)",
            says="The window has three rows and three columns.",
        ),
        Mistake(
            "padded[:, i : i + h, j : j + w]",
            "padded[:, i : i + h, i : i + w]",
            says="Rows and columns move apart from one another: the columns begin at j.",
        ),
    ),
)


def same_padding(kernel_size: int, dilation: int = 1) -> int | None:
    """Return the padding with which the output is as large as the image, at stride 1; or None.

    Args:
        kernel_size: The side of the kernel, at least 1.
        dilation: How far apart the pixels are that meet neighbours of the kernel.

    Examples:
        >>> same_padding(3), same_padding(5, dilation=2), same_padding(4)
        (1, 4, None)
    """
    both = dilation * (kernel_size - 1)
    return both // 2 if both % 2 == 0 else None


def _by_trying(kernel_size: int, dilation: int = 1) -> int | None:
    side = dilation * kernel_size + 1
    x, weight = torch.zeros(1, 1, side, side), torch.zeros(1, 1, kernel_size, kernel_size)
    for padding in range(dilation * kernel_size + 1):
        if F.conv2d(x, weight, padding=padding, dilation=dilation).shape == x.shape:
            return padding
    return None


def _kernels(_: Generator) -> Iterator[tuple[int, int] | tuple[int]]:
    yield from ((3,), (4,), (1,))
    yield from itertools.product((1, 2, 3, 4, 5, 7), (1, 2, 3))


keep_size = Exercise(
    name="networks/keep_size",
    title="The padding that keeps the size",
    mark=2,
    prompt="""
With stride 1, which padding makes the output as large as the image? Write
`same_padding(kernel_size, dilation=1)`: a whole number, or `None` where no padding does it, because
both sides get the same.
""",
    solution=same_padding,
    reference=_by_trying,
    cases=_kernels,
    example="print(same_padding(3), same_padding(5, dilation=2), same_padding(4))",
    hints=(
        "By how much is the output smaller than the image without padding?",
        r"By the reach of the kernel, less one: $d\,(k - 1)$ for the kernel size $k$ and dilation "
        "$d$.",
        "Padding adds twice its number. What if that reach is odd?",
    ),
    mistakes=(
        Mistake(
            "both // 2 if both % 2 == 0 else None",
            "both // 2",
            says="Where the reach less one is odd, no padding does it: the sides are alike.",
        ),
        Mistake(
            "dilation * (kernel_size - 1)",
            "kernel_size - 1",
            says="Dilation makes the kernel reach farther, and the padding has to make up for it.",
        ),
        Mistake(
            "(kernel_size - 1)",
            "kernel_size",
            says="A kernel of one pixel takes nothing away: one less than its size counts.",
        ),
        Mistake(
            "return both // 2 if",
            "return both if",
            says="Padding is added on both sides: half of what is lost is enough.",
        ),
    ),
)


def as_matrix(weight: Tensor, size: tuple[int, int]) -> Tensor:
    """Return the weights of a linear layer that does what a kernel does, without padding.

    Args:
        weight: Shape `(kh, kw)`.
        size: The height and the width of the image.

    Returns:
        Shape `(rows * columns, h * w)`: a row for each output, a column for each pixel.

    Examples:
        >>> as_matrix(torch.tensor([[-1.0, 1.0]]), size=(1, 3))
        tensor([[-1.,  1.,  0.],
                [ 0., -1.,  1.]])
    """
    pixels = size[0] * size[1]
    one_each = torch.eye(pixels, dtype=weight.dtype).view(pixels, 1, *size)
    return conv2d(one_each, weight[None, None]).flatten(1).T


def _by_its_derivatives(weight: Tensor, size: tuple[int, int]) -> Tensor:
    def flat(x: Tensor) -> Tensor:
        return F.conv2d(x.view(1, 1, *size), weight[None, None]).flatten()

    found = torch.autograd.functional.jacobian(flat, weight.new_zeros(size[0] * size[1]))
    assert isinstance(found, Tensor)
    return found


def _weights(generator: Generator) -> Iterator[tuple[Tensor, tuple[int, int]]]:
    yield torch.tensor([[-1.0, 1.0]]), (1, 3)
    yield torch.randn(2, 3, generator=generator, dtype=torch.float64), (3, 5)
    yield torch.randn(2, 2, generator=generator), (4, 3)


layer_matrix = Exercise(
    name="networks/layer_matrix",
    title="The linear layer that does the same",
    mark=3,
    prompt="""
A convolution is linear, so some linear layer on the flattened image does the same. Write
`as_matrix(weight, size)`: its matrix, shape `(outputs, pixels)`, for one kernel and one channel.
Use `conv2d` of this lesson. Then look at it: how many of its numbers are 0, and how many differ?
""",
    solution=as_matrix,
    reference=_by_its_derivatives,
    cases=_weights,
    example="print(as_matrix(torch.tensor([[-1.0, 1.0]]), size=(1, 3)))",
    hints=(
        "A column of a matrix is what it makes of a vector with one 1 and else zeros.",
        "So give `conv2d` all images that have one pixel with 1: `torch.eye(h * w)` holds them.",
        "What comes out has a row for each pixel: transpose it.",
    ),
    mistakes=(
        Mistake(".flatten(1).T", ".flatten(1)", says="Outputs are rows: transpose it."),
        Mistake(
            "torch.eye(pixels, dtype=weight.dtype)",
            "torch.eye(pixels, dtype=weight.dtype).flip(0)",
            says="The pixels are in another order: the first column is for the first pixel.",
        ),
        Mistake(
            "weight[None, None]",
            "weight.flip(0, 1)[None, None]",
            says="The kernel is turned: convolutions of networks take it as it is.",
        ),
        Mistake(
            "conv2d(one_each, weight[None, None])",
            "conv2d(one_each, weight[None, None], padding=1)",
            says="There are too many rows: no padding is meant.",
        ),
    ),
)
