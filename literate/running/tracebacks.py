"""Tracebacks as readers see them: from the lesson's own frame on, with short paths."""

import asyncio
import os
import sys
import traceback
from collections.abc import Iterator
from itertools import dropwhile
from pathlib import Path

from literate.lesson.text import plain

#: Frames of the engine are no part of a lesson's traceback.
_OWN = Path(__file__).parent

#: Nor are those of the loop in which a page that awaits runs.
_LOOP = Path(asyncio.__file__).parent


def frames(error: BaseException) -> Iterator[tuple[str, int]]:
    """Yield the file and the line of each call on the way to an error."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        yield error.filename, error.lineno
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield frame.f_code.co_filename, line


def format_traceback(error: BaseException, root: Path) -> str:
    """Return the traceback of a lesson: from the lesson's own frame on, paths kept short."""
    formatted = traceback.TracebackException.from_exception(error)
    pending: list[traceback.TracebackException | None] = [formatted]
    while pending:
        if (each := pending.pop()) is None:
            continue
        begun = dropwhile(lambda frame: Path(frame.filename).parent in (_OWN, _LOOP), each.stack)
        frames = [frame for frame in begun if Path(frame.filename).parent != _OWN]
        for frame in frames:
            frame.filename = short(frame.filename, root)
        if issubclass(each.exc_type, SyntaxError) and each.filename:
            each.filename = short(each.filename, root)
        each.stack = traceback.StackSummary.from_list(frames)
        pending += [each.__cause__, each.__context__, *(each.exceptions or ())]
    return plain("".join(formatted.format()))


def short(text: str, root: Path) -> str:
    """Return a text whose paths are without what differs from machine to machine."""
    packages = [place for place in sys.path if place.endswith("site-packages")]
    for place in (*packages, str(Path(os.__file__).parent), str(root)):
        text = text.replace(place + os.sep, "")
    return text
