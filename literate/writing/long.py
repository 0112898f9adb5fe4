"""What a page, and a lesson to take along, carry of outputs that are very long.

A page folds a long output after its first lines and says how many more there are. Of one that would
make the page heavy the middle is left out, and a line in its place says how much that is. The run
itself is stored whole; who wants the rest runs the cell.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: So much of one output is carried: lines, and characters of a line.
LINES = 1_000
LINE = 2_000

#: So much of all outputs of a cell: characters of text, and outputs that are no figures.
CHARACTERS = 100_000
OUTPUTS = 100


def shortened(text: str, characters: int = CHARACTERS) -> tuple[list[str], int]:
    r"""Return the lines of a text, without the middle if there is too much, and how many it has.

    Args:
        text: What was printed.
        characters: How many may stay.

    Examples:
        >>> lines, count = shortened("\n".join(map(str, range(20_000))))
        >>> lines[499:502], len(lines), count
        (['499', '… 19,000 lines are left out here …', '19500'], 1001, 20000)
    """
    lines = [_line(line) for line in text.strip("\n").split("\n")]
    first = _fitting(lines, characters // 2)
    last = _fitting(reversed(lines), characters // 2)
    gone = len(lines) - first - last
    if gone <= 0:
        return lines, len(lines)
    return [*lines[:first], _told(gone, "lines"), *lines[len(lines) - last :]], len(lines)


def _line(line: str) -> str:
    if (gone := len(line) - LINE) <= 0:
        return line
    return f"{line[: LINE // 2]} {_told(gone, 'characters')} {line[-LINE // 2 :]}"


def _fitting(lines: Iterable[str], characters: int) -> int:
    """Return how many of these lines may stay."""
    count = 0
    for line in lines:
        characters -= len(line) + 1
        if count == LINES // 2 or characters < 0 < count:
            break
        count += 1
    return count


def _told(count: int, what: str) -> str:
    return f"… {count:,} {what} are left out here …"


def few(outputs: Sequence[Mapping[str, Any]], counted: Iterable[bool]) -> list[dict[str, Any]]:
    """Return as many outputs, of which those in the middle are empty if there are too many.

    Args:
        outputs: Those of one cell.
        counted: Whether each may be left out.
    """
    shown = [dict(output) for output in outputs]
    places = [at for at, may in enumerate(counted) if may]
    gone = places[OUTPUTS // 2 : len(places) - OUTPUTS // 2]
    if len(places) <= OUTPUTS:
        return shown
    for at in gone:
        shown[at] = {"output_type": "stream", "name": "stdout", "text": ""}
    shown[gone[0]]["text"] = _told(len(gone), "outputs") + "\n"
    return shown


def share(outputs: Sequence[Mapping[str, Any]]) -> int:
    """Return how many characters each output of a cell may have."""
    return CHARACTERS // max(1, len(outputs))
