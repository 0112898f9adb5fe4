"""The benchmark of builds does what its record says: the same code, on a site of two lessons."""

import json

import pytest

from benchmarks import build
from benchmarks.peers import tables
from benchmarks.peers.engines import OURS


@pytest.fixture(scope="module")
def result():
    return build.measure_all([2], rounds=1, peers=[])


def test_all_pages_are_right_after_every_build(result):
    builds = result["lessons"]["2"][OURS.name]

    for step in tables.STEPS:
        assert builds[step]["wrong"] == ""
        assert len(builds[step]["seconds"]) == 1
    assert builds["KB of a page"] > 1


def test_what_was_measured_is_for_a_record(result):
    assert json.loads(json.dumps(result)) == result


def test_the_tables_show_what_was_measured(result):
    shown = tables.everything(result)

    assert "## 2 lessons" in shown
    assert (
        f"2 lessons: of those whose pages are right, {OURS.name} is the fastest in 5 of 5" in shown
    )
