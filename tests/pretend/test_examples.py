"""Functions of the course work where their inputs are: every example, with inputs on the device.

What the example itself makes with torch is made on the device, and torch's own default stays the
CPU: so whatever a function makes without looking where its inputs are meets them on the CPU, and
raises. Outputs are compared as they stand, without their device.
"""

import doctest
import functools
import importlib
import types
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.pretend.tensors import NAME

#: What is about memory of the CPU, or names it.
ON_THE_CPU = {
    "course.plotting.drawings.sharing.sharing",
    "course.data.interop.shares_memory",
    "course.training.measuring.device_of",
    "course.networks.depth.initialise",  # by a generator of the CPU
    "course.notes.networks.mode_matters",  # likewise
    "course.networks.images.Augmented",  # this device has no `&=` with a truth of Python
}
COURSE = Path(__file__).parents[2] / "course"
MODULES = [
    ".".join(path.relative_to(COURSE.parent).with_suffix("").parts)
    for path in sorted(COURSE.rglob("*.py"))
    if path.stem != "__init__" and not {"exercises", "practice"} & set(path.parts)
]


class OnTheDevice:
    """A module of torch that makes its tensors on the device, for whoever calls it by this."""

    def __init__(self, module):
        self._module = module

    def __getattr__(self, name):
        value = getattr(self._module, name)
        if isinstance(value, types.ModuleType):
            return OnTheDevice(value)
        if not callable(value) or (isinstance(value, type) and issubclass(value, torch.Tensor)):
            return value
        return on_the_device(value)


def on_the_device(function):
    """Return a function that makes its tensors on the device, unless it is told where."""

    @functools.wraps(function, updated=())
    def call(*arguments, **named):
        with torch.device(NAME):
            return function(*arguments, **named)

    return call


def moved(model):
    """Return a class of models that are made on the CPU and then moved, as a lesson does it."""
    return lambda *arguments, **named: model(*arguments, **named).to(NAME)


class WithoutPlace(doctest.OutputChecker):
    """Compares outputs but for where tensors are."""

    def check_output(self, want, got, flags):
        return super().check_output(want, " ".join(got.replace(PLACE, "").split()), flags)


PLACE = f", device='{NAME}:0'"


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_hold_on_the_device(name):
    module = importlib.import_module(name)
    said = []
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        if test.name in ON_THE_CPU:
            continue
        for example in test.examples:
            example.source = example.source.replace("import torch\n", "pass\n")
        test.globs = {"torch": torch, **test.globs}
        for key, value in test.globs.items():
            if isinstance(value, types.ModuleType) and value.__name__.startswith("torch"):
                test.globs[key] = OnTheDevice(value)
            elif isinstance(value, type) and issubclass(value, nn.Module):
                test.globs[key] = moved(value)
        runner = doctest.DocTestRunner(
            WithoutPlace(), verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE
        )
        runner.run(test, out=said.append)
    assert not said, "".join(said)
