"""Images changed: cropped, flipped, scaled, normalised, and many versions made of one."""

import itertools
from collections.abc import Callable

import torch
from torch import Tensor


def crop(images: Tensor, top: int, left: int, height: int, width: int) -> Tensor:
    """Return a copy of a window of each image; where it leaves the image, it is zero.

    As `torchvision.transforms.v2.functional.crop` does. A window of the image's own size that
    begins at `(1, 0)` moves what it shows up by one pixel.

    Args:
        images: Shape `(..., h, w)`.
        top: Row of the window's first pixel; negative above the image.
        left: Its column; negative left of the image.
        height: Rows of the window, at least 1.
        width: Columns of the window, at least 1.

    Returns:
        Shape `(..., height, width)`.

    Raises:
        ValueError: If there are no rows and columns, or the window is empty.

    Examples:
        >>> crop(torch.tensor([[1, 2], [3, 4]]), 0, -1, 2, 2)
        tensor([[0, 1],
                [0, 3]])
    """
    _check_images(images)
    if height < 1 or width < 1:
        raise ValueError(f"a window of {height}×{width} pixels is empty: give at least 1×1")
    rows, columns = images.shape[-2:]
    first, last = max(top, 0), min(top + height, rows)
    start, end = max(left, 0), min(left + width, columns)
    window = images.new_zeros(*images.shape[:-2], height, width)
    if first < last and start < end:
        part = images[..., first:last, start:end]
        window[..., first - top : last - top, start - left : end - left] = part
    return window


def horizontal_flip(images: Tensor) -> Tensor:
    """Return a copy of each image with left and right exchanged, as a mirror shows it.

    Args:
        images: Shape `(..., h, w)`.

    Raises:
        ValueError: If there are no rows and columns.

    Examples:
        >>> horizontal_flip(torch.tensor([[1, 2], [3, 4]]))
        tensor([[2, 1],
                [4, 3]])
    """
    _check_images(images)
    return images.flip(-1)


def to_float(images: Tensor) -> Tensor:
    """Return the values 0 to 255 as `float32` from 0 to 1.

    As `torchvision.transforms.v2.ToDtype(torch.float32, scale=True)` does, up to rounding.

    Args:
        images: Any shape, uint8.

    Raises:
        TypeError: If the values are of another type: then 255 is not the largest of them.

    Examples:
        >>> to_float(torch.tensor([0, 51, 255], dtype=torch.uint8))
        tensor([0.0000, 0.2000, 1.0000])
    """
    if images.dtype != torch.uint8:
        raise TypeError(f"images hold {images.dtype}: give torch.uint8, and convert only once")
    return images.float() / 255


def channel_statistics(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation of each channel, over all images and pixels.

    Args:
        images: Shape `(n, c, h, w)`, floating-point; those of the training set only.

    Returns:
        Twice the shape `(c,)`.

    Raises:
        TypeError: If the values are no floating-point numbers.
        ValueError: If the shape is another one, or if there are no pixels.

    Examples:
        >>> mean, std = channel_statistics(torch.tensor([0.0, 1.0]).reshape(1, 1, 1, 2))
        >>> mean, std
        (tensor([0.5000]), tensor([0.5000]))
    """
    _check_floats(images)
    if images.ndim != 4 or images.numel() == 0:
        raise ValueError(
            f"images have shape {tuple(images.shape)}: give (n, c, h, w), none of them zero; "
            "gray images get their channel with unsqueeze(1)"
        )
    values = images.transpose(0, 1).flatten(1)
    return values.mean(dim=1), values.std(dim=1, correction=0)


def normalize(images: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """Return each channel minus its mean, divided by its standard deviation.

    As `torchvision.transforms.v2.Normalize` does.

    Args:
        images: Shape `(..., c, h, w)`, floating-point.
        mean: Shape `(c,)`.
        std: Shape `(c,)`, positive.

    Raises:
        TypeError: If the images hold no floating-point numbers.
        ValueError: If there is not one mean and one deviation for each channel, or if a deviation
            is not positive.

    Examples:
        >>> image = torch.tensor([[[0.2, 0.8]]])
        >>> normalize(image, torch.tensor([0.5]), torch.tensor([0.3]))
        tensor([[[-1.,  1.]]])
    """
    _check_floats(images)
    channels = images.shape[-3:-2]
    if images.ndim < 3 or mean.shape != channels or std.shape != channels:
        raise ValueError(
            f"images have shape {tuple(images.shape)}, mean {tuple(mean.shape)}, "
            f"std {tuple(std.shape)}: give (..., c, h, w), (c,) and (c,)"
        )
    if not (std > 0).all():
        raise ValueError(f"std is {std.tolist()}: every channel needs a positive one")
    return (images - mean[:, None, None]) / std[:, None, None]


def shifts(images: Tensor, most: int) -> Tensor:
    """Return the images moved by each number of pixels up to a limit, in both directions.

    Args:
        images: Shape `(n, h, w)`.
        most: How many pixels at most, up, down, left and right.

    Returns:
        Shape `(k * n, h, w)`, where `k` is `(2 * most + 1) ** 2`: one move after the other, each of
        all images, so that their labels are `labels.repeat(k)`.

    Raises:
        ValueError: If there are no rows and columns, or if `most` is negative.

    Examples:
        >>> shifts(torch.tensor([[[0, 0, 0], [0, 5, 0], [0, 0, 0]]]), most=1)[0]
        tensor([[0, 0, 0],
                [0, 0, 0],
                [0, 0, 5]])
    """
    _check_images(images)
    if most < 0:
        raise ValueError(f"most is {most}: give a number of pixels, 0 or more")
    moves = range(-most, most + 1)
    places = itertools.product(moves, moves)
    return torch.cat([crop(images, top, left, *images.shape[-2:]) for top, left in places])


def versions(transform: Callable[[Tensor], Tensor], image: Tensor, count: int, seed: int) -> Tensor:
    """Return what a random transform makes of one image, several times.

    The transforms of torchvision take no generator; they draw from torch's global one. It is seeded
    here, and afterwards it stands where it stood before.

    Args:
        transform: Takes and returns an image, of one shape each time.
        image: What the transform takes, such as `(c, h, w)`.
        count: How many versions, at least 1.
        seed: The same seed gives the same versions.

    Returns:
        Shape `(count, ...)`.

    Raises:
        ValueError: If `count` is below 1, or if the versions differ in shape.

    Examples:
        >>> versions(lambda image: image + torch.rand(()), torch.zeros(2), count=3, seed=0).shape
        torch.Size([3, 2])
    """
    if count < 1:
        raise ValueError(f"count is {count}: ask for at least 1 version")
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would seed GPUs as well
        images = [transform(image) for _ in range(count)]
    shapes = {tuple(image.shape) for image in images}
    if len(shapes) > 1:
        raise ValueError(f"the versions have shapes {sorted(shapes)}: end with a crop or a resize")
    return torch.stack(images)


def _check_images(images: Tensor) -> None:
    if images.ndim < 2:
        raise ValueError(f"images have shape {tuple(images.shape)}: give (..., h, w)")


def _check_floats(images: Tensor) -> None:
    if not images.is_floating_point():
        raise TypeError(f"images hold {images.dtype}: convert them first, as to_float(images)")
