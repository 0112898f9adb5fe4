"""A small MNIST and Fashion-MNIST of made-up pixels, and a network that is made up as well."""

import gzip
import hashlib
import http.client
import re
import socket
import struct
import threading
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from torchvision import datasets

from course.data import checksums


def idx(array):
    """Return an array as the bytes of an IDX file: its kind, its rank, its sizes, its values."""
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def md5(content):
    return hashlib.md5(content).hexdigest()


@pytest.fixture
def exactly():
    return lambda message: f"^{re.escape(message)}$"


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    """Give each test a cache folder of its own, no COURSE_DATA, and no network at all."""

    def refuse(*args, **kwargs):
        raise AssertionError("a test must not use the network")

    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    return tmp_path / "cache" / "every-lesson-is-a-program"


@pytest.fixture
def small(monkeypatch):
    """Let both data sets be small ones; return their files as {data set: {name: content}}."""
    rng = np.random.default_rng(0)
    made = {}
    for dataset in ("MNIST", "FashionMNIST"):
        files = {}
        for part, n in (("train", 20), ("t10k", 10)):
            images = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
            files[f"{part}-images-idx3-ubyte"] = idx(images)
            files[f"{part}-labels-idx1-ubyte"] = idx(rng.integers(0, 10, n, dtype=np.uint8))
        table = {name: (len(content), md5(content)) for name, content in files.items()}
        zipped = [(f"{name}.gz", md5(gzip.compress(files[name], mtime=0))) for name in files]
        monkeypatch.setitem(checksums.FILES, dataset, table)
        monkeypatch.setattr(getattr(datasets, dataset), "resources", zipped)
        made[dataset] = files
    return made


@pytest.fixture
def folder(small, tmp_path):
    """Return a folder with the small data sets, laid out as torchvision does it."""
    for dataset, files in small.items():
        raw = tmp_path / "data" / dataset / "raw"
        raw.mkdir(parents=True)
        for name, content in files.items():
            (raw / name).write_bytes(content)
    return tmp_path / "data"


class Response:
    def __init__(self, url, content):
        self.url, self.length, self._rest = url, len(content), content

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def read(self, size):
        part, self._rest = self._rest[:size], self._rest[size:]
        return part


class Server:
    """Answers every address that ends with the name of a file of a small data set.

    `fail` maps the last part of an address to what is raised when its content is read; `calls`
    notes what was asked, and how.
    """

    def __init__(self, small):
        self.small, self.fail, self.calls, self.meanwhile = small, {}, [], lambda: None

    def urlopen(self, request, timeout=None):
        url = request.full_url
        thread = threading.current_thread()
        self.calls.append((request.get_method(), url, timeout, thread.daemon))
        dataset = "FashionMNIST" if "fashion" in url else "MNIST"
        name = Path(url).name
        response = Response(url, gzip.compress(self.small[dataset][Path(name).stem], mtime=0))
        if request.get_method() == "GET":
            self.timeout = socket.getdefaulttimeout()
            self.meanwhile()
            if name in self.fail:
                response.read = lambda size: self._break(name)
        return response

    def _break(self, name):
        if isinstance(self.fail[name], bytes):
            content, self.fail[name] = self.fail[name], b""
            return content
        raise self.fail[name]


@pytest.fixture
def server(small, monkeypatch):
    server = Server(small)
    monkeypatch.setattr(urllib.request, "urlopen", server.urlopen)
    return server


@pytest.fixture
def offline(monkeypatch):
    """Let every address be unreachable."""

    def urlopen(*args, **kwargs):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)


@pytest.fixture
def silent(monkeypatch):
    """Let an address be one that never answers."""
    over = threading.Event()

    def urlopen(*args, **kwargs):
        over.wait()
        raise urllib.error.URLError("over")  # ends the thread that asked

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    yield
    over.set()


@pytest.fixture(
    params=[
        urllib.error.URLError("gone"),
        TimeoutError("gone"),
        ConnectionResetError("gone"),
        http.client.IncompleteRead(b""),
        b"a page to log in",
    ],
    ids=lambda cause: type(cause).__name__,
)
def broken(server, request):
    """Let the third of four files break off, or be something else, on its way."""
    server.fail["t10k-images-idx3-ubyte.gz"] = request.param
    return server
