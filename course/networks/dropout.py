"""Dropout written out, and a linear layer for several networks at once, one for each seed."""

import math
from collections.abc import Sequence

import torch
from torch import Generator, Tensor, nn


def drop(x: Tensor, keep: Tensor, p: float) -> Tensor:
    """Return the kept numbers, divided by `1 - p`, and 0 for the others.

    The mean over all masks, each with its probability, is `x`: a number that is kept with the
    probability `1 - p` has to be that much larger.

    Args:
        x: Any shape.
        keep: Where to keep a number, 1 or true, and where not, 0 or false: the shape of `x`.
        p: The probability with which a number is dropped, from 0 up to, but not, 1.

    Raises:
        ValueError: If `keep` has another shape, or if `p` is no such probability.

    Examples:
        >>> drop(torch.tensor([3.0, 1.0, 4.0]), torch.tensor([True, False, True]), p=0.5)
        tensor([6., 0., 8.])
    """
    _check_probability(p)
    if keep.shape != x.shape:
        shapes = f"{tuple(keep.shape)}, x {tuple(x.shape)}"
        raise ValueError(f"keep has shape {shapes}: give each number a place of its own in it")
    return x * keep / (1 - p)


class Dropout(nn.Module):
    """A layer that sets each number to 0 with the probability `p` while training, as `nn.Dropout`.

    Each call draws a mask anew, and what is kept is divided by `1 - p`. In `eval` mode the layer
    returns what it got. Masks are drawn on the CPU, so that a seed gives the same ones on every
    device. See Srivastava et al. (2014), who multiply by `1 - p` after training instead.

    Args:
        p: The probability with which a number is dropped, from 0 up to, but not, 1.
        generator: Draws the masks, on the CPU. Without one, torch's global generator does.

    Raises:
        ValueError: If `p` is no such probability.

    Examples:
        >>> layer = Dropout(0.5, torch.Generator().manual_seed(3))
        >>> layer(torch.ones(6))
        tensor([2., 2., 0., 2., 0., 0.])
        >>> layer.eval()(torch.ones(6))
        tensor([1., 1., 1., 1., 1., 1.])
    """

    def __init__(self, p: float = 0.5, generator: Generator | None = None) -> None:
        super().__init__()
        _check_probability(p)
        self.p = p
        self.generator = generator

    def forward(self, x: Tensor) -> Tensor:
        """Return as many numbers as there are in `x`, in any shape."""
        if not self.training:
            return x
        keep = torch.empty_like(x, device="cpu").bernoulli_(1 - self.p, generator=self.generator)
        return drop(x, keep.to(x.device), self.p)

    def extra_repr(self) -> str:
        """Return what stands between the brackets when the layer is printed."""
        return f"p={self.p}"


class SideBySide(nn.Module):
    """A linear layer for each of several networks, which know nothing of each other.

    They learn together, in one product of tables, in little more time than one of them. If the loss
    is the sum of their losses, each learns what it would learn alone: no loss depends on the
    weights of another network.

    Args:
        generators: One for each of `m` networks: it draws the weights and biases of that network,
            as `nn.Linear` would, between −1/√d and 1/√d. On the CPU.
        in_features: The number `d` of inputs of each network.
        out_features: The number `k` of outputs of each network.

    Raises:
        ValueError: If there are no generators.

    Examples:
        >>> generators = [torch.Generator().manual_seed(seed) for seed in range(5)]
        >>> layer = SideBySide(generators, in_features=3, out_features=2)
        >>> layer(torch.zeros(8, 3, 5)).shape
        torch.Size([8, 2, 5])
    """

    def __init__(
        self, generators: Sequence[Generator], in_features: int, out_features: int
    ) -> None:
        super().__init__()
        if not generators:
            raise ValueError("generators is empty: give one for each network")
        reach = 1 / math.sqrt(in_features)
        drawn = [
            2 * torch.rand(out_features, in_features + 1, generator=each, device="cpu") - 1
            for each in generators
        ]
        parameters = reach * torch.stack(drawn)
        self.weight = nn.Parameter(parameters[:, :, 1:].clone())
        self.bias = nn.Parameter(parameters[:, :, 0].clone())

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs of all networks, `(n, k, m)`, for their inputs `(n, d, m)`.

        Raises:
            ValueError: If the inputs have another shape.
        """
        m, _, d = self.weight.shape
        if x.ndim != 3 or x.shape[1:] != (d, m):
            raise ValueError(
                f"x has shape {tuple(x.shape)}: give (n, {d}, {m}), {d} inputs in each row for "
                f"each of {m} networks"
            )
        outputs = torch.baddbmm(self.bias.unsqueeze(1), x.permute(2, 0, 1), self.weight.mT)
        return outputs.permute(1, 2, 0)


def _check_probability(p: float) -> None:
    if not 0 <= p < 1:
        raise ValueError(
            f"p is {p}: give the probability with which a number is dropped, from 0 up to, but "
            "not, 1, where nothing would be left"
        )
