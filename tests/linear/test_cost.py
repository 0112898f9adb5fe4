import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_squared_error as reference
from torch import nn

from course.linear.cost import cost_curve, cost_surface, mean_squared_error


def made_up_data(n=11, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(2, n, generator=generator, dtype=torch.float64)


def exactly(message):
    return f"^{re.escape(message)}$"


# mean_squared_error


@given(n=st.integers(1, 50), seed=st.integers(0, 1000))
def test_the_cost_is_that_of_scikit_learn_and_of_torch(n, seed):
    predictions, targets = made_up_data(n, seed)
    cost = mean_squared_error(predictions, targets)
    assert cost.shape == ()
    assert cost.item() == pytest.approx(reference(targets, predictions))
    torch.testing.assert_close(cost, nn.MSELoss()(predictions, targets))


def test_its_derivative_is_twice_the_mean_residual_of_each_prediction():
    predictions, targets = made_up_data()
    predictions.requires_grad_()
    mean_squared_error(predictions, targets).backward()
    expected = 2 * (predictions.detach() - targets) / len(targets)
    torch.testing.assert_close(predictions.grad, expected)


@pytest.mark.parametrize(
    ("predictions", "targets"), [((6, 1), (6,)), ((6,), (6, 1)), ((), (6,)), ((5,), (6,))]
)
def test_predictions_and_targets_of_different_shape_are_refused(predictions, targets):
    message = (
        f"predictions have shape {predictions}, targets {targets}: "
        "give both the shape (n,), n at least 1"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        mean_squared_error(torch.zeros(predictions), torch.zeros(targets))


def test_the_cost_of_nothing_is_refused():
    message = "predictions have shape (0,), targets (0,): give both the shape (n,), n at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        mean_squared_error(torch.zeros(0), torch.zeros(0))


# cost_curve


@given(seed=st.integers(0, 1000), weights=st.lists(st.floats(-50, 50), min_size=1, max_size=9))
def test_the_curve_is_the_parabola_that_the_sums_give(seed, weights):
    x, y = made_up_data(seed=seed)
    curve = cost_curve(x, y, torch.tensor(weights, dtype=torch.float64))
    xs, ys = x.numpy(), y.numpy()
    coefficients = [np.mean(xs**2), -2 * np.mean(xs * ys), np.mean(ys**2)]
    np.testing.assert_allclose(curve, np.polyval(coefficients, weights), atol=1e-9)


@pytest.mark.parametrize("shape", [(), (3, 1)])
def test_slopes_of_another_shape_are_refused_by_the_curve(shape):
    x, y = made_up_data()
    message = f"weights have shape {shape}: give them the shape (k,)"
    with pytest.raises(ValueError, match=exactly(message)):
        cost_curve(x, y, torch.zeros(shape))


# cost_surface


@given(seed=st.integers(0, 1000), k=st.integers(1, 4), m=st.integers(1, 4))
def test_the_surface_is_the_cost_of_each_pair(seed, k, m):
    x, y = made_up_data(seed=seed)
    weights, biases = made_up_data(k, seed + 1)[0], made_up_data(m, seed + 2)[0]
    surface = cost_surface(x, y, weights, biases)
    assert surface.shape == (k, m)
    for i, j in np.ndindex(k, m):
        line = np.polyval([weights[i].item(), biases[j].item()], x.numpy())
        assert surface[i, j].item() == pytest.approx(reference(y, line))


def test_without_a_bias_the_surface_is_the_curve():
    x, y = made_up_data()
    weights = torch.linspace(-2, 2, 5, dtype=torch.float64)
    surface = cost_surface(x, y, weights, torch.zeros(1, dtype=torch.float64))
    torch.testing.assert_close(surface[:, 0], cost_curve(x, y, weights))


def test_the_surface_is_lowest_at_the_least_squares_line():
    x, y = made_up_data()
    weight, bias = np.polyfit(x.numpy(), y.numpy(), 1)
    offsets = torch.tensor([-1e-3, 0, 1e-3], dtype=torch.float64)
    surface = cost_surface(x, y, weight + offsets, bias + offsets)
    assert surface.argmin() == 4, "the middle of three by three"


@pytest.mark.parametrize(("weights", "biases"), [((), (2,)), ((2,), ()), ((2, 1), (2,))])
def test_slopes_or_biases_of_another_shape_are_refused_by_the_surface(weights, biases):
    x, y = made_up_data()
    message = f"weights have shape {weights}, biases {biases}: give them the shapes (k,) and (m,)"
    with pytest.raises(ValueError, match=exactly(message)):
        cost_surface(x, y, torch.zeros(weights), torch.zeros(biases))
