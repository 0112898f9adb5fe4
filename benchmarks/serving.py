"""Measure what a writer waits for under `mkdocs serve`: its first answer, and each kind of save.

A copy of the site, or a generated one, is served: with nothing kept, after another server, and
after a build. Then lessons are saved, one after another: a sentence, code, and the module of the
package that a lesson uses. A wait lasts from the save until the server gives the page that has it.
Of a save that runs the lesson, its run is told apart, as the server's log has it; what is left is
the server's own. Beside each, the processor's seconds of the server's process alone: they say
what other work on the machine has added to the wait.

    python benchmarks/serving.py                    # the real site, every lesson
    python benchmarks/serving.py --generated 120 --every 6
"""

import argparse
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.peers import course, running
from benchmarks.peers.engines import OURS

#: The server's own word on how long the cells of a lesson took.
_RAN = re.compile(r"literate: (?P<page>\S+): ran in (?P<seconds>[\d.]+) s")

#: What a page shows until it is rendered, or until its lesson has run.
COMING = ("This page is on its way", "This lesson is running")

LOOKS = 0.05  # seconds between two looks at a page
IDLE = 2.0  # seconds in which a server that does nothing more takes no time
LONGEST = 600.0


@dataclass(frozen=True)
class Wait:
    """Seconds that somebody waited, the processor's, and those in which the lesson's cells ran."""

    seconds: float
    processor: float
    run: float = 0.0

    @property
    def rest(self) -> float:
        """What the server itself took."""
        return self.seconds - self.run


class Server:
    """A running `mkdocs serve`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self._address = folder, f"http://127.0.0.1:{port}/"
        self.log: list[str] = []
        self.began = time.perf_counter()
        python = str(OURS.programs / "python")
        there = {**running.environment(folder, OURS.programs), "PYTHONUNBUFFERED": "1"}
        command = [python, "-m", "mkdocs", "serve", "--no-strict", "-a", f"127.0.0.1:{port}"]
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=there,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        self.log.extend(line.rstrip() for line in self.process.stdout or ())

    def page(self, name: str) -> str:
        """Return a page as the server gives it, or '' if it does not."""
        try:
            with urllib.request.urlopen(self._address + name, timeout=LONGEST) as answer:
                return str(answer.read().decode())
        except OSError:
            return ""

    def processor(self) -> float:
        """Return the processor's seconds that the server's process has had, without its lessons."""
        text = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8")
        ticks = text.rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def wait(self, shows: Callable[[], bool]) -> Wait:
        """Wait until something is so.

        Raises:
            RuntimeError: If it is not in time, or the server has ended.
        """
        used, start = self.processor(), time.perf_counter()
        while not shows():
            if self.process.poll() is not None or time.perf_counter() - start > LONGEST:
                raise RuntimeError("\n".join(self.log[-20:]))
            time.sleep(LOOKS)
        return Wait(time.perf_counter() - start, self.processor() - used)

    def settle(self) -> None:
        """Wait until the server has nothing more to do."""
        while True:
            used = self.processor()
            time.sleep(IDLE)
            lessons = (self.folder / "docs").rglob("*.py")
            if self.processor() - used < LOOKS and not any(map(self._is_coming, lessons)):
                return

    def _is_coming(self, lesson: Path) -> bool:
        return any(told in self.page(page_of(lesson, self.folder)) for told in COMING)


def page_of(lesson: Path, folder: Path) -> str:
    """Return the address of a lesson's page below that of the site."""
    return lesson.relative_to(folder / "docs").with_suffix(".html").as_posix()


@contextmanager
def served(folder: Path, port: int) -> Iterator[Server]:
    """Give a server that has answered, and end it."""
    server = Server(folder, port)
    try:
        waited = server.wait(lambda: bool(server.page("index.html")))
        print(f"  answered after {waited.seconds:.1f} s ({waited.processor:.1f} s processor)")
        yield server
    finally:
        server.process.terminate()
        server.process.wait()


def ran(log: Sequence[str], name: str) -> float:
    """Return the seconds that the cells of a lesson took when it ran first; 0 if it did not."""
    found = filter(None, map(_RAN.search, log))
    return next((float(each["seconds"]) for each in found if each["page"] == name), 0.0)


def saved(server: Server, path: Path, more: str, lesson: Path, says: str) -> Wait:
    """Save a file with something more at its end, and take it back when the page has said so.

    Args:
        server: That is to notice.
        path: Of the file.
        more: What comes to its end.
        lesson: Whose page is looked at.
        says: What the page then has.
    """
    page = page_of(lesson, server.folder)
    before, logged = path.read_text(encoding="utf-8"), len(server.log)
    server.page(page)  # somebody looks at it
    path.write_text(before + more, encoding="utf-8")
    waited = server.wait(lambda: says in server.page(page))
    server.settle()  # it tells of the run when the page is written
    run = ran(server.log[logged:], lesson.relative_to(server.folder).as_posix())
    path.write_text(before, encoding="utf-8")
    server.settle()
    return replace(waited, run=run)


def edits(server: Server, lessons: Sequence[Path]) -> dict[str, list[Wait]]:
    """Return what each kind of save of each lesson took."""
    found: dict[str, list[Wait]] = {"prose": [], "code": [], "package": []}
    for number, lesson in enumerate(lessons):
        page = page_of(lesson, server.folder)
        prose = f'\n# %% [markdown]\nr"""\nSaved sentence {number}.\n"""\n'
        found["prose"].append(saved(server, lesson, prose, lesson, f"Saved sentence {number}."))
        code = f'\n# %%\nprint("saved", "code", {number})\n'
        found["code"].append(saved(server, lesson, code, lesson, f"saved code {number}"))
        module = server.folder / "course" / lesson.relative_to(server.folder / "docs/lessons")
        if module.is_file():
            name = ".".join(module.relative_to(server.folder).with_suffix("").parts)
            use = f'\n# %%\nimport {name} as used\nprint("used", getattr(used, "SAVED", None))\n'
            before = lesson.read_text(encoding="utf-8")
            lesson.write_text(before + use, encoding="utf-8")
            server.settle()
            more = f"\nSAVED = {number}\n"
            found["package"].append(saved(server, module, more, lesson, f"used {number}"))
            lesson.write_text(before, encoding="utf-8")
            server.settle()
        print(f"  {page}: " + told({kind: waits[-1:] for kind, waits in found.items()}), flush=True)
    return found


def told(found: dict[str, list[Wait]]) -> str:
    """Return saves in words: median and longest, and the same of what is not the lesson's run."""
    return "; ".join(
        f"{kind} {_spread([each.seconds for each in waits])} s, "
        f"without the run {_spread([each.rest for each in waits])} s, "
        f"processor {_spread([each.processor for each in waits])} s"
        for kind, waits in found.items()
        if waits
    )


def _spread(values: Sequence[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{statistics.median(values):.2f} (longest {max(values):.2f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generated", type=int, default=0, help="lessons of a generated site")
    parser.add_argument("--every", type=int, default=1, help="save every so manieth lesson")
    parser.add_argument("--port", type=int, default=8123)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve() / "site"
        if asked.generated:
            OURS.make(folder, asked.generated)
        else:
            course.copy(folder)
        print("nothing kept")
        with served(folder, asked.port) as server:
            server.settle()
            print(f"  all pages after {time.perf_counter() - server.began:.1f} s")
        print("after a server")
        with served(folder, asked.port):
            pass
        print(f"a build after a server: {running.run(OURS.commands(1), folder, OURS.programs)} s")
        print("after a build")
        with served(folder, asked.port) as server:
            server.settle()
            lessons = sorted((folder / "docs/lessons").rglob("*.py"))[:: asked.every]
            print(f"all: {told(edits(server, lessons))}")


if __name__ == "__main__":
    main()
