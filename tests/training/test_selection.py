"""Polynomials are NumPy's, a sweep hides no divergence, and the choice is that of the mean."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from course.linear.exact import solve_least_squares, with_ones
from course.training.loop import fit
from course.training.selection import best_setting, polynomial_features, sweep

INF, NAN = math.inf, math.nan


@given(st.integers(1, 12), st.integers(1, 20))
def test_columns_are_numpys_chebyshev_polynomials_each_over_its_degree(degree, n):
    x = torch.linspace(-1, 1, n, dtype=torch.float64)
    expected = np.polynomial.chebyshev.chebvander(x.numpy(), degree)[:, 1:]
    columns = polynomial_features(x, degree)
    assert columns.shape == (n, degree)
    np.testing.assert_allclose(columns, expected / np.arange(1, degree + 1), atol=1e-12)


def test_with_a_bias_the_columns_make_the_same_curves_as_powers():
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(2, 30, generator=generator, dtype=torch.float64)
    x = x / x.abs().max()
    columns = with_ones(polynomial_features(x, 5))
    powers = np.polynomial.polynomial.polyfit(x.numpy(), y.numpy(), 5)
    expected = np.polynomial.polynomial.polyval(x.numpy(), powers)
    np.testing.assert_allclose(columns @ solve_least_squares(columns, y), expected, atol=1e-9)


def test_columns_over_inputs_that_crowd_at_the_ends_are_orthogonal():
    n = 40
    x = -torch.cos(math.pi * (torch.arange(n).double() + 0.5) / n)
    columns = polynomial_features(x, 9)
    expected = torch.diag(0.5 / torch.arange(1, 10).double() ** 2)
    assert torch.allclose(columns.T @ columns / n, expected)
    assert columns.mean(dim=0).abs().max() < 1e-12


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_columns_keep_the_type_of_the_inputs_and_leave_them_alone(dtype):
    x = torch.linspace(-1, 1, 10, dtype=dtype)[::2]  # not contiguous
    before = x.clone()
    assert polynomial_features(x, 3).dtype == dtype
    assert polynomial_features(x, 1).tolist() == before.unsqueeze(1).tolist()
    assert torch.equal(x, before)
    assert polynomial_features(x[:0], 3).shape == (0, 3)


def test_gradients_pass_through_the_columns():
    x = torch.tensor([0.3, -0.7], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: polynomial_features(x, 4), x)


@pytest.mark.parametrize(("shape", "degree"), [((), 2), ((3, 1), 2), ((3,), 0)])
def test_inputs_of_another_shape_and_no_degree_are_refused(shape, degree):
    message = f"x has shape {shape}, degree is {degree}: give (n,) and at least 1"
    with pytest.raises(ValueError, match=re.escape(message)):
        polynomial_features(torch.zeros(shape), degree)


def test_whole_numbers_are_refused_because_they_are_not_from_minus_one_to_one():
    with pytest.raises(TypeError, match=r"x holds torch.int64: bring the inputs to −1 to 1"):
        polynomial_features(torch.tensor([5, 35]), 2)


def test_every_setting_meets_every_seed_in_their_order():
    met = []

    def run(setting, seed):
        met.append((setting, seed))
        return 10.0 * setting + seed

    losses = sweep(run, (setting for setting in (3, 1)), seeds=[0, 2, 5])
    assert losses.tolist() == [[30, 32, 35], [10, 12, 15]]
    assert losses.dtype == torch.float64
    assert met == [(s, seed) for s in (3, 1) for seed in (0, 2, 5)]


def test_what_is_not_finite_or_above_the_limit_has_diverged():
    values = [1.0, NAN, INF, -INF, 7.0, 7.5]
    losses = sweep(lambda value, seed: value, values, seeds=[0], limit=7.0)
    assert losses.squeeze(1).tolist() == [1.0, INF, INF, INF, 7.0, INF]


def test_a_training_that_stops_with_an_infinite_loss_has_diverged_and_others_go_on():
    x = torch.linspace(-1, 1, 8).unsqueeze(1)

    def run(lr, seed):
        torch.manual_seed(seed)
        model = nn.Linear(1, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr)
        return fit(model, [(x, 3 * x)], nn.MSELoss(), optimizer, epochs=200).training[-1]

    losses = sweep(run, [1e6, 0.5], seeds=[0, 1])
    assert losses[0].tolist() == [INF, INF]
    assert losses[1].max() < 1e-6
    assert best_setting(losses) == 1


def test_other_errors_of_a_run_are_not_taken_for_divergence():
    with pytest.raises(ZeroDivisionError):
        sweep(lambda setting, seed: 1 / setting, [0], seeds=[0])


@pytest.mark.parametrize(("settings", "seeds"), [([], [0]), ([1], [])])
def test_a_sweep_over_nothing_is_refused(settings, seeds):
    message = f"{len(settings)} settings, {len(seeds)} seeds: give at least 1 of each"
    with pytest.raises(ValueError, match=message):
        sweep(lambda setting, seed: 0.0, settings, seeds)


def test_a_limit_that_no_loss_can_keep_is_refused_before_the_first_run():
    with pytest.raises(ValueError, match="limit is nan, so every loss would count as diverged"):
        sweep(lambda setting, seed: 1 / 0, [1], seeds=[0], limit=NAN)


losses_of_some = st.integers(1, 4).flatmap(
    lambda m: st.lists(
        st.lists(st.floats(-10, 10) | st.just(INF), min_size=m, max_size=m), min_size=1, max_size=6
    )
)


@given(losses_of_some)
def test_the_best_setting_is_the_first_with_the_lowest_mean(table):
    means = [sum(row) for row in table]
    losses = torch.tensor(table, dtype=torch.float64)
    if all(mean == INF for mean in means):
        with pytest.raises(ValueError, match="diverged: try smaller learning rates"):
            best_setting(losses)
    else:
        chosen = best_setting(losses)
        assert losses[chosen].mean() == losses.mean(dim=1).min()
        assert chosen == losses.mean(dim=1).tolist().index(losses[chosen].mean())


def test_a_setting_that_diverged_once_is_not_chosen_nor_one_without_a_number():
    losses = torch.tensor([[0.1, INF], [0.1, NAN], [0.1, -INF], [5.0, 6.0], [5.0, 6.0]])
    chosen = best_setting(losses)
    assert chosen == 3
    assert isinstance(chosen, int)


def test_where_all_diverged_none_is_chosen():
    with pytest.raises(ValueError, match="all 2 settings diverged: try smaller learning rates"):
        best_setting(torch.tensor([[INF], [NAN]]))


def test_whole_numbers_as_losses_are_refused_because_they_have_no_mean_of_their_type():
    with pytest.raises(TypeError, match=r"losses hold torch.int64: give floats"):
        best_setting(torch.ones(2, 3, dtype=torch.int64))


@pytest.mark.parametrize("shape", [(), (3,), (0, 2), (2, 0), (1, 2, 3)])
def test_losses_of_another_shape_are_refused(shape):
    message = f"losses have shape {shape}: give (k, m), k and m above 0"
    with pytest.raises(ValueError, match=re.escape(message)):
        best_setting(torch.zeros(shape))
