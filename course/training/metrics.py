"""How good predictions are: metrics of all rows at once, not averages of batch averages."""

import torch
from torch import Tensor
from torch.nn.functional import pad

from course.linear.cost import mean_squared_error


def predicted_classes(logits: Tensor) -> Tensor:
    """Return the number of the class that the logits of each row are for, int64 `(n,)`.

    Args:
        logits: Shape `(n,)` for two classes, where 0 and more means class 1 (a probability from one
            half on), or `(n, k)`, where the largest decides; of equal ones the first.

    Raises:
        ValueError: If `logits` has another shape, no rows or a nan.

    Examples:
        >>> predicted_classes(torch.tensor([-2.0, 0.5]))
        tensor([0, 1])
        >>> predicted_classes(torch.tensor([[3.0, 1.0, 2.0], [0.0, -1.0, 4.0]]))
        tensor([0, 2])
    """
    if logits.ndim not in (1, 2) or len(logits) == 0 or logits.shape[1:] in ((0,), (1,)):
        raise ValueError(
            f"logits have shape {tuple(logits.shape)}: give (n,), for example with squeeze(-1), "
            "or (n, k), n at least 1 and k at least 2"
        )
    _check_no_nan("logits", logits)
    return (logits >= 0).long() if logits.ndim == 1 else logits.argmax(dim=1)


def accuracy(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the fraction of rows whose predicted class is the target, a scalar.

    Args:
        logits: Shape `(n,)` for two classes, where 0 and more means class 1, or `(n, k)`.
        targets: The numbers of the classes, shape `(n,)`.

    Raises:
        ValueError: If a shape is another one, if there are no rows, or if the targets hold other
            numbers than those of classes or the logits a nan.

    Examples:
        >>> accuracy(torch.tensor([-2.0, 0.5, 3.0, 1.0]), torch.tensor([0, 1, 1, 0]))
        tensor(0.7500)
    """
    predicted = predicted_classes(logits)
    if predicted.shape != targets.shape:
        shapes = f"{tuple(targets.shape)}, logits {tuple(logits.shape)}"
        raise ValueError(f"targets have shape {shapes}: give one class per row, ({len(logits)},)")
    classes = 2 if logits.ndim == 1 else logits.shape[1]
    right = predicted == _class_numbers("targets", targets, classes)
    return right.to(_float_type(logits)).mean()


def r_squared(predictions: Tensor, targets: Tensor) -> Tensor:
    """Return R², how much of the variance of the targets the predictions explain, a scalar.

    It is one minus the mean squared error over that of the best constant, the targets' mean:
    1 for perfect predictions, 0 for ones as good as the mean, below 0 for ones that are worse.

    Args:
        predictions: Shape `(n,)`, in target units.
        targets: Shape `(n,)`.

    Raises:
        ValueError: If the shapes differ or are others, if there are no rows, if there is a nan,
            or if all targets are equal, because then there is nothing to explain.

    Examples:
        >>> r_squared(torch.tensor([1.0, 2.0, 4.0]), torch.tensor([1.0, 2.0, 3.0]))
        tensor(0.5000)
    """
    _check_rows("predictions", predictions, targets)
    _check_no_nan("targets", targets)
    dtype = torch.promote_types(_float_type(predictions), _float_type(targets))
    predictions, targets = predictions.to(dtype), targets.to(dtype)
    if (targets == targets[0]).all():
        raise ValueError(
            f"all targets are {targets[0]:g}, so they have no variance to explain: "
            "give targets that differ, or take the mean squared error"
        )
    # In this unit no square overflows, or vanishes; as a power of two it leaves all digits alone.
    unit = 2.0 ** targets.abs().max().log2().floor()
    predictions, targets = predictions / unit, targets / unit
    mean = targets.mean().expand_as(targets)
    return 1 - mean_squared_error(predictions, targets) / mean_squared_error(mean, targets)


def confusion_matrix(predicted: Tensor, targets: Tensor, classes: int) -> Tensor:
    """Return how many rows of each class were taken for which, counts of shape `(k, k)`.

    Row `i`, column `j` counts what is of class `i` and was predicted to be of class `j`. What is
    right stands on the diagonal.

    Args:
        predicted: The numbers of the predicted classes, shape `(n,)`; see `predicted_classes`.
        targets: The numbers of the true classes, shape `(n,)`.
        classes: How many classes `k` there are.

    Raises:
        ValueError: If the shapes differ or are others, if there are no rows, or if one holds other
            numbers than those of classes.

    Examples:
        >>> confusion_matrix(torch.tensor([0, 1, 1, 2]), torch.tensor([0, 0, 1, 2]), classes=3)
        tensor([[1, 1, 0],
                [0, 1, 0],
                [0, 0, 1]])
    """
    _check_rows("predicted classes", predicted, targets)
    columns = _class_numbers("predicted classes", predicted, classes)
    rows = _class_numbers("targets", targets, classes)
    return torch.bincount(rows * classes + columns, minlength=classes**2).view(classes, classes)


def roc_curve(scores: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return what each threshold gives: false positive rates, true positive rates, thresholds.

    To predict class 1 where the score is at least the threshold gives these fractions of yes among
    the rows of class 0 and among those of class 1. Rows of equal score pass a threshold together.
    See Fawcett (2006), section 5.

    Args:
        scores: Shape `(n,)`; the higher, the more a row looks like class 1. Logits or
            probabilities, because only their order counts.
        targets: Shape `(n,)`, each 0 or 1.

    Returns:
        The false positive rates, true positive rates and thresholds, each of shape `(t + 1,)` for
        `t` different scores. The first threshold is infinity, which no score reaches.

    Raises:
        ValueError: If the shapes differ or are others, if the scores hold a nan or whole numbers
            that no float tells apart, the targets anything but 0 and 1, or if one of the two is
            missing.

    Examples:
        >>> for values in roc_curve(torch.tensor([1.0, 4.0, 4.0, 8.0]), torch.tensor([0, 0, 1, 1])):
        ...     print(values)
        tensor([0.0000, 0.0000, 0.5000, 1.0000])
        tensor([0.0000, 0.5000, 1.0000, 1.0000])
        tensor([inf, 8., 4., 1.])
    """
    _check_rows("scores", scores, targets)
    positive = _class_numbers("targets", targets, 2)
    if (positive == positive[0]).all():
        raise ValueError(f"all targets are {positive[0]}: give rows of both classes, 0 and 1")
    dtype = _float_type(scores)
    scores, order = scores.sort(descending=True)
    positive = positive[order]
    last = pad(scores[1:] != scores[:-1], (0, 1), value=True)  # of the rows with equal scores
    thresholds = scores[last].to(dtype)
    if (thresholds[1:] == thresholds[:-1]).any():
        raise ValueError(
            f"scores hold whole numbers that {dtype} cannot tell apart: subtract one number from "
            "all of them, or divide them"
        )
    true_positives = positive.cumsum(0)[last].to(dtype)
    false_positives = (1 - positive).cumsum(0)[last].to(dtype)
    return (
        pad(false_positives / false_positives[-1], (1, 0)),
        pad(true_positives / true_positives[-1], (1, 0)),
        pad(thresholds, (1, 0), value=torch.inf),
    )


def roc_auc(scores: Tensor, targets: Tensor) -> Tensor:
    """Return the area under the ROC curve, a scalar from 0 to 1.

    It is the probability that a random row of class 1 has a higher score than a random row of
    class 0, where equal scores count half; so 0.5 is guessing. See Fawcett (2006), section 7.

    Args:
        scores: Shape `(n,)`; the higher, the more a row looks like class 1.
        targets: Shape `(n,)`, each 0 or 1.

    Raises:
        ValueError: As `roc_curve`.

    Examples:
        >>> roc_auc(torch.tensor([0.1, 0.4, 0.4, 0.8]), torch.tensor([0, 0, 1, 1]))
        tensor(0.8750)
    """
    false_positive_rates, true_positive_rates, _ = roc_curve(scores, targets)
    return torch.trapezoid(true_positive_rates, false_positive_rates)


def calibration_curve(
    probabilities: Tensor, targets: Tensor, bins: int = 10
) -> tuple[Tensor, Tensor, Tensor]:
    """Return what was promised and what came true, for rows of similar probability.

    The range from 0 to 1 is cut into bins of equal width, each with its upper edge. For a
    calibrated model both numbers agree in every bin: of the rows to which it gives a probability
    of 0.8, about 8 in 10 are of class 1. scikit-learn returns the fraction first.

    Args:
        probabilities: Of class 1, shape `(n,)`. With more classes: of the predicted class.
        targets: Shape `(n,)`, each 0 or 1. With more classes: whether the prediction was right.
        bins: How many bins there are.

    Returns:
        The mean probability, the fraction of class 1 and the number of rows, each of shape `(m,)`
        for the `m` bins that have rows.

    Raises:
        ValueError: If the shapes differ or are others, if there are no rows or no bins, if a
            probability is not from 0 to 1, or if the targets hold anything but 0 and 1.

    Examples:
        >>> calibration_curve(torch.tensor([0.1, 0.3, 0.8]), torch.tensor([0, 1, 1]), bins=2)
        (tensor([0.2000, 0.8000]), tensor([0.5000, 1.0000]), tensor([2, 1]))
    """
    _check_rows("probabilities", probabilities, targets)
    if bins < 1:
        raise ValueError(f"bins is {bins}: give at least 1")
    if not 0 <= probabilities.min() <= probabilities.max() <= 1:
        raise ValueError(
            f"probabilities go from {probabilities.min():g} to {probabilities.max():g}: give "
            "numbers from 0 to 1, for example torch.sigmoid(logits)"
        )
    probabilities = probabilities.to(_float_type(probabilities))
    happened = _class_numbers("targets", targets, 2).to(probabilities.dtype)
    edges = torch.arange(1, bins, dtype=probabilities.dtype, device=probabilities.device)
    bin_numbers = torch.bucketize(probabilities, edges * (1 / bins))  # as scikit-learn rounds them
    members = [bin_numbers == number for number in bin_numbers.unique()]
    return (
        torch.stack([probabilities[rows].mean() for rows in members]),
        torch.stack([happened[rows].mean() for rows in members]),
        torch.stack([rows.sum() for rows in members]),
    )


def expected_calibration_error(probabilities: Tensor, targets: Tensor, bins: int = 10) -> Tensor:
    """Return how far promise and outcome are apart, averaged over rows, a scalar from 0 to 1.

    It is the mean distance between the two in `calibration_curve`, weighted by the rows of each
    bin. See Guo et al. (2017), section 2.

    Args:
        probabilities: Of class 1, shape `(n,)`. With more classes: of the predicted class.
        targets: Shape `(n,)`, each 0 or 1. With more classes: whether the prediction was right.
        bins: How many bins there are.

    Raises:
        ValueError: As `calibration_curve`.

    Examples:
        >>> expected_calibration_error(torch.tensor([0.25, 0.75]), torch.tensor([0, 1]))
        tensor(0.2500)
    """
    promised, happened, counts = calibration_curve(probabilities, targets, bins)
    return ((promised - happened).abs() * counts).sum() / counts.sum()


def _check_rows(name: str, values: Tensor, targets: Tensor) -> None:
    if values.shape != targets.shape or targets.ndim != 1 or len(targets) == 0:
        shapes = f"{tuple(values.shape)}, targets {tuple(targets.shape)}"
        raise ValueError(f"{name} have shape {shapes}: give both the shape (n,), n at least 1")
    _check_no_nan(name, values)


def _check_no_nan(name: str, values: Tensor) -> None:
    if values.isnan().any():
        raise ValueError(
            f"{name} hold {values.isnan().sum()} nan: look for nan in the data and in the "
            "parameters of the model"
        )


def _class_numbers(name: str, values: Tensor, classes: int) -> Tensor:
    """Return the values as int64, and refuse what is no number of a class."""
    numbers = values.long()
    wrong = (numbers != values) | (numbers < 0) | (numbers >= classes)
    if wrong.any():
        first = values[wrong][0].item()
        raise ValueError(f"{name} hold {first:g}: give whole numbers from 0 to {classes - 1}")
    return numbers


def _float_type(values: Tensor) -> torch.dtype:
    """Return the type of the values, or one that holds them: float32 where they are shorter.

    Integers beyond 2**24 become float64, because float32 lacks some of them.
    """
    whole = not values.is_floating_point() and values.dtype != torch.bool
    long = whole and bool((values.abs() > 2**24).any())
    return torch.promote_types(values.dtype, torch.float64 if long else torch.float32)
