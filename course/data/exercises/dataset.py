"""Exercises of the lesson `data/dataset`: write it, and `check` tells what is missing."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import torch
from torch import Generator, Tensor
from torch.utils.data import Dataset, TensorDataset

from course.practice import Exercise, Mistake


class Windows(Dataset[tuple[Tensor, Tensor]]):
    """The stretches of a series, each with the value that comes after it, to predict that value.

    Args:
        series: Shape `(n,)`.
        size: How many values a stretch has, less than `n`.

    Examples:
        >>> windows = Windows(torch.tensor([1, 2, 4, 8]), 2)
        >>> len(windows), windows[-1]
        (2, (tensor([2, 4]), tensor(8)))
    """

    def __init__(self, series: Tensor, size: int) -> None:
        self.series = series
        self.size = size

    def __len__(self) -> int:
        """Return how many stretches have a value after them."""
        return len(self.series) - self.size

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        """Return a stretch, shape `(size,)`, and the value after it, shape `()`.

        An index counts from the front or, below 0, from the back, as for a list.
        """
        start = index if index >= 0 else len(self) + index
        if not 0 <= start < len(self):
            raise IndexError(f"there is no window {index}: there are {len(self)}")
        return self.series[start : start + self.size], self.series[start + self.size]


def _unfolded(series: Tensor, size: int) -> TensorDataset:
    stretches = series.unfold(0, size + 1, 1)
    return TensorDataset(stretches[:, :-1], stretches[:, -1])


def _read(make: Callable[..., Any], series: Tensor, size: int) -> dict[str, Any]:
    dataset = make(series, size)
    loop = list(islice(dataset, len(series) + 3))  # it may never end by itself
    back = [dataset[i] for i in range(-len(loop), 0)]
    beyond = [_stops(dataset, index) for index in (len(series) - size, size - len(series) - 1)]
    return {
        "length": len(dataset),
        "in a loop": loop,
        "from the back": back,
        "IndexError beyond the end, before the start": beyond,
    }


def _stops(dataset: Any, index: int) -> bool:
    try:
        dataset[index]
    except IndexError:
        return True
    return False


def _series(generator: Generator) -> Iterator[tuple[Tensor, int]]:
    yield torch.tensor([1, 2, 4, 8]), 2
    yield torch.randn(7, generator=generator, dtype=torch.float64), 1
    yield torch.randn(9, generator=generator), 5
    yield torch.tensor([3.0, -1.0, 2.0]), 2


windows = Exercise(
    name="data/windows",
    title="Windows on a series",
    mark=3,
    prompt="""
To predict the next value of a series, a model needs stretches of it: the first `size` values with
the one that follows, then the same one step later, and so on. Write the dataset
`Windows(series, size)`. Nothing is copied in advance: a stretch is cut out when it is asked for.
The check asks for the length, for all examples in a `for` loop, for all of them from the back, and
for the `IndexError` where there is none.
""",
    solution=Windows,
    reference=_unfolded,
    cases=_series,
    use=_read,
    example="""
windows = Windows(torch.tensor([11.0, 9.5, 14.0, 19.5, 17.0]), 3)
for stretch, after in windows:
    print(stretch, after)
""",
    hints=(
        "Count by hand: four values and stretches of two. How many have a value after them?",
        "Turn a negative index into a position from the front first; then ask whether it is there.",
    ),
    mistakes=(
        Mistake(
            "- self.size",
            "- self.size + 1",
            says="The last stretch has no value after it: there are `len(series) - size` examples.",
        ),
        Mistake(
            " if index >= 0 else len(self) + index",
            "",
            "0 <= start",
            "start",
            says="From the front it is right. A negative index counts examples from the back: add "
            "the length to it before you cut.",
        ),
        Mistake(
            "0 <= start",
            "start",
            says="Too far back there is no example either: an index below `-len` is an "
            "`IndexError`, or it cuts somewhere else.",
        ),
        Mistake(
            "index if index >= 0 else len(self) + index",
            "index % len(self)",
            says="A `for` loop over it never ends: raise `IndexError` where there is no example.",
        ),
    ),
)


class Clip:
    """A transform that puts values below `low` to `low`, and values above `high` to `high`.

    Args:
        low: The smallest value to come out.
        high: The largest one.

    Examples:
        >>> Clip(0, 1)(torch.tensor([-0.5, 0.5, 2.0]))
        tensor([0.0000, 0.5000, 1.0000])
    """

    def __init__(self, low: float, high: float) -> None:
        self.low = low
        self.high = high

    def __call__(self, x: Tensor) -> Tensor:
        """Return a new tensor of the same shape; `x` stays as it is."""
        return x.clamp(self.low, self.high)


def _hardtanh(low: float, high: float) -> Callable[[Tensor], Tensor]:
    return partial(torch.nn.functional.hardtanh, min_val=low, max_val=high)


def _applied(make: Callable[..., Any], x: Tensor, low: float, high: float) -> Any:
    """Overwrite the result at the end: what shares memory with the input changes it."""
    result = make(low, high)(x)
    if not isinstance(result, Tensor):
        return result
    values = result.clone()
    result.zero_()
    return values


def _values_and_limits(generator: Generator) -> Iterator[tuple[Tensor, float, float]]:
    yield torch.tensor([-0.5, 0.5, 2.0]), 0.0, 1.0
    yield torch.randn(4, 3, generator=generator), -0.25, 0.5
    yield 5 * torch.randn(6, generator=generator, dtype=torch.float64), 1.0, 4.0
    yield torch.tensor([-9.0, 9.0]), -2.0, 2.0
    yield torch.tensor([-2.0, 0.5, 2.0]), -2.0, 2.0  # as they are


clip = Exercise(
    name="data/clip",
    title="A transform of your own",
    mark=1,
    prompt="""
A sensor sometimes reports what cannot be. Write the transform `Clip(low, high)`: made with two
limits, called with a tensor, it returns a tensor in which no value lies outside them.
""",
    solution=Clip,
    reference=_hardtanh,
    cases=_values_and_limits,
    use=_applied,
    example="print(Clip(-40, 60)(torch.tensor([21.5, -999.0, 85.0])))",
    hints=(
        "`__init__` keeps the two limits in `self`; `__call__` takes the tensor.",
        "`clamp` does it and returns a new tensor; `clamp_` writes into the one that it is called "
        "on.",
    ),
    mistakes=(
        Mistake(
            "clamp",
            "clamp_",
            says="The result is right, and the input is gone: you wrote into it. A dataset would "
            "hold other values from then on.",
        ),
        Mistake(
            "return x.clamp(self.low, self.high)\n",
            "if self.low <= x.min() and x.max() <= self.high:\n    return x\n"
            "return x.clamp(self.low, self.high)\n",
            says="Where nothing lies outside, the input itself comes back, and who writes to the "
            "result writes to it: return a new tensor in any case.",
        ),
        Mistake(
            "return x.clamp", "x.clamp", says="`clamp` returns a new tensor: return it as well."
        ),
        Mistake(
            "clamp(self.low, self.high)",
            "clamp(max=self.low).clamp(min=self.high)",
            says="Mixed up: `low` is the *minimum* of what comes out, so it goes into `min`.",
        ),
        Mistake(
            ", self.high", "", says="Values above `high` come through: `clamp` takes both limits."
        ),
    ),
)


class Celsius(Dataset[Tensor]):
    """Temperatures in degrees Celsius, from a table in degrees Fahrenheit that stays as it is.

    Args:
        fahrenheit: Shape `(n,)`, floating-point numbers.
    """

    def __init__(self, fahrenheit: Tensor) -> None:
        self.fahrenheit = fahrenheit

    def __len__(self) -> int:
        """Return how many temperatures there are."""
        return len(self.fahrenheit)

    def __getitem__(self, index: int) -> Tensor:
        """Return one temperature, shape `()`."""
        return (self.fahrenheit[index] - 32) * (5 / 9)


class _Spoilt(Dataset[Tensor]):
    """Temperatures in degrees Celsius, from a table in degrees Fahrenheit that stays as it is.

    Args:
        fahrenheit: Shape `(n,)`, floating-point numbers.
    """

    def __init__(self, fahrenheit: Tensor) -> None:
        self.fahrenheit = fahrenheit

    def __len__(self) -> int:
        """Return how many temperatures there are."""
        return len(self.fahrenheit)

    def __getitem__(self, index: int) -> Tensor:
        """Return one temperature, shape `()`."""
        return self.fahrenheit[index].sub_(32).mul_(5 / 9)


def _two_epochs(make: Callable[..., Any], fahrenheit: Tensor) -> list[list[Tensor]]:
    dataset = make(fahrenheit)
    return [[dataset[i] for i in range(len(dataset))] for _ in range(2)]


def _converted(fahrenheit: Tensor) -> list[Tensor]:
    """Return what stands on the line through the points where water freezes and boils."""
    freezing, boiling = torch.zeros_like(fahrenheit), torch.full_like(fahrenheit, 100)
    return list(torch.lerp(freezing, boiling, (fahrenheit - 32) / 180))


def _temperatures(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([32.0, 212.0]),)
    yield (60 + 20 * torch.randn(5, generator=generator),)
    yield (60 + 20 * torch.randn(3, generator=generator, dtype=torch.float64),)


second_epoch = Exercise(
    name="data/second_epoch",
    title="The second epoch",
    mark=2,
    prompt="""
This dataset is right once. Predict what its second epoch looks like, then repair it. The check
reads all examples twice, and looks at the table afterwards.
""",
    solution=Celsius,
    starter=_Spoilt,
    reference=_converted,
    cases=_temperatures,
    use=_two_epochs,
    example="""
dataset = Celsius(torch.tensor([50.0, 77.0]))
print(list(dataset), list(dataset))
""",
    hints=(
        "What does the underscore at the end of `sub_` and `mul_` mean?",
        "`self.fahrenheit[index]` is a view: whoever writes to it writes to the table.",
    ),
    mistakes=(
        Mistake(
            _Spoilt,
            says="`sub_` and `mul_` write into the table, so the second epoch converts what is "
            "Celsius already: compute a new tensor with `-` and `*`.",
        ),
        Mistake(
            "= fahrenheit",
            "= fahrenheit.clone()",
            "(self.fahrenheit[index] - 32) * (5 / 9)",
            "self.fahrenheit[index].sub_(32).mul_(5 / 9)",
            says="A copy at the start saves the table of the caller, but the second epoch still "
            "reads what the first one wrote.",
        ),
        Mistake(
            "= fahrenheit",
            "= fahrenheit.sub_(32).mul_(5 / 9)",
            "(self.fahrenheit[index] - 32) * (5 / 9)",
            "self.fahrenheit[index]",
            says="Both epochs agree, and the table of the caller is converted too: it is to stay "
            "as it is.",
        ),
        Mistake(
            "(self.fahrenheit[index] - 32) * (5 / 9)",
            "self.fahrenheit[index] * (5 / 9) - 32",
            says="The order of the two steps counts: subtract 32 first, where the degrees are "
            "still those of Fahrenheit.",
        ),
    ),
)
