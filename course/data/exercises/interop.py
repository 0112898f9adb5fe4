"""Exercises of the lesson `data/interop`: write it, and `check` tells what is missing."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def own_tensor(array: np.ndarray) -> Tensor:
    """Return the numbers of an array as float32, in memory of their own.

    Args:
        array: Any shape, of any type of real numbers. It may run backwards.

    Returns:
        The same shape. What happens to the array later does not reach it.

    Examples:
        >>> own_tensor(np.array([3, 1, 2])[::-1])
        tensor([2., 1., 3.])
    """
    return torch.from_numpy(array.astype("float32"))


def _sometimes_shared(array: np.ndarray) -> Tensor:
    """Return the numbers of an array as float32, in memory of their own.

    Args:
        array: Any shape, of any type of real numbers. It may run backwards.

    Returns:
        The same shape. What happens to the array later does not reach it.
    """
    return torch.from_numpy(array).float()


def _through_lists(array: np.ndarray) -> Tensor:
    return torch.tensor(array.tolist(), dtype=torch.float32)


def _overwritten_later(
    function: Callable[[np.ndarray], Tensor], values: list[Any], dtype: str, step: int
) -> Tensor:
    """Call the function with an array, and overwrite the array afterwards."""
    array = np.array(values, dtype=dtype)[::step]
    result = function(array)
    array[...] = 0
    return result


def _arrays(generator: Generator) -> Iterator[tuple[list[Any], str, int]]:
    numbers = torch.randn(6, generator=generator).tolist()
    yield [3, 1, 2], "int64", 1
    yield numbers, "float32", 1
    yield numbers, "float64", -1
    yield [[1.5, 2.5], [3.5, -4.5]], "float32", -1
    yield [1, 2, 250], "uint8", 2


own_memory = Exercise(
    name="data/own_memory",
    title="Its own memory, sometimes",
    mark=1,
    prompt="""
This `own_tensor` is to return the numbers of any array as `float32`, in memory of their own. For
most arrays it does. For one type of number the tensor changes when somebody writes to the array
later, and one kind of array stops it with an error. Say which two before you run anything; then
repair the function for both. The check overwrites the array afterwards.
""",
    solution=own_tensor,
    starter=_sometimes_shared,
    reference=_through_lists,
    cases=_arrays,
    use=_overwritten_later,
    example="""
array = np.array([0.1, 0.2])
tensor = own_tensor(array[::-1])
array[:] = 0
print(tensor)
""",
    hints=(
        "What converts, copies only if there is something to convert. And a tensor cannot run "
        "backwards.",
        "Let NumPy do the work: `array.astype` converts, and always makes a copy.",
        "After that, nobody else has the array's memory, and torch may share it.",
    ),
    mistakes=(
        Mistake(
            'from_numpy(array.astype("float32"))',
            "from_numpy(array).float()",
            says="`float()` copies only what it has to convert, so an array of `float32` stays "
            "shared; and `from_numpy` stops at one that runs backwards.",
        ),
        Mistake(
            'from_numpy(array.astype("float32"))',
            "tensor(array, dtype=torch.float32)",
            says="`torch.tensor` copies, and still stops at an array that runs backwards: make the "
            "copy in NumPy.",
        ),
        Mistake(
            'array.astype("float32")',
            'np.ascontiguousarray(array, dtype="float32")',
            says="That copies only if something is to be changed: an array that is fine as it is "
            "stays shared.",
        ),
        Mistake(
            'astype("float32")',
            "copy()",
            says="The memory is its own; the type is still that of the array.",
        ),
    ),
)


def own_array(x: Tensor) -> np.ndarray:
    """Return the numbers of a tensor as an array with memory of its own, of the same type.

    Args:
        x: Any shape, on any device. It may need a gradient, and stays as it is.

    Examples:
        >>> own_array(torch.tensor([1.0, 2.0], requires_grad=True))
        array([1., 2.], dtype=float32)
    """
    return x.detach().cpu().numpy().copy()


def _filled(x: Tensor) -> np.ndarray:
    array = np.empty(tuple(x.shape), dtype=str(x.dtype).removeprefix("torch."))
    for place in np.ndindex(array.shape):
        array[place] = x[place].item()
    return array


def _written_to(
    function: Callable[[Tensor], np.ndarray], x: Tensor
) -> tuple[str, str, list[Any], list[Any]]:
    """Call the function, overwrite the array that it gives, and tell about both."""
    array = function(x)
    kind, dtype, values = type(array).__name__, str(array.dtype), array.tolist()
    if isinstance(array, np.ndarray):
        array[...] = 0
    return kind, dtype, values, x.tolist()


def _tensors(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([1.0, 2.0], requires_grad=True),)
    yield (torch.tensor([[3, 1], [2, 5]]),)
    yield (torch.randn(2, 3, generator=generator, dtype=torch.float64).requires_grad_(),)
    yield (torch.randn(4, generator=generator),)


out_of_torch = Exercise(
    name="data/out_of_torch",
    title="Out of torch",
    mark=2,
    prompt="""
Write `own_array(x)`: the numbers of a tensor as an array of the same type, to be drawn or saved.
The tensor may be a parameter, which needs a gradient, and it may be on a GPU. Whoever gets the
array may write to it; the tensor is to stay as it is.
""",
    solution=own_array,
    reference=_filled,
    cases=_tensors,
    use=_written_to,
    example="""
weight = torch.tensor([1.0, 2.0], requires_grad=True)
array = own_array(weight)
array[0] = 99
print(array, weight)
""",
    hints=(
        "`detach()` is the same memory without the gradient; `cpu()` copies from a GPU.",
        "On the CPU nothing was copied so far: `copy()` is NumPy's name for `clone()`.",
    ),
    mistakes=(
        Mistake(
            ".copy()",
            "",
            says="`detach`, `cpu` and `numpy` copy nothing here: who writes to the array writes to "
            "the tensor.",
        ),
        Mistake(
            ".detach()",
            "",
            says="A tensor that needs a gradient gives no array: say `detach()` first.",
        ),
        Mistake(
            "x.detach().cpu().numpy().copy()",
            "np.array(x.tolist())",
            says="The way through lists loses the type: a number of Python is `float64` for NumPy.",
        ),
    ),
)


def changed_by_float32(x: Tensor) -> Tensor:
    """Return a mask of the numbers that `float32` cannot hold as they are.

    Args:
        x: Shape `(n,)`, `int64` or `float64`.

    Returns:
        Shape `(n,)`, truth values.

    Examples:
        >>> changed_by_float32(torch.tensor([16_777_216, 16_777_217]))
        tensor([False,  True])
    """
    return x.float().to(x.dtype) != x


def _one_by_one(x: Tensor) -> Tensor:
    return torch.tensor([float(np.float32(value)) != value for value in x.tolist()])


def _numbers_to_cast(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([16_777_215, 16_777_216, 16_777_217, -16_777_219]),)
    yield (torch.tensor([0.5, 0.1, -2.0, 1e39], dtype=torch.float64),)
    yield (torch.randint(10**9, (8,), generator=generator),)
    yield (torch.tensor([2**30, 2**30 + 1]),)


lost_numbers = Exercise(
    name="data/lost_numbers",
    title="What does float32 change?",
    mark=2,
    prompt="""
Before you cast a table, you want to know what is lost. Write `changed_by_float32(x)`: true for each
number that `float32` cannot hold as it is. It is to be right for whole numbers too.
""",
    solution=changed_by_float32,
    reference=_one_by_one,
    cases=_numbers_to_cast,
    example="""
print(changed_by_float32(torch.tensor([2**24, 2**24 + 1, 2**24 + 2])))
print(changed_by_float32(torch.tensor([0.5, 0.1], dtype=torch.float64)))
""",
    hints=(
        "Cast there and back again, and compare with what you had.",
        "Compared with `int64`, a `float32` wins: both sides become `float32`.",
    ),
    mistakes=(
        Mistake(
            ".to(x.dtype)",
            "",
            says="Before `int64` is compared with `float32` it becomes `float32` itself, and the "
            "loss is on both sides: cast back to the type of `x`.",
        ),
        Mistake(
            "x.float().to(x.dtype) != x",
            "~torch.isclose(x.float().double(), x.double())",
            says="`isclose` forgives what `float32` rounds: here every change counts.",
        ),
        Mistake(
            "x.float().to(x.dtype) != x",
            "x.abs() > 2**24",
            says="Some numbers beyond 2²⁴ have a `float32` of their own, and some below, such as "
            "0.1, have none: cast and compare.",
        ),
    ),
)
