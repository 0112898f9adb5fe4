"""Where to say yes: precision and recall at every threshold, and what a threshold costs."""

import math

import torch
from torch import Tensor

from course.training.metrics import roc_curve


def precision_recall_curve(scores: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return what each threshold gives: recalls, precisions, thresholds.

    To predict class 1 where the score is at least the threshold finds this fraction of the rows of
    class 1, the recall, and is right in this fraction of its yes, the precision. The order is that
    of `roc_curve`, not that of scikit-learn. See Davis and Goadrich (2006), section 2.

    Args:
        scores: Shape `(n,)`; the higher, the more a row looks like class 1.
        targets: Shape `(n,)`, each 0 or 1.

    Returns:
        The recalls, precisions and thresholds, each of shape `(t + 1,)` for `t` different scores.
        The first threshold is infinity: without any yes, the precision is 1 by convention.

    Raises:
        ValueError: As `roc_curve`.

    Examples:
        >>> scores, targets = torch.tensor([1.0, 4.0, 4.0, 8.0]), torch.tensor([0, 0, 1, 1])
        >>> for values in precision_recall_curve(scores, targets):
        ...     print(values)
        tensor([0.0000, 0.5000, 1.0000, 1.0000])
        tensor([1.0000, 1.0000, 0.6667, 0.5000])
        tensor([inf, 8., 4., 1.])
    """
    false_positive_rates, recalls, thresholds = roc_curve(scores, targets)
    positives = targets.to(recalls.dtype).sum()
    right = recalls * positives
    wrong = false_positive_rates * (len(targets) - positives)
    precisions = torch.where(right + wrong > 0, right / (right + wrong), 1)
    return recalls, precisions, thresholds


def average_precision(scores: Tensor, targets: Tensor) -> Tensor:
    """Return the precision, averaged over the rows of class 1 as they are found, a scalar.

    It sums up the precision–recall curve. Scores that say nothing about the class give about the
    fraction of rows that are of class 1.

    Args:
        scores: Shape `(n,)`; the higher, the more a row looks like class 1.
        targets: Shape `(n,)`, each 0 or 1.

    Raises:
        ValueError: As `roc_curve`.

    Examples:
        >>> average_precision(torch.tensor([1.0, 4.0, 4.0, 8.0]), torch.tensor([0, 0, 1, 1]))
        tensor(0.8333)
    """
    recalls, precisions, _ = precision_recall_curve(scores, targets)
    return recalls.diff() @ precisions[1:]


def expected_cost(
    scores: Tensor,
    targets: Tensor,
    thresholds: Tensor,
    false_positive_cost: float,
    false_negative_cost: float,
) -> Tensor:
    """Return the mean cost of a row at each threshold, `(t,)`, in units of the costs.

    A row is predicted to be of class 1 where its score is at least the threshold. What is right
    costs nothing.

    Args:
        scores: Shape `(n,)`; the higher, the more a row looks like class 1.
        targets: Shape `(n,)`, each 0 or 1.
        thresholds: Shape `(t,)`, in any order; infinity is one that no score passes.
        false_positive_cost: Of a row of class 0 that is taken for class 1; above 0.
        false_negative_cost: Of a row of class 1 that is taken for class 0; above 0.

    Raises:
        ValueError: As `roc_curve`, if the thresholds have another shape or hold a nan, or if a
            cost is not above 0.

    Examples:
        >>> scores, targets = torch.tensor([0.1, 0.4, 0.6, 0.8]), torch.tensor([0, 1, 0, 1])
        >>> expected_cost(scores, targets, torch.tensor([0.3, 0.5, 0.7]), 1, 10)
        tensor([0.2500, 2.7500, 2.5000])
    """
    _check_costs(false_positive_cost, false_negative_cost)
    if thresholds.ndim != 1 or thresholds.isnan().any():
        raise ValueError(
            f"thresholds have shape {tuple(thresholds.shape)}, {int(thresholds.isnan().sum())} nan "
            "among them: give (t,), such as torch.linspace(0, 1, 101)"
        )
    false_positive_rates, true_positive_rates, cuts = roc_curve(scores, targets)
    # The curve's place is the lowest score that passes; both run down, searchsorted runs up.
    places = torch.searchsorted(-cuts, -thresholds.to(cuts), right=True) - 1
    positives = targets.to(cuts.dtype).sum()
    negatives = len(targets) - positives
    # Rounded, the counts are whole again, and equal costs are equal to the last digit.
    false_positives = (negatives * false_positive_rates[places]).round()
    false_negatives = (positives * (1 - true_positive_rates[places])).round()
    costs = false_positive_cost * false_positives + false_negative_cost * false_negatives
    return costs / len(targets)


def cheapest_threshold(
    scores: Tensor, targets: Tensor, false_positive_cost: float, false_negative_cost: float
) -> float:
    """Return the threshold that costs least on these rows: one of the scores, or infinity.

    Of several that cost the same it is the highest. Choose it on validation rows: on rows that the
    model was trained on, the scores are too good, and test rows would be test rows no longer.

    Args:
        scores: Shape `(n,)`; the higher, the more a row looks like class 1.
        targets: Shape `(n,)`, each 0 or 1.
        false_positive_cost: Of a row of class 0 that is taken for class 1; above 0.
        false_negative_cost: Of a row of class 1 that is taken for class 0; above 0.

    Raises:
        ValueError: As `expected_cost`.

    Examples:
        >>> scores, targets = torch.tensor([0.1, 0.4, 0.6, 0.8]), torch.tensor([0, 1, 0, 1])
        >>> round(cheapest_threshold(scores, targets, 1, 10), 1)
        0.4
        >>> round(cheapest_threshold(scores, targets, 10, 1), 1)
        0.8
    """
    _, _, cuts = roc_curve(scores, targets)
    costs = expected_cost(scores, targets, cuts, false_positive_cost, false_negative_cost)
    return cuts[costs.argmin()].item()


def calibrated_threshold(false_positive_cost: float, false_negative_cost: float) -> float:
    """Return the threshold that costs least for calibrated probabilities, between 0 and 1.

    To say yes to a row of probability `p` costs `(1 - p) * false_positive_cost` on average, to say
    no `p * false_negative_cost`. Both are equal here. See Elkan (2001), section 1.

    Args:
        false_positive_cost: Of a row of class 0 that is taken for class 1; above 0.
        false_negative_cost: Of a row of class 1 that is taken for class 0; above 0.

    Raises:
        ValueError: If a cost is not above 0.

    Examples:
        >>> calibrated_threshold(1, 1), calibrated_threshold(1, 4)
        (0.5, 0.2)
    """
    _check_costs(false_positive_cost, false_negative_cost)
    return false_positive_cost / (false_positive_cost + false_negative_cost)


def _check_costs(*costs: float) -> None:
    if not all(0 < cost < math.inf for cost in costs):
        raise ValueError(f"costs are {costs[0]} and {costs[1]}: give two finite numbers above 0")
