"""A table with a yes or no for each row: read it, and refuse what no model can learn from."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from course.project.files import headless, read_frame, refuse

if TYPE_CHECKING:  # whoever has a frame has imported it already
    import pandas as pd

Label = str | int | float | bool
FEWEST = 10  # rows of each of the two answers: a fifth of them, for validation, are still two


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of numbers, and the answer to each.

    Attributes:
        names: The input columns, `d` of them, in the order of `x`.
        x: Inputs, shape `(n, d)`, float64.
        y: Answers, shape `(n,)`, float64: 1 where the target column holds `labels[1]`, else 0.
        target: The name of the target column.
        labels: What 0 and what 1 stands for, as the target column has it.
    """

    names: tuple[str, ...]
    x: Tensor
    y: Tensor
    target: str
    labels: tuple[Label, Label]


def read_table(
    source: pd.DataFrame | str | os.PathLike[str], target: str, positive: Label = 1
) -> Table:
    """Return the inputs and answers of a table in which nothing is missing and all is a number.

    Args:
        source: A DataFrame, or the path of a CSV file with a header and commas.
        target: The name of the column to predict. It holds two values.
        positive: Which of the two is the answer 1.

    Raises:
        TypeError: If `source` is something else.
        ValueError: If the table has problems. The message has a line for each, as `problems` does.
            If a file is no table, it says why, with the rows.

    Examples:
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"x": [k**2 for k in range(20)], "won": ["no", "yes"] * 10})
        >>> table = read_table(frame, target="won", positive="yes")
        >>> table.names, table.x.shape, table.labels
        (('x',), torch.Size([20, 1]), ('no', 'yes'))
    """
    frame = read_frame(source)
    refuse(problems(frame, target, positive))
    names = tuple(name for name in frame.columns if name != target)
    x = torch.stack([_numbers(frame[name]) for name in names], dim=1)
    answers = [_plain(value) for value in frame[target]]
    y = torch.tensor([value == positive for value in answers], device="cpu").double()
    labels = answers[int(y.argmin())], answers[int(y.argmax())]
    return Table(names, x, y, target, labels)


def read_rows(source: pd.DataFrame | str | os.PathLike[str], names: Sequence[str]) -> Tensor:
    """Return rows to predict, `(n, d)`, float64: the columns of these names, in this order.

    Args:
        source: A DataFrame, or the path of a CSV file with a header, with the columns in any order.
        names: The input columns that the model was trained on.

    Raises:
        TypeError: If `source` is something else, such as a single row: give `frame.iloc[[0]]`.
        ValueError: If the rows lack a column or have another one, if there are none, or if a cell
            holds no finite number. The message has a line for each.

    Examples:
        >>> import pandas as pd
        >>> read_rows(pd.DataFrame({"bmi": [24.5], "age": [61]}), names=["age", "bmi"])
        tensor([[61.0000, 24.5000]], dtype=torch.float64)
    """
    frame = read_frame(source)
    found = _frame_problems(frame)
    missing = [name for name in names if name not in frame.columns]
    found += [f"column {name!r} is missing" for name in missing]
    found += headless(frame.columns) if missing else []
    found += [
        f"column {name!r} was not there in training: leave it out, as frame.drop(columns={name!r})"
        for name in frame.columns
        if name not in names
    ]
    refuse(found or [line for name in names for line in _cell_problems(name, frame[name])])
    return torch.stack([_numbers(frame[name]) for name in names], dim=1)


def problems(
    source: pd.DataFrame | str | os.PathLike[str], target: str, positive: Label = 1
) -> list[str]:
    """Return what keeps a model from learning from this table, a line each; no lines: nothing does.

    Rows are named as the index of the frame names them; those of a file by their number in it, as a
    spreadsheet shows it: the header is row 1.

    Args:
        source: A DataFrame of shape `(n, d + 1)`, with the target, or the path of a CSV file.
        target: The name of the column to predict.
        positive: Which of its two values is the answer 1.

    Raises:
        TypeError: If `source` is something else.
        ValueError: If a file is no table.

    Examples:
        >>> import pandas as pd
        >>> rows = {"age": [61, 48, "?"], "clinic": [2, 2, 2], "ill": [0, 1, 0]}
        >>> for line in problems(pd.DataFrame(rows), target="ill"):
        ...     print(line)
        column 'ill' has too few rows (2 of 0, 1 of 1): give at least 10 of each
        row 2, column 'age' holds '?' (1 such): give finite numbers or leave such rows out
        column 'clinic' holds 2 in all rows: leave it out
    """
    frame = read_frame(source)
    found = _frame_problems(frame)
    if not isinstance(target, str) or target not in frame.columns:
        found.append(f"there is no column {target!r} to predict, only {list(frame.columns)}")
        found += headless(frame.columns)
    elif frame.shape[1] == 1:
        found.append(f"there is no column beside {target!r} to predict it from")
    if found:
        return found
    found += _target_problems(target, frame[target], positive)
    for name in frame.columns:
        if name != target:
            found += _cell_problems(name, frame[name]) or _column_problems(name, frame[name])
    return found


def _frame_problems(frame: pd.DataFrame) -> list[str]:
    found = [
        f"column name {_plain(name)!r} is no text: rename it, as frame.rename(columns=str)"
        for name in frame.columns
        if not isinstance(name, str)
    ]
    twice = frame.columns[frame.columns.duplicated()].unique()
    found += [f"there is more than one column {name!r}: rename one" for name in twice]
    return found + ["there are no rows"] * (len(frame) == 0)


def _target_problems(name: str, column: pd.Series, positive: Label) -> list[str]:
    if column.isna().any():
        return [f"{_where(name, column, column.isna())} is empty: leave such rows out"]
    counts = Counter(_plain(value) for value in column)
    held = list(counts)
    if len(held) != 2:
        values = ", ".join(map(repr, held[:3])) + (", …" if len(held) > 3 else "")
        return [f"column {name!r} holds {len(held)} different values ({values}): give two of them"]
    if positive not in held:
        return [
            f"column {name!r} holds {held[0]!r} and {held[1]!r}, but not {positive!r}: say which "
            f"of the two is the answer 1, as positive={held[0]!r} or positive={held[1]!r}"
        ]
    if min(counts.values()) < FEWEST:
        rows = ", ".join(f"{count} of {value!r}" for value, count in counts.items())
        return [f"column {name!r} has too few rows ({rows}): give at least {FEWEST} of each"]
    return []


def _cell_problems(name: str, column: pd.Series) -> list[str]:
    """Return a line for the empty cells of a column, and one for those that hold no number."""
    empty = column.isna().to_numpy(dtype=bool)
    wrong = ~_numbers(column).isfinite().numpy() & ~empty
    found = []
    if empty.any():
        found.append(f"{_where(name, column, empty)} is empty {_give(empty)}")
    texts = [cell for cell in column[wrong] if isinstance(cell, str)]
    if 2 * len(texts) > len(column) - empty.sum():
        found.append(_text_problem(name, texts))
    elif wrong.any():
        value = _plain(column[wrong].iloc[0])
        holds = f"holds {value!r} {_give(wrong)}"
        found.append(f"{_where(name, column, wrong)} {holds}")
    return found


def _text_problem(name: str, texts: list[str]) -> str:
    """Return what can be done with a column most of whose cells are texts."""
    if all(math.isfinite(_number(text.replace(",", "."))) for text in texts):
        return (
            f"column {name!r} holds {texts[0]!r}: if the comma is that of a decimal number, give "
            'pd.read_csv(path, sep=…, decimal=",")'
        )
    different = len(set(texts))
    if different == 1 and len(texts) > 1:
        return f"column {name!r} holds {texts[0]!r} in all rows: leave it out"
    if different == len(texts) >= FEWEST:
        return (
            f"column {name!r} holds texts, such as {texts[0]!r}, another one in each row: leave it "
            f"out, as frame.drop(columns={name!r})"
        )
    return (
        f"column {name!r} holds texts, such as {texts[0]!r} ({different} different): make a column "
        "of 0 and 1 for each, as learn_categories and with_categories of "
        "course.project.categories do, or leave it out"
    )


def _give(bad: Any) -> str:
    rows = "" if bad.all() else " or leave such rows out"
    return f"({bad.sum()} such): give finite numbers{rows}"


def _column_problems(name: str, column: pd.Series) -> list[str]:
    """Return a line if a column of numbers has nothing to say about its rows."""
    values = _numbers(column)
    if (values == values[0]).all():
        return [f"column {name!r} holds {values[0]:g} in all rows: leave it out"]
    if len(values) >= FEWEST and (values.diff() == 1).all():
        return [f"column {name!r} numbers the rows: leave it out, as frame.drop(columns={name!r})"]
    return []


def _numbers(column: pd.Series) -> Tensor:
    """Return the column as float64, `(n,)`, with NaN for each cell that holds no number."""
    numbers = [_number(cell) for cell in column]
    return torch.tensor(numbers, dtype=torch.float64, device="cpu")


def _number(cell: Any) -> float:
    if isinstance(cell, str) and "_" in cell:
        return math.nan  # float("2023_24") is 202324, and whoever wrote it meant none
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _where(name: str, column: pd.Series, bad: Any) -> str:
    return f"row {_plain(column.index[bad][0])!r}, column {name!r}"


def _plain(value: Any) -> Any:
    """Return a value as Python has it: 3 instead of np.int64(3)."""
    return value.item() if hasattr(value, "item") else value
