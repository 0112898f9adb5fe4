"""Convolution and pooling are PyTorch's for every stride, padding, dilation, number of groups."""

import re

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F  # noqa: N812, the name it has everywhere
from torch.utils.flop_counter import FlopCounterMode

from course.networks.convolution import (
    conv2d,
    conv2d_unfolded,
    max_pool2d,
    multiplications,
    output_size,
    receptive_field,
    touched,
    unfold,
    window,
)

seeds = st.integers(0, 2**32)
BOTH = pytest.mark.parametrize("function", [conv2d, conv2d_unfolded])


def exactly(message):
    return f"^{re.escape(message)}$"


def drawn(seed, *shape):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@st.composite
def geometries(draw):
    """Return how a kernel steps over an image, with both its sizes, such that it fits somewhere."""
    stride, padding, dilation = (draw(st.integers(low, 3)) for low in (1, 0, 1))
    kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 4)))
    size = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    for side, reach in zip(size, kernel, strict=True):
        assume(dilation * (reach - 1) < side + 2 * padding)
    return size, kernel, {"stride": stride, "padding": padding, "dilation": dilation}


@st.composite
def convolutions(draw):
    """Return x, weight, bias and settings: everything that `F.conv2d` takes here."""
    size, kernel, settings = draw(geometries())
    groups, n, seed = draw(st.integers(1, 3)), draw(st.integers(0, 2)), draw(seeds)
    channels, kernels = (draw(st.integers(1, 2)) for _ in range(2))
    x = drawn(seed, n, groups * channels, *size)
    weight = drawn(seed + 1, groups * kernels, channels, *kernel)
    bias = draw(st.sampled_from([None, drawn(seed + 2, groups * kernels)]))
    return x, weight, bias, {**settings, "groups": groups}


# conv2d


@BOTH
@given(call=convolutions())
def test_it_is_conv2d_of_torch_and_so_are_its_gradients(function, call):
    x, weight, bias, settings = call
    inputs = [each for each in (x, weight, bias) if each is not None]
    for each in inputs:
        each.requires_grad_()
    ours, theirs = function(x, weight, bias, **settings), F.conv2d(x, weight, bias, **settings)
    torch.testing.assert_close(ours, theirs)
    slopes = [
        torch.autograd.grad(out.square().sum(), inputs, allow_unused=True) for out in (ours, theirs)
    ]
    for our, their in zip(*slopes, strict=True):
        torch.testing.assert_close(our, their)


@BOTH
def test_the_defaults_are_those_of_torch(function):
    x, weight = drawn(0, 2, 3, 6, 5), drawn(1, 4, 3, 2, 3)
    torch.testing.assert_close(function(x, weight), F.conv2d(x, weight))
    x, weight = x.float(), weight.float()
    torch.testing.assert_close(function(x, weight), F.conv2d(x, weight), atol=1e-5, rtol=1e-5)


@BOTH
def test_a_layer_of_torch_has_its_weights_in_the_same_order(function):
    torch.manual_seed(0)
    layer = nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2)
    x = drawn(0, 2, 4, 7, 8).float()
    ours = function(x, layer.weight, layer.bias, stride=2, padding=1, groups=2)
    torch.testing.assert_close(ours, layer(x), atol=1e-5, rtol=1e-5)


@given(seeds, st.integers(1, 2), st.integers(0, 3), st.integers(0, 3))
def test_inside_the_border_what_moves_in_the_image_moves_in_the_output(seed, stride, down, right):
    x, weight = drawn(seed, 1, 2, 14, 15), drawn(seed + 1, 3, 2, 3, 3)
    moved = x.roll((stride * down, stride * right), dims=(2, 3))
    before, after = (conv2d(each, weight, stride=stride) for each in (x, moved))
    rows, columns = before.shape[2] - down, before.shape[3] - right
    torch.testing.assert_close(after[:, :, down:, right:], before[:, :, :rows, :columns])


@BOTH
def test_shapes_that_do_not_fit_are_refused(function):
    x, weight = torch.zeros(1, 4, 5, 5), torch.zeros(6, 2, 3, 3)
    for shape in [(5, 5), (1, 5, 5), (1, 1, 1, 5, 5)]:
        message = (
            f"x has shape {shape}: give images as (n, c, h, w), for one image with unsqueeze(0)"
        )
        with pytest.raises(ValueError, match=exactly(message)):
            function(torch.zeros(shape), weight)
    for shape in [(3, 3), (6, 2, 0, 3), (0, 2, 3, 3)]:
        message = f"weight has shape {shape}: give (k, c / groups, kh, kw), all above 0"
        with pytest.raises(ValueError, match=exactly(message)):
            function(x, torch.zeros(shape))
    for kernels, groups in [(6, 1), (6, 0), (5, 2), (6, -2), (6, 4)]:
        message = (
            f"x has 4 channels, {kernels} kernels have 2 each, groups is {groups}: the channels of "
            "x must be groups times those of a kernel, and groups must divide the kernels"
        )
        with pytest.raises(ValueError, match=exactly(message)):
            function(x, weight[:kernels], groups=groups)
    for shape in [(5,), (6, 1), ()]:
        message = f"bias has shape {shape}: give one number for each of 6 kernels"
        with pytest.raises(ValueError, match=exactly(message)):
            function(x, weight, torch.zeros(shape), groups=2)
    with pytest.raises(ValueError, match="the kernel reaches over 7 pixels, and there are 5"):
        function(x, weight, dilation=3, groups=2)


# window and unfold


def test_a_window_begins_at_stride_times_its_place_and_skips_what_the_dilation_says():
    x = torch.arange(2 * 2 * 5 * 7).view(2, 2, 5, 7)
    found = window(x, (1, 2), kernel_size=(2, 3), stride=1, dilation=2)
    assert torch.equal(found, x[:, :, [1, 3]][:, :, :, [2, 4, 6]])
    found = window(x, (1, 2), kernel_size=(3, 1), stride=2, dilation=1)
    assert torch.equal(found, x[:, :, 2:5, 4:5])


@given(geometries(), seeds)
def test_unfold_is_that_of_torch(geometry, seed):
    size, kernel, settings = geometry
    x = drawn(seed, 2, 3, *size)
    assert torch.equal(unfold(x, kernel, **settings), F.unfold(x, kernel, **settings))


def test_unfold_has_the_defaults_of_torch_and_refuses_what_is_no_batch_of_images():
    x = drawn(0, 1, 2, 4, 5)
    assert torch.equal(unfold(x, (2, 3)), F.unfold(x, (2, 3)))
    with pytest.raises(ValueError, match=r"x has shape \(4, 5\)"):
        unfold(x[0, 0], (2, 3))


def test_a_kernel_or_an_image_with_a_third_side_is_refused():
    with pytest.raises(ValueError, match="longer"):
        unfold(torch.zeros(1, 1, 4, 4), (2, 2, 2))
    with pytest.raises(ValueError, match="shorter"):
        multiplications((4, 4, 4), torch.zeros(1, 1, 2, 2))


# output_size


@given(geometries())
def test_the_output_has_the_size_that_torch_gives_it(geometry):
    size, kernel, settings = geometry
    found = [output_size(s, k, **settings) for s, k in zip(size, kernel, strict=True)]
    x, weight = torch.zeros(1, 1, *size), torch.zeros(1, 1, *kernel)
    assert found == list(F.conv2d(x, weight, **settings).shape[2:])
    assert output_size(9, 4) == 6


@given(geometries(), st.integers(1, 9))
def test_a_kernel_that_fits_nowhere_is_refused_as_torch_refuses_it(geometry, size):
    _, (_, kernel), settings = geometry
    x, weight = torch.zeros(1, 1, size, size), torch.zeros(1, 1, kernel, kernel)
    try:
        expected = F.conv2d(x, weight, **settings).shape[2]
    except RuntimeError:
        reach = settings["dilation"] * (kernel - 1) + 1
        message = (
            f"the kernel reaches over {reach} pixels, and there are {size} + 2 · "
            f"{settings['padding']}: take a smaller kernel, or more padding"
        )
        with pytest.raises(ValueError, match=exactly(message)):
            output_size(size, kernel, **settings)
    else:
        assert output_size(size, kernel, **settings) == expected


@pytest.mark.parametrize("name", ["size", "kernel_size", "stride", "padding", "dilation"])
def test_sizes_that_are_too_small_are_refused(name):
    given = {"size": 9, "kernel_size": 3, "stride": 1, "padding": 0, "dilation": 1}
    given[name] = -1 if name == "padding" else 0
    message = (
        ", ".join(f"{key} {'is ' * (key == 'size')}{value}" for key, value in given.items())
        + ": give at least 1, and a padding of at least 0"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        output_size(**given)


# max_pool2d


@given(geometries(), st.integers(1, 4), st.booleans(), seeds)
def test_max_pooling_is_that_of_torch_and_so_are_its_gradients(geometry, kernel, plain, seed):
    size, _, settings = geometry
    padding = min(settings["padding"], kernel // 2)
    assume(kernel <= min(size) + 2 * padding)
    stride = None if plain else settings["stride"]
    x = drawn(seed, 2, 3, *size).requires_grad_()
    ours = max_pool2d(x, kernel, stride, padding)
    theirs = F.max_pool2d(x, kernel, stride, padding)
    assert torch.equal(ours, theirs)
    slopes = [torch.autograd.grad(each.square().sum(), x)[0] for each in (ours, theirs)]
    torch.testing.assert_close(*slopes)


def test_padding_is_never_the_largest():
    x = -1 - drawn(0, 1, 2, 5, 6).abs()
    assert torch.equal(max_pool2d(x, 3, padding=1), F.max_pool2d(x, 3, padding=1))


def test_a_window_of_nothing_but_padding_is_refused():
    message = (
        "padding is 2, kernel_size 3: take at most half of it, or a window holds nothing but "
        "padding"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        max_pool2d(torch.zeros(1, 1, 5, 5), 3, padding=2)
    with pytest.raises(ValueError, match=r"x has shape \(5, 5\)"):
        max_pool2d(torch.zeros(5, 5), 2)


# multiplications


@given(convolutions())
def test_as_many_multiplications_as_the_counter_of_torch_finds(call):
    x, weight, _, settings = call
    assume(len(x) > 0)
    with FlopCounterMode(display=False) as counter:
        F.conv2d(x, weight, **settings)
    del settings["groups"]
    ours = multiplications(tuple(x.shape[2:]), weight, **settings)
    # It counts the addition of each product as well.
    assert 2 * len(x) * ours == counter.get_total_flops()
    assert multiplications((4, 5), torch.zeros(2, 1, 3, 2)) == 12 * 2 * 4


# receptive_field and touched


@st.composite
def stacks(draw):
    """Return kernel size, stride and dilation of some layers."""
    layer = st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(1, 2))
    return draw(st.lists(layer, min_size=1, max_size=3))


@given(stacks(), seeds)
def test_the_field_is_as_wide_as_the_pixels_that_have_a_gradient(layers, seed):
    convolutions = [
        nn.Conv2d(1, 1, k, stride, dilation=dilation).double() for k, stride, dilation in layers
    ]
    model = nn.Sequential(*convolutions)
    for i, layer in enumerate(convolutions):
        layer.weight.data = 0.1 + drawn(seed + i, *layer.weight.shape).abs()
    side = receptive_field(layers)
    found = touched(model, drawn(seed, 1, 1, side, side), (0, 0)).nonzero()
    # Where strides leave gaps, not every pixel inside counts; but the first and the last one do.
    assert found.min() == 0
    assert found.max() == side - 1
    assert model(torch.zeros(1, 1, side, side).double()).shape[2:] == (1, 1)


def test_it_is_known_for_stacks_that_everybody_uses():
    assert receptive_field([]) == 1
    assert receptive_field([(3, 1, 1)] * 3) == receptive_field([(7, 1, 1)]) == 7
    assert receptive_field([(3, 1, 1), (2, 2, 1), (3, 1, 1), (2, 2, 1), (3, 1, 1)]) == 18
    assert receptive_field([(3, 1, 1), (3, 1, 2), (3, 1, 4)]) == 15


@pytest.mark.parametrize("layer", [(0, 1, 1), (3, 0, 1), (3, 1, 0)])
def test_a_layer_that_cannot_be_is_refused(layer):
    message = f"a layer is {layer}: give kernel size, stride and dilation, each at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        receptive_field([(3, 1, 1), layer])


def test_touched_counts_images_and_leaves_model_and_images_alone():
    model = nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
    x = drawn(0, 5, 2, 8, 8).float()
    alone = sum(touched(model, x[i : i + 1], (1, 2)) for i in range(5))
    found = touched(model, x, (1, 2))
    assert torch.equal(found, alone)
    assert found.dtype == torch.int64
    assert 0 < found.max() <= 5
    assert found[:1].sum() == found[5:].sum() == found[:, :3].sum() == found[:, 7:].sum() == 0
    assert found[1:5, 3:7].sum() > 0
    assert all(each.grad is None for each in (*model.parameters(), x))
    assert not x.requires_grad


def test_two_channels_are_one_pixel():
    def opposite(x):
        return x[:, :1] - x[:, 1:]

    found = touched(opposite, torch.zeros(3, 2, 2, 2), (0, 1))
    assert found.tolist() == [[0, 3], [0, 0]]
