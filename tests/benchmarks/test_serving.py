"""Of a wait for a server, the run of the lesson is told apart from what the server takes."""

from pathlib import Path

import pytest

from benchmarks import serving
from benchmarks.serving import Wait

LOG = [
    "INFO    -  [10:00:00] Detected file changes",
    "INFO    -  literate: docs/lessons/line/b.py: ran in 9.0 s",
    "INFO    -  literate: docs/lessons/line/a.py: ran in 2.5 s",
    "INFO    -  literate: docs/lessons/line/a.py: ran in 7.0 s",
    "INFO    -  literate: docs/lessons/line/c.py: unchanged",
]


@pytest.mark.parametrize(("name", "seconds"), [("a", 2.5), ("b", 9.0), ("c", 0.0)])
def test_the_run_is_the_first_that_the_log_tells_of_the_lesson(name, seconds):
    assert serving.ran(LOG, f"docs/lessons/line/{name}.py") == seconds


def test_a_lesson_has_its_page_at_the_same_place():
    found = serving.page_of(Path("/site/docs/lessons/line/a.py"), Path("/site"))
    assert found == "lessons/line/a.html"


def test_saves_are_told_by_their_median_and_the_longest_with_and_without_the_run():
    waits = [Wait(3.0, 0.5, run=2.0), Wait(0.25, 0.125), Wait(5.0, 1.0, run=4.5)]
    assert serving.told({"code": waits, "package": []}) == (
        "code 3.00 (longest 5.00) s, without the run 0.50 (longest 1.00) s, "
        "processor 0.50 (longest 1.00) s"
    )
    assert serving.told({"code": waits[:1]}) == (
        "code 3.00 s, without the run 1.00 s, processor 0.50 s"
    )
