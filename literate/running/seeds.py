"""Run lessons with other seeds and count how often each of their claims holds.

`python -m literate.running.seeds linear/outputs --times 5` does so for one lesson; without a name
it takes all. What came out is a record for each lesson, from which its page says how often a
finding holds. Exits 1 if a claim says more than that.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from literate.lesson import page as pages
from literate.lesson.model import Code, Job, Page, PageError, Run, Span
from literate.lesson.record import Record
from literate.running import manifest, records
from literate.running.counts import found, place, wrong
from literate.running.deciding import ASIDE
from literate.running.workers import cores, run_all

#: How often a lesson is run if nothing else is said.
TIMES = 20

#: Loaded once, before the first lesson.
PRELOAD = ("torch", "torch._dynamo", "matplotlib.pyplot", "IPython.core.interactiveshell")

#: What is added to each seed, once, twice and so on: more than a lesson has seeds in a row.
STEP = 10_000

#: The longest that a cell may take, in seconds: with other seeds, and beside other work.
CELL_SECONDS = 900.0

QUESTION = (
    "How often does each assert of the claims of {lesson} hold if every seed is moved? "
    "In how many of the runs it held, in how many it failed (in the others something failed "
    "before), and whether what it looks at was drawn at all."
)


@dataclass
class _Lesson:
    """A lesson that is counted: what it was made of, and what came of its runs so far."""

    page: Page
    code: str
    load: list[float] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


def count(
    paths: Iterable[Path],
    folder: Path,
    root: Path,
    *,
    times: int = TIMES,
    preload: Sequence[str] = (),
    at_once: int = 0,
    report: Callable[[str], None] = lambda line: None,
) -> list[str]:
    """Run lessons with moved seeds, write the record of each, and return what is told wrongly.

    A lesson of which there can be no record, because it was edited meanwhile, is told as well.

    Args:
        paths: The lessons.
        folder: For the records.
        root: The project's folder.
        times: How often each is run.
        preload: Modules that every lesson finds already loaded.
        at_once: Lessons side by side; 0 means one for each processor.
        report: Called with a line for each lesson as soon as it is through.

    Raises:
        PageError: If a lesson cannot be read.
    """
    lessons: dict[str, _Lesson] = {}
    for path in paths:
        page = pages.read(path, root)
        if found(page):
            lessons[page.name] = _Lesson(page, records.digest(path, records.CLAIMS))
    problems: list[str] = []

    def done(job: Job, run: Run, span: Span) -> None:
        lesson = lessons[job.page.name]
        lesson.runs.append(run)
        manifest.complete(run)
        if len(lesson.runs) < times:
            return
        try:
            record = _record(lesson, folder, root)
        except records.RecordError as error:
            problems.append(str(error))
            return
        report(f"{job.page.name}: {_summary(record)}")
        problems.extend(wrong(lesson.page, record.result))

    jobs = (_jobs(lesson, root, times, tuple(preload)) for lesson in lessons.values())
    run_all((job for each in jobs for job in each), preload, at_once or cores(), done)
    return problems


def _jobs(lesson: _Lesson, root: Path, times: int, preload: tuple[str, ...]) -> Iterator[Job]:
    lesson.load = records.load()
    for move in _moves(times):
        yield Job(lesson.page, root, 1, CELL_SECONDS, preload=preload, moved=move)


def _moves(times: int) -> list[int]:
    return [STEP * (1 + number) for number in range(times)]


def _record(lesson: _Lesson, folder: Path, root: Path) -> Record:
    """Write the record of a lesson that has run as often as was asked, and return it."""
    name, runs = lesson.page.name, lesson.runs
    states: dict[str, set[str]] = {}
    for run in runs:
        for file, state in run.manifest.files.items():
            states.setdefault(file, set()).add(state)
    code = records.digest(root / name, records.CLAIMS)
    decides = [file for file in sorted(states) if file != name and _decides(root, file)]
    if code != lesson.code or any(states[f] != {manifest.digest(root / f)} for f in decides):
        raise records.RecordError(f"{name}: edited meanwhile, or what it uses: count it again")
    path = place(name, folder)
    record = Record(
        question=QUESTION.format(lesson=f"{path.parent.name}/{path.stem}"),
        command=f"nox -s seeds -- {path.parent.name}/{path.stem} --times {len(runs)}",
        result=_result(lesson.page, runs),
        seeds=_moves(len(runs)),
        versions=runs[0].versions or manifest.versions([]),
        device=runs[0].device or "CPU",
        load=[*lesson.load, *records.load()],
        seconds=round(sum(run.seconds for run in runs), 1),
        files={f"{name}#{records.CLAIMS}": code}
        | {file: records.digest(root / file) for file in decides},
        **records.made_here(),
    )
    records.write(path, record)
    return record


def _decides(root: Path, file: str) -> bool:
    """Return whether a file that was used belongs to the project and can decide a claim."""
    path = Path(file)
    inside = not path.is_absolute() and (root / path).is_file()
    return inside and not ASIDE & {*path.parts, path.stem}


def _result(page: Page, runs: Sequence[Run]) -> dict[str, Any]:
    numbers = [step.number if isinstance(step, Code) else 0 for step in page.steps]
    rows = []
    for each in found(page):
        at = numbers.index(each.cell.number)
        left = [run.results[at] for run in runs if run.results]
        checks = [result.checks[each.number] for result in left if each.number in result.checks]
        values = {check.values for check in checks}
        held = sum(check.held for check in checks)
        rows.append(
            {
                "test": each.test,
                "held": held,
                "failed": len(checks) - held,
                "drawn": len(checks) < len(runs) or len(values) > 1 or values == {""},
            }
        )
    return {"times": len(runs), "asserts": rows, "errors": dict(sorted(_errors(page, runs)))}


def _errors(page: Page, runs: Sequence[Run]) -> Iterator[tuple[str, int]]:
    """Yield what failed beside asserts, and in how many runs."""
    told: Counter[str] = Counter()
    for run in runs:
        if run.failure:
            told[run.failure.message.partition("\n")[0][:200]] += 1
        for step, result in zip(page.steps, run.results, strict=False):
            if result.error:
                what = f"cell {step.number}" if isinstance(step, Code) else step.expression
                told[f"{what}: {result.error.partition(chr(10))[0]}"[:200]] += 1
    yield from told.most_common(8)


def _summary(record: Record) -> str:
    rows = record.result["asserts"]
    times = record.result["times"]
    drawn = [row for row in rows if row["drawn"]]
    every = sum(row["held"] == times for row in rows)
    told = f"{len(rows)} asserts, {len(drawn)} of them drawn, {every} held in all {times} runs"
    errors = sum(record.result["errors"].values())
    return f"{told}{f', {errors} errors' * bool(errors)}, {record.seconds:.0f} s"


def _chosen(names: Sequence[str], docs: Path) -> list[Path]:
    """Return the pages of these names: `linear/outputs`, or `linear` for a theme; all for none.

    Raises:
        ValueError: If a name fits no page.
    """
    every = [path for path in sorted(docs.rglob("*.py")) if "claim" in path.read_text("utf-8")]
    chosen = []
    for name in names:
        fits = [p for p in every if name in (p.parent.name, f"{p.parent.name}/{p.stem}")]
        if not fits:
            raise ValueError(
                f"{name}: no page in {docs} with claims has this name: give linear/cost"
            )
        chosen += fits
    return chosen if names else every


def main(arguments: Sequence[str]) -> int:
    """Count, and print what came out; return 1 if a claim says more than that."""
    parser = argparse.ArgumentParser("nox -s seeds --", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("lessons", nargs="*", help="such as linear/outputs, or linear for a theme")
    parser.add_argument("--times", type=int, default=TIMES, help="runs of each lesson")
    parser.add_argument("--jobs", type=int, default=0, help="runs at once (0: one per processor)")
    parser.add_argument("--docs", type=Path, default=Path("docs/lessons"), help="their folder")
    parser.add_argument("--records", type=Path, default=Path("docs/records/seeds"))
    parser.add_argument("--preload", default=",".join(PRELOAD), help="modules, by commas")
    given = parser.parse_args(arguments)
    if given.times < 2:
        parser.error(f"--times {given.times}: give at least 2, or nothing can be compared")
    root = Path.cwd()
    try:
        told = count(
            _chosen(given.lessons, root / given.docs),
            root / given.records,
            root,
            times=given.times,
            preload=tuple(filter(None, given.preload.split(","))),
            at_once=given.jobs,
            report=lambda line: print(line, flush=True),
        )
    except (ValueError, PageError, records.RecordError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(told) or "no claim says more than what was counted")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
