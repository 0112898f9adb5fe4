"""Give each lesson a process of its own, several side by side, and wait for all of them.

The processes are forked from a server that has loaded the heavy libraries once, but never the
lessons' own package and never a GPU: so a lesson starts in milliseconds and still from scratch.
Where a system cannot fork, each process starts anew.
"""

import contextlib
import math
import multiprocessing
import os
import signal
import sys
import threading
import time
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from multiprocessing import connection, forkserver
from multiprocessing.context import BaseContext
from typing import Any

from literate.lesson.model import Failure, Job, Run, Span, thread_variables

#: How long a process may take to start, and to notice that a cell's time is over.
START_SECONDS = 120.0
GRACE_SECONDS = 5.0

#: How long something that ends all lessons may wait to be noticed.
CHECK_SECONDS = 0.05


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def context(preload: Iterable[str]) -> BaseContext:
    """Return how processes start here: forked from a preloaded server, or anew."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        server = multiprocessing.get_context("forkserver")
        server.set_forkserver_preload([*preload, "literate.running.kernel"])
        return server
    return multiprocessing.get_context("spawn")


def warm_up(preload: Iterable[str]) -> None:
    """Start the server of processes without waiting for it: the first edit need not either."""
    if context(preload).get_start_method() == "forkserver":
        with _variables(cores()):
            forkserver.ensure_running()


@dataclass
class _Child:
    """A lesson on its way: its process, where it is, and until when it may be there."""

    job: Job
    process: Any
    pipe: connection.Connection
    deadline: float
    step: int = -1
    started: float = field(default_factory=time.monotonic)

    def stop(self) -> None:
        """End the process and whatever it has started."""
        if self.process.pid and hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.pipe.close()

    def failed(self, why: str) -> Run:
        """Return the run of a process that could not tell what happened to it."""
        steps = self.job.page.steps
        place = self.job.page.place(steps[self.step]) if self.step >= 0 else self.job.page.name
        return Run(failure=Failure(place, why))


def run_all(
    jobs: Iterable[Job],
    preload: Iterable[str],
    at_once: int,
    on_done: Callable[[Job, Run, Span], None],
    start: BaseContext | None = None,
    check: Callable[[], None] | None = None,
    first: Callable[[Job], bool] = lambda job: False,
) -> None:
    """Run every job in a child of its own and hand over each result as it comes.

    Lessons that are `exclusive` run after the others, one at a time, with all the threads: so no
    other lesson waits for one of them.

    Args:
        jobs: What to run, the slowest first if that is known.
        preload: Modules to load once, before the first fork.
        at_once: How many lessons run side by side.
        on_done: Called in this process with each job, its run, and when that was.
        start: How to start processes; by default `context(preload)`.
        check: Called while lessons run; what it raises ends them all.
        first: Whether a job is to start before the others that wait; asked whenever one can start.
    """
    jobs = list(jobs)
    start = start or context(preload)
    beginning = time.monotonic()
    shared = [job for job in jobs if not job.page.exclusive]
    alone = [job for job in jobs if job.page.exclusive]
    for part, width in ((shared, max(1, min(at_once, len(shared)))), (alone, 1)):
        queue = [replace(job, threads=max(1, cores() // width)) for job in part]
        children: list[_Child] = []
        try:
            while queue or children:
                while queue and len(children) < width:
                    queue.sort(key=lambda job: not first(job))
                    children.append(_spawn(start, queue.pop(0)))
                if check:
                    check()
                for child, run in _wait(children, CHECK_SECONDS if check else math.inf):
                    children.remove(child)
                    child.stop()
                    moments = (child.started, time.monotonic())
                    on_done(child.job, run, Span(*(round(at - beginning, 3) for at in moments)))
        finally:
            for child in children:
                child.stop()


def _spawn(start: BaseContext, job: Job) -> _Child:
    ours, theirs = start.Pipe()
    # No daemon: a daemonic process could not start processes of its own, and some lessons must.
    process = start.Process(target=_child, args=(theirs, job), name=job.page.name)  # type: ignore[attr-defined]
    with _no_main(), _variables(job.threads):
        process.start()
    theirs.close()
    return _Child(job, process, ours, time.monotonic() + START_SECONDS)


@contextlib.contextmanager
def _no_main() -> Iterator[None]:
    """Keep multiprocessing from running this program's main module again in each child."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextlib.contextmanager
def _variables(threads: int) -> Iterator[None]:
    """Limit the numerical libraries that the server loads; they read this once, at their start."""
    wanted = thread_variables(threads)
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _wait(children: list[_Child], longest: float) -> list[tuple[_Child, Run]]:
    """Wait for the next message or deadline, or so long; return the children that are through."""
    soonest = min([child.deadline for child in children] + [time.monotonic() + longest])
    watched = [child.pipe for child in children] + [child.process.sentinel for child in children]
    ready = connection.wait(watched, max(0.0, soonest - time.monotonic()))
    finished: list[tuple[_Child, Run]] = []
    for child in children:
        run = None
        if child.pipe in ready or child.process.sentinel in ready:
            run = _receive(child)
        elif time.monotonic() > child.deadline:
            limit = child.job.seconds_per_cell if child.step >= 0 else START_SECONDS
            run = child.failed(f"took longer than {limit:g} s and was killed (cell_seconds)")
        if run is not None:
            finished.append((child, run))
    return finished


def _receive(child: _Child) -> Run | None:
    """Take what a child says: where it is, its run, or, by its silence, that it died."""
    try:
        message = child.pipe.recv() if child.pipe.poll() else None
    except (EOFError, ConnectionResetError):
        message = None
    if message is None:
        child.process.join(GRACE_SECONDS)
        return child.failed(_death(child.process.exitcode))
    if isinstance(message, Run):
        return message
    child.step = message
    child.deadline = time.monotonic() + child.job.seconds_per_cell + GRACE_SECONDS
    return None


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        hint = " (out of memory?)" if name == "SIGKILL" else ""
        return f"the process that ran the lesson was killed by {name}{hint}"
    return f"the process that ran the lesson ended with status {code} before the lesson did"


def _child(pipe: connection.Connection, job: Job) -> None:
    """Run a job in this process, which is the child, and end it."""
    if hasattr(os, "setsid"):
        os.setsid()  # so that everything that the lesson starts can be ended with it
    threading.Thread(target=_end_with_parent, args=(pipe,), daemon=True).start()
    from literate.running import kernel, tracebacks

    try:
        result = kernel.run(job, pipe.send)
    except BaseException as error:
        trace = tracebacks.format_traceback(error, job.root)
        result = Run(failure=Failure(job.page.name, f"{type(error).__name__}: {error}", trace))
    pipe.send(result)
    os._exit(0)  # at once: nothing that a lesson left behind may hold up the build


def _end_with_parent(pipe: connection.Connection) -> None:
    """Wait for the parent to go away, and go too with all that the lesson has started."""
    with contextlib.suppress(EOFError, OSError):
        pipe.recv()
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
