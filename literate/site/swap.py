"""Put a finished folder in the place of an old one: a reader finds the one or the other, whole."""

import ctypes
import os
import shutil
import sys
from pathlib import Path

_HERE = -100  # AT_FDCWD: paths are relative to the current folder
_SWAP = 2  # RENAME_EXCHANGE on Linux, RENAME_SWAP on macOS

#: What the name of an old site ends with while the new one takes its place.
_ASIDE = "-old"


def staging(target: Path) -> Path:
    """Return the folder, beside the target, in which this process builds its successor."""
    return target.with_name(f".{target.name}.building-{os.getpid()}")


def clear(target: Path) -> None:
    """Remove what builds of the target left behind when they were killed.

    Where folders cannot be exchanged, one may have been killed between its two renamings: then the
    old site goes back to its place.
    """
    for folder in target.parent.glob(f".{target.name}.building-*"):
        number = folder.name.removesuffix(_ASIDE).rpartition("-")[2]
        if number.isdecimal() and _alive(int(number)):
            continue
        if folder.name.endswith(_ASIDE) and not target.exists():
            folder.rename(target)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def replace(target: Path, new: Path) -> None:
    """Put `new` in the place of `target`, and remove what was there.

    Raises:
        OSError: If the folders cannot be renamed; then the target is still there.
    """
    try:
        new.rename(target)
    except OSError:  # there is one, perhaps just made by another build
        if not target.exists():
            raise
    else:
        return
    if not _exchange(target, new):
        # No exchange on this system: for a moment between the two there is no target.
        aside = new.with_name(new.name + _ASIDE)
        target.rename(aside)
        new.rename(target)
        new = aside
    shutil.rmtree(new, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step where the system can; return whether it could."""
    names = os.fsencode(one.absolute()), os.fsencode(other.absolute())
    try:
        libc = ctypes.CDLL(None)
        if sys.platform == "darwin":
            return bool(libc.renamex_np(*names, _SWAP) == 0)
        return bool(libc.renameat2(_HERE, names[0], _HERE, names[1], _SWAP) == 0)
    except (AttributeError, OSError, TypeError):
        return False


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
