"""NumPy and pandas: what shares memory with a tensor, and what becomes of types and gaps."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:  # whoever has an array or a frame has imported them already
    import numpy as np
    import pandas as pd


def shares_memory(a: Tensor | np.ndarray, b: Tensor | np.ndarray) -> bool:
    """Return whether writing to one can change the other: they have an element in common.

    Args:
        a: A tensor on the CPU, or an array. Any shape, and any type that NumPy has.
        b: Another one.

    Raises:
        ValueError: If one is a tensor on another device, where NumPy has no memory.
        TypeError: If one is neither tensor nor array, or of a type that NumPy lacks.

    Examples:
        >>> x = torch.zeros(4)
        >>> shares_memory(x, x[1:].numpy()), shares_memory(x[::2], x[1::2])
        (True, False)
    """
    import numpy as np

    return np.shares_memory(_as_array(a), _as_array(b))


def _as_array(x: Any) -> np.ndarray:
    import numpy as np

    if isinstance(x, np.ndarray):
        return x
    if not isinstance(x, Tensor):
        raise TypeError(f"got {type(x).__name__}: give a tensor or an array, as x.to_numpy()")
    if x.device.type != "cpu":
        raise ValueError(f"got a tensor on {x.device}: arrays have their memory on the CPU")
    return x.detach().numpy()


def from_array(array: np.ndarray) -> Tensor:
    """Return the array as a tensor: the same memory where torch can use it, else a copy.

    `torch.from_numpy` shares too, stops at an array that runs backwards or has the byte order of
    other machines, and lets you write to one that is read-only. This copies these three.

    Args:
        array: Any shape, of a type of numbers or truth values that torch has.

    Returns:
        The same shape and type.

    Raises:
        TypeError: If it is no array, or holds what torch has no type for, such as objects.

    Examples:
        >>> import numpy as np
        >>> from_array(np.array([1.0, 2.0, 3.0])[::-1])
        tensor([3., 2., 1.], dtype=torch.float64)
    """
    import numpy as np

    if not isinstance(array, np.ndarray):
        raise TypeError(f"got {type(array).__name__}: give an array, as frame.to_numpy()")
    kind, size = array.dtype.kind, array.dtype.itemsize
    if kind not in "biufc" or size > (16 if kind == "c" else 8):
        raise TypeError(
            f"the array holds {array.dtype}, for which torch has no type: "
            "give numbers, as array.astype('float64') if all of it are numbers"
        )
    usable = array.dtype.isnative and array.flags.writeable
    if not usable or any(stride < 0 or stride % size for stride in array.strides):
        array = array.astype(array.dtype.newbyteorder("="), order="C")
    return torch.from_numpy(array)


def from_frame(frame: pd.DataFrame, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return a table of numbers as a tensor with memory of its own.

    `frame.to_numpy()` has one type for the whole table, so a single column of text makes all of
    it objects, and a missing value becomes a NaN that spreads to every result. This stops at
    the first of either and says where it is.

    Args:
        frame: Shape `(n, d)`, with a number or truth value in every cell.
        dtype: The floating-point type of the result.

    Returns:
        Shape `(n, d)`.

    Raises:
        TypeError: If a cell holds no number, if it is no frame, or if `dtype` is no
            floating-point type.
        ValueError: If a cell is empty, infinite or too large for `dtype`, or if there are no
            columns.

    Examples:
        >>> import pandas as pd
        >>> from_frame(pd.DataFrame({"age": [31, 48], "smokes": [False, True]}))
        tensor([[31.,  0.],
                [48.,  1.]])
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"got {type(frame).__name__}: give a DataFrame, as column.to_frame()")
    if not dtype.is_floating_point:
        raise TypeError(f"dtype is {dtype}: give a floating-point type, such as torch.float32")
    if frame.shape[1] == 0:
        raise ValueError("the frame has no columns: give at least one")
    columns = [_numbers(name, column, dtype) for name, column in frame.items()]
    return torch.stack(columns, dim=1)


def _numbers(name: object, column: pd.Series, dtype: torch.dtype) -> Tensor:
    missing = column.isna().to_numpy()
    if missing.any():
        raise ValueError(
            f"row {_plain(column.index[missing.argmax()])}, column {name!r} is empty: fill it, or "
            "leave such rows out with frame.dropna()"
        )
    if column.dtype.kind not in "biuf":
        for row, value in column.items():
            if not isinstance(value, Real):
                raise TypeError(
                    f"row {_plain(row)}, column {name!r} holds {value!r}, which is no number: "
                    "leave the column out, or make numbers of it, as pd.to_numeric(column)"
                )
    numbers = torch.from_numpy(column.to_numpy(dtype="float64", copy=True)).to(dtype)
    bad = ~numbers.isfinite()
    if bad.any():
        i = int(bad.int().argmax())
        raise ValueError(
            f"row {_plain(column.index[i])}, column {name!r} holds {_plain(column.iloc[i])}, which "
            f"is not finite as {dtype}: leave it out, or give a dtype with more room"
        )
    return numbers


def _plain(value: Any) -> str:
    """Return a value as Python writes it: 3 instead of np.int64(3)."""
    return repr(value.item() if hasattr(value, "item") else value)
