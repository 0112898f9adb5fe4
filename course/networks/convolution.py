"""Convolution: one small filter at every place of an image, and what follows from that."""

import math
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import pad


def output_size(
    size: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    r"""Return at how many places along a side a kernel fits, $\lfloor (s + 2p - r)/t \rfloor + 1$.

    Here $s$ is the side of the image, $p$ the padding, $t$ the stride, and $r$ the reach of the
    kernel, `dilation * (kernel_size - 1) + 1`.

    Args:
        size: The height or the width of the image, in pixels.
        kernel_size: The height or the width of the kernel.
        stride: How far the kernel goes on from place to place.
        padding: How many pixels are added on each of the two sides.
        dilation: How far apart the pixels are that meet neighbours of the kernel.

    Raises:
        ValueError: If a number is too small, or if the kernel fits nowhere.

    Examples:
        >>> output_size(28, kernel_size=5), output_size(28, kernel_size=3, stride=2, padding=1)
        (24, 14)
    """
    if min(size, kernel_size, stride, dilation) < 1 or padding < 0:
        raise ValueError(
            f"size is {size}, kernel_size {kernel_size}, stride {stride}, padding {padding}, "
            f"dilation {dilation}: give at least 1, and a padding of at least 0"
        )
    reach = dilation * (kernel_size - 1) + 1
    if reach > size + 2 * padding:
        raise ValueError(
            f"the kernel reaches over {reach} pixels, and there are {size} + 2 · {padding}: take a "
            "smaller kernel, or more padding"
        )
    return (size + 2 * padding - reach) // stride + 1


def window(
    x: Tensor, place: tuple[int, int], kernel_size: Sequence[int], stride: int, dilation: int
) -> Tensor:
    """Return the pixels that lie under a kernel at one of its places.

    Args:
        x: Images with their padding, shape `(n, c, h, w)`.
        place: Row and column of the output that they are for.
        kernel_size: The height and the width of the kernel.
        stride: How far the kernel goes on from place to place.
        dilation: How far apart these pixels are.

    Returns:
        Shape `(n, c, *kernel_size)`.

    Examples:
        >>> x = torch.arange(16).view(1, 1, 4, 4)
        >>> window(x, (0, 1), kernel_size=(2, 2), stride=2, dilation=1)
        tensor([[[[2, 3],
                  [6, 7]]]])
    """
    top, left = (stride * each for each in place)
    height, width = (dilation * (side - 1) + 1 for side in kernel_size)
    return x[:, :, top : top + height : dilation, left : left + width : dilation]


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Tensor:
    """Return for each kernel and each place the sum of weights times pixels, place by place.

    Args:
        x: Images, shape `(n, c, h, w)`.
        weight: `k` kernels, shape `(k, c / groups, kh, kw)`.
        bias: What is added to the whole output of each kernel, shape `(k,)`; or nothing.
        stride: How far the kernel goes on from place to place, downwards and to the right.
        padding: How many rows and columns of zeros are added on each side.
        dilation: How far apart the pixels are that meet neighbours of the kernel.
        groups: In how many parts channels and kernels are cut; a kernel sees those of its part.

    Returns:
        Shape `(n, k, rows, columns)`, as many as `output_size` says.

    Raises:
        ValueError: If the shapes do not fit, or if the kernel fits nowhere.

    Examples:
        >>> x = torch.tensor([[[[0.0, 0.0, 1.0, 1.0]]]])
        >>> conv2d(x, torch.tensor([[[[-1.0, 1.0]]]]))
        tensor([[[[0., 1., 0.]]]])
    """
    rows, columns = _sizes(x, weight, bias, stride, padding, dilation, groups)
    x = pad(x, (padding,) * 4)
    parts = []
    for images, kernels in zip(x.chunk(groups, dim=1), weight.chunk(groups), strict=True):
        part = x.new_zeros(len(x), len(kernels), rows, columns)
        for i in range(rows):
            for j in range(columns):
                pixels = window(images, (i, j), weight.shape[2:], stride, dilation)
                part[:, :, i, j] = (pixels.unsqueeze(1) * kernels).sum(dim=(2, 3, 4))
        parts.append(part)
    out = torch.cat(parts, dim=1)
    return out if bias is None else out + bias.view(-1, 1, 1)


def unfold(
    x: Tensor,
    kernel_size: Sequence[int],
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Tensor:
    """Return a column for each place of a kernel: the pixels that lie under it, channel by channel.

    Args:
        x: Images, shape `(n, c, h, w)`.
        kernel_size: The height and the width of the kernel.
        stride: How far the kernel goes on from place to place.
        padding: How many rows and columns of zeros are added on each side.
        dilation: How far apart the pixels are that meet neighbours of the kernel.

    Returns:
        Shape `(n, c * kh * kw, places)`, the places row by row: `torch.nn.functional.unfold`.

    Raises:
        ValueError: If `x` has another shape, or if the kernel fits nowhere.

    Examples:
        >>> unfold(torch.arange(4.0).view(1, 1, 1, 4), kernel_size=(1, 2))
        tensor([[[0., 1., 2.],
                 [1., 2., 3.]]])
    """
    rows, columns = _places(x, kernel_size, stride, padding, dilation)
    x = pad(x, (padding,) * 4)
    pixels = [
        x[
            :,
            :,
            dilation * i : dilation * i + stride * (rows - 1) + 1 : stride,
            dilation * j : dilation * j + stride * (columns - 1) + 1 : stride,
        ]
        for i in range(kernel_size[0])
        for j in range(kernel_size[1])
    ]
    return torch.stack(pixels, dim=2).flatten(3).flatten(1, 2)


def conv2d_unfolded(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Tensor:
    """Return what `conv2d` returns, as one product of matrices: kernels times columns.

    Args:
        x: Images, shape `(n, c, h, w)`.
        weight: `k` kernels, shape `(k, c / groups, kh, kw)`.
        bias: What is added to the whole output of each kernel, shape `(k,)`; or nothing.
        stride: How far the kernel goes on from place to place.
        padding: How many rows and columns of zeros are added on each side.
        dilation: How far apart the pixels are that meet neighbours of the kernel.
        groups: In how many parts channels and kernels are cut.

    Returns:
        Shape `(n, k, rows, columns)`.

    Raises:
        ValueError: If the shapes do not fit, or if the kernel fits nowhere.

    Examples:
        >>> x = torch.tensor([[[[0.0, 0.0, 1.0, 1.0]]]])
        >>> conv2d_unfolded(x, torch.tensor([[[[-1.0, 1.0]]]]))
        tensor([[[[0., 1., 0.]]]])
    """
    sizes = _sizes(x, weight, bias, stride, padding, dilation, groups)
    columns = unfold(x, weight.shape[2:], stride, padding, dilation).unflatten(1, (groups, -1))
    rows = weight.flatten(1).unflatten(0, (groups, -1))
    out: Tensor = (rows @ columns).flatten(1, 2).unflatten(2, sizes)
    return out if bias is None else out + bias.view(-1, 1, 1)


def max_pool2d(x: Tensor, kernel_size: int, stride: int | None = None, padding: int = 0) -> Tensor:
    """Return the largest pixel of each window, channel by channel.

    Args:
        x: Images, shape `(n, c, h, w)`.
        kernel_size: The side of the window.
        stride: How far the window goes on from place to place; without it, by its side.
        padding: How many rows and columns are added on each side, which are never the largest.

    Returns:
        Shape `(n, c, rows, columns)`, as many as `output_size` says.

    Raises:
        ValueError: If `x` has another shape, if the window fits nowhere, or if the padding is more
            than half of it, because a window could then hold nothing else.

    Examples:
        >>> max_pool2d(torch.tensor([[[[1.0, 5.0, 2.0, 3.0], [4.0, 0.0, 2.0, 2.0]]]]), 2)
        tensor([[[[5., 3.]]]])
    """
    if 2 * padding > kernel_size:
        raise ValueError(
            f"padding is {padding}, kernel_size {kernel_size}: take at most half of it, or a "
            "window holds nothing but padding"
        )
    stride = kernel_size if stride is None else stride
    sides = (kernel_size, kernel_size)
    sizes = _places(x, sides, stride, padding, 1)
    x = pad(x, (padding,) * 4, value=-math.inf)
    columns = unfold(x, sides, stride).unflatten(1, (x.shape[1], -1))
    out: Tensor = columns.max(dim=2).values.unflatten(2, sizes)
    return out


def multiplications(
    size: tuple[int, int],
    weight: Tensor,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> int:
    """Return how many multiplications a convolution takes for one image: weights times places.

    Those with the zeros of the padding are counted, too.

    Args:
        size: The height and the width of the image.
        weight: `k` kernels, shape `(k, c / groups, kh, kw)`.
        stride: How far the kernel goes on from place to place.
        padding: How many rows and columns of zeros are added on each side.
        dilation: How far apart the pixels are that meet neighbours of the kernel.

    Raises:
        ValueError: If the kernel fits nowhere.

    Examples:
        >>> multiplications((28, 28), torch.zeros(8, 1, 3, 3), padding=1)
        56448
    """
    places = math.prod(
        output_size(side, reach, stride, padding, dilation)
        for side, reach in zip(size, weight.shape[2:], strict=True)
    )
    return weight.numel() * places


def receptive_field(layers: Iterable[tuple[int, int, int]]) -> int:
    """Return the side of the square of pixels that one output of a stack of layers can depend on.

    A layer adds its reach, less one, times the steps that its inputs are apart: the product of all
    strides before it.

    Args:
        layers: For each layer its kernel size, stride and dilation, from the image on; a pooling
            layer counts like a convolution.

    Raises:
        ValueError: If a number is below 1.

    Examples:
        >>> receptive_field([(3, 1, 1), (3, 1, 1)]), receptive_field([(3, 1, 1), (2, 2, 1)])
        (5, 4)
    """
    field, apart = 1, 1
    for layer in layers:
        kernel_size, stride, dilation = layer
        if min(layer) < 1:
            raise ValueError(
                f"a layer is {layer}: give kernel size, stride and dilation, each at least 1"
            )
        field += dilation * (kernel_size - 1) * apart
        apart *= stride
    return field


def touched(model: Callable[[Tensor], Tensor], x: Tensor, place: tuple[int, int]) -> Tensor:
    """Return in how many of the images each pixel has a gradient at one place of the output.

    Args:
        model: Maps images `(n, c, h, w)` to outputs `(n, k, rows, columns)`, each image alone.
        x: Images, shape `(n, c, h, w)`, floating point.
        place: Row and column of the output.

    Returns:
        Shape `(h, w)`, int64, from 0 to n.

    Examples:
        >>> x = torch.ones(1, 1, 3, 5)
        >>> touched(torch.nn.Conv2d(1, 1, 3), x, place=(0, 1))
        tensor([[0, 1, 1, 1, 0],
                [0, 1, 1, 1, 0],
                [0, 1, 1, 1, 0]])
    """
    x = x.detach().clone().requires_grad_()
    row, column = place
    (gradient,) = torch.autograd.grad(model(x)[:, :, row, column].sum(), x)
    return (gradient != 0).any(dim=1).sum(dim=0)


def _sizes(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: int,
    padding: int,
    dilation: int,
    groups: int,
) -> tuple[int, int]:
    """Return the height and the width of a convolution's output, if the shapes fit."""
    if weight.ndim != 4 or weight.numel() == 0:
        raise ValueError(
            f"weight has shape {tuple(weight.shape)}: give (k, c / groups, kh, kw), all above 0"
        )
    sizes = _places(x, weight.shape[2:], stride, padding, dilation)
    kernels, channels = weight.shape[:2]
    if groups < 1 or kernels % groups or x.shape[1] != groups * channels:
        raise ValueError(
            f"x has {x.shape[1]} channels, {kernels} kernels have {channels} each, groups is "
            f"{groups}: the channels of x must be groups times those of a kernel, and groups "
            "must divide the kernels"
        )
    if bias is not None and bias.shape != (kernels,):
        raise ValueError(
            f"bias has shape {tuple(bias.shape)}: give one number for each of {kernels} kernels"
        )
    return sizes


def _places(
    x: Tensor, kernel_size: Sequence[int], stride: int, padding: int, dilation: int
) -> tuple[int, int]:
    if x.ndim != 4:
        raise ValueError(
            f"x has shape {tuple(x.shape)}: give images as (n, c, h, w), for one image with "
            "unsqueeze(0)"
        )
    rows, columns = (
        output_size(side, reach, stride, padding, dilation)
        for side, reach in zip(x.shape[2:], kernel_size, strict=True)
    )
    return rows, columns
