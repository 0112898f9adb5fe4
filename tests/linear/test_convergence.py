"""The border of the learning rate is where runs change sides, and the path is known beforehand."""

import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course.linear.convergence import error_factors, hessian, largest_lr, predicted_path
from course.linear.exact import solve_normal_equation, with_ones
from course.linear.slope_and_bias import descend_line

seeds = st.integers(0, 10**6)


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def walk(columns, y, start, lr, steps):
    """Descend with autograd, so that nothing is shared with what is tested."""
    path = [start]
    for _ in range(steps):
        leaf = path[-1].detach().requires_grad_()
        torch.nn.functional.mse_loss(columns @ leaf, y).backward()
        path.append((leaf - lr * leaf.grad).detach())
    return torch.stack(path)


@given(st.integers(1, 20), st.integers(1, 5), seeds)
def test_the_hessian_is_that_of_autograd_at_any_parameters(n, p, seed):
    columns, y, parameters = drawn(n, p, seed=seed), drawn(n, seed=1), drawn(p, seed=2)
    expected = torch.autograd.functional.hessian(
        lambda theta: torch.nn.functional.mse_loss(columns @ theta, y), parameters
    )
    assert torch.allclose(hessian(columns), expected)


@given(st.integers(3, 12), seeds)
def test_descent_arrives_below_the_border_and_moves_away_above_it(n, seed):
    columns, y = with_ones(drawn(n, seed=seed)), drawn(n, seed=seed + 1)
    best, lr = solve_normal_equation(columns, y), largest_lr(columns)
    start = best + torch.linalg.eigh(hessian(columns)).eigenvectors.sum(dim=1)  # along each of them
    below, above = (
        (walk(columns, y, start, part * lr, 40) - best).norm(dim=1) for part in (0.98, 1.02)
    )
    assert (below[1:] < below[:-1]).all()
    assert above[-1] > above[20] > above[10]


def test_the_border_is_twice_the_inverse_of_the_mean_square_for_one_column():
    x = drawn(9, 1)
    assert largest_lr(x) == pytest.approx(1 / (x**2).mean().item())
    assert isinstance(largest_lr(x), float)


@given(st.floats(0.001, 3), seeds)
def test_factors_are_those_that_descent_shows_along_each_direction(lr, seed):
    columns, y = with_ones(drawn(8, seed=seed)), drawn(8, seed=seed + 1)
    best = solve_normal_equation(columns, y)
    factors = error_factors(columns, lr)
    assert factors[0] >= factors[-1], "the steepest direction comes last"
    for factor, direction in zip(factors, torch.linalg.eigh(hessian(columns))[1].T, strict=True):
        _, after = walk(columns, y, best + direction, lr, 1)
        assert torch.allclose(after - best, factor * direction, atol=1e-8)


@given(st.floats(0.01, 0.6), seeds)
def test_the_predicted_path_is_the_path(lr, seed):
    x, y = drawn(10, seed=seed), drawn(10, seed=seed + 1)
    path = descend_line(x, y, -3.0, 2.0, lr, steps=25)
    best = solve_normal_equation(with_ones(x), y)
    predicted = predicted_path(with_ones(x), best, path[0], lr, steps=25)
    assert torch.allclose(predicted, path, rtol=1e-7, atol=1e-9 * path.abs().max().item())


def test_inputs_of_mean_zero_and_deviation_one_have_the_border_one():
    x = drawn(30)
    x = (x - x.mean()) / x.std(correction=0)
    assert largest_lr(with_ones(x)) == pytest.approx(1)
    assert error_factors(with_ones(x), 0.5).tolist() == pytest.approx([0, 0], abs=1e-12)


@pytest.mark.parametrize("shape", [(), (3,), (0, 2), (2, 0), (2, 2, 2)])
def test_columns_of_another_shape_are_refused(shape):
    message = f"columns have shape {shape}: give (n, p), n and p above 0"
    with pytest.raises(ValueError, match=re.escape(message)):
        hessian(torch.zeros(shape))


def test_columns_of_zeros_have_no_border():
    with pytest.raises(ValueError, match="all columns are zero"):
        largest_lr(torch.zeros(3, 2))


@pytest.mark.parametrize(("best", "start"), [((3,), (2,)), ((2,), (3,)), ((2, 1), (2, 1))])
def test_parameters_that_do_not_fit_the_columns_are_refused(best, start):
    message = f"best has shape {best}, start {start}: give both (2,), a number for each column"
    with pytest.raises(ValueError, match=re.escape(message)):
        predicted_path(torch.ones(4, 2), torch.zeros(best), torch.zeros(start), 0.1, 3)


def test_the_path_keeps_its_type_and_begins_at_the_start():
    path = predicted_path(torch.eye(2), torch.zeros(2), torch.ones(2), lr=0.5, steps=0)
    assert path.tolist() == [[1, 1]]
    assert path.dtype == torch.float32
    assert math.isclose(largest_lr(torch.eye(2)), 2)
