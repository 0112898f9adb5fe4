"""Entries are whole or not there, whoever writes, breaks or removes them."""

import os
import time

import pytest

from literate.running import storage


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "deep" / "entry.json"
    storage.write(path, b"first\nsecond")
    assert storage.read(path) == b"first\nsecond"
    storage.write(path, b"")
    assert storage.read(path) == b""
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[:10],
        lambda data: data.replace(b"c", b"d"),
        lambda data: b"\xff" + data,
        lambda data: data + b" ",
    ],
)
def test_what_is_damaged_is_not_there(tmp_path, damage):
    path = tmp_path / "entry.json"
    storage.write(path, b"content")
    path.write_bytes(damage(path.read_bytes()))
    assert storage.read(path) is None


def test_what_is_no_file_is_not_there(tmp_path):
    assert storage.read(tmp_path / "none") is None
    assert storage.read(tmp_path) is None


def test_a_folder_of_the_name_makes_place(tmp_path):
    (tmp_path / "entry" / "more").mkdir(parents=True)
    storage.write(tmp_path / "entry", b"x")
    assert storage.read(tmp_path / "entry") == b"x"


def test_what_nobody_has_used_for_long_is_removed(tmp_path):
    old, left, fresh = (tmp_path / name for name in ("old.json", "left.tmp", "fresh.json"))
    (tmp_path / "folder").mkdir()
    for path, days in ((old, 31), (left, 2), (fresh, 29)):
        storage.write(path, b"x")
        os.utime(path, (time.time() - days * 86400,) * 2)
    storage.prune(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"fresh.json", "folder"}
    os.utime(fresh, (0, 0))
    storage.touch(fresh)
    storage.prune(tmp_path)
    assert fresh.exists(), "it was of use"
