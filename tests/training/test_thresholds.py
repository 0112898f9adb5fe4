import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from course.training.metrics import roc_curve
from course.training.thresholds import (
    average_precision,
    calibrated_threshold,
    cheapest_threshold,
    expected_cost,
    precision_recall_curve,
)

scores_with_ties = st.one_of(st.integers(-3, 3).map(float), st.floats(-5, 5))
costs = st.floats(0.1, 50)


@st.composite
def rows_of_both_classes(draw):
    """Draw scores of which many are equal, and targets with a 0 and a 1 among them."""
    rows = draw(st.lists(st.tuples(scores_with_ties, st.integers(0, 1)), max_size=30))
    rows += [(draw(scores_with_ties), 0), (draw(scores_with_ties), 1)]
    scores, targets = zip(*draw(st.permutations(rows)), strict=True)
    return torch.tensor(scores, dtype=torch.float64), torch.tensor(targets)


def exactly(message):
    return f"^{re.escape(message)}$"


def assert_equal(ours, theirs):
    np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=1e-12, atol=1e-14)


def cost_by_hand(scores, targets, threshold, false_positive_cost, false_negative_cost):
    total = 0.0
    for score, target in zip(scores.tolist(), targets.tolist(), strict=True):
        if score >= threshold and target == 0:
            total += false_positive_cost
        if score < threshold and target == 1:
            total += false_negative_cost
    return total / len(scores)


# precision_recall_curve and average_precision


@given(rows_of_both_classes())
def test_the_precision_recall_curve_and_its_mean_are_those_of_scikit_learn(rows):
    scores, targets = rows
    precisions, recalls, thresholds = reference.precision_recall_curve(targets, scores)
    ours = precision_recall_curve(scores, targets)
    assert_equal(ours[0], recalls[::-1])
    assert_equal(ours[1], precisions[::-1])
    assert_equal(ours[2][1:], thresholds[::-1])
    assert ours[2][0] == torch.inf
    expected = reference.average_precision_score(targets, scores)
    assert_equal(average_precision(scores, targets), expected)


def test_recalls_and_thresholds_are_those_of_the_roc_curve():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randint(5, (40,), generator=generator).double()
    targets = torch.randint(2, (40,), generator=generator)
    recalls, _, thresholds = precision_recall_curve(scores, targets)
    assert torch.equal(recalls, roc_curve(scores, targets)[1])
    assert torch.equal(thresholds, roc_curve(scores, targets)[2])


def test_without_any_yes_the_precision_is_1_and_wrong_yes_alone_make_it_0():
    recalls, precisions, _ = precision_recall_curve(
        torch.tensor([3.0, 2.0, 1.0]), torch.tensor([0, 0, 1])
    )
    assert recalls.tolist() == [0, 0, 0, 1]
    assert precisions.tolist() == pytest.approx([1, 0, 0, 1 / 3])


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.int64, torch.bfloat16])
def test_targets_may_be_of_any_type_and_many(dtype):
    targets = (torch.arange(1000) % 3 == 0).to(dtype)  # 334 of them: bfloat16 cannot count so far
    scores = torch.arange(1000.0)
    recalls, precisions, _ = precision_recall_curve(scores, targets)
    assert precisions[-1].item() == pytest.approx(0.334)
    assert recalls.dtype == precisions.dtype == torch.float32
    cost = expected_cost(scores, targets, torch.tensor([0.0]), 1, 1)
    assert cost.item() == pytest.approx(0.666)
    assert cost.dtype == torch.float32


# expected_cost


@given(rows_of_both_classes(), st.lists(scores_with_ties, max_size=5), costs, costs)
def test_the_expected_cost_is_counted_row_by_row(rows, some, false_positive, false_negative):
    scores, targets = rows
    thresholds = torch.tensor([*some, torch.inf, -torch.inf, scores[0]], dtype=torch.float64)
    ours = expected_cost(scores, targets, thresholds, false_positive, false_negative)
    by_hand = [
        cost_by_hand(scores, targets, threshold, false_positive, false_negative)
        for threshold in thresholds.tolist()
    ]
    assert_equal(ours, by_hand)


def test_to_say_always_yes_or_always_no_costs_what_the_classes_say():
    scores, targets = torch.tensor([0.2, 0.6, 0.7, 0.9]), torch.tensor([1, 0, 0, 0])
    always = expected_cost(scores, targets, torch.tensor([0.0, 1.0]), 2.0, 10.0)
    assert always.tolist() == [1.5, 2.5]


def test_an_infinite_score_passes_an_infinite_threshold():
    scores, targets = torch.tensor([torch.inf, 0.0]), torch.tensor([0, 1])
    assert expected_cost(scores, targets, torch.tensor([torch.inf]), 3.0, 5.0).item() == 4.0


@pytest.mark.parametrize(
    ("thresholds", "shape", "nan"),
    [
        (torch.tensor(0.5), "()", 0),
        (torch.ones(2, 1), "(2, 1)", 0),
        (torch.tensor([0.5, torch.nan]), "(2,)", 1),
    ],
)
def test_thresholds_of_another_shape_or_nan_are_refused(thresholds, shape, nan):
    message = (
        f"thresholds have shape {shape}, {nan} nan among them: give (t,), such as "
        "torch.linspace(0, 1, 101)"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        expected_cost(torch.tensor([0.1, 0.9]), torch.tensor([0, 1]), thresholds, 1, 1)


# cheapest_threshold


@given(rows_of_both_classes(), costs, costs)
def test_no_threshold_is_cheaper_than_the_cheapest(rows, false_positive, false_negative):
    scores, targets = rows
    threshold = cheapest_threshold(scores, targets, false_positive, false_negative)
    assert isinstance(threshold, float)
    assert threshold == math.inf or threshold in scores.tolist()
    cheapest = cost_by_hand(scores, targets, threshold, false_positive, false_negative)
    for other in [*scores.tolist(), math.inf]:
        cost = cost_by_hand(scores, targets, other, false_positive, false_negative)
        assert cheapest <= cost + 1e-9


def test_of_thresholds_that_cost_the_same_the_highest_is_taken():
    scores, targets = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1, 0, 1])
    assert expected_cost(scores, targets, scores, 1, 1).tolist() == pytest.approx(
        [1 / 3, 2 / 3, 1 / 3]
    )
    assert cheapest_threshold(scores, targets, 1, 1) == 3.0


def test_where_every_yes_is_too_dear_none_is_given():
    scores, targets = torch.tensor([1.0, 2.0]), torch.tensor([1, 0])
    assert cheapest_threshold(scores, targets, 100, 1) == math.inf


# calibrated_threshold


@given(costs, costs)
def test_at_the_calibrated_threshold_yes_and_no_cost_the_same(false_positive, false_negative):
    p = calibrated_threshold(false_positive, false_negative)
    assert 0 < p < 1
    assert (1 - p) * false_positive == pytest.approx(p * false_negative)


def test_for_calibrated_probabilities_it_is_about_the_cheapest():
    generator = torch.Generator().manual_seed(0)
    p = torch.rand(200_000, generator=generator, dtype=torch.float64)
    happened = (torch.rand(len(p), generator=generator, dtype=torch.float64) < p).long()
    thresholds = torch.linspace(0, 1, 101, dtype=torch.float64)
    costs = expected_cost(p, happened, thresholds, 1, 4)
    assert thresholds[costs.argmin()].item() == pytest.approx(0.2, abs=0.02)
    assert cheapest_threshold(p, happened, 1, 4) == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("pair", [(0, 1), (1, 0), (-1, 1), (1, math.inf), (math.nan, 1)])
def test_costs_that_are_not_above_0_are_refused(pair):
    message = exactly(f"costs are {pair[0]} and {pair[1]}: give two finite numbers above 0")
    scores, targets = torch.tensor([0.1, 0.9]), torch.tensor([0, 1])
    with pytest.raises(ValueError, match=message):
        expected_cost(scores, targets, scores, *pair)
    with pytest.raises(ValueError, match=message):
        cheapest_threshold(scores, targets, *pair)
    with pytest.raises(ValueError, match=message):
        calibrated_threshold(*pair)


@pytest.mark.parametrize(
    "function",
    [
        precision_recall_curve,
        average_precision,
        lambda a, b: expected_cost(a, b, torch.tensor([0.5]), 1, 1),
        lambda a, b: cheapest_threshold(a, b, 1, 1),
    ],
)
def test_what_the_roc_curve_refuses_is_refused(function):
    with pytest.raises(ValueError, match="all targets are 1: give rows of both classes, 0 and 1"):
        function(torch.tensor([0.1, 0.9]), torch.tensor([1, 1]))
    with pytest.raises(ValueError, match=re.escape("give both the shape (n,), n at least 1")):
        function(torch.ones(2, 1), torch.ones(2))
    with pytest.raises(ValueError, match="scores hold 1 nan"):
        function(torch.tensor([0.1, torch.nan]), torch.tensor([0, 1]))
