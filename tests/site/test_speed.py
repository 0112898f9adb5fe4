"""The page Speed shows its record, and measures only if it is asked to."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import training
from literate.lesson.model import Code
from literate.lesson.page import read
from literate.running import manifest, records

ROOT = Path(__file__).parents[2]
PAGE = read(ROOT / "docs/reference/speed.py", ROOT)


@pytest.mark.parametrize(("asked", "times"), [(None, 0), ("", 0), ("0", 0), ("1", 1)])
def test_the_page_measures_only_when_asked(
    asked: str | None, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = []

    def measure(*arguments: Any, **named: Any) -> Any:
        measured.append(named)
        return records.read(training.RECORD).result

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(training, "measure", measure)
    monkeypatch.setattr(manifest, "compared", set())
    monkeypatch.delenv("COURSE_MEASURE", raising=False)
    if asked is not None:
        monkeypatch.setenv("COURSE_MEASURE", asked)
    namespace: dict[str, Any] = {}
    for step in PAGE.steps:
        if isinstance(step, Code):
            exec(step.source, namespace)

    assert len(measured) == times


def test_the_page_runs_again_when_it_is_asked(settings: dict[str, Any]) -> None:
    options = next(each["literate"] for each in settings["plugins"] if "literate" in each)

    assert "COURSE_MEASURE" in options["environment"]
