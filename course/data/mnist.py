"""MNIST and Fashion-MNIST: from a folder, else downloaded, else an announced stand-in."""

import os
import warnings
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from course.data.checksums import verify_files
from course.data.digits import digits_like_mnist
from course.data.download import cache_folder, download
from course.data.paths import expanded

_DIGITS = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
_CLOTHES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)


@dataclass(frozen=True, eq=False)
class Images:
    """Gray images with their labels, and where they come from.

    Args:
        images: Shape `(n, 28, 28)`, uint8, from 0 (background) to 255.
        labels: Shape `(n,)`, int64, each a place in `classes`.
        classes: The names of the classes.
        source: For people: what the data are and where they were read.
        stand_in: Whether these are not the data that were asked for.
    """

    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    source: str
    stand_in: bool


def load_mnist() -> tuple[Images, Images]:
    """Return the training set and the test set of MNIST: handwritten digits, 60,000 and 10,000.

    They are read from the folder that the environment variable `COURSE_DATA` names, or else from
    the user's cache folder, downloaded there by torchvision when they are needed first. Where
    there is no network, scikit-learn's digits stand in: a warning says so, and so do `source` and
    `stand_in`.

    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998), "Gradient-Based Learning Applied to Document
    Recognition", section III.

    Raises:
        FileNotFoundError: If `COURSE_DATA` names a folder without the data.
        OSError: If a file cannot be read, or a download not be stored.
        ValueError: If a file is damaged.
    """
    return _load("MNIST", "MNIST", _DIGITS)


def load_fashion_mnist() -> tuple[Images, Images]:
    """Return the training set and the test set of Fashion-MNIST: clothes, 60,000 and 10,000.

    They are found as in `load_mnist`, and digits stand in for clothes where there is no network.

    H. Xiao, K. Rasul, R. Vollgraf (2017), "Fashion-MNIST: a Novel Image Dataset for Benchmarking
    Machine Learning Algorithms", arXiv:1708.07747.

    Raises:
        FileNotFoundError: If `COURSE_DATA` names a folder without the data.
        OSError: If a file cannot be read, or a download not be stored.
        ValueError: If a file is damaged.
    """
    return _load("FashionMNIST", "Fashion-MNIST", _CLOTHES)


def _load(dataset: str, title: str, classes: tuple[str, ...]) -> tuple[Images, Images]:
    """Return both sets at once, so that they never come from two sources."""
    named = os.environ.get("COURSE_DATA")
    if named:
        source = f"{title}, from the folder that COURSE_DATA names"
        return _read(expanded(named), dataset, classes, source)
    source = f"{title}, downloaded by torchvision"
    try:
        # Not asked whether it exists, but opened: so a page that misses it knows what it misses.
        return _read(cache_folder(), dataset, classes, source)
    except FileNotFoundError:
        pass
    try:
        download(dataset, cache_folder())
    except ConnectionError as error:
        warnings.warn(
            f"{title} cannot be downloaded ({error}): scikit-learn's digits stand in for it. "
            "Connect and run again, or name a folder that holds it in COURSE_DATA",
            stacklevel=3,
        )
        return _stand_in(title)
    return _read(cache_folder(), dataset, classes, source)


def _read(
    folder: Path, dataset: str, classes: tuple[str, ...], source: str
) -> tuple[Images, Images]:
    """Return both sets from files whose checksums are right."""
    verify_files(folder, dataset)
    # Not the class datasets.MNIST: where an old `processed` folder lies beside `raw`, it reads
    # that one, which nobody has verified.
    from torchvision.datasets.mnist import read_image_file, read_label_file

    raw = folder / dataset / "raw"
    train, test = (
        Images(
            read_image_file(raw / f"{part}-images-idx3-ubyte"),
            read_label_file(raw / f"{part}-labels-idx1-ubyte"),
            classes,
            source,
            stand_in=False,
        )
        for part in ("train", "t10k")
    )
    return train, test


def _stand_in(title: str) -> tuple[Images, Images]:
    source = f"scikit-learn's digits, enlarged from 8×8 pixels, in place of {title}"
    train, test = (
        Images(images, labels, _DIGITS, source, stand_in=True)
        for images, labels in digits_like_mnist()
    )
    return train, test
