"""Backpropagation by hand: the gradient of every name in a network, computed from the end."""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from course.networks.softmax import log_softmax

#: The parameters of a network with one hidden layer, by their names in `forward` and `backward`.
PARAMETERS = ("W1", "b1", "W2", "b2")


class Node(NamedTuple):
    """A number on the way through a network, and what the way back finds there.

    `local` is the derivative of the node above by this one, `gradient` that of the loss.
    """

    name: str
    value: float
    local: float
    gradient: float


def one_unit(x: float, y: float, w1: float, b1: float, w2: float, b2: float) -> tuple[Node, ...]:
    r"""Return all nodes of the smallest network with a hidden unit, in the order of the way back.

    It predicts $z = w_2 \operatorname{relu}(w_1 x + b_1) + b_2$, and its loss is $(z - y)^2$.

    Args:
        x: The input.
        y: The target.
        w1: The weight of the hidden unit.
        b1: Its bias.
        w2: The weight of the output.
        b2: Its bias.

    Examples:
        >>> for node in one_unit(x=2, y=9, w1=3, b1=-1, w2=2, b2=1)[:3]:
        ...     print(node)
        Node(name='loss', value=4, local=1, gradient=1)
        Node(name='z', value=11, local=4, gradient=4)
        Node(name='w2', value=2, local=5, gradient=20)
    """
    a = w1 * x + b1
    h = max(a, 0)
    z = w2 * h + b2
    dz = 2 * (z - y)
    dh = w2 * dz
    da = dh if a > 0 else 0
    return (
        Node("loss", (z - y) ** 2, 1, 1),
        Node("z", z, 2 * (z - y), dz),
        Node("w2", w2, h, h * dz),
        Node("h", h, w2, dh),
        Node("b2", b2, 1, dz),
        Node("a", a, int(a > 0), da),
        Node("w1", w1, x, x * da),
        Node("x", x, w1, w1 * da),
        Node("b1", b1, 1, da),
    )


def forward(x: Tensor, y: Tensor, parameters: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return everything that a network computes on its way to the loss, by name.

    The network is linear, ReLU, linear; the loss is the mean cross-entropy of its logits.

    Args:
        x: Inputs, shape `(n, d)`, n at least 1.
        y: The number of the true class of each row, shape `(n,)`, int64.
        parameters: Weights and biases, as `nn.Linear` keeps them: `W1` with shape `(units, d)`,
            `b1` with `(units,)`, `W2` with `(k, units)`, `b2` with `(k,)`.

    Returns:
        The cache: what came in, and `a` and `h`, `(n, units)`; the logits `z` and `log_p`,
        `(n, k)`; and `loss`, one number.

    Raises:
        TypeError: If `y` does not hold int64.
        ValueError: If a shape does not fit the others, or if a label is the number of no class.

    Examples:
        >>> parameters = {"W1": torch.eye(2), "b1": torch.zeros(2)}
        >>> parameters |= {"W2": torch.zeros(3, 2), "b2": torch.zeros(3)}
        >>> cache = forward(torch.tensor([[1.0, -1.0]]), torch.tensor([2]), parameters)
        >>> cache["h"], cache["loss"]  # ln 3
        (tensor([[1., 0.]]), tensor(1.0986))
    """
    _check(x, y, parameters)
    cache = {"x": x, "y": y, **{name: parameters[name] for name in PARAMETERS}}
    cache["a"] = x @ cache["W1"].T + cache["b1"]
    cache["h"] = cache["a"].relu()
    cache["z"] = cache["h"] @ cache["W2"].T + cache["b2"]
    cache["log_p"] = log_softmax(cache["z"])
    rows = torch.arange(len(y), device=y.device)
    cache["loss"] = -cache["log_p"][rows, y].mean()
    return cache


def backward(cache: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the gradient of the loss by every name of the cache but `y`, the last name first.

    Source: Rumelhart, Hinton, Williams, *Learning representations by back-propagating errors*
    (1986).

    Args:
        cache: What `forward` returned.

    Returns:
        For each name a tensor of the shape that the name has in the cache.

    Examples:
        >>> parameters = {"W1": torch.eye(2), "b1": torch.zeros(2)}
        >>> parameters |= {"W2": torch.zeros(3, 2), "b2": torch.zeros(3)}
        >>> cache = forward(torch.tensor([[1.0, -1.0]]), torch.tensor([2]), parameters)
        >>> backward(cache)["b2"]
        tensor([ 0.3333,  0.3333, -0.6667])
    """
    rows = torch.arange(len(cache["y"]), device=cache["y"].device)
    d = {"loss": torch.ones_like(cache["loss"])}
    d["log_p"] = torch.zeros_like(cache["log_p"])
    d["log_p"][rows, cache["y"]] = -d["loss"] / len(rows)  # the loss is a mean
    d["z"] = d["log_p"] - cache["log_p"].exp() * d["log_p"].sum(dim=1, keepdim=True)
    d["b2"] = d["z"].sum(dim=0)
    d["W2"] = d["z"].T @ cache["h"]
    d["h"] = d["z"] @ cache["W2"]
    d["a"] = d["h"] * (cache["a"] > 0)
    d["b1"] = d["a"].sum(dim=0)
    d["W1"] = d["a"].T @ cache["x"]
    d["x"] = d["a"] @ cache["W1"]
    return d


class Row(NamedTuple):
    """One name in two sets of gradients, and the largest difference of its elements."""

    name: str
    shape: tuple[int, ...]
    largest: float
    difference: float


def gradient_table(ours: Mapping[str, Tensor], theirs: Mapping[str, Tensor]) -> list[Row]:
    """Return for each name how large its gradient is and how far the two sets are apart.

    Args:
        ours: Gradients by name, in the order of the way back: the first name that differs is
            where the mistake is.
        theirs: The same names, each with the same shape.

    Returns:
        A row for each name, in the order of `ours`: its shape, the largest element of `theirs`
        without its sign, and the largest difference.

    Raises:
        ValueError: If one of the two has a name that the other lacks, or if two shapes differ.

    Examples:
        >>> gradient_table({"b": torch.tensor([1.0, 2.5])}, {"b": torch.tensor([1.0, 2.0])})
        [Row(name='b', shape=(2,), largest=2.0, difference=0.5)]
    """
    if alone := sorted(ours.keys() ^ theirs.keys()):
        raise ValueError(f"only one of the two has {', '.join(alone)}: give the same names twice")
    rows = []
    for name, one in ours.items():
        other = theirs[name]
        if one.shape != other.shape:
            raise ValueError(
                f"{name} has shape {tuple(one.shape)}, expected {tuple(other.shape)}: a gradient "
                "has the shape of what it belongs to"
            )
        largest, difference = other.abs().max().item(), (one - other).abs().max().item()
        rows.append(Row(name, tuple(one.shape), largest, difference))
    return rows


def multiplications(rows: int, sizes: list[int]) -> tuple[int, int]:
    """Return how many multiplications the matrix products of one training step take.

    Args:
        rows: How many rows go through the network.
        sizes: How many numbers a row has at each place, from the inputs to the outputs: one layer
            between each two neighbours.

    Returns:
        Those of the way forward; and those of the way back, which needs no gradient of the inputs.

    Raises:
        ValueError: If there is no layer, or if a number is less than 1.

    Examples:
        >>> multiplications(rows=10, sizes=[4, 8, 3])
        (560, 800)
    """
    if len(sizes) < 2 or min(rows, *sizes) < 1:
        raise ValueError(f"got {rows} rows, sizes {sizes}: give two sizes or more, none below 1")
    layers = [rows * inputs * outputs for inputs, outputs in pairwise(sizes)]
    return sum(layers), 2 * sum(layers) - layers[0]


def _check(x: Tensor, y: Tensor, parameters: Mapping[str, Tensor]) -> None:
    """Raise where shapes do not fit: a bias of another shape would broadcast in silence."""
    if missing := [name for name in PARAMETERS if name not in parameters]:
        raise ValueError(f"parameters lack {', '.join(missing)}: give all of W1, b1, W2 and b2")
    shapes = {name: tuple(parameters[name].shape) for name in PARAMETERS}
    if x.ndim != 2 or len(shapes["W1"]) != 2 or len(shapes["W2"]) != 2:
        raise ValueError(
            f"x has shape {tuple(x.shape)}, W1 {shapes['W1']}, W2 {shapes['W2']}: give tables, "
            "(n, d), (units, d) and (k, units)"
        )
    (units, _), (classes, _) = shapes["W1"], shapes["W2"]
    fitting = {
        "W1": (units, x.shape[1]),
        "b1": (units,),
        "W2": (classes, units),
        "b2": (classes,),
    }
    for name, shape in fitting.items():
        if shapes[name] != shape:
            raise ValueError(f"{name} has shape {shapes[name]}: with the others it must be {shape}")
    if y.dtype != torch.int64:
        raise TypeError(f"y holds {y.dtype}: give the numbers of classes, as with long()")
    if y.shape != x.shape[:1] or len(y) == 0:
        raise ValueError(
            f"y has shape {tuple(y.shape)}, x {tuple(x.shape)}: give (n,) and (n, d), n at least 1"
        )
    if not 0 <= y.min() <= y.max() < classes:
        raise ValueError(
            f"y goes from {int(y.min())} to {int(y.max())}: the classes are numbered from 0 to "
            f"{classes - 1}"
        )
