"""Measure builds with `literate` against other engines: the same lessons, side by side.

Every engine builds a site of generated lessons, each in its own format, set up as its own
documentation says. A lesson has prose, imports torch and the package, prints, draws twice and
claims. A cold build finds nothing of an earlier one; then come a warm one, in which nothing has
changed, and builds after an edit: of the prose of a lesson, of its code, and of a module of the
package that every fourth lesson uses. The engines take turns after each step, and another begins
each round, so that a machine with other work to do slows all. After every build, all pages are
held against what plain Python prints: see `benchmarks/peers/right.py`.

    python benchmarks/build.py --sizes 8 40 --rounds 1 --peers sphinx-gallery marimo

With `--record`, the result is kept in docs/records/build.json, which the page "How this site is
built" shows. What cannot be installed is named there, with its error.
"""

import argparse
import shlex
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from benchmarks import memory
from benchmarks.peers import course, running, tables
from benchmarks.peers.engines import ENGINES, OURS, PEERS, ROOT, Engine
from literate.running import records

RECORD = ROOT / "docs/records/build.json"

#: What the builds use of the project. Not all that is copied: of the rest of the package only the
#: size matters. Nor mkdocs.yml: nav grows there with each lesson, and generated sites have none.
INPUTS = (
    "benchmarks/build.py",
    "benchmarks/memory.py",
    "benchmarks/peers/*.py",
    "course/linear/cost.py",
    "course/linear/prediction.py",
    "docs/assets/theme/**/*",
    "literate/**/*.py",
    "literate/**/*.jinja",
)


def measure_all(
    sizes: Sequence[int],
    rounds: int,
    peers: Sequence[Engine],
    alone: Sequence[int] = (),
    site: bool = False,
) -> dict[str, Any]:
    """Return what was measured.

    Args:
        sizes: How many lessons the sites of all engines have.
        rounds: How often all steps are taken with them; what the own engine builds alone, once.
        peers: The other engines.
        alone: How many lessons the sites of the own engine alone have.
        site: Whether the real site is measured too.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        why = {engine.name: running.missing(engine, folder) for engine in peers}
        engines = [OURS, *(engine for engine in peers if not why[engine.name])]
        result: dict[str, Any] = {
            "rounds": rounds,
            "versions": {engine.name: version(engine) for engine in engines},
            "missing": {name: reason for name, reason in why.items() if reason},
            "lessons": {str(size): compare(engines, folder, size, rounds) for size in sizes},
            "alone": {str(size): compare([OURS], folder, size, 1)[OURS.name] for size in alone},
            "memory": weigh(folder, max(alone)) if alone else {},
            "site": {},
        }
        if site:
            builds = course.measure(folder / "course")
            result["site"] = {"lessons": course.lessons(folder / "course"), **_plain([builds])}
    return result


def compare(engines: Sequence[Engine], folder: Path, size: int, rounds: int) -> dict[str, Any]:
    """Return what each engine took for each step in each round, and what its pages weigh."""
    found = []
    for number in range(rounds):
        turn = number % len(engines)
        found.append(running.measure([*engines[turn:], *engines[:turn]], folder, size))
    return {
        engine.name: {
            **_plain([each[engine.name] for each in found]),
            "KB of a page": weight(engine, folder / engine.name, size),
        }
        for engine in engines
    }


def _plain(rounds: Sequence[dict[str, running.Built]]) -> dict[str, Any]:
    """Return rounds of builds as a record holds them: by step, the seconds and what was wrong."""
    return {
        step: {
            "seconds": [each[step].seconds for each in rounds],
            "wrong": next((each[step].wrong for each in rounds if each[step].wrong), ""),
        }
        for step in rounds[0]
    }


def weight(engine: Engine, site: Path, size: int) -> float:
    """Return the median size of a lesson's HTML, in KB (1,000 bytes)."""
    names = [f"lesson{number}" for number in range(1, size + 1)]
    sizes = [(site / engine.page.format(name)).stat().st_size for name in names]
    return round(statistics.median(sizes) / 1000, 1)


def weigh(folder: Path, size: int) -> dict[str, int]:
    """Return the most memory that a cold build and one process with torch have, in MB."""
    site = folder / OURS.name
    OURS.make(site, size)
    there = running.environment(site, OURS.programs)
    python = str(OURS.programs / "python")
    # As long as a look takes to find it at its largest.
    torch = [python, "-c", "import time, torch; torch.ones(1).sum(); time.sleep(0.5)"]
    mkdocs = [python, *OURS.commands(size)[0][1:]]
    peaks = {"build": mkdocs, "torch": torch}
    found = {name: memory.peak(each, site, there) // 10**6 for name, each in peaks.items()}
    print(f"memory at {size} lessons, MB: {found}", file=sys.stderr, flush=True)
    return {"lessons": size, **found}


def version(engine: Engine) -> str:
    """Return the version of an engine that its environment has."""
    if engine is OURS:
        return ""  # is not released: the record has the hash of every file
    (found,) = engine.programs.parent.glob("lib/python*/site-packages")
    named = distributions(name=engine.distribution, path=[str(found)])
    return next((each.version for each in named), "")


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[8, 40], help="lessons of a site")
    parser.add_argument("--rounds", type=int, default=1)
    names = [engine.name for engine in PEERS]
    parser.add_argument("--peers", nargs="*", default=names, choices=names)
    parser.add_argument("--alone", type=int, nargs="*", default=[120], help="without the peers")
    parser.add_argument("--site", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--record", action="store_true", help=f"write {RECORD.name}")
    asked = parser.parse_args()

    def work() -> dict[str, Any]:
        peers = [ENGINES[name] for name in asked.peers]
        return measure_all(asked.sizes, asked.rounds, peers, asked.alone, asked.site)

    print(tables.everything(record(work) if asked.record else work()))


def record(work: Callable[[], dict[str, Any]]) -> Any:
    """Return the result of the work, and keep it."""
    question = (
        f"How long do builds of the same lessons take with {OURS.name} and with other engines, in "
        "turns, and are their pages right?"
    )
    command = shlex.join(["nox", "-s", "bench", "--", "build", *sys.argv[1:]])
    only = {"also": INPUTS, "without": ["*"]}
    return records.make(RECORD, work, root=ROOT, question=question, command=command, **only).result


if __name__ == "__main__":
    main()
