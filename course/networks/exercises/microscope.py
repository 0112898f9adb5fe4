"""Exercises of the lesson `networks/microscope`: write it, and `check` tells what is missing."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F  # noqa: N812, the name it has everywhere

from course.networks.microscope import rms
from course.practice import Exercise, Mistake


def without_gradient(model: nn.Module) -> list[str]:
    """Return the names of the parameters that wait for a gradient in vain.

    Args:
        model: After `zero_grad` and `backward`.

    Returns:
        Names in the order of `named_parameters`.

    Examples:
        >>> model = nn.Linear(2, 1)
        >>> model.bias.sum().backward()
        >>> without_gradient(model)
        ['weight']
    """
    return [
        name
        for name, parameter in model.named_parameters()
        if parameter.requires_grad and parameter.grad is None
    ]


def _by_modules(model: nn.Module) -> list[str]:
    names = []
    for path, module in model.named_modules():
        for name, parameter in module._parameters.items():
            if parameter is None or not parameter.requires_grad:
                continue
            if parameter.grad is None:
                names.append(f"{path}.{name}" if path else name)
    return names


class _Layers(nn.Module):
    def __init__(self, kind: str) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(3, 4), nn.Linear(4, 4, bias=False)
        self.last, self.kind = nn.Linear(4, 2), kind
        nn.init.constant_(self.first.bias, -100.0 if "dead" in kind else 1.0)
        self.first.requires_grad_("frozen" not in kind)

    def forward(self, x: Tensor) -> Tensor:
        h: Tensor = self.first(x).relu()
        h = self.second(h.detach() if "cut below" in self.kind else h)
        if self.kind == "last unused":
            return h
        logits: Tensor = self.last(h.detach() if "cut above" in self.kind else h)
        return logits


def _after_backward(function: Callable[[nn.Module], list[str]], kind: str) -> list[str]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = _Layers(kind)
        x = torch.randn(5, 3)
    model(x).square().mean().backward()
    return function(model)


def _kinds(generator: Generator) -> Iterator[tuple[str]]:
    yield ("whole",)
    yield ("cut below",)
    yield ("cut above",)
    yield ("frozen",)
    yield ("frozen, cut above",)
    yield ("dead",)
    yield ("last unused",)


no_gradient = Exercise(
    name="networks/no_gradient",
    title="Which one got no gradient?",
    mark=1,
    prompt="""
Without the microscope: `backward` has run, and you have the model alone. Write
`without_gradient(model)`, a list of the names of those parameters that ask for a gradient and got
none. A frozen one does not ask. And units that are dead?
""",
    solution=without_gradient,
    reference=_by_modules,
    cases=_kinds,
    use=_after_backward,
    example="""model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
model[1](model[0](torch.ones(1, 2)).detach()).sum().backward()
print(without_gradient(model))""",
    hints=(
        "`model.named_parameters()` gives pairs of a name and a parameter.",
        "What never got a gradient has `grad is None`. Zeros are a gradient.",
    ),
    mistakes=(
        Mistake(
            "parameter.requires_grad and ",
            "",
            says="A frozen parameter was not meant to get one: leave it out.",
        ),
        Mistake(
            "parameter.grad is None",
            "(parameter.grad is None or not parameter.grad.any())",
            says="Zeros did arrive: those units are dead, but nothing is cut.",
        ),
        Mistake(
            "parameter.grad is None",
            "parameter.grad is not None",
            says="Those are the ones that got a gradient.",
        ),
    ),
)


def rate_for(weight: Tensor, gradient: Tensor, ratio: float) -> float:
    """Return the learning rate at which a step of SGD has this ratio of update to weight.

    Args:
        weight: Any shape, not all zeros.
        gradient: The same shape, not all zeros.
        ratio: The size of the update in parts of the size of the weight.

    Examples:
        >>> rate_for(torch.tensor([3.0, -3.0]), torch.tensor([0.5, 0.5]), ratio=0.5)
        3.0
    """
    return float(ratio * rms(weight) / rms(gradient))


def _by_trying(weight: Tensor, gradient: Tensor, ratio: float) -> float:
    with torch.enable_grad():
        parameter = weight.clone().requires_grad_()
        optimizer = torch.optim.SGD([parameter], lr=1.0)
        parameter.grad = gradient.clone()
        optimizer.step()
    update = parameter.detach() - weight
    return ratio / float(update.norm() / weight.norm())


def _weights(generator: Generator) -> Iterator[tuple[Tensor, Tensor, float]]:
    yield torch.tensor([3.0, -3.0]), torch.tensor([0.5, 0.5]), 0.5
    for shape, ratio in (((3, 4), 0.001), ((5,), 0.02)):
        weight = torch.randn(shape, generator=generator, dtype=torch.float64)
        gradient = torch.randn(shape, generator=generator, dtype=torch.float64)
        yield weight, 0.3 * gradient, ratio


rate_for_ratio = Exercise(
    name="networks/rate_for_ratio",
    title="A learning rate by its ratio",
    mark=2,
    prompt="""
You want the first step of SGD to change a weight by a thousandth of its size. At which learning
rate? Write `rate_for(weight, gradient, ratio)`, a `float`, with the sizes of this lesson, `rms`.
Before you write: what happens to that rate if somebody multiplies the loss by ten?
""",
    solution=rate_for,
    reference=_by_trying,
    cases=_weights,
    example="print(rate_for(torch.tensor([3.0, -3.0]), torch.tensor([0.5, 0.5]), ratio=0.5))",
    hints=(
        "The update is the rate times the gradient, element by element. So what is its size?",
        "ratio = rate × rms(gradient) / rms(weight): solve it for the rate.",
    ),
    mistakes=(
        Mistake(
            "ratio * rms(weight) / rms(gradient)",
            "ratio * rms(gradient) / rms(weight)",
            says="Upside down: a larger gradient needs a smaller rate for the same ratio.",
        ),
        Mistake(
            "rms(weight) / rms(gradient)",
            "weight.mean() / gradient.mean()",
            says="In a mean, positive and negative elements cancel: take the size.",
        ),
        Mistake(
            "ratio * rms(weight)",
            "ratio",
            says="At that rate the update itself has that size: the weight's is missing.",
        ),
        Mistake(
            "rms(weight) / rms(gradient)",
            "rms(weight / gradient)",
            says="The size of the quotients is another number than the quotient of the sizes.",
        ),
    ),
)


def gradient_at(
    model: nn.Module,
    name: str,
    x: Tensor,
    y: Tensor,
    criterion: Callable[[Tensor, Tensor], Tensor],
) -> Tensor:
    """Return the gradient of the loss by the output of a module, in the shape of that output.

    Args:
        model: It keeps its hooks and the `grad` of its parameters.
        name: Of a module that is called once, as `named_modules` has it.
        x: What the model takes.
        y: The targets.
        criterion: Takes what the model returns, and the targets.

    Examples:
        >>> model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2))
        >>> x, y = torch.ones(4, 2), torch.zeros(4).long()
        >>> gradient_at(model, "1", x, y, nn.CrossEntropyLoss()).shape
        torch.Size([4, 3])
    """
    caught: list[Tensor] = []
    module = model.get_submodule(name)
    handle = module.register_forward_hook(lambda module, given, out: caught.append(out))
    loss = criterion(model(x), y)
    handle.remove()
    (gradient,) = torch.autograd.grad(loss, caught)
    return gradient


def _in_two_parts(
    model: nn.Sequential,
    name: str,
    x: Tensor,
    y: Tensor,
    criterion: Callable[[Tensor, Tensor], Tensor],
) -> Tensor:
    place = int(name) + 1
    with torch.no_grad():
        middle = model[:place](x)
    middle.requires_grad_()
    gradient: Tensor
    (gradient,) = torch.autograd.grad(criterion(model[place:](middle), y), middle)
    return gradient


def _on_model(function: Callable[..., Tensor], name: str, seed: int) -> dict[str, Any]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = nn.Sequential(
            nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 2)
        )
        x, y = torch.randn(5, 3), torch.randint(2, (5,))
    gradient = function(model, name, x, y, F.cross_entropy)
    return {
        "gradient": gradient,
        "hooks left": sum(len(each._forward_hooks) for each in model.modules()),
        "grad of the parameters": [each.grad for each in model.parameters()],
    }


def _places(generator: Generator) -> Iterator[tuple[str, int]]:
    yield "1", 0
    yield "2", 1
    yield "3", 2


own_microscope = Exercise(
    name="networks/own_microscope",
    title="A microscope of your own",
    mark=3,
    prompt="""
One tensor is enough: write `gradient_at(model, name, x, y, criterion)`, which returns the gradient
of the loss by the output of the module with that name. The model is to stay as it is: no hook is
left behind, and no `grad` of a parameter is touched.
""",
    solution=gradient_at,
    reference=_in_two_parts,
    cases=_places,
    use=_on_model,
    example="""model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2))
x, y = torch.ones(4, 2), torch.zeros(4).long()
print(gradient_at(model, "1", x, y, nn.CrossEntropyLoss()).shape)""",
    hints=(
        "`model.get_submodule(name)` is the module. What you give its `register_forward_hook` is "
        "called with the module, its inputs and its output.",
        "What a hook returns takes the place of the output, unless it is None; "
        "`register_forward_hook` returns a handle with `remove()`.",
        "`torch.autograd.grad(loss, tensors)` returns gradients and touches no `grad`.",
    ),
    mistakes=(
        Mistake(
            "    handle.remove()\n",
            "",
            says="The hook is still there, and will be called at every forward pass: remove it.",
        ),
        Mistake(
            "    (gradient,) = torch.autograd.grad(loss, caught)\n    return gradient\n",
            "    caught[0].retain_grad()\n    loss.backward()\n    return caught[0].grad\n",
            says="The gradient is right, but `backward` has left one in every parameter: "
            "`torch.autograd.grad` does not.",
        ),
        Mistake(
            "caught.append(out)",
            "caught.append(given[0])",
            says="That is what goes into the module: take what comes out.",
        ),
        Mistake(
            "caught.append(out)",
            "caught.append(out) or out.detach()",
            says="What the hook returns has taken the place of the output: let it return None.",
        ),
    ),
)
