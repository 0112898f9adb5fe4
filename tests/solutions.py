"""Does `check` see a mistake? Make small ones in the solutions of the exercises, one at a time.

    nox -s mutants -- --exercises linear/lowest_point training --sample 100 --seed 1

A mutant that passes its `check` is killed by better inputs, or it is the same function for all that
the prompt asks, with the reason in mutants.toml. One without a reason makes the exit status 1, and
so does a reason for what is no mutant, or no survivor, any more. Each mutant runs in a fork of its
own, with a limit of time on the processor: it may never end.
"""

import argparse
import gc
import os
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import wait
from time import process_time
from typing import Any

import torch

from course.practice import Exercise
from course.practice.exercise import exercises, themes
from tests.mutants import EXPLAINED, FORK, ROOT, Mutant, explanations, files, mutants, sample, table
from tests.slips import slips, source_of, span

KILLED, SURVIVED, RAISED, ENDLESS = "killed", "SURVIVED", "RAISED", "no end"
STATUS = {0: SURVIVED, 1: KILLED, 2: RAISED}  # of the fork that checks a mutant
Key = tuple[str, str, str]  # where it is, the line before and after: its name in mutants.toml


@dataclass(frozen=True)
class Judged:
    """What `check` said of a mutant of a solution."""

    exercise: str
    mutant: Mutant
    verdict: str

    @property
    def key(self) -> Key:
        return key_of(self.mutant)


def key_of(mutant: Mutant) -> Key:
    return mutant.where, *mutant.change(source_of(mutant.path))


@cache
def all_exercises() -> dict[str, Exercise]:
    return {name: each for theme in themes() for name, each in exercises(theme).items()}


@cache
def candidates() -> dict[Mutant, str]:
    """Return the mutants of all solutions, each with the name of its exercise."""
    return {
        mutant: name
        for name, exercise in all_exercises().items()
        for mutant in slips(exercise.solution)
    }


def chosen(names: Iterable[str]) -> list[Mutant]:
    """Return the mutants of exercises, and of those of themes; without a name all that there are.

    Raises:
        SystemExit: If a name is of none.
    """
    known = {each: {each, each.partition("/")[0]} for each in all_exercises()}
    for name in names:
        if not any(name in own for own in known.values()):
            raise SystemExit(f"expected names such as linear/lowest_point, or linear: got {name!r}")
    wanted = {each for each, own in known.items() if not names or own & set(names)}
    return [mutant for mutant, own in candidates().items() if own in wanted]


def made(mutant: Mutant, solution: Callable[..., Any]) -> Callable[..., Any]:
    """Return the solution as the mutant has it."""
    source = mutant.apply(source_of(mutant.path))
    _, start, end = span(source, solution.__name__)
    namespace = dict(vars(sys.modules[solution.__module__]))
    exec("from __future__ import annotations\n" + source[start:end].decode(), namespace)
    function: Callable[..., Any] = namespace[solution.__name__]
    return function


def limit_of(name: str) -> int:
    """Return how many seconds of the processor a check may take; the solution must pass it."""
    exercise, start = all_exercises()[name], process_time()
    verdict = exercise.check(exercise.solution)
    assert verdict.passed, f"{name}: the solution itself does not pass: {verdict.says}"
    return 5 + int(5 * (process_time() - start))


def run_check(name: str, mutant: Mutant, limit: int) -> None:
    """Check a mutant in this process, which is a fork, and end; the exit status is the verdict."""
    os.setsid()  # so that processes that the mutant has started end with this one
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    exercise = all_exercises()[name]
    try:
        passed = exercise.check(made(mutant, exercise.solution)).passed
    except BaseException:  # a check never raises, so this is a finding
        os._exit(2)
    os._exit(0 if passed else 1)


def judge(name: str, mutant: Mutant, limit: int) -> Judged:
    """Return what `check` says of a mutant."""
    process = FORK.Process(target=run_check, args=(name, mutant, limit))
    process.start()
    wait([process.sentinel], 60 * limit)  # for one that sleeps
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
    return Judged(name, mutant, STATUS.get(process.exitcode, ENDLESS))


def judged(mutants: list[Mutant], jobs: int) -> Iterator[Judged]:
    """Yield what `check` says of mutants, in their order."""
    names = [candidates()[each] for each in mutants]
    limits = {name: limit_of(name) for name in sorted(set(names))}
    with ProcessPoolExecutor(jobs, FORK) as pool:
        yield from pool.map(judge, names, mutants, [limits[name] for name in names])


def stale(explained: Iterable[Key]) -> list[str]:
    """Return a line for each reason that is given for what is no mutant, of a solution or else."""
    known = {key_of(mutant) for mutant in candidates()}
    for path in files("course", "*.py"):
        known |= {key_of(mutant) for mutant in mutants(path, source_of(path))}
    return [f"no mutant any more: {' | '.join(key)}" for key in explained if key not in known]


def report(done: list[Judged], explained: dict[Key, str]) -> tuple[str, int]:
    """Return counts and a table of what is to be done, and how much that is."""
    survivors = {each.key for each in done if each.verdict == SURVIVED}
    rows = []
    for each in done:
        if each.verdict == RAISED or (each.verdict == SURVIVED and not explained.get(each.key)):
            place = f"{each.mutant.path}:{each.mutant.line(source_of(each.mutant.path))}"
            cells = (each.verdict, place, each.exercise, *each.key[1:])
            rows.append(tuple(cell.replace("|", "\\|") for cell in cells))
    seen = {each.key for each in done} - survivors
    rows += [("killed, has a reason", *key[:1], "", *key[1:]) for key in explained if key in seen]
    count = Counter(each.verdict for each in done)
    verdicts = ", ".join(f"{count[each]} {each}" for each in (KILLED, ENDLESS, SURVIVED, RAISED))
    reasons = sum(each in explained for each in survivors)
    text = f"{len(done)} mutants: {verdicts}; {reasons} with a reason in {EXPLAINED.name}"
    head = ("verdict", "where", "exercise", "before", "after")
    return "\n\n".join([text, table(head, *rows)] if rows else [text]), len(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="exercises, linear/cost, or themes; else all")
    parser.add_argument("--sample", type=int, help="how many mutants; without it, all")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many at a time")
    todo = parser.parse_args()
    torch.set_num_threads(1)  # a fork has no other threads
    wanted = chosen(todo.names)
    taken = wanted if todo.sample is None else sample(wanted, todo.sample, todo.seed)
    print(f"{len(taken)} of {len(wanted)} mutants of solutions", flush=True)
    gc.freeze()
    done = []
    for each in judged(taken, todo.jobs):
        done.append(each)
        if each.verdict != KILLED:
            print(f"{len(done)} {each.verdict:8} {each.exercise}: {each.key[2]}", flush=True)
    text, open_ones = report(done, explanations())
    gone = stale(explanations())
    print(f"\n{text}", *gone, sep="\n")
    if open_ones or gone:
        print(f"\nto do: better inputs, or a reason in {EXPLAINED.relative_to(ROOT)}")
    return int(bool(open_ones or gone))


if __name__ == "__main__":
    sys.exit(main())
