"""Several outputs: what PyTorch computes for all at once, and what each would find alone."""

import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from torch import nn

from course.linear.convergence import largest_lr
from course.linear.exact import solve_least_squares, with_ones
from course.linear.multiple import descend_weights, mean_and_std
from course.linear.outputs import (
    descend_outputs,
    explained,
    gradient,
    in_target_units,
    predict,
)
from course.linear.slope_and_bias import descend_model

seeds = st.integers(0, 10**6)
few = st.integers(1, 5)


def drawn(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def zeros(*shapes):
    return [torch.zeros(shape) for shape in shapes]


@given(st.integers(1, 12), few, few, seeds)
def test_predictions_are_those_of_a_linear_layer(n, d, k, seed):
    x, weight, bias = drawn(n, d, seed=seed), drawn(k, d, seed=1), drawn(k, seed=2)
    predictions = predict(x, weight, bias)
    assert predictions.shape == (n, k)
    assert torch.allclose(predictions, nn.functional.linear(x, weight, bias))


@given(st.integers(1, 12), few, few, seeds)
def test_the_gradient_is_that_of_autograd_through_the_loss_of_torch(n, d, k, seed):
    x, y = drawn(n, d, seed=seed), drawn(n, k, seed=1)
    weight, bias = drawn(k, d, seed=2).requires_grad_(), drawn(k, seed=3).requires_grad_()
    nn.MSELoss()(nn.functional.linear(x, weight, bias), y).backward()
    by_weight, by_bias = gradient(x, y, weight.detach(), bias.detach())
    assert torch.allclose(by_weight, weight.grad)
    assert torch.allclose(by_bias, bias.grad)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_descent_is_that_of_sgd_on_a_layer_step_by_step(k):
    x, y = drawn(12, 3), drawn(12, k, seed=1)
    layer = nn.Linear(3, k).double()
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    path = descend_outputs(x, y, lr=0.1, steps=20)
    assert path.shape == (21, k, 4)
    for step in path:
        assert torch.allclose(step[:, :3], layer.weight, atol=1e-12)
        assert torch.allclose(step[:, 3], layer.bias, atol=1e-12)
        optimizer.zero_grad()
        nn.MSELoss()(layer(x), y).backward()
        optimizer.step()


@given(st.integers(4, 12), few, few, seeds)
def test_at_k_times_the_rate_each_output_descends_as_if_it_were_alone(n, d, k, seed):
    x, y = drawn(n, d, seed=seed), drawn(n, k, seed=seed + 1)
    together = descend_outputs(x, y, lr=0.05 * k, steps=15)
    for j in range(k):
        alone = descend_weights(x, y[:, j], lr=0.05, steps=15)
        assert torch.allclose(together[:, j], alone, rtol=1e-9, atol=1e-9)


def test_the_unit_of_one_output_is_nothing_to_the_path_of_another():
    x, y = drawn(10, 2), drawn(10, 3, seed=1)
    scale = torch.tensor([1000.0, 1.0, 0.01]).double()
    path, other = (descend_outputs(x, targets, 0.2, 25) for targets in (y, y * scale))
    assert torch.allclose(other, path * scale.unsqueeze(1), rtol=1e-9)


def test_descent_ends_where_least_squares_and_scikit_learn_are():
    x, y = drawn(30, 2), drawn(30, 3, seed=1)
    end = descend_outputs(x, y, lr=0.5 * 3 * largest_lr(with_ones(x)), steps=300)[-1]
    assert torch.allclose(end, solve_least_squares(with_ones(x), y).T, atol=1e-9)
    model = LinearRegression().fit(x.numpy(), y.numpy())
    assert torch.allclose(end[:, :2], torch.tensor(model.coef_), atol=1e-9)
    assert torch.allclose(end[:, 2], torch.tensor(model.intercept_), atol=1e-9)


def test_one_output_is_the_lesson_before():
    x, y = drawn(8, 2), drawn(8, 1, seed=1)
    path = descend_outputs(x, y, lr=0.1, steps=5)
    assert torch.allclose(path[:, 0], descend_weights(x, y[:, 0], lr=0.1, steps=5))
    layer = nn.Linear(2, 1).double()
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    assert torch.allclose(descend_model(layer, x, y, lr=0.1, steps=5), path[:, 0])


@given(st.integers(2, 12), few, seeds)
def test_the_explained_part_is_r_squared_of_scikit_learn_for_each_output(n, k, seed):
    predictions, y = drawn(n, k, seed=seed), drawn(n, k, seed=seed + 1)
    expected = r2_score(y.numpy(), predictions.numpy(), multioutput="raw_values")
    assert explained(predictions, y).tolist() == pytest.approx(expected.tolist())


@given(st.integers(3, 12), few, few, seeds)
def test_in_target_units_the_predictions_are_those_without_standardising(n, d, k, seed):
    x, y = drawn(n, d, seed=seed), 100 + 7 * drawn(n, k, seed=seed + 1)
    mean, std = mean_and_std(y)
    weight, bias = drawn(k, d, seed=1), drawn(k, seed=2)
    expected = predict(x, weight, bias) * std + mean
    assert torch.allclose(predict(x, *in_target_units(weight, bias, mean, std)), expected)


@pytest.mark.parametrize(
    ("x", "weight", "bias"),
    [
        ((4,), (3, 4), (3,)),
        ((4, 2), (2,), (2,)),
        ((4, 2), (2, 3), (2,)),
        ((4, 2), (3, 2), (2,)),
        ((4, 2), (3, 2), ()),
        ((4, 2), (3, 2), (3, 1)),
    ],
)
def test_parameters_that_do_not_fit_the_inputs_are_refused(x, weight, bias):
    message = f"x has shape {x}, weight {weight}, bias {bias}: give them the shapes (n, d), (k, d)"
    with pytest.raises(ValueError, match=re.escape(message)):
        predict(*zeros(x, weight, bias))


@pytest.mark.parametrize("y", [(4,), (4, 1), (3, 4), (4, 3, 1)])
def test_targets_that_do_not_fit_the_predictions_are_refused(y):
    message = f"y has shape {y}, predictions (4, 3): give both the shape (n, k)"
    with pytest.raises(ValueError, match=re.escape(message)):
        gradient(*zeros((4, 2), y, (3, 2), (3,)))
    with pytest.raises(ValueError, match=re.escape(message)):
        explained(*zeros((4, 3), y))


@pytest.mark.parametrize("shape", [(), (4,), (0, 3), (4, 0), (4, 3, 2)])
def test_predictions_without_rows_or_outputs_are_refused(shape):
    with pytest.raises(ValueError, match=re.escape(f"y has shape {shape}, predictions {shape}")):
        explained(*zeros(shape, shape))


@pytest.mark.parametrize(("x", "y"), [((4,), (4, 3)), ((4, 2), (4,)), ((4, 2), (4, 3, 1))])
def test_descent_needs_tables_of_inputs_and_targets(x, y):
    message = f"x has shape {x}, y {y}: give them the shapes (n, d) and (n, k)"
    with pytest.raises(ValueError, match=re.escape(message)):
        descend_outputs(*zeros(x, y), lr=0.1, steps=0)


def test_descent_on_rows_of_other_number_is_refused():
    with pytest.raises(ValueError, match=re.escape("y has shape (3, 2), predictions (4, 2)")):
        descend_outputs(*zeros((4, 2), (3, 2)), lr=0.1, steps=1)


def test_an_output_with_nothing_to_explain_is_refused_by_its_number():
    y = drawn(4, 3)
    y[:, 1] = 5
    with pytest.raises(ValueError, match=re.escape("all targets of output [1] are equal")):
        explained(y, y)


@pytest.mark.parametrize("which", [0, 1])
def test_nan_is_not_explained(which):
    tables = drawn(4, 2), drawn(4, 2, seed=1)
    tables[which][2, 1] = torch.nan
    with pytest.raises(ValueError, match=r"^predictions or targets hold nan"):
        explained(*tables)


@pytest.mark.parametrize(
    "shapes",
    [
        ((2,), (2,), (2,), (2,)),
        ((2, 3), (3,), (2,), (2,)),
        ((2, 3), (2,), (1,), (2,)),
        ((2, 3), (2,), (2,), ()),
    ],
)
def test_scales_that_do_not_fit_the_outputs_are_refused(shapes):
    message = f"shapes are {', '.join(map(str, shapes))}: give weight, bias, mean, std (k, d), (k,)"
    with pytest.raises(ValueError, match=re.escape(message)):
        in_target_units(*zeros(*shapes))
