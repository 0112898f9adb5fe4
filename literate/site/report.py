"""What a build did, lesson by lesson: as Markdown for a page, and as JSON for programs."""

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath

from literate.build import Lesson
from literate.lesson.model import Run, Span

#: What may have become of a lesson, in the words of the page.
WAYS = {
    "ran": "in this build",
    "kept": "from an earlier build, because nothing that it uses has changed since",
    "shown": "without being run",
    "failed": "in this build",
}

#: Where the data of a lesson may have come from, in the words of the page.
KINDS = {
    "bundled": "come with an installed package",
    "project": "belong to this project",
    "folder": "were read from a folder of the machine",
    "downloaded": "were downloaded, now or earlier",
    "missing": "could not be had: the other data of the lesson stand in for them",
}


@dataclass
class Entry:
    """A lesson in the report.

    Attributes:
        lesson: Its path, relative to the project's folder.
        way: One of `WAYS`.
        seconds: How long its cells took when they ran.
        device: Where they computed.
        threads: How many threads they had.
        data: The files of data that they asked for, and the kind of each, one of `KINDS`.
        versions: Of Python and of what the lesson imports.
        seeds: When it was counted how often its claims hold with other seeds, in words.
        failure: Why it failed, in a line.
        span: When it ran, if it ran in this build.
    """

    lesson: str
    way: str
    seconds: float = 0.0
    device: str = ""
    threads: int = 0
    data: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    seeds: str = ""
    failure: str = ""
    span: Span | None = None


def entries(lessons: Mapping[Path, Lesson], root: Path) -> list[Entry]:
    """Return an entry for each lesson of a build, in the build's order.

    Args:
        lessons: What `build` returned.
        root: The project's folder.
    """
    return [replace(_entry(each, root), span=each.span) for each in lessons.values()]


def waited_for(report: Iterable[Entry]) -> list[tuple[Entry, Span]]:
    """Return the chain of lessons that a build waited for and when each ran, the first one first.

    The last of them ended last of all, and each started when the one before it had ended and left
    its place. With any of them shorter, what came after could have started sooner.
    """
    ran = [(entry, entry.span) for entry in report if entry.span]
    ran.sort(key=lambda one: (one[1].ended, one[1].started), reverse=True)
    chain: list[tuple[Entry, Span]] = []
    for entry, span in ran:
        if not chain or span.ended <= chain[-1][1].started:
            chain.append((entry, span))
    return chain[::-1]


def _entry(lesson: Lesson, root: Path) -> Entry:
    name = lesson.path.relative_to(root).as_posix()
    if lesson.failure:
        message = f"{lesson.failure.place}: {lesson.failure.message}".partition("\n")[0]
        return Entry(name, "failed", failure=message)
    if (run := lesson.run) is None:
        return Entry(name, "shown")
    return Entry(
        name,
        "kept" if lesson.cached else "ran",
        seconds=round(run.seconds, 1),
        device=run.device,
        threads=run.threads,
        data={name: _kind(name, run) for name in run.data} | _missing(run),
        versions=run.versions,
        seeds=lesson.seeds,
    )


def _kind(name: str, run: Run) -> str:
    """Return where a file came from: what comes with a package has that behind its name."""
    if name.endswith(")"):
        return "bundled"
    for known in run.manifest.files:
        if f"/{known}".endswith(f"/{name}"):
            if not Path(known).is_absolute():
                return "project"
            return "downloaded" if Path(known).is_relative_to(_downloads()) else "folder"
    return "folder"


def _missing(run: Run) -> dict[str, str]:
    """Return the files of data outside of the project that the run has looked for in vain."""
    names = (Path(name) for name, digest in run.manifest.files.items() if not digest)
    return {"/".join(name.parts[-3:]): "missing" for name in names if name.is_absolute()}


def _downloads() -> Path:
    """Return the folder in which programs keep for this user what they have downloaded."""
    usual = {"darwin": "~/Library/Caches", "win32": "~/AppData/Local"}.get(sys.platform, "~/.cache")
    return Path(os.environ.get("XDG_CACHE_HOME") or usual).expanduser()


def to_json(report: Iterable[Entry]) -> str:
    """Return a report as JSON: `lessons`, a list with all that an entry has, and `waited_for`."""
    report = list(report)
    chain = [entry.lesson for entry, _ in waited_for(report)]
    told = {"lessons": [asdict(entry) for entry in report], "waited_for": chain}
    return json.dumps(told, indent=1) + "\n"


_HEAD = """---
title: Build report
description: How each lesson of this site came to be, when it was built last.
search:
  exclude: true
---

# Build report

This page is written anew with each build: what became of each lesson, how long its cells took,
where they computed, and on which data.
"""


def to_markdown(report: Iterable[Entry], link: Callable[[str], str], json_name: str) -> str:
    """Return a report as a page.

    Args:
        report: What `entries` returned.
        link: Called with the path of a lesson, returns where the page links to.
        json_name: Where the page links to for the same as JSON.
    """
    report = list(report)
    total = sum(entry.seconds for entry in report)
    ways = Counter(entry.way for entry in report)
    kinds = {kind for entry in report for kind in entry.data.values()}
    versions = {name: told for entry in report for name, told in entry.versions.items()}
    rows = [_row(entry, link(entry.lesson)) for entry in report]
    parts = [
        _HEAD,
        "\n".join(
            f"- {ways[way]} **{way}** {meaning}" for way, meaning in WAYS.items() if ways[way]
        ),
        "\n".join(
            [
                "| Lesson | Status | Time | On | Data | Claims with other seeds |",
                "| --- | --- | --: | --- | --- | --- |",
                *rows,
            ]
        ),
        f"One after another, all cells take {_seconds(total)}.",
        _critical(waited_for(report), link),
        "\n".join(f"- Data **{kind}** {told}" for kind, told in KINDS.items() if kind in kinds),
        "Versions: " + " · ".join(f"{name} {told}" for name, told in sorted(versions.items())),
        f"The same for programs: [{json_name}]({json_name})",
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


_CRITICAL = """
## What this build waited for

Lessons run side by side, the longest first if that is known, and those that ask for the machine
to themselves at the end. From the loading of the libraries to the last end it took {whole}. These
ran one after another and made it that long; all others ran beside them. What a lesson takes beyond
its cells is the start and the end of its process; before the next one starts, its page is written.

<div class="volatile" markdown>

| Lesson | Started | Ended | Its cells |
| --- | --: | --: | --: |
{rows}

</div>
"""


def _critical(chain: Sequence[tuple[Entry, Span]], link: Callable[[str], str]) -> str:
    """Return the part about the lessons that a build waited for; empty if none ran."""
    if not chain:
        return ""
    rows = [
        f"| {_linked(entry, link(entry.lesson))} | {span.started:.1f} s | {span.ended:.1f} s"
        f" | {entry.seconds:.1f} s |"
        for entry, span in chain
    ]
    return _CRITICAL.format(whole=_seconds(chain[-1][1].ended), rows="\n".join(rows))


def _linked(entry: Entry, link: str) -> str:
    name = PurePosixPath(entry.lesson)
    return f"[{name.parent.name}/{name.stem}]({link})"


def _row(entry: Entry, link: str) -> str:
    cells = [_linked(entry, link), entry.way, "", "", "", entry.seeds]
    if entry.failure:
        cells[4] = _text(entry.failure)
    elif entry.device:
        threads = f"{entry.threads} thread{'s' * (entry.threads != 1)}"
        cells[2] = _seconds(entry.seconds)
        cells[3] = f"{entry.device}, {threads}"
        cells[4] = "<br>".join(_told(entry.data)) or "made by the lesson"
    return f"| {' | '.join(cells)} |"


def _told(data: Mapping[str, str]) -> list[str]:
    """Return the data in words, files of one folder as one."""
    files = Counter((name.rpartition("/")[0] or name, kind) for name, kind in data.items())
    return [
        f"{_text(name)}{f', {count} files' * (count > 1)}: {kind}"
        for (name, kind), count in files.items()
    ]


def _seconds(seconds: float) -> str:
    return f'<span class="volatile">{seconds:.1f} s</span>'


def _text(text: str) -> str:
    """Return a text in which Markdown sees nothing but text, for the cell of a table."""
    return re.sub(r"[][\\`*_<>&$|]", lambda sign: f"&#{ord(sign[0])};", text)
