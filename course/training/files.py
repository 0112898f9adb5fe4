"""Files that hold the old or the new value whole, and only what can be read again."""

import copy
import io
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import torch

from course.data.paths import expanded

Saved = dict[str, Any]


def atomic_save(value: Saved, path: str | os.PathLike[str]) -> None:
    """Write the value to the file, which holds the old or the new value whole at every moment.

    The value goes to a second file beside it, named with `.part` at its end, that then takes its
    place. If the program is killed in between, the `.part` stays until the next time.

    Numbers of NumPy, such as a learning rate from `np.logspace`, are written as those of Python:
    `checked_load` would take the others for code.

    Args:
        value: With its `"format"`, a text, for `checked_load`.
        path: The file; missing folders are made, and `~` is your home folder.

    Raises:
        TypeError: If a part of the value could not be read again. Nothing is written then.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     atomic_save({"format": "numbers 1", "numbers": [1, 2]}, Path(folder) / "numbers.pt")
        ...     checked_load(Path(folder) / "numbers.pt", "numbers 1")
        {'format': 'numbers 1', 'numbers': [1, 2]}
    """
    content = _content(value)
    path = expanded(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")  # a rename is atomic within one file system only
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # the content first, or a power cut may leave an empty file
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def checked_load(path: str | os.PathLike[str], format: str) -> Saved:
    """Return what `atomic_save` wrote, with its tensors on the CPU. It runs no code of the file's.

    Args:
        path: The file; `~` is your home folder.
        format: What the value must have as its `"format"`.

    Raises:
        FileNotFoundError: If there is no file.
        ValueError: If the file is damaged or holds something else.
    """
    path = expanded(path)
    with path.open("rb") as file:
        _check_whole(file, path)
        try:
            value = torch.load(file, map_location="cpu", weights_only=True)
        except Exception as error:
            raise ValueError(
                f"{path} is whole, but not read, because it is of another kind or may hold code: "
                "give another path; or if you wrote it yourself, read it with torch.load(path, "
                "weights_only=False), make numbers and tensors of what it holds, and save it anew"
            ) from error
    found = value.get("format") if isinstance(value, dict) else type(value).__name__
    if found != format:
        raise ValueError(
            f"{path} holds {found!r} where {format!r} was expected: give another path, or move the "
            "file away to begin anew"
        )
    return dict(value)


def _check_whole(file: Any, path: Path) -> None:
    try:
        with zipfile.ZipFile(file) as archive:  # torch.load does not look at the checksums
            damaged = archive.testzip()
        if damaged is not None:
            raise ValueError(f"the checksum of {damaged} is wrong")
    except Exception as error:
        raise ValueError(
            f"{path} cannot be read, because it is damaged or of another kind: take another copy, "
            "or move it away to begin anew"
        ) from error
    file.seek(0)


def _content(value: Saved) -> bytes:
    """Return what the file will hold, once it is sure that it can be read again."""
    value = _plain(value)
    content, error = _tried(value)
    if error is not None:
        place, part = _culprit("", value)
        raise TypeError(
            f"value{place} is of type {type(part).__name__}, which could not be read again: give "
            "tensors, or numbers and texts of Python, in lists and dictionaries"
        ) from error
    return content


def _plain(value: Any) -> Any:
    """Return the value with numbers of Python in place of those of NumPy, however deep."""
    numpy = sys.modules.get("numpy")  # whoever has a number of NumPy has imported it
    if numpy is not None and isinstance(value, numpy.generic):
        return value.item()
    if isinstance(value, dict):
        plain = copy.copy(value)  # a state_dict has an attribute, too
        plain.clear()
        for key, part in value.items():  # not `update`: a Counter, as of MultiStepLR, would count
            plain[_plain(key)] = _plain(part)
        return plain
    if type(value) in (list, tuple):
        return type(value)(map(_plain, value))
    return value


def _tried(value: Any) -> tuple[bytes, Exception | None]:
    """Return the value as bytes, and why they cannot be read again, if so."""
    buffer = io.BytesIO()
    try:
        torch.save(value, buffer)
        buffer.seek(0)
        torch.load(buffer, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:
        return b"", error
    return buffer.getvalue(), None


def _culprit(place: str, value: Any) -> tuple[str, Any]:
    """Return the innermost part that cannot be read again, and where in the value it is."""
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list | tuple):
        pairs = enumerate(value)
    for key, part in pairs:
        if _tried(part)[1] is not None:
            return _culprit(f"{place}[{key!r}]", part)
    return place, value
