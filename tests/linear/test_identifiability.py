"""Free directions change nothing, and what is chosen is what LAPACK and scikit-learn choose."""

import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from course.linear.identifiability import free_directions, minimum_norm, ridge

seeds = st.integers(0, 10**6)


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def with_rank(n, p, rank, seed):
    return drawn(n, rank, seed=seed) @ drawn(rank, p, seed=seed + 1)


@given(st.integers(1, 8), st.integers(1, 5), st.integers(1, 5), seeds)
def test_there_is_a_free_direction_for_each_column_that_others_make(n, p, rank, seed):
    columns = with_rank(n, p, rank, seed)
    directions = free_directions(columns)
    assert directions.shape == (p - min(n, p, rank), p)
    assert torch.allclose(
        columns @ directions.T, torch.zeros(n, len(directions)).double(), atol=1e-8
    )
    assert torch.allclose(directions @ directions.T, torch.eye(len(directions)).double())


@given(st.integers(1, 8), st.integers(1, 5), st.integers(1, 5), seeds)
def test_the_shortest_parameters_are_those_of_the_pseudoinverse(n, p, rank, seed):
    columns, y = with_rank(n, p, rank, seed), drawn(n, seed=seed + 2)
    expected = torch.linalg.pinv(columns, rtol=1e-10) @ y
    assert torch.allclose(minimum_norm(columns, y), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("driver", ["gelsy", "gelsd", "gelss"])
def test_every_driver_of_lstsq_that_looks_at_the_rank_gives_the_shortest(driver):
    column, y = drawn(30), drawn(30, seed=1)
    columns = torch.stack([column, column, 1.8 * column], dim=1)
    found = torch.linalg.lstsq(columns, y.unsqueeze(1), driver=driver)
    assert torch.allclose(found.solution.squeeze(1), minimum_norm(columns, y), atol=1e-9)
    assert found.rank == 1
    assert (len(found.singular_values) == 0) == (driver == "gelsy")


def test_the_driver_that_takes_the_full_rank_for_granted_does_not():
    column, y = drawn(30), drawn(30, seed=1)
    columns = torch.stack([column, column + 1e-15 * drawn(30, seed=2)], dim=1)
    try:
        found = torch.linalg.lstsq(columns, y.unsqueeze(1), driver="gels").solution.squeeze(1)
    except torch.linalg.LinAlgError:  # where a zero comes out exactly
        return
    assert not (found - minimum_norm(columns, y)).abs().max() < 1e6


@pytest.mark.parametrize("strength", [0.002, 0.05])
def test_what_a_penalty_does_to_the_mean_squared_error_is_what_hoerl_and_kennard_say(strength):
    columns, noise, n = with_rank(50, 3, 3, 0), 2.0, 50
    truth = torch.tensor([1.0, -2.0, 0.5]).double()
    curvatures, directions = torch.linalg.eigh(columns.T @ columns / n)
    shrunk = curvatures + strength
    variance = (noise**2 / n * curvatures / shrunk**2).sum()
    bias = (strength * (directions.T @ truth) / shrunk).square().sum()
    targets = columns @ truth + noise * drawn(400, n, seed=9)
    missed = torch.stack([(ridge(columns, y, strength) - truth).square().sum() for y in targets])
    assert abs(missed.mean() - variance - bias) < 4 * missed.std() / 400**0.5


def test_a_step_along_a_free_direction_makes_the_shortest_longer_and_predicts_the_same():
    columns, y = with_rank(9, 4, 2, seed=3), drawn(9)
    best = minimum_norm(columns, y)
    for direction in free_directions(columns):
        for length in (-1.0, 0.5):
            other = best + length * direction
            assert torch.allclose(columns @ other, columns @ best)
            assert other.norm() > best.norm()


def test_descent_from_zeros_ends_at_the_shortest():
    columns, y = with_rank(9, 4, 2, seed=3), drawn(9)
    theta = torch.zeros(4).double()
    for _ in range(20_000):
        theta = theta - 0.02 * columns.T @ (columns @ theta - y)
    assert torch.allclose(theta, minimum_norm(columns, y), atol=1e-8)


@given(st.integers(1, 8), st.integers(1, 5), st.integers(1, 5), st.floats(0.01, 10), seeds)
def test_ridge_is_that_of_scikit_learn(n, p, rank, strength, seed):
    columns, y = with_rank(n, p, rank, seed), drawn(n, seed=seed + 2)
    model = Ridge(alpha=n * strength, fit_intercept=False).fit(columns.numpy(), y.numpy())
    assert torch.allclose(ridge(columns, y, strength), torch.from_numpy(model.coef_), atol=1e-6)


def test_ridge_has_the_lowest_penalised_cost():
    columns, y = with_rank(9, 4, 2, seed=3), drawn(9)
    theta = ridge(columns, y, 0.3).requires_grad_()
    ((columns @ theta - y).square().mean() + 0.3 * theta.square().sum()).backward()
    assert torch.allclose(theta.grad, torch.zeros(4).double(), atol=1e-12)


def test_a_vanishing_penalty_chooses_the_shortest():
    columns, y = with_rank(9, 4, 2, seed=3), drawn(9)
    gaps = [(ridge(columns, y, s) - minimum_norm(columns, y)).norm() for s in (1e-2, 1e-4, 1e-6)]
    assert gaps[0] > 50 * gaps[1] > 2500 * gaps[2]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_what_comes_back_has_the_type_of_the_columns(dtype):
    columns, y = torch.ones(3, 2, dtype=dtype), torch.ones(3, dtype=dtype)
    assert {free_directions(columns).dtype, minimum_norm(columns, y).dtype} == {dtype}
    assert ridge(columns, y, 1).dtype == dtype


@pytest.mark.parametrize("shape", [(), (3,), (0, 2), (2, 0)])
def test_columns_of_another_shape_have_no_directions(shape):
    message = f"columns have shape {shape}: give (n, p), n and p above 0"
    with pytest.raises(ValueError, match=re.escape(message)):
        free_directions(torch.zeros(shape))


@pytest.mark.parametrize("solve", [minimum_norm, lambda a, b: ridge(a, b, 1.0)])
@pytest.mark.parametrize(
    ("columns", "targets"), [((4, 2), (3,)), ((4,), (4,)), ((4, 2), (4, 1)), ((0, 2), (0,))]
)
def test_tables_that_do_not_fit_are_refused(solve, columns, targets):
    message = f"columns have shape {columns}, targets {targets}: give (n, p) and (n,)"
    with pytest.raises(ValueError, match=re.escape(message)):
        solve(torch.ones(columns), torch.ones(targets))


@pytest.mark.parametrize("strength", [0, -1.0, float("nan")])
def test_a_penalty_that_is_none_is_refused(strength):
    with pytest.raises(ValueError, match=f"strength is {strength}: give a number above 0"):
        ridge(torch.ones(3, 2), torch.ones(3), strength)
