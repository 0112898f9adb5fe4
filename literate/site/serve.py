"""While a server runs: keep what a build has made ready for the next one."""

from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from literate.build import Lesson, Options


class Templates(BytecodeCache):
    """Compiled templates in memory; Jinja compiles one again when its source has changed."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give Jinja what it compiled before, if anything."""
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what Jinja has compiled."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()


class Kept:
    """The lessons of the last build, and compiled templates."""

    def __init__(self) -> None:
        self.templates = Templates()
        self._lessons: dict[Path, Lesson] = {}
        self._options: Options | None = None

    def lessons_for(self, options: Options) -> dict[Path, Lesson]:
        """Return the lessons of the last build, if it had the same options."""
        return self._lessons if options == self._options else {}

    def lessons(self) -> list[Lesson]:
        """Return all lessons of the last build."""
        return list(self._lessons.values())

    def lesson(self, path: Path) -> Lesson | None:
        """Return what came last out of a page, if it is a lesson."""
        return self._lessons.get(path)

    def keep(self, options: Options, lessons: dict[Path, Lesson]) -> None:
        """Keep what a build has returned, of all lessons or of those that were saved."""
        kept = self.lessons_for(options)
        self._options, self._lessons = options, {**kept, **lessons}
