"""What a page says of a claim beside its statements: its kind, and how often a finding holds."""

from collections.abc import Iterator

from literate.lesson.model import Code, Count, Counts, Result

#: What each kind of claim says, behind "Checked while this page was built".
_KINDS = {
    "always": "always true",
    "here": "true of these rows and this seed",
    "in-general": "in general, at the level that it names",
}

#: The same where no statement has anything drawn.
_NO_SEED = "true of these rows, with no seed in it"


def kind(cell: Code, result: Result, counts: Counts) -> str:
    """Return what kind of claim a cell is, in words; '' if it names none."""
    name = next(iter(cell.kinds), "")
    known = [counts.get((cell.number, number)) for number in result.asserts]
    if name == "here" and known and all(count and not count.drawn for count in known):
        return _NO_SEED
    return _KINDS.get(name, "")


def statements(cell: Code, result: Result, counts: Counts) -> Iterator[tuple[str, str]]:
    """Yield each statement once, with what is said of it beside; '' where there is nothing.

    Args:
        cell: The claim.
        result: What it left.
        counts: Of the page.
    """
    alone = kind(cell, result, counts) == _NO_SEED
    for text, number in result.statements.items():
        count = counts.get((cell.number, number))
        silent = alone or count is None or "always" in cell.tags
        yield text, "" if silent or count is None else told(count, rare="rare" in cell.tags)


def told(count: Count, *, rare: bool = False) -> str:
    """Return how often something holds, as a reader is told.

    Examples:
        >>> told(Count(17, 20, drawn=True, current=True))
        'holds with 17 of 20 other seeds'
        >>> told(Count(3, 20, drawn=True, current=True), rare=True)
        'rare: holds with 3 of 20 other seeds'
        >>> told(Count(20, 20, drawn=False, current=True))
        'no seed in it'
        >>> told(Count(17, 20, drawn=True, current=False))
        'an earlier version held with 17 of 20 other seeds'
    """
    if not count.drawn:
        return "no seed in it"
    told = f"with {count.held} of {count.times} other seeds"
    if not count.current:
        return f"an earlier version held {told}"
    return f"rare: holds {told}" if rare else f"holds {told}"
