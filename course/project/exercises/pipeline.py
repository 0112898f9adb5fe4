"""Exercises of the lesson `project/pipeline`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator

from course.practice import Exercise, Mistake


def strongest_within(losses: dict[float, float], margin: float) -> float:
    """Return the strongest penalty whose loss is at most the lowest plus the margin.

    Args:
        losses: For each strength the loss on the validation rows, in any order.
        margin: How much more loss is allowed, at least 0, in units of the loss.

    Examples:
        >>> strongest_within({0.01: 0.42, 0.1: 0.40, 1.0: 0.41, 10.0: 0.60}, margin=0.02)
        1.0
    """
    lowest = min(losses.values())
    return max(strength for strength, loss in losses.items() if loss <= lowest + margin)


def _sorted_downwards(losses: dict[float, float], margin: float) -> float:
    limit = sorted(losses.values())[0] + margin
    for strength in sorted(losses, reverse=True):
        if losses[strength] <= limit:
            return strength
    raise AssertionError("the lowest loss is within the limit")


def _lowest(losses: dict[float, float], margin: float) -> float:
    return min(losses, key=losses.__getitem__)


def _weakest(losses: dict[float, float], margin: float) -> float:
    limit = min(losses.values()) + margin
    return min(strength for strength, loss in losses.items() if loss <= limit)


def _by_parts(losses: dict[float, float], margin: float) -> float:
    limit = min(losses.values()) * (1 + margin)
    return max(strength for strength, loss in losses.items() if loss <= limit)


def _first(losses: dict[float, float], margin: float) -> float:
    limit = min(losses.values()) + margin
    return next(strength for strength, loss in losses.items() if loss <= limit)


def _tables(generator: Generator) -> Iterator[tuple[dict[float, float], float]]:
    yield {0.01: 0.42, 0.1: 0.40, 1.0: 0.41, 10.0: 0.60}, 0.02
    yield {0.1: 0.5}, 0.0
    yield {1.0: 4.5, 0.1: 4.0, 10.0: 5.0}, 0.25
    yield {1.0: 0.75, 0.1: 0.5, 0.01: 0.5, 0.001: 0.75}, 0.0  # two lowest
    yield {0.3: 0.41, 1.0: 0.44, 0.1: 0.40, 0.03: 0.405}, 0.0125
    for margin in (0.0, 0.25):
        strengths = [10.0**k for k in torch.randperm(6, generator=generator).tolist()]
        values = (torch.randperm(6, generator=generator) / 8).tolist()
        yield dict(zip(strengths, values, strict=True)), margin


strongest = Exercise(
    name="project/strongest",
    title="Nearly as good, and simpler",
    prompt="""
The lowest validation loss is the lowest partly by chance. Write `strongest_within(losses, margin)`:
of all strengths whose loss is at most `margin` above the lowest, the strongest. A model that is
held back more depends less on the rows that it happened to get.
""",
    solution=strongest_within,
    reference=_sorted_downwards,
    cases=_tables,
    example="print(strongest_within({0.01: 0.42, 0.1: 0.40, 1.0: 0.41, 10.0: 0.60}, margin=0.02))",
    hints=(
        "`min(losses.values())` is the lowest loss.",
        "`losses.items()` gives pairs of strength and loss; keep the strengths within the margin.",
    ),
    mistakes=(
        Mistake(_lowest, "That has the lowest loss: a stronger one may be within the margin."),
        Mistake(_weakest, "That is the weakest within the margin: take the strongest."),
        Mistake(_by_parts, "The margin is added to the lowest loss, and is no part of it."),
        Mistake(_first, "The strengths may come in any order: look at all within the margin."),
    ),
)


def column_differences(known: list[str], given: list[str]) -> tuple[list[str], list[str]]:
    """Return the names that are missing, and those that are new.

    Args:
        known: The columns that a model was fitted on.
        given: The columns of new rows, in any order.

    Returns:
        The known names that are not given, in the order of `known`, and the given names
        that are not known, in the order of `given`.

    Examples:
        >>> column_differences(["age", "bmi", "bp"], ["bp", "BMI", "age"])
        (['bmi'], ['BMI'])
    """
    missing = [name for name in known if name not in given]
    new = [name for name in given if name not in known]
    return missing, new


def _differences_of_sets(known: list[str], given: list[str]) -> tuple[list[str], list[str]]:
    missing, new = set(known) - set(given), set(given) - set(known)
    return sorted(missing, key=known.index), sorted(new, key=given.index)


def _by_place(known: list[str], given: list[str]) -> tuple[list[str], list[str]]:
    pairs = [(a, b) for a, b in zip(known, given, strict=False) if a != b]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _ignoring_case(known: list[str], given: list[str]) -> tuple[list[str], list[str]]:
    lower = [name.lower() for name in known], [name.lower() for name in given]
    missing = [name for name in known if name.lower() not in lower[1]]
    return missing, [name for name in given if name.lower() not in lower[0]]


def _other_way_round(known: list[str], given: list[str]) -> tuple[list[str], list[str]]:
    return column_differences(given, known)


def _names(generator: Generator) -> Iterator[tuple[list[str], list[str]]]:
    yield ["age", "bmi", "bp"], ["bp", "BMI", "age"]
    yield ["age", "bmi"], ["age", "bmi"]
    yield ["b", "a", "c"], ["z", "a", "y", "b"]
    yield ["b", "a"], []
    letters = list("fedcbagh")
    for _ in range(2):
        order = torch.randperm(len(letters), generator=generator).tolist()
        yield letters[:5], [letters[k] for k in order[:4]]


columns = Exercise(
    name="project/columns",
    title="The columns of new rows",
    prompt="""
Write `column_differences(known, given)`: which columns do new rows lack, and which do they add? Two
lists, each in the order in which the names came. With it, a model can refuse rows that it would
misread.
""",
    solution=column_differences,
    reference=_differences_of_sets,
    cases=_names,
    example='print(column_differences(["age", "bmi", "bp"], ["bp", "BMI", "age"]))',
    hints=(
        "Go through `known` and keep the names that are not in `given`.",
        "Then the other way round: the names of `given` that are not in `known`.",
    ),
    mistakes=(
        Mistake(_by_place, "Names are compared place by place: the order is to be no matter."),
        Mistake(_ignoring_case, "`BMI` and `bmi` are two names: the case of letters counts."),
        Mistake(_other_way_round, "First the names that are missing, then those that are new."),
    ),
)
