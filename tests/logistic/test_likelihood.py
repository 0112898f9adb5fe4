"""The likelihood is that of torch's Bernoulli, and what makes it largest is scikit-learn's."""

import itertools
import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from torch import nn

from course.logistic.likelihood import (
    descend_logistic,
    descend_probability,
    likelihood,
    logistic_gradient,
    logistic_hessian,
    negative_log_likelihood,
)

outcomes = st.lists(st.integers(0, 1), min_size=1, max_size=12)
seeds = st.integers(0, 1000)


def double(values):
    return torch.tensor(values, dtype=torch.float64)


def exactly(message):
    return f"^{re.escape(message)}$"


def strips(n=30, seed=0):
    """Return inputs and outcomes that overlap."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, generator=generator, dtype=torch.float64)
    y = (torch.rand(n, generator=generator) < torch.sigmoid(1.5 * x + 0.5)).double()
    return x, y


def cost(x, y, w, b):
    """Return the cross-entropy as torch computes it from logits."""
    return nn.functional.binary_cross_entropy_with_logits(w * x + b, y)


# likelihood and negative_log_likelihood


@given(outcomes, st.floats(0.01, 0.99))
def test_both_are_those_of_the_counts_for_one_probability(values, p):
    ones, zeros = sum(values), len(values) - sum(values)
    expected = p**ones * (1 - p) ** zeros
    assert likelihood(double(p), double(values)).item() == pytest.approx(expected, rel=1e-12)
    total = negative_log_likelihood(double(p), double(values)).item()
    assert total == pytest.approx(-math.log(expected), rel=1e-12)


@settings(max_examples=40)
@given(outcomes, seeds)
def test_both_are_those_of_torchs_bernoulli_for_a_probability_each(values, seed):
    p = torch.rand(len(values), generator=torch.Generator().manual_seed(seed)).double()
    p = 0.01 + 0.98 * p
    logs = torch.distributions.Bernoulli(probs=p).log_prob(double(values))
    torch.testing.assert_close(likelihood(p, double(values)), logs.sum().exp())
    torch.testing.assert_close(negative_log_likelihood(p, double(values)), -logs.sum())
    expected = nn.functional.binary_cross_entropy(p, double(values), reduction="sum")
    torch.testing.assert_close(negative_log_likelihood(p, double(values)), expected)


def test_the_gradient_is_that_of_binary_cross_entropy():
    p, other = (torch.linspace(0.1, 0.9, 5).double().requires_grad_() for _ in range(2))
    y = double([1, 0, 0, 1, 1])
    negative_log_likelihood(p, y).backward()
    nn.functional.binary_cross_entropy(other, y, reduction="sum").backward()
    torch.testing.assert_close(p.grad, other.grad)


def test_outcomes_may_be_whole_numbers_or_truth_values():
    p = torch.tensor(0.25)
    for dtype in (torch.int64, torch.bool, torch.float32):
        y = torch.tensor([1, 0]).to(dtype)
        assert likelihood(p, y).item() == pytest.approx(0.25 * 0.75)
        assert negative_log_likelihood(p, y).item() == pytest.approx(-math.log(0.25 * 0.75))


def test_certainty_costs_nothing_if_it_is_right_and_without_limit_if_not():
    right, wrong = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    y = torch.tensor([1, 0])
    assert (likelihood(right, y), negative_log_likelihood(right, y)) == (1, 0)
    assert (likelihood(wrong, y), negative_log_likelihood(wrong, y)) == (0, math.inf)


both = pytest.mark.parametrize("function", [likelihood, negative_log_likelihood])


@both
@pytest.mark.parametrize(("p", "y"), [((3,), (2,)), ((2, 1), (2,)), ((1,), (2,))])
def test_probabilities_that_would_broadcast_are_refused(function, p, y):
    message = f"p has shape {p}, outcomes {y}: give () and (n,), or both (n,)"
    with pytest.raises(ValueError, match=exactly(message)):
        function(torch.full(p, 0.5), torch.zeros(y))


@both
@pytest.mark.parametrize("shape", [(), (0,), (2, 1)])
def test_outcomes_of_another_shape_are_refused(function, shape):
    message = f"outcomes have shape {shape}: give (n,), n at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        function(torch.tensor(0.5), torch.zeros(shape))


@both
@pytest.mark.parametrize("value", [0.5, 2.0, -1.0, math.nan])
def test_outcomes_other_than_zero_and_one_are_refused(function, value):
    with pytest.raises(ValueError, match=exactly(f"outcomes hold {value:g}: give 0 and 1 alone")):
        function(torch.tensor(0.5), torch.tensor([0.0, value, 1.0]))


@both
@pytest.mark.parametrize("value", [-0.5, 1.5, math.nan])
def test_what_is_no_probability_is_refused(function, value):
    message = f"p goes from {value:g} to {value:g}: give numbers from 0 to 1"
    with pytest.raises(ValueError, match=exactly(message)):
        function(torch.tensor(value), torch.tensor([0.0, 1.0]))


# descend_probability


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 1), min_size=2, max_size=12).filter(lambda y: 0 < sum(y) < len(y)),
    st.floats(0.3, 0.7),
)
def test_every_step_goes_against_the_derivative_of_the_mean(values, start):
    y = double(values)
    path = descend_probability(y, start, lr=0.01, steps=5)
    assert path[0] == start
    assert len(path) == 6
    for here, there in itertools.pairwise(path):
        slope = torch.func.grad(lambda p: negative_log_likelihood(p, y) / len(y))(here)
        torch.testing.assert_close(there, here - 0.01 * slope)


@pytest.mark.parametrize("ones", [1, 5, 9])
def test_it_ends_at_the_fraction(ones):
    y = double([1.0] * ones + [0.0] * (10 - ones))
    path = descend_probability(y, start=0.5, lr=0.02, steps=500)
    assert path[-1].item() == pytest.approx(ones / 10, abs=1e-9)


@pytest.mark.parametrize(
    ("start", "lr", "step", "place"), [(0.02, 0.05, 1, "1.755"), (0.98, 0.08, 1, "-0.1629")]
)
def test_a_step_out_of_the_interval_is_refused(start, lr, step, place):
    message = (
        f"step {step} leads to {place}, which is no probability between 0 and 1: take a smaller "
        "lr, or descend on the logit"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        descend_probability(double([1.0] * 7 + [0.0] * 3), start, lr, steps=1)


@pytest.mark.parametrize("start", [0.0, 1.0, -0.5, math.nan])
def test_a_start_at_the_ends_or_beyond_is_refused(start):
    with pytest.raises(ValueError, match=f"^step 0 leads to {start:.4g}, which is no probability"):
        descend_probability(double([1.0, 0.0]), start, lr=0.1, steps=0)


def test_less_than_no_steps_are_refused():
    y = double([0, 1])
    with pytest.raises(ValueError, match=exactly("steps is -1: give at least 0")):
        descend_probability(y, 0.5, lr=0.1, steps=-1)
    with pytest.raises(ValueError, match=exactly("steps is -1: give at least 0")):
        descend_logistic(y, y, 0, 0, lr=0.1, steps=-1)
    assert descend_probability(y, 0.5, lr=0.1, steps=0).tolist() == [0.5]
    assert descend_logistic(y, y, 1, 2, lr=0.1, steps=0).tolist() == [[1, 2]]


def test_outcomes_have_to_be_floating_point_zeros_and_ones():
    message = "outcomes hold torch.int64: give floating-point numbers, as float()"
    with pytest.raises(TypeError, match=exactly(message)):
        descend_probability(torch.tensor([0, 1]), 0.5, lr=0.1, steps=1)
    with pytest.raises(ValueError, match=exactly("outcomes hold 3: give 0 and 1 alone")):
        descend_probability(double([0, 3]), 0.5, lr=0.1, steps=1)


# logistic_gradient


@settings(max_examples=40)
@given(seeds, st.floats(-5, 5), st.floats(-5, 5))
def test_the_gradient_is_that_of_autograd(seed, weight, bias):
    x, y = strips(seed=seed)
    w, b = double(weight), double(bias)
    expected = torch.func.grad(lambda w, b: cost(x, y, w, b), argnums=(0, 1))(w, b)
    torch.testing.assert_close(logistic_gradient(x, y, w, b), expected)


def test_the_gradient_stays_finite_far_out():
    x, y = torch.tensor([-1e4, 1e4]), torch.tensor([1.0, 0.0])
    assert logistic_gradient(x, y, torch.tensor(1.0), torch.tensor(0.0)) == (1e4, 0)


@pytest.mark.parametrize(
    "shapes",
    [
        ((6, 1), (6,), (), ()),
        ((6,), (6, 1), (), ()),
        ((6,), (6,), (6,), ()),
        ((6,), (6,), (), (6,)),
    ],
)
def test_shapes_that_would_broadcast_have_no_gradient(shapes):
    told = ", ".join(map(str, shapes))
    message = f"shapes are {told}: give x, y, weight, bias as (n,), (n,), (), ()"
    with pytest.raises(ValueError, match=exactly(message)):
        logistic_gradient(*map(torch.zeros, shapes))


def test_targets_other_than_zero_and_one_have_no_gradient():
    with pytest.raises(ValueError, match=exactly("outcomes hold 2: give 0 and 1 alone")):
        logistic_gradient(torch.zeros(2), torch.tensor([1.0, 2.0]), *torch.zeros(2))


# descend_logistic


def test_its_steps_are_those_of_sgd():
    x, y = strips()
    model = nn.Linear(1, 1).double()
    nn.init.constant_(model.weight, -2.0)
    nn.init.constant_(model.bias, 1.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    for row in descend_logistic(x, y, weight=-2.0, bias=1.0, lr=0.5, steps=20):
        torch.testing.assert_close(row, torch.stack([model.weight[0, 0], model.bias[0]]))
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(
            model(x.unsqueeze(1)).squeeze(1), y
        ).backward()
        optimizer.step()


@pytest.mark.parametrize("seed", range(4))
def test_it_ends_where_scikit_learn_ends_without_a_penalty(seed):
    x, y = strips(60, seed)
    model = LogisticRegression(C=math.inf, tol=1e-10).fit(x[:, None].numpy(), y.numpy())
    end = descend_logistic(x, y, 0, 0, lr=2.0, steps=1500)[-1]
    expected = [model.coef_[0, 0], model.intercept_[0]]
    np.testing.assert_allclose(end, expected, rtol=1e-5)


def test_the_path_begins_at_the_start_and_keeps_its_type():
    x, y = (values.float() for values in strips())
    path = descend_logistic(x, y, weight=-3, bias=2, lr=0.1, steps=2)
    assert path[0].tolist() == [-3, 2]
    assert (path.shape, path.dtype) == ((3, 2), torch.float32)


@settings(max_examples=20)
@given(seeds)
def test_where_a_threshold_parts_the_classes_the_weight_grows_without_end(seed):
    x, _ = strips(8, seed)
    y = (x > x.median()).double()
    path = descend_logistic(x - x.median(), y, 0, 0, lr=1.0, steps=40)
    costs = [cost(x - x.median(), y, *row) for row in path]
    assert costs == sorted(costs, reverse=True)
    assert all(
        cost(x - x.median(), y, *(2 * row)) < cost(x - x.median(), y, *row) for row in path[9:]
    )


# logistic_hessian


@settings(max_examples=40)
@given(seeds, st.floats(-5, 5), st.floats(-5, 5))
def test_the_hessian_is_that_of_autograd_and_has_no_negative_eigenvalue(seed, weight, bias):
    x, y = strips(seed=seed)
    place = double([weight, bias])
    expected = torch.autograd.functional.hessian(lambda theta: cost(x, y, *theta), place)
    bends = logistic_hessian(x, *place)
    torch.testing.assert_close(bends, expected)
    assert torch.linalg.eigvalsh(bends).min() > -1e-15


@pytest.mark.parametrize(
    "shapes", [((6, 1), (), ()), ((0,), (), ()), ((6,), (6,), ()), ((6,), (), (1,))]
)
def test_shapes_that_would_broadcast_have_no_hessian(shapes):
    told = ", ".join(map(str, shapes))
    message = f"shapes are {told}: give x, weight, bias as (n,), (), (), n at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        logistic_hessian(*map(torch.zeros, shapes))
