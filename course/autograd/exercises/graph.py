"""Exercises of the lesson `autograd/graph`: write it, and `check` tells what is missing."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Generator, Tensor

from course.autograd.engine import Value
from course.autograd.graph import backward_order
from course.practice import Exercise, Mistake


def sine(x: Value) -> Value:
    """Return the sine of a number of our engine, as one more of its operations.

    Args:
        x: In radians.

    Examples:
        >>> x = Value(0)
        >>> sine(x).backward()
        >>> x
        Value(0.0, grad=1.0)
    """
    return Value(math.sin(x.data), ((x, math.cos(x.data)),), "sin")


def _sine_by_torch(x: Value) -> Value:
    tensor = torch.tensor(x.data, dtype=torch.float64, requires_grad=True)
    result = tensor.sin()
    (derivative,) = torch.autograd.grad(result, tensor)
    return Value(result.item(), ((x, derivative.item()),), "sin")


def _within_more(function: Callable[[Value], Value], x: float) -> dict[str, float]:
    """Use the function twice, in an expression where x is needed elsewhere too."""
    value = Value(x)
    sine_of_x = function(value)
    (sine_of_x * sine_of_x + function(3 * value) + value).backward()
    return {"sine": sine_of_x.data, "gradient of sin(x)² + sin(3x) + x": value.grad}


def _angles(generator: Generator) -> Iterator[tuple[float]]:
    yield (0.0,)
    yield (math.pi / 2,)
    for x in torch.randn(3, generator=generator).tolist():
        yield (5 * x,)


one_more_operation = Exercise(
    name="autograd/one_more_operation",
    title="One more operation",
    mark=2,
    prompt="""
The engine has no sine. Give it one: `sine(x)` takes a `Value` and returns the `Value` of its sine,
so that `backward` goes through it as through any other operation. Python's `math` has `sin` and
`cos`.
""",
    solution=sine,
    reference=_sine_by_torch,
    cases=_angles,
    use=_within_more,
    example="""x = Value(2)
y = sine(x * x)
y.backward()
print(y, x)""",
    hints=(
        "Look at `exp`: a new `Value` holds its number, and pairs of an input and the derivative "
        "with respect to it.",
        "There is one pair. Its derivative is a number: the cosine at `x.data`.",
    ),
    mistakes=(
        Mistake(
            ', ((x, math.cos(x.data)),), "sin"',
            "",
            says="The value is right, but it does not know what it was computed from: give it x "
            "and the derivative.",
        ),
        Mistake(
            "math.cos", "-math.cos", says="The derivative has the wrong sign: at 0 the sine rises."
        ),
        Mistake(
            "cos",
            "sin",
            says="That is the sine in place of its derivative; only exp is its own derivative.",
        ),
        Mistake(
            "cos(x.data)",
            "cos(math.sin(x.data))",
            says="Take the cosine at x, the input, not at the sine that came out.",
        ),
    ),
)


def reached(result: Tensor, parameters: Mapping[str, Tensor]) -> list[str]:
    """Return the names of the parameters to which the gradient of a result finds its way.

    Args:
        result: Any shape, with a `grad_fn`. There is no backward pass: its graph stays as it is.
        parameters: Leaf tensors by name.

    Returns:
        Names in the order in which they were given.

    Examples:
        >>> w, b = torch.ones(2, requires_grad=True), torch.zeros(2, requires_grad=True)
        >>> reached(2 * w, {"w": w, "b": b})
        ['w']
    """

    def inputs(node: Any) -> list[Any]:
        return [each for each, _ in node.next_functions if each is not None]

    order = backward_order(result.grad_fn, inputs)
    leaves = [getattr(node, "variable", None) for node in order]
    return [name for name, tensor in parameters.items() if any(tensor is leaf for leaf in leaves)]


def _reached_by_a_pass(result: Tensor, parameters: Mapping[str, Tensor]) -> list[str]:
    able = {name: tensor for name, tensor in parameters.items() if tensor.requires_grad}
    gradients = torch.autograd.grad(result.sum(), list(able.values()), allow_unused=True)
    return [name for name, got in zip(able, gradients, strict=True) if got is not None]


def _deep(w: Tensor) -> Tensor:
    for _ in range(3000):
        w = w + 1
    return w


_RESULTS: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "2 * w": lambda w, b, frozen: 2 * w,
    "b.exp()": lambda w, b, frozen: b.exp(),
    "(w * frozen + b).relu().sum()": lambda w, b, frozen: (w * frozen + b).relu().sum(),
    "(w * frozen).detach() + b.exp()": lambda w, b, frozen: (w * frozen).detach() + b.exp(),
    "w, with 1 added 3000 times": lambda w, b, frozen: _deep(w),
}


def _on_graph(
    function: Callable[[Tensor, Mapping[str, Tensor]], list[str]], computed_as: str
) -> dict[str, Any]:
    w, b = torch.ones(2, requires_grad=True), torch.zeros(2, requires_grad=True)
    frozen = torch.ones(2)
    parameters = {"w": w, "frozen": frozen, "b": b}
    names = function(_RESULTS[computed_as](w, b, frozen), parameters)
    return {"names": names, "gradients afterwards": [w.grad, b.grad]}


def _computations(generator: Generator) -> Iterator[tuple[str]]:
    for name in _RESULTS:
        yield (name,)


who_gets_a_gradient = Exercise(
    name="autograd/who_gets_a_gradient",
    title="Who will get a gradient?",
    mark=3,
    prompt="""
A parameter stays what it was, step after step, and you suspect that no gradient reaches it. Write
`reached(result, parameters)`, which asks the graph: it returns the names of those tensors at which
the gradient of `result` arrives. It must not run `backward`, and the graph may be thousands of
operations deep.
""",
    solution=reached,
    reference=_reached_by_a_pass,
    cases=_computations,
    use=_on_graph,
    example="""w, b = torch.ones(2, requires_grad=True), torch.zeros(2, requires_grad=True)
print(reached((w.exp() * b).sum(), {"w": w, "b": b}))
print(reached((w.exp().detach() * b).sum(), {"w": w, "b": b}))""",
    hints=(
        "`node.next_functions` holds pairs; the first of each is a node, or None where no gradient "
        "is needed.",
        "`backward_order` walks without recursion: give it `result.grad_fn`, and a function that "
        "returns the next nodes. Of a leaf, the node has the tensor as `variable`.",
    ),
    mistakes=(
        Mistake(
            "any(tensor is leaf for leaf in leaves)",
            "tensor.requires_grad",
            says="requires_grad says that a tensor may get a gradient; whether this result sends "
            "it one, only the graph knows.",
        ),
        Mistake(
            "order = backward_order(result.grad_fn, inputs)\n"
            'leaves = [getattr(node, "variable", None) for node in order]\n',
            "result.sum().backward()\n",
            "any(tensor is leaf for leaf in leaves)",
            "tensor.grad is not None",
            says="The names are right, but `backward` has run, and left a gradient in the "
            "parameters: ask the graph.",
        ),
        Mistake(
            "backward_order(result.grad_fn, inputs)",
            "inputs(result.grad_fn)",
            says="That finds what is one step away: go on from each node to its own "
            "next_functions.",
        ),
        Mistake(
            "order = backward_order(result.grad_fn, inputs)\n",
            "def visit(node):\n    return sum(map(visit, inputs(node)), [node])\n\n"
            "order = visit(result.grad_fn)\n",
            says="A function that calls itself for each node ends at Python's limit of about a "
            "thousand calls: use a list of nodes to visit, or backward_order.",
        ),
    ),
)


class Sigmoid(torch.autograd.Function):
    """The function 1 / (1 + exp(-x)), whose derivative can be had from its value.

    Examples:
        >>> Sigmoid.apply(torch.zeros(2))
        tensor([0.5000, 0.5000])
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """Return the value, in the shape of `x`."""
        y = x.sigmoid()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        """Return the gradient of `x`, given that of the value."""
        y: Tensor = ctx.saved_tensors[0]
        return gradient * y * (1 - y)


class SlopeKept(torch.autograd.Function):
    """The sigmoid again. It saves its derivative, a number that is neither input nor result."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """Return the value, in the shape of `x`."""
        y = x.sigmoid()
        ctx.save_for_backward(y * (1 - y))
        return y

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        """Return the gradient of `x`, given that of the value."""
        slope: Tensor = ctx.saved_tensors[0]
        return gradient * slope


class _ForgetfulSigmoid(torch.autograd.Function):
    """The function 1 / (1 + exp(-x)), whose derivative can be had from its value."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """Return the value, in the shape of `x`."""
        y = x.sigmoid()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        """Return the gradient of `x`, given that of the value."""
        y: Tensor = ctx.saved_tensors[0]
        return y * (1 - y)


class _TorchSigmoid:
    apply = staticmethod(torch.sigmoid)


def _twice_derived(function: Any, x: Tensor, weights: Tensor) -> dict[str, Tensor]:
    x = x.clone().requires_grad_()
    y = function.apply(x)
    (first,) = torch.autograd.grad((weights * y).sum(), x, create_graph=True)
    second = torch.zeros_like(x)
    if first.requires_grad:
        (second,) = torch.autograd.grad(first.sum(), x, allow_unused=True, materialize_grads=True)
    return {"value": y, "gradient": first, "gradient of the gradient": second}


def _inputs(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    for shape in ((3,), (2, 2), ()):
        x, weights = torch.randn(2, *shape, generator=generator, dtype=torch.float64)
        yield 2 * x, weights


repair_backward = Exercise(
    name="autograd/repair_backward",
    title="Repair a backward",
    mark=2,
    prompt="""
The gradient of this `Sigmoid` is right for `Sigmoid.apply(x).sum()`, and wrong for
`(3 * Sigmoid.apply(x)).sum()`. Repair `backward`. The derivative of the sigmoid is
$\\sigma(z) \\, (1 - \\sigma(z))$; the check also derives your gradient once more.
""",
    solution=Sigmoid,
    starter=_ForgetfulSigmoid,
    reference=_TorchSigmoid,
    cases=_inputs,
    use=_twice_derived,
    example="""x = torch.zeros(2, dtype=torch.float64, requires_grad=True)
(3 * Sigmoid.apply(x)).sum().backward()
print(x.grad, torch.autograd.gradcheck(Sigmoid.apply, x))""",
    hints=(
        "`backward` gets `gradient`: how the final result changes with this value. Where does it "
        "enter?",
        "By the chain rule the two are multiplied. Save nothing but inputs and results, or the "
        "gradient of the gradient is lost.",
    ),
    mistakes=(
        Mistake(
            _ForgetfulSigmoid,
            says="The gradient that arrives is not used, so that whatever comes after the sigmoid "
            "has no effect: multiply by it.",
        ),
        Mistake(
            "gradient * y",
            "gradient + y",
            says="By the chain rule the two are multiplied, not added.",
        ),
        Mistake(
            "save_for_backward(y)",
            "save_for_backward(x)",
            says="The formula wants the sigmoid's value in both places: save the result, not x.",
        ),
        Mistake(
            SlopeKept,
            says="The gradient is right, its own gradient is not: what you saved is neither input "
            "nor result, so torch takes it for a constant. Save the result, and compute the slope "
            "in backward.",
        ),
    ),
)
