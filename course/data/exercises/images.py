"""Exercises of the lesson `data/images`: write it, and `check` tells what is missing."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import torch
from torch import Generator
from torch.utils.data import Dataset

from course.practice import Exercise, Mistake


def bytes_in_memory(count: int, shape: Sequence[int], dtype: torch.dtype) -> int:
    """Return how many bytes the pixels of images take.

    Args:
        count: How many images there are.
        shape: The shape of one of them, such as `(3, 224, 224)`.
        dtype: The type of their pixels.

    Examples:
        >>> bytes_in_memory(10, (1, 8, 8), torch.uint8)
        640
    """
    return count * math.prod(shape) * dtype.itemsize


def _of_a_tensor(count: int, shape: Sequence[int], dtype: torch.dtype) -> int:
    return torch.empty(count, *shape, dtype=dtype, device="meta").nbytes


def _counts_and_shapes(generator: Generator) -> Iterator[tuple[int, tuple[int, ...], torch.dtype]]:
    yield 10, (1, 8, 8), torch.uint8
    yield 60_000, (28, 28), torch.float32
    yield 1_281_167, (3, 224, 224), torch.uint8
    yield 3, (1, 5, 2), torch.float64
    yield 7, (4,), torch.float16
    yield 5, (), torch.float32


memory = Exercise(
    name="data/memory",
    title="Does it fit?",
    mark=1,
    prompt="""
Before you read a data set into memory, compute what it takes. Write
`bytes_in_memory(count, shape, dtype)`, without making a tensor of that size.
""",
    solution=bytes_in_memory,
    reference=_of_a_tensor,
    cases=_counts_and_shapes,
    example="""
for dtype in (torch.uint8, torch.float32):
    size = bytes_in_memory(1_281_167, (3, 224, 224), dtype)
    print(f"{dtype}: {size / 1e9:.0f} GB")
""",
    hints=(
        "How many pixels has one image? `math.prod` multiplies the numbers of a shape.",
        "`dtype.itemsize` says how many bytes one number of that type takes.",
    ),
    mistakes=(
        Mistake(
            " * dtype.itemsize",
            "",
            says="A pixel is one byte as `uint8`, and four as `float32`: multiply by "
            "`dtype.itemsize`.",
        ),
        Mistake("count *", "8 * count *", says="Those are bits: `itemsize` counts bytes already."),
        Mistake("math.prod", "sum", says="A shape counts along its axes: multiply its numbers."),
    ),
)


def audit(listed: list[str], present: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the names that a table lists without a file, files not listed, and names listed twice.

    Args:
        listed: The names in the table, row by row.
        present: The names of the files in the folder, each once.

    Returns:
        Three lists, each sorted and with each name once.

    Examples:
        >>> audit(["a.png", "b.png", "b.png"], ["b.png", "c.png"])
        (['a.png'], ['c.png'], ['b.png'])
    """
    missing = sorted(set(listed) - set(present))
    unlisted = sorted(set(present) - set(listed))
    twice = sorted(name for name, times in Counter(listed).items() if times > 1)
    return missing, unlisted, twice


def _by_loops(listed: list[str], present: list[str]) -> tuple[list[str], list[str], list[str]]:
    names = sorted({*listed, *present})
    return (
        [name for name in names if name not in present],
        [name for name in names if name not in listed],
        [name for name in names if listed.count(name) >= 2],
    )


def _as_they_come(listed: list[str], present: list[str]) -> tuple[list[str], list[str], list[str]]:
    return (
        list(dict.fromkeys(name for name in listed if name not in present)),
        [name for name in present if name not in listed],
        [name for name, times in Counter(listed).items() if times > 1],
    )


def _names(generator: Generator) -> Iterator[tuple[list[str], list[str]]]:
    yield ["a.png", "b.png", "b.png"], ["b.png", "c.png"]
    yield ["z.png", "x.png", "z.png", "x.png"], ["y.png", "w.png"]
    yield [], ["a.png"]
    yield ["a.png"], ["a.png"]
    yield (
        [f"{i}.png" for i in torch.randint(0, 9, (12,), generator=generator).tolist()],
        [f"{i}.png" for i in torch.randperm(9, generator=generator)[:5].tolist()],
    )


table = Exercise(
    name="data/table",
    title="The table and its folder",
    mark=2,
    prompt="""
A folder and a table that somebody else made rarely agree. Write `audit(listed, present)`: which
names have no file, which files no row, and which names come in more than one row. The last are the
worst: the same image may then stand in the training set and in the test set.
""",
    solution=audit,
    reference=_by_loops,
    cases=_names,
    example="print(audit(['0.png', '2.png', '0.png'], ['0.png', '1.png']))",
    hints=(
        "`set(one) - set(other)` is what the first has and the other has not.",
        "`collections.Counter(names)` counts how often each name comes.",
    ),
    mistakes=(
        Mistake(
            "missing, unlisted, twice",
            "unlisted, missing, twice",
            says="The first two are exchanged: first come names of the table that have no file.",
        ),
        Mistake(
            "set(listed) - set(present)",
            "name for name in listed if name not in present",
            "name, times in Counter(listed).items() if times > 1",
            "name in listed if listed.count(name) > 1",
            says="A name that stands in several rows is to come once in each list: use sets.",
        ),
        Mistake(
            _as_they_come,
            says="The right names in the order in which they came: sort each list, so that two "
            "audits can be compared.",
        ),
    ),
)


class Remembered(Dataset[Any]):
    """The examples of a dataset, each read when it is first asked for, and never again.

    Args:
        dataset: Has a length, and examples from 0 on.

    Examples:
        >>> kept = Remembered(["a", "b"])
        >>> len(kept), kept[1], kept[1]
        (2, 'b', 'b')
    """

    def __init__(self, dataset: Any) -> None:
        self.dataset = dataset
        self.kept: dict[int, Any] = {}

    def __len__(self) -> int:
        """Return how many examples there are."""
        return len(self.dataset)

    def __getitem__(self, index: int) -> Any:
        """Return an example; an `IndexError` of the dataset comes through.

        Args:
            index: From 0 on.
        """
        if index not in self.kept:
            self.kept[index] = self.dataset[index]
        return self.kept[index]


class _Forgetful(Dataset[Any]):
    """The examples of a dataset, each read when it is first asked for, and never again.

    Args:
        dataset: Has a length, and examples from 0 on.
    """

    def __init__(self, dataset: Any) -> None:
        self.dataset = dataset
        self.kept: dict[int, Any] = {}

    def __len__(self) -> int:
        """Return how many examples there are."""
        return len(self.dataset)

    def __getitem__(self, index: int) -> Any:
        """Return an example; an `IndexError` of the dataset comes through.

        Args:
            index: From 0 on.
        """
        if not self.kept.get(index):
            self.kept = {index: self.dataset[index]}
        return self.kept[index]


class _Counted(Dataset[Any]):
    """Notes which examples were asked for."""

    def __init__(self, examples: list[Any]) -> None:
        self.examples = examples
        self.asked: list[int] = []

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: int) -> Any:
        self.asked.append(index)
        return self.examples[index]


def _by_cache(dataset: Any) -> Any:
    kept: Any = type("Kept", (), {"__len__": lambda self: len(dataset)})()
    type(kept).__getitem__ = staticmethod(cache(dataset.__getitem__))
    return kept


def _asked_in_order(make: Callable[[Any], Any], examples: list[Any], order: list[int]) -> Any:
    dataset = _Counted(examples)
    kept = make(dataset)
    got = [kept[i] for i in order]
    return {"length": len(kept), "examples": got, "asked for": dataset.asked}


def _examples_and_orders(generator: Generator) -> Iterator[tuple[list[Any], list[int]]]:
    yield [5, 6, 7], [0, 0, 2, 0, 2]
    yield [0, 1, 0], [0, 1, 2, 2, 1, 0]
    yield [None, "", False], [2, 2, 1, 1, 0, 0]
    yield [torch.randn(3, generator=generator) for _ in range(4)], [3, 1, 1, 3, 0]
    yield ["a"], []


remember = Exercise(
    name="data/remember",
    title="Lazy once",
    mark=3,
    prompt="""
Between lazy and eager lies a third way: read each image when it is first asked for, and keep it.
This `Remembered(dataset)` gives the right examples, but reads many of them again and again. For
which orders, and for which examples? Find both faults. The check notes what it asks `dataset` for.
""",
    solution=Remembered,
    starter=_Forgetful,
    reference=_by_cache,
    cases=_examples_and_orders,
    use=_asked_in_order,
    example="""
kept = Remembered(["first image", "second image"])
print(len(kept), kept[1], kept.kept)
""",
    hints=(
        "A dictionary from position to example, empty in the beginning.",
        "Whether a position is known, `index in self.kept` says, whatever the example is.",
    ),
    mistakes=(
        Mistake(
            "= {}",
            "= {i: dataset[i] for i in range(len(dataset))}",
            says="Everything is read in the beginning, also what nobody asks for: that is eager.",
        ),
        Mistake(
            "if index not in self.kept:\n    self.kept[index] = self.dataset[index]\n",
            "",
            "self.kept[index]",
            "self.dataset[index]",
            says="Every request reads again: keep what was read.",
        ),
        Mistake(
            "self.kept[index] = self.dataset[index]",
            "self.kept = {index: self.dataset[index]}",
            says="Only the latest example is kept: add to the dictionary.",
        ),
        Mistake(
            "index not in self.kept",
            "not self.kept.get(index)",
            says="An example that counts as false, such as 0, is read again each time: ask whether "
            "`index` is in the dictionary.",
        ),
    ),
)
