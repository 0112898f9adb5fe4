"""From a line to a probability: the sigmoid and its inverse, a model, and a decision."""

import torch
from torch import Tensor, nn


def sigmoid(z: Tensor) -> Tensor:
    r"""Return the probability that belongs to each logit, $1 / (1 + e^{-z})$.

    For negative logits the fraction is multiplied above and below by $e^z$. So $e$ is only raised
    to powers that are not positive, and nothing overflows, in the value or in the derivative.

    Args:
        z: Logits, any shape.

    Returns:
        The shape and type of `z`.

    Raises:
        TypeError: If the elements are not floating-point numbers.

    Examples:
        >>> sigmoid(torch.tensor([-10_000.0, -1.0, 0.0, 10_000.0]))
        tensor([0.0000, 0.2689, 0.5000, 1.0000])
    """
    _check_floats("z", z)
    positive = z >= 0
    power = torch.where(positive, -z, z).exp()  # not of -abs(z), whose derivative at 0 would be 0
    return torch.where(positive, 1.0, power) / (1 + power)


def logit(p: Tensor) -> Tensor:
    r"""Return the log-odds of each probability, $\ln p - \ln (1 - p)$: what `sigmoid` undoes.

    Args:
        p: Probabilities, any shape. A 0 gives minus infinity, a 1 infinity, a nan a nan.

    Returns:
        The shape and type of `p`.

    Raises:
        TypeError: If the elements are not floating-point numbers.
        ValueError: If one is below 0 or above 1.

    Examples:
        >>> logit(torch.tensor([0.0, 0.2, 0.5, 0.8]))
        tensor([   -inf, -1.3863,  0.0000,  1.3863])
    """
    _check_floats("p", p)
    _check_range("p", p)
    return p.log() - torch.log1p(-p)


def input_at(p: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return the input at which `sigmoid(weight * x + bias)` is `p`, in input units.

    Args:
        p: Probabilities, any shape.
        weight: One number, not 0, in logits per input unit.
        bias: The logit at `x = 0`, one number.

    Raises:
        ValueError: If the weight is 0, because then the input changes nothing; if `weight` or
            `bias` is not one number; or if `p` is no probability.

    Examples:
        >>> input_at(torch.tensor(0.5), weight=torch.tensor(3.0), bias=torch.tensor(-12.0))
        tensor(4.)
    """
    if weight.ndim or bias.ndim or weight == 0:
        shapes = f"{tuple(weight.shape)}, bias {tuple(bias.shape)}"
        raise ValueError(f"weight has shape {shapes}: give numbers of shape (), and a weight not 0")
    return (logit(p) - bias) / weight


def decide(probabilities: Tensor, threshold: float = 0.5) -> Tensor:
    """Return the class of each row, int64: 1 from the threshold on, 0 below it.

    Args:
        probabilities: Of class 1, any shape.
        threshold: From 0 to 1; a probability that equals it gives class 1, as in
            `expected_cost` and in every ROC curve.

    Raises:
        ValueError: If the threshold or one of the probabilities is not from 0 to 1.

    Examples:
        >>> decide(torch.tensor([0.1, 0.5, 0.6]))
        tensor([0, 1, 1])
    """
    _check_range("probabilities", probabilities)
    if probabilities.isnan().any() or not 0 <= threshold <= 1:
        found = int(probabilities.isnan().sum())
        raise ValueError(f"threshold is {threshold}, {found} probabilities are nan: give 0 to 1")
    return (probabilities >= threshold).long()


class LogisticRegression(nn.Module):
    """A linear layer with one output, made a probability by the sigmoid.

    Args:
        in_features: How many inputs `d` a row has.

    Examples:
        >>> model = LogisticRegression(in_features=2)
        >>> sorted(model.state_dict())
        ['linear.bias', 'linear.weight']
        >>> model(torch.zeros(3, 2)).shape
        torch.Size([3])
    """

    def __init__(self, in_features: int = 1) -> None:
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the probability of class 1 of each row, `(n,)`, for inputs of shape `(n, d)`."""
        logits: Tensor = self.linear(x).squeeze(-1)
        return sigmoid(logits)


def _check_floats(name: str, values: Tensor) -> None:
    if not values.is_floating_point():
        raise TypeError(
            f"{name} holds {values.dtype}: give floating-point numbers, as with float()"
        )


def _check_range(name: str, values: Tensor) -> None:
    if ((values < 0) | (values > 1)).any():
        raise ValueError(
            f"{name} go from {values.min():g} to {values.max():g}: give numbers from 0 to 1, for "
            "example sigmoid(logits)"
        )
