"""Do the tests see a mistake? Make small ones in `course`, one at a time, and run its tests.

    python tests/mutants.py --sample 60 --seed 0 course/linear

A mutant is a copy of `course` with one operator flipped, one statement dropped or one constant
changed; it is killed when a test fails. In exercises only the solutions are mutated: what is
private there is inputs and deliberate mistakes. Survivors are killed by a new test, or explained
in mutants.toml; one without an explanation makes the exit status 1.

Own code, because mutmut wraps each function, so that `inspect.getsource` no longer shows what is
taught, and drops no statements; cosmic-ray edits the working tree and starts Python, so imports
torch, anew for each mutant; neither takes a sample. Here one process imports torch and forks.
"""

import argparse
import ast
import gc
import importlib
import multiprocessing
import os
import random
import re
import shlex
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EXPLAINED = ROOT / "tests" / "mutants.toml"

# What the course and its tests import and takes time; never `course` itself.
PRELOADED = (
    *("pytest", "_pytest.doctest", "hypothesis", "hypothesis.extra.numpy", "numpy", "scipy"),
    *("torch", "torch._dynamo", "torch.utils.data", "torchvision.datasets", "tqdm"),
    *("sklearn.calibration", "sklearn.datasets", "sklearn.metrics", "sklearn.model_selection"),
    *("matplotlib.pyplot", "mpl_toolkits.mplot3d", "IPython.core.interactiveshell", "yaml"),
)

# What stands in the source, and what takes its place.
ARITHMETIC = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
    ast.MatMult: ("@", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
    ast.BitXor: ("^", "&"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
}
COMPARISONS = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
BOOLEANS = {ast.And: ("and", "or"), ast.Or: ("or", "and")}

DROPPED = (
    *(ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Raise, ast.Assert),
    *(ast.If, ast.For, ast.While, ast.With, ast.Delete, ast.Break, ast.Continue),
)
BEFORE_OPERATOR = re.compile(rb"(?:[\s()\\]|#[^\n]*)*")


@dataclass(frozen=True)
class Mutant:
    """One small mistake: the bytes `start` to `end` of a file become `new`."""

    path: str
    where: str  # course.linear.cost.mean_squared_error
    kind: str
    start: int
    end: int
    new: str

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.new.encode() + source[self.end :]

    def line(self, source: bytes) -> int:
        return source[: self.start].count(b"\n") + 1

    def change(self, source: bytes) -> tuple[str, str]:
        """Return the line where it starts, before and after."""
        number = self.line(source)
        before, after = (
            text.split(b"\n")[number - 1].decode().strip() for text in (source, self.apply(source))
        )
        return before, after


class Finder:
    """Finds the mutants of one file."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path, self.source = path, source
        self.starts = [0, *(match.end() for match in re.finditer(rb"\n", source))]
        self.found: list[Mutant] = []

    def start(self, node: Any) -> int:
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node: Any) -> int:
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def add(self, where: str, kind: str, start: int, end: int, new: str) -> None:
        self.found.append(Mutant(self.path, where, kind, start, end, new))

    def operator(self, where: str, kind: str, left: Any, swap: tuple[str, str]) -> None:
        """Flip the operator that comes after a node."""
        pattern = re.escape(swap[0]).replace(r"\ ", r"\s+").encode()
        start = BEFORE_OPERATOR.match(self.source, self.end(left)).end()
        self.add(where, kind, *re.compile(pattern).match(self.source, start).span(), swap[1])

    def walk(self, node: ast.AST, where: str, kind: str = "constant") -> None:
        self.mutate(node, where, kind)
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            where = f"{where}.{node.name}"
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns"} or isinstance(node, ast.JoinedStr):
                continue  # Python 3.11 does not know where the parts of an f-string are
            below = "default" if name in {"defaults", "kw_defaults"} else "constant"
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, ast.AST) and self.counts(node, each):
                    self.walk(each, where, below)

    def counts(self, parent: ast.AST, node: ast.AST) -> bool:
        """Return whether there is anything to mutate: not in docstrings, imports, and helpers."""
        if isinstance(parent, ast.Module) and "/exercises/" in self.path:
            return isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name[0] != "_"
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        return not (text or isinstance(node, ast.Import | ast.ImportFrom))

    def mutate(self, node: ast.AST, where: str, kind: str) -> None:
        """Add the mutants of a node itself."""
        declared = isinstance(node, ast.AnnAssign) and node.value is None
        if isinstance(node, DROPPED) and not declared:
            self.add(where, "statement", self.start(node), self.end(node), "pass")
        for each in getattr(node, "decorator_list", []):
            at = self.source.rindex(b"@", 0, self.start(each))
            self.add(f"{where}.{node.name}", "statement", at, self.end(each), "")
        for test in [getattr(node, "test", None), *getattr(node, "ifs", [])]:
            if test and not self.flips(test):
                text = self.source[self.start(test) : self.end(test)].decode()
                self.add(where, "not", self.start(test), self.end(test), f"not ({text})")
        match node:
            case ast.BinOp(left=left, op=op):
                self.operator(where, "arithmetic", left, ARITHMETIC[type(op)])
            case ast.AugAssign(target=left, op=op):
                self.operator(where, "arithmetic", left, ARITHMETIC[type(op)])
            case ast.Compare(left=left, ops=ops, comparators=right):
                for before, op in zip([left, *right], ops, strict=False):
                    self.operator(where, "comparison", before, COMPARISONS[type(op)])
            case ast.BoolOp(op=op, values=values):
                for before in values[:-1]:
                    self.operator(where, "boolean", before, BOOLEANS[type(op)])
            case ast.UnaryOp(op=ast.Not() | ast.USub() as op):
                end = re.compile(rb"(not\b|-)\s*").match(self.source, self.start(node)).end()
                kind = "not" if isinstance(op, ast.Not) else "arithmetic"
                self.add(where, kind, self.start(node), end, "")
            case ast.Constant(value=bool() as value):
                self.add(where, kind, self.start(node), self.end(node), repr(not value))
            case ast.Constant(value=int() | float() as value):
                self.add(where, kind, self.start(node), self.end(node), repr(value + 1))
            case ast.Constant(value=str() as value) if not re.search(r"\s", value):  # no prose
                self.add(where, kind, self.start(node), self.end(node), '"mutant"')

    @staticmethod
    def flips(test: ast.expr) -> bool:
        """Return whether another mutant is the negation of a test."""
        match test:
            case ast.Compare(ops=[op]):
                return not isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE)
            case ast.UnaryOp(op=ast.Not()):
                return True
        return False


def mutants(path: str, source: bytes) -> list[Mutant]:
    """Return all mutants of a file, in its order; `path` is relative to the repository."""
    finder = Finder(path, source)
    finder.walk(ast.parse(source), module_of(path))
    return sorted(finder.found, key=lambda mutant: (mutant.start, mutant.end, mutant.new))


def sample(candidates: list[Mutant], size: int, seed: int) -> list[Mutant]:
    """Return that many of them, the same ones for the same seed, in their order.

    Each draws a number of its own, by its function and its place among the mutants of that, so that
    an edit elsewhere changes hardly any of the sample.
    """
    count: Counter[str] = Counter()
    draws = {}
    for mutant in candidates:
        count[mutant.where] += 1
        draws[mutant] = random.Random(f"{seed} {mutant.where} {count[mutant.where]}").random()
    chosen = set(sorted(candidates, key=draws.__getitem__)[:size])
    return [mutant for mutant in candidates if mutant in chosen]


# Which tests are a file's


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def imports(path: str) -> frozenset[str]:
    """Return the modules that a file imports, and the names that may be modules as well."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / path).read_bytes())):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return frozenset(names)


@cache
def files(folder: str, pattern: str) -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob(pattern))


def rounds(path: str) -> Iterator[tuple[str, ...]]:
    """Return what pytest gets, round after round: its own tests, its examples, all that use it."""
    folder, _, name = path.removeprefix("course/").rpartition("/")
    own = [f"tests/{folder}/test_{name}".replace("//", "/")]
    if "/exercises/" in path and name != "__init__.py":
        own.append("tests/practice/test_every_exercise.py")
    if name == "__init__.py":
        own.append("tests/test_packages.py")
    own = [test for test in own if (ROOT / test).is_file()]
    if own:
        yield tuple(own)
    yield ("--doctest-modules", path)
    users = {module_of(path)}
    if folder == "plotting/drawings":
        users.add("course.plotting")  # which finds a drawing by its name: no import says so
    course = files("course", "*.py")
    while more := {module_of(each) for each in course if imports(each) & users} - users:
        users |= more
    others = [test for test in files("tests", "test_*.py") if imports(test) & users]
    if others := tuple(test for test in others if test not in own):
        yield others


# Running them

FORK = multiprocessing.get_context("fork")
ALIVE = (0, 5)  # the exit status of pytest when all tests pass, and when there are none
NOT_THE_COPY = 99


class FirstFailure:
    """A plugin of pytest: a failure is enough, hypothesis need not look for the smallest one."""

    def pytest_collection(self) -> None:
        from hypothesis import Phase, settings

        phases = set(settings().phases) - {Phase.shrink, Phase.explain}
        settings.register_profile("mutants", settings(), phases=phases)
        settings.load_profile("mutants")


def run_pytest(copy: str, arguments: Iterable[str]) -> None:
    """Run pytest in this process, which is a fork, with the `course` of a copy, and end."""
    os.setsid()  # so that processes that tests have started end with this one
    signal.signal(signal.SIGINT, signal.default_int_handler)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.chdir(copy)
    os.environ["PYTHONPATH"] = copy  # for processes that tests start
    import pytest

    settings = ["-x", "--tb=no", "-pno:cacheprovider", f"--rootdir={ROOT}"]
    settings += [f"-c{ROOT}/pyproject.toml", f"-opythonpath={shlex.quote(copy)}"]
    settings += ["-Wignore::pytest.PytestAssertRewriteWarning"]
    paths = [f"{ROOT}/{each}" if each.startswith("tests/") else each for each in arguments]
    status = int(pytest.main([*settings, *paths], [FirstFailure()]))
    course = getattr(sys.modules.get("course"), "__file__", copy)
    os._exit(status if course.startswith(copy) else NOT_THE_COPY)


def outcome(path: str, source: bytes, arguments: Iterable[str], limit: float | None) -> int:
    """Return the exit status of pytest on a copy of `course` with another source for one file."""
    with tempfile.TemporaryDirectory() as folder:
        copy = str(Path(folder).resolve())
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "course", f"{copy}/course", ignore=ignored)
        Path(copy, path).write_bytes(source)
        process = FORK.Process(target=run_pytest, args=(copy, arguments))
        process.start()
        wait([process.sentinel], limit)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.join()
    if process.exitcode == NOT_THE_COPY:
        raise RuntimeError(f"pytest {' '.join(arguments)} imported another course than the copy")
    return process.exitcode


@cache
def limit_of(arguments: tuple[str, ...]) -> float:
    """Return how many seconds these tests may take; they must pass without a mutation."""
    start = time.monotonic()
    path = "course/__init__.py"
    if outcome(path, (ROOT / path).read_bytes(), arguments, None) not in ALIVE:
        raise RuntimeError(f"pytest {' '.join(arguments)} fails without a mutation")
    return 10 + 5 * (time.monotonic() - start)


def judge(mutant: Mutant, source: bytes) -> tuple[Mutant, bool, float]:
    """Return a mutant, whether it survives all its tests, and the seconds that they took."""
    seconds = 0.0
    for arguments in rounds(mutant.path):
        limit = limit_of(arguments)
        start = time.monotonic()
        status = outcome(mutant.path, mutant.apply(source), arguments, limit)
        seconds += time.monotonic() - start
        if status not in ALIVE:
            return mutant, False, seconds
    return mutant, True, seconds


# The report


def explanations(path: Path = EXPLAINED) -> dict[tuple[str, str, str], str]:
    """Return why a survivor is no gap in the tests, by its place and the line before and after."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["survivor"]
    return {
        (each["where"], each["before"], after): each["because"]
        for each in entries
        for after in ([each["after"]] if isinstance(each["after"], str) else each["after"])
    }


def table(*rows: tuple[str, ...]) -> str:
    """Return rows as a Markdown table, the first one its head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows = (rows[0], tuple("-" * width for width in widths), *rows[1:])
    cells = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def report(
    judged: list[tuple[Mutant, bool, float]],
    sources: dict[str, bytes],
    explained: dict[tuple[str, str, str], str],
) -> tuple[str, int]:
    """Return the score of each file and a table of the survivors, and how many lack a reason."""
    rows, survivors, unexplained = [], [], 0
    for path in sorted({mutant.path for mutant, _, _ in judged}):
        source = sources[path]
        own = [(mutant, alive) for mutant, alive, _ in judged if mutant.path == path]
        living = [mutant for mutant, alive in own if alive]
        rows.append((path, len(own), len(own) - len(living)))
        for mutant in sorted(living, key=lambda mutant: mutant.start):
            change = mutant.change(source)
            because = explained.get((mutant.where, *change), "")
            unexplained += not because
            cells = (f"{path}:{mutant.line(source)}", mutant.where, *change, because)
            survivors.append(tuple(cell.replace("|", "\\|") for cell in cells))
    rows.append(("all", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    scores = [(path, str(n), str(dead), f"{dead / n:.0%}") for path, n, dead in rows]
    seconds = sum(each[2] for each in judged) / len(judged)
    parts = [table(("file", "mutants", "killed", "score"), *scores), f"{seconds:.1f} s per mutant"]
    if survivors:
        parts.append(table(("survivor", "where", "before", "after", "because"), *survivors))
    return "\n\n".join(parts), unexplained


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", default=["course"], help="files or folders of course")
    parser.add_argument("--sample", type=int, default=60, help="how many mutants")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many at a time")
    todo = parser.parse_args()
    paths = [Path(path).resolve() for path in todo.paths]
    paths = [each for path in paths for each in ([path] if path.is_file() else path.rglob("*.py"))]
    names = sorted({path.relative_to(ROOT).as_posix() for path in paths})
    sources = {name: (ROOT / name).read_bytes() for name in names}  # someone may edit them
    candidates = [each for name, source in sources.items() for each in mutants(name, source)]
    chosen = sample(candidates, todo.sample, todo.seed)
    print(f"{len(chosen)} of {len(candidates)} mutants, seed {todo.seed}", flush=True)

    os.environ["OMP_NUM_THREADS"] = str(max(1, (os.cpu_count() or 1) // todo.jobs))
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()  # pytest collects garbage at its end: not among all that torch has made
    ignore_sigint = (signal.SIGINT, signal.SIG_IGN)
    judged, stopped = [], ""
    with ProcessPoolExecutor(todo.jobs, FORK, signal.signal, ignore_sigint) as pool:
        runs = [pool.submit(judge, each, sources[each.path]) for each in chosen]
        try:
            for run in as_completed(runs):
                judged.append(run.result())
                mutant, alive, seconds = judged[-1]
                place = f"{mutant.path}:{mutant.line(sources[mutant.path])}"
                verdict = "SURVIVED" if alive else "killed"
                print(f"{verdict:8} {seconds:5.1f} s  {mutant.kind:10} {place}", flush=True)
        except (KeyboardInterrupt, RuntimeError) as error:
            signal.signal(*ignore_sigint)
            stopped = f"{type(error).__name__} {error}".strip()
            print(f"stopped by {stopped}: the report is of what was done", flush=True)
        finally:
            pool.shutdown(cancel_futures=True)
    if not judged:
        return 1
    text, unexplained = report(judged, sources, explanations())
    print(f"\n{text}")
    if unexplained:
        print(f"\nunexplained: {unexplained}; write tests, or give reasons in {EXPLAINED.name}")
    return int(unexplained > 0 or stopped != "")


if __name__ == "__main__":
    sys.exit(main())
