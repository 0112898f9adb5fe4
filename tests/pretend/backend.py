"""Switching the pretended device on: what torch has to be told of it."""

import functools
from typing import Any

import torch
from torch import Tensor
from torch.utils import backend_registration

from tests.pretend.kernel import kernel
from tests.pretend.tensors import NAME, address, has_storage, of_raw, ours, raw_of, wrap
from tests.pretend.waits import FROM_CPU, TO_CPU, note, wait

#: The minor version of torch whose private functions are used here.
WRITTEN_FOR = "2.14"

_libraries: list[torch.library.Library] = []  # what they register ends with them


def why_not() -> str:
    """Return why there is no pretended device here; empty if there is one."""
    if torch.__version__.startswith(f"{WRITTEN_FOR}."):
        return ""
    return f"the pretended device is written for torch {WRITTEN_FOR}, this is {torch.__version__}"


def switch_on() -> None:
    """Make the device known to this process; a second time changes nothing.

    Raises:
        RuntimeError: If this is another version of torch.
    """
    if why_not():
        raise RuntimeError(why_not())
    if _libraries:
        return
    backend_registration._setup_privateuseone_for_python_backend(NAME, backend_module=_Module())
    everything, aten = (torch.library.Library(of, "IMPL") for of in ("_", "aten"))
    _libraries.extend((everything, aten))
    everything.fallback(kernel, "PrivateUse1")
    for name in _in_two_steps():
        aten.impl(name, functools.partial(kernel, _operation(name)), "PrivateUse1")
    for name, function in (
        ("empty.memory_format", _empty),
        ("empty_strided", _empty_strided),
        ("_copy_from", _copy_from),
        ("_local_scalar_dense", _number),
        ("convolution_overrideable", _convolution),
        ("convolution_backward_overrideable", _convolution_backward),
    ):
        aten.impl(name, function, "PrivateUse1")
    torch._C._has_storage = has_storage
    torch.Tensor.data_ptr = address
    for name in ("data_ptr", "nbytes"):
        setattr(torch.UntypedStorage, name, of_raw(getattr(torch.UntypedStorage, name)))
    # As on a GPU, `model.to(device)` moves the parameters that an optimizer holds already.
    torch.__future__.set_swap_module_params_on_conversion(True)


def _in_two_steps() -> list[str]:
    """Return the operations that torch would divide: one to make an empty result, one to fill it.

    As a whole, each takes half the time, and has the name by which it was called.
    """
    kind = "CompositeExplicitAutogradNonFunctional"
    found = torch._C._dispatch_get_registrations_for_dispatch_key(kind)
    return sorted(name.removeprefix("aten::") for name in found if name.startswith("aten::"))


def _operation(name: str) -> Any:
    name, _, overload = name.partition(".")
    return getattr(getattr(torch.ops.aten, name), overload or "default")


class _Module(backend_registration._DummyBackendModule):
    """What `torch.pretend` is: the functions that torch asks each kind of device for."""

    def manual_seed(self, seed: int) -> None:
        """Leave the seed to the CPU, which draws for this device."""

    def synchronize(self, device: object = None) -> None:
        """Wait for the device."""
        wait("synchronize")


def _empty(size: Any, *, dtype: Any = None, memory_format: Any = None, **others: object) -> Tensor:
    form = memory_format or torch.contiguous_format
    note("aten::empty.memory_format")
    return wrap(torch.empty(size, dtype=dtype, memory_format=form, device="cpu"))


def _empty_strided(size: Any, stride: Any, *, dtype: Any = None, **others: object) -> Tensor:
    note("aten::empty_strided")
    return wrap(torch.empty_strided(size, stride, dtype=dtype, device="cpu"))


def _copy_from(source: Tensor, target: Tensor, non_blocking: bool = False) -> Tensor:
    note("aten::_copy_from")
    if not ours(target):
        wait(TO_CPU)
    elif not ours(source) and not non_blocking:
        wait(FROM_CPU)
    (raw_of(target) if ours(target) else target).copy_(raw_of(source) if ours(source) else source)
    return target


def _number(tensor: Tensor) -> Any:
    note("aten::_local_scalar_dense")
    return raw_of(tensor).item()


def _convolution(*arguments: Any) -> Any:
    return kernel(torch.ops.aten.convolution.default, *arguments)


def _convolution_backward(gradient: Tensor, x: Tensor, weight: Tensor, *how: Any) -> Any:
    # The bias has one value for each channel of the output.
    *settings, mask = how
    channels = [gradient.shape[1]]
    backward = torch.ops.aten.convolution_backward.default
    return kernel(backward, gradient, x, weight, channels, *settings, mask)
