"""The graph that torch records while it computes: read it, and add a function of your own to it."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch.autograd.graph import Node

Item = TypeVar("Item", bound=Hashable)


def backward_order(result: Item, inputs: Callable[[Item], Iterable[Item]]) -> list[Item]:
    """Return all that a result was computed from, each after all that came from it.

    In this order gradients can go from the result to the leaves in one pass: when the
    turn of a value has come, nothing can arrive at it any more. There is no recursion,
    so that a graph may be as deep as memory allows.

    Source: Kahn, *Topological sorting of large networks* (1962).

    Args:
        result: Where to start; it comes first.
        inputs: Gives for each value those that it was computed from; one used twice,
            twice.

    Raises:
        ValueError: If a value was computed from itself.

    Examples:
        >>> inputs = {"f": ["xy", "x"], "xy": ["x", "y"], "x": [], "y": []}
        >>> backward_order("f", inputs.__getitem__)
        ['f', 'xy', 'y', 'x']
    """
    uses: Counter[Item] = Counter()
    found = [result]
    for value in found:  # grows while it is read
        for each in inputs(value):
            if each not in uses:
                found.append(each)
            uses[each] += 1
    order, ready = [], [result]
    while ready:
        value = ready.pop()
        order.append(value)
        for each in inputs(value):
            uses[each] -= 1
            if uses[each] == 0:
                ready.append(each)
    if len(order) < len(found):
        raise ValueError("a value comes from itself: give a graph without circles")
    return order


def trace(
    result: Tensor, names: Mapping[str, Tensor] | None = None
) -> tuple[list[str], list[tuple[int, int]]]:
    r"""Return the graph behind a tensor: the text of each node, and the edges.

    A node is an operation that torch recorded, or a leaf that gets a gradient, here as
    the leaf's name and shape. An edge leads from an operation to where its gradient goes
    next. The order is that of `backward_order`.

    Args:
        result: Any shape; computed from a tensor that requires a gradient.
        names: Tensors by name. One that is not in the graph changes nothing.

    Returns:
        A text for each node, and pairs of positions in that list.

    Raises:
        ValueError: If the tensor has no `grad_fn`.

    Examples:
        >>> w = torch.ones(3, requires_grad=True)
        >>> trace((2 * w).sum(), {"w": w})
        (['SumBackward0', 'MulBackward0', 'w\n(3,)'], [(0, 1), (1, 2)])
    """
    if result.grad_fn is None:
        raise ValueError(_without_graph(result))
    # The nodes have to stay alive: wrapped anew by torch, each would be another key.
    order = backward_order(result.grad_fn, _next)
    position = {node: index for index, node in enumerate(order)}
    edges = [(position[node], position[each]) for node in order for each in _next(node)]
    return [_text(node, names or {}) for node in order], edges


def _without_graph(tensor: Tensor) -> str:
    if tensor.requires_grad:
        return "the tensor is a leaf, and has no grad_fn: give one that was computed from it"
    return (
        "the tensor has no grad_fn: compute it from a tensor with requires_grad=True, "
        "outside torch.no_grad() and without detach()"
    )


def _next(node: Node) -> list[Node]:
    """Return where the gradients of a node go; what needs none, torch notes as None."""
    return [each for each, _ in node.next_functions if each is not None]


def _text(node: Node, names: Mapping[str, Tensor]) -> str:
    if type(node).__name__ != "AccumulateGrad":
        own = [name for name, tensor in names.items() if tensor.grad_fn is node]
        return "\n".join([", ".join(own), node.name()] if own else [node.name()])
    leaf: Tensor = node.variable  # type: ignore[attr-defined]
    own = [name for name, tensor in names.items() if tensor is leaf]
    return f"{', '.join(own) or 'leaf'}\n{tuple(leaf.shape)}"


class Softplus(torch.autograd.Function):
    r"""The function $\ln(1 + e^x)$, with its derivative, not that of a formula for it.

    `softplus` calls it. It saves the input, so that the derivative has one in its turn.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """Return the value, in the shape of `x`, without overflow."""
        ctx.save_for_backward(x)
        return x.relu() + (-x.abs()).exp().log1p()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        """Return the gradient of the input, given that of the output."""
        (x,) = ctx.saved_tensors
        return gradient * torch.sigmoid(x)


def softplus(x: Tensor) -> Tensor:
    r"""Return $\ln(1 + e^x)$, element by element: a ReLU with a rounded corner.

    Its derivative is the sigmoid of `x`, for large and small `x` as well.

    Args:
        x: Any shape.

    Returns:
        The shape and type of `x`.

    Raises:
        TypeError: If the elements are not floating-point numbers.

    Examples:
        >>> softplus(torch.tensor([-1000.0, 0.0, 1000.0]))
        tensor([0.0000e+00, 6.9315e-01, 1.0000e+03])
    """
    if not x.is_floating_point():
        raise TypeError(f"x holds {x.dtype}: give floating-point numbers, as x.float()")
    result: Tensor = Softplus.apply(x)
    return result
