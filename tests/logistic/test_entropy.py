"""Cross-entropy from logits is PyTorch's, and finite."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from course.logistic.entropy import (
    check_answers,
    cross_entropy,
    losses_by_formula,
    losses_from_logits,
)

dtypes = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
logits_up_to = st.floats(-1e4, 1e4, width=32)
answers = st.sampled_from([0.0, 0.25, 1.0])
by_row = [losses_by_formula, losses_from_logits]
EXACT = {torch.float32: 1e-6, torch.float64: 1e-14}  # relative, and absolute near zero


def exactly(message):
    return f"^{re.escape(message)}$"


def value_and_slope(loss, logits, targets):
    logits = logits.clone().requires_grad_()
    values = loss(logits, targets)
    return values.detach(), torch.autograd.grad(values.sum(), logits)[0]


# losses_from_logits


@dtypes
@given(st.lists(st.tuples(logits_up_to, answers), min_size=1, max_size=20))
def test_losses_and_gradients_are_those_of_torch_for_all_logits(dtype, rows):
    logits, targets = torch.tensor(rows, dtype=dtype).T
    torchs = value_and_slope(nn.BCEWithLogitsLoss(reduction="none"), logits, targets)
    ours = value_and_slope(losses_from_logits, logits, targets)
    for mine, other in zip(ours, torchs, strict=True):
        assert mine.isfinite().all()
        torch.testing.assert_close(mine, other, rtol=EXACT[dtype], atol=EXACT[dtype])


@given(st.floats(-30, 30), answers)
def test_losses_are_those_of_the_formula_with_more_digits(z, y):
    z_long, y_long = np.longdouble(z), np.longdouble(y)
    expected = y_long * np.log1p(np.exp(-z_long)) + (1 - y_long) * np.log1p(np.exp(z_long))
    logits, targets = torch.tensor([[z], [y]], dtype=torch.float64)
    loss = losses_from_logits(logits, targets)
    assert loss.item() == pytest.approx(float(expected), rel=1e-12)


@dtypes
@pytest.mark.parametrize("answer", [0.0, 0.3, 1.0])
def test_at_zero_the_slope_is_right_although_both_parts_have_a_kink(dtype, answer):
    targets = torch.tensor([answer], dtype=dtype)
    for zero in (0.0, -0.0):
        _, slope = value_and_slope(losses_from_logits, torch.tensor([zero], dtype=dtype), targets)
        torch.testing.assert_close(slope, 0.5 - targets)


def test_the_second_derivative_is_right_but_at_zero():
    logits = torch.tensor([-2.0, 0.0, 3.0], dtype=torch.float64, requires_grad=True)
    losses = losses_from_logits(logits, torch.ones(3).double())
    (slopes,) = torch.autograd.grad(losses.sum(), logits, create_graph=True)
    (bends,) = torch.autograd.grad(slopes.sum(), logits)
    right = (torch.sigmoid(logits) * torch.sigmoid(-logits)).detach()
    torch.testing.assert_close(bends[[0, 2]], right[[0, 2]])
    assert bends[1] == 0


def test_a_nan_among_the_logits_stays_one_and_spoils_no_other_row():
    losses = losses_from_logits(torch.tensor([math.nan, 0.0]), torch.tensor([0.0, 1.0]))
    assert losses.isnan().tolist() == [True, False]


# losses_by_formula


@given(st.floats(-9, 9), answers)
def test_the_formula_is_right_for_small_logits(z, y):
    logits, targets = torch.tensor([[z], [y]], dtype=torch.float64)
    expected = losses_from_logits(logits, targets)
    torch.testing.assert_close(losses_by_formula(logits, targets), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("dtype", "border"), [(torch.float32, 16.6), (torch.float64, 36.7)])
def test_the_formula_breaks_where_the_probability_becomes_one(dtype, border):
    logits = torch.tensor([border - 0.5, border + 1], dtype=dtype)
    assert losses_by_formula(logits, torch.zeros_like(logits)).isfinite().tolist() == [True, False]
    assert losses_by_formula(logits, torch.ones_like(logits)).isnan().tolist() == [False, True]


# cross_entropy


@given(st.lists(st.tuples(logits_up_to, answers), min_size=1, max_size=20))
def test_the_mean_is_that_of_torch(rows):
    logits, targets = torch.tensor(rows, dtype=torch.float64).T
    torch.testing.assert_close(
        cross_entropy(logits, targets), nn.BCEWithLogitsLoss()(logits, targets)
    )


def test_two_classes_with_the_logits_zero_and_z_cost_the_same():
    logits = torch.tensor([-40.0, -3.0, 0.5, 300.0], dtype=torch.float64)
    labels = torch.tensor([0, 1, 1, 0])
    two = torch.stack([torch.zeros_like(logits), logits], dim=1)
    torch.testing.assert_close(
        cross_entropy(logits, labels.double()), nn.CrossEntropyLoss()(two, labels)
    )


def test_the_mean_of_nothing_is_refused():
    message = "logits have shape (0,): give at least one row"
    with pytest.raises(ValueError, match=exactly(message)):
        cross_entropy(torch.zeros(0), torch.zeros(0))


# what all of them refuse


@pytest.mark.parametrize("function", [*by_row, cross_entropy, check_answers])
@pytest.mark.parametrize(
    ("logits", "targets"), [((6, 1), (6,)), ((6,), (6, 1)), ((6,), ()), ((5,), (6,))]
)
def test_logits_and_targets_of_different_shape_are_refused(function, logits, targets):
    message = (
        f"targets have shape {targets}, logits {logits}: give both the same shape, for example "
        "with squeeze(-1), or they broadcast"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        function(torch.zeros(logits), torch.zeros(targets))


@pytest.mark.parametrize("function", [*by_row, cross_entropy, check_answers])
@pytest.mark.parametrize(
    ("wrong", "says"), [([-1.0, 1.0], "-1 to 1"), ([0.0, 2.0], "0 to 2"), ([0.0, math.nan], "nan")]
)
def test_targets_that_are_no_probabilities_are_refused(function, wrong, says):
    with pytest.raises(ValueError, match=f"^targets go from .*{says}: give 0 for no and 1 for yes"):
        function(torch.zeros(2), torch.tensor(wrong))


@pytest.mark.parametrize("function", [*by_row, cross_entropy, check_answers])
def test_logits_that_are_whole_numbers_are_refused(function):
    message = "logits are torch.int64: give floating point numbers"
    with pytest.raises(TypeError, match=exactly(message)):
        function(torch.tensor([1, 2]), torch.tensor([0.0, 1.0]))


@pytest.mark.parametrize("function", by_row)
def test_any_shape_is_taken_also_that_of_no_rows_and_targets_may_be_whole(function):
    assert function(torch.zeros(0), torch.zeros(0)).shape == (0,)
    logits, targets = torch.zeros(2, 3).T, torch.ones(3, 2)
    assert function(logits, targets).shape == (3, 2)
    torch.testing.assert_close(function(logits, targets.long()), function(logits, targets))
