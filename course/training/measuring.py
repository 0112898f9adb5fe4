"""Measuring without fooling yourself: averages over rows, baselines, and intervals over seeds."""

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import torch
from torch import Tensor, nn

Pairs = Iterable[tuple[Tensor, Tensor]]  # a DataLoader, or a list of inputs and targets
Measure = Callable[[Tensor, Tensor], Tensor]  # of outputs and targets


def weighted_mean(values: Tensor, sizes: Iterable[int]) -> float:
    """Return the mean over all rows, from the mean of each batch.

    Args:
        values: The mean of each batch, shape `(batches,)`.
        sizes: The number of rows of each batch; the last batch may be shorter.

    Raises:
        ValueError: If there is not one mean for each size, or if there are no rows.

    Examples:
        >>> weighted_mean(torch.tensor([1.0, 4.0]), [3, 1])
        1.75
    """
    weights = torch.tensor(list(sizes), dtype=torch.float64, device="cpu")
    if values.shape != weights.shape or not weights.any():
        rows = f"{int(weights.sum())} rows in {len(weights)} batches"
        raise ValueError(
            f"values have shape {tuple(values.shape)}, for {rows}: "
            "give one mean per batch, and at least one row"
        )
    return float(values.cpu().double() @ weights / weights.sum())


def device_of(model: nn.Module) -> torch.device:
    """Return where the model's parameters or buffers are; without any, it computes on the CPU.

    Examples:
        >>> device_of(nn.Linear(1, 1))
        device(type='cpu')
    """
    places = (each.device for each in itertools.chain(model.parameters(), model.buffers()))
    return next(places, torch.device("cpu"))


@torch.no_grad()
def predict(model: nn.Module, batches: Pairs) -> tuple[Tensor, Tensor]:
    """Return all outputs of the model in `eval` mode, and all targets, on its device.

    Args:
        model: Maps inputs `(n, …)` to outputs `(n,)` or `(n, k)`. At the end, it and
            its parts are in the modes in which they came.
        batches: Pairs of inputs and targets.

    Raises:
        ValueError: If there are no batches.

    Examples:
        >>> x, y = torch.ones(3, 1), torch.zeros(3)
        >>> outputs, targets = predict(nn.Flatten(0), [(x[:2], y[:2]), (x[2:], y[2:])])
        >>> outputs, targets
        (tensor([1., 1., 1.]), tensor([0., 0., 0.]))
    """
    device = device_of(model)
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        pairs = [(model(x.to(device)), y.to(device)) for x, y in batches]
    finally:
        for module, training in modes.items():
            module.training = training
    if not pairs:
        raise ValueError("no batches: give a list or a DataLoader, not an iterator that is used up")
    outputs, targets = zip(*pairs, strict=True)
    return torch.cat(outputs), torch.cat(targets)


def evaluate(
    model: nn.Module,
    batches: Pairs,
    criterion: Measure,
    metrics: Mapping[str, Measure] | None = None,
) -> dict[str, float]:
    """Return the loss and each metric, computed on all rows at once.

    Args:
        model: Maps inputs `(n, …)` to outputs `(n,)` or `(n, k)`.
        batches: Pairs of inputs and targets.
        criterion: Takes outputs and targets, returns the mean loss, a scalar.
        metrics: For each name a function of outputs and targets that returns a scalar. The name
            `"loss"` is that of the criterion.

    Raises:
        ValueError: If outputs and targets would broadcast, if there are no batches, or if a metric
            is called `"loss"`.

    Examples:
        >>> batches = [(torch.ones(2, 1), torch.zeros(2)), (torch.ones(1, 1), torch.ones(1))]
        >>> round(evaluate(nn.Flatten(0), batches, nn.MSELoss())["loss"], 4)
        0.6667
    """
    if metrics and "loss" in metrics:
        raise ValueError("a metric is called 'loss', as the criterion is: give it another name")
    outputs, targets = predict(model, batches)
    check_shapes(outputs, targets)
    measures = {"loss": criterion, **(metrics or {})}
    return {name: float(measure(outputs, targets)) for name, measure in measures.items()}


def check_shapes(outputs: Tensor, targets: Tensor) -> None:
    """Raise a `ValueError` if outputs and targets would broadcast.

    Numbers as targets must have the shape of the outputs; class numbers `(n,)` may stand beside
    outputs `(n, k)`, `k` at least 2.

    Examples:
        >>> check_shapes(torch.zeros(4), torch.ones(4))
        >>> check_shapes(torch.zeros(4, 3), torch.tensor([0, 2, 1, 1]))
    """
    one_class_per_row = (
        not targets.is_floating_point()
        and outputs.shape[1:2].numel() > 1
        and targets.shape == outputs.shape[:1] + outputs.shape[2:]
    )
    if outputs.shape != targets.shape and not one_class_per_row:
        raise ValueError(
            f"targets have shape {tuple(targets.shape)}, outputs {tuple(outputs.shape)}: give both "
            "the same shape, for example with squeeze(-1), or they broadcast"
        )


class Constant(nn.Module):
    """A model with one answer for every row: the baseline that others have to beat.

    On the rows that it comes from, `y.mean()` has the lowest mean squared error of
    all constants, and R² is 0. For classes take the logits `counts.log()`, with the
    number of rows of each class: the most frequent one is the answer, and the
    cross-entropy is the lowest of all constants.

    Args:
        answer: Shape `()` for outputs `(n,)`, or `(k,)` for outputs `(n, k)`.

    Examples:
        >>> Constant(torch.tensor(7.5))(torch.zeros(3, 64))
        tensor([7.5000, 7.5000, 7.5000])
    """

    answer: Tensor

    def __init__(self, answer: Tensor) -> None:
        super().__init__()
        self.register_buffer("answer", answer)

    def forward(self, x: Tensor) -> Tensor:
        """Return the answer once per row of the inputs `(n, …)`."""
        return self.answer.expand(len(x), *self.answer.shape)


def mean_interval(
    values: Tensor | Sequence[float], confidence: float = 0.95
) -> tuple[float, float]:
    """Return the mean of several runs, and how far its interval reaches each way.

    In the fraction `confidence` of all cases, the interval contains what the mean of
    ever more runs would approach, if runs are independent and their values about
    normal. To compare two models, run both with the same seeds and give the
    differences. See Student (1908).

    Args:
        values: One number per run, shape `(m,)`, such as accuracies with other seeds.
        confidence: Between 0 and 1.

    Raises:
        ValueError: If there are fewer than two values, if the shape is another one,
            if a value is not finite, or if `confidence` is not between 0 and 1.

    Examples:
        >>> mean, margin = mean_interval([0.91, 0.93, 0.92, 0.96])
        >>> print(f"{mean:.3f} ± {margin:.3f}")
        0.930 ± 0.034
    """
    runs = torch.as_tensor(values, dtype=torch.float64, device="cpu")
    if runs.ndim != 1 or len(runs) < 2 or not runs.isfinite().all():
        raise ValueError(
            f"values have shape {tuple(runs.shape)}, {int(runs.isfinite().sum())} of them "
            "finite: give one finite number per run, from at least two runs"
        )
    standard_error = runs.std() / math.sqrt(len(runs))
    margin = t_quantile(confidence, degrees=len(runs) - 1) * standard_error
    return runs.mean().item(), margin.item()


@functools.cache
def t_quantile(confidence: float, degrees: int) -> float:
    """Return how many standard errors an interval reaches each way, for Student's distribution.

    With `t = √degrees · tan(angle)` the density of `t` becomes `cos(angle) ** (degrees − 1)` up to
    a factor. Its area from 0 up to each of many angles is known by the trapezoid rule, so the angle
    that has the part `confidence` of it is known too. See Student (1908).

    Args:
        confidence: Between 0 and 1.
        degrees: Degrees of freedom: one less than there are values.

    Raises:
        ValueError: If `confidence` is not between 0 and 1, or `degrees` is below 1.

    Examples:
        >>> [round(t_quantile(0.95, degrees), 2) for degrees in (1, 4, 9, 19, 99)]
        [12.71, 2.78, 2.26, 2.09, 1.98]
    """
    if not 0 < confidence < 1 or degrees < 1:
        raise ValueError(
            f"confidence is {confidence}, degrees {degrees}: give a confidence between 0 and 1, "
            "such as 0.95, and at least 1 degree of freedom"
        )
    angles = torch.linspace(0, math.pi / 2, 100_001, dtype=torch.float64, device="cpu")
    density = angles.cos() ** (degrees - 1)
    areas = torch.cumulative_trapezoid(density, angles)
    wanted = confidence * areas[-1]
    i = int(torch.searchsorted(areas, wanted))  # areas[i] ends at angles[i + 1]
    angle = angles[i + 1] - (areas[i] - wanted) / density[i + 1]
    return math.sqrt(degrees) * math.tan(angle)
