import os
import subprocess
import sys
import urllib.request
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision import datasets

from course.data.checksums import FILES
from course.data.digits import digits_like_mnist
from course.data.mnist import load_fashion_mnist, load_mnist

REAL = os.environ.get("COURSE_DATA", "")  # else the same tests read small files made here

LOADERS = {"MNIST": load_mnist, "FashionMNIST": load_fashion_mnist}
TITLES = {"MNIST": "MNIST", "FashionMNIST": "Fashion-MNIST"}
each = pytest.mark.parametrize("dataset", LOADERS)


@pytest.fixture(ids=["real" if REAL else "small"], params=[REAL])
def data(request, monkeypatch):
    """Return the folder that COURSE_DATA names: the one given to pytest, or else a made-up one."""
    path = Path(request.param).absolute() if REAL else request.getfixturevalue("folder")
    monkeypatch.setenv("COURSE_DATA", str(path))
    return path


def offline_load(dataset):
    with pytest.warns(UserWarning, match="scikit-learn's digits stand in"):
        return LOADERS[dataset]()


# From a folder


@each
def test_images_and_labels_are_those_that_torchvision_reads(data, dataset):
    for train, part in zip((True, False), LOADERS[dataset](), strict=True):
        reference = getattr(datasets, dataset)(data, train=train)
        assert torch.equal(part.images, reference.data)
        assert torch.equal(part.labels, reference.targets)
        assert (part.images.dtype, part.labels.dtype) == (torch.uint8, torch.int64)


@each
def test_images_and_labels_are_the_bytes_after_the_header(data, dataset):
    for name, part in zip(("train", "t10k"), LOADERS[dataset](), strict=True):
        raw = data / dataset / "raw"
        pixels = np.fromfile(raw / f"{name}-images-idx3-ubyte", np.uint8, offset=16)
        labels = np.fromfile(raw / f"{name}-labels-idx1-ubyte", np.uint8, offset=8)
        np.testing.assert_array_equal(part.images, pixels.reshape(-1, 28, 28))
        np.testing.assert_array_equal(part.labels, labels)
        assert len(labels) == FILES[dataset][f"{name}-labels-idx1-ubyte"][0] - 8


@each
def test_the_source_and_the_classes_are_told(data, dataset):
    names = getattr(datasets, dataset).classes
    for part in LOADERS[dataset]():
        assert part.source == f"{TITLES[dataset]}, from the folder that COURSE_DATA names"
        assert not part.stand_in
        assert list(part.classes) == [n[0] if dataset == "MNIST" else n for n in names]


@each
def test_an_old_processed_folder_that_nobody_has_verified_is_not_read(folder, monkeypatch, dataset):
    processed = folder / dataset / "processed"
    processed.mkdir()
    for name in ("training.pt", "test.pt"):
        torch.save((torch.zeros(1, 28, 28), torch.zeros(1)), processed / name)
    monkeypatch.setenv("COURSE_DATA", str(folder))
    train, test = LOADERS[dataset]()
    assert (len(train.images), len(test.images)) == (20, 10)


@each
@pytest.mark.parametrize("missing", ["folder", "train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
def test_a_folder_without_the_data_is_an_error_and_not_a_reason_to_stand_in(
    folder, monkeypatch, offline, dataset, missing
):
    if missing == "folder":
        folder, missing = folder / "nowhere", "train-images-idx3-ubyte"
    else:
        (folder / dataset / "raw" / missing).unlink()
    monkeypatch.setenv("COURSE_DATA", str(folder))
    with pytest.raises(FileNotFoundError, match=f"{dataset}/raw/{missing} is not there: expected"):
        LOADERS[dataset]()


@each
def test_a_damaged_file_is_an_error_and_not_a_reason_to_stand_in(
    folder, monkeypatch, offline, dataset
):
    path = folder / dataset / "raw" / "t10k-images-idx3-ubyte"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    monkeypatch.setenv("COURSE_DATA", str(folder))
    with pytest.raises(ValueError, match="t10k-images-idx3-ubyte is damaged or another file"):
        LOADERS[dataset]()


# From the cache folder


@each
@pytest.mark.parametrize("course_data", [None, ""])
def test_without_course_data_they_are_downloaded_once_into_the_cache_folder(
    server, folder, cache, monkeypatch, dataset, course_data
):
    if course_data is not None:
        monkeypatch.setenv("COURSE_DATA", course_data)
    first = LOADERS[dataset]()
    monkeypatch.setattr(urllib.request, "urlopen", None)
    second = LOADERS[dataset]()
    monkeypatch.setenv("COURSE_DATA", str(folder))
    for one, two, expected in zip(first, second, LOADERS[dataset](), strict=True):
        for part in (one, two):
            assert torch.equal(part.images, expected.images)
            assert torch.equal(part.labels, expected.labels)
            assert part.classes == expected.classes
            assert part.source == f"{TITLES[dataset]}, downloaded by torchvision"
            assert not part.stand_in
    assert [path.name for path in cache.iterdir()] == [dataset]


def test_a_damaged_file_in_the_cache_folder_is_an_error_until_it_is_deleted(server, cache):
    load_mnist()
    path = cache / "MNIST" / "raw" / "train-labels-idx1-ubyte"
    path.write_bytes(path.read_bytes()[:-1])
    server.calls.clear()
    with pytest.raises(ValueError, match="train-labels-idx1-ubyte is damaged or another file"):
        load_mnist()
    assert server.calls == []
    path.unlink()
    assert len(load_mnist()[0].labels) == 20


def test_the_file_that_is_missing_is_opened_so_that_a_page_knows_it_depends_on_it(
    offline, cache, monkeypatch
):
    opened, really_open = [], Path.open

    def note_and_open(path, *args, **kwargs):
        opened.append(path)
        return really_open(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", note_and_open)
    offline_load("MNIST")
    assert opened[0] == cache / "MNIST" / "raw" / "train-images-idx3-ubyte"


# The stand-in


@each
def test_offline_the_digits_stand_in_and_say_so(offline, cache, dataset):
    title = TITLES[dataset]
    with pytest.warns(UserWarning, match=f"^{title} cannot be downloaded") as caught:
        parts = LOADERS[dataset]()
    (warning,) = caught
    assert str(warning.message).endswith(
        "train-images-idx3-ubyte.gz: <urlopen error no network>): scikit-learn's digits stand in "
        "for it. Connect and run again, or name a folder that holds it in COURSE_DATA"
    )
    assert warning.filename == __file__, "it points at the line that asked"
    for part, (images, labels) in zip(parts, digits_like_mnist(), strict=True):
        assert torch.equal(part.images, images)
        assert torch.equal(part.labels, labels)
        assert part.classes == tuple("0123456789")
        expected = f"scikit-learn's digits, enlarged from 8×8 pixels, in place of {title}"
        assert part.source == expected
        assert part.stand_in
    assert not cache.exists()


def test_the_digits_stand_in_when_a_download_breaks_off(broken, cache):
    train, test = offline_load("FashionMNIST")
    assert (train.stand_in, test.stand_in) == (True, True)
    assert list(cache.iterdir()) == []


def test_a_disk_that_is_full_is_no_reason_to_stand_in(server, cache):
    cache.parent.mkdir()
    cache.write_text("not a folder")
    with pytest.raises(OSError, match="cannot be read"):
        load_mnist()


# The module


def test_images_cannot_be_exchanged_and_are_compared_by_identity(data):
    train, test = load_mnist()
    with pytest.raises(FrozenInstanceError):
        train.images = test.images
    assert train != test
    assert train == train


def test_importing_the_data_modules_loads_neither_torchvision_nor_scikit_learn():
    code = "import sys, course.data.mnist; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = run.stdout.split()
    assert "torch" in loaded
    assert not {"torchvision", "sklearn", "matplotlib"} & set(loaded)
