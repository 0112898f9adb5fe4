import errno
import http.client
import io
import socket
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from course.data import checksums
from course.data.download import cache_folder, download, why_unreachable

DATASETS = ["MNIST", "FashionMNIST"]


def everything(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


# cache_folder


@pytest.mark.parametrize(
    ("platform", "named", "expected"),
    [
        ("linux", "", "{home}/.cache"),
        ("freebsd14", "", "{home}/.cache"),
        ("darwin", "", "{home}/Library/Caches"),
        ("win32", "", "{home}/AppData/Local"),
        ("linux", "/elsewhere", "/elsewhere"),
        ("darwin", "/elsewhere", "/elsewhere"),
    ],
)
def test_the_cache_folder_is_where_the_system_or_the_user_wants_it(
    monkeypatch, platform, named, expected
):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("XDG_CACHE_HOME", named)
    expected = Path(expected.format(home=Path.home()))
    assert cache_folder() == expected / "every-lesson-is-a-program"
    if not named:
        monkeypatch.delenv("XDG_CACHE_HOME")
        assert cache_folder() == expected / "every-lesson-is-a-program"


# why_unreachable


@pytest.fixture
def answers(monkeypatch):
    """Let addresses answer, or raise what the fixture's dictionary has for them."""
    causes, calls = {}, []

    def urlopen(request, timeout):
        daemon = threading.current_thread().daemon
        calls.append((request.get_method(), request.full_url, timeout, daemon))
        if request.full_url in causes:
            raise causes[request.full_url]
        return io.BytesIO()

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return causes, calls


def test_one_answer_is_enough_and_no_content_is_asked_for(answers):
    _, calls = answers
    assert why_unreachable(["http://a", "http://b"], 60) == ""
    assert calls == [("HEAD", "http://a", 60, True)]


def test_the_next_address_is_asked_when_the_first_does_not_answer(answers):
    causes, calls = answers
    causes["http://a"] = urllib.error.URLError("gone")
    assert why_unreachable(["http://a", "http://b"], 60) == ""
    assert [url for _, url, _, _ in calls] == ["http://a", "http://b"]


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        (urllib.error.URLError("gone"), "<urlopen error gone>"),
        (
            urllib.error.HTTPError("http://b", 404, "Not Found", None, None),
            "HTTP Error 404: Not Found",
        ),
        (TimeoutError("timed out"), "timed out"),
        (http.client.BadStatusLine("garbage"), "garbage"),
    ],
)
def test_when_none_answers_the_last_cause_is_told(answers, cause, text):
    causes, _ = answers
    causes.update({"http://a": urllib.error.URLError("away"), "http://b": cause})
    assert why_unreachable(["http://a", "http://b"], 60) == f"http://b: {text}"


def test_a_server_that_keeps_silent_is_given_up(silent):
    assert why_unreachable(["http://a"], 0.05) == "http://a: no answer in 0.05 s"


# download


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_four_files_arrive_and_nothing_else(server, small, tmp_path, dataset):
    folder = tmp_path / "new" / "folder"
    download(dataset, folder)
    raw = folder / dataset / "raw"
    assert {path.name: path.read_bytes() for path in raw.iterdir()} == small[dataset]
    assert everything(folder) == sorted(
        [dataset, f"{dataset}/raw", *(f"{dataset}/raw/{name}" for name in small[dataset])]
    )


def test_the_server_is_asked_for_the_first_file_before_anything_is_written(offline, tmp_path):
    with pytest.raises(ConnectionError, match=r"ubyte\.gz: <urlopen error no network>$"):
        download("MNIST", tmp_path / "new")
    assert everything(tmp_path) == []


def test_a_server_that_keeps_silent_counts_as_no_network(silent, monkeypatch, tmp_path):
    monkeypatch.setattr("course.data.download.ANSWER_SECONDS", 0.05)
    with pytest.raises(ConnectionError, match=r"no answer in 0\.05 s$"):
        download("FashionMNIST", tmp_path)
    assert everything(tmp_path) == []


def test_a_download_may_not_stand_still_for_ever(server, monkeypatch, tmp_path):
    monkeypatch.setattr("course.data.download.STALL_SECONDS", 17.0)
    before = socket.getdefaulttimeout()
    download("FashionMNIST", tmp_path)
    assert server.timeout == 17
    assert socket.getdefaulttimeout() == before
    server.fail["train-images-idx3-ubyte.gz"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        download("FashionMNIST", tmp_path)
    assert socket.getdefaulttimeout() == before


def test_the_progress_bar_is_shown_in_a_terminal_only(server, tmp_path, monkeypatch):
    for terminal in (False, True):
        stderr = io.StringIO()
        stderr.isatty = lambda terminal=terminal: terminal
        monkeypatch.setattr(sys, "stderr", stderr)
        download("FashionMNIST", tmp_path)
        assert ("100%" in stderr.getvalue()) == terminal
        assert sys.stderr is stderr


@pytest.mark.parametrize("cause", [KeyboardInterrupt(), MemoryError()])
def test_an_interrupted_download_leaves_nothing(server, tmp_path, cause):
    server.fail["t10k-labels-idx1-ubyte.gz"] = cause
    with pytest.raises(type(cause)):
        download("MNIST", tmp_path)
    assert everything(tmp_path) == []


def test_a_download_that_breaks_off_is_a_connection_error_and_leaves_nothing(broken, tmp_path):
    with pytest.raises(ConnectionError) as caught:
        download("FashionMNIST", tmp_path)
    assert "\n" not in str(caught.value)
    assert str(caught.value)
    assert everything(tmp_path) == []


def test_what_torchvision_says_about_its_mirrors_is_told_in_one_line(server, tmp_path, exactly):
    server.fail["train-labels-idx1-ubyte.gz"] = b"a page to log in"
    # An older torchvision names no mirror.
    line = r"\A(Error downloading train-labels-.*, got: )?File not found or corrupted\.\Z"
    with pytest.raises(ConnectionError, match=line):
        download("FashionMNIST", tmp_path)


def test_a_full_disk_is_told_with_the_folder_and_leaves_nothing(server, tmp_path, exactly):
    server.fail["t10k-images-idx3-ubyte.gz"] = OSError(errno.ENOSPC, "No space left on device")
    message = (
        f"FashionMNIST cannot be stored in {tmp_path} ([Errno {errno.ENOSPC}] No space left on "
        "device): make room and let it be written, or name another folder in XDG_CACHE_HOME"
    )
    with pytest.raises(OSError, match=exactly(message)) as caught:
        download("FashionMNIST", tmp_path)
    assert not isinstance(caught.value, ConnectionError)
    assert everything(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_told(server, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OSError, match=r"^MNIST cannot be stored in .*file \(.*\): make room"):
        download("MNIST", tmp_path / "file")


def test_files_that_are_others_than_ours_are_not_kept(server, small, tmp_path, monkeypatch):
    table = dict(checksums.FILES["MNIST"], **{"t10k-labels-idx1-ubyte": (18, "other")})
    monkeypatch.setitem(checksums.FILES, "MNIST", table)
    with pytest.raises(ValueError, match="t10k-labels-idx1-ubyte is damaged or another file"):
        download("MNIST", tmp_path)
    assert everything(tmp_path) == []


def test_two_at_once_do_no_harm(server, small, tmp_path):
    def another_process_is_quicker():
        server.meanwhile = lambda: None
        download("MNIST", tmp_path)
        checksums.verify_files(tmp_path, "MNIST")

    server.meanwhile = another_process_is_quicker
    download("MNIST", tmp_path)
    checksums.verify_files(tmp_path, "MNIST")
    assert everything(tmp_path / "MNIST" / "raw") == sorted(small["MNIST"])
    assert everything(tmp_path)[0] == "MNIST", "no temporary folder is left"


def test_what_is_on_its_way_lies_beside_so_that_a_rename_is_enough(server, tmp_path):
    seen = []
    server.meanwhile = lambda: seen.extend(path.name for path in tmp_path.iterdir())
    download("MNIST", tmp_path)
    assert len(set(seen)) == 1
    assert seen[0].startswith(".download-")


def test_a_damaged_file_is_replaced(server, small, tmp_path):
    path = tmp_path / "MNIST" / "raw" / "t10k-labels-idx1-ubyte"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"half")
    download("MNIST", tmp_path)
    assert path.read_bytes() == small["MNIST"][path.name]
