"""What functions of the course make is where their inputs are, whatever torch's default is."""

import ast
import doctest
import importlib
import types
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parent.parent
COURSE = ROOT / "course"
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted(COURSE.rglob("*.py"))
    if path.stem != "__init__" and "exercises" not in path.parts and "practice" not in path.parts
]
MAKERS = {
    *("arange", "as_tensor", "empty", "eye", "full", "linspace", "logspace", "normal", "ones"),
    *("rand", "randint", "randn", "randperm", "range", "scalar_tensor", "tensor", "zeros"),
}
# Without a tensor among their inputs, these make theirs where `nn.Linear` would.
FOLLOW_THE_DEFAULT = {
    "course.tensors.vectors.tabulate",
    "course.linear.prediction.Line.__init__",
    "course.logistic.prediction.LogisticRegression.__init__",
    "course.networks.depth.Deep.__init__",
    "course.networks.depth.Residual.__init__",
    "course.networks.depth.initialise",  # the examples make such a model
    "course.networks.depth.signals",
    "course.networks.hidden.OneHidden.__init__",
    "course.networks.hidden.train_many",  # makes such models, and moves them
    "course.networks.images.SmallCNN.__init__",
    "course.networks.images.occlusion",  # its masks go where the image is
    "course.networks.normalisation.BatchNorm.__init__",
    "course.networks.normalisation.LayerNorm.__init__",
    "course.networks.workflow.Classifier.__init__",
    "course.networks.workflow.train",  # its example trains such a model
}


def made(node, name):
    """Yield the function and the line of each call of torch that makes a tensor anywhere."""
    for child in ast.iter_child_nodes(node):
        inside = f"{name}.{child.name}" if hasattr(child, "name") else name
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute):
            called = child.func
            of_torch = isinstance(called.value, ast.Name) and called.value.id == "torch"
            placed = any(keyword.arg == "device" for keyword in child.keywords)
            if of_torch and called.attr in MAKERS and not placed:
                yield inside, child.lineno
        yield from made(child, inside)


@pytest.mark.parametrize("module", MODULES)
def test_what_a_function_makes_has_a_place(module):
    source = (ROOT / module.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8")
    found = [each for each in made(ast.parse(source), module) if each[0] not in FOLLOW_THE_DEFAULT]
    assert not found, f"{found}: give device=, that of an input, or the CPU"


class OnTheCpu:
    """A module whose functions make their tensors on the CPU: what an example makes as input."""

    def __init__(self, module):
        self._module = module

    def __getattr__(self, name):
        value = getattr(self._module, name)
        if isinstance(value, types.ModuleType):
            return OnTheCpu(value)
        if not callable(value) or (isinstance(value, type) and issubclass(value, torch.Tensor)):
            return value

        def call(*arguments, **named):
            with torch.device("cpu"):
                return value(*arguments, **named)

        return call


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_hold_whatever_the_default_device_is(name):
    module = importlib.import_module(name)
    said = []
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        if f"{test.name}.__init__" in FOLLOW_THE_DEFAULT or test.name in FOLLOW_THE_DEFAULT:
            continue
        for example in test.examples:
            example.source = example.source.replace("import torch\n", "pass\n")
        test.globs = {"torch": torch, **test.globs}
        for key, value in test.globs.items():
            if isinstance(value, types.ModuleType):
                test.globs[key] = OnTheCpu(value)
        with torch.device("meta"):
            doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert not said, "".join(said)
