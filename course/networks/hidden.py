"""One hidden layer: what its units make of the inputs, and how often training finds good ones."""

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

import torch
from torch import Generator, Tensor, nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn import functional as F  # noqa: N812, the name it has everywhere

Activation = Callable[[Tensor], Tensor]


class OneHidden(nn.Module):
    """A network with one hidden layer: the units bend weighted sums, the outputs add them up.

    Weights and biases start where `nn.Linear` starts them: at random between −1/√n and 1/√n, where
    n is the number of inputs of the layer.

    Args:
        in_features: Number of inputs `d`.
        hidden_features: Number of units of the hidden layer.
        out_features: Number of outputs `k`.
        activation: What bends the sums, element by element, such as `torch.relu`.
        generator: Draws weights and biases. The same seed gives the same ones.

    Examples:
        >>> model = OneHidden(2, 4, 1, torch.relu)
        >>> model(torch.zeros(5, 2)).shape
        torch.Size([5, 1])
    """

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        out_features: int,
        activation: Activation,
        generator: Generator | None = None,
    ) -> None:
        super().__init__()
        self.hidden = nn.Linear(in_features, hidden_features)
        self.output = nn.Linear(hidden_features, out_features)
        self.activation = activation
        for layer in (self.hidden, self.output):
            bound = 1 / math.sqrt(layer.in_features)
            for parameter in layer.parameters():
                # nn.Linear drew from torch's global generator: draw from this one.
                nn.init.uniform_(parameter, -bound, bound, generator=generator)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs `(n, k)` for inputs of shape `(n, d)`."""
        outputs: Tensor = self.output(self.activation(self.hidden(x)))
        return outputs


def hidden_values(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return where each row stands in the hidden space: relu(x Wᵀ + b), a column for each unit.

    Args:
        x: Inputs, shape `(n, d)`.
        weight: A row for each unit, shape `(k, d)`.
        bias: Shape `(k,)`.

    Returns:
        Shape `(n, k)`.

    Raises:
        ValueError: If the shapes do not belong together.

    Examples:
        >>> hidden_values(torch.tensor([[1.0, 3.0]]), torch.eye(2), torch.tensor([-2.0, -2.0]))
        tensor([[0., 1.]])
    """
    units, inputs = len(bias), x.shape[-1]
    if x.ndim != 2 or weight.shape != (units, inputs) or bias.ndim != 1:
        shapes = ", ".join(str(tuple(each.shape)) for each in (x, weight, bias))
        raise ValueError(f"x, weight, bias have shapes {shapes}: give (n, d), (k, d), (k,)")
    return torch.relu(x @ weight.T + bias)


def border_between(no: Tensor, yes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the straight border in the middle between two pairs of points, if there is one.

    No other straight line keeps as far away from all four points.

    Args:
        no: Two points, shape `(2, 2)`.
        yes: Two more, shape `(2, 2)`.

    Returns:
        The weight `(2,)` and the bias `()` of the border `weight @ point + bias = 0`, which are
        negative below it, where the points `no` are; and how far apart the pairs are, `()`. All are
        0 if no straight line has one pair on this side and the other on that.

    Raises:
        ValueError: If the shapes are others.

    Examples:
        >>> no, yes = torch.tensor([[0.0, 0.0], [2.0, 0.0]]), torch.tensor([[0.0, 4.0], [2.0, 2.0]])
        >>> border_between(no, yes)
        (tensor([0., 2.]), tensor(-2.), tensor(2.))
    """
    if no.shape != (2, 2) or yes.shape != (2, 2):
        raise ValueError(
            f"no and yes have shapes {tuple(no.shape)} and {tuple(yes.shape)}: give two points each"
        )
    ways = [(point, _nearest(point, yes)) for point in no]
    ways += [(_nearest(point, no), point) for point in yes]
    start, end = min(ways, key=lambda way: float((way[1] - way[0]).norm()))
    weight = end - start
    bias = -weight @ (start + end) / 2
    if (no @ weight + bias < 0).all() and (yes @ weight + bias > 0).all():
        return weight, bias, weight.norm()
    return torch.zeros_like(weight), torch.zeros_like(bias), torch.zeros_like(bias)


def _nearest(point: Tensor, ends: Tensor) -> Tensor:
    """Return the place nearest to a point on the straight way between two ends."""
    step = ends[1] - ends[0]
    length = (step @ step).clamp(min=torch.finfo(step.dtype).tiny)  # the ends may be one point
    return ends[0] + ((point - ends[0]) @ step / length).clamp(0, 1) * step


def train_many(
    x: Tensor,
    y: Tensor,
    width: int,
    activation: Activation,
    seeds: Sequence[int],
    lr: float = 0.1,
    steps: int = 300,
) -> tuple[list[OneHidden], Tensor]:
    """Return a trained network for each seed, and their losses `(m,)`, all trained at once.

    Their parameters are stacked, with the seeds as the first axis. No loss depends on the
    parameters of another network, so the gradient of their sum holds the gradient of each.

    Args:
        x: Inputs, shape `(n, d)`.
        y: Answers, each 0 or 1, shape `(n, k)`, floating-point.
        width: Number of units of the hidden layer.
        activation: As in `OneHidden`.
        seeds: One for each of the `m` networks: it draws where that one starts.
        lr: Learning rate of Adam.
        steps: How many steps all take, each with all rows.

    Raises:
        ValueError: If there are no seeds, or if `y` has no row for each row of `x`.

    Examples:
        >>> x, y = torch.tensor([[0.0], [1.0]]), torch.tensor([[0.0], [1.0]])
        >>> models, losses = train_many(x, y, 4, torch.tanh, seeds=range(3))
        >>> len(models), bool((losses < 0.1).all())
        (3, True)
    """
    if len(seeds) == 0 or y.ndim != 2 or len(y) != len(x):
        shapes = f"x has shape {tuple(x.shape)}, y {tuple(y.shape)}"
        raise ValueError(f"{len(seeds)} seeds, {shapes}: give a seed or more, (n, d), and (n, k)")
    models = [
        OneHidden(
            x.shape[1], width, y.shape[1], activation, torch.Generator().manual_seed(seed)
        ).to(x)
        for seed in seeds
    ]
    stacked, _ = stack_module_state(models)

    def loss(parameters: dict[str, Tensor]) -> Tensor:
        logits = functional_call(models[0], parameters, (x,))
        return F.binary_cross_entropy_with_logits(logits, y)

    optimizer = torch.optim.Adam(stacked.values(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        vmap(loss)(stacked).sum().backward()
        optimizer.step()
    with torch.no_grad():
        for name, values in stacked.items():
            for model, value in zip(models, values, strict=True):
                model.get_parameter(name).copy_(value)
        losses: Tensor = vmap(loss)(stacked)
    return models, losses


def share_interval(count: int, runs: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return between which shares the true one lies, when `count` of so many runs succeeded.

    In about the fraction `confidence` of all cases it does. Unlike a mean with a margin on both
    sides, the interval stays between 0 and 1, and has a width where all runs succeed. See Wilson
    (1927).

    Args:
        count: How many runs succeeded, from 0 to `runs`.
        runs: How many independent runs there were, at least 1.
        confidence: Between 0 and 1.

    Raises:
        ValueError: If a number is not where it has to be.

    Examples:
        >>> low, high = share_interval(20, 100)
        >>> print(f"{low:.3f} to {high:.3f}")
        0.133 to 0.289
    """
    if not 0 <= count <= runs or runs < 1 or not 0 < confidence < 1:
        raise ValueError(
            f"count is {count}, runs {runs}, confidence {confidence}: give a count from 0 to runs, "
            "at least 1 run, and a confidence between 0 and 1"
        )
    z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    share = count / runs
    middle = share + z2 / (2 * runs)
    reach = math.sqrt(z2 * share * (1 - share) / runs + (z2 / (2 * runs)) ** 2)
    low, high = (middle - reach) / (1 + z2 / runs), (middle + reach) / (1 + z2 / runs)
    return max(low, 0.0), min(high, 1.0)  # which rounding may leave by a little
