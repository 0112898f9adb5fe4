"""A model with all that deciding takes, in one file: save it, load it, and decide new rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from course.project.pipeline import LogisticModel
from course.project.table import Label, read_rows
from course.training.checkpoints import atomic_save, check_weights, checked_load

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "project 1"  # a new number whenever what the file holds changes


@dataclass(frozen=True, eq=False)
class Bundle:
    """A model, the columns it takes, and what its answer means.

    Attributes:
        model: Takes the columns as they are, in the order of `names`.
        names: The input columns.
        target: What is predicted.
        labels: What 0 and what 1 stands for.
        threshold: The probability from which on the decision is `labels[1]`.

    Raises:
        ValueError: If the model takes another number of columns, if a weight is not finite, or if
            the threshold is not between 0 and 1.
    """

    model: LogisticModel
    names: Sequence[str]
    target: str
    labels: tuple[Label, Label]
    threshold: float

    def __post_init__(self) -> None:
        """Refuse what cannot decide."""
        if len(self.names) != len(self.model.mean):
            raise ValueError(
                f"the model takes {len(self.model.mean)} columns, and there are {len(self.names)} "
                "names: give those of the columns that it was fitted on"
            )
        if not all(value.isfinite().all() for value in self.model.state_dict().values()):
            raise ValueError("a weight is not finite: fit the model anew")
        if not 0 < self.threshold < 1:
            raise ValueError(f"threshold is {self.threshold}: give a probability between 0 and 1")


def save_bundle(bundle: Bundle, path: str | os.PathLike[str]) -> None:
    """Write the bundle to a file, whole or not at all.

    Args:
        bundle: What to keep.
        path: The file; missing folders are made, and what was there is replaced.
    """
    value = {
        "format": FORMAT,
        "model": bundle.model.state_dict(),
        "names": list(bundle.names),
        "target": bundle.target,
        "labels": list(bundle.labels),
        "threshold": bundle.threshold,
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
    d = len(saved["names"])
    model = LogisticModel(torch.zeros(d).double(), torch.ones(d).double())
    check_weights(model, saved["model"])
    model.load_state_dict(saved["model"])
    first, second = saved["labels"]
    return Bundle(model, saved["names"], saved["target"], (first, second), saved["threshold"])


@torch.no_grad()
def decide(bundle: Bundle, rows: pd.DataFrame | str | os.PathLike[str]) -> pd.DataFrame:
    """Return the probability and the decision for each new row, under the names of the rows.

    Args:
        bundle: From `load_bundle`.
        rows: A DataFrame, or the path of a CSV file with a header, with the input columns in any
            order, and no others.

    Raises:
        ValueError: If the rows lack a column or have another one, if there are none, or if a cell
            holds no finite number.

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

    x = read_rows(rows, bundle.names)
    probability = bundle.model(x).sigmoid()
    index = rows.index if isinstance(rows, pd.DataFrame) else None
    answers = [bundle.labels[int(p >= bundle.threshold)] for p in probability]
    name = f"probability of {bundle.labels[1]}"
    return pd.DataFrame({name: probability.numpy(), bundle.target: answers}, index=index)
