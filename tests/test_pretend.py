"""What takes a device works on an accelerator: on the pretended one, in processes of their own.

A process has one such device for its whole life, and `available` names it there; so neither the
tests in `tests/pretend` nor those of the package that take a device can share this one's.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.pretend.backend import why_not
from tests.pretend.lessons import picking
from tests.rotation import bucket, sample

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

#: The tests of the package that take a device; and those of the device, with all that it shows.
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "tests").glob("*/test_*.py")
    if 'parametrize("device"' in path.read_text(encoding="utf-8")
)


def python(*arguments):
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_what_takes_a_device_runs_on_the_pretended_one():
    assert FILES
    plugin = ("-p", "tests.pretend.active", "-p", "no:cacheprovider")
    which = ("-k", "pretend", "tests/pretend", *FILES)
    status, told = python("-m", "pytest", "-q", *plugin, *which)
    assert status == 0, told


def test_lessons_that_pick_a_device_run_on_the_pretended_one():
    names = sample(picking(ROOT / "docs/lessons"), lambda name: "lesson", bucket(ROOT))
    assert names
    status, told = python("-m", "tests.pretend.lessons", *names)
    assert status == 0, told
