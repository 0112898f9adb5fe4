"""MNIST and Fashion-MNIST from the network, by torchvision, into the user's cache folder."""

import contextlib
import http.client
import io
import os
import queue
import socket
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from course.data.checksums import FILES, verify_files
from course.data.paths import expanded

ANSWER_SECONDS = 8.0  # in which a server must answer at all, or this machine counts as offline
STALL_SECONDS = 30.0  # for which a download may stand still

# What torchvision lets through when a download fails; its own word for it is RuntimeError.
_FAILED = (
    RuntimeError,
    urllib.error.URLError,
    TimeoutError,
    ConnectionError,
    http.client.HTTPException,
)


def cache_folder() -> Path:
    """Return the folder in which the course keeps what it has downloaded for this user.

    It lies in `XDG_CACHE_HOME` if that is set, as the XDG Base Directory Specification says, or
    else in the place that the operating system has for it.

    Examples:
        >>> cache_folder().name
        'every-lesson-is-a-program'
    """
    usual = {"darwin": "~/Library/Caches", "win32": "~/AppData/Local"}.get(sys.platform, "~/.cache")
    folder = expanded(os.environ.get("XDG_CACHE_HOME") or usual)
    return folder / "every-lesson-is-a-program"


def why_unreachable(urls: list[str], seconds: float) -> str:
    """Return why no address answers, or an empty text as soon as one does.

    Args:
        urls: Addresses, at least one, asked one after the other.
        seconds: How long to wait for all of them together. `urlopen` has a limit of its own, but
            for each address that a name may stand for, and none for looking up the name.
    """
    answers: queue.SimpleQueue[str] = queue.SimpleQueue()

    def ask() -> None:
        for url in urls:
            request = urllib.request.Request(url, method="HEAD")
            try:
                with urllib.request.urlopen(request, timeout=seconds):
                    return answers.put("")
            except (OSError, http.client.HTTPException) as error:
                cause = f"{url}: {error}"
        answers.put(cause)

    threading.Thread(target=ask, daemon=True).start()  # daemon: never waited for at exit
    try:
        return answers.get(timeout=seconds)
    except queue.Empty:
        return f"{urls[0]}: no answer in {seconds:g} s"


@contextlib.contextmanager
def _calmly() -> Iterator[None]:
    """End a connection that stands still, and show the progress bar only in a terminal."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALL_SECONDS)  # torchvision passes none
    try:
        with contextlib.ExitStack() as stack:
            if not sys.stderr.isatty():  # a bar would be text in a page or a log
                stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
            yield
    finally:
        socket.setdefaulttimeout(before)


def download(dataset: str, folder: Path) -> None:
    """Put the four files of a data set, about 55 MB, into `folder/<dataset>/raw`.

    They appear there whole and verified, or not at all: they are downloaded into a temporary
    folder beside, and renamed at the end. Two processes may do so at once; each renames the same
    content.

    Args:
        dataset: `MNIST` or `FashionMNIST`, as torchvision names its class.
        folder: Where to put it; made if it is not there.

    Raises:
        ConnectionError: If no server answers, or a download breaks off or brings something else.
        OSError: If the files cannot be written, for example because the disk is full.
    """
    from torchvision import datasets

    folder = expanded(folder)
    kind = getattr(datasets, dataset)
    cause = why_unreachable([url + kind.resources[0][0] for url in kind.mirrors], ANSWER_SECONDS)
    if cause:
        raise ConnectionError(cause)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as temporary:
            with _calmly():
                kind(temporary, download=True)
            verify_files(Path(temporary), dataset)
            raw = folder / dataset / "raw"
            raw.mkdir(parents=True, exist_ok=True)
            for name in FILES[dataset]:
                (Path(temporary) / dataset / "raw" / name).replace(raw / name)
    except _FAILED as error:
        raise ConnectionError(" ".join(str(error).split())) from error
    except OSError as error:
        raise OSError(
            f"{dataset} cannot be stored in {folder} ({error}): make room and let it be written, "
            "or name another folder in XDG_CACHE_HOME"
        ) from error
