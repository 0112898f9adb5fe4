"""Sigmoid and logit are torch's, to the ends of float32, and the model is a sequence of layers."""

import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from course.logistic.prediction import LogisticRegression, decide, input_at, logit, sigmoid
from course.networks.workflow import accuracy as networks_accuracy
from course.project.pipeline import judge
from course.training.metrics import predicted_classes, roc_curve
from course.training.thresholds import expected_cost

FAR = torch.cat([torch.linspace(-1e4, 1e4, 2001), torch.linspace(-120, 120, 2401)])


def double(value):
    return torch.tensor(value, dtype=torch.float64)


def exactly(message):
    return f"^{re.escape(message)}$"


# sigmoid


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_sigmoid_is_that_of_torch_to_ten_thousand(dtype):
    z = FAR.to(dtype)
    # torch computes e^-z, which is infinite in float32 from 89 on, and gives 0 for less than 1e-38
    torch.testing.assert_close(sigmoid(z), torch.sigmoid(z), rtol=1e-6, atol=1e-37)


@given(st.floats(-700, 700))
def test_the_sigmoid_is_the_formula(z):
    assert sigmoid(double(z)).item() == pytest.approx(1 / (1 + math.exp(-z)), rel=1e-13)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_the_sigmoid_keeps_short_types_and_their_precision(dtype):
    z = torch.linspace(-10, 10, 41).to(dtype)
    assert sigmoid(z).dtype == dtype
    torch.testing.assert_close(sigmoid(z), torch.sigmoid(z))


def test_the_derivative_is_that_of_torch_to_ten_thousand_and_at_zero():
    ours, theirs = (FAR.clone().requires_grad_() for _ in range(2))
    sigmoid(ours).sum().backward()
    torch.sigmoid(theirs).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-5, atol=1e-7)
    zero = torch.zeros(1, requires_grad=True)
    sigmoid(zero).backward()
    assert zero.grad.item() == 0.25


def test_derivatives_of_both_orders_are_right_for_gradcheck():
    z = torch.linspace(-5, 5, 12, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(sigmoid, z)
    assert torch.autograd.gradgradcheck(sigmoid, z)


def test_the_ends_are_zero_and_one_and_nan_stays():
    z = torch.tensor([-math.inf, math.inf, math.nan])
    assert sigmoid(z)[:2].tolist() == [0, 1]
    assert sigmoid(z)[2].isnan()


@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_any_shape_stays(shape):
    assert sigmoid(torch.zeros(shape)).shape == logit(torch.full(shape, 0.5)).shape == shape


def test_the_argument_stays_as_it_is_also_when_it_is_not_contiguous():
    z = torch.randn(4, 3, generator=torch.Generator().manual_seed(0)).T
    before = z.clone()
    assert torch.allclose(sigmoid(z), torch.sigmoid(before))
    assert torch.equal(z, before)


# logit


@given(st.floats(1e-300, 1, exclude_max=True))
def test_the_logit_is_that_of_torch(p):
    expected = torch.logit(double(p)).item()
    assert logit(double(p)).item() == pytest.approx(expected, rel=1e-12, abs=1e-15)


@given(st.floats(-30, 30))
def test_the_logit_undoes_the_sigmoid(z):
    assert logit(sigmoid(double(z))).item() == pytest.approx(z, abs=1e-2 if z > 15 else 1e-8)


def test_the_logit_of_certainty_is_infinite_and_that_of_nan_is_nan():
    assert logit(torch.tensor([0.0, 1.0])).tolist() == [-math.inf, math.inf]
    assert logit(torch.tensor([math.nan])).isnan().all()


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.inf])
def test_what_is_no_probability_has_no_logit(wrong):
    message = (
        f"p go from {min(wrong, 0.5):g} to {max(wrong, 0.5):g}: give numbers from 0 to 1, for "
        "example sigmoid(logits)"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        logit(torch.tensor([0.5, wrong]))


@pytest.mark.parametrize(("name", "function"), [("z", sigmoid), ("p", logit)])
def test_whole_numbers_are_refused(name, function):
    message = f"{name} holds torch.int64: give floating-point numbers, as with float()"
    with pytest.raises(TypeError, match=exactly(message)):
        function(torch.tensor([0, 1]))


# input_at


@given(st.floats(0.01, 0.99), st.floats(0.01, 50), st.booleans(), st.floats(-50, 50))
def test_at_that_input_the_model_gives_that_probability(p, size, falling, bias):
    weight = -size if falling else size
    x = input_at(double(p), double(weight), double(bias))
    assert torch.sigmoid(weight * x + bias).item() == pytest.approx(p, abs=1e-9)


@pytest.mark.parametrize(("weight", "bias"), [((1,), ()), ((), (1,)), ((3,), (3,))])
def test_parameters_that_would_broadcast_have_no_input(weight, bias):
    message = (
        f"weight has shape {weight}, bias {bias}: give numbers of shape (), and a weight not 0"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        input_at(torch.tensor(0.5), torch.ones(weight), torch.ones(bias))


def test_a_weight_of_zero_has_no_input():
    with pytest.raises(ValueError, match="a weight not 0"):
        input_at(torch.tensor(0.5), torch.tensor(0.0), torch.tensor(1.0))


# decide


@given(st.lists(st.floats(0, 1), max_size=9), st.floats(0, 1))
def test_a_class_is_one_from_the_threshold_on_and_zero_below(values, threshold):
    classes = decide(double(values), threshold)
    assert classes.tolist() == [int(value >= threshold) for value in values]
    assert classes.dtype == torch.int64


def test_without_a_threshold_it_is_one_half():
    assert decide(torch.tensor([0.49, 0.5, 0.51])).tolist() == [0, 1, 1]


def test_logits_are_no_probabilities():
    message = (
        "probabilities go from -3 to 0.5: give numbers from 0 to 1, for example sigmoid(logits)"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        decide(torch.tensor([0.5, -3.0]))


@pytest.mark.parametrize(
    ("value", "threshold", "nans"),
    [(math.nan, 0.5, 1), (0.5, -0.1, 0), (0.5, 1.1, 0), (0.5, math.nan, 0)],
)
def test_nan_and_thresholds_beyond_zero_and_one_are_refused(value, threshold, nans):
    message = f"threshold is {threshold}, {nans} probabilities are nan: give 0 to 1"
    with pytest.raises(ValueError, match=exactly(message)):
        decide(torch.tensor([value]), threshold)


# LogisticRegression


@given(st.integers(1, 4), st.integers(0, 6), st.integers(0, 1000))
def test_the_model_is_a_linear_layer_and_a_sigmoid(d, n, seed):
    generator = torch.Generator().manual_seed(seed)
    model = LogisticRegression(d).double()
    sequential = nn.Sequential(nn.Linear(d, 1), nn.Sigmoid()).double()
    sequential[0].load_state_dict(model.linear.state_dict())
    x = 5 * torch.randn(n, d, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(model(x), sequential(x).squeeze(-1))


def test_one_row_keeps_its_axis_and_one_input_is_what_it_starts_with():
    assert LogisticRegression()(torch.zeros(1, 1)).shape == (1,)


def test_one_row_alone_has_one_probability_and_axes_before_the_last_stay():
    model = LogisticRegression(2)
    assert model(torch.zeros(2)).shape == ()
    assert model(torch.zeros(4, 1, 2)).shape == (4, 1)


def test_its_gradients_are_those_of_the_sequence():
    model = LogisticRegression(2)
    sequential = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
    sequential[0].load_state_dict(model.linear.state_dict())
    x = torch.randn(7, 2, generator=torch.Generator().manual_seed(0))
    for module in (model, sequential):
        module(x).square().sum().backward()
    for ours, theirs in zip(model.parameters(), sequential.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad)


# one meaning of a threshold


def test_every_threshold_of_the_course_says_yes_from_it_on():
    p, y = double([0.2, 0.5, 0.8]), torch.tensor([0, 1, 1])
    (cost,) = expected_cost(p, y, double([0.5]), 1.0, 1.0)
    judged = judge(nn.Flatten(0), logit(p).unsqueeze(1), y.double(), threshold=0.5)
    rates = dict(zip(roc_curve(p, y)[2].tolist(), roc_curve(p, y)[1].tolist(), strict=True))

    assert decide(p, 0.5).tolist() == predicted_classes(logit(p)).tolist() == y.tolist()
    assert cost == 0
    assert judged.accuracy == networks_accuracy(nn.Flatten(0), logit(p).unsqueeze(1), y) == 1
    assert rates[0.5] == 1, "the row at the threshold is found"
