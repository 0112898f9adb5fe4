"""When to stop training, and which epoch's weights to keep: what the validation curve says."""

import contextlib
import copy
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass

from torch import nn

from course.training.checkpoints import check_weights
from course.training.files import Saved, atomic_save, checked_load
from course.training.loop import History

FORMAT = "best model 1"  # of the file that `BestModel` writes


@dataclass(frozen=True)
class EarlyStopping:
    """A callback that ends the training when validation has not improved for some epochs.

    It stops when the best of the last `patience` epochs is not better than the best epoch before
    them by more than `min_delta`, after Goodfellow et al. (2016), algorithm 7.1. An epoch without a
    number (NaN) is no improvement.

    It remembers nothing: the history alone decides, so it does the same when training goes on in a
    new process. But `fit` asks after an epoch, not before the first. Where the run may have been
    stopped already, give it `epochs=history.epochs if stopping(history) else 20`.

    Args:
        patience: How many epochs in a row may bring no improvement, at least 1.
        name: Which curve of `history.validation` decides.
        largest: Whether larger values are better, as for accuracy.
        min_delta: What an improvement has to exceed, in units of the curve.

    Raises:
        ValueError: If `patience` is below 1 or `min_delta` negative; when called, if the history
            has no such curve.

    Examples:
        >>> stopping = EarlyStopping(patience=2)
        >>> for losses in ([3.0, 2.0], [3.0, 2.0, 2.5], [3.0, 2.0, 2.5, 2.0]):
        ...     print(stopping(History(training=losses, validation={"loss": losses})))
        False
        False
        True
    """

    patience: int
    name: str = "loss"
    largest: bool = False
    min_delta: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.patience < 1:
            raise ValueError(f"patience is {self.patience}: give at least 1 epoch")
        if not self.min_delta >= 0:
            raise ValueError(f"min_delta is {self.min_delta}: give 0 or more")

    def __call__(self, history: History) -> bool:
        """Return whether to stop after the epochs of this history."""
        scores = _scores(history, self.name, self.largest)
        before, recent = scores[: -self.patience], scores[-self.patience :]
        return bool(before) and not min(before) - min(recent) > self.min_delta


class BestModel:
    """A callback that keeps the weights of the best epoch, for the end of the training.

    The first of equal epochs stays, and an epoch without a number (NaN) is never best. Which epoch
    is best is decided from the history alone, so with a `path` it is also right when training goes
    on in a new process. There it stands before `save_checkpoint`: an epoch that was not saved is
    done again, and then kept again.

    Args:
        model: That is trained.
        name: Which curve of `history.validation` decides.
        largest: Whether larger values are better, as for accuracy.
        path: A file that keeps the weights, too, where `~` is your home folder; `None` keeps them
            in memory alone.

    Raises:
        ValueError: When called, if the history has no such curve.

    Examples:
        >>> import torch
        >>> model = nn.Linear(1, 1)
        >>> best = BestModel(model)
        >>> losses = []
        >>> for weight, loss in [(1.0, 0.9), (2.0, 0.4), (3.0, 0.6)]:
        ...     _ = nn.init.constant_(model.weight, weight)
        ...     losses.append(loss)
        ...     best(History(training=losses, validation={"loss": losses}))
        >>> best.epoch
        2
        >>> best.restore()
        >>> model.weight.item()
        2.0
    """

    def __init__(
        self,
        model: nn.Module,
        name: str = "loss",
        largest: bool = False,
        path: str | os.PathLike[str] | None = None,
    ) -> None:
        self.model = model
        self.name = name
        self.largest = largest
        self.path = path
        self._best: int | None = None  # in the last history seen; 0 if no epoch had a number
        self._kept: Saved | None = None

    def __call__(self, history: History) -> None:
        """Keep the weights of now, if the last epoch of this history is the best."""
        scores = _scores(history, self.name, self.largest)
        lowest = min(scores, default=math.inf)
        self._best = scores.index(lowest) + 1 if lowest < math.inf else 0
        if self._best and self._best == history.epochs:
            weights = copy.deepcopy(self.model.state_dict())
            self._kept = {"format": FORMAT, "epoch": self._best, "model": weights}
            if self.path is not None:
                atomic_save(self._kept, self.path)

    @property
    def epoch(self) -> int:
        """Return which epoch is kept, counted from 1."""
        return int(self._read()["epoch"])

    def restore(self) -> None:
        """Load the weights that are kept into the model, from the file if it is a new process.

        Raises:
            ValueError: If none are kept, if they are not those of the best epoch, or if they are
                another model's; the model is then as before.
        """
        weights = self._read()["model"]
        check_weights(self.model, weights)
        self.model.load_state_dict(weights)

    def _read(self) -> Saved:
        if self._kept is None and self.path is not None:
            with contextlib.suppress(FileNotFoundError):
                self._kept = _checked(checked_load(self.path, FORMAT), self.path)
        if self._kept is None or self._best == 0:
            raise ValueError(
                f"no weights are kept, because no epoch with a finite {self.name} was seen: give "
                "this to fit as a callback, and a path if training goes on in a new process"
            )
        if self._best is not None and self._kept["epoch"] != self._best:
            raise ValueError(
                f"epoch {self._best} is the best, but kept are the weights of epoch "
                f"{self._kept['epoch']}: give this to fit as a callback for all epochs"
            )
        return self._kept


def _checked(kept: Saved, path: str | os.PathLike[str]) -> Saved:
    """Return what was kept, once it is sure that it is an epoch and weights."""
    if not isinstance(kept.get("epoch"), int) or not isinstance(kept.get("model"), Mapping):
        raise ValueError(
            f"{os.fspath(path)} holds no epoch and weights that can be used: take another copy, or "
            "move it away and train anew"
        )
    return kept


def _scores(history: History, name: str, largest: bool) -> list[float]:
    """Return one number per epoch, of which the lowest is the best; NaN is the worst."""
    if history.epochs == 0:
        return []
    if name not in history.validation:
        raise ValueError(
            f"the history has no validation curve {name!r}, it has {list(history.validation)}: "
            "give fit a validation set, and a metric of this name"
        )
    values = history.validation[name]
    if len(values) != history.epochs:
        raise ValueError(
            f"the validation curve {name!r} has {len(values)} values for {history.epochs} epochs: "
            "give fit the same validation set and metrics in all of them"
        )
    return [math.inf if math.isnan(value) else -value if largest else value for value in values]
