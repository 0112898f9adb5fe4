"""From a table to a decision: a model that scales its own inputs, tuned, and judged once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from course.linear.exact import with_ones
from course.training.metrics import confusion_matrix, roc_auc
from course.training.splits import split_rows_by_class

# From one that leaves hardly more than the base rate to one that hardly penalises.
STRENGTHS = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)


class LogisticModel(nn.Module):
    """Logistic regression that takes rows as they are: it standardises them by itself.

    Mean and deviation belong to it as its weights do. They are saved with it, and nobody
    can forget them, or take those of the new rows.

    Args:
        mean: Of each column in the training rows, shape `(d,)`.
        std: The standard deviation of each, shape `(d,)`, above 0.

    Examples:
        >>> model = LogisticModel(mean=torch.tensor([50.0]), std=torch.tensor([10.0]))
        >>> _ = nn.init.ones_(model.weight)
        >>> model(torch.tensor([[50.0], [70.0]])).tolist()
        [0.0, 2.0]
    """

    mean: Tensor
    std: Tensor

    def __init__(self, mean: Tensor, std: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)
        self.weight = nn.Parameter(torch.zeros_like(mean))
        self.bias = nn.Parameter(mean.new_zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits, shape `(n,)`, of inputs `(n, d)`."""
        return (x - self.mean) / self.std @ self.weight + self.bias


def fit_model(x: Tensor, y: Tensor, strength: float) -> LogisticModel:
    """Return the model with the lowest penalised loss on these rows, in float64.

    It is the one that `fit_logistic` of the lesson on classifiers finds for standardised inputs.
    That costs a thousand fits where evidence is asked for, so here Newton's method finds it: on a
    table of few columns it arrives in a few steps, and each is exact about the curvature.

    A column that is the same in all these rows, such as that of a rare category, gets the scale 1
    and the weight 0: they say nothing about it. `constant_columns` names such columns.

    Args:
        x: Inputs of the training rows, shape `(n, d)`, as they are.
        y: Answers, shape `(n,)`, each 0 or 1, with both among them.
        strength: Above 0. The penalty is so many times the sum of the squared weights of the
            standardised inputs; the bias is free.

    Raises:
        ValueError: If a shape, an answer or `strength` is another one, if an input is not finite,
            or if the deviation of a column is too large for float64.

    Source: Hastie et al. (2009), section 4.4.1, for the steps.

    Examples:
        >>> x = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
        >>> model = fit_model(x, torch.tensor([0.0, 1.0, 0.0, 1.0]), strength=0.05)
        >>> model(x).sigmoid().round(decimals=2).tolist()
        [0.31, 0.43, 0.57, 0.69]
    """
    _check(x, y, strength)
    x, y = x.detach().double(), y.double()
    model = LogisticModel(*_mean_and_std(x))
    columns = with_ones((x - model.mean) / model.std)
    penalty = torch.full_like(columns[0], strength)
    penalty[-1] = 0  # the bias says how frequent the answers are
    parameters = _newton(columns, y, penalty)
    with torch.no_grad():
        model.weight.copy_(parameters[:-1])
        model.bias.copy_(parameters[-1])
    return model


def constant_columns(x: Tensor) -> list[int]:
    """Return the numbers of the columns that are the same in all rows.

    Args:
        x: Inputs, shape `(n, d)`, `n` at least 1.

    Examples:
        >>> constant_columns(torch.tensor([[0.0, 1.0, 0.1], [0.0, 2.0, 0.1]]))
        [0, 2]
    """
    return [j for j, same in enumerate((x == x[0]).all(dim=0).tolist()) if same]


def _mean_and_std(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and deviation of each column; of a constant one itself and 1."""
    largest = x.abs().amax(dim=0).clamp(min=torch.finfo(x.dtype).tiny)  # no square overflows in it
    mean, std = (x / largest).mean(dim=0) * largest, (x / largest).std(dim=0) * largest
    constant = constant_columns(x)
    mean[constant], std[constant] = x[0, constant], 1.0
    bad = ~((x - mean) / std).isfinite().all(dim=0)
    if bad.any():
        j = int(bad.int().argmax())
        raise ValueError(
            f"column {j} of x, counted from 0, has no deviation in float64: its numbers are too "
            "extreme: leave it out"
        )
    return mean, std


def _newton(columns: Tensor, y: Tensor, penalty: Tensor) -> Tensor:
    """Return the parameters, `(p,)`, at which the penalised cross-entropy is lowest."""

    def cost(parameters: Tensor) -> Tensor:
        fit = binary_cross_entropy_with_logits(columns @ parameters, y)
        return fit + penalty @ parameters**2

    parameters = torch.zeros_like(penalty)
    lowest = cost(parameters)
    for _ in range(100):
        p = (columns @ parameters).sigmoid()
        gradient = columns.T @ (p - y) / len(y) + 2 * penalty * parameters
        if gradient.abs().max() < 1e-9:
            return parameters
        hessian = (columns.T * (p * (1 - p))) @ columns / len(y) + 2 * penalty.diag()
        step: Tensor = torch.linalg.solve(hessian, gradient)
        while (found := cost(parameters - step)) > lowest + 1e-12:  # rounding is no rise
            step = step / 2
        parameters, lowest = parameters - step, found
    raise ArithmeticError("no lowest cost in 100 steps: take a larger strength")


@dataclass(frozen=True, eq=False)
class Tuned:
    """What `tune` chose, and between what.

    Attributes:
        model: Fitted on the training rows with the chosen strength.
        strength: The one with the lowest cross-entropy on the validation rows.
        losses: For each strength this cross-entropy.
        training: Numbers of the rows that it was fitted on, shape `(n_training,)`.
        validation: Numbers of the rows that it was chosen on, shape `(n_validation,)`.
        constant: Numbers of the columns that are the same in all training rows: their weight is 0.
    """

    model: LogisticModel
    strength: float
    losses: dict[float, float]
    training: Tensor
    validation: Tensor
    constant: list[int]

    @property
    def at_edge(self) -> bool:
        """Return whether the strength is the first or the last that was tried.

        Then one beyond may do better still: give `tune` stronger or weaker ones, too.
        """
        first, *_, last = [next(iter(self.losses)), *self.losses]
        return self.strength in (first, last)


def develop(x: Tensor, y: Tensor, generator: Generator | None = None) -> Tuned:
    """Return the best of several models: all that is done with answers before the test set opens.

    Three of four rows are for training, one is for validation, by class.

    Args:
        x: Inputs, shape `(n, d)`, without the test rows.
        y: Answers, shape `(n,)`, each 0 or 1.
        generator: Draws the split.

    Raises:
        ValueError: As for `tune`, or if there are fewer than 2 rows of an answer.

    Examples:
        >>> x, y = torch.arange(20.0).unsqueeze(1), torch.arange(20) // 10
        >>> tuned = develop(x, y, torch.Generator().manual_seed(0))
        >>> len(tuned.training), len(tuned.validation)
        (15, 5)
    """
    training, validation = split_rows_by_class(y, (0.75, 0.25), generator)
    return tune(x, y, training, validation)


def tune(
    x: Tensor,
    y: Tensor,
    training: Tensor,
    validation: Tensor,
    strengths: Sequence[float] = STRENGTHS,
) -> Tuned:
    """Return the model whose strength does best on the validation rows, of equal ones the first.

    Args:
        x: Inputs, shape `(n, d)`.
        y: Answers, shape `(n,)`, each 0 or 1.
        training: Numbers of the rows to fit on, shape `(n_training,)`.
        validation: Numbers of the rows to choose on, which are others.
        strengths: To try, the strongest first.

    Raises:
        ValueError: As for `fit_model`, or if there are no strengths or no validation rows.

    Examples:
        >>> x, y = torch.arange(8.0).unsqueeze(1), torch.tensor([0, 0, 0, 1, 0, 1, 1, 1])
        >>> tuned = tune(x, y, torch.tensor([0, 2, 3, 4, 5, 7]), torch.tensor([1, 6]))
        >>> tuned.strength, list(tuned.losses)[:2]
        (0.001, [1.0, 0.3])
    """
    if not strengths or len(validation) == 0:
        raise ValueError(
            f"{len(strengths)} strengths, {len(validation)} validation rows: give at least one"
        )
    models = {strength: fit_model(x[training], y[training], strength) for strength in strengths}
    losses = {
        strength: cross_entropy(model, x[validation], y[validation])
        for strength, model in models.items()
    }
    best = min(losses, key=losses.__getitem__)
    constant = constant_columns(x[training])
    return Tuned(models[best], best, losses, training, validation, constant)


@torch.no_grad()
def cross_entropy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Return the mean cross-entropy of the model on these rows.

    Args:
        model: Gives logits `(n,)` for inputs `(n, d)`.
        x: Inputs, shape `(n, d)`.
        y: Answers, shape `(n,)`, each 0 or 1.

    Examples:
        >>> x, y = torch.tensor([[0.0], [0.0]]), torch.tensor([0.0, 1.0])
        >>> round(cross_entropy(nn.Flatten(0), x, y), 4)
        0.6931
    """
    logits = model(x)
    return float(binary_cross_entropy_with_logits(logits, y.to(logits.dtype)))


@dataclass(frozen=True, eq=False)
class Judgement:
    """How a model did on some rows.

    Attributes:
        matrix: How many rows of each answer, 0 and 1, were decided which way, counts `(2, 2)`.
        auc: The area under the ROC curve, which no threshold changes.
    """

    matrix: Tensor
    auc: float

    @property
    def accuracy(self) -> float:
        """Return the fraction of rows that were decided right."""
        return float(self.matrix.trace() / self.matrix.sum())

    @property
    def base_rate(self) -> float:
        """Return the accuracy of giving all rows the more frequent answer."""
        return float(self.matrix.sum(dim=1).max() / self.matrix.sum())


@torch.no_grad()
def judge(model: nn.Module, x: Tensor, y: Tensor, threshold: float = 0.5) -> Judgement:
    """Return how the model does on rows that it was not fitted on.

    Args:
        model: Gives logits `(n,)` for inputs `(n, d)`.
        x: Inputs, shape `(n, d)`.
        y: Answers, shape `(n,)`, each 0 or 1, both of them there.
        threshold: The probability from which on the decision is 1.

    Raises:
        ValueError: If there are not rows of both answers, if the shapes do not fit, or if
            `threshold` is no probability.

    Examples:
        >>> x, y = torch.tensor([[-1.0], [0.5], [2.0]]), torch.tensor([0.0, 0.0, 1.0])
        >>> judged = judge(nn.Flatten(0), x, y, threshold=0.6)
        >>> judged.matrix.tolist(), round(judged.accuracy, 2), judged.auc
        ([[1, 1], [0, 1]], 0.67, 1.0)
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold is {threshold}: give a probability, from 0 to 1")
    logits = model(x)
    decided = logits.sigmoid() >= threshold
    return Judgement(confusion_matrix(decided, y, 2), float(roc_auc(logits, y)))


def _check(x: Tensor, y: Tensor, strength: float) -> None:
    if x.ndim != 2 or y.shape != x.shape[:1] or x.shape[1] == 0:
        raise ValueError(
            f"x has shape {tuple(x.shape)}, y {tuple(y.shape)}: give (n, d) and (n,), d above 0"
        )
    answers = y.unique().tolist()
    if answers != [0, 1]:
        raise ValueError(f"y holds {answers}: give rows of both answers, 0 and 1, and no others")
    if not x.isfinite().all():
        raise ValueError("x holds NaN or infinity: see which cells with course.project.table")
    if not 0 < strength < math.inf:
        raise ValueError(f"strength is {strength}: give a finite number above 0")
