"""Exercises of the lesson `linear/multiple`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor, nn

from course.linear.exact import with_ones
from course.practice import Exercise, Mistake


def answers(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return what `nn.Linear(d, 1)` answers for each row, without its last axis, `(n,)`.

    Args:
        x: Shape `(n, d)`, `n` at least 1.
        weight: Shape `(1, d)`, as the layer holds it.
        bias: Shape `(1,)`, as the layer holds it.

    Examples:
        >>> x = torch.tensor([[1.0, 0.0], [1.0, 2.0]])
        >>> answers(x, torch.tensor([[3.0, 1.5]]), torch.tensor([8.0]))
        tensor([11., 14.])
    """
    return (x @ weight.T + bias).squeeze(1)


def _by_layer(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return nn.functional.linear(x, weight, bias)[:, 0]


def _layers(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    for n, d, dtype in ((3, 2, torch.float32), (1, 4, torch.float64), (5, 3, torch.float64)):
        x = torch.randn(n, d, generator=generator, dtype=dtype)
        weight = torch.randn(1, d, generator=generator, dtype=dtype)
        yield x, weight, torch.randn(1, generator=generator, dtype=dtype)


one_per_row = Exercise(
    name="linear/one_per_row",
    title="One number for each row",
    mark=1,
    prompt="""
Write `answers(x, weight, bias)`: the predictions of `nn.Linear(d, 1)` from its `weight` of shape
`(1, d)` and its `bias` of shape `(1,)`, as a tensor of shape `(n,)`. One row is enough: with
`n = 1` the shape is `(1,)`.
""",
    solution=answers,
    reference=_by_layer,
    cases=_layers,
    example="""
x = torch.tensor([[1.0, 0.0], [1.0, 2.0], [0.0, 2.0]])
print(answers(x, torch.tensor([[3.0, 1.5]]), torch.tensor([8.0])))
""",
    hints=(
        "The axis of length d has to meet itself: `weight.T` has the shape (d, 1).",
        "`squeeze` with the number of an axis removes this axis and no other.",
    ),
    mistakes=(
        Mistake(
            ".squeeze(1)", "", says="The numbers are right, the shape is (n, 1): remove axis 1."
        ),
        Mistake(
            "squeeze(1)",
            "squeeze()",
            says="`squeeze()` removes every axis of length 1, with a single row also that of the "
            "rows: name the axis.",
        ),
        Mistake(" + bias", "", says="The bias is missing: it is added once to each row."),
        Mistake(
            "weight.T",
            "weight",
            says="(n, d) @ (1, d) does not fit: transpose the weight, so that d meets d.",
        ),
        Mistake(
            "(x @ weight.T + bias).squeeze(1)",
            "(x * weight + bias).sum(dim=1)",
            says="The bias is added before the sum, so it counts d times: add it after the sum.",
        ),
    ),
)


def own_slope(x: Tensor, y: Tensor, j: int) -> Tensor:
    """Return the slope of the targets on what the other inputs leave of one input, a scalar.

    Args:
        x: Shape `(n, d)`, `d` at least 2; no column is made of the others and ones.
        y: Shape `(n,)`.
        j: The number of the input.

    Examples:
        >>> x = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
        >>> round(own_slope(x, torch.tensor([8.0, 11.0, 9.5, 12.5]), 0).item(), 4)
        3.0
    """
    others = with_ones(torch.cat([x[:, :j], x[:, j + 1 :]], dim=1))
    column = x[:, j : j + 1]
    own: Tensor = (column - others @ torch.linalg.lstsq(others, column).solution).squeeze(1)
    return (own @ y) / (own @ own)


def _by_all(x: Tensor, y: Tensor, j: int) -> Tensor:
    parameters: Tensor = torch.linalg.pinv(with_ones(x)) @ y
    return parameters[j]


def _related(generator: Generator) -> Iterator[tuple[Tensor, Tensor, int]]:
    for n, d, j in ((6, 2, 0), (9, 3, 1), (12, 4, 3)):
        x = 1 + torch.randn(n, d, generator=generator, dtype=torch.float64)
        x[:, 0] += x[:, -1]
        yield x, 8 + x.sum(dim=1) + torch.randn(n, generator=generator, dtype=torch.float64), j


alone = Exercise(
    name="linear/alone",
    title="What a weight is the slope of",
    mark=3,
    prompt="""
Take from input `j` what the other inputs and a column of ones explain of it, by least squares. What
is left is its own. Write `own_slope(x, y, j)`: the slope of the targets on this rest,
$\\sum_i u_i y_i \\,/\\, \\sum_i u_i^2$, where $u$ is the rest. Then compare with the weight of
input `j` in the model with all inputs.
""",
    solution=own_slope,
    reference=_by_all,
    cases=_related,
    example="""
x = torch.tensor([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [1.0, 2.0]])
y = torch.tensor([8.0, 12.0, 17.5, 13.8])
print("own slopes:", [round(own_slope(x, y, j).item(), 4) for j in (0, 1)])
columns = torch.cat([x, torch.ones(4, 1)], dim=1)
print("weights:", torch.linalg.lstsq(columns, y.unsqueeze(1)).solution[:2, 0].tolist())
""",
    hints=(
        "All columns but one: `torch.cat([x[:, :j], x[:, j + 1 :]], dim=1)`.",
        "With `others` of shape (n, d), ones included, and `column` of shape (n, 1), "
        "`others @ torch.linalg.lstsq(others, column).solution` is what they explain.",
    ),
    mistakes=(
        Mistake(
            "others @ torch.linalg.lstsq(others, column).solution",
            "column.mean()",
            says="That is the slope on the whole input: first take out what others explain.",
        ),
        Mistake("with_ones(", "(", says="The others include a column of ones, for the bias."),
        Mistake(
            "(own @ own)",
            "(column**2).sum()",
            says="You divide by the square of the whole input: divide by that of its own part.",
        ),
    ),
)


def score_on_new_rows(x: Tensor, y: Tensor, training: Tensor) -> Tensor:
    """Return R² of least squares on the rows that it was not trained on, a scalar.

    Args:
        x: Shape `(n, d)`.
        y: Shape `(n,)`.
        training: Shape `(n,)`, True for the rows to train on.

    Examples:
        >>> x = torch.arange(6.0).unsqueeze(1)
        >>> training = torch.tensor([True, True, True, False, False, False])
        >>> round(score_on_new_rows(x, 2 * x.squeeze(1) + 1, training).item(), 3)
        1.0
    """
    columns = with_ones(x)
    theta: Tensor = torch.linalg.lstsq(columns[training], y[training].unsqueeze(1)).solution
    new = y[~training]
    residuals = columns[~training] @ theta.squeeze(1) - new
    return 1 - (residuals**2).sum() / ((new - new.mean()) ** 2).sum()


def _flattering_score(x: Tensor, y: Tensor, training: Tensor) -> Tensor:
    """Return R² of least squares on the rows that it was not trained on, a scalar."""
    columns = with_ones(x)
    theta: Tensor = torch.linalg.lstsq(columns, y.unsqueeze(1)).solution
    new = y[~training]
    residuals = columns[~training] @ theta.squeeze(1) - new
    return 1 - (residuals**2).sum() / ((new - y[training].mean()) ** 2).sum()


def _fitted(x: Tensor, y: Tensor, rows: Tensor) -> Tensor:
    theta: Tensor = torch.linalg.pinv(with_ones(x[rows])) @ y[rows]
    return with_ones(x) @ theta


def _explained(predictions: Tensor, y: Tensor, mean: Tensor) -> Tensor:
    return 1 - (predictions - y).square().mean() / (y - mean).square().mean()


def _score(x: Tensor, y: Tensor, training: Tensor) -> Tensor:
    new = ~training
    return _explained(_fitted(x, y, training)[new], y[new], y[new].mean())


def _splits(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    for n, d, known in ((12, 2, 8), (30, 3, 20), (20, 1, 5)):
        x = torch.randn(n, d, generator=generator, dtype=torch.float64)
        y = 8 + x.sum(dim=1) + torch.randn(n, generator=generator, dtype=torch.float64)
        yield x, y, torch.randperm(n, generator=generator) < known


honest = Exercise(
    name="linear/honest",
    title="An R² that flatters",
    mark=2,
    prompt="""
This function is to tell how good a plane is for new rows, those where `training` is False. On rows
of pure chance it mostly promises a positive R², where an honest one is mostly below 0. It has two
faults, and both flatter the model. Find them, and repair them.
""",
    solution=score_on_new_rows,
    starter=_flattering_score,
    reference=_score,
    cases=_splits,
    example="""
generator = torch.Generator().manual_seed(0)
x = torch.randn(60, 2, generator=generator)
y = 8 + x @ torch.tensor([3.0, 1.5]) + torch.randn(60, generator=generator)
print(f"{score_on_new_rows(x, y, torch.arange(60) < 40):.3f}")
""",
    hints=(
        "`training` is a mask: `x[training]` has the rows where it is True, `x[~training]` the "
        "others.",
        "R² is one minus the squared residuals, summed, over the squared distances from the mean, "
        "summed.",
    ),
    mistakes=(
        Mistake(
            _flattering_score,
            says="Nothing has changed: look at which rows the weights come from, and at whose mean "
            "R² is measured against.",
        ),
        Mistake(
            "y[~training]",
            "y[training]",
            "columns[~training]",
            "columns[training]",
            says="These rows the model has seen: measure on the others.",
        ),
        Mistake(
            "columns[training], y[training]",
            "columns, y",
            says="The new rows took part in the training: leave them out of it.",
        ),
        Mistake(
            "y[~training]",
            "y",
            "columns[~training]",
            "columns",
            says="The training rows are in the score: measure on the others alone.",
        ),
        Mistake("1 - ", "", says="That is the share that is *not* explained: take one minus it."),
        Mistake(
            "new.mean()",
            "y[training].mean()",
            says="R² compares with the mean of the rows it is measured on, not of the training "
            "rows.",
        ),
    ),
)
