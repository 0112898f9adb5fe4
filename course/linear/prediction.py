"""The model that everything starts with: a line, as a function and as a module."""

import torch
from torch import Tensor, nn


def predict(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return the line's prediction for each input, `(n,)`, in target units.

    Args:
        x: Shape `(n,)`.
        weight: The slope, one number, in target units per input unit.
        bias: The prediction at `x = 0`, one number, in target units.

    Raises:
        ValueError: If `weight` or `bias` is not one number, because it would broadcast and give
            each input a line of its own.

    Examples:
        >>> predict(torch.tensor([0.0, 1.0, 2.0]), torch.tensor(3.0), torch.tensor(8.0))
        tensor([ 8., 11., 14.])
    """
    if weight.ndim or bias.ndim:
        shapes = f"{tuple(weight.shape)}, bias {tuple(bias.shape)}"
        raise ValueError(f"weight has shape {shapes}: one line has one of each, of shape ()")
    return weight * x + bias


class Line(nn.Module):
    """A line whose slope and bias are parameters, so that PyTorch can find and change them.

    Args:
        weight: The slope to start with, in target units per input unit.
        bias: The prediction at `x = 0` to start with, in target units.

    Examples:
        >>> model = Line(weight=3, bias=8)
        >>> sorted(model.state_dict())
        ['bias', 'weight']
        >>> model(torch.tensor([0.0, 1.0, 2.0])).tolist()
        [8.0, 11.0, 14.0]
    """

    def __init__(self, weight: float = 0.0, bias: float = 0.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(float(weight)))
        self.bias = nn.Parameter(torch.tensor(float(bias)))

    def forward(self, x: Tensor) -> Tensor:
        """Return one prediction per input, `(n,)`, for inputs of shape `(n,)`."""
        return predict(x, self.weight, self.bias)
