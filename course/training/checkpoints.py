"""Checkpoints: what training needs to go on as if nothing had interrupted it."""

import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor, nn

from course.training.loop import History
from course.training.measuring import device_of

FORMAT = "checkpoint 1"  # a new number whenever what a checkpoint holds changes
Saved = dict[str, Any]


def save_checkpoint(
    path: str | os.PathLike[str],
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    history: History,
    generators: Sequence[Generator] = (),
) -> None:
    """Write all that `load_checkpoint` needs to go on after this epoch, in place of what was there.

    As a callback of `fit` it stands last, so that what the others did in this epoch is kept, too.
    The states of torch's own generators, which dropout draws from, are kept without being given:
    that of the CPU, and that of the model's GPU.

    Other states are not kept, such as that of a learning rate scheduler. One whose rate is a
    function of the epoch needs none: made after `load_checkpoint`,
    `LambdaLR(optimizer, rate, last_epoch=history.epochs - 1)` both begins and goes on.

    Args:
        path: The file; missing folders are made.
        model: Whose weights and buffers to keep.
        optimizer: Whose state and settings to keep.
        history: What `fit` gives its callbacks.
        generators: Which draw while training, for example the order of the rows.

    Examples:
        >>> import tempfile
        >>> model = nn.Linear(1, 1)
        >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "line.pt"
        ...     save_checkpoint(path, model, optimizer, History(training=[0.7, 0.4]))
        ...     load_checkpoint(path, model, optimizer).training
        [0.7, 0.4]
    """
    device = device_of(model)
    value = {
        "format": FORMAT,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "layout": _layout(optimizer),
        "history": asdict(history),
        "generators": [generator.get_state() for generator in generators],
        "cpu": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state(device) if device.type == "cuda" else None,
    }
    atomic_save(value, path)


def load_checkpoint(
    path: str | os.PathLike[str],
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    generators: Sequence[Generator] = (),
) -> History:
    """Return the history to go on from, after bringing everything to the state it had then.

    If there is no file, nothing changes and the history is empty. So one program begins and goes
    on; on the CPU it ends with the same weights, bit for bit, wherever it was interrupted. The
    optimizer's settings, such as the learning rate, are those of the checkpoint. A checkpoint that
    was written on a GPU can be loaded on the CPU, and the reverse.

    Args:
        path: The file that `save_checkpoint` wrote.
        model: Made as it was when the checkpoint was written.
        optimizer: Likewise, with the parameters in the same order.
        generators: As many as were saved, in the same order.

    Raises:
        ValueError: If the file is damaged or no checkpoint, or if the model, the optimizer or the
            generators are not such as it was written from. All of them are then as before.

    Examples:
        >>> import tempfile
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
    check_weights(model, saved["model"])
    _check_optimizer(optimizer, saved["layout"])
    _check_generators(generators, saved["generators"])
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
    for generator, state in zip(generators, saved["generators"], strict=True):
        generator.set_state(state)
    torch.set_rng_state(saved["cpu"])
    device = device_of(model)
    if device.type == "cuda" and saved["cuda"] is not None:
        torch.cuda.set_rng_state(saved["cuda"], device)
    return History(**saved["history"])


def atomic_save(value: Saved, path: str | os.PathLike[str]) -> None:
    """Write the value to the file, which holds the old or the new value whole at every moment.

    The value goes to a second file beside it, named with `.part` at its end, that then takes its
    place. If the program is killed in between, the `.part` stays until the next time.

    Args:
        value: With its `"format"`, a text, for `checked_load`.
        path: The file; missing folders are made.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     atomic_save({"format": "numbers 1", "numbers": [1, 2]}, Path(folder) / "numbers.pt")
        ...     checked_load(Path(folder) / "numbers.pt", "numbers 1")
        {'format': 'numbers 1', 'numbers': [1, 2]}
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")  # a rename is atomic within one file system only
    try:
        with part.open("wb") as file:
            torch.save(value, file)
            file.flush()
            os.fsync(file.fileno())  # the content first, or a power cut may leave an empty file
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def checked_load(path: str | os.PathLike[str], format: str) -> Saved:
    """Return what `atomic_save` wrote, with its tensors on the CPU. It runs no code of the file's.

    Args:
        path: The file.
        format: What the value must have as its `"format"`.

    Raises:
        FileNotFoundError: If there is no file.
        ValueError: If the file is damaged or holds something else.
    """
    with Path(path).open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:  # torch.load does not look at the checksums
                damaged = archive.testzip()
            if damaged is not None:
                raise ValueError(f"the checksum of {damaged} is wrong")
            file.seek(0)
            value = torch.load(file, map_location="cpu", weights_only=True)
        except Exception as error:
            raise ValueError(
                f"{os.fspath(path)} cannot be read, because it is damaged or of another kind: take "
                "another copy, or delete it to begin anew"
            ) from error
    found = value.get("format") if isinstance(value, dict) else type(value).__name__
    if found != format:
        raise ValueError(
            f"{os.fspath(path)} holds {found!r} where {format!r} was expected: give another path, "
            "or delete the file to begin anew"
        )
    return dict(value)


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


def _layout(optimizer: torch.optim.Optimizer) -> list[Any]:
    """Return the optimizer's name, and for each group the shapes of its parameters."""
    groups = [[list(p.shape) for p in group["params"]] for group in optimizer.param_groups]
    return [type(optimizer).__name__, groups]


def _check_optimizer(optimizer: torch.optim.Optimizer, there: list[Any]) -> None:
    here = _layout(optimizer)
    if here[0] != there[0]:
        raise ValueError(f"the checkpoint is of {there[0]}, the optimizer {here[0]}: give the same")
    if here[1] != there[1]:
        raise ValueError(
            f"the optimizer's groups hold parameters of the shapes {here[1]}, in the checkpoint "
            f"{there[1]}: make it with the same parameters in the same order"
        )


def _check_generators(generators: Sequence[Generator], states: list[Tensor]) -> None:
    if len(generators) != len(states):
        raise ValueError(
            f"{len(generators)} generators for {len(states)} in the checkpoint: give those that "
            "were saved, in the same order"
        )
    for i, (generator, state) in enumerate(zip(generators, states, strict=True)):
        if generator.get_state().shape != state.shape:
            raise ValueError(
                f"generators[{i}] is on {generator.device}, that of the checkpoint was on another "
                "kind of device: make it there, or better on the CPU in both"
            )
