"""Keep what a lesson showed, to show it again as long as nothing that made it has changed.

An entry belongs to a page's path and the steps that run: prose is not part of it. Beside the run
it holds the manifest of everything the run used; `manifest.holds` decides whether it still counts.
"""

import hashlib
import json
from pathlib import Path

from literate.lesson.model import Code, Job, Run
from literate.running import manifest, storage

#: Raised when entries written before can no longer be read.
SCHEMA = 1

#: What reading an entry raises whose content is foreign.
_UNREADABLE = (AttributeError, KeyError, RecursionError, TypeError, ValueError)


class Cache:
    """A folder of entries, one file each. Two builds may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._digests: dict[str, str] = {}

    def load(self, job: Job) -> Run | None:
        """Return the stored run of these steps if it is whole and still counts, else None."""
        path = self.path(job)
        body = storage.read(path)
        try:
            run = Run.from_json(json.loads(body or b""))
        except _UNREADABLE:
            return None
        if not manifest.holds(run.manifest, job.root, self._digests):
            return None
        storage.touch(path)
        return run

    def store(self, job: Job, run: Run) -> None:
        """Write an entry, whole or not at all. A failed run is not stored.

        Raises:
            CacheError: If the file cannot be written.
        """
        if run.failure:
            return
        storage.write(self.path(job), json.dumps(run.to_json(), separators=(",", ":")).encode())

    def seconds(self, name: str) -> float:
        """Return how long a page took when it last ran; infinity if that is not known."""
        last = max(self.folder.glob(f"{_slug(name)}.*.json"), key=storage.age, default=None)
        try:
            return float(json.loads((last and storage.read(last)) or b"")["seconds"])
        except _UNREADABLE:
            return float("inf")

    def prune(self) -> None:
        """Remove entries, and left-overs of killed builds, that nobody has used for long."""
        storage.prune(self.folder)

    def path(self, job: Job) -> Path:
        """Return where the run of these steps is stored, if it is."""
        steps = [
            [step.source, sorted(step.tags), step.format]
            if isinstance(step, Code)
            else [step.expression, step.format]
            for step in job.page.steps
        ]
        how = [job.figure_style, job.dark_colors, job.allow_errors, job.portable, job.first_import]
        text = json.dumps([SCHEMA, job.page.name, *how, steps])
        digest = hashlib.sha256(text.encode()).hexdigest()
        return self.folder / f"{_slug(job.page.name)}.{digest[:32]}.json"


def _slug(name: str) -> str:
    return name.replace("/", "-")
