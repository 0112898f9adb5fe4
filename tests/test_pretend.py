"""What takes a device works on an accelerator: on the pretended one, in processes of their own.

A process has one such device for its whole life, and `available` names it there; so neither the
tests in `tests/pretend` nor those of the package that take a device can share this one's.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pretend import backend
from tests.pretend.lessons import VARIABLES, picking
from tests.rotation import bucket, sample

ROOT = Path(__file__).parents[1]

#: The tests of the package that take a device.
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "tests").glob("*/test_*.py")
    if 'parametrize("device"' in path.read_text(encoding="utf-8")
)

#: Its `DataLoader` fetches row by row: minutes on this device. `nox -s pretend` runs it.
SLOW = {"networks/workflow"}

on_the_device = pytest.mark.skipif(bool(backend.why_not()), reason=backend.why_not())


def python(*arguments, folder=ROOT):
    """Run Python in a folder, with the packages of this one; return its status and what it said."""
    command = [sys.executable, "-m", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    # Whoever runs these tests may ask pytest for its slowest ones, or for two at a time.
    for name in ("PYTEST_ADDOPTS", *(name for name in environment if name.startswith("PYTEST_XD"))):
        environment.pop(name, None)
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@on_the_device
def test_what_takes_a_device_runs_on_the_pretended_one():
    assert {"tests/training/test_batches.py", "tests/training/test_loop.py"} <= set(FILES)
    plugins = ("-p", "tests.pretend.active", "-p", "no:cacheprovider")
    status, told = python("pytest", "-q", *plugins, "-k", "pretend", "tests/pretend", *FILES)
    assert status == 0, told


@on_the_device
def test_lessons_that_pick_a_device_run_on_the_pretended_one():
    names = [name for name in picking(ROOT / "docs/lessons") if name not in SLOW]
    names = sample(names, lambda name: "lesson", bucket(ROOT))
    assert names
    status, told = python("tests.pretend.lessons", *names)
    assert status == 0, told


#: For each lesson the line that forgets something, and what its error has to say.
SLIPS = {
    "generator": ("torch.randn(3, generator=torch.Generator(), device=device)", "found 'cpu'"),
    "model": ("nn.Linear(2, 1)(torch.ones(3, 2, device=device))", "on the same device"),
    "rows": ("nn.Linear(2, 1).to(device)(torch.ones(3, 2))", "on the same device"),
    "wrong": ("torch.ones(3, device=device) + torch.arange(3)", "on the same device"),
}
SITE = """site_name: Slips
plugins:
  - literate:
      first_import: !ENV COURSE_FIRST_IMPORT
"""
SLIP = """# ---
# title: Slip
# description: One forgets where a tensor is.
# ---
# %%
import torch
from torch import nn
from course.device import pick_device
device = pick_device()
{slip}
"""


@on_the_device
def test_each_slip_of_a_lesson_is_named_with_its_file_and_line(tmp_path):
    (tmp_path / "mkdocs.yml").write_text(SITE)
    folder = tmp_path / "docs/lessons/slips"
    folder.mkdir(parents=True)
    for name, (slip, _) in SLIPS.items():
        (folder / f"{name}.py").write_text(SLIP.format(slip=slip))
    (folder / "none.py").write_text("# %%\n# device = pick_device()\n")
    assert picking(tmp_path / "docs/lessons") == [f"slips/{name}" for name in SLIPS]
    status, told = python("tests.pretend.lessons", folder=tmp_path)
    assert status == 1
    for name, (_, why) in SLIPS.items():
        place = f"docs/lessons/slips/{name}.py, line 10, cell 1: "
        (line,) = (each for each in told.splitlines() if each.startswith(place))
        assert why in line


def test_another_version_of_torch_has_no_such_device_and_says_so(monkeypatch):
    monkeypatch.setattr(backend.torch, "__version__", "2.15.0+cpu")
    why = "the pretended device is written for torch 2.14, this is 2.15.0+cpu"
    assert backend.why_not() == why
    with pytest.raises(RuntimeError, match=why.replace("+", r"\+")):
        backend.switch_on()
    monkeypatch.setattr(backend.torch, "__version__", "2.14.3")
    assert backend.why_not() == ""


def test_the_session_sets_what_the_lessons_need():
    session = (ROOT / "noxfile.py").read_text().partition("def pretend(")[2].partition("@nox")[0]
    for name, value in VARIABLES.items():
        assert f'session.env["{name}"] = "{value}"' in session
    site = (ROOT / "mkdocs.yml").read_text()
    assert "first_import: !ENV [COURSE_FIRST_IMPORT, " in site
