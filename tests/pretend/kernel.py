"""What every operation of the pretended device does: check where things are, then use the CPU."""

import functools
import os
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor

from tests.pretend.tensors import NAME, ours, raw_of, wrap
from tests.pretend.waits import note, wait

#: Operations beside those of single elements that take a number from the CPU, as those of CUDA.
_TAKE_NUMBERS = ("aten::fill_", "aten::masked_fill", "aten::where", "aten::mse_loss")
_TAKE_NUMBERS += ("aten::index_put", "aten::_index_put")

#: The process that has the device: like a GPU, it cannot be used in one forked from that.
_process = os.getpid()


@dataclass(frozen=True)
class _About:
    """What is known of an operation: asked for once, because it is called very often.

    Attributes:
        name: As torch spells it.
        takes_numbers: Whether a tensor without dimensions may come from the CPU.
        indexes: Whether its second argument is a list of indices.
    """

    name: str
    takes_numbers: bool
    indexes: bool


@functools.cache
def _about(op: Any) -> _About:
    name: str = op.name()
    return _About(
        name,
        torch.Tag.pointwise in op.tags or name.startswith(_TAKE_NUMBERS),
        name.startswith(("aten::index.", "aten::index_put", "aten::_index_put")),
    )


def kernel(op: Any, *arguments: Any, **named: Any) -> Any:
    """Carry out an operation of torch, of which a tensor of the device is part.

    Raises:
        RuntimeError: If something of it is somewhere else, as CUDA would say it.
    """
    about = _about(op)
    if os.getpid() != _process:
        raise RuntimeError(f"Cannot re-initialize {NAME} in forked subprocess")
    note(about.name)
    place = _Placing(about)
    if about.indexes:
        _check_indices(about.name, *arguments[:2])
        place.anywhere = {id(index) for index in arguments[1]}
    raw = [place.inside(each) for each in arguments]
    raws = {key: place.inside(each) for key, each in named.items()}
    return place.outside(op(*raw, **raws))


class _Placing:
    """Exchanges tensors of the device for those of the CPU that hold their values, and back."""

    def __init__(self, about: _About) -> None:
        self._about = about
        self._wrapped: dict[int, Tensor] = {}
        self.anywhere: set[int] = set()  # what may be on the CPU

    def inside(self, value: Any) -> Any:
        """Return an argument as the CPU takes it, once it is sure that it is on the device."""
        if value is None or type(value) in (int, float, bool, torch.dtype):
            return value
        if isinstance(value, Tensor):
            return self._tensor(value)
        if isinstance(value, (list, tuple)):
            return type(value)(map(self.inside, value))
        if isinstance(value, torch.device):
            return torch.device("cpu") if value.type == NAME else value
        if isinstance(value, Generator) and value.device.type != NAME:
            raise RuntimeError(
                f"Expected a '{NAME}' device type for generator but found '{value.device.type}'"
            )
        return value

    def _tensor(self, value: Tensor) -> Tensor:
        if ours(value):
            raw = raw_of(value)
            self._wrapped[id(raw)] = value
            return raw
        number = self._about.takes_numbers and value.ndim == 0
        if (number or id(value) in self.anywhere) and value.device.type == "cpu":
            return value
        raise RuntimeError(
            "Expected all tensors to be on the same device, but found at least two devices, "
            f"{NAME}:0 and {value.device}! (when checking an argument of {self._about.name})"
        )

    def outside(self, value: Any) -> Any:
        """Return a result: an argument that the operation has changed, or a new tensor."""
        if isinstance(value, Tensor):
            before = self._wrapped.get(id(value))
            if before is None:
                return wrap(value)
            if before.shape != value.shape or before.stride() != value.stride():
                before.data = wrap(value)  # resized, or transposed in place
            return before
        if isinstance(value, (list, tuple)):
            return type(value)(map(self.outside, value))
        return value


def _check_indices(name: str, values: Any, indices: Any) -> None:
    """Refuse what CUDA refuses: only indices may be on the CPU, and the values on the device."""
    if not ours(values):
        raise RuntimeError(
            f"indices should be either on {values.device} or on the same device as the indexed "
            f"tensor ({values.device})"
        )
    masks = [each for each in indices if isinstance(each, Tensor) and each.dtype == torch.bool]
    if masks:
        wait(name)  # how many rows there are is known once they are counted
