import errno
import hashlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.data.checksums import FILES, verify_file, verify_files

AGAIN = "download it again; the course does so when COURSE_DATA is not set"

# ../shared/CURRICULUM.md, §Data
CURRICULUM = """
MNIST train-images 6bbc9ace898e44ae57da46a324031adb, train-labels a25bea736e30d166cdddb491f175f624,
t10k-images 2646ac647ad5339dbf082846283269ea, t10k-labels 27ae3e4e09519cfbb04c329615203637;
FashionMNIST train-images f4a8712d7a061bf5bd6d2ca38dc4d50a,
train-labels 9018921c3c673c538a1fc5bad174d6f9, t10k-images 8181f5470baa50b63fa0f6fddb340f0a,
t10k-labels 15d484375f8d13e6eb1aabb0c3f46965
"""


def test_the_checksums_are_those_of_the_curriculum():
    for line in CURRICULUM.split(";"):
        dataset, _, rest = line.strip().partition(" ")
        expected = dict(pair.split() for pair in rest.split(","))
        names = {name.rpartition("-idx")[0]: md5 for name, (_, md5) in FILES[dataset].items()}
        assert names == expected


@pytest.mark.parametrize("dataset", ["MNIST", "FashionMNIST"])
def test_the_sizes_are_those_of_a_header_and_a_byte_per_value(dataset):
    for part, n in (("train", 60_000), ("t10k", 10_000)):
        assert FILES[dataset][f"{part}-images-idx3-ubyte"][0] == 4 + 3 * 4 + n * 28 * 28
        assert FILES[dataset][f"{part}-labels-idx1-ubyte"][0] == 4 + 4 + n


@given(content=st.binary(max_size=100), position=st.integers(0), bit=st.integers(0, 7))
def test_a_file_passes_until_a_bit_is_flipped(tmp_path_factory, content, position, bit):
    path = tmp_path_factory.mktemp("a") / "file"
    path.write_bytes(content)
    md5 = hashlib.md5(content).hexdigest()
    verify_file(path, len(content), md5)
    if content:
        damaged = bytearray(content)
        damaged[position % len(content)] ^= 1 << bit
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="damaged"):
            verify_file(path, len(content), md5)


def test_a_truncated_file_is_refused_with_what_was_expected_and_what_to_do(tmp_path, exactly):
    path = tmp_path / "file"
    path.write_bytes(bytes(4000))
    message = (
        f"{path} is damaged or another file: expected 5,000 bytes with MD5 "
        "6bf95a48f366bdf8af3a198c7b723c77, found 4,000 bytes with MD5 "
        f"6c1b4100d743a6937ad6c59244d535b3; delete it and {AGAIN}"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        verify_file(path, 5000, "6bf95a48f366bdf8af3a198c7b723c77")


def test_a_missing_file_is_refused_with_what_was_expected_and_what_to_do(tmp_path, exactly):
    path = tmp_path / "file"
    message = (
        f"{path} is not there: expected 5,000 bytes with MD5 abc; "
        "name the folder that holds it in COURSE_DATA, "
        "or unset COURSE_DATA and the course downloads it"
    )
    with pytest.raises(FileNotFoundError, match=exactly(message)):
        verify_file(path, 5000, "abc")


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(tmp_path, exactly):
    reason = os.strerror(errno.EISDIR)  # a folder lies where the file should be
    message = (
        f"{tmp_path} cannot be read ({reason}): expected 5,000 bytes with MD5 abc; "
        f"repair its permissions, or delete it and {AGAIN}"
    )
    with pytest.raises(OSError, match=exactly(message)):
        verify_file(tmp_path, 5000, "abc")


def test_md5_is_used_where_a_system_forbids_it_for_security(tmp_path, monkeypatch):
    md5 = hashlib.md5

    def strict(data=b"", *, usedforsecurity=True):
        if usedforsecurity:
            raise ValueError("MD5 is disabled")
        return md5(data)

    monkeypatch.setattr(hashlib, "md5", strict)
    (tmp_path / "file").write_bytes(b"")
    verify_file(tmp_path / "file", 0, md5(b"").hexdigest())


@pytest.mark.parametrize("dataset", ["MNIST", "FashionMNIST"])
def test_each_of_the_four_files_is_verified(folder, small, dataset):
    assert len(small[dataset]) == 4
    verify_files(folder, dataset)
    for name, content in small[dataset].items():
        path = folder / dataset / "raw" / name
        path.write_bytes(content[:-1])
        with pytest.raises(ValueError, match=name):
            verify_files(folder, dataset)
        path.write_bytes(content)
