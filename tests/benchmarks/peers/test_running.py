"""What cannot be measured is named with its error, and a failing build with what it printed."""

import sys
from dataclasses import replace

import pytest

from benchmarks.peers import running
from benchmarks.peers.engines import ENGINES, PEERS, PLAIN, ROOT


def test_an_engine_whose_program_is_not_there_is_named_with_that(tmp_path):
    absent = replace(PLAIN, command="no-such-engine build")

    assert running.missing(absent, tmp_path) == "no-such-engine: there is no such program"


def test_an_engine_that_fails_is_named_with_its_error(tmp_path):
    failing = replace(PLAIN, command="python -m no_such_engine")

    assert running.missing(failing, tmp_path).endswith("No module named no_such_engine")


def test_an_engine_that_writes_no_page_is_named_with_that(tmp_path):
    idle = replace(PLAIN, command="python --version")

    assert running.missing(idle, tmp_path) == "lesson 1 has no page"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        ("it failed:\nTraceback:\n  x\nValueError: no", "ValueError: no"),
        (
            "it failed:\nerror: a\nError downloading it: <no network>\nhint: b",
            "Error downloading it: <no network>",
        ),
        ("it failed:\n", "it failed:"),
    ],
)
def test_of_an_error_the_line_is_told_that_says_most(error, line):
    assert running.told(RuntimeError(error)) == line


def test_a_failing_command_says_what_it_printed(tmp_path):
    program = "import sys; print('out'); sys.exit('err')"

    with pytest.raises(RuntimeError, match=r"(?s)failed:\nout\nerr"):
        running.run([[sys.executable, "-c", program]], tmp_path, tmp_path)


def test_every_engine_has_a_lock_and_a_command_for_each_notebook_or_one():
    for engine in PEERS:
        assert (ROOT / f"requirements/{engine.group}.txt").is_file()
    assert ENGINES["marimo"].commands(2) == [
        f"marimo export html {name}.py --output site/{name}.html --force".split()
        for name in ("lesson1", "lesson2")
    ]
    assert PLAIN.commands(2) == [["python", "-m", "mkdocs", "build"]]
