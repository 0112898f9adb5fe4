"""How much memory a program takes with all the processes that it starts, where Linux tells it."""

import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

PROCESSES = Path("/proc")
EVERY = 0.1  # seconds between two looks


def peak(command: list[str], folder: Path, environment: Mapping[str, str]) -> int:
    """Run a command and return the most memory that it and its processes had at one time, in bytes.

    What processes share counts once: of a page that three have in common, each is given a third
    (the proportional set size). Looks every tenth of a second.

    Returns:
        0 where the system has no such figures.

    Raises:
        RuntimeError: If the command fails, with what it printed.
    """
    most = 0
    with tempfile.TemporaryFile("w+") as output:  # a pipe that nobody reads would fill
        streams = {"stdout": output, "stderr": subprocess.STDOUT, "start_new_session": True}
        process = subprocess.Popen(command, cwd=folder, env=environment, **streams)
        while process.poll() is None:
            most = max(most, sum(map(memory, family(process.pid))))
            time.sleep(EVERY)
        if process.returncode:
            output.seek(0)
            raise RuntimeError(f"{' '.join(command)} failed:\n{output.read()}")
    return most


def family(root: int) -> set[int]:
    """Return a process that leads a session, and all that it has started, directly or not.

    One whose parent has ended belongs to it by its session.
    """
    found = {root}
    parents = dict(filter(None, map(_stat, PROCESSES.glob("[0-9]*/stat"))))
    while more := {pid for pid, of in parents.items() if pid not in found and found & of}:
        found |= more
    return found


def _stat(path: Path) -> tuple[int, set[int]] | None:
    """Return a process, and its parent and the leader of its session; None if it has ended."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    _, parent, _, session, *_ = text.rpartition(")")[2].split()  # the name before may have spaces
    return int(path.parent.name), {int(parent), int(session)}


def memory(process: int) -> int:
    """Return what memory a process has, shared memory in its part, in bytes; 0 if it has ended."""
    try:
        text = (PROCESSES / str(process) / "smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0
    sizes = [line.split()[1] for line in text.splitlines() if line.startswith("Pss:")]
    return sum(map(int, sizes)) * 1024
