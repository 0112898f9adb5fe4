"""Exercises of the lesson `linear/prediction`: write it, and `check` tells what is missing."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Generator, Tensor, nn

from course.linear.prediction import Line, predict
from course.practice import Exercise, Mistake


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
    mark=1,
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
        Mistake(
            "(y[1] - y[0]) / (x[1] - x[0])",
            "(x[1] - x[0]) / (y[1] - y[0])",
            says="That slope is upside down: it is the rise in y over that in x.",
        ),
        Mistake(
            "x[1] - x[0]",
            "x[0] - x[1]",
            says="The slope has the wrong sign: subtract in the same order in y and in x.",
        ),
        Mistake(
            " - slope * x[0]",
            "",
            says="The bias is the prediction at x = 0: from y[0], take away what comes from x[0].",
        ),
        Mistake(
            "- slope",
            "+ slope",
            says="The bias is what remains of y[0] when slope * x[0] is taken *away*.",
        ),
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
    new = restored(x)
    restored.load_state_dict(model.state_dict())
    return {
        "predictions": model(x),
        "predictions of Line()": new,
        "names in state_dict": ", ".join(sorted(model.state_dict())),
        "names of parameters": ", ".join(sorted(name for name, _ in model.named_parameters())),
        "predictions after loading": restored(x),
    }


def _lines(generator: Generator) -> Iterator[tuple[float, float, Tensor]]:
    yield 3.0, 8.0, torch.tensor([0.0, 1.0, -2.0])
    yield 3, 8, torch.tensor([0.0, 1.0, -2.0])
    yield -2.5, 0.5, torch.randn(1, generator=generator)


line = Exercise(
    name="linear/line",
    title="Repair a line that cannot be saved",
    mark=2,
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
            says="The parameters are still in a plain list, where the module does not look: make "
            "each an attribute of its own.",
        ),
        Mistake(
            _NumberedLine,
            says="nn.ParameterList registers them, as numbers.0 and numbers.1: for the names "
            "weight and bias, make each an attribute.",
        ),
        Mistake(
            "nn.Parameter(torch.tensor(float(bias)))",
            "torch.tensor(float(bias))",
            says="The bias is a plain tensor: wrap it in nn.Parameter, as the weight is.",
        ),
        Mistake(
            "self.weight = nn.Parameter(",
            'self.register_buffer("weight", ',
            "self.bias = nn.Parameter(",
            'self.register_buffer("bias", ',
            says="Buffers are saved, but not trained: slope and bias are to be nn.Parameter.",
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
    mark=2,
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
        Mistake(
            ".squeeze(-1)",
            "",
            says="The predictions are still a column, (n, 1): squeeze the last axis.",
        ),
        Mistake(
            ".squeeze(-1)",
            ".squeeze()",
            says="squeeze() takes away every axis of length 1, the one of a single measurement as "
            "well: name the axis, squeeze(-1).",
        ),
        Mistake(
            "x.unsqueeze(-1)",
            "x",
            ".squeeze(-1)",
            "",
            says="nn.Linear reads (n,) as one row with n columns: make a column of it first.",
        ),
        Mistake(
            "self.layer = nn.Linear(1, 1)\n",
            "",
            "self.layer",
            "nn.Linear(1, 1)",
            says="The state dict is empty: make the layer in __init__, as the attribute "
            "self.layer.",
        ),
        Mistake(
            "super().__init__()\n",
            "",
            says="nn.Module has to prepare itself: call super().__init__() first.",
        ),
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
    mark=2,
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
            "tensor.clone()",
            "tensor",
            says="What you keep changes with the model, whose memory it shares: clone each tensor.",
        ),
        Mistake(
            "state_dict().items()",
            "named_parameters()",
            says="The state is more than the parameters: a model can hold buffers, see "
            "state_dict().",
        ),
    ),
)
