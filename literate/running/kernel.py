"""Run one lesson in this process, cell after cell, and collect what it shows.

The process is a child made for this lesson alone (`workers`). The lesson finds itself in
`__main__`, in the root of the project, as a script would; IPython gives it `display`, rich
representations and magics. Its code is compiled under the page's own file name and line numbers,
so a traceback points into the page.
"""

import ast
import importlib
import linecache
import sys
import tempfile
import time
import traceback
import types
from collections.abc import Callable
from typing import Any, cast

from traitlets.config import Config

from literate.lesson.model import Code, Failure, Job, Result, Run, Value
from literate.lesson.text import messages, plain
from literate.running import surroundings, warned
from literate.running.claims import Claims
from literate.running.execution import Executor, last_expression
from literate.running.limits import CellTimeoutError, limit
from literate.running.manifest import Recorder
from literate.running.outputs import Outputs
from literate.running.shell import Publisher, Shell
from literate.running.streams import Stream
from literate.running.tracebacks import format_traceback, frames, short


class Lesson:
    """A page while it runs."""

    def __init__(self, job: Job, on_step: Callable[[int], None]) -> None:
        self.page, self.job, self.on_step = job.page, job, on_step
        self.outputs = Outputs()
        self.form = "svg"
        self._cells = 0
        self.module = types.ModuleType("__main__")
        sys.modules["__main__"] = self.module
        config = Config()
        config.HistoryManager.enabled = False
        shell: Any = Shell.instance(  # the one that `display` and `get_ipython` find
            config=config,
            user_module=self.module,
            display_pub_class=Publisher,
            ipython_dir=tempfile.gettempdir(),
        )
        shell.builtin_trap.activate()  # libraries look there for `get_ipython`
        shell.lesson = self
        self.shell = shell
        formatter = shell.display_formatter.mimebundle_formatter
        formatter.for_type_by_name(
            "matplotlib.figure", "Figure", lambda figure, **_: self.bundle(figure)
        )
        self.namespace = self.module.__dict__
        steps = [step for step in self.page.steps if not _skipped(step)]
        self._executor = Executor(
            self.namespace,
            map(self._python, steps),
        )
        sys.stdout = Stream("stdout", 1, self.outputs.stream)
        sys.stderr = Stream("stderr", 2, self._stderr)

    def run(self) -> Run:
        """Run the steps one after another; stop at the first that fails."""
        run = Run(threads=self.job.threads)
        for index, step in enumerate(self.page.steps):
            self.on_step(index)
            result = Result()
            self._step, self._line = step, 0
            start = time.perf_counter()
            try:
                try:
                    with limit(self.job.seconds_per_cell):
                        if isinstance(step, Code):
                            self._cell(step, result)
                        else:
                            result.text = self._value(step)
                finally:
                    result.outputs = self._taken()
                warned.check(self.page, step, result.outputs, self.job.allow_errors)
            except warned.UnexpectedWarningError as error:
                run.failure = Failure(self.page.place(step, self._line), str(error), error.text)
            except CellTimeoutError as error:
                message = f"took longer than {self.job.seconds_per_cell:g} s (cell_seconds)"
                run.failure = self._failure(step, error, message)
            except BaseException as error:
                run.failure = self._failure(step, error, "")
            run.seconds += time.perf_counter() - start
            run.results.append(result)
            if run.failure:
                if not self.goes_on(str(run.failure.message), result):
                    break
                run.failure = None
        for result in run.results:  # only now: a cell may change what an earlier one has shown
            _set_twins_apart(result)
        return run

    def goes_on(self, failed: str, result: Result) -> bool:
        """Return whether the lesson goes on after a step that failed.

        Args:
            failed: Why it did.
            result: What it left.
        """
        return False

    def rewritten(self, tree: ast.Module, cell: Code, result: Result) -> ast.Module:
        """Return the code of a cell as it is run: a claim notes what it has checked."""
        if "claim" not in cell.tags:
            return tree

        def note(number: int, text: object) -> None:
            result.claims.append(" ".join(str(text).split()))
            result.asserts.append(number)

        self.namespace["__claim__"] = note
        return cast(ast.Module, Claims(tree).visit(tree))

    def bundle(self, figure: Any) -> Any:
        """Return a matplotlib figure as the running cell wants it."""
        return _backend().bundle(
            figure, self.form, self.job.dark_colors, portable=self.job.portable
        )

    def _stderr(self, name: str, text: str) -> None:
        """Add text to the outputs; note the line of the cell that was first to say something."""
        if not self._line and messages(text):
            page = self.page.source_name(self._step)
            for frame, line in traceback.walk_stack(sys._getframe()):
                if frame.f_code.co_filename == page:
                    self._line = line
        self.outputs.stream(name, text)

    def _cell(self, cell: Code, result: Result) -> None:
        if _skipped(cell):
            return
        self.form = cell.format
        expected = "raises-exception" in cell.tags
        try:
            self._execute(cell, result)
        except Exception as error:
            if not expected and not self.job.allow_errors:
                raise
            self.outputs.error(error, self._traceback(error))
        else:
            if expected:
                raise RuntimeError("tagged raises-exception, but no exception came")
            if "claim" in cell.tags and not (result.claims or result.checks):
                raise RuntimeError("tagged claim, but no assert was reached")
        finally:
            if (backend := _backend()) is not None:
                backend.flush()

    def _taken(self) -> list[dict[str, Any]]:
        """Return what the step has shown, with short paths and lines that can move."""
        outputs = self.outputs.take()
        for output in outputs:
            self._relocate(output)
        return outputs

    def _execute(self, cell: Code, result: Result) -> None:
        name = self.page.source_name(cell)
        source = "\n" * (cell.line - 1) + self.shell.transform_cell(cell.source)
        if name != self.page.name:  # a notebook's cell: there is no such file to read lines from
            linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        tree: Any = compile(source, name, "exec", ast.PyCF_ONLY_AST)
        tree = self.rewritten(tree, cell, result)
        quiet = self.shell.displayhook.semicolon_at_end_of_expression(source)
        shown = None if quiet else last_expression(tree)
        self._cells += bool(cell.source.strip())
        self.shell.count(self._cells)
        self._executor.run(tree, name, "exec")
        value = self._executor.run(shown, name, "eval") if shown else None
        if value is not None:
            data, metadata = self.shell.display_formatter.format(value)
            self.shell.note(value)
            if data:
                self.outputs.display(data, metadata)

    def _python(self, step: Code | Value) -> str:
        """Return the code of a step without magics, or as it is if these are wrong."""
        if isinstance(step, Value):
            return step.expression
        try:
            return str(self.shell.transform_cell(step.source))
        except Exception:  # it will be raised when the cell runs
            return step.source

    def _value(self, value: Value) -> str:
        name = self.page.source_name(value)
        source = "\n" * (value.line - 1) + value.expression
        return format(self._executor.run(source.rstrip(), name, "eval"), value.format)

    def _failure(self, step: Code | Value, error: BaseException, message: str) -> Failure:
        lines = [line for name, line in frames(error) if name == self.page.source_name(step)]
        place = self.page.place(step, lines[-1] if lines else 0)
        message = message or f"{type(error).__name__}: {error}".removesuffix(": ")
        return Failure(place, message, self._traceback(error))

    def _traceback(self, error: BaseException) -> str:
        return format_traceback(error, self.job.root)

    def _relocate(self, output: dict[str, Any]) -> None:
        """Store lines of the page relative to their cell: prose above may grow without a run."""
        if "text" in output:
            text = short(plain(output["text"]), self.job.root)
            output["text"] = self.page.to_relative(text)
        elif "traceback" in output:
            output["traceback"] = [self.page.to_relative(line) for line in output["traceback"]]


def _skipped(step: Code | Value) -> bool:
    return isinstance(step, Code) and "skip-execution" in step.tags


def _set_twins_apart(result: Result) -> None:
    """Take out of the outputs what only a page of the site can show: twins, and what moves."""
    for index, output in enumerate(result.outputs):
        metadata = output.get("metadata", {})
        for kind in ("image/svg+xml", "image/png"):
            if dark := metadata.get(kind, {}).pop("dark", ""):
                result.twins[str(index)] = dark
            if narrow := metadata.get(kind, {}).pop("narrow", None):
                result.narrow[str(index)] = narrow
            if moves := metadata.get(kind, {}).pop("moves", None):
                result.moves[str(index)] = moves


def _backend() -> Any:
    """Return the figure backend once the lesson has matplotlib, else None."""
    if "matplotlib" not in sys.modules:
        return None
    from literate.running import backend

    return backend


def _lesson(job: Job, on_step: Callable[[int], None]) -> Lesson:
    if not job.moved:
        return Lesson(job, on_step)
    from literate.running.again import Again

    return Again(job, on_step)


def run(job: Job, on_step: Callable[[int], None]) -> Run:
    """Run a page in this process and return what came out of it.

    Args:
        job: The page and how to run it.
        on_step: Called with the index of each step before it runs.
    """
    surroundings.prepare(job)
    recorder = Recorder(job.root, job.page.name, job.environment)
    if job.first_import:
        importlib.import_module(job.first_import)
    if job.figure_style:
        import matplotlib.style

        matplotlib.style.use(job.root / job.figure_style)
    result = _lesson(job, on_step).run()
    result.manifest, result.data = recorder.manifest()
    result.imports = surroundings.imports(job, result.manifest.files)
    result.device = surroundings.device()
    return result
