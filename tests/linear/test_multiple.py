"""Several inputs: predictions and descent as PyTorch makes them, weights as scikit-learn finds."""

import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler
from torch import nn

from course.linear.convergence import largest_lr
from course.linear.exact import solve_least_squares, with_ones
from course.linear.multiple import (
    descend_weights,
    gradient,
    in_input_units,
    mean_and_std,
    predict,
)
from course.linear.slope_and_bias import descend_model

sizes = {"n": st.integers(1, 20), "d": st.integers(1, 6), "seed": st.integers(0, 10**6)}


def drawn(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def zeros(*shapes):
    return [torch.zeros(shape) for shape in shapes]


@given(**sizes)
def test_predictions_are_those_of_a_linear_layer_without_its_last_axis(n, d, seed):
    x, weight, bias = drawn(n, d, seed=seed), drawn(d, seed=1), drawn(1, seed=2)
    expected = nn.functional.linear(x, weight.unsqueeze(0), bias)
    assert expected.shape == (n, 1)
    assert torch.allclose(predict(x, weight, bias[0]), expected.squeeze(1))


@given(**sizes)
def test_the_gradient_is_that_of_autograd(n, d, seed):
    x, y, weight, bias = drawn(n, d, seed=seed), drawn(n, seed=1), drawn(d, seed=2), drawn(seed=3)
    leaves = [weight.clone().requires_grad_(), bias.clone().requires_grad_()]
    nn.functional.mse_loss(x @ leaves[0] + leaves[1], y).backward()
    by_weight, by_bias = gradient(x, y, weight, bias)
    assert torch.allclose(by_weight, leaves[0].grad)
    assert torch.allclose(by_bias, leaves[1].grad)
    assert (by_weight.shape, by_bias.shape) == ((d,), ())


@pytest.mark.parametrize("d", [1, 2, 5])
def test_descent_is_that_of_sgd_step_by_step(d):
    x, y = drawn(12, d), drawn(12, seed=1)
    layer = nn.Linear(d, 1).double()
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    path = descend_model(nn.Sequential(layer, nn.Flatten(0)), x, y, lr=0.1, steps=30)
    assert path.shape == (31, d + 1)
    assert torch.allclose(descend_weights(x, y, lr=0.1, steps=30), path, atol=1e-12)


@pytest.mark.parametrize(("seed", "d"), [(0, 1), (1, 2), (2, 4)])
def test_descent_ends_at_the_weights_of_least_squares_and_of_scikit_learn(seed, d):
    x, y = drawn(40, d, seed=seed), drawn(40, seed=seed + 1)
    end = descend_weights(x, y, lr=0.5 * largest_lr(with_ones(x)), steps=800)[-1]
    model = LinearRegression().fit(x.numpy(), y.numpy())
    assert torch.allclose(end, solve_least_squares(with_ones(x), y), atol=1e-6)
    assert end.tolist() == pytest.approx([*model.coef_, model.intercept_], abs=1e-6)


def test_the_path_starts_at_zeros_of_the_type_of_the_inputs():
    for dtype in (torch.float32, torch.float64):
        path = descend_weights(drawn(3, 2).to(dtype), drawn(3).to(dtype), lr=0.1, steps=0)
        assert path.tolist() == [[0, 0, 0]]
        assert path.dtype == dtype


@given(n=st.integers(2, 30), d=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_mean_and_deviation_are_those_of_scikit_learn_up_to_bessels_correction(n, d, seed):
    training = 5 + 3 * drawn(n, d, seed=seed)
    mean, std = mean_and_std(training)
    scaler = StandardScaler().fit(training.numpy())
    assert mean.tolist() == pytest.approx(scaler.mean_.tolist())
    assert (std * ((n - 1) / n) ** 0.5).tolist() == pytest.approx(scaler.scale_.tolist())
    scaled = (training - mean) / std
    assert torch.allclose(scaled.std(dim=0), torch.ones(d).double())


@given(n=st.integers(3, 30), d=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_weights_in_input_units_predict_the_same_without_standardising(n, d, seed):
    x = 50 + 4 * drawn(n, d, seed=seed)
    mean, std = mean_and_std(x)
    weight, bias = drawn(d, seed=1), drawn(seed=2)
    expected = predict((x - mean) / std, weight, bias)
    assert torch.allclose(predict(x, *in_input_units(weight, bias, mean, std)), expected)


@pytest.mark.parametrize(
    ("x", "weight", "bias"),
    [((4,), (4,), ()), ((4, 2), (2, 1), ()), ((4, 2), (3,), ()), ((4, 2), (2,), (1,))],
)
def test_parameters_that_do_not_fit_the_inputs_are_refused(x, weight, bias):
    message = f"x has shape {x}, weight {weight}, bias {bias}: give them the shapes (n, d), (d,)"
    with pytest.raises(ValueError, match=re.escape(message)):
        predict(*zeros(x, weight, bias))


@pytest.mark.parametrize(("x", "y"), [((4, 2), (4, 1)), ((4, 2), (3,)), ((0, 2), (0,))])
def test_targets_that_do_not_fit_the_inputs_are_refused(x, y):
    message = f"y has shape {y}, x {x}: give them the shapes (n,) and (n, d), n above 0"
    for function in (
        lambda: gradient(*zeros(x, y, (2,), ())),
        lambda: descend_weights(*zeros(x, y), lr=0.1, steps=1),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            function()


def test_descent_on_inputs_without_columns_is_refused():
    with pytest.raises(ValueError, match=re.escape("x has shape (4,): give (n, d)")):
        descend_weights(*zeros((4,), (4,)), lr=0.1, steps=1)


@pytest.mark.parametrize("shape", [(), (4,), (1, 2), (0, 2), (3, 2, 2)])
def test_rows_that_have_no_deviation_are_refused(shape):
    message = f"training has shape {shape}: give (n, d), n at least 2"
    with pytest.raises(ValueError, match=re.escape(message)):
        mean_and_std(torch.zeros(shape))


def test_a_column_without_spread_or_with_nan_or_inf_is_refused_by_its_number():
    training = drawn(4, 4)
    training[:, 1] = 7
    training[2, 2] = torch.nan
    training[1, 3] = torch.inf
    with pytest.raises(ValueError, match=re.escape("columns [1, 2, 3] hold one value in all rows")):
        mean_and_std(training)


def test_whole_numbers_have_to_be_made_floats_first():
    with pytest.raises(TypeError, match=re.escape("training holds torch.int64: give floats")):
        mean_and_std(torch.tensor([[1, 2], [3, 4]]))


@pytest.mark.parametrize(
    "shapes",
    [
        ((2, 1), (), (2,), (2,)),
        ((2,), (1,), (2,), (2,)),
        ((2,), (), (1,), (2,)),
        ((2,), (), (2,), ()),
        ((), (), (), ()),
    ],
)
def test_scales_that_do_not_fit_the_weights_are_refused(shapes):
    message = f"shapes are {', '.join(map(str, shapes))}: give weight, bias, mean, std (d,), ()"
    with pytest.raises(ValueError, match=re.escape(message)):
        in_input_units(*zeros(*shapes))


def test_two_inputs_are_learned_by_heart_from_three_rows():
    x, y = drawn(3, 2), drawn(3, seed=1)
    theta = descend_weights(x, y, lr=0.5 * largest_lr(with_ones(x)), steps=20_000)[-1]
    assert torch.allclose(predict(x, theta[:2], theta[2]), y, atol=1e-6)
