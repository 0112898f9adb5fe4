"""A model with all that deciding takes, in one file: save it, load it, and decide new rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from course.project.categories import Categories, unknown_categories, with_categories
from course.project.files import read_frame
from course.project.pipeline import LogisticModel
from course.project.table import Label, read_rows
from course.training.checkpoints import check_weights
from course.training.files import atomic_save, checked_load

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "project 2"  # a new number whenever what the file holds changes
KINDS = (str, int, float, bool)  # of a label; those of NumPy could be written, but not read again


@dataclass(frozen=True, eq=False)
class Bundle:
    """A model, the columns it takes, and what its answer means.

    Attributes:
        model: Takes the columns as they are, in the order of `names`.
        names: The input columns.
        target: What is predicted.
        labels: What 0 and what 1 stands for.
        threshold: The probability from which on the decision is `labels[1]`.
        categories: For each column of text what it held in training, if there were any; `names`
            are those after `with_categories`.

    Raises:
        ValueError: If the model takes another number of columns, if a name is no text, or comes
            twice, if the labels are not two of text or numbers, if a weight is not finite or not in
            float64, if a deviation is not above 0, or if the threshold is not between 0 and 1.
    """

    model: LogisticModel
    names: Sequence[str]
    target: str
    labels: tuple[Label, Label]
    threshold: float
    categories: Categories = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot decide."""
        if len(self.names) != len(self.model.mean):
            raise ValueError(
                f"the model takes {len(self.model.mean)} columns, and there are {len(self.names)} "
                "names: give those of the columns that it was fitted on"
            )
        names = [*self.names, self.target]
        if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
            raise ValueError(f"names and target are {names}: give texts, each another one")
        if not all(type(label) in KINDS for label in self.labels) or len(set(self.labels)) != 2:
            raise ValueError(
                f"labels are {self.labels!r}: give two different ones, each a text or a number of "
                "Python's, so that the file can be read again"
            )
        if self.model.mean.dtype != torch.float64:
            raise ValueError(f"the model is in {self.model.mean.dtype}: take model.double()")
        if not all(value.isfinite().all() for value in self.model.state_dict().values()):
            raise ValueError("a weight is not finite: fit the model anew")
        if not (self.model.std > 0).all():
            raise ValueError("a deviation is not above 0: fit the model anew")
        if not isinstance(self.threshold, float) or not 0 < self.threshold < 1:
            raise ValueError(f"threshold is {self.threshold!r}: give a number between 0 and 1")
        made = [f"{name}={text}" for name, held in self.categories.items() for text in held]
        if not set(made) <= set(self.names):
            lacking = next(name for name in made if name not in self.names)
            raise ValueError(
                f"the categories make a column {lacking!r}, which is none of the names: give the "
                "names after with_categories"
            )


def save_bundle(bundle: Bundle, path: str | os.PathLike[str]) -> None:
    """Write the bundle to a file, whole or not at all.

    Args:
        bundle: What to keep.
        path: The file; missing folders are made, and what was there is replaced. `~` is your home
            folder.
    """
    value = {
        "format": FORMAT,
        "model": bundle.model.state_dict(),
        "names": [str(name) for name in bundle.names],
        "target": str(bundle.target),
        "labels": list(bundle.labels),
        "threshold": float(bundle.threshold),
        "categories": {name: list(held) for name, held in bundle.categories.items()},
    }
    atomic_save(value, path)


def load_bundle(path: str | os.PathLike[str]) -> Bundle:
    """Return what `save_bundle` wrote, with the model on the CPU. It runs no code of the file's.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: If there is no file.
        ValueError: If the file is damaged or holds something else.
    """
    saved = checked_load(path, FORMAT)
    try:
        d = len(saved["names"])
        zeros = torch.zeros(d, dtype=torch.float64, device="cpu")
        model = LogisticModel(zeros, zeros + 1)
        check_weights(model, saved["model"])
        model.load_state_dict(saved["model"])
        first, second = saved["labels"]
        return Bundle(
            model,
            saved["names"],
            saved["target"],
            (first, second),
            saved["threshold"],
            {name: tuple(held) for name, held in saved["categories"].items()},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{os.fspath(path)} is no bundle that can decide ({error}): save it anew"
        ) from error


@torch.no_grad()
def decide(bundle: Bundle, rows: pd.DataFrame | str | os.PathLike[str]) -> pd.DataFrame:
    """Return the probability and the decision for each new row, under the names of the rows.

    Args:
        bundle: From `load_bundle`.
        rows: A DataFrame, or the path of a CSV file with a header, with the input columns in any
            order, and no others. Columns of text are as they were before `with_categories`.

    Returns:
        Two columns. If the bundle has categories, a third, `"unknown"`, says which texts of a row
        were in no training row: the decision is made as if nothing were said there.

    Raises:
        TypeError: If `rows` is something else, such as a single row: give `frame.iloc[[0]]`.
        ValueError: If the rows lack a column or have another one, if there are none, if a cell
            holds no finite number, or one so large that there is no probability.

    Examples:
        >>> import pandas as pd
        >>> model = LogisticModel(torch.zeros(1).double(), torch.ones(1).double())
        >>> _ = torch.nn.init.ones_(model.weight)
        >>> bundle = Bundle(model, ["lead"], target="won", labels=("no", "yes"), threshold=0.4)
        >>> decide(bundle, pd.DataFrame({"lead": [-2, 0]}, index=["home", "away"]))
              probability of yes  won
        home            0.119203   no
        away            0.500000  yes
    """
    import pandas as pd

    frame = read_frame(rows)
    unknown = {}
    if bundle.categories:
        unknown = {"unknown": unknown_categories(frame, bundle.categories)}
        frame = with_categories(frame, bundle.categories)
    x = read_rows(frame, bundle.names).to(bundle.model.weight.device)
    probability = bundle.model(x).sigmoid().cpu()
    if probability.isnan().any():
        place = int(probability.isnan().int().argmax())
        raise ValueError(
            f"the probability of row {place}, counted from 0, is NaN: its numbers are too large, "
            "look at them"
        )
    index = rows.index if isinstance(rows, pd.DataFrame) else None
    answers = [bundle.labels[int(p >= bundle.threshold)] for p in probability]
    name = f"probability of {bundle.labels[1]}"
    columns = {name: probability.numpy(), bundle.target: answers, **unknown}
    return pd.DataFrame(columns, index=index)
