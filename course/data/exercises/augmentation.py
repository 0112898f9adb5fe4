"""Exercises of the lesson `data/augmentation`: write it, and `check` tells what is missing."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def centre_crop(images: Tensor, size: int) -> Tensor:
    """Return the square in the middle of each image.

    Args:
        images: Shape `(..., h, w)`. What is cut off above and below is the same number of rows,
            what is cut off left and right the same number of columns.
        size: Rows and columns of the square, at most `h` and `w`.

    Returns:
        Shape `(..., size, size)`.

    Examples:
        >>> centre_crop(torch.arange(12).reshape(2, 6), 2)
        tensor([[2, 3],
                [8, 9]])
    """
    height, width = images.shape[-2:]
    top, left = (height - size) // 2, (width - size) // 2
    return images[..., top : top + size, left : left + size]


def _torchvisions_centre(images: Tensor, size: int) -> Tensor:
    from torchvision.transforms.v2 import functional  # it takes long to load

    cropped: Tensor = functional.center_crop(images, [size, size])
    return cropped


def _images_and_sizes(generator: Generator) -> Iterator[tuple[Tensor, int]]:
    yield torch.arange(16).reshape(1, 4, 4), 2
    yield torch.randint(0, 256, (5, 1, 9, 7), generator=generator, dtype=torch.uint8), 3
    yield torch.randn(2, 3, 6, 8, generator=generator), 6
    yield torch.randn(3, 4, 4, generator=generator, dtype=torch.float64), 4


centre = Exercise(
    name="data/centre",
    title="The middle",
    mark=1,
    prompt="""
A model takes images of one size, yours are larger, and what matters is in the middle. Write
`centre_crop(images, size)`, which works on one image, on a batch, and with channels: rows and
columns are the last two axes.
""",
    solution=centre_crop,
    reference=_torchvisions_centre,
    cases=_images_and_sizes,
    example="print(centre_crop(torch.arange(16).reshape(4, 4), 2))",
    hints=(
        "Of `h - size` rows that are cut off, half are above.",
        "`images[..., a:b, c:d]` slices the last two axes, however many there are before.",
    ),
    mistakes=(
        Mistake(
            "top : top + size, left : left + size",
            ":size, :size",
            says="That is the corner: begin at half of what is cut off.",
        ),
        Mistake(
            "top : top + size, left : left + size",
            "top:size, left:size",
            says="A slice ends at a position: that is `top + size`, and not `size`.",
        ),
        Mistake(
            "-2:",
            ":2",
            "..., ",
            "",
            says="Rows and columns are the last two axes, not the first two: begin with "
            "`images[..., `.",
        ),
    ),
)


def flip_some(images: Tensor, chosen: Tensor) -> Tensor:
    """Return the images, the chosen ones with left and right exchanged.

    Args:
        images: Shape `(n, c, h, w)`. They stay as they are.
        chosen: Shape `(n,)`, `torch.bool`.

    Returns:
        Shape `(n, c, h, w)`.

    Examples:
        >>> flip_some(torch.tensor([[[[1, 2]]], [[[3, 4]]]]), torch.tensor([False, True])).flatten()
        tensor([1, 2, 4, 3])
    """
    flipped = images.clone()
    flipped[chosen] = images[chosen].flip(-1)
    return flipped


def _one_by_one(images: Tensor, chosen: Tensor) -> Tensor:
    backwards = torch.arange(images.shape[-1] - 1, -1, -1)
    one_by_one = zip(images, chosen.tolist(), strict=True)
    return torch.stack([image[..., backwards] if flip else image for image, flip in one_by_one])


def _images_and_choices(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.arange(12).reshape(3, 1, 2, 2), torch.tensor([True, False, True])
    yield torch.randn(2, 3, 4, 5, generator=generator), torch.tensor([False, False])
    yield torch.randn(1, 1, 3, 3, generator=generator), torch.tensor([True])
    images = torch.randint(0, 256, (9, 1, 4, 4), generator=generator, dtype=torch.uint8)
    yield images, torch.rand(9, generator=generator) < 0.5


def _next_epoch(function: Callable[..., Any], images: Tensor, chosen: Tensor) -> Any:
    """Overwrite what the function gave: what shares memory with the images changes them."""
    flipped = function(images, chosen)
    if not isinstance(flipped, Tensor):
        return flipped
    values = flipped.clone()
    flipped.zero_()
    return values


some_flipped = Exercise(
    name="data/some_flipped",
    title="A flip for each image",
    mark=2,
    prompt="""
`v2.RandomHorizontalFlip` tosses one coin for all it gets, so a batch is flipped whole or not at
all. Write `flip_some(images, chosen)`, which flips the images of a batch where `chosen` is true.
With `torch.rand(len(images)) < 0.5` for `chosen`, each image has a coin of its own.
""",
    solution=flip_some,
    reference=_one_by_one,
    cases=_images_and_choices,
    use=_next_epoch,
    example="""
batch = torch.tensor([[1, 2, 3]]).repeat(3, 1, 1, 1)
print(flip_some(batch, torch.tensor([True, False, True])).squeeze())
""",
    hints=(
        "A mask as index takes the images where it is true, and can be assigned to.",
        "Write into a `clone()`, and read from the images that came.",
    ),
    mistakes=(
        Mistake(
            "flipped[chosen] = images[chosen]",
            "flipped = images",
            says="These are all of them: flip only where `chosen` is true.",
        ),
        Mistake(
            "flipped[chosen] =",
            "flipped =",
            says="The others are missing: they come back as they were.",
        ),
        Mistake(
            "flipped[chosen] = images[chosen]",
            "flipped[~chosen] = images[~chosen]",
            says="The wrong ones are flipped: `images[chosen]` takes the others.",
        ),
        Mistake(
            "flip(-1)",
            "flip(-2)",
            says="These stand upside down: left and right are exchanged along the last axis.",
        ),
        Mistake(
            ".clone()",
            "",
            says="The result is right, but the images that came are changed too, and the next "
            "epoch would get them so: write into a `clone()`.",
        ),
        Mistake(
            "flipped = images.clone()\n",
            "if not chosen.any():\n    return images\nflipped = images.clone()\n",
            says="Where none is chosen, the images that came are what you return: who writes to "
            "the result writes to them. Return a `clone()` in any case.",
        ),
    ),
)


def to_pixels(images: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """Return normalised images as they were before, from 0 to 255.

    Args:
        images: Shape `(..., c, h, w)`, floating-point.
        mean: What was subtracted from each channel, shape `(c,)`.
        std: What it was divided by, shape `(c,)`.

    Returns:
        The same shape, uint8: rounded to whole numbers; what lies below 0 or above 255 becomes 0
        or 255.

    Examples:
        >>> to_pixels(torch.tensor([[[-1.0, 0.0, 9.0]]]), torch.tensor([0.4]), torch.tensor([0.2]))
        tensor([[[ 51, 102, 255]]], dtype=torch.uint8)
    """
    values = images * std[:, None, None] + mean[:, None, None]
    return (255 * values).round().clamp(0, 255).to(torch.uint8)


def _not_undone(images: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """Return normalised images as they were before, from 0 to 255.

    Args:
        images: Shape `(..., c, h, w)`, floating-point.
        mean: What was subtracted from each channel, shape `(c,)`.
        std: What it was divided by, shape `(c,)`.

    Returns:
        The same shape, uint8: rounded to whole numbers; what lies below 0 or above 255 becomes 0
        or 255.
    """
    values = (images + mean[:, None, None]) * std[:, None, None]
    return (255 * values).clamp(0, 255).to(torch.uint8)


def _channel_by_channel(images: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    channels = zip(images.unbind(-3), mean.tolist(), std.tolist(), strict=True)
    values = torch.stack([255 * (channel * s + m) for channel, m, s in channels], dim=-3)
    return torch.clip(torch.floor(values + 0.5), 0, 255).byte()


def _normalised(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    yield torch.tensor([[[-1.0, 0.0, 9.0, -9.0]]]), torch.tensor([0.4]), torch.tensor([0.2])
    for shape in ((3, 4, 5), (6, 3, 2, 2)):
        pixels = torch.randint(0, 256, shape, generator=generator) / 255
        mean, std = torch.tensor([0.1, 0.5, 0.7]), torch.tensor([0.3, 0.2, 0.25])
        yield (pixels - mean[:, None, None]) / std[:, None, None], mean, std


pixels = Exercise(
    name="data/pixels",
    title="Back to pixels",
    mark=2,
    prompt="""
What was normalised is no picture any more: most of it is negative. This function is to undo the
normalising and the scaling to 0 … 1. Its pictures look like pictures, and two things are wrong with
it. Normalise a few pixels by hand, send them back, and find both.
""",
    solution=to_pixels,
    starter=_not_undone,
    reference=_channel_by_channel,
    cases=_normalised,
    example="""
image = torch.tensor([[[-1.0, 0.0, 9.0]]])
print(to_pixels(image, torch.tensor([0.4]), torch.tensor([0.2])))
""",
    hints=(
        "What came last is undone first: multiply by the deviation, then add the mean.",
        "`mean[:, None, None]` has shape `(c, 1, 1)`, so that each channel gets its own.",
        "`to(torch.uint8)` cuts off decimals: `round()` comes before, and `clamp(0, 255)`.",
    ),
    mistakes=(
        Mistake(
            ".round()",
            "",
            says="`to(torch.uint8)` cuts off what is behind the point: `round()` first.",
        ),
        Mistake(
            # To int64 first: what a float outside 0 to 255 becomes as uint8 differs between
            # machines.
            ".clamp(0, 255)",
            ".to(torch.int64)",
            says="A value above 255 or below 0 starts again from the other end: `clamp(0, 255)` "
            "first.",
        ),
        Mistake(
            "images * std[:, None, None] + mean",
            "(images + mean[:, None, None]) * std",
            says="Normalising subtracted and then divided. To undo it, multiply and then add.",
        ),
        Mistake(
            "(255 * values)",
            "values",
            says="These are values from 0 to 1, rounded: multiply by 255 before.",
        ),
    ),
)
