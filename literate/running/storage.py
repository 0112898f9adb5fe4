"""A folder of entries, each whole or not there: checksummed, and put in place by renaming.

Two builds may use a folder at once; what is cut, flipped or foreign reads as if it were not there.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path

#: Entries that no build has used for so long are removed.
DAYS = 30.0


class CacheError(Exception):
    """An entry cannot be written; the message names the file and the cause."""


def read(path: Path) -> bytes | None:
    """Return the content of an entry, or None if there is none that is whole."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if head.decode("ascii", "replace") != hashlib.sha256(body).hexdigest():
        return None
    return body


def touch(path: Path) -> None:
    """Note that an entry was of use; a folder that may be read, but not written, serves too."""
    with contextlib.suppress(OSError):
        os.utime(path)


def write(path: Path, body: bytes) -> None:
    """Write an entry, whole or not at all.

    Raises:
        CacheError: If the file cannot be written.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        if path.is_dir():
            shutil.rmtree(path)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise CacheError(f"{path}: cannot be written: {error.strerror}") from error


def prune(folder: Path) -> None:
    """Remove entries, and left-overs of killed builds, that nobody has used for long."""
    for path in folder.glob("*"):
        days = (time.time() - age(path)) / 86400
        if not path.is_dir() and days > (1.0 if path.suffix == ".tmp" else DAYS):
            with contextlib.suppress(OSError):
                path.unlink()


def age(path: Path) -> float:
    """Return when a file was last of use, in seconds; 0 if there is none."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
