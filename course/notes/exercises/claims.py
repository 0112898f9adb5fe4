"""Exercises of the lesson `notes/claims`: write it, and `check` tells what is missing."""

import itertools
from collections.abc import Callable, Iterator
from functools import reduce

import torch
from torch import Generator, Tensor

from course.notes.claims import last_batch
from course.practice import Exercise, Mistake


def _by_split(n: int, batch_size: int) -> int:
    if n < 1 or batch_size < 1:
        raise ValueError
    return len(torch.empty(n).split(batch_size)[-1])


def _rows_and_sizes(generator: Generator) -> Iterator[tuple[int, int]]:
    yield from [
        (10, 4),
        (8, 4),
        (1, 1),
        (3, 4),
        (4, 4),
        (513, 256),
        (0, 4),
        (4, 0),
        (-3, 4),
        (4, -1),
    ]
    yield int(torch.randint(50, 90, (), generator=generator)), 7


# An edit: numbers below 1 pass.
_UNCHECKED = ("n < 1 or batch_size < 1", "False")

ragged = Exercise(
    name="notes/ragged",
    title="The rows of the last batch",
    mark=1,
    prompt="""
Write `last_batch(n, batch_size)`: how many rows the last batch of an epoch has when $n$ rows are
read in batches. Raise a `ValueError` if either number is below 1. Find a counter-example to "it is
`n % batch_size`" first.
""",
    solution=last_batch,
    reference=_by_split,
    cases=_rows_and_sizes,
    example="print([last_batch(n, 4) for n in range(1, 9)])",
    hints=(
        "Write down the answer for $n$ from 1 to 9 and a batch size of 4. When does it start anew?",
        "It counts as the remainder does, but from 1 to `batch_size` instead of from 0.",
    ),
    mistakes=(
        Mistake(
            "(n - 1) % batch_size + 1",
            "n % batch_size",
            says="When the batches fill up exactly, the last one has all its rows, and the "
            "remainder is 0.",
        ),
        Mistake(
            "(n - 1) % batch_size + 1",
            "batch_size",
            says="The last batch has only what the others left.",
        ),
        Mistake(
            *_UNCHECKED,
            says="Without rows or with empty batches there is no last one: ValueError.",
        ),
        Mistake(
            *_UNCHECKED,
            "(n - 1) % batch_size + 1",
            "n % batch_size",
            says="When the batches fill up exactly, the last one has all its rows, and the "
            "remainder is 0. And raise a ValueError where a number is below 1.",
        ),
    ),
)


def chain(functions: list[Callable[[Tensor], Tensor]], x: Tensor) -> Tensor:
    """Return what the functions make of a tensor, each of the result of the one before.

    Args:
        functions: In the order in which they are applied. None of them: `x` as it is.
        x: Any shape.

    Examples:
        >>> chain([torch.neg, torch.exp], torch.zeros(2))
        tensor([1., 1.])
    """
    for function in functions:
        x = function(x)
    return x


def _reduced(functions: list[Callable[[Tensor], Tensor]], x: Tensor) -> Tensor:
    return reduce(lambda value, function: function(value), functions, x)


def _chains(
    generator: Generator,
) -> Iterator[tuple[list[Callable[[Tensor], Tensor]], Tensor]]:
    steps: list[Callable[[Tensor], Tensor]] = [lambda x: x + 1.0, lambda x: 3.0 * x, torch.abs]
    for chosen in itertools.permutations(steps, 2):
        yield list(chosen), torch.randn(4, generator=generator)
    yield steps, torch.randn(2, 3, generator=generator)
    yield [], torch.ones(2)


in_order = Exercise(
    name="notes/in_order",
    title="One after the other",
    mark=2,
    prompt="""
Write `chain(functions, x)`: what `Compose(functions)(x)` gives, without `Compose`. The first
function gets `x`, each further one what came out of the one before.
""",
    solution=chain,
    reference=_reduced,
    cases=_chains,
    example="print(chain([lambda x: x + 1, lambda x: 2 * x], torch.tensor([1.0, 2.0])))",
    hints=("A loop that gives its variable a new value in each round is enough.",),
    mistakes=(
        Mistake(
            "in functions",
            "in reversed(functions)",
            says="The first function of the list comes first.",
        ),
        Mistake(
            "for function in functions:\n    x = function(x)\n",
            "x = x + sum(function(x) - x for function in functions)\n",
            says="That applies all of them to the same `x` and adds up what each changes: hand "
            "each the result of the one before.",
        ),
        Mistake(
            "for function in functions:\n",
            "given = x\nfor function in functions:\n",
            "function(x)",
            "function(given)",
            says="Every function got `x` itself, so only the last one counts.",
        ),
    ),
)
