"""The stand-in for MNIST that needs no network: scikit-learn's digits in MNIST's shape."""

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812, the name it has everywhere


def enlarge(images: Tensor) -> Tensor:
    """Return small images of digits in the shape and the range of MNIST's, `(n, 28, 28)` uint8.

    As in MNIST, a digit fills a box of 20×20 pixels with a margin of 4 around it. Pixels between
    the given ones are interpolated linearly: there is no more detail than before.

    Args:
        images: Shape `(n, 8, 8)`, or any other square; from 0 (paper) to 16 (ink).

    Raises:
        ValueError: If there are no images, if they are not square, or if they hold NaN or values
            below 0 or above 16.

    Examples:
        >>> enlarge(torch.full((1, 8, 8), 16.0))[0, 3:5, 3:5]
        tensor([[  0,   0],
                [  0, 255]], dtype=torch.uint8)
    """
    if images.ndim != 3 or images.shape[1] != images.shape[2] or images.numel() == 0:
        raise ValueError(
            f"images have shape {tuple(images.shape)}: give them the shape (n, 8, 8), n at least 1"
        )
    if not (images.min() >= 0 and images.max() <= 16):  # so put, it catches NaN
        raise ValueError(
            f"images hold values from {images.min():g} to {images.max():g}: "
            "scale them to 0 (paper) to 16 (ink)"
        )
    box = F.interpolate(images.double().unsqueeze(1), size=(20, 20), mode="bilinear").squeeze(1)
    # A half is rounded up on every machine, whatever its last bits are.
    gray = (box * (255 / 16) + 1e-6).round().to(torch.uint8)
    return F.pad(gray, (4, 4, 4, 4))


def digits_like_mnist() -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Return the images and labels of a training set of 1,500 and a test set of 297 digits.

    The split is always the same, and each digit has its share of both sets.

    The digits are those that come with scikit-learn, 1,797 of 8×8 pixels: E. Alpaydin and
    C. Kaynak (1998), "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository.

    Returns:
        Twice images, `(n, 28, 28)` uint8 from 0 to 255, and labels, `(n,)` int64 from 0 to 9: for
        training, then for testing.

    Examples:
        >>> (images, labels), (test_images, _) = digits_like_mnist()
        >>> images.shape, labels.shape, test_images.shape
        (torch.Size([1500, 28, 28]), torch.Size([1500]), torch.Size([297, 28, 28]))
    """
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    images, labels = enlarge(torch.from_numpy(digits.images)).numpy(), digits.target
    parts = train_test_split(images, labels, test_size=297, stratify=labels, random_state=0)
    train_images, test_images, train_labels, test_labels = map(torch.from_numpy, parts)
    return (train_images, train_labels), (test_images, test_labels)
