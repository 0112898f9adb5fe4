"""Catch what a cell shows, whichever way it takes: Python's streams, C code, started programs.

`Outputs` collects it as notebooks store it, in the order in which it comes.
"""

import base64
import contextlib
import ctypes
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Descriptor:
    """Catches what C code and started programs write to a file descriptor."""

    def __init__(self, fd: int) -> None:
        handle, path = tempfile.mkstemp(prefix="literate-")
        os.close(handle)
        self._file = Path(path).open("rb")  # noqa: SIM115 - as long as the process lives
        handle = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.dup2(handle, fd)
        os.close(handle)
        with contextlib.suppress(PermissionError):  # a system that keeps the names of open files
            Path(path).unlink()

    def read(self) -> str:
        """Return what has come in since the last call."""
        return self._file.read().decode(errors="replace")


class Outputs:
    """The outputs of the running cell, in the order in which they came."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self._descriptors = {"stdout": Descriptor(1), "stderr": Descriptor(2)}

    def collect(self) -> None:
        """Add what came in through the descriptors: from C code and from started processes."""
        with contextlib.suppress(OSError, TypeError, AttributeError):
            ctypes.CDLL(None).fflush(None)  # what C code holds back
        for name, descriptor in self._descriptors.items():
            if text := descriptor.read():
                self._append(name, text)

    def stream(self, name: str, text: str) -> None:
        """Add text; it joins the output before it when that is the same stream."""
        self.collect()
        if text:
            self._append(name, text)

    def _append(self, name: str, text: str) -> None:
        text = text.encode(errors="backslashreplace").decode()  # no page can hold a surrogate
        if self.items and self.items[-1].get("name") == name:
            self.items[-1]["text"] += text
        else:
            self.items.append({"output_type": "stream", "name": name, "text": text})

    def display(self, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Add a MIME bundle: what pages can show of it, as text."""
        self.collect()
        data = {
            kind: base64.b64encode(value).decode() if isinstance(value, bytes) else value
            for kind, value in data.items()
            if kind.startswith(("image/", "text/"))
        }
        self.items.append({"output_type": "display_data", "data": data, "metadata": metadata})


class Stream(io.TextIOBase):
    """Stands for `sys.stdout` or `sys.stderr`, and writes into the outputs of the cell."""

    encoding = "utf-8"

    def __init__(self, name: str, fd: int, write: Callable[[str, str], None]) -> None:
        self._name, self._fd, self._write, self._owner = name, fd, write, os.getpid()
        self.buffer = io.FileIO(fd, "w", closefd=False)

    def write(self, text: str) -> int:
        """Add text to the cell's outputs; a process started by the lesson writes to the file."""
        if os.getpid() == self._owner:
            self._write(self._name, text)
        else:
            os.write(self._fd, text.encode())
        return len(text)

    def writable(self) -> bool:
        """Return True: this is for writing only."""
        return True

    def fileno(self) -> int:
        """Return the descriptor that programs started by the lesson inherit."""
        return self._fd
