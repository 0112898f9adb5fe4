"""When a program waits for its device: what it asked for then, and on which line.

A GPU works through a queue while the program goes on. To read a value the program has to wait until
the queue is empty; so it does when it copies something to the device without `non_blocking`.
`torch.cuda.set_sync_debug_mode` warns of the same moments on a real one.
"""

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch

#: Operations whose result, or its shape, the program has to know before it can go on.
READING = {
    *("aten::_local_scalar_dense", "aten::equal", "aten::nonzero", "aten::masked_select"),
    *("aten::_unique2", "aten::unique_dim", "aten::unique_consecutive", "aten::bincount"),
    *("aten::repeat_interleave.Tensor", "aten::linalg_lstsq"),
}

#: Noted for a copy from the device, and for one to it.
TO_CPU, FROM_CPU = "copy to the CPU", "copy from the CPU"

_PASSED = (str(Path(torch.__file__).parent), str(Path(__file__).parent / "kernel.py"))
_PASSED += (str(Path(__file__).parent / "backend.py"), __file__, "<frozen ", "<__array_function__")


@dataclass(frozen=True)
class Wait:
    """One moment of waiting.

    Attributes:
        what: The operation, or which way something was copied.
        place: The file and the line that asked for it, none of torch's.
    """

    what: str
    place: str


@dataclass
class Watched:
    """What has happened on the device since the watch began."""

    waits: list[Wait] = field(default_factory=list)
    operations: Counter[str] = field(default_factory=Counter)

    @property
    def reads(self) -> list[Wait]:
        """Return the moments at which something was read from the device."""
        return [wait for wait in self.waits if wait.what != FROM_CPU]

    @property
    def sends(self) -> list[Wait]:
        """Return the moments at which something was copied to the device."""
        return [wait for wait in self.waits if wait.what == FROM_CPU]


_watching: list[Watched] = []


@contextlib.contextmanager
def watch() -> Iterator[Watched]:
    """Count operations on the device, and the moments of waiting, as long as this is open."""
    watched = Watched()
    _watching.append(watched)
    try:
        yield watched
    finally:
        _watching.remove(watched)


def note(operation: str) -> None:
    """Take down an operation that the device carries out."""
    if _watching:
        for watched in _watching:
            watched.operations[operation] += 1
        if operation in READING:
            wait(operation)


def wait(what: str) -> None:
    """Take down that the program waits now."""
    if _watching:
        moment = Wait(what, _place())
        for watched in _watching:
            watched.waits.append(moment)


def _place() -> str:
    """Return the file and the line that asked torch for what it does now."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PASSED):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
