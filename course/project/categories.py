"""Columns of text: a column of 0 and 1 for each category, learned on the training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from course.project.files import refuse

if TYPE_CHECKING:  # whoever has a frame has imported it already
    import pandas as pd

Categories = Mapping[str, Sequence[str]]  # for each column of text what it can hold


def learn_categories(training: pd.DataFrame, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return for each of these columns the texts that it holds, sorted.

    Give the training rows alone: what only other rows hold is unknown to the model, as it will be
    when new rows are to be decided.

    Args:
        training: Shape `(n, …)`, with the columns.
        names: Of the columns of text.

    Raises:
        ValueError: If a column is missing or a cell holds no text. The message has a line for each.

    Examples:
        >>> import pandas as pd
        >>> learn_categories(pd.DataFrame({"city": ["Rome", "Oslo", "Rome"]}), ["city"])
        {'city': ('Oslo', 'Rome')}
    """
    _check_texts(training, names)
    return {name: tuple(sorted(set(training[name]))) for name in names}


def with_categories(rows: pd.DataFrame, categories: Categories) -> pd.DataFrame:
    """Return the rows with a column of 0 and 1 for each category in place of each column of text.

    Where a row holds a category that is not among them, all columns of it are 0:
    `unknown_categories` names it. For the model such a row is one about which nothing is said.

    Args:
        rows: With the columns of text.
        categories: As `learn_categories` returns them.

    Raises:
        ValueError: If a column is missing, if a cell holds no text, or if there is a column of such
            a name already. The message has a line for each.

    Examples:
        >>> import pandas as pd
        >>> rows = pd.DataFrame({"age": [61, 48], "city": ["Rome", "Bonn"]})
        >>> with_categories(rows, {"city": ("Oslo", "Rome")})
           age  city=Oslo  city=Rome
        0   61          0          1
        1   48          0          0
    """
    _check_texts(rows, categories)
    made = {
        f"{name}={category}": (rows[name] == category).astype(int)
        for name, held in categories.items()
        for category in held
    }
    kept = rows.drop(columns=list(categories))
    refuse([f"there is a column {name!r} already: rename it" for name in made if name in kept])
    return kept.assign(**made)


def unknown_categories(rows: pd.DataFrame, categories: Categories) -> list[str]:
    """Return for each row what it holds that is none of the categories; no text where all are.

    Args:
        rows: With the columns of text.
        categories: As `learn_categories` returns them.

    Raises:
        ValueError: If a column is missing or a cell holds no text. The message has a line for each.

    Examples:
        >>> import pandas as pd
        >>> rows = pd.DataFrame({"city": ["Rome", "Bonn"]})
        >>> unknown_categories(rows, {"city": ("Oslo", "Rome")})
        ['', "city 'Bonn'"]
    """
    _check_texts(rows, categories)
    return [
        ", ".join(
            f"{name} {text!r}"
            for name, text in zip(categories, texts, strict=True)
            if text not in categories[name]
        )
        for texts in zip(*(rows[name] for name in categories), strict=True)
    ]


def _check_texts(rows: pd.DataFrame, names: Sequence[str] | Categories) -> None:
    found = [f"column {name!r} is missing" for name in names if name not in rows.columns]
    for name in names:
        if name not in rows.columns:
            continue
        cells = rows[name]
        others = [i for i, cell in enumerate(cells) if not isinstance(cell, str)]
        if others:
            row, cell = rows.index.tolist()[others[0]], cells.tolist()[others[0]]
            found.append(
                f"row {row!r}, column {name!r} holds {cell!r}, which is no text "
                f"({len(others)} such): give it a category of its own, as "
                f"frame[{name!r}].fillna('missing'), or make texts of numbers, as "
                f"frame[{name!r}].astype(str)"
            )
    refuse(found)
