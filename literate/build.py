"""From a folder of lessons to Markdown and figures: read, run what has changed, write.

Knows nothing of any site generator. `python -m literate SOURCE TARGET` does this from the shell.
"""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from literate.lesson import numbers
from literate.lesson import page as pages
from literate.lesson.model import Code, Counts, Failure, Job, Page, PageError, Run, Span
from literate.lesson.opening import TIMES
from literate.running import counts, manifest
from literate.running.cache import Cache
from literate.running.workers import cores, run_all
from literate.shelf import Lesson as Lesson  # what a build returns
from literate.shelf import Shelf, settings
from literate.writing import rules, sight
from literate.writing.blocks import failure_box
from literate.writing.notebook import downloads, offer
from literate.writing.portable import Site
from literate.writing.render import Style, Writer, Written
from literate.writing.times import times

#: So many lessons are ready sooner if each loads what it needs, and nothing else is loaded.
FEW = 2

#: What a page shows under `serve` until its lesson has run.
COMING = """!!! note "This lesson is running"

    What its code shows comes to this page by itself."""

#: Loaded once, before the first lesson; never the lessons' own package, never a GPU.
PRELOAD = ("torch", "matplotlib.pyplot", "IPython.core.interactiveshell")


@dataclass
class Options:
    """How to build.

    Attributes:
        root: The project's folder: lessons run there, and paths are told relative to it.
        cache: Where to keep results; `None` runs every lesson.
        shelf: Where to keep lessons as they were written; `None` writes every one.
        jobs: Lessons at the same time; 0 means one for each processor.
        cell_seconds: The longest that a cell may take, in seconds.
        preload: Modules that every lesson finds already loaded.
        only_build: Whether this process ends with the build: then it loads nothing for few lessons.
        environment: Names of environment variables that decide what lessons show.
        first_import: A module that the process of each lesson imports before all else.
        figure_style: A matplotlib style file for all lessons, relative to the root.
        allow_errors: Whether a failing cell is shown, rather than a failure of the page.
        extra_tags: Tags that are allowed beside those with a meaning here.
        check_numbers: Whether a number typed into the prose of a lesson is a failure of the page.
        no_run: Patterns of pages to show without running them, as `Path.match` reads them.
        site: What downloads have to know of the site; `None` offers no downloads.
        offered: Patterns of pages that are offered as notebook and script.
        seeds: The folder with the records of how often claims hold with other seeds; `None` tells
            nothing of it.
    """

    root: Path
    cache: Path | None = None
    shelf: Path | None = None
    jobs: int = 0
    cell_seconds: float = 120.0
    preload: tuple[str, ...] = PRELOAD
    only_build: bool = False
    environment: tuple[str, ...] = ()
    first_import: str = ""
    figure_style: str = ""
    allow_errors: bool = False
    extra_tags: frozenset[str] = frozenset()
    check_numbers: bool = True
    no_run: tuple[str, ...] = ()
    style: Style = field(default_factory=Style)
    site: Site | None = None
    offered: tuple[str, ...] = ()
    seeds: Path | None = None


Report = Callable[[str], None]


@dataclass(frozen=True)
class Wishes:
    """What a server wants of a build: to see each lesson, and to be in time.

    Attributes:
        ready: Called with each lesson as soon as it is written, but for those of an earlier build.
        check: Called while lessons run; what it raises ends the build, and keeps what has run.
        first: Whether a page is to run before the others that wait.
        runs: Whether lessons run; a page whose run is not kept then says that it is coming.
    """

    ready: Callable[[Lesson], None] = lambda lesson: None
    check: Callable[[], None] = lambda: None
    first: Callable[[Path], bool] = lambda path: False
    runs: bool = True


def build(
    paths: Iterable[Path],
    options: Options,
    report: Report = lambda line: None,
    before: Mapping[Path, Lesson] = MappingProxyType({}),
    wishes: Wishes | None = None,
) -> dict[Path, Lesson]:
    """Return every page as Markdown, in the order given.

    A page that fails does not stop the others: its lesson carries the failure.

    Args:
        paths: The pages to build.
        options: How.
        report: Called with one line for each page as soon as it is through.
        before: What an earlier build of this process returned: a file that has not been written
            since, and whose run still counts, is not even read; a failure stays one until then.
        wishes: What a server wants of it.

    Raises:
        CacheError: If a result cannot be stored.
    """
    cache = Cache(options.cache) if options.cache else None
    lessons: dict[Path, Lesson] = {}
    jobs: dict[str, tuple[Path, Job]] = {}
    stamps = {path: (*_stamp(path), *_stamp(_record(path, options))) for path in paths}
    digests: dict[str, str] = {}
    shelf = _shelf(options)
    wishes = wishes or Wishes()

    def put(path: Path, lesson: Lesson) -> None:
        lessons[path] = replace(lesson, stamp=stamps[path])
        last = before.get(path)
        if last is None or (last.markdown, last.files) != (lesson.markdown, lesson.files):
            wishes.ready(lessons[path])

    for path in stamps:
        last = before.get(path)
        if last and last.stamp == stamps[path] and _holds(last, options.root, digests):
            lessons[path] = replace(last, cached=True, span=None)
            report(f"{path.relative_to(options.root).as_posix()}: unchanged")
            continue
        if kept := shelf.load(path, digests):
            put(path, kept)
            report(f"{path.relative_to(options.root).as_posix()}: unchanged")
            continue
        try:
            page = pages.read(path, options.root)
        except PageError as error:
            put(path, _failed(path, error.failure))
            continue
        if not page.steps or any(map(path.match, options.no_run)):
            put(path, _written(path, page, None, options))
            continue
        job = _job(page, options, portable=_is_offered(path, options))
        if cache and (run := cache.load(job)):
            put(path, replace(_written(path, page, run, options), cached=True))
            shelf.store(lessons[path], cache.path(job))
            report(f"{page.name}: unchanged")
        elif not wishes.runs:
            lessons[path] = _coming(path, page, options)
        else:
            lessons[path] = _failed(path, Failure(page.name, "did not run"), meta=page.meta)
            jobs[page.name] = path, job

    def done(job: Job, run: Run, span: Span) -> None:
        path = jobs[job.page.name][0]
        manifest.complete(run)
        lesson = replace(_written(path, job.page, run, options), span=span)
        put(path, lesson)  # first: somebody waits for it
        if cache and not run.failure:
            cache.store(job, run)
            shelf.store(lesson, cache.path(job))
        report(
            f"{job.page.name}: {'failed after' if run.failure else 'ran in'} {run.seconds:.1f} s"
        )

    if jobs:
        queue = [job for _, job in jobs.values()]
        if cache:
            queue.sort(key=lambda job: -cache.seconds(job.page.name))
        preload = () if options.only_build and len(queue) <= FEW else options.preload
        first = wishes.first
        run_all(
            queue,
            preload,
            options.jobs or cores(),
            done,
            check=wishes.check,
            first=lambda job: first(jobs[job.page.name][0]),
        )
    if cache:
        cache.prune()
        shelf.prune()
    return {path: lessons[path] for path in stamps}


def _shelf(options: Options) -> Shelf:
    """Return where lessons are kept as they were written with these options."""
    folder = options.shelf if options.cache else None
    passing = ("cache", "shelf", "jobs", "cell_seconds", "only_build", "preload")
    how = settings(options, *passing)
    return Shelf(folder, options.root, how, lambda path: _record(path, options))


def _record(path: Path, options: Options) -> Path | None:
    """Return where the record of a page stands that says how often its claims hold."""
    return counts.place(path.as_posix(), options.seeds) if options.seeds else None


def _holds(lesson: Lesson, root: Path, digests: dict[str, str]) -> bool:
    """Return whether what a lesson used is as it was; one that was ended has left no list of it."""
    if lesson.run is None or not lesson.run.manifest.machine:
        return False
    return manifest.holds(lesson.run.manifest, root, digests)


def _stamp(path: Path | None) -> tuple[int, int]:
    """Return what changes when a file is written, or zeros if there is no such file."""
    if path is None:
        return 0, 0
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _job(page: Page, options: Options, *, portable: bool) -> Job:
    pixels = any(step.format == "png" for step in page.steps if isinstance(step, Code))
    return Job(
        page=page,
        root=options.root,
        threads=1,
        seconds_per_cell=options.cell_seconds,
        figure_style=options.figure_style,
        dark_colors=options.style.dark_colors if pixels else {},
        environment=options.environment,
        first_import=options.first_import,
        allow_errors=options.allow_errors,
        portable=portable,
        preload=options.preload,
    )


def _written(path: Path, page: Page, run: Run | None, options: Options) -> Lesson:
    files: dict[str, bytes] = {}
    links, told = ("", ""), ""
    held: Counts = {}
    try:
        if run and options.seeds and not run.failure:
            held, told = counts.of(page, options.seeds, options.root)
        failure = _failure(page, run, options, offered=_is_offered(path, options))
        if run and options.site and not failure and _is_offered(path, options):
            files = downloads(page, run, options.site, held)
            links = offer(page, options.site)
        written = Writer(page, options.style, held).write(run, links, failure)
        facts = {} if failure else _facts(written, options, offered=_is_offered(path, options))
    except Exception as error:  # whatever it is: the other pages, and a server, live on
        message = f"cannot be written: {type(error).__name__}: {error}"
        trace = "".join(traceback.format_exception(error))
        return _failed(path, Failure(page.name, message, trace), run, page.meta)
    spent = f" {facts['times']}." if "times" in facts else ""
    markdown = written.markdown.replace(f" {TIMES}", spent)
    if failure:
        everywhere = _is_offered(path, options)
        markdown = rules.without_missing(markdown, options.root, everywhere=everywhere)
    meta = page.meta | facts
    head = f"---\n{yaml.safe_dump(meta, allow_unicode=True)}---\n\n" if meta else ""
    return Lesson(
        path, head + markdown, files | written.files, meta, run, failure=failure, seeds=told
    )


def _facts(written: Written, options: Options, *, offered: bool) -> dict[str, Any]:
    """Return what a page says beside its front matter.

    That is its lead, the failures that it shows, and of a lesson its times.
    """
    facts: dict[str, Any] = {"lead": written.lead.facts()} if written.lead else {}
    if written.symptoms:
        facts["symptoms"] = [symptom.facts() for symptom in written.symptoms]
    if offered:
        spent = times(written.markdown, options.root)
        facts |= {"times": str(spent), **spent.minutes(), "words": spent.words}
    return facts


def _coming(path: Path, page: Page, options: Options) -> Lesson:
    """Return a lesson that has not run yet: what is written in it, below a box that says so."""
    lesson = _written(path, page, None, options)
    head, heading, rest = lesson.markdown.partition("\n# ")
    first, _, rest = (rest if heading else lesson.markdown).partition("\n")
    markdown = f"{head}{heading}{first}\n\n{COMING}\n\n{rest}"
    return replace(lesson, markdown=markdown, coming=True)


def _is_offered(path: Path, options: Options) -> bool:
    return options.site is not None and any(map(path.match, options.offered))


def _failure(page: Page, run: Run | None, options: Options, *, offered: bool) -> Failure | None:
    """Return all that is wrong with a page as one failure: first what kept it from running."""
    broken = [
        *page.faults,
        *rules.tags(page, options.extra_tags),
        *rules.claims(page),
        *rules.alts(page, run, options.style),
        *rules.leads(page, run),
        *rules.symptoms(page, run),
        *rules.pictures(page),
        *rules.sources(page, run, options.root, offered),
        *(numbers.faults(page) if run and options.check_numbers else ()),
        *(sight.copies(page, options.style) if run and offered else ()),
    ]
    broken.sort(key=lambda fault: fault.line)
    found = [run.failure, *broken] if run and run.failure else broken
    return replace(found[0], also=tuple(found[1:])) if found else None


def _failed(
    path: Path, failure: Failure, run: Run | None = None, meta: Mapping[str, Any] | None = None
) -> Lesson:
    text = f"# {path.stem}\n\n{failure_box(failure)}\n"
    return Lesson(path, text, meta=dict(meta or {}), run=run, failure=failure)


def failures(lessons: Mapping[Path, Lesson]) -> str:
    """Return all failures of a build as one message, or '' if there are none."""
    return told_together([each.failure for each in lessons.values() if each.failure], "lesson")


def told_together(failed: Sequence[Failure], what: str) -> str:
    """Return failures as one message, or '' if there are none.

    Args:
        failed: One for each page that failed.
        what: What such a page is called.
    """
    if not failed:
        return ""
    count = f"{len(failed)} {what}{'s' * (len(failed) != 1)} failed"
    return "\n\n".join([f"{count}:", *map(str, failed)])


def write(lessons: Mapping[Path, Lesson], source: Path, target: Path) -> None:
    """Write the Markdown and the figures of every lesson into a tree like that of `source`."""
    for path, lesson in lessons.items():
        page = (target / path.relative_to(source)).with_suffix(".md")
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(lesson.markdown, encoding="utf-8")
        for name, content in lesson.files.items():
            file = page.parent / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
