"""Build sites, take the time, and look whether their pages are right."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import right, source
from benchmarks.peers.engines import OURS, PYTHON, ROOT, Engine
from literate.running.workers import cores


@dataclass(frozen=True)
class Built:
    """The seconds of a build, and the first thing that is wrong on a page afterwards, if any."""

    seconds: float
    wrong: str = ""


#: How the fault of a build that fails begins.
FAILS = "fails: "

Round = dict[str, dict[str, Built]]  # for each engine, its builds, by step


def environment(site: Path, programs: Path) -> dict[str, str]:
    """Return what the processes of a build have: programs to find first, the package to import."""
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    ours = {"PYTHONPATH": str(site), "NO_MKDOCS_2_WARNING": "1"}
    # Compiled modules must be kept: compiling torch anew in each process takes ten seconds.
    return {**os.environ, **ours, "PATH": path, "PYTHONDONTWRITEBYTECODE": ""}


def run(commands: Sequence[list[str]], folder: Path, programs: Path) -> float:
    """Run commands in a folder, as many at a time as there are processors; return the seconds.

    Raises:
        RuntimeError: If one fails, with what it printed.
    """
    start = time.perf_counter()
    with ThreadPoolExecutor(cores()) as pool:
        list(pool.map(lambda command: _run(command, folder, programs), commands))
    return round(time.perf_counter() - start, 2)


def _run(command: list[str], folder: Path, programs: Path) -> None:
    there = environment(folder, programs)
    program = shutil.which(command[0], path=there["PATH"])
    if not program:
        raise RuntimeError(f"{command[0]}: there is no such program")
    done = subprocess.run(
        [program, *command[1:]],
        cwd=folder,
        env=there,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def told(error: Exception) -> str:
    """Return the line of an error that says most: the last that names one, or the last of all."""
    first, *lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    named = [line for line in lines if re.search(r"\b(error|failed)\b.*: ", line, re.IGNORECASE)]
    return (named or lines or [first])[-1]


def missing(engine: Engine, folder: Path) -> str:
    """Return why an engine cannot be measured here, or '' if it builds a site of one lesson.

    Its environment is made first, exactly as its lock says.
    """
    try:
        if engine.group != "bench":
            _install(engine)
        wrong = measure([engine], folder, 1, steps=["cold"])[engine.name]["cold"].wrong
        return wrong.removeprefix(FAILS)
    except RuntimeError as error:
        return told(error)


def _install(engine: Engine) -> None:
    uv, home = os.environ.get("UV", "uv"), engine.programs.parent
    if not (home / "pyvenv.cfg").exists():
        run([[uv, "venv", "--quiet", "--python", sys.executable, str(home)]], ROOT, home)
    lock = ("--require-hashes", f"requirements/{engine.group}.txt")
    python = ("--python", str(engine.programs / "python"))
    run([[uv, "pip", "sync", "--quiet", *python, *lock]], ROOT, home)


def measure(
    engines: Sequence[Engine], folder: Path, count: int, steps: Iterable[str] = source.STEPS
) -> Round:
    """Return one round of builds: the engines take turns after each step.

    Args:
        engines: In the order of their turns.
        folder: Where their sites are made, each in a folder of its name.
        count: How many lessons a site has.
        steps: Names of `source.STEPS`; the first is `cold`.

    Raises:
        RuntimeError: If a build of the own engine fails, or a page of it is wrong.
    """
    builds: Round = {engine.name: {} for engine in engines}
    before: list[right.Page] = []
    for step in steps:
        for engine in (*engines, PYTHON):
            site = folder / engine.name
            engine.make(site, count) if step == "cold" else engine.edit(site, step)
        pages = right.expected(folder / PYTHON.name, count)
        for engine in engines:
            built = _build(engine, folder / engine.name, step, pages, before or pages)
            builds[engine.name][step] = built
            said = f"{count} lessons, {engine.name}, {step}: {built.seconds:.1f} s {built.wrong}"
            print(said.rstrip(), file=sys.stderr, flush=True)
        before = pages
    return builds


def _build(
    engine: Engine, site: Path, step: str, pages: list[right.Page], before: list[right.Page]
) -> Built:
    start = time.perf_counter()
    try:
        seconds = run(engine.commands(len(pages)), site, engine.programs)
    except RuntimeError as error:
        if engine is OURS:
            raise
        return Built(round(time.perf_counter() - start, 2), f"{FAILS}{told(error)}")
    wrong = first_problem(engine, site, pages, before)
    if wrong and engine is OURS:
        raise RuntimeError(f"{step} of {len(pages)} lessons: {wrong}")
    return Built(seconds, wrong)


def first_problem(
    engine: Engine, site: Path, pages: list[right.Page], before: list[right.Page]
) -> str:
    """Return the first thing that is wrong on the pages of a site, or ''."""
    for number, (page, was) in enumerate(zip(pages, before, strict=True), start=1):
        path = site / engine.page.format(f"lesson{number}")
        if not path.is_file():
            return f"lesson {number} has no page"
        for problem in page.problems(path.read_text(encoding="utf-8"), was):
            return f"lesson {number} {problem}"
    return ""
