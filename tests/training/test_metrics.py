import re

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics as reference
from sklearn.calibration import calibration_curve as reference_calibration_curve

from course.training.metrics import (
    accuracy,
    calibration_curve,
    confusion_matrix,
    expected_calibration_error,
    predicted_classes,
    r_squared,
    roc_auc,
    roc_curve,
)

numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
# Scores of which many are equal, and some nearly.
scores_with_ties = st.one_of(
    st.integers(-3, 3).map(float),
    st.sampled_from([0.1, 0.1 + 1e-12, -0.5]),
    st.floats(-5, 5),
)


def double(values):
    return torch.tensor(values, dtype=torch.float64)


def rows_of(*columns):
    """Draw rows, and give one list per column."""
    rows = st.lists(st.tuples(*columns), min_size=1, max_size=30)
    return rows.map(lambda drawn: [list(column) for column in zip(*drawn, strict=True)])


def with_both_classes(values):
    return rows_of(values, st.integers(0, 1)).filter(lambda columns: len(set(columns[1])) == 2)


def exactly(message):
    return f"^{re.escape(message)}$"


def assert_equal(ours, theirs):
    np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-12, atol=1e-14)


# predicted_classes


def test_one_logit_speaks_for_class_1_from_zero_on():
    logits = torch.tensor([-1.0, -1e-30, 0.0, torch.inf, -torch.inf])
    assert predicted_classes(logits).tolist() == [0, 0, 1, 1, 0]
    assert predicted_classes(logits).dtype == torch.int64


def test_of_many_logits_the_first_of_the_largest_is_taken():
    logits = torch.tensor([[0.0, 2.0, 1.0], [3.0, 3.0, 3.0], [-torch.inf, -5.0, -5.0]])
    assert predicted_classes(logits).tolist() == [1, 0, 1]
    assert predicted_classes(logits).dtype == torch.int64


def test_two_logits_decide_as_their_difference_does():
    logits = torch.randn(50, 2, generator=torch.Generator().manual_seed(0))
    assert torch.equal(predicted_classes(logits), predicted_classes(logits[:, 1] - logits[:, 0]))


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (4, 1), (4, 0), (2, 3, 4)])
@pytest.mark.parametrize("function", [predicted_classes, lambda x: accuracy(x, torch.zeros(4))])
def test_logits_of_another_shape_are_refused(function, shape):
    message = (
        f"logits have shape {shape}: give (n,), for example with squeeze(-1), "
        "or (n, k), n at least 1 and k at least 2"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        function(torch.zeros(shape))


@pytest.mark.parametrize("shape", [(4,), (4, 2)])
def test_logits_that_are_nan_are_no_class(shape):
    logits = torch.ones(shape)
    logits[1] = torch.nan
    count = logits[1].numel()
    message = (
        f"logits hold {count} nan: look for nan in the data and in the parameters of the model"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        predicted_classes(logits)


# accuracy


@given(rows_of(scores_with_ties, st.integers(0, 1)))
def test_the_accuracy_of_one_logit_is_that_of_scikit_learn(columns):
    logits, targets = double(columns[0]), torch.tensor(columns[1])
    assert_equal(accuracy(logits, targets), reference.accuracy_score(targets, logits >= 0))


@given(rows_of(st.tuples(*[scores_with_ties] * 3), st.integers(0, 2)))
def test_the_accuracy_of_many_logits_is_that_of_scikit_learn(columns):
    logits, targets = double(columns[0]), torch.tensor(columns[1])
    expected = reference.accuracy_score(targets, np.argmax(logits.numpy(), axis=1))
    assert_equal(accuracy(logits, targets), expected)


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.int64, torch.float32])
def test_targets_may_be_of_any_type(dtype):
    logits, targets = torch.tensor([1.0, -1.0, 1.0, -1.0]), torch.tensor([1, 0, 0, 0])
    assert accuracy(logits, targets.to(dtype)) == 0.75
    assert accuracy(torch.stack([-logits, logits], dim=1), targets.to(dtype)) == 0.75


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        (torch.float64, torch.float64),
        (torch.float32, torch.float32),
        (torch.bfloat16, torch.float32),
        (torch.int64, torch.float32),
    ],
)
def test_the_type_is_that_of_the_inputs_but_at_least_float32(dtype, expected):
    values, targets = torch.tensor([1, 0, 1]).to(dtype), torch.tensor([1, 0, 0])
    results = [
        accuracy(values, targets),
        r_squared(values, targets),
        roc_auc(values, targets),
        expected_calibration_error(values, targets),
        *roc_curve(values, targets),
        *calibration_curve(values, targets)[:2],
    ]
    assert {result.dtype for result in results} == {expected}
    assert accuracy(values, targets).item() == pytest.approx(1 / 3)
    assert r_squared(values, targets).item() == pytest.approx(-0.5)
    assert roc_auc(values, targets).item() == 0.75
    assert expected_calibration_error(values, targets).item() == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("logits", "targets", "rows"),
    [((4,), (4, 1), 4), ((4,), (3,), 4), ((4, 3), (4, 3), 4), ((4, 3), (3,), 4), ((4, 3), (), 4)],
)
def test_targets_of_another_shape_are_refused(logits, targets, rows):
    message = f"targets have shape {targets}, logits {logits}: give one class per row, ({rows},)"
    with pytest.raises(ValueError, match=exactly(message)):
        accuracy(torch.zeros(logits), torch.zeros(targets))


@pytest.mark.parametrize(
    ("target", "shown"), [(-1, "-1"), (3, "3"), (0.5, "0.5"), (torch.nan, "nan"), (1e30, "1e+30")]
)
def test_targets_that_are_no_class_are_refused(target, shown):
    targets = torch.tensor([1, target, 0])
    message = f"targets hold {shown}: give whole numbers from 0 to 2"
    with pytest.raises(ValueError, match=exactly(message)):
        accuracy(torch.zeros(3, 3), targets)
    with pytest.raises(ValueError, match=exactly(message)):
        confusion_matrix(torch.zeros(3), targets, classes=3)
    message = f"targets hold {shown}: give whole numbers from 0 to 1"
    for function in (accuracy, roc_curve, roc_auc, calibration_curve, expected_calibration_error):
        with pytest.raises(ValueError, match=exactly(message)):
            function(torch.zeros(3), targets)


# Shapes and nan, the same for the others

two_vectors = pytest.mark.parametrize(
    ("function", "name"),
    [
        (r_squared, "predictions"),
        (lambda a, b: confusion_matrix(a, b, 2), "predicted classes"),
        (roc_curve, "scores"),
        (roc_auc, "scores"),
        (calibration_curve, "probabilities"),
        (expected_calibration_error, "probabilities"),
    ],
)


@two_vectors
@pytest.mark.parametrize(
    ("first", "second"),
    [((4, 1), (4,)), ((4,), (4, 1)), ((4, 1), (4, 1)), ((1,), (4,)), ((), ()), ((0,), (0,))],
)
def test_all_shapes_but_two_vectors_of_the_same_length_are_refused(function, name, first, second):
    message = f"{name} have shape {first}, targets {second}: give both the shape (n,), n at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        function(torch.zeros(first), torch.zeros(second))


@two_vectors
def test_nan_is_refused(function, name):
    values = torch.tensor([0.0, torch.nan, 1.0, torch.nan])
    message = f"{name} hold 2 nan: look for nan in the data and in the parameters of the model"
    with pytest.raises(ValueError, match=exactly(message)):
        function(values, torch.tensor([0, 1, 1, 0]))


# r_squared


@given(rows_of(numbers, numbers))
def test_r_squared_is_that_of_scikit_learn(columns):
    predictions, targets = (double(column) for column in columns)
    assume(targets.var(correction=0) > 1e-6 * (1 + targets.abs().max()))
    expected = reference.r2_score(targets, predictions)
    assert r_squared(predictions, targets).item() == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_r_squared_is_1_for_perfect_0_for_the_mean_and_below_for_worse():
    targets = double([1.0, 2.0, 6.0])
    assert r_squared(targets, targets) == 1
    assert r_squared(torch.full_like(targets, 3.0), targets) == 0
    assert r_squared(-targets, targets) < 0


@pytest.mark.parametrize("targets", [torch.full((7,), 0.1), torch.tensor([5])])
def test_equal_targets_leave_nothing_to_explain(targets):
    message = (
        f"all targets are {targets[0]:g}, so they have no variance to explain: "
        "give targets that differ, or take the mean squared error"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        r_squared(torch.rand(len(targets)), targets)


def test_targets_that_are_nan_are_refused_by_r_squared():
    message = "targets hold 1 nan: look for nan in the data and in the parameters of the model"
    with pytest.raises(ValueError, match=exactly(message)):
        r_squared(torch.zeros(3), torch.tensor([0.0, torch.nan, 1.0]))


def test_targets_may_be_whole_numbers_or_of_more_digits():
    predictions = torch.tensor([1.0, 2.0, 4.0])
    assert r_squared(predictions, torch.tensor([1, 2, 3])) == 0.5
    targets = double([1.0, 1.0 + 1e-12, 1.0])
    assert r_squared(torch.ones(3), targets) < 0  # in float32 all targets would be equal


# confusion_matrix


@given(rows_of(st.integers(0, 3), st.integers(0, 3)))
def test_the_confusion_matrix_is_that_of_scikit_learn(columns):
    predicted, targets = (torch.tensor(column) for column in columns)
    expected = reference.confusion_matrix(targets, predicted, labels=range(5))
    matrix = confusion_matrix(predicted, targets, classes=5)
    assert matrix.dtype == torch.int64
    assert matrix.tolist() == expected.tolist()


def test_rows_are_true_classes_and_columns_predicted_ones():
    matrix = confusion_matrix(torch.tensor([2, 2]), torch.tensor([0, 0]), classes=3)
    assert matrix.tolist() == [[0, 0, 2], [0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("wrong", [-1, 2])
def test_predicted_classes_that_are_none_are_refused(wrong):
    message = f"predicted classes hold {wrong}: give whole numbers from 0 to 1"
    with pytest.raises(ValueError, match=exactly(message)):
        confusion_matrix(torch.tensor([0, wrong]), torch.tensor([0, 1]), classes=2)


# roc_curve and roc_auc


@given(with_both_classes(scores_with_ties))
def test_the_roc_curve_and_its_area_are_those_of_scikit_learn(columns):
    scores, targets = double(columns[0]), torch.tensor(columns[1])
    expected = reference.roc_curve(targets, scores, drop_intermediate=False)
    for ours, theirs in zip(roc_curve(scores, targets), expected, strict=True):
        assert_equal(ours, theirs)
    assert_equal(roc_auc(scores, targets), reference.roc_auc_score(targets, scores))


@given(with_both_classes(scores_with_ties))
def test_the_area_is_the_probability_that_a_yes_scores_above_a_no(columns):
    scores, targets = double(columns[0]), torch.tensor(columns[1])
    difference = scores[targets == 1][:, None] - scores[targets == 0]
    wins = (difference > 0).double() + (difference == 0).double() / 2
    assert_equal(roc_auc(scores, targets), wins.mean())


@given(with_both_classes(scores_with_ties))
def test_a_threshold_has_the_rates_of_those_who_say_yes_from_it_on(columns):
    scores, targets = double(columns[0]), torch.tensor(columns[1])
    false_positive_rates, true_positive_rates, thresholds = roc_curve(scores, targets)
    for i, threshold in enumerate(thresholds):
        yes = (scores >= threshold).double()
        assert_equal(false_positive_rates[i], yes[targets == 0].mean())
        assert_equal(true_positive_rates[i], yes[targets == 1].mean())


def test_infinite_scores_tie_with_each_other():
    scores = double([torch.inf, torch.inf, 0.0, -torch.inf, -torch.inf])
    targets = torch.tensor([0, 1, 1, 0, 1])
    false_positive_rates, true_positive_rates, _ = roc_curve(scores, targets)
    assert false_positive_rates.tolist() == [0, 0.5, 0.5, 1]
    assert_equal(true_positive_rates, [0, 1 / 3, 2 / 3, 1])


def test_only_the_order_of_the_scores_counts():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(200, generator=generator, dtype=torch.float64)
    targets = torch.rand(200, generator=generator).round()
    assert roc_auc(scores, targets) == roc_auc(torch.sigmoid(scores), targets)
    assert_equal(roc_auc(scores, targets) + roc_auc(-scores, targets), 1)


@pytest.mark.parametrize("function", [roc_curve, roc_auc])
@pytest.mark.parametrize("only", [0, 1])
@pytest.mark.parametrize("n", [1, 3])
def test_one_class_alone_has_no_roc_curve(function, only, n):
    message = f"all targets are {only}: give rows of both classes, 0 and 1"
    with pytest.raises(ValueError, match=exactly(message)):
        function(torch.zeros(n), torch.full((n,), float(only)))


# calibration_curve and expected_calibration_error


@st.composite
def probabilities_targets_and_bins(draw):
    """Draw probabilities of which many lie on the edges of bins."""
    bins = draw(st.integers(1, 60))
    on_edges = st.integers(0, bins).map(lambda i: i / bins)
    as_products = st.integers(0, bins).map(lambda i: min(1.0, i * (1 / bins)))
    anywhere = st.floats(0, 1)
    rows = rows_of(st.one_of(on_edges, as_products, anywhere), st.integers(0, 1))
    return *draw(rows), bins


@given(probabilities_targets_and_bins())
def test_the_calibration_curve_is_that_of_scikit_learn(drawn):
    probabilities, targets, bins = double(drawn[0]), torch.tensor(drawn[1]), drawn[2]
    happened, promised = reference_calibration_curve(
        targets, probabilities, n_bins=bins, pos_label=1
    )
    ours = calibration_curve(probabilities, targets, bins)
    assert_equal(ours[0], promised)
    assert_equal(ours[1], happened)
    assert ours[2].sum() == len(targets)
    assert_equal((ours[0] * ours[2]).sum(), probabilities.sum())
    assert_equal((ours[1] * ours[2]).sum(), targets.sum())


@given(probabilities_targets_and_bins())
def test_the_calibration_error_is_the_mean_distance_over_rows(drawn):
    probabilities, targets, bins = np.array(drawn[0]), np.array(drawn[1]), drawn[2]
    bin_numbers = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], probabilities)
    distance = np.zeros(len(targets))
    for number in set(bin_numbers):
        rows = bin_numbers == number
        distance[rows] = abs(probabilities[rows].mean() - targets[rows].mean())
    ours = expected_calibration_error(double(drawn[0]), torch.tensor(drawn[1]), bins)
    assert_equal(ours, distance.mean())


def test_a_bin_has_its_upper_edge_and_empty_bins_are_left_out():
    probabilities = double([0.0, 0.25, 0.26, 0.5, 1.0, 1.0])
    promised, happened, counts = calibration_curve(
        probabilities, torch.tensor([0, 1, 1, 1, 1, 0]), bins=4
    )
    assert promised.tolist() == [0.125, 0.38, 1]
    assert happened.tolist() == [0.5, 1, 0.5]
    assert counts.tolist() == [2, 2, 2]


def test_ten_bins_are_the_default():
    probabilities, targets = torch.linspace(0, 1, 101), torch.arange(101) % 2
    assert len(calibration_curve(probabilities, targets)[2]) == 10
    error = expected_calibration_error(probabilities, targets)
    assert error == expected_calibration_error(probabilities, targets, bins=10)
    assert error != expected_calibration_error(probabilities, targets, bins=9)


@pytest.mark.parametrize("function", [calibration_curve, expected_calibration_error])
@pytest.mark.parametrize("bins", [0, -1])
def test_there_must_be_a_bin(function, bins):
    with pytest.raises(ValueError, match=exactly(f"bins is {bins}: give at least 1")):
        function(torch.zeros(3), torch.tensor([0, 1, 1]), bins=bins)


@pytest.mark.parametrize("function", [calibration_curve, expected_calibration_error])
@pytest.mark.parametrize(("low", "high"), [(-0.5, 0.5), (0.25, 1.5)])
def test_logits_are_no_probabilities(function, low, high):
    message = (
        f"probabilities go from {low} to {high}: give numbers from 0 to 1, for example "
        "torch.sigmoid(logits)"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        function(torch.tensor([low, 0.3, high]), torch.tensor([0, 1, 1]))


# Device


@pytest.mark.parametrize(
    "function",
    [
        accuracy,
        r_squared,
        roc_auc,
        expected_calibration_error,
        lambda a, b: torch.stack(roc_curve(a, b)),
        lambda a, b: torch.stack(calibration_curve(a, b)),
        lambda a, b: confusion_matrix(predicted_classes(a), b, 2),
    ],
)
def test_everything_is_computed_where_the_inputs_are(function):
    values, targets = torch.tensor([0.0, 0.5, 1.0]), torch.tensor([0, 1, 1])
    expected = function(values, targets)
    with torch.device("meta"):  # where tensors without a device of their own would be, and fail
        assert torch.equal(function(values, targets), expected)


@pytest.mark.parametrize("offset", [0, 2**24, 2**40, -(2**50)])
def test_whole_numbers_are_scores_as_exact_as_they_are(offset):
    scores, targets = offset + torch.tensor([0, 1, 2, 3]), torch.tensor([0, 1, 0, 1])
    _, _, thresholds = roc_curve(scores, targets)
    assert thresholds[1:].long().tolist() == (offset + torch.tensor([3, 2, 1, 0])).tolist()
    assert roc_auc(scores, targets).item() == 0.75


def test_whole_numbers_that_no_float_tells_apart_are_refused():
    message = (
        r"^scores hold whole numbers that torch\.float64 cannot tell apart: subtract one number "
        r"from all of them, or divide them$"
    )
    with pytest.raises(ValueError, match=message):
        roc_curve(2**60 + torch.tensor([0, 1]), torch.tensor([0, 1]))


@pytest.mark.parametrize("scale", [1e-200, 1e-30, 1e30, 1e200])
def test_the_unit_of_the_targets_does_not_change_what_is_explained(scale):
    predictions, targets = torch.tensor([1.0, 2.0, 4.0]).double(), torch.tensor([1.0, 2.0, 3.0])
    explained = r_squared(scale * predictions, scale * targets.double())
    assert explained.item() == pytest.approx(0.5, rel=1e-12)


def test_whole_targets_beyond_two_to_the_24_differ():
    targets = 2**24 + torch.tensor([0, 1, 2])
    assert r_squared(targets, targets).item() == 1
