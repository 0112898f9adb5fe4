"""Run a lesson once more with its seeds moved, and see which of its asserts hold."""

import ast
from collections.abc import Callable
from typing import Any

from literate.lesson.model import Check, Code, Job, Result
from literate.running import manifest, moving
from literate.running.claims import Counting
from literate.running.kernel import Lesson
from literate.running.values import fingerprint


class Again(Lesson):
    """A lesson whose seeds are moved: nothing that fails stops it, and nothing is drawn."""

    def __init__(self, job: Job, on_step: Callable[[int], None]) -> None:
        super().__init__(job, on_step)
        moving.start(job.moved, lambda path: manifest.own(path, job.root))

    def rewritten(self, tree: ast.Module, cell: Code, result: Result) -> ast.Module:
        """Return a cell with its seeds moved; the asserts of a claim note whether they hold."""
        if "claim" in cell.tags:
            tree = Counting(tree).visit(tree)
            self.namespace["__check__"] = _noting(result.checks)
        tree = moving.Moving().visit(tree)
        return tree

    def bundle(self, figure: Any) -> Any:
        """Return no picture: none is looked at."""
        from matplotlib import pyplot

        pyplot.close(figure)
        return {}, {}

    def goes_on(self, failed: str, result: Result) -> bool:
        """Note why a step failed; the next one runs all the same."""
        result.error = failed
        return True


def _noting(checks: dict[int, Check]) -> Callable[[int, bool, Callable[[], Any]], None]:
    """Return a function that notes what came of an assert, however often it is reached."""

    def note(number: int, held: bool, values: Callable[[], Any]) -> None:
        try:
            seen = fingerprint(values())
        except Exception:  # a name that an earlier failure has left without a value
            seen = ""
        if last := checks.get(number):
            held = held and last.held
            seen = seen and last.values and fingerprint([last.values, seen])
        checks[number] = Check(held, seen)

    return note
