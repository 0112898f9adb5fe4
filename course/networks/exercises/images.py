"""Exercises of the lesson `networks/images`: count, bring into form, ask twice."""

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Generator, Tensor, nn

from course.practice import Exercise, Mistake


def weights_of(widths: list[int], kernel_size: int) -> int:
    """Return how many weights convolutions without bias have, one behind the other.

    Args:
        widths: Maps that come in, and then those that each convolution makes.
        kernel_size: Of all filters, which are square.

    Examples:
        >>> weights_of([1, 16, 32], kernel_size=5)
        13200
    """
    pairs = pairwise(widths)
    return sum(before * after for before, after in pairs) * kernel_size**2


def _by_layers(widths: list[int], kernel_size: int) -> int:
    pairs = pairwise(widths)
    layers = [nn.Conv2d(*pair, kernel_size, bias=False) for pair in pairs]
    return sum(layer.weight.numel() for layer in layers)


def _widths(generator: Generator) -> Iterator[tuple[list[int], int]]:
    yield [1, 16, 32], 5
    yield [3, 7], 3
    yield [2, 3, 5, 4], 1
    yield [4], 3  # no layer


count_weights = Exercise(
    name="networks/count_weights",
    title="How many weights?",
    mark=1,
    prompt="""
Write `weights_of(widths, kernel_size)`: how many weights convolutions have that stand one behind
the other. `widths` begins with the number of maps that come in; there is no bias.
""",
    solution=weights_of,
    reference=_by_layers,
    cases=_widths,
    example="print(weights_of([1, 16, 32], kernel_size=5))",
    hints=(
        "A filter has `kernel_size * kernel_size` weights for each map that comes in.",
        "A layer has a filter for each map that it makes.",
    ),
    mistakes=(
        Mistake("kernel_size**2", "kernel_size", says="A filter is square: it has rows, too."),
        Mistake(
            "before * after",
            "after",
            says="A filter has weights of its own for each map that comes in.",
        ),
        Mistake(
            "before * after",
            "before",
            says="There is a filter for each map that is made.",
        ),
    ),
)


def as_learned(images: Tensor) -> Tensor:
    """Return the images with a dark background: those whose border is bright are inverted.

    Args:
        images: Shape `(n, 1, h, w)`, from 0 to 1.

    Examples:
        >>> paper = torch.ones(1, 1, 3, 3)
        >>> paper[0, 0, 1, 1] = 0.25
        >>> as_learned(paper)[0, 0].tolist()
        [[0.0, 0.0, 0.0], [0.0, 0.75, 0.0], [0.0, 0.0, 0.0]]
    """
    top, bottom = images[..., 0, :], images[..., -1, :]
    left, right = images[..., 1:-1, 0], images[..., 1:-1, -1]
    border = torch.cat([top, bottom, left, right], dim=-1).mean(dim=-1)
    return torch.where(border[..., None, None] > 0.5, 1 - images, images)


def _one_by_one(images: Tensor) -> Tensor:
    inside = torch.zeros(images.shape[2:], dtype=torch.bool)
    inside[1:-1, 1:-1] = True
    changed = [
        1 - image if image[:, ~inside].double().mean() > 0.5 else image.clone() for image in images
    ]
    return torch.stack(changed)


def _photographs(generator: Generator) -> Iterator[tuple[Tensor]]:
    dark = torch.zeros(1, 1, 4, 5)
    dark[..., 1:-1, 1:-1] = 0.9  # most of it is bright, and not its border
    yield (torch.cat([dark, 1 - dark]),)
    # Some have exactly half of their border bright; every pixel of it decides for some.
    yield (torch.randint(2, (300, 1, 4, 5), generator=generator).float(),)
    yield (torch.rand(60, 1, 3, 4, generator=generator),)


on_black = Exercise(
    name="networks/on_black",
    title="Images from elsewhere",
    mark=2,
    prompt="""
The network has learned from things that are bright on black. Write `as_learned(images)`: it
inverts those images, and only those, whose background is bright. How do you tell what is
background? Where nothing else is known, the outermost row or column of pixels on each of the four
sides mostly belongs to it: take the mean over that border, each of its pixels once, and more than
one half is bright.
""",
    solution=as_learned,
    reference=_one_by_one,
    cases=_photographs,
    example="""paper = torch.ones(1, 1, 3, 3)
paper[0, 0, 1, 1] = 0.25
print(as_learned(paper)[0, 0])""",
    hints=(
        "`images[..., 0, :]` is the top row of each image; `images[..., 1:-1, 0]` is its left "
        "column without the corners, which the rows have already.",
        "`torch.where(bright, 1 - images, images)`, with `bright` of shape `(n, 1, 1, 1)`.",
    ),
    mistakes=(
        Mistake(
            "border = torch.cat([top, bottom, left, right], dim=-1).mean(dim=-1)",
            "border = images.mean(dim=(2, 3))",
            says="A large bright thing on black is bright on average, too: look at the border.",
        ),
        Mistake("1 - images, images", "images, 1 - images", says="The other way round."),
        Mistake(
            "border[..., None, None] > 0.5",
            "border.mean() > 0.5",
            says="Each image has a background of its own: decide image by image.",
        ),
        Mistake(
            "images[..., 1:-1, 0], images[..., 1:-1, -1]",
            "images[..., :, 0], images[..., :, -1]",
            says="The corners count twice now: rows and columns share them.",
        ),
    ),
)


def mirrored_mean(model: nn.Module, images: Tensor) -> Tensor:
    """Return the probabilities of the classes, the mean of those for an image and its mirror image.

    Args:
        model: Gives logits, shape `(n, k)`.
        images: Shape `(n, 1, h, w)`.

    Examples:
        >>> mirrored_mean(nn.Flatten(), torch.tensor([[[[0.0, 2.0]]]]))
        tensor([[0.5000, 0.5000]])
    """
    both: list[Tensor] = [model(each).softmax(dim=1) for each in (images, images.flip(3))]
    return (both[0] + both[1]) / 2


def _in_one_batch(model: nn.Module, images: Tensor) -> Tensor:
    backwards = torch.arange(images.shape[3] - 1, -1, -1)
    logits = model(torch.cat([images, images[..., backwards]]))
    powers = (logits - logits.amax(dim=1, keepdim=True)).exp()
    n = len(images)
    probabilities = powers / powers.sum(dim=1, keepdim=True)
    return torch.stack([probabilities[:n], probabilities[n:]]).mean(dim=0)


def _models(generator: Generator) -> Iterator[tuple[nn.Module, Tensor]]:
    yield nn.Flatten(), torch.tensor([[[[0.0, 2.0]]]])
    layer = nn.Linear(12, 3)
    nn.init.normal_(layer.weight, generator=generator)
    yield nn.Sequential(nn.Flatten(), layer), 2 * torch.rand(4, 1, 3, 4, generator=generator)


both_ways = Exercise(
    name="networks/both_ways",
    title="Ask twice",
    mark=2,
    prompt="""
A mirrored shoe is a shoe, and still the network gives another answer for it. Write
`mirrored_mean(model, images)`: the *probabilities* of the classes, as the mean of what the model
says of each image and of its mirror image, left for right.
""",
    solution=mirrored_mean,
    reference=_in_one_batch,
    cases=_models,
    example="print(mirrored_mean(nn.Flatten(), torch.tensor([[[[0.0, 2.0]]]])))",
    hints=("`images.flip(3)` mirrors; softmax comes before the mean.",),
    mistakes=(
        Mistake(
            "flip(3)",
            "flip(2)",
            says="That turns them upside down: columns are dimension 3.",
        ),
        Mistake(
            ".softmax(dim=1)",
            "",
            "(both[0] + both[1]) / 2",
            "((both[0] + both[1]) / 2).softmax(dim=1)",
            says="That is the softmax of the mean logits: the mean of probabilities is asked for.",
        ),
        Mistake(
            "(both[0] + both[1]) / 2",
            "both[0] + both[1]",
            says="The sum of two probabilities can be 2: take the mean.",
        ),
    ),
)
