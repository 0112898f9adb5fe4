"""Tensors of the pretended device: values on the CPU, with the same strides and offsets."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch._C import DispatchKey, DispatchKeySet

#: What the device is called, as in `torch.device("pretend")`.
NAME = "pretend"

_META = DispatchKeySet(DispatchKey.Meta)
_as_strided = torch.ops.aten.as_strided.default.redispatch


def ours(value: Any) -> bool:
    """Return whether a value is a tensor of the device."""
    return isinstance(value, Tensor) and value.device.type == NAME


def wrap(raw: Tensor) -> Tensor:
    """Return a tensor of the device that has the values of one on the CPU, and shares them.

    Its storage holds them, not the tensor itself: what autograd saves is a copy of a tensor that
    has the same storage and none of the attributes.
    """
    tensor: Tensor = torch._C._acc.create_empty_tensor(tuple(raw.shape), raw.dtype)
    offset = raw.storage_offset()
    if offset or not raw.is_contiguous():
        tensor = _as_strided(_META, tensor, raw.shape, raw.stride(), offset)  # touches no memory
    tensor.untyped_storage().raw = raw
    return tensor


def raw_of(tensor: Tensor) -> Tensor:
    """Return the values of a tensor of the device, as the tensor on the CPU that holds them."""
    raw: Tensor = tensor.untyped_storage().raw
    offset = tensor.storage_offset()
    same = raw.shape == tensor.shape and raw.stride() == tensor.stride()
    if same and offset == raw.storage_offset():
        return raw
    # torch has made a view without asking the device: `reshape` does so with a copy of its own.
    return raw.as_strided(tensor.shape, tensor.stride(), offset)


def address(tensor: Tensor) -> int:
    """Return where the values of a tensor begin, ours or not; stands for `Tensor.data_ptr`."""
    return _address(raw_of(tensor) if ours(tensor) else tensor)


def of_raw(method: Callable[[torch.UntypedStorage], int]) -> Callable[[torch.UntypedStorage], int]:
    """Return a method of storages that tells of one of ours what is true of the values' own."""

    def told(storage: torch.UntypedStorage) -> int:
        raw = getattr(storage, "raw", None)
        return method(storage if raw is None else raw.untyped_storage())

    return told


def has_storage(tensor: Tensor) -> bool:
    """Return whether torch may copy or save the bytes of a tensor itself; ours have none.

    It stands for `torch._C._has_storage`: without bytes, torch takes the values by way of the CPU.
    """
    return not ours(tensor) and _has_storage(tensor)


_has_storage = torch._C._has_storage
_address = Tensor.data_ptr
