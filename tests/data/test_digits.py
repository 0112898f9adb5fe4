import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits

from course.data.digits import digits_like_mnist, enlarge


def test_the_pixels_are_those_that_pillow_interpolates():
    digits = load_digits().images.astype(np.float32)
    larger = np.stack(
        [Image.fromarray(digit).resize((20, 20), Image.Resampling.BILINEAR) for digit in digits]
    )
    expected = np.pad(larger * 255 / 16, ((0, 0), (4, 4), (4, 4)))
    images = enlarge(torch.from_numpy(digits))
    assert images.dtype == torch.uint8
    assert np.abs(images.numpy() - expected).max() < 0.501
    assert (images.min(), images.max()) == (0, 255)


def test_a_half_is_rounded_up_whatever_the_last_bits_are():
    # All pixels alike, so that every interpolated one is that value: 8 / 16 of 255 is 127.5, and
    # 24 / 160 of 255 is 38.25; a little below a half stays below.
    values = torch.tensor([8.0, 2.4, 7.99], dtype=torch.float64)
    images = enlarge(values[:, None, None].expand(3, 8, 8))
    assert images[:, 14, 14].tolist() == [128, 38, 127]
    below = torch.full((1, 8, 8), 8.0, dtype=torch.float64).nextafter(torch.zeros(()).double())
    assert enlarge(below)[0, 14, 14] == 128


@pytest.mark.parametrize("shape", [(8, 8), (3, 8, 6), (3, 1, 8, 8), (0, 8, 8), (3, 0, 0)])
def test_images_of_another_shape_are_refused(shape, exactly):
    message = f"images have shape {shape}: give them the shape (n, 8, 8), n at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        enlarge(torch.zeros(shape))


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(-1, 2, "-1 to 2"), (0, 16.5, "0 to 16.5"), (0, torch.nan, "nan to nan")],
)
def test_values_beyond_those_of_paper_and_ink_are_refused(low, high, text, exactly):
    images = torch.zeros(2, 8, 8)
    images[0, 0, 0], images[1, 7, 7] = low, high
    message = f"images hold values from {text}: scale them to 0 (paper) to 16 (ink)"
    with pytest.raises(ValueError, match=exactly(message)):
        enlarge(images)


def test_every_digit_of_scikit_learn_is_in_exactly_one_of_the_two_sets():
    digits = load_digits()
    every = enlarge(torch.from_numpy(digits.images)).flatten(1).tolist()
    expected = sorted(zip(every, digits.target.tolist(), strict=True))
    (train_images, train_labels), (test_images, test_labels) = digits_like_mnist()
    images = torch.cat([train_images, test_images]).flatten(1).tolist()
    labels = torch.cat([train_labels, test_labels]).tolist()
    assert sorted(zip(images, labels, strict=True)) == expected
    assert len({tuple(image) for image in images}) == 1797, "no image comes twice"


def test_shapes_and_types_are_those_of_mnist_in_torchvision():
    sets = digits_like_mnist()
    for (images, labels), n in zip(sets, (1500, 297), strict=True):
        assert (images.shape, images.dtype) == ((n, 28, 28), torch.uint8)
        assert (labels.shape, labels.dtype) == ((n,), torch.int64)


def test_each_digit_has_its_share_of_both_sets():
    (_, train), (_, test) = digits_like_mnist()
    share = torch.bincount(train) / torch.bincount(torch.cat([train, test]))
    assert share.shape == (10,)
    assert torch.allclose(share, torch.tensor(1500 / 1797), atol=0.005)


def test_the_split_is_always_the_same_and_in_mixed_order():
    torch.manual_seed(1)
    np.random.seed(1)
    (images, labels), (test_images, test_labels) = digits_like_mnist()
    (again, same), (test_again, test_same) = digits_like_mnist()
    assert torch.equal(images, again)
    assert torch.equal(labels, same)
    assert torch.equal(test_images, test_again)
    assert torch.equal(test_labels, test_same)
    assert test_labels[:10].tolist() == [7, 3, 1, 3, 0, 3, 4, 7, 3, 5]
