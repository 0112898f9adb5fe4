import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course.linear.cost import mean_squared_error
from course.linear.descent import descend_slope, descend_slope_with_torch, slope_gradient

descents = pytest.mark.parametrize("descend", [descend_slope, descend_slope_with_torch])


def made_up_data(n=11, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(2, n, generator=generator, dtype=torch.float64)


def best_slope(x, y):
    return np.linalg.lstsq(x.numpy()[:, None], y.numpy(), rcond=None)[0].item()


def exactly(message):
    return f"^{re.escape(message)}$"


# slope_gradient


@given(n=st.integers(1, 30), seed=st.integers(0, 1000), weight=st.floats(-50, 50))
def test_the_gradient_is_the_central_difference_of_the_cost(n, seed, weight):
    x, y = made_up_data(n, seed)
    w = torch.tensor(weight, dtype=torch.float64)
    right, left = (mean_squared_error((w + h) * x, y) for h in (1e-3, -1e-3))
    gradient = slope_gradient(x, y, w)
    assert gradient.shape == ()
    assert gradient.item() == pytest.approx((right - left).item() / 2e-3, abs=1e-6)


def test_the_gradient_is_that_of_autograd():
    x, y = made_up_data()
    w = torch.tensor(-10.0, dtype=torch.float64, requires_grad=True)
    mean_squared_error(w * x, y).backward()
    torch.testing.assert_close(slope_gradient(x, y, w.detach()), w.grad)


def test_the_gradient_is_zero_at_the_least_squares_slope():
    x, y = made_up_data()
    best = torch.tensor(best_slope(x, y), dtype=torch.float64)
    assert slope_gradient(x, y, best).item() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("x", "y", "weight"), [((6, 1), (6,), ()), ((6,), (6, 1), ()), ((6,), (6,), (6,))]
)
def test_shapes_that_would_broadcast_are_refused(x, y, weight):
    message = f"x has shape {x}, y {y}, weight {weight}: give them the shapes (n,), (n,) and ()"
    with pytest.raises(ValueError, match=exactly(message)):
        slope_gradient(torch.zeros(x), torch.zeros(y), torch.zeros(weight))


# descend_slope and descend_slope_with_torch


@descents
@given(seed=st.integers(0, 1000), start=st.floats(-20, 20), lr=st.floats(0.001, 0.5))
def test_each_step_leaves_the_same_part_of_the_distance(descend, seed, start, lr):
    x, y = made_up_data(seed=seed)
    best, factor = best_slope(x, y), 1 - lr * 2 * (x**2).mean().item()
    path = descend(x, y, start, lr, steps=6)
    expected = best + (start - best) * factor ** np.arange(7)
    np.testing.assert_allclose(path, expected, rtol=1e-7, atol=1e-7)


@descents
@pytest.mark.parametrize("start", [-10, -15.0])
def test_descent_from_a_bad_start_ends_at_the_least_squares_slope(descend, start):
    x, y = made_up_data()
    path = descend(x, y, start, lr=0.2, steps=200)
    assert path.shape == (201,)
    assert path[0] == start
    assert path[-1].item() == pytest.approx(best_slope(x, y))


@descents
def test_no_steps_are_only_the_start(descend):
    x, y = made_up_data()
    assert descend(x, y, -10, lr=0.2, steps=0).tolist() == [-10]


@descents
def test_the_path_has_the_type_of_the_data_and_holds_no_graph(descend):
    x, y = made_up_data()
    path = descend(x.float(), y.float(), -10, lr=0.2, steps=3)
    assert path.dtype == torch.float32
    assert not path.requires_grad


@pytest.mark.parametrize(
    ("descend", "message"),
    [
        (
            descend_slope,
            "x has shape (11, 1), y (11,), weight (): give them the shapes (n,), (n,) and ()",
        ),
        (
            descend_slope_with_torch,
            "predictions have shape (11, 1), targets (11,): give both the shape (n,), n at least 1",
        ),
    ],
)
def test_data_that_would_broadcast_are_refused_at_the_first_step(descend, message):
    x, y = made_up_data()
    with pytest.raises(ValueError, match=exactly(message)):
        descend(x.unsqueeze(-1), y, -10, lr=0.2, steps=1)
