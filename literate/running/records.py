"""What takes too long for a page: made once, when asked, and kept as a small file with its date.

A record says what was asked and what came out, where, when and how long it took, and has the hash
of every file of the project that it used. A page shows it as such, and says so when one of these
has changed. `python -m literate.running.records` lists the records of a project.
"""

import ast
import contextlib
import fnmatch
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from literate.lesson.model import PageError
from literate.lesson.record import Record, problems, told
from literate.running import deciding, manifest
from literate.running.surroundings import device
from literate.running.syntax import plain
from literate.running.workers import cores

#: The largest that a record may be, in bytes.
MOST = 50_000

#: The part of a lesson that decides its claims, as `digest` takes it.
CLAIMS = "claims"

#: How many changed files a page names.
NAMED = 5


class RecordError(Exception):
    """A record that cannot be made or read; the message names the file, the place and the cause."""


def make(
    path: Path,
    work: Callable[[], Any],
    *,
    root: Path,
    question: str,
    command: str,
    seeds: Sequence[int] = (),
    also: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Record:
    """Do the work, write its record and return it.

    What this process imports or opens of the project is noted on its own, as for the run of a page,
    and so is what a process that it forks opens. What a program uses that it starts is for `also`.

    Args:
        path: Where the record is to stand, inside of `root`.
        work: Returns the result.
        root: The folder of the project.
        question: What is asked, in a sentence or two.
        command: What makes the record again.
        seeds: Of the random numbers that decide the result.
        also: Patterns of more files that decide it, relative to the root, such as `src/**/*.py`.
        without: Patterns of files that were noted and do not decide it, such as `src/drawings/*`.

    Raises:
        RecordError: If the result is not for JSON, is too large, or a file was edited meanwhile.
    """
    recorder = manifest.Recorder(root, manifest.key(path, root), ())
    named = [file for each in also for file in root.glob(each) if file.is_file()]
    loaded = [Path(getattr(module, "__file__", None) or "") for module in sys.modules.values()]
    own = {*named, *(file for file in loaded if file.is_relative_to(root))}
    before = {manifest.key(file, root): digest(file) for file in own}
    before_work, start = load(), time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    opened = recorder.manifest()[0].files
    used = {root / name for name, was in opened.items() if was}
    names = {manifest.key(file, root) for file in used if file.is_relative_to(root)}
    left_out = {name for name in names if any(fnmatch.fnmatch(name, each) for each in without)}
    names = (names - left_out) | {manifest.key(file, root) for file in named}
    files = {name: digest(root / name) for name in sorted(names)}
    edited = [
        name
        for name in files
        if opened.get(name) == manifest.CHANGED or before.get(name, files[name]) != files[name]
    ]
    if edited:
        raise RecordError(f"{path}: edited meanwhile: {', '.join(edited)}; make the record again")
    record = Record(
        question=question,
        command=command,
        result=result,
        seeds=list(seeds),
        versions=manifest.versions(root / name for name in files if name.endswith(".py")),
        device=device(),
        load=[*before_work, *load()],
        seconds=round(seconds, 1),
        files=files,
        **made_here(),
    )
    write(path, record)
    return record


def made_here() -> dict[str, Any]:
    """Return what a record says of the day and of the machine."""
    return {
        "processor": _processor(),
        "processors": cores(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def write(path: Path, record: Record) -> None:
    """Write a record, whole or not at all.

    Raises:
        RecordError: If it does not have the form of a record, or is too large.
    """
    values = asdict(record)
    _check(path, values)
    text = json.dumps({**values, "checksum": _checksum(values)}, ensure_ascii=False, indent=1)
    _check_size(path, data := f"{text}\n".encode())
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read(path: Path) -> Record:
    """Return the record in a file.

    Raises:
        RecordError: If there is none, it does not have the form of a record, or was edited by hand.
    """
    try:
        data = path.read_bytes()
        values = json.loads(data)
    except OSError as error:
        raise RecordError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise RecordError(f"{path}: is not JSON: {error}") from error
    _check_size(path, data)
    if not isinstance(values, dict):
        raise RecordError(f"{path}: expected a table of keys, found {told(values)}")
    checksum = values.pop("checksum", None)
    _check(path, values)
    if checksum != _checksum(values):
        raise RecordError(
            f"{path}: checksum: is not that of the content, which was edited by hand: "
            f"make the record again, {values['command']}"
        )
    return Record(**values)


def stale(record: Record, root: Path) -> list[str]:
    """Return the files whose hash differs from the record's, and those that are gone.

    In the run of a page, these files count among what the run used.
    """
    changed = []
    for name, was in record.files.items():
        file, _, part = name.partition("#")
        path = root.absolute() / file
        manifest.compared.add(path)
        if digest(path, part) != was:
            changed.append(file)
    return changed


def digest(path: Path, part: str = "") -> str:
    """Return the SHA-256 of what of a file can change a result, or '' if there is no such file.

    Of a Python file that is the code as Python understands it, in each version the same: without
    comments, docstrings and other texts that stand alone, such as the prose of a lesson. Of another
    file it is every byte.

    Args:
        path: Of the file.
        part: `claims` for what of a lesson can change whether its claims hold: `deciding` says
            what that is. In a record it stands behind the path, after a `#`.
    """
    if part == CLAIMS:
        try:
            return deciding.digest(path)
        except PageError:
            return ""
    try:
        data = path.read_bytes()
    except OSError:
        return ""
    if path.suffix == ".py":
        with contextlib.suppress(SyntaxError, ValueError):
            data = repr(plain(ast.parse(data))).encode()
    return hashlib.sha256(data).hexdigest()


def note(path: Path, link: str, root: Path) -> str:
    """Return what a page says of a record that it shows, as Markdown: a box with date and machine.

    Args:
        path: Of the record.
        link: How the page names the record's file.
        root: The folder of the project.

    Raises:
        RecordError: If it cannot be read.
    """
    record = read(path)
    made = [
        f"{record.processor}, {_count(record.processors, 'processor')}",
        record.device,
        ", ".join(f"{name} {version}" for name, version in record.versions.items()),
    ]
    if record.seeds:
        made.append(f"random seed {', '.join(map(str, record.seeds))}")
    made.append(f"took {record.seconds:.0f} s")
    lines = [record.question, "", " · ".join(made) + "."]
    if record.load:
        lines += ["", _load_told(record)]
    if changed := stale(record, root):
        named = ", ".join(f"`{name}`" for name in changed[:NAMED])
        more = f" and {len(changed) - NAMED} more" if len(changed) > NAMED else ""
        of = f"of the {_count(len(record.files), 'file')} that it used"
        have = "has" if len(changed) == 1 else "have"
        lines += ["", f"**Since then** {len(changed)} {of} {have} changed: {named}{more}."]
    lines += ["", f"Made by `{record.command}`; [the whole record]({link})."]
    body = "\n".join(f"    {line}".rstrip() for line in lines)
    return f'!!! quote "A record, made on {record.day}"\n{body}'


def _load_told(record: Record) -> str:
    before, after = record.load
    load = f"Load of the machine: {before:.1f} before, {after:.1f} at the end"
    if before > record.processors / 2:
        return f"{load}. Other work ran at the same time: read ratios roughly."
    return f"{load}, with the work itself."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def load() -> list[float]:
    """Return how many processes wanted a processor in the last minute, where the system tells."""
    return [round(os.getloadavg()[0], 2)] if hasattr(os, "getloadavg") else []


def _processor() -> str:
    """Return the name of the processor, as far as the system tells it."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        if found := re.search(r"^model name\s*:\s*(.*\S)", text, re.MULTILINE):
            return found[1]
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return platform.processor() or platform.machine()


def _checksum(values: dict[str, Any]) -> str:
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _check_size(path: Path, data: bytes) -> None:
    if len(data) > MOST:
        raise RecordError(
            f"{path}: has {len(data):,} bytes, and a record may have {MOST:,}: "
            "keep less of the result"
        )


def _check(path: Path, values: dict[str, Any]) -> None:
    if found := list(problems(values)):
        raise RecordError("\n".join(f"{path}: {problem}" for problem in found))


def listed(folder: Path, root: Path) -> Iterator[str]:
    """Yield a line for each record of a folder: its date, and whether it is current.

    Raises:
        RecordError: If one cannot be read.
    """
    for path in sorted(folder.rglob("*.json")):
        record = read(path)
        head = f"{path.relative_to(folder).with_suffix('').as_posix()}: {record.date}"
        if changed := stale(record, root):
            of = f"{len(changed)} of {_count(len(record.files), 'file')}"
            yield f"{head}, {of} changed since: {', '.join(changed)}"
            yield f"    to make it again: {record.command}"
        else:
            yield f"{head}, current"


def main(arguments: Sequence[str]) -> int:
    """Print the records of a folder, by default docs/records; return 1 if one cannot be read."""
    folder = Path(arguments[0] if arguments else "docs/records")
    try:
        print("\n".join(listed(folder, Path.cwd())) or f"no records in {folder}")
    except RecordError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
