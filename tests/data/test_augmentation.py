import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as tv

from course.data.augmentation import (
    channel_statistics,
    crop,
    horizontal_flip,
    normalize,
    shifts,
    to_float,
    versions,
)

SHAPES = [(5, 4), (3, 5, 4), (2, 3, 5, 4), (0, 3, 5, 4)]


def pictures(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8)


# crop


@given(
    shape=st.sampled_from([(5, 4), (3, 5, 4), (2, 3, 5, 4)]),
    window=st.tuples(*[st.integers(-6, 6)] * 2, *[st.integers(1, 8)] * 2),
)
def test_a_window_shows_what_torchvision_shows(shape, window):
    top, left, height, width = window
    images = pictures(*shape)
    window = crop(images, top, left, height, width)
    if -height < top < shape[-2] and -width < left < shape[-1]:
        expected = tv.crop(images.unsqueeze(0), top, left, height, width)  # it needs a channel
        assert torch.equal(window, expected.squeeze(0))
    else:
        assert torch.equal(window, torch.zeros(*shape[:-2], height, width, dtype=torch.uint8))


@pytest.mark.parametrize("place", [(5, 0), (-2, 0), (0, 4), (0, -3), (5, 4)])
def test_a_window_that_misses_the_image_is_zero(place):
    window = crop(pictures(5, 4) + 1, *place, 2, 3)
    assert torch.equal(window, torch.zeros(2, 3, dtype=torch.uint8))


def test_a_window_is_a_copy_of_any_type_and_memory_layout():
    images = torch.rand(4, 5, dtype=torch.float64).T
    assert not images.is_contiguous()
    window = crop(images, 1, 1, 3, 2)
    assert torch.equal(window, images[1:4, 1:3])
    window.zero_()
    assert (images[1:4, 1:3] != 0).all()


def test_gradients_come_through_a_crop_and_a_flip():
    images = torch.rand(1, 3, 3, requires_grad=True)
    crop(horizontal_flip(images), 0, 0, 3, 1).sum().backward()
    expected = torch.zeros(1, 3, 3)
    expected[..., 2] = 1
    assert torch.equal(images.grad, expected)


@pytest.mark.parametrize("size", [(0, 2), (2, 0), (-1, 2)])
def test_an_empty_window_is_refused(size, exactly):
    message = f"a window of {size[0]}×{size[1]} pixels is empty: give at least 1×1"
    with pytest.raises(ValueError, match=exactly(message)):
        crop(pictures(4, 4), 0, 0, *size)


@pytest.mark.parametrize(
    "change",
    [lambda images: crop(images, 0, 0, 1, 1), horizontal_flip, lambda images: shifts(images, 1)],
    ids=["crop", "horizontal_flip", "shifts"],
)
def test_what_has_no_rows_and_columns_is_refused(change, exactly):
    message = "images have shape (3,): give (..., h, w)"
    with pytest.raises(ValueError, match=exactly(message)):
        change(torch.zeros(3))


# horizontal_flip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_flip_is_torchvisions_and_two_flips_are_none(shape):
    images = pictures(*shape)
    flipped = horizontal_flip(images)
    assert torch.equal(flipped, tv.horizontal_flip(images))
    assert torch.equal(horizontal_flip(flipped), images)
    assert flipped.data_ptr() != images.data_ptr() or images.numel() == 0


# to_float


def test_values_are_scaled_as_torchvision_scales_them():
    images = torch.arange(256, dtype=torch.uint8).reshape(1, 16, 16)
    converted = to_float(images)
    expected = v2.ToDtype(torch.float32, scale=True)(images)
    torch.testing.assert_close(converted, expected, rtol=1e-6, atol=0)
    assert converted.min() == 0
    assert converted.max() == 1


@pytest.mark.parametrize("dtype", [torch.float32, torch.int64, torch.bool])
def test_only_whole_numbers_up_to_255_are_converted(dtype, exactly):
    message = f"images hold {dtype}: give torch.uint8, and convert only once"
    with pytest.raises(TypeError, match=exactly(message)):
        to_float(torch.zeros(2, 2).to(dtype))


# channel_statistics and normalize


@given(n=st.integers(1, 4), channels=st.integers(1, 3), seed=st.integers(0, 100))
def test_the_statistics_of_a_channel_are_those_of_all_its_pixels(n, channels, seed):
    images = to_float(pictures(n, channels, 3, 2, seed=seed)).double()
    mean, std = channel_statistics(images)
    assert mean.shape == std.shape == (channels,)
    for channel in range(channels):
        values = images.numpy()[:, channel]
        assert mean[channel].item() == pytest.approx(values.mean())
        assert std[channel].item() == pytest.approx(values.std(), abs=1e-12)


@pytest.mark.parametrize("shape", [(3, 5, 4), (2, 3, 5, 4), (0, 3, 5, 4)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_images_are_normalised_as_torchvision_does_it(shape, dtype):
    images = to_float(pictures(*shape)).to(dtype)
    mean = torch.tensor([0.1, 0.5, 0.9], dtype=dtype)
    std = torch.tensor([0.2, 0.4, 1.5], dtype=dtype)
    expected = v2.Normalize(mean.tolist(), std.tolist())(images)
    torch.testing.assert_close(normalize(images, mean, std), expected)


def test_normalised_with_their_own_statistics_images_have_mean_0_and_deviation_1():
    images = to_float(pictures(20, 3, 6, 6)).double()
    mean, std = channel_statistics(normalize(images, *channel_statistics(images)))
    torch.testing.assert_close(mean, torch.zeros(3, dtype=torch.float64))
    torch.testing.assert_close(std, torch.ones(3, dtype=torch.float64))


@pytest.mark.parametrize(
    "change",
    [channel_statistics, lambda images: normalize(images, torch.zeros(3), torch.ones(3))],
    ids=["channel_statistics", "normalize"],
)
def test_whole_numbers_are_refused_before_they_are_converted(change, exactly):
    message = "images hold torch.uint8: convert them first, as to_float(images)"
    with pytest.raises(TypeError, match=exactly(message)):
        change(pictures(2, 3, 4, 4))


@pytest.mark.parametrize("shape", [(3, 4, 4), (0, 3, 4, 4), (2, 0, 4, 4), (4,)])
def test_statistics_need_images_with_channels(shape, exactly):
    message = (
        f"images have shape {shape}: give (n, c, h, w), none of them zero; "
        "gray images get their channel with unsqueeze(1)"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        channel_statistics(torch.zeros(shape))


@pytest.mark.parametrize(
    ("shape", "mean", "std"),
    [
        ((3, 4, 4), (1,), (1,)),
        ((3, 4, 4), (3,), (1,)),
        ((3, 4, 4), (1,), (3,)),
        ((3, 4, 4), (), ()),
        ((4, 4), (4,), (4,)),
        ((4, 4), (), ()),
    ],
)
def test_each_channel_needs_its_mean_and_its_deviation(shape, mean, std, exactly):
    message = (
        f"images have shape {shape}, mean {mean}, std {std}: give (..., c, h, w), (c,) and (c,)"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        normalize(torch.zeros(shape), torch.zeros(mean), torch.ones(std))


@pytest.mark.parametrize("std", [0.0, -1.0, float("nan")])
def test_a_deviation_that_is_not_positive_is_refused(std, exactly):
    message = f"std is {[1.0, std]}: every channel needs a positive one"
    with pytest.raises(ValueError, match=exactly(message)):
        normalize(torch.zeros(2, 4, 4), torch.zeros(2), torch.tensor([1.0, std]))


# shifts


@pytest.mark.parametrize("most", [0, 1, 2])
def test_the_shifts_are_every_translation_by_whole_pixels(most):
    images = pictures(3, 6, 7)
    moved = shifts(images, most)
    k = (2 * most + 1) ** 2
    assert moved.shape == (k * 3, 6, 7)
    expected = {
        tuple(tv.affine(images, 0, [right, down], 1, [0]).flatten().tolist())
        for down in range(-most, most + 1)
        for right in range(-most, most + 1)
    }
    assert {tuple(each.flatten().tolist()) for each in moved.split(3)} == expected
    assert torch.equal(moved.split(3)[k // 2], images)


def test_images_cannot_move_by_less_than_no_pixels(exactly):
    with pytest.raises(ValueError, match=exactly("most is -1: give a number of pixels, 0 or more")):
        shifts(pictures(1, 2, 2), -1)


# versions


def test_the_same_seed_gives_the_same_versions_and_another_gives_others():
    image = pictures(1, 8, 8)
    transform = v2.RandomCrop(8, padding=3)
    first = versions(transform, image, 6, seed=1)
    assert first.shape == (6, 1, 8, 8)
    assert torch.equal(first, versions(transform, image, 6, seed=1))
    assert not torch.equal(first, versions(transform, image, 6, seed=2))
    assert len({tuple(each.flatten().tolist()) for each in first}) > 1


def test_the_versions_are_those_after_torchs_manual_seed():
    image = pictures(1, 8, 8)
    transform = v2.RandomCrop(8, padding=3)
    state = torch.get_rng_state()
    torch.manual_seed(5)
    expected = torch.stack([transform(image) for _ in range(4)])
    torch.set_rng_state(state)
    assert torch.equal(versions(transform, image, 4, seed=5), expected)


def test_the_global_generator_stands_where_it_stood_also_after_an_error():
    before = torch.get_rng_state()
    versions(lambda image: image + torch.rand(()), torch.zeros(2), 3, seed=0)
    with pytest.raises(ZeroDivisionError):
        versions(lambda image: torch.rand(()) / (1 // 0), torch.zeros(2), 3, seed=0)
    assert torch.equal(torch.get_rng_state(), before)


def test_one_version_is_enough():
    assert torch.equal(versions(torch.neg, torch.ones(2), 1, seed=0), -torch.ones(1, 2))


def test_no_versions_are_refused(exactly):
    with pytest.raises(ValueError, match=exactly("count is 0: ask for at least 1 version")):
        versions(lambda image: image, torch.zeros(2), 0, seed=0)


def test_versions_of_several_shapes_are_refused(exactly):
    sizes = iter([2, 3])
    message = "the versions have shapes [(2,), (3,)]: end with a crop or a resize"
    with pytest.raises(ValueError, match=exactly(message)):
        versions(lambda image: image[: next(sizes)], torch.zeros(3), 2, seed=0)
