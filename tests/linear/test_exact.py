"""The exact answers agree with scikit-learn, with each other and with descent."""

import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from course.linear.exact import solve_least_squares, solve_normal_equation, with_ones
from course.linear.slope_and_bias import descend_line

solvers = pytest.mark.parametrize("solve", [solve_normal_equation, solve_least_squares])


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_a_column_of_ones_comes_after_the_inputs():
    x = torch.tensor([2, 5], dtype=torch.float64)
    assert with_ones(x).tolist() == [[2, 1], [5, 1]]
    assert with_ones(x).dtype == torch.float64
    assert with_ones(torch.zeros(4, 3)).tolist() == [[0, 0, 0, 1]] * 4
    assert with_ones(torch.zeros(0)).shape == (0, 2)


@pytest.mark.parametrize("shape", [(), (2, 3, 4)])
def test_inputs_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=re.escape(f"x has shape {shape}: give it (n,) or (n, d)")):
        with_ones(torch.zeros(shape))


@solvers
@given(n=st.integers(6, 40), d=st.integers(1, 4), seed=st.integers(0, 10**6))
def test_parameters_are_those_of_scikit_learn(solve, n, d, seed):
    x, y = drawn(n, d, seed=seed), drawn(n, seed=seed + 1)
    model = LinearRegression().fit(x.numpy(), y.numpy())
    *weights, bias = solve(with_ones(x), y).tolist()
    assert weights == pytest.approx(model.coef_.tolist(), rel=1e-6, abs=1e-8)
    assert bias == pytest.approx(model.intercept_, rel=1e-6, abs=1e-8)


@solvers
def test_residuals_are_orthogonal_to_every_column(solve):
    columns, y = with_ones(drawn(12, 3)), drawn(12, seed=1)
    products = columns.T @ (columns @ solve(columns, y) - y)
    assert torch.allclose(products, torch.zeros(4).double(), atol=1e-12)


@solvers
def test_descent_ends_at_the_exact_answer(solve):
    x, y = drawn(20), drawn(20, seed=1)
    path = descend_line(x, y, -10.0, 15.0, lr=0.3, steps=400)
    assert torch.allclose(path[-1], solve(with_ones(x), y), atol=1e-12)


@solvers
def test_several_targets_are_solved_as_if_each_came_alone(solve):
    columns, y = with_ones(drawn(9, 2)), drawn(9, 3, seed=1)
    alone = [solve(columns, column) for column in y.T]
    assert torch.allclose(solve(columns, y), torch.stack(alone, dim=1))
    assert alone[0].shape == (3,)


@solvers
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_answer_has_the_type_of_the_columns(solve, dtype):
    columns, y = with_ones(drawn(9).to(dtype)), drawn(9, seed=1).to(dtype)
    assert solve(columns, y).dtype == dtype


@solvers
@pytest.mark.parametrize(
    ("columns", "targets"),
    [((4, 2), (3,)), ((4,), (4,)), ((4, 2), ()), ((4, 2), (4, 1, 1)), ((0, 2), (0,))],
)
def test_tables_that_do_not_fit_are_refused(solve, columns, targets):
    message = f"columns have shape {columns}, targets {targets}: give (n, p) and (n,) or (n, k)"
    with pytest.raises(ValueError, match=re.escape(message)):
        solve(torch.ones(columns), torch.ones(targets))


def test_the_normal_equation_has_no_single_answer_for_equal_columns():
    with pytest.raises(ValueError, match=r"columns of shape \(3, 2\) leave more than one"):
        solve_normal_equation(torch.ones(3, 2), torch.ones(3))


def test_least_squares_refuses_columns_that_the_type_cannot_tell_apart():
    years = torch.arange(1991.0, 2021.0)
    with pytest.raises(ValueError, match=r"in torch.float32, the 2 columns have rank 1: centre"):
        solve_least_squares(with_ones(years), years)
    slope, bias = solve_least_squares(with_ones(years.double()), 2 * years.double() + 1)
    assert (slope.item(), bias.item()) == pytest.approx((2, 1), abs=1e-6)


def test_least_squares_refuses_fewer_rows_than_parameters():
    with pytest.raises(ValueError, match=r"the 2 columns have rank 1"):
        solve_least_squares(torch.tensor([[1.0, 1.0]]), torch.tensor([1.0]))
