"""Exercises of the lesson `training/measuring`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def majority_accuracy(known: Tensor, labels: Tensor) -> Tensor:
    """Return the accuracy of always answering the most frequent known label, a scalar.

    Args:
        known: Labels of the training rows, shape `(n,)`, integers from 0. One class is
            the most frequent.
        labels: Labels of the rows to measure on, shape `(m,)`.

    Examples:
        >>> majority_accuracy(torch.tensor([0, 2, 2]), torch.tensor([2, 1, 2, 0]))
        tensor(0.5000)
    """
    answer = known.bincount().argmax()
    return (labels == answer).float().mean()


def _accuracy_of_mode(known: Tensor, labels: Tensor) -> Tensor:
    answers = known.mode().values.expand_as(labels)
    return 1 - (answers != labels).float().mean()


def _labels(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([3]), torch.tensor([3, 0])
    yield torch.tensor([0, 1, 1]), torch.tensor([0, 0, 0, 1, 2])  # another majority
    for n, m in ((7, 9), (31, 10)):
        others = torch.randperm(n, generator=generator)[: n // 2] % 4
        known = torch.cat([others, torch.full((n - n // 2,), 2)])
        yield known, torch.randint(0, 4, (m,), generator=generator)


base_rate = Exercise(
    name="training/base_rate",
    title="The base rate",
    mark=1,
    prompt="""
Write `majority_accuracy(known, labels)`: which class has most of the `known` labels, those of the
training rows? What accuracy has a model that always answers this class, on rows with these
`labels`?
""",
    solution=majority_accuracy,
    reference=_accuracy_of_mode,
    cases=_labels,
    example="print(majority_accuracy(torch.tensor([0, 2, 2]), torch.tensor([2, 1, 2, 0])))",
    hints=(
        "`known.bincount()` counts the rows of each class.",
        "`argmax` gives the place of the largest count, which is the number of the class.",
    ),
    mistakes=(
        Mistake(
            "known",
            "labels",
            says="That class was chosen on the rows to measure on, which a model has not seen: "
            "choose it by the `known` labels.",
        ),
        Mistake(
            "labels",
            "known",
            says="That is how frequent the class is among the `known` labels: measure on `labels`.",
        ),
    ),
)


def r_squared_in_batches(batches: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Return the R² of all rows together, a scalar; batches are read one at a time.

    Args:
        batches: Pairs of outputs `(n,)` and targets `(n,)`, one pair for each batch.

    Examples:
        >>> outputs = torch.tensor([1.0, 2.0, 5.0, 5.0])
        >>> targets = torch.tensor([1.0, 3.0, 5.0, 7.0])
        >>> r_squared_in_batches([(outputs[:3], targets[:3]), (outputs[3:], targets[3:])])
        tensor(0.7500)
    """
    rows = sum(len(targets) for _, targets in batches)
    total = torch.stack([targets.sum() for _, targets in batches]).sum()
    squares = torch.stack([(targets**2).sum() for _, targets in batches]).sum()
    errors = torch.stack([((outputs - targets) ** 2).sum() for outputs, targets in batches]).sum()
    return 1 - errors / (squares - total**2 / rows)


def _weighted_by_rows(batches: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Return the R² of all rows together, a scalar; batches are read one at a time.

    Args:
        batches: Pairs of outputs `(n,)` and targets `(n,)`, one pair for each batch.
    """
    values, rows = torch.tensor(0.0), 0
    for outputs, targets in batches:
        errors = ((outputs - targets) ** 2).sum()
        spread = ((targets - targets.mean()) ** 2).sum()
        values = values + len(targets) * (1 - errors / spread)
        rows += len(targets)
    return values / rows


def _spreads_added(batches: list[tuple[Tensor, Tensor]]) -> Tensor:
    errors = torch.stack([((outputs - targets) ** 2).sum() for outputs, targets in batches])
    spreads = torch.stack([((y - y.mean()) ** 2).sum() for _, y in batches])
    return 1 - errors.sum() / spreads.sum()


def _of_all_at_once(batches: list[tuple[Tensor, Tensor]]) -> Tensor:
    outputs, targets = (torch.cat(each) for each in zip(*batches, strict=True))
    return 1 - torch.nn.functional.mse_loss(outputs, targets) / targets.var(correction=0)


def _in_batches(generator: Generator) -> Iterator[tuple[list[tuple[Tensor, Tensor]]]]:
    for n, size in ((4, 3), (9, 4), (6, 6), (5, 2)):
        targets = 3 + torch.randn(n, generator=generator, dtype=torch.float64)
        outputs = targets + 0.5 * torch.randn(n, generator=generator, dtype=torch.float64)
        yield (list(zip(outputs.split(size), targets.split(size), strict=True)),)


r2_in_batches = Exercise(
    name="training/r2_in_batches",
    title="R², one batch at a time",
    mark=3,
    prompt="""
The rows are too many to keep, so this function reads them batch by batch, and weights each batch by
its rows. It is wrong all the same, and for a last batch of one row it returns `-inf` or `nan`. Say
to yourself why no weights can repair it. Then repair it: what can be added up over batches?
""",
    solution=r_squared_in_batches,
    starter=_weighted_by_rows,
    reference=_of_all_at_once,
    cases=_in_batches,
    example="""
outputs, targets = torch.tensor([1.0, 2.0, 5.0, 5.0]), torch.tensor([1.0, 3.0, 5.0, 7.0])
print(r_squared_in_batches([(outputs[:3], targets[:3]), (outputs[3:], targets[3:])]))
print(r_squared_in_batches([(outputs, targets)]))
""",
    hints=(
        "Sums over rows can be added up, such as that of the squared errors. Means of batches and "
        "distances from them cannot.",
        "The squared distances from the mean add up to the sum of the squared targets, less the "
        "square of their sum, divided by their number.",
    ),
    mistakes=(
        Mistake(
            _weighted_by_rows,
            says="Each batch is compared with its own mean, whatever it weighs: add up sums, and "
            "divide once, at the end.",
        ),
        Mistake(
            _spreads_added,
            says="The errors are right. But the spread within batches is less than the spread "
            "around the mean of all targets, which is known only at the end.",
        ),
        Mistake(
            " / rows",
            "",
            says="The square of the sum is divided by the number of rows before it is subtracted.",
        ),
    ),
)
