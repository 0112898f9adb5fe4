"""The files of MNIST and Fashion-MNIST, and the checksums that tell whether they are intact."""

import hashlib
from pathlib import Path

from course.data.paths import expanded

#: Size in bytes and MD5 of each file, below the folder `<dataset>/raw` that torchvision makes.
FILES = {
    "MNIST": {
        "train-images-idx3-ubyte": (47_040_016, "6bbc9ace898e44ae57da46a324031adb"),
        "train-labels-idx1-ubyte": (60_008, "a25bea736e30d166cdddb491f175f624"),
        "t10k-images-idx3-ubyte": (7_840_016, "2646ac647ad5339dbf082846283269ea"),
        "t10k-labels-idx1-ubyte": (10_008, "27ae3e4e09519cfbb04c329615203637"),
    },
    "FashionMNIST": {
        "train-images-idx3-ubyte": (47_040_016, "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
        "train-labels-idx1-ubyte": (60_008, "9018921c3c673c538a1fc5bad174d6f9"),
        "t10k-images-idx3-ubyte": (7_840_016, "8181f5470baa50b63fa0f6fddb340f0a"),
        "t10k-labels-idx1-ubyte": (10_008, "15d484375f8d13e6eb1aabb0c3f46965"),
    },
}


def verify_file(path: Path, size: int, md5: str) -> None:
    """Return only if the file is intact. MD5 finds damage; it does not stop a forger.

    Args:
        path: The file.
        size: Its size in bytes, for the message: a truncated file is shorter.
        md5: Its MD5 (RFC 1321), 32 hexadecimal digits.

    Raises:
        FileNotFoundError: If there is no such file.
        OSError: If the file cannot be read.
        ValueError: If its content is another one.

    Examples:
        >>> import os
        >>> verify_file(Path(os.devnull), 0, hashlib.md5(b"").hexdigest())
    """
    expected = f"expected {size:,} bytes with MD5 {md5}"
    again = "download it again; the course does so when COURSE_DATA is not set"
    path = expanded(path)
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
            found_size = file.tell()
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{path} is not there: {expected}; name the folder that holds it in COURSE_DATA, "
            "or unset COURSE_DATA and the course downloads it"
        ) from error
    except OSError as error:
        raise OSError(
            f"{path} cannot be read ({error.strerror}): {expected}; "
            f"repair its permissions, or delete it and {again}"
        ) from error
    if found.hexdigest() != md5:
        raise ValueError(
            f"{path} is damaged or another file: {expected}, "
            f"found {found_size:,} bytes with MD5 {found.hexdigest()}; delete it and {again}"
        )


def verify_files(folder: Path, dataset: str) -> None:
    """Return only if the four files of a data set are intact.

    Args:
        folder: Holds `<dataset>/raw`, as torchvision's `root` does.
        dataset: `MNIST` or `FashionMNIST`.

    Raises:
        FileNotFoundError: If a file is missing.
        OSError: If a file cannot be read.
        ValueError: If the content of a file is another one.
    """
    for name, (size, md5) in FILES[dataset].items():
        verify_file(folder / dataset / "raw" / name, size, md5)
