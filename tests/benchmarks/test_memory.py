"""The memory of a program counts with that of the processes that it starts."""

import os
import sys

import pytest

from benchmarks import memory

HOLD = "import time; held = bytearray(60_000_000); time.sleep(0.6)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLD!r}])"

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it")


@linux
def test_what_a_child_holds_counts(tmp_path):
    assert 60_000_000 < memory.peak([sys.executable, "-c", PARENT], tmp_path, os.environ) < 10**9


@linux
def test_a_process_belongs_to_its_own_family():
    assert os.getpid() in memory.family(os.getpid())
    assert memory.memory(os.getpid()) > 10**6


def test_a_process_that_has_ended_has_no_memory():
    assert memory.memory(0) == 0


def test_a_command_that_fails_says_what_it_printed(tmp_path):
    with pytest.raises(RuntimeError, match=r"(?s)failed:\nno$"):
        memory.peak([sys.executable, "-c", "import sys; sys.exit('no')"], tmp_path, os.environ)
