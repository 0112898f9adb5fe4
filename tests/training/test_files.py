import os
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from course.training.files import atomic_save, checked_load

FORMAT = "numbers 1"


def exactly(message):
    return f"^{re.escape(message)}$"


def names(folder):
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "numbers.pt"
    atomic_save({"format": FORMAT, "numbers": torch.arange(5.0)}, path)
    return path


def test_missing_folders_are_made_and_one_file_is_left(tmp_path):
    path = tmp_path / "runs" / "one" / "checkpoint.pt"
    atomic_save({"format": "number 1", "number": 1}, str(path))
    atomic_save({"format": "number 1", "number": 2}, str(path))
    assert checked_load(path, "number 1") == {"format": "number 1", "number": 2}
    assert names(path.parent) == ["checkpoint.pt"]


@pytest.mark.parametrize(
    "function", ["pathlib.Path.open", "torch.save", "os.fsync", "pathlib.Path.replace"]
)
@pytest.mark.parametrize("error", [OSError("the disk is full"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_the_old_file_and_no_other(path, monkeypatch, function, error):
    def fail(*arguments):
        raise error

    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(function, fail)
        with pytest.raises(type(error)) as caught:
            atomic_save({"format": "number 1"}, path)
    assert caught.value is error
    assert path.read_bytes() == before
    assert names(path.parent) == [path.name]


def test_the_whole_file_is_on_the_disk_before_it_takes_its_place(path, monkeypatch):
    before, seen = path.read_bytes(), []
    monkeypatch.setattr(os, "fsync", lambda number: seen.append(os.fstat(number).st_size))
    atomic_save({"format": "number 1", "numbers": list(range(1000))}, path)
    assert path.read_bytes() != before
    assert seen == [path.stat().st_size]


def test_what_a_killed_process_left_is_overwritten(path):
    path.with_name("numbers.pt.part").write_bytes(b"half of" * 10_000)
    atomic_save({"format": "number 1"}, path)
    assert checked_load(path, "number 1") == {"format": "number 1"}
    assert names(path.parent) == [path.name]


def test_a_missing_file_is_told_from_a_damaged_one(tmp_path):
    with pytest.raises(FileNotFoundError):
        checked_load(tmp_path / "none.pt", FORMAT)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(0.1), 0.1),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (np.bool_(True), True),
        (np.str_("lr"), "lr"),
        (np.complex128(1j), 1j),
        ((np.float64(0.9), 0.999), (0.9, 0.999)),
        ([[np.int8(1)], {"deep": np.uint8(2)}], [[1], {"deep": 2}]),
        ({np.int64(3): {np.str_("a"): 1}}, {3: {"a": 1}}),
    ],
)
def test_numbers_and_texts_of_numpy_come_back_as_those_of_python(path, value, expected):
    atomic_save({"format": FORMAT, "value": value}, path)
    back = checked_load(path, FORMAT)["value"]
    assert back == expected
    assert repr(back) == repr(expected)


def test_what_can_be_read_is_kept_as_it_is_and_the_value_of_the_caller_stays(path):
    weights = torch.nn.BatchNorm1d(2).state_dict()
    shared = torch.ones(3)
    value = {"format": FORMAT, "weights": weights, "one": shared, "other": shared[1:], "lr": None}
    value |= {"complex": 1j, "set": {1}, "type": torch.float16, "shape": torch.Size([2])}
    value |= {"rate": np.float64(0.5)}
    atomic_save(value, path)
    back = checked_load(path, FORMAT)
    assert list(back) == list(value)
    assert back["weights"]._metadata == weights._metadata
    assert back["one"].untyped_storage().data_ptr() == back["other"].untyped_storage().data_ptr()
    assert (back["set"], back["type"], back["shape"]) == ({1}, torch.float16, torch.Size([2]))
    assert type(value["rate"]) is np.float64


@pytest.mark.parametrize(
    ("value", "place", "kind"),
    [
        (np.ones(3), "['value']", "ndarray"),
        (np.array(0.1), "['value']", "ndarray"),
        (np.datetime64("2020-01-01"), "['value']", "date"),
        ([1, {"a": (2, Path("x"))}], "['value'][1]['a'][1]", type(Path("x")).__name__),
        ({"rate": lambda epoch: 0.9**epoch}, "['value']['rate']", "function"),
        (range(3), "['value']", "range"),
        (torch.nn.Linear(1, 1), "['value']", "Linear"),
        ({Path("x"): 1}, "['value']", "dict"),
    ],
)
def test_what_could_not_be_read_again_is_refused_with_its_place_and_nothing_is_written(
    path, value, place, kind
):
    before = path.read_bytes()
    message = (
        f"value{place} is of type {kind}, which could not be read again: give tensors, or numbers "
        "and texts of Python, in lists and dictionaries"
    )
    with pytest.raises(TypeError, match=exactly(message)):
        atomic_save({"format": FORMAT, "value": value}, path)
    assert path.read_bytes() == before
    with pytest.raises(TypeError, match=exactly(message)):
        atomic_save({"format": FORMAT, "value": value}, path.parent / "new" / "numbers.pt")
    assert names(path.parent) == [path.name]


def test_a_tilde_is_the_home_folder_and_a_name_that_begins_so_is_a_name(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    atomic_save({"format": FORMAT, "place": "home"}, "~/runs/a.pt")
    atomic_save({"format": FORMAT, "place": "here"}, "~$draft.pt")
    assert (tmp_path / "home" / "runs" / "a.pt").is_file()
    assert checked_load("~/runs/a.pt", FORMAT)["place"] == "home"
    assert checked_load(Path("~$draft.pt"), FORMAT)["place"] == "here"
    assert sorted(names(tmp_path)) == ["home", "~$draft.pt"]


def test_a_counter_comes_back_with_its_counts(tmp_path):
    path = tmp_path / "numbers.pt"
    value = Counter({3: 2, 5: 1})
    atomic_save({"format": FORMAT, "value": value}, path)
    assert checked_load(path, FORMAT)["value"] == value
