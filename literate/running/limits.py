"""How long a cell may take."""

import contextlib
import signal
import types
from collections.abc import Iterator


class CellTimeoutError(BaseException):
    """A cell ran longer than allowed. Not an `Exception`: no `except Exception` swallows it."""


@contextlib.contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise `CellTimeoutError` in the body after so many seconds, where the system can."""
    if not hasattr(signal, "setitimer"):  # the parent's own limit holds there
        yield
        return

    def stop(number: int, frame: types.FrameType | None) -> None:
        raise CellTimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
