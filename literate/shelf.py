"""Written lessons as they came out last time: Markdown, figures and downloads, ready to be shown.

Reading and writing a lesson whose run is kept takes longer than the rest of a build in which
nothing changed. What was written is kept by all that it was made of: the file, the options, the
engine, the versions installed, and the packages whose source it shows; and it counts as long as the
stored run does, which has to be there, whole.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from literate.lesson.model import Failure, Run, Span
from literate.running import inputs, manifest, storage

#: Raised when entries written before can no longer be read.
SCHEMA = 1


@dataclass
class Lesson:
    """A page after the build.

    `files` are paths relative to the page's folder, `meta` is the front matter. `failure` says why
    it could not be made, `coming` that it has not run yet; `span` is when it ran, if this build ran
    it; `seeds`, in words, when it was counted how often its claims hold.
    """

    path: Path
    markdown: str
    files: dict[str, bytes] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    run: Run | None = None
    cached: bool = False
    failure: Failure | None = None
    stamp: tuple[int, ...] = ()
    span: Span | None = None
    coming: bool = False
    seeds: str = ""


class Shelf:
    """A folder of written lessons.

    Args:
        folder: Where they are kept; None keeps none.
        root: The project's folder.
        how: What decides how lessons are written: values that JSON can hold, sets and paths.
        record: Returns where the record of a page stands that tells of its claims, or None.
    """

    def __init__(
        self,
        folder: Path | None,
        root: Path,
        how: Any,
        record: Callable[[Path], Path | None] = lambda path: None,
    ) -> None:
        self._folder, self._root, self._record = folder, root, record
        engine = inputs.digests(inputs.ENGINE.rglob("*.py"))
        self._how = json.dumps([SCHEMA, how, engine, inputs.installed()], default=_plain)
        self._packages: dict[str, str] = {}
        self._places: dict[Path, Path] = {}

    def load(self, path: Path, digests: dict[str, str]) -> Lesson | None:
        """Return a lesson as it was written last time, if nothing of it has changed.

        Args:
            path: The page.
            digests: Hashes already taken in this build, by name; new ones are added.
        """
        place = self._place(path)
        body = storage.read(place) if place else None
        if place is None or body is None:
            return None
        head, _, blobs = body.partition(b"\n")
        try:
            told = json.loads(head)
            run = Run.from_json(told["run"])
            files, at = {}, 0
            for name, size in told["files"]:
                files[name] = blobs[at : at + size]
                at += size
            lesson = Lesson(path, told["markdown"], files, told["meta"], run, cached=True)
            lesson.seeds = told["seeds"]
            entry, stamp = Path(told["entry"]), told["stamp"]
        except (KeyError, TypeError, ValueError):
            return None
        if _stamp(entry) != stamp or not manifest.holds(run.manifest, self._root, digests):
            return None
        storage.touch(place)
        storage.touch(entry)
        return lesson

    def store(self, lesson: Lesson, entry: Path) -> None:
        """Keep a lesson that has run and did not fail; without what only its writing needs.

        Args:
            lesson: As it was written.
            entry: Where its run is stored.

        Raises:
            CacheError: If the file cannot be written.
        """
        place = self._place(lesson.path)
        if place is None or lesson.failure or lesson.run is None or not _stamp(entry):
            return
        told = {
            "markdown": lesson.markdown,
            "meta": lesson.meta,
            "seeds": lesson.seeds,
            "entry": str(entry),
            "stamp": _stamp(entry),
            "run": replace(lesson.run, results=[]).to_json(),
            "files": [[name, len(content)] for name, content in lesson.files.items()],
        }
        try:
            head = json.dumps(told, separators=(",", ":"))
        except TypeError:  # front matter with a date, say: it is written each time
            return
        storage.write(place, b"\n".join([head.encode(), b"".join(lesson.files.values())]))

    def prune(self) -> None:
        """Remove lessons that nobody has used for long."""
        if self._folder:
            storage.prune(self._folder)

    def _place(self, path: Path) -> Path | None:
        """Return the file of a lesson, by all that it is made of; None if it cannot be read."""
        if self._folder is None:
            return None
        if path not in self._places:
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                return None
            shown = {name: self._package(name) for name in inputs.shown(text)}
            record = self._record(path)
            counted = inputs.digests([record]) if record else ""
            key = inputs.hashed(json.dumps([self._how, str(path), text, shown, counted]))
            self._places[path] = self._folder / key
        return self._places[path]

    def _package(self, name: str) -> str:
        if name not in self._packages:
            self._packages[name] = inputs.package(name, [self._root])
        return self._packages[name]


def _stamp(entry: Path) -> str:
    """Return what changes with the content of an entry; empty if it is not whole."""
    body = storage.read(entry)
    return "" if body is None else hashlib.sha256(body).hexdigest()


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


def settings(options: Any, *without: str) -> dict[str, Any]:
    """Return the fields of a dataclass as plain values, but for some."""
    return {name: value for name, value in asdict(options).items() if name not in without}
