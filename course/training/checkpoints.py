"""Checkpoints: what training needs to go on as if nothing had interrupted it."""

import copy
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from numbers import Real
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.optim.lr_scheduler import LRScheduler

from course.training.files import Saved, atomic_save, checked_load
from course.training.loop import History
from course.training.measuring import device_of

FORMAT = "checkpoint 3"  # a new number whenever what a checkpoint holds changes
PARTS: dict[str, Any] = {
    "model": Mapping,
    "optimizer": Mapping,
    "class": str,
    "groups": list,
    "history": Mapping,
    "generators": list,
    "schedulers": list,
    "cpu": Tensor,
    "cuda": Tensor | None,
}


def save_checkpoint(
    path: str | os.PathLike[str],
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    history: History,
    generators: Sequence[Generator] = (),
    schedulers: Sequence[LRScheduler] = (),
) -> None:
    """Write all that `load_checkpoint` needs to go on after this epoch, in place of what was there.

    As a callback of `fit` it stands last, so that what the others did in this epoch is kept, too.
    The states of torch's own generators, which dropout draws from, are kept without being given:
    that of the CPU, and that of the model's GPU.

    Args:
        path: The file; missing folders are made, and `~` is your home folder.
        model: Whose weights and buffers to keep.
        optimizer: Whose state and settings to keep.
        history: What `fit` gives its callbacks.
        generators: Which draw while training, for example the order of the rows.
        schedulers: Of the learning rate of `optimizer`. What one calls is not kept, such as the
            function of a `LambdaLR`, which is given anew.

    Raises:
        TypeError: If a state holds what could not be read again; nothing is written then. Numbers
            of NumPy, such as a learning rate from `np.logspace`, become those of Python.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> model = nn.Linear(1, 1)
        >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "line.pt"
        ...     save_checkpoint(path, model, optimizer, History(training=[0.7, 0.4]))
        ...     load_checkpoint(path, model, optimizer).training
        [0.7, 0.4]
    """
    value = {
        "format": FORMAT,
        "class": _class(optimizer),
        "groups": _groups(model, optimizer),
        "history": asdict(_history(asdict(history))),
        **_state(model, optimizer, generators, schedulers),
    }
    atomic_save(value, path)


def load_checkpoint(
    path: str | os.PathLike[str],
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    generators: Sequence[Generator] = (),
    schedulers: Sequence[LRScheduler] = (),
) -> History:
    """Return the history to go on from, after bringing everything to the state it had then.

    If there is no file, nothing changes and the history is empty. So one program begins and goes
    on; on the CPU it ends with the same weights, bit for bit, wherever it was interrupted. The
    optimizer's settings, such as the learning rate, are those of the checkpoint. A checkpoint that
    was written on a GPU can be loaded on the CPU, and the reverse.

    Args:
        path: The file that `save_checkpoint` wrote; `~` is your home folder.
        model: Made as it was when the checkpoint was written.
        optimizer: Of the same class, with the same parameters in the same order.
        generators: As many as were saved, in the same order.
        schedulers: The same, of the same classes; they set the rate of `optimizer` when they are
            made, so make them before.

    Raises:
        ValueError: If the file is damaged or no checkpoint, or if the model, the optimizer, the
            generators or the schedulers are not such as it was written from. All of them are then
            as before.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from course.training.loop import fit
        >>> batches = [(torch.tensor([[0.0], [1.0]]), torch.tensor([[1.0], [3.0]]))]
        >>> def program(path):
        ...     model = nn.Linear(1, 1)
        ...     optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        ...     history = load_checkpoint(path, model, optimizer)
        ...     print("epochs before:", history.epochs)
        ...     def save(history):
        ...         save_checkpoint(path, model, optimizer, history)
        ...     fit(model, batches, nn.MSELoss(), optimizer, 9, callbacks=[save], history=history)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     program(Path(folder) / "line.pt")
        ...     program(Path(folder) / "line.pt")
        epochs before: 0
        epochs before: 9
    """
    try:
        saved = checked_load(path, FORMAT)
    except FileNotFoundError:
        return History()
    _check_parts(path, saved)
    check_weights(model, saved["model"])
    _check_optimizer(saved, _class(optimizer), _groups(model, optimizer))
    _check_generators(generators, saved["generators"])
    _check_schedulers(schedulers, saved["schedulers"])
    before = copy.deepcopy(_state(model, optimizer, generators, schedulers))
    try:
        history = _history(saved["history"])
        _put(saved, model, optimizer, generators, schedulers)
    except Exception as error:  # what only the model, the optimizer or torch can tell
        _put(before, model, optimizer, generators, schedulers)
        raise ValueError(
            f"{os.fspath(path)} has a part that cannot be used, and nothing was changed "
            f"({type(error).__name__}: {error}): take another copy"
        ) from error
    return history


def check_weights(model: nn.Module, weights: Mapping[str, Any]) -> None:
    """Raise a `ValueError` unless the weights have the names, shapes and types of the model's.

    Args:
        model: To load them into.
        weights: What `state_dict()` of a model returned.

    Examples:
        >>> check_weights(nn.Linear(2, 1), nn.Linear(2, 1).state_dict())
    """
    there, here = _described(weights), _described(model.state_dict())
    differ = [n for n in {**there, **here} if there.get(n, "none") != here.get(n, "none")]
    if differ:
        name = differ[0]
        raise ValueError(
            f"the weights are another model's: {name} is {there.get(name, 'missing')} in the file, "
            f"{here.get(name, 'missing')} in the model ({len(differ)} such differences); make the "
            "model as it was then"
        )


def _described(weights: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: f"{value.dtype} {tuple(value.shape)}" if isinstance(value, Tensor) else "no tensor"
        for name, value in weights.items()
    }


def _state(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    generators: Sequence[Generator],
    schedulers: Sequence[LRScheduler],
) -> Saved:
    """Return all that `_put` brings back. Tensors are those of now: copy what is to stay."""
    device = device_of(model)
    return {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "generators": [generator.get_state() for generator in generators],
        "schedulers": [[_class(each), each.state_dict()] for each in schedulers],
        "cpu": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state(device) if device.type == "cuda" else None,
    }


def _put(
    state: Saved,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    generators: Sequence[Generator],
    schedulers: Sequence[LRScheduler],
) -> None:
    model.load_state_dict(state["model"])
    settings = dict(optimizer.defaults)  # of this class; loading adds one of torch's own
    optimizer.load_state_dict(state["optimizer"])
    _check_settings(settings, optimizer.param_groups)
    for generator, its in zip(generators, state["generators"], strict=True):
        generator.set_state(its)
    for scheduler, (_, of_then) in zip(schedulers, state["schedulers"], strict=True):
        scheduler.load_state_dict(of_then)
    torch.set_rng_state(state["cpu"])
    device = device_of(model)
    if device.type == "cuda" and state["cuda"] is not None:
        torch.cuda.set_rng_state(state["cuda"], device)


def _history(saved: Mapping[str, Any]) -> History:
    """Return the history of these fields, once it is sure that it is one."""
    history = History(**saved)
    curves = [history.training, history.seconds, *history.validation.values()]
    if len(saved) < 3 or not all(isinstance(curve, list) for curve in curves):
        raise TypeError(f"the history is {saved!r}: give training, validation and seconds as lists")
    numbers: list[Any] = history.training + history.seconds
    for value in numbers:
        if not isinstance(value, Real | Tensor):
            raise TypeError(f"the history holds {value!r} where a number should be")
    return history


def _class(of: torch.optim.Optimizer | LRScheduler) -> str:
    """Return the name of the class with its module: a lesson has an `Adam`, and so has torch."""
    return f"{type(of).__module__}.{type(of).__qualname__}"


def _groups(model: nn.Module, optimizer: torch.optim.Optimizer) -> list[list[str]]:
    """Return for each group of the optimizer the names and shapes of its parameters."""
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    return [
        [f"{names.get(id(p), 'none of the model')} {tuple(p.shape)}" for p in group["params"]]
        for group in optimizer.param_groups
    ]


def _check_parts(path: str | os.PathLike[str], saved: Saved) -> None:
    for name, kind in PARTS.items():
        if name not in saved or not isinstance(saved[name], kind):
            found = type(saved[name]).__name__ if name in saved else "missing"
            raise ValueError(
                f"{os.fspath(path)} has no {name} that can be used (it is {found}): take another "
                "copy, or one that save_checkpoint wrote"
            )


def _check_optimizer(saved: Saved, kind: str, groups: list[list[str]]) -> None:
    if saved["class"] != kind:
        raise ValueError(
            f"the checkpoint is of {saved['class']}, the optimizer {kind}: give the same, because "
            "each class remembers what it does in its own way"
        )
    if saved["groups"] != groups:
        raise ValueError(
            f"the optimizer's groups hold the parameters {groups}, in the checkpoint "
            f"{saved['groups']}: make it with the same parameters in the same order"
        )


def _check_settings(settings: Saved, groups: Sequence[Saved]) -> None:
    """Refuse groups without a setting that each step needs, or with a text for a number."""
    for group in groups:
        for name, usual in settings.items():
            number = isinstance(usual, Real) and not isinstance(usual, bool)
            if name not in group or (number and not isinstance(group[name], Real | Tensor)):
                raise ValueError(f"the setting {name} is {group.get(name, 'missing')!r}")


def _check_generators(generators: Sequence[Generator], states: list[Any]) -> None:
    if len(generators) != len(states):
        raise ValueError(
            f"{len(generators)} generators for {len(states)} in the checkpoint: give those that "
            "were saved, in the same order"
        )
    for i, (generator, state) in enumerate(zip(generators, states, strict=True)):
        if not isinstance(state, Tensor):
            raise ValueError(f"generators[{i}] of the checkpoint is no state: take another copy")
        if generator.get_state().shape != state.shape:
            raise ValueError(
                f"generators[{i}] is on {generator.device}, that of the checkpoint was on another "
                "kind of device: make it there, or better on the CPU in both"
            )


def _check_schedulers(schedulers: Sequence[LRScheduler], states: list[Any]) -> None:
    """Refuse states of other classes, and those that lack something: a scheduler would not."""
    here = [(_class(each), sorted(each.state_dict())) for each in schedulers]
    try:
        there = [(name, sorted(state)) for name, state in states]
    except (TypeError, ValueError):
        there = [("none", [])]
    if [name for name, _ in here] != [name for name, _ in there]:
        names = [", ".join(name for name, _ in each) or "none" for each in (here, there)]
        raise ValueError(
            f"the schedulers are {names[0]}, in the checkpoint {names[1]}: give those that were "
            "saved, in the same order"
        )
    if here != there:
        raise ValueError("a scheduler of the checkpoint lacks a part: take another copy")
