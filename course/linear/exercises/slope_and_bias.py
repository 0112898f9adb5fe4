"""Exercises of the lesson `linear/slope_and_bias`: write it, and `check` tells what is missing."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Generator, Tensor, nn

from course.linear.cost import mean_squared_error
from course.linear.slope_and_bias import descend_line
from course.practice import Exercise, Mistake


def step_line(
    x: Tensor, y: Tensor, weight: Tensor, bias: Tensor, lr: float
) -> tuple[Tensor, Tensor]:
    """Return slope and bias after one step of gradient descent on both, two scalars.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope before the step, one number.
        bias: The bias before the step, one number.
        lr: The learning rate of both.

    Examples:
        >>> x, y = torch.tensor([-1.0, 1.0]), torch.tensor([5.0, 11.0])
        >>> step_line(x, y, torch.tensor(-10.0), torch.tensor(0.0), lr=0.5)
        (tensor(3.), tensor(8.))
    """
    residuals = weight * x + bias - y
    return weight - lr * 2 * (residuals * x).mean(), bias - lr * 2 * residuals.mean()


def _both_by_autograd(
    x: Tensor, y: Tensor, weight: Tensor, bias: Tensor, lr: float
) -> tuple[Tensor, Tensor]:
    w, b = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    dw, db = torch.autograd.grad(nn.functional.mse_loss(w * x + b, y), (w, b))
    return weight - lr * dw, bias - lr * db


def _whole_lines(
    generator: Generator,
) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor, float]]:
    yield torch.tensor([2.0]), torch.tensor([6.0]), torch.tensor(-10.0), torch.tensor(15.0), 0.1
    # already the best line
    yield (
        torch.tensor([1.0, 2.0]),
        torch.tensor([5.0, 8.0]),
        torch.tensor(3.0),
        torch.tensor(2.0),
        1,
    )
    x, y = torch.randn(2, 6, generator=generator, dtype=torch.float64)
    yield x, y, x.new_tensor(-15.0), x.new_tensor(4.0), 0.3


both_at_once = Exercise(
    name="linear/both_at_once",
    title="Both at once",
    mark=1,
    prompt="""
Write `step_line(x, y, weight, bias, lr)`: slope and bias after one step of descent on both. What
would be different if you changed the slope first, and took the derivative by the bias at the *new*
slope?
""",
    solution=step_line,
    reference=_both_by_autograd,
    cases=_whole_lines,
    example="""
x, y = torch.tensor([1.0, 2.0]), torch.tensor([11.0, 14.0])
print(step_line(x, y, torch.tensor(0.0), torch.tensor(0.0), lr=0.1))
""",
    hints=(
        "Compute the residuals once, from the old slope and the old bias.",
        r"The derivatives are $\frac2n \sum_i (\hat y_i - y_i)\, x_i$ and "
        r"$\frac2n \sum_i (\hat y_i - y_i)$.",
    ),
    mistakes=(
        Mistake(
            "return weight -",
            "weight = weight -",
            ", bias -",
            "\n    residuals = weight * x + bias - y\n    return weight, bias -",
            says="The bias steps with residuals of the new slope: take both derivatives before you "
            "change either parameter.",
        ),
        Mistake(
            " - lr * 2 * residuals.mean()",
            "",
            says="The bias has not moved: it has a derivative of its own.",
        ),
        Mistake(
            "residuals.mean()",
            "(residuals * x).mean()",
            says="The derivative by the bias does not multiply the residuals by x.",
        ),
        Mistake(" + bias", "", says="The prediction lacks the bias: it is weight * x + bias."),
        Mistake(
            "weight - lr",
            "weight + lr",
            "bias - lr",
            "bias + lr",
            says="That step goes uphill: subtract lr times the derivatives.",
        ),
        Mistake(
            "2 * (residuals * x)",
            "(residuals * x)",
            "2 * residuals",
            "residuals",
            says="The derivative of a square brings a factor 2.",
        ),
    ),
)


def train(layer: nn.Linear, x: Tensor, y: Tensor, lr: float, steps: int) -> list[float]:
    """Return the mean squared error before each step, and train the layer by descent.

    Args:
        layer: Has one input and one output; afterwards it holds the last parameters.
        x: Shape `(n,)`; the layer wants it as a column.
        y: Shape `(n,)`.
        lr: The learning rate of all parameters.
        steps: How often to step.

    Examples:
        >>> x, y = torch.tensor([-1.0, 1.0]), torch.tensor([5.0, 11.0])
        >>> layer = nn.Linear(1, 1)
        >>> costs = train(layer, x, y, lr=0.5, steps=1)
        >>> round(layer.weight.item(), 3), round(layer.bias.item(), 3)
        (3.0, 8.0)
    """
    optimizer = torch.optim.SGD(layer.parameters(), lr=lr)
    costs = []
    for _ in range(steps):
        optimizer.zero_grad()
        predictions = layer(x.unsqueeze(-1)).squeeze(-1)
        loss = nn.functional.mse_loss(predictions, y)
        loss.backward()
        optimizer.step()
        costs.append(loss.item())
    return costs


def _by_hand(layer: nn.Linear, x: Tensor, y: Tensor, lr: float, steps: int) -> list[float]:
    w, b = layer.weight.detach().squeeze(), layer.bias.detach().squeeze()
    path = descend_line(x, y, w.item(), b.item(), lr, steps)
    nn.init.constant_(layer.weight, path[-1, 0].item())
    nn.init.constant_(layer.bias, path[-1, 1].item())
    return [mean_squared_error(w * x + b, y).item() for w, b in path[:-1]]


def _costs_and_layer(
    train: Callable[..., Any], layer: nn.Linear, x: Tensor, y: Tensor, lr: float, steps: int
) -> dict[str, Any]:
    costs = train(layer, x, y, lr, steps)
    slope, bias = layer.weight.detach(), layer.bias.detach()
    return {"costs": costs, "slope afterwards": slope, "bias afterwards": bias}


def _trainings(
    generator: Generator,
) -> Iterator[tuple[nn.Linear, Tensor, Tensor, float, int]]:
    for n, dtype, steps in ((2, torch.float32, 3), (1, torch.float32, 2), (5, torch.float64, 3)):
        layer = nn.utils.skip_init(nn.Linear, 1, 1, dtype=dtype)
        nn.init.constant_(layer.weight, -1.5)
        nn.init.constant_(layer.bias, 0.5)
        x, y = torch.randn(2, n, generator=generator, dtype=dtype)
        yield layer, x, y, 0.1, steps


loop = Exercise(
    name="linear/loop",
    title="The training loop",
    mark=2,
    prompt="""
Write `train(layer, x, y, lr, steps)`: train an `nn.Linear(1, 1)` with `torch.optim.SGD`, and return
the cost before each step as plain numbers. Inputs and targets come with one axis, `(n,)`. When it
works, give it a layer without a bias and the twenty lengths: what is wrong with the line that comes
out, and where do you see it?
""",
    solution=train,
    reference=_by_hand,
    cases=_trainings,
    use=_costs_and_layer,
    example="""
layer = nn.Linear(1, 1)
costs = train(layer, torch.tensor([-1.0, 1.0]), torch.tensor([5.0, 11.0]), lr=0.5, steps=1)
print([round(parameter.item(), 3) for parameter in layer.parameters()])
""",
    hints=(
        "In each step: clear, predict and measure, differentiate, move.",
        "`unsqueeze(-1)` for the inputs, and `squeeze(-1)` for the predictions, or the column "
        "meets the row of targets.",
        "`item()` makes a plain number of a scalar.",
    ),
    mistakes=(
        Mistake(
            "optimizer.zero_grad()\n",
            "",
            says="From the second step on it follows the sum of all gradients so far: call "
            "optimizer.zero_grad() in every step.",
        ),
        Mistake(
            ".squeeze(-1)",
            "",
            says="Predictions (n, 1) and targets (n,) broadcast to (n, n), so every prediction has "
            "to please every target: squeeze the predictions.",
        ),
        Mistake(
            "optimizer.step()\n",
            "",
            says="The cost does not change: after backward, optimizer.step() moves the parameters.",
        ),
    ),
)


def descend_centred(
    x: Tensor, y: Tensor, weight: float, bias: float, lr: float, steps: int
) -> Tensor:
    """Return slope and bias before and after each step of descent on centred inputs.

    The descent sees the inputs less their mean. What goes in and what comes out, `(steps + 1, 2)`,
    belongs to the inputs as they are.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope to start from.
        bias: The prediction at `x = 0` to start from.
        lr: The learning rate of both.
        steps: How often to step.

    Examples:
        >>> x, y = torch.tensor([1.0, 3.0]), torch.tensor([11.0, 17.0])
        >>> descend_centred(x, y, weight=0, bias=0, lr=0.5, steps=1)
        tensor([[0., 0.],
                [3., 8.]])
    """
    centre = x.mean()
    height = bias + weight * centre.item()  # the prediction at the centre
    path = descend_line(x - centre, y, weight, height, lr, steps)
    slopes, heights = path.unbind(dim=1)
    return torch.stack([slopes, heights - slopes * centre], dim=1)


def _in_closed_form(
    x: Tensor, y: Tensor, weight: float, bias: float, lr: float, steps: int
) -> Tensor:
    """Centred, neither parameter depends on the other, and each distance shrinks by its factor."""
    power = torch.arange(steps + 1, dtype=x.dtype)
    centre, level, spread = x.mean(), y.mean(), x.var(correction=0)
    best = ((x - centre) * (y - level)).mean() / spread
    slopes = best + (weight - best) * (1 - 2 * lr * spread) ** power
    heights = level + (weight * centre + bias - level) * (1 - 2 * lr) ** power
    return torch.stack([slopes, heights - slopes * centre], dim=1)


def _far_inputs(
    generator: Generator,
) -> Iterator[tuple[Tensor, Tensor, float, float, float, int]]:
    yield torch.tensor([1.0, 3.0]), torch.tensor([11.0, 17.0]), -1.0, 2.0, 0.25, 2
    x, y = torch.randn(2, 5, generator=generator, dtype=torch.float64)
    yield x - 3, y, -10.0, 15.0, 0.1, 4
    yield x, y, 2.0, -1.0, 0.1, 0


centred = Exercise(
    name="linear/centred",
    title="Straighten the valley",
    mark=3,
    prompt="""
Subtract the mean mass from all masses: how many steps does descent need then? There is a catch. The
bias of a line over centred masses is its height at the mean mass, no longer at $x = 0$. Write
`descend_centred(x, y, weight, bias, lr, steps)`: it descends on the centred masses with
`descend_line`, but the start it takes and the path it returns belong to the masses as they are.
""",
    solution=descend_centred,
    reference=_in_closed_form,
    cases=_far_inputs,
    example="""
x, y = torch.tensor([1.0, 3.0]), torch.tensor([11.0, 17.0])
print(descend_centred(x, y, weight=0, bias=0, lr=0.5, steps=1))
""",
    hints=(
        r"With $c$ the mean mass, $w x + b = w (x - c) + (b + w c)$.",
        "Use it twice: before the descent, to find the height of the start, and after it, to turn "
        "every height of the path back into a bias.",
    ),
    mistakes=(
        Mistake(
            "weight, height",
            "weight, bias",
            says="It starts from another line: for centred masses the bias of the start is "
            "bias + weight * x.mean().",
        ),
        Mistake(
            "heights - slopes * centre",
            "heights",
            says="The path holds heights at the mean mass: turn each back into a bias, the "
            "prediction at x = 0.",
        ),
        Mistake(
            "weight, height",
            "weight, bias",
            "heights - slopes * centre",
            "heights",
            says="The bias given and the biases returned belong to the masses as they are: turn it "
            "into a height before the descent, and back after it.",
        ),
        Mistake(
            "x.mean()",
            "torch.tensor(0.0)",
            says="That is the path without centring: descend on x - x.mean().",
        ),
    ),
)
