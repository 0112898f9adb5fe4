"""What a record is, and whether values have its form: plain values, as JSON holds them."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from pathlib import PurePosixPath
from typing import Any


@dataclass(frozen=True)
class Record:
    """What a file of records holds.

    Attributes:
        question: What was asked, in a sentence or two.
        command: What makes the record again.
        result: What came out: lists and tables of texts and finite numbers, as JSON holds them.
        seeds: Of the random numbers that decide the result.
        versions: Of Python and of the distributions that the files import.
        processor: Its name.
        processors: How many of them could be used.
        device: Where torch computed.
        load: How many processes wanted a processor, averaged over a minute, before and after; the
            second counts the work itself. Empty where the system does not tell.
        seconds: How long it took.
        date: The day on which it was made, as 2026-11-22.
        files: The hash of every file of the project that it used, by its path; see `digest`.
    """

    question: str
    command: str
    result: Any
    seeds: list[int]
    versions: dict[str, str]
    processor: str
    processors: int
    device: str
    load: list[float]
    seconds: float
    date: str
    files: dict[str, str]

    @property
    def day(self) -> str:
        """The date as a reader says it.

        Examples:
            >>> Record("", "", 0, [], {}, "", 1, "", [], 0.0, "2026-03-09", {}).day
            '9 March 2026'
        """
        day = date.fromisoformat(self.date)
        return f"{day.day} {day:%B %Y}"


def problems(values: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the values of a record, each with its key."""
    known = [field.name for field in fields(Record)]
    yield from (f"{key}: is missing" for key in known if key not in values)
    yield from (f"{key}: a record has no such key" for key in values if key not in known)
    for key, value in values.items():
        expected, holds = _FORM.get(key, ("", lambda value: True))
        if not holds(value):
            yield f"{key}: expected {expected}, found {told(value)}"
    yield from _not_json(values.get("result"), "result")


def _not_json(value: Any, at: str) -> Iterator[str]:
    """Yield the places of a value that JSON cannot hold, or would give back as something else."""
    if isinstance(value, dict):
        for key, each in value.items():
            if isinstance(key, str):
                yield from _not_json(each, f"{at}.{key}")
            else:
                yield f"{at}: expected texts as keys, found {told(key)}"
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _not_json(each, f"{at}[{index}]")
    elif type(value) is float and not math.isfinite(value):
        yield f"{at}: expected a finite number, found {value}"
    elif value is not None and type(value) not in (str, bool, int, float):
        yield f"{at}: expected what JSON holds, found {told(value)}"


def told(value: Any) -> str:
    """Return what kind of value was found, and the value, cut where it is long."""
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:59] + '…'}"


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and value >= 0


def _is_said(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_said, [*value.keys(), *value.values()]))


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _are_files(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and all(isinstance(name, str) and _is_inside(name) for name in value)
        and all(re.fullmatch(r"[0-9a-f]{64}", str(each)) for each in value.values())
    )


#: What each key has to hold, in words and as a test.
_FORM: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "question": ("a text", _is_said),
    "command": ("a text", _is_said),
    "seeds": (
        "a list of whole numbers",
        lambda value: isinstance(value, list) and all(type(each) is int for each in value),
    ),
    "versions": ("texts by name", _are_texts),
    "processor": ("a text", _is_said),
    "processors": ("a number from 1 on", lambda value: type(value) is int and value >= 1),
    "device": ("a text", _is_said),
    "load": (
        "two numbers, or none",
        lambda value: (
            isinstance(value, list) and len(value) in (0, 2) and all(map(_is_number, value))
        ),
    ),
    "seconds": ("a number from 0 on", _is_number),
    "date": ("a date such as 2026-11-22", _is_date),
    "files": ("SHA-256 hashes by paths inside of the project", _are_files),
}
