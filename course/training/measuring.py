"""Measuring without fooling yourself: averages over rows, and baselines to compare with."""

import itertools
from collections.abc import Callable, Iterable, Mapping

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
