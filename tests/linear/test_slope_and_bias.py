import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from course.linear.cost import mean_squared_error
from course.linear.prediction import Line
from course.linear.slope_and_bias import descend_line, descend_model, line_gradient


def made_up_data(n=11, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(2, n, generator=generator, dtype=torch.float64)


def double(*values):
    return tuple(torch.tensor(value, dtype=torch.float64) for value in values)


def exactly(message):
    return f"^{re.escape(message)}$"


# line_gradient


@given(seed=st.integers(0, 1000), weight=st.floats(-50, 50), bias=st.floats(-50, 50))
def test_the_gradient_is_the_central_differences_of_the_cost(seed, weight, bias):
    x, y = made_up_data(seed=seed)

    def cost(w, b):
        return np.mean((w * x.numpy() + b - y.numpy()) ** 2)

    h = 1e-3
    by_weight = (cost(weight + h, bias) - cost(weight - h, bias)) / (2 * h)
    by_bias = (cost(weight, bias + h) - cost(weight, bias - h)) / (2 * h)
    gradient = [part.item() for part in line_gradient(x, y, *double(weight, bias))]
    assert gradient == pytest.approx([by_weight, by_bias], abs=1e-6)


def test_the_gradient_is_that_of_autograd():
    x, y = made_up_data()
    w, b = double(-15.0, 4.0)
    expected = torch.func.grad(lambda w, b: mean_squared_error(w * x + b, y), argnums=(0, 1))(w, b)
    torch.testing.assert_close(line_gradient(x, y, w, b), expected)


@pytest.mark.parametrize(
    "shapes",
    [
        ((6, 1), (6,), (), ()),
        ((6,), (6, 1), (), ()),
        ((6,), (6,), (6,), ()),
        ((6,), (6,), (), (6,)),
    ],
)
def test_shapes_that_would_broadcast_are_refused(shapes):
    listed = ", ".join(map(str, shapes))
    message = f"shapes are {listed}: give x, y, weight, bias as (n,), (n,), (), ()"
    with pytest.raises(ValueError, match=exactly(message)):
        line_gradient(*(torch.zeros(shape) for shape in shapes))


# descend_line


@given(seed=st.integers(0, 1000), weight=st.floats(-20, 20), bias=st.floats(-20, 20))
def test_each_step_multiplies_the_distance_by_the_same_matrix(seed, weight, bias):
    x, y = made_up_data(seed=seed)
    columns = np.stack([x.numpy(), np.ones(len(x))], axis=1)
    best = np.linalg.lstsq(columns, y.numpy(), rcond=None)[0]
    step = np.eye(2) - 0.1 * 2 * columns.T @ columns / len(x)
    path = descend_line(x, y, weight, bias, lr=0.1, steps=5)
    for t, point in enumerate(path.numpy()):
        distance = np.linalg.matrix_power(step, t) @ (np.array([weight, bias]) - best)
        np.testing.assert_allclose(point, best + distance, rtol=1e-7, atol=1e-7)


def test_descent_ends_at_the_least_squares_line():
    x, y = made_up_data()
    path = descend_line(x, y, weight=-15, bias=-10, lr=0.2, steps=500)
    assert path.shape == (501, 2)
    assert path[0].tolist() == [-15, -10]
    np.testing.assert_allclose(path[-1], np.polyfit(x.numpy(), y.numpy(), 1))


def test_the_path_has_the_type_of_the_data():
    x, y = made_up_data()
    path = descend_line(x.float(), y.float(), 1, 2, lr=0.1, steps=2)
    assert path.dtype == torch.float32


# descend_model


@given(seed=st.integers(0, 1000), lr=st.floats(0.001, 0.3))
def test_a_line_takes_the_steps_that_are_computed_by_hand(seed, lr):
    x, y = made_up_data(seed=seed)
    model = Line(-10, 4).double()
    path = descend_model(model, x, y, lr, steps=8)
    expected = descend_line(x, y, -10, 4, lr, steps=8)
    torch.testing.assert_close(path, expected)
    assert not path.requires_grad
    assert [model.weight.item(), model.bias.item()] == path[-1].tolist()


def test_so_does_a_linear_layer():
    x, y = made_up_data()
    layer = nn.Linear(1, 1).double()
    weight, bias = layer.weight.item(), layer.bias.item()
    path = descend_model(layer, x.unsqueeze(-1), y.unsqueeze(-1), lr=0.2, steps=8)
    torch.testing.assert_close(path, descend_line(x, y, weight, bias, 0.2, 8))


def test_a_model_of_any_size_learns_three_points_by_heart():
    x, y = made_up_data(3)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1)).double()
    path = descend_model(model, x.unsqueeze(-1), y.unsqueeze(-1), lr=0.1, steps=2000)
    assert path.shape == (2001, 25)
    assert mean_squared_error(model(x.unsqueeze(-1)).squeeze(-1), y) < 1e-3


def test_predictions_and_targets_of_different_shape_are_refused():
    x, y = made_up_data()
    message = (
        "predictions have shape (11, 1), targets (11,): give both the shape (n,), n at least 1"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        descend_model(nn.Linear(1, 1).double(), x.unsqueeze(-1), y, lr=0.1, steps=1)


def test_data_that_would_broadcast_are_refused_at_the_first_step():
    x, y = made_up_data()
    message = "shapes are (11, 1), (11,), (), (): give x, y, weight, bias as (n,), (n,), (), ()"
    with pytest.raises(ValueError, match=exactly(message)):
        descend_line(x.unsqueeze(-1), y, 0, 0, lr=0.1, steps=1)
