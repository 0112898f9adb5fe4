"""Keep what a lesson showed, to show it again as long as nothing that made it has changed.

An entry belongs to a page's path and the steps that run: prose is not part of it. Beside the run
it holds the manifest of everything the run used; `manifest.holds` decides whether it still counts.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

from literate.lesson.model import Code, Job, Run
from literate.running import manifest

#: Raised when entries written before can no longer be read.
SCHEMA = 1

#: Entries that no build has used for so long are removed.
DAYS = 30.0


#: What reading an entry raises that is cut, flipped or foreign.
_UNREADABLE = (AttributeError, KeyError, OSError, RecursionError, TypeError, ValueError)


class CacheError(Exception):
    """An entry cannot be written; the message names the file and the cause."""


class Cache:
    """A folder of entries, one file each. Two builds may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._digests: dict[str, str] = {}

    def load(self, job: Job) -> Run | None:
        """Return the stored run of these steps if it is whole and still counts, else None."""
        path = self._path(job)
        try:
            head, _, body = path.read_bytes().partition(b"\n")
            if head.decode("ascii", "replace") != hashlib.sha256(body).hexdigest():
                return None
            run = Run.from_json(json.loads(body))
        except _UNREADABLE:
            return None
        if not manifest.holds(run.manifest, job.root, self._digests):
            return None
        with contextlib.suppress(OSError):  # a cache that may be read, but not written, serves too
            os.utime(path)
        return run

    def store(self, job: Job, run: Run) -> None:
        """Write an entry, whole or not at all. A failed run is not stored.

        Raises:
            CacheError: If the file cannot be written.
        """
        if run.failure:
            return
        path = self._path(job)
        body = json.dumps(run.to_json(), separators=(",", ":")).encode()
        temporary = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self.folder, suffix=".tmp")
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            if path.is_dir():
                shutil.rmtree(path)
            Path(temporary).replace(path)
        except OSError as error:
            if temporary:
                Path(temporary).unlink(missing_ok=True)
            raise CacheError(f"{path}: cannot be written: {error.strerror}") from error

    def seconds(self, name: str) -> float:
        """Return how long a page took when it last ran; infinity if that is not known."""
        last = max(self.folder.glob(f"{_slug(name)}.*.json"), key=_age, default=None)
        try:
            return float(json.loads(last.read_bytes().partition(b"\n")[2])["seconds"])  # type: ignore[union-attr]
        except _UNREADABLE:
            return float("inf")

    def prune(self) -> None:
        """Remove entries, and left-overs of killed builds, that nobody has used for long."""
        for path in self.folder.glob("*"):
            days = (time.time() - _age(path)) / 86400
            if days > (1.0 if path.suffix == ".tmp" else DAYS):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _path(self, job: Job) -> Path:
        steps = [
            [step.source, sorted(step.tags), step.format]
            if isinstance(step, Code)
            else [step.expression, step.format]
            for step in job.page.steps
        ]
        how = [job.figure_style, job.dark_colors, job.allow_errors, job.portable]
        text = json.dumps([SCHEMA, job.page.name, *how, steps])
        digest = hashlib.sha256(text.encode()).hexdigest()
        return self.folder / f"{_slug(job.page.name)}.{digest[:32]}.json"


def _slug(name: str) -> str:
    return name.replace("/", "-")


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
