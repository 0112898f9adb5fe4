"""One training loop for everything, written once, and the history of what it saw."""

import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from course.training.measuring import check_shapes, device_of, evaluate, weighted_mean

Pairs = Iterable[tuple[Tensor, Tensor]]  # a DataLoader, or a list of inputs and targets
Measure = Callable[[Tensor, Tensor], Tensor]  # of outputs and targets
T = TypeVar("T")


@dataclass
class History(Mapping[str, list[float]]):
    """What `fit` saw, one number per epoch; as a mapping, the curves of the losses.

    Args:
        training: Mean loss over the rows of the epoch, each counted before the step it caused.
        validation: The loss and each metric on the validation set, after the epoch.
        seconds: How long the epoch took, validation included.

    Examples:
        >>> history = History(training=[0.7, 0.4], validation={"loss": [0.6, 0.5]})
        >>> dict(history)
        {'training': [0.7, 0.4], 'validation': [0.6, 0.5]}
        >>> history.epochs
        2
    """

    training: list[float] = field(default_factory=list)
    validation: dict[str, list[float]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    @property
    def epochs(self) -> int:
        """Return how many epochs there were."""
        return len(self.training)

    def __getitem__(self, name: str) -> list[float]:
        """Return a curve, `"training"` or `"validation"`."""
        return self._losses()[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the curves that there are."""
        return iter(self._losses())

    def __len__(self) -> int:
        """Return the number of curves."""
        return len(self._losses())

    def _losses(self) -> dict[str, list[float]]:
        validation = {"validation": self.validation["loss"]} if "loss" in self.validation else {}
        return {"training": self.training, **validation}


def fit(
    model: nn.Module,
    batches: Pairs,
    criterion: Measure,
    optimizer: torch.optim.Optimizer,
    epochs: int,
    validation: Pairs | None = None,
    metrics: Mapping[str, Measure] | None = None,
    device: torch.device | str | None = None,
    callbacks: Sequence[Callable[[History], object]] = (),
    history: History | None = None,
) -> History:
    """Return the history of training the model, which changes in place.

    In a terminal a bar shows the progress of what takes longer than a second, if tqdm is installed.

    Args:
        model: Maps inputs `(n, …)` to outputs `(n,)` or `(n, k)`.
        batches: Pairs of inputs `(n, …)` and targets, read once per epoch.
        criterion: Takes outputs and targets, returns the mean loss of the batch, a scalar.
        optimizer: Holds the parameters of `model`.
        epochs: How many epochs the history has at the end.
        validation: Batches to measure on after each epoch, without learning from them.
        metrics: For each name, another than `"loss"`, what to measure there beside the loss. It is
            called once, with all outputs and all targets, because few metrics are averages over
            batches.
        device: Where to compute; `None` is where the model is.
        callbacks: Called after each epoch with the history; if one returns True, be it Python's,
            NumPy's or a tensor, training ends.
        history: Of the epochs that are done already, to go on from there; it grows in place.

    Raises:
        ValueError: If outputs and targets would broadcast, if there are no batches, if the
            optimizer holds none of the model's parameters, if there are metrics and no validation
            set to measure them on, if a metric is called `"loss"`, or if a callback returns several
            values.
        FloatingPointError: If a loss of the epoch is not finite.

    Examples:
        >>> batches = [(torch.tensor([[0.0], [1.0]]), torch.tensor([[1.0], [3.0]]))]
        >>> model = nn.Linear(1, 1)
        >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        >>> history = fit(model, batches, nn.MSELoss(), optimizer, epochs=100)
        >>> [round(parameter.item(), 3) for parameter in model.parameters()]
        [2.0, 1.0]
    """
    if device is not None:
        model.to(device)
        optimizer.load_state_dict(optimizer.state_dict())  # what it remembers moves along
    device = device_of(model)
    _check_optimizer(model, optimizer)
    _check_metrics(metrics or {}, validation)
    history = History() if history is None else history
    for epoch in _progress(range(history.epochs + 1, epochs + 1), "epochs"):
        start = time.perf_counter()
        model.train()
        losses, sizes = [], []
        for x, y in _progress(batches, f"epoch {epoch}"):
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            outputs = model(x)
            check_shapes(outputs, y)
            loss = criterion(outputs, y)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())  # read after the epoch: reading waits for a GPU
            sizes.append(len(y))
        _check_losses(losses, epoch, optimizer)
        measured = evaluate(model, validation, criterion, metrics) if validation is not None else {}
        history.training.append(weighted_mean(torch.stack(losses), sizes))
        for name, value in measured.items():
            history.validation.setdefault(name, []).append(value)
        history.seconds.append(time.perf_counter() - start)
        answers = [_is_true(callback(history)) for callback in callbacks]
        if any(answers):
            break
    return history


def _check_optimizer(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    if not held & {id(parameter) for parameter in model.parameters()}:
        raise ValueError(
            "the optimizer holds none of the model's parameters, so nothing would be learned: "
            "make the optimizer anew, after the model"
        )


def _check_metrics(metrics: Mapping[str, Measure], validation: Pairs | None) -> None:
    # On the rows of an epoch the model changes from batch to batch: they are no place to measure.
    if metrics and validation is None:
        raise ValueError(
            f"there are metrics, {', '.join(metrics)}, and no validation set to measure them on: "
            "give validation, or evaluate(model, batches, criterion, metrics) after training"
        )
    if "loss" in metrics:
        raise ValueError("a metric is called 'loss', as the criterion is: give it another name")


def _is_true(answer: Any) -> bool:
    """Return whether a callback answered True. A number or a list is no answer."""
    if hasattr(answer, "item"):  # a tensor, or a value of NumPy
        if math.prod(answer.shape) != 1:
            raise ValueError(
                f"a callback returned values of shape {tuple(answer.shape)}: return one truth "
                "value, with .all() or .any(), or nothing"
            )
        answer = answer.item()
    return answer is True


def _check_losses(losses: list[Tensor], epoch: int, optimizer: torch.optim.Optimizer) -> None:
    if not losses:
        raise ValueError(
            f"no batches in epoch {epoch}: give a list or a DataLoader, not an iterator, which is "
            "used up after one epoch"
        )
    values = torch.stack(losses).tolist()
    for batch, value in enumerate(values, start=1):
        if not math.isfinite(value):
            rates = ", ".join(f"{group['lr']:g}" for group in optimizer.param_groups)
            raise FloatingPointError(
                f"the loss is {value} in epoch {epoch}, batch {batch}, at learning rate {rates}: "
                "try a learning rate ten times smaller, bring the inputs to mean 0 and standard "
                "deviation 1, and look for nan in that batch; the model has to be made anew"
            )


def _progress(iterable: Iterable[T], name: str) -> Iterable[T]:
    """Return the iterable with a progress bar for terminals, shown once it takes long."""
    if sys.stderr is None or not sys.stderr.isatty():  # tqdm starts a thread even to be silent
        return iterable
    try:
        from tqdm import tqdm
    except ModuleNotFoundError:
        return iterable
    bar: Iterable[T] = tqdm(iterable, name, delay=1, leave=False)
    return bar
