"""Exercises on linear regression: write it, and `check` tells what is missing."""

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch import Generator, Tensor, nn

from course.linear.cost import mean_squared_error
from course.linear.descent import descend_slope, descend_slope_with_torch, slope_gradient
from course.linear.prediction import Line, predict
from course.linear.slope_and_bias import descend_line, line_gradient
from course.practice import Exercise, Mistake

# prediction


def line_through(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return slope and bias of the line through two measurements, two scalars.

    Args:
        x: Two different inputs, shape `(2,)`.
        y: Their targets, shape `(2,)`.

    Examples:
        >>> line_through(torch.tensor([1.0, 2.0]), torch.tensor([11.0, 14.0]))
        (tensor(3.), tensor(8.))
    """
    slope = (y[1] - y[0]) / (x[1] - x[0])
    return slope, y[0] - slope * x[0]


def _run_over_rise(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    slope = (x[1] - x[0]) / (y[1] - y[0])
    return slope, y[0] - slope * x[0]


def _crossed(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    slope = (y[1] - y[0]) / (x[0] - x[1])
    return slope, y[0] - slope * x[0]


def _starting_at_first(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return line_through(x, y)[0], y[0]


def _part_added(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    slope, _ = line_through(x, y)
    return slope, y[0] + slope * x[0]


def _solved_for_both(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    slope, bias = torch.linalg.solve(torch.stack([x, torch.ones_like(x)], dim=1), y)
    return slope, bias


def _two_measurements(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([1.0, 2.0]), torch.tensor([11.0, 14.0])
    yield torch.tensor([2.0, -1.0]), torch.tensor([-3.0, 3.0])  # falling, larger input first
    x = torch.tensor([-0.5, 4.0], dtype=torch.float64)
    yield x, torch.randn(2, generator=generator, dtype=torch.float64)


two_points = Exercise(
    name="linear/two_points",
    title="The line through two measurements",
    prompt="""
Above, slope and bias came from two measurements by hand. Write `line_through(x, y)`, which returns
both for any two measurements with different inputs, whichever of the two comes first.
""",
    solution=line_through,
    reference=_solved_for_both,
    cases=_two_measurements,
    example="print(line_through(torch.tensor([1.0, 2.0]), torch.tensor([11.0, 14.0])))",
    hints=(
        "The slope is the rise in `y` over the rise in `x`.",
        "The line passes through the first measurement: $y_0 = w x_0 + b$. Solve it for $b$.",
    ),
    mistakes=(
        Mistake(_run_over_rise, "That slope is upside down: it is the rise in y over that in x."),
        Mistake(
            _crossed, "The slope has the wrong sign: subtract in the same order in y and in x."
        ),
        Mistake(
            _starting_at_first,
            "The bias is the prediction at x = 0: from y[0], take away what comes from x[0].",
        ),
        Mistake(_part_added, "The bias is what remains of y[0] when slope * x[0] is taken *away*."),
    ),
)


class _ListedLine(nn.Module):
    """A line whose slope and bias are parameters, so that PyTorch can find and change them."""

    def __init__(self, weight: float = 0.0, bias: float = 0.0) -> None:
        super().__init__()
        self.numbers = [
            nn.Parameter(torch.tensor(float(weight))),
            nn.Parameter(torch.tensor(float(bias))),
        ]

    def forward(self, x: Tensor) -> Tensor:
        weight, bias = self.numbers
        return predict(x, weight, bias)


class _NumberedLine(_ListedLine):
    def __init__(self, weight: float = 0.0, bias: float = 0.0) -> None:
        super().__init__(weight, bias)
        listed = self.numbers
        del self.numbers
        self.numbers = nn.ParameterList(listed)  # type: ignore[assignment]


class _ForgetfulLine(nn.Module):
    def __init__(self, weight: float = 0.0, bias: float = 0.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(float(weight)))
        self.bias = torch.tensor(float(bias))

    def forward(self, x: Tensor) -> Tensor:
        return predict(x, self.weight, self.bias)


class _FixedLine(nn.Module):
    def __init__(self, weight: float = 0.0, bias: float = 0.0) -> None:
        super().__init__()
        self.register_buffer("weight", torch.tensor(float(weight)))
        self.register_buffer("bias", torch.tensor(float(bias)))

    def forward(self, x: Tensor) -> Tensor:
        return predict(x, self.get_buffer("weight"), self.get_buffer("bias"))


class _TorchLine(nn.Linear):
    """PyTorch's line, made and called as `Line` is."""

    def __init__(self, weight: float = 0.0, bias: float = 0.0) -> None:
        super().__init__(1, 1)
        nn.init.constant_(self.weight, weight)
        nn.init.constant_(self.bias, bias)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.unsqueeze(-1)).squeeze(-1)


def _saved_and_restored(
    line: Callable[..., nn.Module], weight: float, bias: float, x: Tensor
) -> dict[str, Any]:
    model, restored = line(weight, bias), line()
    restored.load_state_dict(model.state_dict())
    return {
        "predictions": model(x),
        "names in state_dict": ", ".join(sorted(model.state_dict())),
        "names of parameters": ", ".join(sorted(name for name, _ in model.named_parameters())),
        "predictions after loading": restored(x),
    }


def _lines(generator: Generator) -> Iterator[tuple[float, float, Tensor]]:
    yield 3.0, 8.0, torch.tensor([0.0, 1.0, -2.0])
    yield -2.5, 0.5, torch.randn(1, generator=generator)


line = Exercise(
    name="linear/line",
    title="Repair a line that cannot be saved",
    prompt="""
This `Line` predicts rightly and marks both numbers as parameters. Yet its `state_dict()` is empty,
and so is `parameters()`. Repair it, so that both hold `weight` and `bias`, and a saved line can be
restored.
""",
    solution=Line,
    starter=_ListedLine,
    reference=_TorchLine,
    cases=_lines,
    use=_saved_and_restored,
    example="print(Line(weight=3, bias=8).state_dict())",
    hints=(
        "A module finds the parameters that are its own attributes. It does not look into a list.",
        "The attribute's name becomes the name in the state dict.",
    ),
    mistakes=(
        Mistake(
            _ListedLine,
            "The parameters are still in a plain list, where the module does not look: make each "
            "an attribute of its own.",
        ),
        Mistake(
            _NumberedLine,
            "nn.ParameterList registers them, as numbers.0 and numbers.1: for the names weight and "
            "bias, make each an attribute.",
        ),
        Mistake(
            _ForgetfulLine, "The bias is a plain tensor: wrap it in nn.Parameter, as the weight is."
        ),
        Mistake(
            _FixedLine,
            "Buffers are saved, but not trained: slope and bias are to be nn.Parameter.",
        ),
    ),
)


class WrappedLinear(nn.Module):
    """A line for inputs with one axis, computed by an `nn.Linear(1, 1)`, its attribute `layer`.

    Examples:
        >>> WrappedLinear()(torch.zeros(3)).shape
        torch.Size([3])
    """

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return one prediction per input, `(n,)`, for inputs of shape `(n,)`."""
        predictions: Tensor = self.layer(x.unsqueeze(-1))
        return predictions.squeeze(-1)


class _Column(WrappedLinear):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).unsqueeze(-1)


class _AllSqueezed(WrappedLinear):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).squeeze()


class _Row(WrappedLinear):
    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.linear(x, self.layer.weight, self.layer.bias)


class _MadeInForward(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return WrappedLinear()(x)  # type: ignore[no-any-return]


class _NotSetUp(nn.Module):
    def __init__(self) -> None:
        self.layer = nn.Linear(1, 1)  # raises, because nn.Module has prepared nothing


def _three_steps() -> nn.Sequential:
    model = nn.Sequential()
    model.add_module("column", nn.Unflatten(0, (-1, 1)))
    model.add_module("layer", nn.Linear(1, 1))
    model.add_module("row", nn.Flatten(0))
    return model


def _filled(
    model: Callable[[], nn.Module], weight: Tensor, bias: Tensor, x: Tensor
) -> dict[str, Any]:
    filled = model().to(x.dtype)
    names = ", ".join(filled.state_dict())
    if names != "layer.weight, layer.bias":
        return {"names in state_dict": names, "predictions": None}
    filled.load_state_dict({"layer.weight": weight, "layer.bias": bias})
    return {"names in state_dict": names, "predictions": filled(x)}


def _layers(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    for n, dtype in ((3, torch.float32), (1, torch.float32), (2, torch.float64)):
        weight = torch.randn(1, 1, generator=generator, dtype=dtype)
        bias, x = torch.randn(1, dtype=dtype, generator=generator), torch.arange(n, dtype=dtype) - 1
        yield weight, bias, x


one_axis = Exercise(
    name="linear/one_axis",
    title="One axis in, one axis out",
    prompt="""
`nn.Linear` wants a table and answers with one. Write the module `WrappedLinear`, which holds an
`nn.Linear(1, 1)` as `self.layer`, takes inputs `(n,)` and gives predictions `(n,)`, also for a
single measurement, $n = 1$. Which names will its state dict hold?
""",
    solution=WrappedLinear,
    reference=_three_steps,
    cases=_layers,
    use=_filled,
    example="model = WrappedLinear()\nprint(list(model.state_dict()), model(torch.zeros(3)).shape)",
    hints=(
        "`__init__` first calls `super().__init__()`, then makes the layer.",
        "`unsqueeze(-1)` makes the column, `squeeze(-1)` takes the last axis away again.",
    ),
    mistakes=(
        Mistake(_Column, "The predictions are still a column, (n, 1): squeeze the last axis."),
        Mistake(
            _AllSqueezed,
            "squeeze() takes away every axis of length 1, the one of a single measurement as well: "
            "name the axis, squeeze(-1).",
        ),
        Mistake(_Row, "nn.Linear reads (n,) as one row with n columns: make a column of it first."),
        Mistake(
            _MadeInForward,
            "The state dict is empty: make the layer in __init__, as the attribute self.layer.",
        ),
        Mistake(_NotSetUp, "nn.Module has to prepare itself: call super().__init__() first."),
    ),
)


def kept_state(model: nn.Module) -> dict[str, Tensor]:
    """Return a copy of the model's state, which stays as it is when the model changes.

    Args:
        model: Any module.

    Examples:
        >>> kept_state(nn.Linear(1, 1)).keys()
        dict_keys(['weight', 'bias'])
    """
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def _shared_state(model: nn.Module) -> dict[str, Tensor]:
    return model.state_dict()


def _parameters_only(model: nn.Module) -> dict[str, Tensor]:
    return {name: parameter.detach().clone() for name, parameter in model.named_parameters()}


def _through_a_file(model: nn.Module) -> dict[str, Tensor]:
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    state: dict[str, Tensor] = torch.load(file, weights_only=True)
    return state


def _after_a_change(keep: Callable[[nn.Module], Any], model: nn.Module) -> Any:
    state = keep(model)
    for tensor in model.state_dict().values():
        tensor.add_(1)
    return state


def _models(generator: Generator) -> Iterator[tuple[nn.Module]]:
    yield (Line(3, 8),)
    yield (nn.BatchNorm1d(2),)  # has buffers, and a whole number among them
    yield (nn.Identity(),)  # has no state


kept = Exercise(
    name="linear/kept",
    title="A copy that stays",
    prompt="""
You want to keep the best model of a training. Write `kept_state(model)`: the state by name, which
does not change any more when training goes on. Before you start, try `kept = model.state_dict()` on
a `Line`, set its slope to zero with `model.weight.zero_()` inside `torch.no_grad()`, and look at
`kept`.
""",
    solution=kept_state,
    reference=_through_a_file,
    cases=_models,
    use=_after_a_change,
    example="""
model = nn.Linear(1, 1)
state = kept_state(model)
nn.init.zeros_(model.weight)
print("still zero" if state["weight"] == 0 else "kept")
""",
    hints=("A tensor has the method `clone`.", "Go through `model.state_dict().items()`."),
    mistakes=(
        Mistake(
            _shared_state,
            "What you keep changes with the model, whose memory it shares: clone each tensor.",
        ),
        Mistake(
            _parameters_only,
            "The state is more than the parameters: a model can hold buffers, see state_dict().",
        ),
    ),
)

# cost


def _difference_of_pairs(predictions: Tensor, targets: Tensor) -> Tensor:
    if predictions.shape != targets.shape or targets.numel() == 0:
        raise ValueError
    return nn.functional.mse_loss(predictions, targets)


def _checked(function: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    def checked(predictions: Tensor, targets: Tensor) -> Tensor:
        _difference_of_pairs(predictions, targets)
        return function(predictions, targets)

    return checked


def _squares(predictions: Tensor, targets: Tensor) -> Tensor:
    return ((predictions - targets) ** 2).mean()


def _squares_even_of_none(predictions: Tensor, targets: Tensor) -> Tensor:
    if predictions.shape != targets.shape:
        raise ValueError
    return _squares(predictions, targets)


def _sum_of_squares(predictions: Tensor, targets: Tensor) -> Tensor:
    return ((predictions - targets) ** 2).sum()


def _signed(predictions: Tensor, targets: Tensor) -> Tensor:
    return (predictions - targets).mean()


def _square_of_mean(predictions: Tensor, targets: Tensor) -> Tensor:
    return (predictions - targets).mean() ** 2


def _root(predictions: Tensor, targets: Tensor) -> Tensor:
    return _squares(predictions, targets).sqrt()


def _pairs(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    for n, dtype in ((1, torch.float32), (2, torch.float64), (20, torch.float32)):
        predictions, targets = torch.randn(2, n, generator=generator, dtype=dtype)
        yield predictions, targets
    yield targets, targets  # no residuals
    yield torch.tensor([-1.0, -2.0, 3.0]), torch.tensor([2.0, 1.0, 2.0])  # on the whole too low


def _pairs_and_shapes(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield from _pairs(generator)
    column, row = torch.tensor([[2.0], [5.0]]), torch.tensor([3.0, 2.0])
    yield column, row
    yield row, row[:1]
    yield torch.zeros(0), torch.zeros(0)


cost = Exercise(
    name="linear/cost",
    title="The mean squared error",
    prompt="""
Write `mean_squared_error(predictions, targets)` without looking at the one above: the mean of
$(\\hat y_i - y_i)^2$, and a `ValueError` where the shapes differ or where there is nothing to
average.
""",
    solution=mean_squared_error,
    reference=_difference_of_pairs,
    cases=_pairs_and_shapes,
    example="print(mean_squared_error(torch.tensor([2.0, 5.0]), torch.tensor([3.0, 2.0])))",
    hints=(
        "Residuals, then squares, then their mean: `-`, `**` and `mean` work on whole tensors.",
        "Compare `predictions.shape` with `targets.shape` before you subtract, and `raise` the "
        "error. `numel()` counts the elements of a tensor.",
    ),
    mistakes=(
        Mistake(
            _squares,
            "The number is right, but shapes that differ pass: (n, 1) and (n,) broadcast to "
            "(n, n). Raise ValueError before you subtract.",
        ),
        Mistake(
            _squares_even_of_none,
            "Without any target there is no mean, and what comes out is nan: raise ValueError.",
        ),
        Mistake(
            _sum_of_squares, "That is the sum: the mean divides it by n. And compare the shapes."
        ),
        Mistake(_checked(_sum_of_squares), "That is the sum: the mean divides it by n."),
        Mistake(
            _signed,
            "Residuals of opposite sign cancel: square them before the mean. And compare the "
            "shapes.",
        ),
        Mistake(
            _checked(_signed), "Residuals of opposite sign cancel: square them before the mean."
        ),
        Mistake(
            _square_of_mean,
            "That is the square of the mean: square each residual first. And compare the shapes.",
        ),
        Mistake(
            _checked(_square_of_mean),
            "That is the square of the mean: square each residual first, then take the mean.",
        ),
        Mistake(
            _root,
            "That is the root of the mean squared error: leave out the root. And compare the "
            "shapes.",
        ),
        Mistake(_checked(_root), "That is the root of the mean squared error: leave out the root."),
    ),
)


def mean_absolute_error(predictions: Tensor, targets: Tensor) -> Tensor:
    """Return the mean of the absolute residuals, a scalar in target units.

    Args:
        predictions: Shape `(n,)`, in target units.
        targets: Shape `(n,)`.

    Examples:
        >>> mean_absolute_error(torch.tensor([2.0, 5.0]), torch.tensor([3.0, 2.0]))
        tensor(2.)
    """
    return (predictions - targets).abs().mean()


def _sum_of_sizes(predictions: Tensor, targets: Tensor) -> Tensor:
    return (predictions - targets).abs().sum()


def _size_of_mean(predictions: Tensor, targets: Tensor) -> Tensor:
    return (predictions - targets).mean().abs()


absolute_cost = Exercise(
    name="linear/absolute_cost",
    title="A cost without squares",
    prompt="""
Write `mean_absolute_error(predictions, targets)`: the mean of $|\\hat y_i - y_i|$. It counts a miss
of 2 twice as much as a miss of 1, where the mean squared error counts it four times. What will that
change when one of the measurements is badly wrong?
""",
    solution=mean_absolute_error,
    reference=nn.functional.l1_loss,
    cases=_pairs,
    example="print(mean_absolute_error(torch.tensor([2.0, 5.0]), torch.tensor([3.0, 2.0])))",
    hints=("A tensor has the method `abs`.",),
    mistakes=(
        Mistake(_signed, "Residuals of opposite sign cancel: take `abs` before the mean."),
        Mistake(_size_of_mean, "Residuals of opposite sign have cancelled: `abs` before `mean`."),
        Mistake(_sum_of_sizes, "That is the sum: the mean divides it by n."),
        Mistake(_root, "The root of the mean square is another number: take `abs`, then `mean`."),
    ),
)


def best_slope(x: Tensor, y: Tensor) -> Tensor:
    """Return the slope of the line through the origin with the lowest cost, a scalar.

    Args:
        x: Shape `(n,)`, not all zero.
        y: Shape `(n,)`.

    Examples:
        >>> best_slope(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0]))
        tensor(3.)
    """
    return (x @ y) / (x @ x)


def _mean_of_slopes(x: Tensor, y: Tensor) -> Tensor:
    return (y / x).mean()


def _slope_of_means(x: Tensor, y: Tensor) -> Tensor:
    return y.mean() / x.mean()


def _other_way_round(x: Tensor, y: Tensor) -> Tensor:
    return (x @ y) / (y @ y)


def _projected(x: Tensor, y: Tensor) -> Tensor:
    lengths: Tensor = torch.linalg.vector_norm(torch.stack([x, y]), dim=1)
    return nn.functional.cosine_similarity(x, y, dim=0) * lengths[1] / lengths[0]


def _extensions(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0])  # no residuals
    yield torch.tensor([-2.0]), torch.tensor([3.0])
    yield torch.tensor([0.0, 1.0, 3.0]), torch.tensor([1.0, 2.0, 10.0])
    x, y = torch.randn(2, 9, generator=generator, dtype=torch.float64)
    yield x, y


lowest_point = Exercise(
    name="linear/lowest_point",
    title="The best slope",
    prompt="""
Write `best_slope(x, y)`: the slope at the bottom of the parabola. Is it the mean of the slopes
$y_i / x_i$ of the single measurements? Or the slope at which the residuals add up to zero?
""",
    solution=best_slope,
    reference=_projected,
    cases=_extensions,
    example="print(best_slope(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0])))",
    hints=(
        "At the bottom the derivative is zero. The formula stands below the parabola.",
        "`a @ b` is the sum of the products of two tensors with one axis.",
    ),
    mistakes=(
        Mistake(
            _mean_of_slopes,
            "That is the mean of y / x, where the smallest inputs weigh as much as the largest: "
            "set the derivative of the cost to zero.",
        ),
        Mistake(
            _slope_of_means,
            "At that slope the residuals add up to zero, which is not where their squares are "
            "smallest: set the derivative of the cost to zero.",
        ),
        Mistake(_other_way_round, "Divide by the sum of the squares of x, not of y."),
    ),
)


def costs_of_lines(x: Tensor, y: Tensor, weights: Tensor, biases: Tensor) -> Tensor:
    """Return the mean squared error of the line for each pair of slope and bias, `(k, m)`.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weights: The slopes, shape `(k,)`, one for each row of the result.
        biases: The biases, shape `(m,)`, one for each column.

    Examples:
        >>> x, y = torch.tensor([1.0, 2.0]), torch.tensor([4.0, 7.0])
        >>> costs_of_lines(x, y, torch.tensor([2.0, 3.0]), torch.tensor([0.0, 1.0, 2.0]))
        tensor([[6.5000, 2.5000, 0.5000],
                [1.0000, 0.0000, 1.0000]])
    """
    predictions = weights[:, None, None] * x + biases[:, None]  # (k, m, n)
    return ((predictions - y) ** 2).mean(dim=-1)


def _cost_of_pair(x: Tensor, y: Tensor, weights: Tensor, biases: Tensor) -> Tensor:
    rows = [
        torch.stack([nn.functional.mse_loss(w * x + b, y) for b in biases.unbind()])
        for w in weights.unbind()
    ]
    return torch.stack(rows)


def _rows_for_biases(x: Tensor, y: Tensor, weights: Tensor, biases: Tensor) -> Tensor:
    return _cost_of_pair(x, y, weights, biases).T


def _sums_of_lines(x: Tensor, y: Tensor, weights: Tensor, biases: Tensor) -> Tensor:
    return len(x) * _cost_of_pair(x, y, weights, biases)


def _one_number(x: Tensor, y: Tensor, weights: Tensor, biases: Tensor) -> Tensor:
    return _cost_of_pair(x, y, weights, biases).mean()


def _without_biases(x: Tensor, y: Tensor, weights: Tensor, biases: Tensor) -> Tensor:
    return _cost_of_pair(x, y, weights, torch.zeros_like(biases))


def _grids(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    for n, k, m, dtype in (
        (2, 1, 3, torch.float32),
        (3, 3, 3, torch.float32),  # equal lengths: an exchanged axis has the right shape
        (1, 2, 1, torch.float64),
    ):
        x, y = torch.randn(2, n, generator=generator, dtype=dtype)
        weights = torch.randn(k, generator=generator, dtype=dtype)
        yield x, y, weights, torch.randn(m, generator=generator, dtype=dtype)


surface = Exercise(
    name="linear/surface",
    title="The cost of every line",
    prompt="""
Write `costs_of_lines(x, y, weights, biases)`: the mean squared error for every pair, with a row for
each slope and a column for each bias. Two loops will do. One expression does as well: this time,
broadcasting is what you want.
""",
    solution=costs_of_lines,
    reference=_cost_of_pair,
    cases=_grids,
    example="""
x, y = torch.tensor([1.0, 2.0]), torch.tensor([4.0, 7.0])
print(costs_of_lines(x, y, torch.tensor([2.0, 3.0]), torch.tensor([0.0, 1.0, 2.0])))
""",
    hints=(
        "With loops: `torch.stack` makes a tensor of a list of costs, `reshape` a table of it.",
        "Without: give slopes, biases and measurements an axis each. `weights[:, None, None]` has "
        "the shape `(k, 1, 1)`, and `mean(dim=-1)` averages over the last axis.",
    ),
    mistakes=(
        Mistake(_rows_for_biases, "Rows and columns are exchanged: each slope has a row."),
        Mistake(_sums_of_lines, "Those are the sums: the mean divides each by n."),
        Mistake(_one_number, "One number for all lines: average over the measurements only."),
        Mistake(_without_biases, "The biases are missing: a prediction is w * x + b."),
    ),
)

# descent


def step_down(x: Tensor, y: Tensor, weight: Tensor, lr: float) -> Tensor:
    """Return the slope after one step of gradient descent, a scalar.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope before the step, one number.
        lr: The learning rate.

    Examples:
        >>> step_down(torch.tensor([2.0]), torch.tensor([6.0]), torch.tensor(-10.0), lr=0.125)
        tensor(3.)
    """
    residuals = weight * x - y
    derivative = 2 * (residuals * x).mean()
    return weight - lr * derivative


def _step_by_autograd(x: Tensor, y: Tensor, weight: Tensor, lr: float) -> Tensor:
    w = weight.clone().requires_grad_()
    (derivative,) = torch.autograd.grad(nn.functional.mse_loss(w * x, y), w)
    return weight - lr * derivative


def _step_up(x: Tensor, y: Tensor, weight: Tensor, lr: float) -> Tensor:
    return step_down(x, y, weight, -lr)


def _half_a_step(x: Tensor, y: Tensor, weight: Tensor, lr: float) -> Tensor:
    return step_down(x, y, weight, lr / 2)


def _step_of_sum(x: Tensor, y: Tensor, weight: Tensor, lr: float) -> Tensor:
    return step_down(x, y, weight, lr * len(x))


def _step_without_x(x: Tensor, y: Tensor, weight: Tensor, lr: float) -> Tensor:
    return weight - lr * 2 * (weight * x - y).mean()


def _derivative_alone(x: Tensor, y: Tensor, weight: Tensor, lr: float) -> Tensor:
    return slope_gradient(x, y, weight)


def _starts(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, float]]:
    yield torch.tensor([2.0]), torch.tensor([6.0]), torch.tensor(-10.0), 0.1
    yield torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0]), torch.tensor(3.0), 0.1  # the best
    x, y = torch.randn(2, 7, generator=generator, dtype=torch.float64)
    yield x, y, torch.tensor(-15.0, dtype=torch.float64), 0.3


one_step = Exercise(
    name="linear/one_step",
    title="One step downhill",
    prompt="""
Write `step_down(x, y, weight, lr)`: the slope after one step of gradient descent. Then search for a
learning rate with which a single step, from anywhere, ends at the best slope.
""",
    solution=step_down,
    reference=_step_by_autograd,
    cases=_starts,
    example="""
print(step_down(torch.tensor([2.0]), torch.tensor([6.0]), torch.tensor(-10.0), lr=0.1))
""",
    hints=(
        r"The derivative is $\frac2n \sum_i (w x_i - y_i)\, x_i$, twice the mean of residual times "
        "input.",
        "The step goes against the derivative.",
    ),
    mistakes=(
        Mistake(_step_up, "That step goes uphill: subtract lr times the derivative."),
        Mistake(_half_a_step, "The derivative of a square brings a factor 2."),
        Mistake(
            _step_of_sum, "That is the derivative of the sum: the cost is a mean, divide by n."
        ),
        Mistake(
            _step_without_x, "Multiply each residual by its x before you average (chain rule)."
        ),
        Mistake(_derivative_alone, "That is the derivative: return the slope after the step."),
    ),
)


def largest_lr(x: Tensor) -> Tensor:
    """Return the learning rate beyond which descent on the slope moves away, a scalar.

    Args:
        x: Shape `(n,)`, not all zero.

    Examples:
        >>> largest_lr(torch.tensor([2.0]))
        tensor(0.2500)
    """
    return 1 / (x**2).mean()


def _from_curvature(x: Tensor) -> Tensor:
    def parabola(w: Tensor) -> Tensor:
        return nn.functional.mse_loss(w * x, torch.ones_like(x))

    curvature: Tensor = torch.autograd.functional.hessian(parabola, x.new_zeros(()))
    return 2 / curvature


def _one_step_lr(x: Tensor) -> Tensor:
    return largest_lr(x) / 2


def _without_two(x: Tensor) -> Tensor:
    return 2 * largest_lr(x)


def _for_sum(x: Tensor) -> Tensor:
    return 1 / (x**2).sum()


def _squared_mean(x: Tensor) -> Tensor:
    return 1 / x.mean() ** 2


def _inputs(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([-2.0]),)
    yield (torch.tensor([0.0, 1.0, 3.0]),)
    yield (1000 * torch.randn(5, generator=generator, dtype=torch.float64),)


border = Exercise(
    name="linear/border",
    title="Where is the border?",
    prompt=r"""
One step multiplies the distance to the best slope by $1 - \text{lr} \cdot \frac2n \sum_i x_i^2$.
Descent comes closer as long as this factor lies between $-1$ and $1$. Write `largest_lr(x)`: the
learning rate at which it is $-1$. The targets play no part in it.
""",
    solution=largest_lr,
    reference=_from_curvature,
    cases=_inputs,
    example="print(largest_lr(torch.tensor([1.0, 2.0, 3.0])))",
    hints=(r"Solve $1 - \text{lr} \cdot \frac2n \sum_i x_i^2 = -1$ for $\text{lr}$.",),
    mistakes=(
        Mistake(_one_step_lr, "With that one the factor is 0, and one step arrives: find -1."),
        Mistake(_without_two, "With that one the factor is -3: mind the 2 in it."),
        Mistake(_for_sum, "That is the border for the sum of the squares: the cost is a mean."),
        Mistake(_squared_mean, "That squares the mean of x: take the mean of the squares."),
    ),
)


def _two_faults(x: Tensor, y: Tensor, weight: float, lr: float, steps: int) -> Tensor:
    """Return the slope at the start and after each step of gradient descent, `(steps + 1,)`.

    Args:
        x: Shape `(n,)`.
        y: Shape `(n,)`.
        weight: The slope to start from.
        lr: The learning rate.
        steps: How often to step.
    """
    w = x.new_tensor(weight).requires_grad_()
    optimizer = torch.optim.SGD([w], lr=lr)
    path = [w.detach()]
    for _ in range(steps):
        cost = mean_squared_error(w * x, y)
        cost.backward()
        optimizer.step()
        path.append(w.detach())
    return torch.stack(path)


def _added_up(x: Tensor, y: Tensor, weight: float, lr: float, steps: int) -> Tensor:
    w = x.new_tensor(weight)
    total, path = torch.zeros_like(w), [w]
    for _ in range(steps):
        total = total + slope_gradient(x, y, w)
        w = w - lr * total
        path.append(w)
    return torch.stack(path)


def _last_everywhere(x: Tensor, y: Tensor, weight: float, lr: float, steps: int) -> Tensor:
    return descend_slope(x, y, weight, lr, steps)[-1].expand(steps + 1)


def _never_moved(x: Tensor, y: Tensor, weight: float, lr: float, steps: int) -> Tensor:
    return x.new_full((steps + 1,), weight)


def _without_start(x: Tensor, y: Tensor, weight: float, lr: float, steps: int) -> Tensor:
    return descend_slope(x, y, weight, lr, steps)[1:]


def _descents(generator: Generator) -> Iterator[tuple[Tensor, Tensor, float, float, int]]:
    yield torch.tensor([2.0]), torch.tensor([6.0]), -10.0, 0.1, 3
    yield torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0]), 3.0, 0.1, 2  # starts at the best
    x, y = torch.randn(2, 5, generator=generator, dtype=torch.float64)
    yield x, y, -15.0, 0.2, 4
    yield x, y, -15.0, 0.2, 1


accumulation = Exercise(
    name="linear/accumulation",
    title="Repair a descent",
    prompt="""
This descent has two faults: one makes it go wrong, the other hides where it went. Neither raises an
error. Run it for a few steps, look at what it returns, and repair both.
""",
    solution=descend_slope_with_torch,
    starter=_two_faults,
    reference=descend_slope,
    cases=_descents,
    example="""
x, y = torch.tensor([2.0]), torch.tensor([6.0])
print(descend_slope_with_torch(x, y, weight=-10, lr=0.1, steps=4))
""",
    hints=(
        "`backward` adds to the derivative that is already in `w.grad`.",
        "`w.detach()` shares its memory with `w`, and `optimizer.step()` changes `w` in place.",
    ),
    mistakes=(
        Mistake(
            _added_up,
            "From the second step on it follows the sum of all derivatives so far, because "
            "backward adds to w.grad: call optimizer.zero_grad() in every step.",
        ),
        Mistake(
            _last_everywhere,
            "The path holds the same slope many times, because w.detach() shares its memory with "
            "w: keep a clone.",
        ),
        Mistake(
            _two_faults,
            "The path holds the same slope many times, because w.detach() shares its memory with "
            "w: keep a clone. Then look at the second step.",
        ),
        Mistake(
            _never_moved,
            "The slope never moves: does zero_grad stand between backward and step, where it "
            "clears the derivative before it is used?",
        ),
        Mistake(_without_start, "The start is missing: the path has steps + 1 slopes."),
    ),
)

# slope_and_bias


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


def _in_turns(
    x: Tensor, y: Tensor, weight: Tensor, bias: Tensor, lr: float
) -> tuple[Tensor, Tensor]:
    weight = weight - lr * line_gradient(x, y, weight, bias)[0]
    return weight, bias - lr * line_gradient(x, y, weight, bias)[1]


def _slope_only(
    x: Tensor, y: Tensor, weight: Tensor, bias: Tensor, lr: float
) -> tuple[Tensor, Tensor]:
    return step_line(x, y, weight, bias, lr)[0], bias


def _same_for_both(
    x: Tensor, y: Tensor, weight: Tensor, bias: Tensor, lr: float
) -> tuple[Tensor, Tensor]:
    dw, _ = line_gradient(x, y, weight, bias)
    return weight - lr * dw, bias - lr * dw


def _bias_not_predicted(
    x: Tensor, y: Tensor, weight: Tensor, bias: Tensor, lr: float
) -> tuple[Tensor, Tensor]:
    dw, db = line_gradient(x, y, weight, torch.zeros_like(bias))
    return weight - lr * dw, bias - lr * db


def _both_up(
    x: Tensor, y: Tensor, weight: Tensor, bias: Tensor, lr: float
) -> tuple[Tensor, Tensor]:
    return step_line(x, y, weight, bias, -lr)


def _half_of_both(
    x: Tensor, y: Tensor, weight: Tensor, bias: Tensor, lr: float
) -> tuple[Tensor, Tensor]:
    return step_line(x, y, weight, bias, lr / 2)


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
            _in_turns,
            "The bias steps with residuals of the new slope: take both derivatives before you "
            "change either parameter.",
        ),
        Mistake(_slope_only, "The bias has not moved: it has a derivative of its own."),
        Mistake(_same_for_both, "The derivative by the bias does not multiply the residuals by x."),
        Mistake(_bias_not_predicted, "The prediction lacks the bias: it is weight * x + bias."),
        Mistake(_both_up, "That step goes uphill: subtract lr times the derivatives."),
        Mistake(_half_of_both, "The derivative of a square brings a factor 2."),
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


def _loop(
    layer: nn.Linear,
    x: Tensor,
    y: Tensor,
    lr: float,
    steps: int,
    clear: bool = True,
    squeeze: bool = True,
    step: bool = True,
) -> list[float]:
    optimizer = torch.optim.SGD(layer.parameters(), lr=lr)
    costs = []
    for _ in range(steps):
        if clear:
            optimizer.zero_grad()
        column = layer(x.unsqueeze(-1))
        loss = (((column.squeeze(-1) if squeeze else column) - y) ** 2).mean()
        loss.backward()
        if step:
            optimizer.step()
        costs.append(loss.item())
    return costs


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
            partial(_loop, clear=False),
            "From the second step on it follows the sum of all gradients so far: call "
            "optimizer.zero_grad() in every step.",
        ),
        Mistake(
            partial(_loop, squeeze=False),
            "Predictions (n, 1) and targets (n,) broadcast to (n, n), so every prediction has to "
            "please every target: squeeze the predictions.",
        ),
        Mistake(
            partial(_loop, step=False),
            "The cost does not change: after backward, optimizer.step() moves the parameters.",
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


def _start_not_moved(
    x: Tensor, y: Tensor, weight: float, bias: float, lr: float, steps: int
) -> Tensor:
    return descend_centred(x, y, weight, bias - weight * x.mean().item(), lr, steps)


def _end_not_moved(
    x: Tensor, y: Tensor, weight: float, bias: float, lr: float, steps: int
) -> Tensor:
    path = descend_centred(x, y, weight, bias, lr, steps)
    return torch.stack([path[:, 0], path[:, 1] + path[:, 0] * x.mean()], dim=1)


def _not_moved(x: Tensor, y: Tensor, weight: float, bias: float, lr: float, steps: int) -> Tensor:
    return descend_line(x - x.mean(), y, weight, bias, lr, steps)


def _not_centred(x: Tensor, y: Tensor, weight: float, bias: float, lr: float, steps: int) -> Tensor:
    return descend_line(x, y, weight, bias, lr, steps)


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
            _start_not_moved,
            "It starts from another line: for centred masses the bias of the start is "
            "bias + weight * x.mean().",
        ),
        Mistake(
            _end_not_moved,
            "The path holds heights at the mean mass: turn each back into a bias, the prediction "
            "at x = 0.",
        ),
        Mistake(
            _not_moved,
            "The bias given and the biases returned belong to the masses as they are: turn it into "
            "a height before the descent, and back after it.",
        ),
        Mistake(_not_centred, "That is the path without centring: descend on x - x.mean()."),
    ),
)
