"""Run one lesson in this process, cell after cell, and collect what it shows.

The process is a child made for this lesson alone (`workers`). The lesson finds itself in
`__main__`, in the root of the project, as a script would; IPython gives it `display`, rich
representations and magics. Its code is compiled under the page's own file name and line numbers,
so a traceback points into the page.
"""

import ast
import contextlib
import linecache
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import traceback
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from literate import manifest, outputs
from literate.model import Code, Failure, Job, Result, Run, Value, messages, plain, thread_variables
from literate.outputs import Outputs, Stream


class CellTimeoutError(BaseException):
    """A cell ran longer than allowed. Not an `Exception`: no `except Exception` swallows it."""


class UnexpectedWarningError(Exception):
    """A cell wrote to stderr, as warnings do, and no tag says that it would."""

    def __init__(self, text: str) -> None:
        first = text.partition("\n")[0]
        super().__init__(
            f"unexpected on stderr: {first}; mend the cause or, "
            'if readers are meant to see it, tag the cell "warns"'
        )
        self.text = text


class Publisher(DisplayPublisher):
    """Receives what `display()` shows."""

    def publish(  # type: ignore[override]
        self, data: dict[str, Any], metadata: dict[str, Any] | None = None, **_: Any
    ) -> None:
        """Add the bundle to the outputs of the running cell."""
        self.shell.lesson.outputs.display(data, metadata or {})

    def clear_output(self, wait: bool = False) -> None:
        """Forget what the running cell has shown so far."""
        self.shell.lesson.outputs.items.clear()


class Shell(InteractiveShell):
    """IPython without a screen, a history or an event loop."""

    lesson: "Lesson"

    def enable_gui(self, gui: str | None = None) -> None:
        """Accept any GUI: figures are outputs here."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str, str]:
        """Accept `%matplotlib …`: the backend is set already."""
        return "inline", "module://literate.backend"

    def ask_exit(self) -> None:
        """End the lesson, as `exit()` asks."""
        raise SystemExit

    def showtraceback(self, *_: Any, **__: Any) -> None:
        """Raise what a magic or a representation raised, where IPython would print and go on."""
        raise  # what is being handled: nobody calls this outside an `except`


class Lesson:
    """A page while it runs."""

    def __init__(self, job: Job, on_step: Callable[[int], None]) -> None:
        self.page, self.job, self.on_step = job.page, job, on_step
        self.outputs = Outputs()
        self.form = "svg"
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
        shell.lesson = self
        self.shell = shell
        formatter = shell.display_formatter.mimebundle_formatter
        formatter.for_type_by_name(
            "matplotlib.figure", "Figure", lambda figure, **_: self.bundle(figure)
        )
        self.namespace = self.module.__dict__
        sys.stdout = Stream("stdout", 1, self.outputs.stream)
        sys.stderr = Stream("stderr", 2, self._stderr)

    def run(self) -> Run:
        """Run the steps one after another; stop at the first that fails."""
        run = Run(threads=self.job.threads)
        for index, step in enumerate(self.page.steps):
            self.on_step(index)
            result = Result()
            self.outputs.items = result.outputs
            self._step, self._line = step, 0
            start = time.perf_counter()
            try:
                with _limit(self.job.seconds_per_cell):
                    if isinstance(step, Code):
                        self._cell(step, result)
                    else:
                        result.text = self._value(step)
                        self._collect()
                        self._check_stderr(step)
            except UnexpectedWarningError as error:
                run.failure = Failure(self.page.place(step, self._line), str(error), error.text)
            except CellTimeoutError as error:
                message = f"took longer than {self.job.seconds_per_cell:g} s (cell_seconds)"
                run.failure = self._failure(step, error, message)
            except BaseException as error:
                run.failure = self._failure(step, error, "")
            run.seconds += time.perf_counter() - start
            run.results.append(result)
            if run.failure:
                break
        return run

    def bundle(self, figure: Any) -> Any:
        """Return a matplotlib figure as the running cell wants it, and close it."""
        return _backend().bundle(figure, self.form, self.job.dark_colors)

    def _stderr(self, name: str, text: str) -> None:
        """Add text to the outputs; note the line of the cell that was first to say something."""
        if not self._line and messages(text):
            page = self.page.source_name(self._step)
            for frame, line in traceback.walk_stack(sys._getframe()):
                if frame.f_code.co_filename == page:
                    self._line = line
        self.outputs.stream(name, text)

    def _check_stderr(self, step: Code | Value) -> None:
        """Raise unless what came on stderr was to be expected; progress bars always are."""
        streams = [output for output in self.outputs.items if output.get("name") == "stderr"]
        text = "\n".join(filter(None, (messages(output["text"]) for output in streams)))
        expected = isinstance(step, Code) and "warns" in step.tags
        if expected and not text:
            raise RuntimeError("tagged warns, but nothing came on stderr")
        if text and not expected and not self.job.allow_errors:
            raise UnexpectedWarningError(self.page.to_absolute(text))

    def _cell(self, cell: Code, result: Result) -> None:
        if "skip-execution" in cell.tags:
            return
        self.form = cell.format
        expected = "raises-exception" in cell.tags
        try:
            self._execute(cell, result.claims)
        except Exception as error:
            if not expected and not self.job.allow_errors:
                raise
            self.outputs.collect()
            self.outputs.items.append(
                {
                    "output_type": "error",
                    "ename": type(error).__name__,
                    "evalue": str(error),
                    "traceback": self._traceback(error).splitlines(),
                }
            )
        else:
            if expected:
                raise RuntimeError("tagged raises-exception, but no exception came")
            if "claim" in cell.tags and not result.claims:
                raise RuntimeError("tagged claim, but no assert was reached")
        finally:
            if (backend := _backend()) is not None:
                backend.flush()
            self._collect()
        self._check_stderr(cell)
        for index, output in enumerate(self.outputs.items):
            if dark := output.get("metadata", {}).get("image/png", {}).pop("dark", ""):
                result.twins[str(index)] = dark  # not for whoever shows the outputs elsewhere

    def _collect(self) -> None:
        """Take in what the step has shown, with short paths and lines that can move."""
        self.outputs.collect()
        for output in self.outputs.items:
            self._relocate(output)

    def _execute(self, cell: Code, claims: list[str]) -> None:
        name = self.page.source_name(cell)
        source = "\n" * (cell.line - 1) + self.shell.transform_cell(cell.source)
        if name != self.page.name:  # a notebook's cell: there is no such file to read lines from
            linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        tree: Any = compile(source, name, "exec", ast.PyCF_ONLY_AST)
        if "claim" in cell.tags:
            tree = _Claims(name).visit(tree)
            self.namespace["__claim__"] = lambda text: claims.append(" ".join(str(text).split()))
        quiet = self.shell.displayhook.semicolon_at_end_of_expression(source)
        shown = None if quiet else _last_expression(tree)
        exec(compile(tree, name, "exec"), self.namespace)
        if shown is None:
            return
        value = eval(compile(shown, name, "eval"), self.namespace)
        if value is not None:
            data, metadata = self.shell.display_formatter.format(value)
            if data:
                self.outputs.display(data, metadata)

    def _value(self, value: Value) -> str:
        name = self.page.source_name(value)
        source = "\n" * (value.line - 1) + value.expression
        result = eval(compile(source.rstrip(), name, "eval"), self.namespace)
        return format(result, value.format)

    def _failure(self, step: Code | Value, error: BaseException, message: str) -> Failure:
        lines = [line for name, line in _frames(error) if name == self.page.source_name(step)]
        place = self.page.place(step, lines[-1] if lines else 0)
        message = message or f"{type(error).__name__}: {error}".removesuffix(": ")
        return Failure(place, message, self._traceback(error))

    def _traceback(self, error: BaseException) -> str:
        return format_traceback(error, self.job.root)

    def _relocate(self, output: dict[str, Any]) -> None:
        """Store lines of the page relative to their cell: prose above may grow without a run."""
        if "text" in output:
            text = _short(plain(output["text"]), self.job.root)
            output["text"] = self.page.to_relative(text)
        elif "traceback" in output:
            output["traceback"] = [self.page.to_relative(line) for line in output["traceback"]]


class _Claims(ast.NodeTransformer):
    """Adds, behind each assert, a note of its message: the statement that was checked."""

    def __init__(self, name: str) -> None:
        self._name = name

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        if node.msg is None:
            raise SyntaxError(
                "an assert in a claim needs a message: the statement that readers see",
                (self._name, node.lineno, node.col_offset + 1, ast.unparse(node)),
            )
        note = ast.Expr(ast.Call(ast.Name("__claim__", ast.Load()), [node.msg], []))
        return [node, ast.fix_missing_locations(ast.copy_location(note, node))]


def _last_expression(tree: ast.Module) -> ast.Expression | None:
    """Take the last statement off the cell if it is an expression to show."""
    if not tree.body or not isinstance(tree.body[-1], ast.Expr):
        return None
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    return ast.Expression(last.value)


def _backend() -> Any:
    """Return the figure backend once the lesson has matplotlib, else None."""
    if "matplotlib" not in sys.modules:
        return None
    from literate import backend

    return backend


def _frames(error: BaseException) -> Iterator[tuple[str, int]]:
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        yield error.filename, error.lineno
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield frame.f_code.co_filename, line


def format_traceback(error: BaseException, root: Path) -> str:
    """Return the traceback of a lesson: from the lesson's own frame on, paths kept short."""
    own = {__file__, outputs.__file__}
    formatted = traceback.TracebackException.from_exception(error)
    pending: list[traceback.TracebackException | None] = [formatted]
    while pending:
        if (each := pending.pop()) is None:
            continue
        frames = [frame for frame in each.stack if frame.filename not in own]
        for frame in frames:
            frame.filename = _short(frame.filename, root)
        if issubclass(each.exc_type, SyntaxError) and each.filename:
            each.filename = _short(each.filename, root)
        each.stack = traceback.StackSummary.from_list(frames)
        pending += [each.__cause__, each.__context__, *(each.exceptions or ())]
    return plain("".join(formatted.format()))


def _short(text: str, root: Path) -> str:
    """Return a text whose paths are without what differs from machine to machine."""
    packages = [place for place in sys.path if place.endswith("site-packages")]
    for place in (*packages, str(Path(os.__file__).parent), str(root)):
        text = text.replace(place + os.sep, "")
    return text


@contextlib.contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """Raise `CellTimeoutError` in the body after so many seconds, where the system can."""
    if not hasattr(signal, "setitimer"):  # the parent's own limit holds there
        yield
        return

    def stop(number: int, frame: types.FrameType | None) -> None:
        raise CellTimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def run(job: Job, on_step: Callable[[int], None]) -> Run:
    """Run a page in this process and return what came out of it.

    Args:
        job: The page and how to run it.
        on_step: Called with the index of each step before it runs.
    """
    prepare(job)
    recorder = manifest.Recorder(job.root, job.page.name, job.environment)
    if job.figure_style:
        import matplotlib.style

        matplotlib.style.use(job.root / job.figure_style)
    result = Lesson(job, on_step).run()
    result.manifest, result.data = recorder.manifest()
    result.imports = _imports(job, result.manifest.files)
    result.device = _device()
    return result


def prepare(job: Job) -> None:
    """Make this process look like a script started in the project's root."""
    os.chdir(job.root)
    sys.path.insert(0, str(job.root))
    sys.argv = [job.page.name]
    os.environ["MPLBACKEND"] = "module://literate.backend"
    if "matplotlib" in sys.modules:
        import matplotlib

        matplotlib.use("module://literate.backend")
    if "fork" in multiprocessing.get_all_start_methods():
        # A class defined in the lesson lives in this process alone: workers must inherit it.
        multiprocessing.set_start_method("fork", force=True)
    os.environ.update(thread_variables(job.threads))  # for libraries that are yet to be loaded
    if "torch" in sys.modules:
        import torch

        torch.set_num_threads(job.threads)


def _imports(job: Job, files: dict[str, str]) -> list[str]:
    """Return the modules that the lesson, and the project's files that it used, import by name."""
    sources: list[str | bytes] = [step.source for step in job.page.steps if isinstance(step, Code)]
    modules = [name for name, digest in files.items() if digest and name.endswith(".py")]
    sources += [(job.root / name).read_bytes() for name in modules]
    names = {name for source in sources for name in manifest.imported(source)}
    # What may be loaded beforehand counts as loaded, whether it was this time or not.
    preloaded = {name.partition(".")[0] for name in job.preload}
    return sorted(names & (sys.modules.keys() | preloaded))


def _device() -> str:
    """Return where the lesson computed: the GPU that it touched, else the CPU."""
    if (torch := sys.modules.get("torch")) is None:
        return "CPU"
    if torch.cuda.is_initialized():
        return str(torch.cuda.get_device_name())
    if torch.backends.mps.is_available() and torch.mps.driver_allocated_memory() > 0:
        return "Apple GPU (MPS)"
    return "CPU"
