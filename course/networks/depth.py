"""Deep networks: how large what goes through them is behind each layer, there and back."""

import itertools
import math
from collections.abc import Callable, Sequence

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F  # noqa: N812, the name it has everywhere

Activation = Callable[[Tensor], Tensor]


class Deep(nn.Module):
    """Linear layers, one behind the other, with an activation between each and the next.

    Args:
        sizes: How many numbers go in, how many come out of each hidden layer, how many at the end.
        activation: What stands between two layers.

    Raises:
        ValueError: If there are fewer than two sizes, or one that is below 1.

    Examples:
        >>> model = Deep([64, 32, 32, 10])
        >>> model(torch.zeros(5, 64)).shape
        torch.Size([5, 10])
        >>> len(list(model.parameters()))  # three layers, a weight and a bias each
        6
    """

    def __init__(self, sizes: Sequence[int], activation: Activation = torch.relu) -> None:
        """Make the layers."""
        super().__init__()
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"sizes are {list(sizes)}: give two or more, each at least 1")
        self.layers = nn.ModuleList(nn.Linear(d, k) for d, k in itertools.pairwise(sizes))
        self.activation = activation

    def outputs(self, x: Tensor) -> list[Tensor]:
        """Return what comes out of each layer, before the next activation.

        Args:
            x: Shape `(n, d)`.
        """
        found = [self.layers[0](x)]
        for layer in self.layers[1:]:
            found.append(layer(self.activation(found[-1])))
        return found

    def forward(self, x: Tensor) -> Tensor:
        """Return what comes out of the last layer, shape `(n, k)`."""
        return self.outputs(x)[-1]


class Residual(Deep):
    """A `Deep` whose layers between the first and the last add to what came in.

    Source: K. He, X. Zhang, S. Ren, J. Sun (2016), "Identity Mappings in Deep Residual Networks":
    the activation stands in front of the layer, and nothing on the other way.

    Args:
        sizes: As for `Deep`: three or more, all hidden layers of one size.
        activation: What stands between two layers.

    Raises:
        ValueError: If there are fewer than three sizes, one that is below 1, or two sizes of hidden
            layers, because they could not be added.

    Examples:
        >>> model = Residual([64, 32, 32, 10])
        >>> model(torch.zeros(5, 64)).shape
        torch.Size([5, 10])
    """

    def __init__(self, sizes: Sequence[int], activation: Activation = torch.relu) -> None:
        """Make the layers."""
        super().__init__(sizes, activation)
        if len(set(sizes[1:-1])) != 1:
            raise ValueError(f"sizes are {list(sizes)}: give hidden layers, all of one size")

    def outputs(self, x: Tensor) -> list[Tensor]:
        """Return what the first layer gives, each sum behind it, and what the last gives.

        Args:
            x: Shape `(n, d)`.
        """
        found = [self.layers[0](x)]
        for layer in self.layers[1:-1]:
            found.append(found[-1] + layer(self.activation(found[-1])))
        found.append(self.layers[-1](self.activation(found[-1])))
        return found


def initialise(model: nn.Module, gain: float, generator: Generator | None = None) -> None:
    r"""Draw the weights of all linear layers anew, in place, and set their biases to 0.

    Weights are normal with mean 0 and standard deviation $\text{gain} / \sqrt{d}$, for the `d`
    inputs of the layer. The gain $\sqrt 2$ is that of He et al. (2015), "Delving Deep into
    Rectifiers", section 2.2.

    Args:
        model: Its layers `nn.Linear`, however deep inside, are found by `modules()`.
        gain: Above 0.
        generator: Draws the weights. The same seed gives the same weights.

    Raises:
        ValueError: If the gain is not above 0, or if the model has no linear layer.

    Examples:
        >>> model = Deep([100, 1000])
        >>> initialise(model, gain=2.0, generator=torch.Generator().manual_seed(0))
        >>> round(model.layers[0].weight.std().item(), 2)
        0.2
    """
    if not gain > 0:
        raise ValueError(f"gain is {gain}: give one above 0")
    layers = [module for module in model.modules() if isinstance(module, nn.Linear)]
    if not layers:
        raise ValueError("the model has no linear layer: keep layers as attributes or a ModuleList")
    for layer in layers:
        nn.init.normal_(layer.weight, 0.0, gain / math.sqrt(layer.in_features), generator)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def signals(model: Deep, x: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return how large the output of each layer is, and how large the gradient there.

    Large means the root of the mean square, over all rows and units. The gradient is that of the
    cross-entropy by what comes out of the layer; the parameters get none.

    Args:
        model: Its last layer gives logits.
        x: Inputs, shape `(n, d)`.
        labels: The number of the true class of each row, shape `(n,)`, int64.

    Returns:
        Both of shape `(layers,)`, the last layer included.

    Examples:
        >>> model = Deep([2, 2, 2])
        >>> initialise(model, gain=1.0)
        >>> spread, gradient = signals(model, torch.ones(3, 2), torch.tensor([0, 1, 1]))
        >>> spread.shape, gradient.shape
        (torch.Size([2]), torch.Size([2]))
    """
    outputs = model.outputs(x)
    gradients = torch.autograd.grad(F.cross_entropy(outputs[-1], labels), outputs)
    return _sizes(outputs), _sizes(gradients)


def _sizes(tensors: Sequence[Tensor]) -> Tensor:
    return torch.stack([each.detach().square().mean().sqrt() for each in tensors])


# Evenly spaced points on both sides of 0, which is none of them: there relu has a corner.
_POINTS = torch.arange(-64, 64, dtype=torch.float64, device="cpu") / 8 + 1 / 16
_SHARES = torch.softmax(-_POINTS.square() / 2, dim=0)


def predicted_signals(
    gain: float, activation: Activation, depth: int, skip: float = 0.0
) -> tuple[Tensor, Tensor]:
    r"""Return how large outputs and gradients are in hidden layers of infinite width.

    Then what comes out of a layer is normal with mean 0, and its mean square $q$ follows from that
    of the layer before: $q_{l+1} = \text{skip}^2 q_l + \text{gain}^2\, E[f(\sqrt{q_l}\, s)^2]$ for
    a standard normal $s$ and the activation $f$. On the way back, the mean square of the gradient
    is multiplied by $\text{skip}^2 + \text{gain}^2\, E[f'(\sqrt{q_l}\, s)^2]$.

    Source: B. Poole et al. (2016), "Exponential Expressivity in Deep Neural Networks through
    Transient Chaos"; S. Schoenholz et al. (2017), "Deep Information Propagation".

    Args:
        gain: As for `initialise`, above 0.
        activation: What stands between two layers, element by element.
        depth: How many hidden layers there are, at least 1.
        skip: By what the input of a layer is multiplied before it is added to what the layer makes
            of it: 0 for `Deep`, 1 for `Residual`.

    Returns:
        Both of shape `(depth,)`, float64: the size of the outputs for inputs of size 1, and the
        size of the gradient at each layer, divided by that at the last hidden one.

    Raises:
        ValueError: If the gain is not above 0, or if there is no layer.

    Examples:
        >>> spread, gradient = predicted_signals(2**0.5, torch.relu, depth=3)
        >>> spread
        tensor([1.4142, 1.4142, 1.4142], dtype=torch.float64)
        >>> predicted_signals(1.0, torch.relu, depth=3)[1]
        tensor([0.5000, 0.7071, 1.0000], dtype=torch.float64)
    """
    if not gain > 0 or depth < 1:
        raise ValueError(f"gain is {gain}, depth {depth}: give a gain above 0 and a depth from 1")
    squares, factors = [gain**2], []
    for _ in range(depth - 1):
        z = (math.sqrt(squares[-1]) * _POINTS).requires_grad_()
        a = activation(z)
        (slope,) = torch.autograd.grad(a.sum(), z)
        squares.append(skip**2 * squares[-1] + gain**2 * _expected(a))
        factors.append(skip**2 + gain**2 * _expected(slope))
    # From the last hidden layer back: each gradient has gone through all factors behind it.
    back = _POINTS.new_tensor([1.0, *reversed(factors)]).cumprod(dim=0)
    return _POINTS.new_tensor(squares).sqrt(), back.flip(0).sqrt()


def _expected(values: Tensor) -> float:
    """Return the mean of the squares, over a standard normal number."""
    return float((_SHARES * values.detach().square()).sum())
