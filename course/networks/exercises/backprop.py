"""Exercises of the lesson `networks/backprop`: write it, and `check` tells what is missing."""

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def tanh_backward(gradient: Tensor, h: Tensor) -> Tensor:
    """Return the gradient of what went into tanh.

    Args:
        gradient: That of the output, from above, any shape.
        h: The output, `tanh(a)`, the same shape.

    Examples:
        >>> tanh_backward(torch.tensor([10.0, 10.0]), torch.tensor([0.0, 0.5]))
        tensor([10.0000,  7.5000])
    """
    return gradient * (1 - h**2)


def _tanh_by_autograd(gradient: Tensor, h: Tensor) -> Tensor:
    a = h.atanh().requires_grad_()
    (result,) = torch.autograd.grad(a.tanh(), a, gradient)
    return result


def _outputs(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([10.0, 10.0]), torch.tensor([0.0, 0.5])
    a = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    yield torch.randn(4, 3, generator=generator, dtype=torch.float64), a.tanh()


tanh_gradient = Exercise(
    name="networks/tanh_gradient",
    title="Another bend",
    mark=1,
    prompt=r"""
Put tanh in the place of ReLU: $h = \tanh(a)$. Its slope is $1 - \tanh^2(a)$. Write
`tanh_backward(gradient, h)`: the gradient of $a$, from that of $h$ and from $h$ itself, which is
what the way forward has kept.
""",
    solution=tanh_backward,
    reference=_tanh_by_autograd,
    cases=_outputs,
    example="print(tanh_backward(torch.tensor([10.0, 10.0]), torch.tensor([0.0, 0.5])))",
    hints=(
        "The local derivative, times the gradient from above, element by element.",
        r"You have $h$ already: $\tanh^2(a)$ is $h^2$.",
    ),
    mistakes=(
        Mistake(
            "gradient * (1 - h**2)",
            "1 - h**2",
            says="That is the local derivative alone: the gradient from above is missing.",
        ),
        Mistake(
            "1 - h**2",
            "1 - h.tanh() ** 2",
            says="`h` has been through tanh already: what you get is the output, not a.",
        ),
        Mistake(
            "gradient * (1 - h**2)",
            "gradient * (h > 0)",
            says="That is the way back through ReLU.",
        ),
        Mistake("1 - h**2", "1 - h", says="The slope has the square of h."),
    ),
)


def first_wrong(ours: dict[str, Tensor], theirs: dict[str, Tensor]) -> str:
    """Return the first name whose gradients differ in shape, or by more than 1e-9; else "".

    Args:
        ours: Gradients by name, in the order of the way back.
        theirs: The same names, in any order.

    Examples:
        >>> one, two = torch.tensor([1.0]), torch.tensor([2.0])
        >>> first_wrong({"z": one, "W2": one, "h": one}, {"h": two, "W2": two, "z": one})
        'W2'
    """
    for name, gradient in ours.items():
        if gradient.shape != theirs[name].shape:
            return name
        if (gradient - theirs[name]).abs().max() > 1e-9:
            return name
    return ""


def _by_their_names(ours: dict[str, Tensor], theirs: dict[str, Tensor]) -> str:
    wrong = [
        name
        for name in ours
        if ours[name].shape != theirs[name].shape
        or not torch.allclose(ours[name], theirs[name], rtol=0, atol=1e-9)
    ]
    return next(iter(wrong), "")


def _gradients(generator: Generator) -> Iterator[tuple[dict[str, Tensor], dict[str, Tensor]]]:
    shapes = {"z": (5, 3), "b2": (3,), "W2": (3, 4), "h": (5, 4), "a": (5, 4), "b1": (4,)}
    right = {
        name: torch.randn(shape, generator=generator, dtype=torch.float64)
        for name, shape in shapes.items()
    }
    known = dict(sorted(right.items()))  # by the alphabet: not the order of the way back
    yield dict(right), known
    yield {name: each + 1e-14 for name, each in right.items()}, known
    yield right | {"b2": right["z"]}, known  # not summed: another shape, with the rows in it
    yield right | {"b2": known["b2"] + torch.zeros(5, 1)}, known  # each row is right, if compared
    yield right | {"a": -right["a"], "b1": -right["b1"]}, known
    yield right | {"b1": 2 * right["b1"]}, known
    for difference in (1e-3, 1e-6, 1.05e-9):
        nearly = right["h"].clone()
        nearly[2, 1] -= difference
        yield right | {"h": nearly, "b1": right["b1"] + 1}, known
    yield {name: each + 1 for name, each in right.items()}, known
    nothing = {"z": torch.zeros(2, dtype=torch.float64)}
    yield {"z": nothing["z"] + 1e-9}, nothing  # no more than 1e-9


first_fault = Exercise(
    name="networks/first_fault",
    title="Where is the mistake?",
    mark=2,
    prompt="""
Many names differ from autograd's, and one line of your way back is wrong. Which line do you look
at? Write `first_wrong(ours, theirs)`: the name at which the fault shows first, or `""` if all is
right. `ours` is in the order of the way back. Gradients differ if their shapes do, or if any
element is more than 1e-9 apart.
""",
    solution=first_wrong,
    reference=_by_their_names,
    cases=_gradients,
    example="""
one, two = torch.tensor([1.0]), torch.tensor([2.0])
print(first_wrong({"z": one, "W2": one, "h": one}, {"h": two, "W2": two, "z": one}))
""",
    hints=(
        "What is wrong is passed on downwards. So the fault is at the first name, going back.",
        "`(5, 3)` less `(3,)` broadcasts: compare the shapes before the elements.",
    ),
    mistakes=(
        Mistake(
            "        if gradient.shape != theirs[name].shape:\n            return name\n",
            "",
            says="A bias that was not summed broadcasts against the right one: compare the shapes.",
        ),
        Mistake(
            "in ours.items():",
            "in reversed(ours.items()):",
            says="That is the last name that differs: it has got the fault from above.",
        ),
        Mistake(
            "for name, gradient in ours.items():",
            "for name, gradient in sorted(ours.items()):",
            says="Names in the order of the alphabet are not in that of the way back.",
        ),
        Mistake(
            "(gradient - theirs[name]).abs().max()",
            "(gradient - theirs[name]).max()",
            says="Some differences are negative: take their size.",
        ),
        Mistake(
            "if (gradient - theirs[name]).abs().max() > 1e-9",
            "if not torch.equal(gradient, theirs[name])",
            says="The last digit is rounding: two right ways to a gradient may differ there.",
        ),
    ),
)


def weight_gradients(x: Tensor, weights: list[Tensor], gradient: Tensor) -> list[Tensor]:
    """Return the gradient of each weight of a deep network without biases, in their order.

    Args:
        x: Inputs, shape `(n, d)`.
        weights: Those of each layer, shape `(outputs, inputs)`; ReLU stands between two layers.
        gradient: That of the outputs of the last layer, shape `(n, k)`.

    Examples:
        >>> x, weights = torch.tensor([[2.0]]), [torch.tensor([[3.0]]), torch.tensor([[2.0]])]
        >>> weight_gradients(x, weights, torch.tensor([[4.0]]))
        [tensor([[16.]]), tensor([[24.]])]
    """
    inputs = [x]
    for weight in weights[:-1]:
        inputs.append((inputs[-1] @ weight.T).relu())
    found = []
    for weight, each in zip(reversed(weights), reversed(inputs), strict=True):
        found.append(gradient.T @ each)
        gradient = gradient @ weight * (each > 0)
    return found[::-1]


def _deep_by_autograd(x: Tensor, weights: list[Tensor], gradient: Tensor) -> list[Tensor]:
    leaves = [weight.clone().requires_grad_() for weight in weights]
    outputs = x @ leaves[0].T
    for weight in leaves[1:]:
        outputs = outputs.relu() @ weight.T
    return list(torch.autograd.grad(outputs, leaves, gradient))


def _deep(generator: Generator) -> Iterator[tuple[Tensor, list[Tensor], Tensor]]:
    yield (
        torch.tensor([[2.0]]),
        [torch.tensor([[3.0]]), torch.tensor([[2.0]])],
        torch.tensor([[4.0]]),
    )
    for sizes in ([3, 2], [3, 5, 2], [4, 6, 5, 7, 2]):
        x, gradient = (
            torch.randn(8, size, generator=generator, dtype=torch.float64)
            for size in (sizes[0], sizes[-1])
        )
        weights = [
            torch.randn(after, before, generator=generator, dtype=torch.float64)
            for before, after in pairwise(sizes)
        ]
        yield x, weights, gradient


deep_gradients = Exercise(
    name="networks/deep_gradients",
    title="Any number of layers",
    mark=3,
    prompt="""
A deep network without biases: linear, ReLU, linear, ReLU, …, linear. Write
`weight_gradients(x, weights, gradient)`: the gradients of all weights, in the order of `weights`,
given the gradient of the outputs, without autograd. Keep on the way forward what you need on the
way back.
""",
    solution=weight_gradients,
    reference=_deep_by_autograd,
    cases=_deep,
    example="""
x, weights = torch.tensor([[2.0]]), [torch.tensor([[3.0]]), torch.tensor([[2.0]])]
print(weight_gradients(x, weights, torch.tensor([[4.0]])))
""",
    hints=(
        "Forward, keep what goes into each layer: `x` into the first, the output of a ReLU into "
        "each other.",
        "Back, layer by layer from the last: the gradient of its weight, then that of its input.",
        "The input of a layer is the output of a ReLU: where it is above 0, so was what went in.",
    ),
    mistakes=(
        Mistake(
            " * (each > 0)",
            "",
            says="The ReLU between two layers is missing on the way back.",
        ),
        Mistake(
            "        found.append(gradient.T @ each)\n"
            "        gradient = gradient @ weight * (each > 0)\n",
            "        gradient = gradient @ weight * (each > 0)\n"
            "        found.append(gradient.T @ each)\n",
            says="The gradient of a weight comes from that of its layer's output, before it is "
            "passed on to the input.",
        ),
        Mistake(
            "return found[::-1]",
            "return found",
            says="They were found from the last layer to the first: give them in the order of "
            "`weights`.",
        ),
        Mistake(
            "(inputs[-1] @ weight.T).relu()",
            "inputs[-1] @ weight.T",
            says="The ReLU is missing on the way forward, so the inputs of the layers are wrong.",
        ),
        Mistake(
            "gradient.T @ each",
            "each.T @ gradient",
            says="A gradient has the shape of its weight, (outputs, inputs).",
        ),
    ),
)
