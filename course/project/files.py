"""A CSV file as a table: what separates its cells, and what pandas would pass over in silence."""

from __future__ import annotations

import csv
import io
import itertools
import math
import os
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from course.data.paths import expanded

if TYPE_CHECKING:  # whoever has a frame has imported it already
    import pandas as pd

SEPARATORS = (";", "\t", "|")  # that programs write instead of the comma
SHOWN = 10  # problems that one error lists


def read_frame(source: pd.DataFrame | str | os.PathLike[str]) -> pd.DataFrame:
    """Return a table as it is: a frame itself, or the cells of a file, its rows named as there.

    The first row below the header is row 2, as a spreadsheet shows it.

    Args:
        source: A DataFrame, or the path of a CSV file with a header and commas; `~` is your home
            folder.

    Raises:
        TypeError: If `source` is something else.
        ValueError: If a file is no table: another separator or encoding, no header, names that are
            missing or come twice, rows of several lengths.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> import pandas as pd
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "rows.csv"
        ...     frame = pd.DataFrame({"age": [61, 48], "city": ["Rome", "Oslo"]})
        ...     frame.to_csv(path, index=False)
        ...     read_frame(path)
           age  city
        2   61  Rome
        3   48  Oslo
    """
    import pandas as pd

    if isinstance(source, pd.DataFrame):
        return source
    if not isinstance(source, (str, os.PathLike)):
        raise TypeError(
            f"the table is of type {type(source).__name__}: give a DataFrame or the path of a CSV "
            "file; a single row is frame.iloc[[0]]"
        )
    path = expanded(source)
    text = _text(path.read_bytes(), os.fspath(source))
    refuse(_separator_problems(text), f"{os.fspath(source)} is no table that can be read:")
    records = _records(text, os.fspath(source))
    refuse(_file_problems(records), f"{os.fspath(source)} is no table that can be read:")
    # Only an empty cell is empty: pandas alone would take "None" and "NA" for empty, too.
    frame = pd.read_csv(
        path,
        index_col=False,
        keep_default_na=False,
        na_values=[""],
        skip_blank_lines=False,
        nrows=len(records) - 1,
        low_memory=False,  # one type for a column, also where the file is long
    )
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    return frame


def refuse(found: list[str], title: str = "the table cannot be used:") -> None:
    """Raise a `ValueError` with a line for each of the problems, if there are any.

    Args:
        found: The problems.
        title: What stands above them.

    Examples:
        >>> refuse([])
    """
    if found:
        more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
        raise ValueError("\n".join([title, *found[:SHOWN], *more]))


def headless(names: Iterable[Any]) -> list[str]:
    """Return a line if one of the column names is a number: it may be a cell of the first row.

    Args:
        names: Of the columns.

    Examples:
        >>> headless(["age", "city"])
        []
    """
    for name in names:
        if isinstance(name, str) and _is_number(name):
            return [
                f"the column name {name!r} is a number: if the first row is no header, give "
                "pd.read_csv(path, header=None, names=[…]); if it is one, rename the column"
            ]
    return []


def _text(content: bytes, path: str) -> str:
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content
    try:
        if not utf16:
            return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    encoding = "utf-16" if utf16 else "cp1252"
    raise ValueError(
        f"{path} is no text in UTF-8: save it as 'CSV UTF-8', or give pd.read_csv(path, "
        f"encoding={encoding!r}), and look at its letters"
    )


def _separator_problems(text: str) -> list[str]:
    """Return a line if something else than a comma separates the cells, whatever is quoted."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == len("sep=") + 1:
        return [
            f"its first row says that the separator is {first[4]!r}: give pd.read_csv(path, "
            f"sep={first[4]!r}, skiprows=1)"
        ]
    uncut = max(_widths(first, ","), default=1) == 1  # the commas leave the header whole
    for separator in SEPARATORS:
        alike = len(_widths(text, separator)) == 1
        if max(_widths(first, separator), default=1) > 1 and (alike or uncut):
            return [
                f"its separator seems to be {separator!r}: give pd.read_csv(path, "
                f'sep={separator!r}), with decimal="," if its numbers are written so'
            ]
    words = {len(line.split()) for line in text.splitlines() if line.strip()}
    if uncut and rest and len(words) == 1 and max(words) > 1 and _widths(text, ",") == {1}:
        return ["its cells seem to be separated by blanks: give pd.read_csv(path, sep=r'\\s+')"]
    return []


def _widths(text: str, separator: str) -> set[int]:
    """Return how many cells the rows of a text have, blank ones aside; none if it is no CSV."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        return {len(record) for record in reader if record}
    except csv.Error:
        return set()


def _records(text: str, path: str) -> list[list[str]]:
    """Return the cells of a CSV file, row by row, without the blank lines at its end."""
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(f"{path} is no CSV file: {error}; look at its quotes") from error
    while records and not records[-1]:
        del records[-1]
    return records


def _file_problems(records: list[list[str]]) -> list[str]:
    """Return what pandas would pass over in silence: names that it makes up, cells it moves."""
    if not records or not records[0]:
        return ["row 1 is empty: begin with the names of the columns, then a row for each case"]
    header = records[0]
    if _is_row(header):
        return headless(header)
    found = [
        f"column {place} has no name: give it one, or leave it out"
        for place, name in enumerate(header, 1)
        if not name.strip()
    ]
    found += [
        f"there is more than one column {name!r}: rename one"
        for name, times in Counter(header).items()
        if times > 1 and name.strip()
    ]
    other = [k for k, record in enumerate(records, 1) if len(record) != len(header)]
    if other:
        cells = f"{len(records[other[0] - 1])} cells, the header has {len(header)}"
        found.append(f"row {other[0]} has {cells} ({len(other)} such): look at its commas")
    return found


def _is_row(header: list[str]) -> bool:
    """Return whether these names must be the cells of a row: mostly numbers, or some twice.

    Numbers that count on, such as years or the places of pixels, may well be names.
    """
    numbers = [float(name) for name in header if _is_number(name)]
    counting = all(b - a == 1 for a, b in itertools.pairwise(numbers))
    twice = len(set(numbers)) < len(numbers)
    return twice or (2 * len(numbers) > len(header) and not (counting and numbers[0] % 1 == 0))


def _is_number(name: str) -> bool:
    try:
        return math.isfinite(float(name)) and "_" not in name
    except ValueError:
        return False
