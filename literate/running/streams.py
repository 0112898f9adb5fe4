"""The two ways in which text leaves a lesson: Python's streams, and the descriptors below them."""

import codecs
import contextlib
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path


class Descriptor:
    """Catches what C code and started programs write to a file descriptor."""

    def __init__(self, fd: int) -> None:
        handle, path = tempfile.mkstemp(prefix="literate-")
        os.close(handle)
        self._read = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        handle = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.dup2(handle, fd)
        os.close(handle)
        with contextlib.suppress(PermissionError):  # a system that keeps the names of open files
            Path(path).unlink()

    def read(self, final: bool = False) -> str:
        """Return what has come in since the last call.

        Args:
            final: Whether a character that has come in half will not be completed.
        """
        chunks = []
        while chunk := os.read(self._read, 1 << 20):
            chunks.append(chunk)
        return self._decoder.decode(b"".join(chunks), final)


class Stream(io.TextIOBase):
    """Stands for `sys.stdout` or `sys.stderr`, and writes into the outputs of the cell."""

    encoding = "utf-8"
    errors = "backslashreplace"  # as Python's own stderr: no page can hold a half of a pair

    def __init__(self, name: str, fd: int, write: Callable[[str, str], None]) -> None:
        self._name, self._fd, self._write, self._owner = name, fd, write, os.getpid()
        self.buffer = io.FileIO(fd, "w", closefd=False)

    def write(self, text: str) -> int:
        """Add text to the cell's outputs; a process started by the lesson writes to the file."""
        data = text.encode(self.encoding, self.errors)
        if os.getpid() == self._owner:
            self._write(self._name, data.decode())
        else:
            os.write(self._fd, data)
        return len(text)

    def writable(self) -> bool:
        """Return True: this is for writing only."""
        return True

    def fileno(self) -> int:
        """Return the descriptor that programs started by the lesson inherit."""
        return self._fd
