"""The noise of batches is what all batches that there are show, and descent takes torch's steps."""

import itertools
import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.utils.data import TensorDataset

from course.training.batches import Batches
from course.training.minibatches import (
    descend_in_batches,
    descend_together,
    finite_population_factor,
    gradient_noise,
    measured_noise,
    row_gradients,
    shuffled_batches,
)

seeds = st.integers(0, 10**6)


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


# The gradients of rows


@pytest.mark.parametrize(("n", "p"), [(1, 1), (5, 3), (2, 4)])
def test_the_gradient_of_a_row_is_that_of_autograd(n, p):
    columns, targets, parameters = drawn(n, p), drawn(n, seed=1), drawn(p, seed=2)
    gradients = row_gradients(columns, targets, parameters)
    assert gradients.shape == (n, p)
    for row, target, gradient in zip(columns, targets, gradients, strict=True):
        leaf = parameters.clone().requires_grad_()
        ((row @ leaf - target) ** 2).backward()
        assert torch.allclose(gradient, leaf.grad)


def test_the_mean_of_the_rows_gradients_is_the_gradient_of_the_cost():
    columns, targets, parameters = drawn(7, 3), drawn(7), drawn(3).requires_grad_()
    nn.functional.mse_loss(columns @ parameters, targets).backward()
    gradients = row_gradients(columns, targets, parameters.detach())
    assert torch.allclose(gradients.mean(dim=0), parameters.grad)


# Their noise


def distance(gradients, batches):
    """Return the root of the mean squared distance, with loops in place of tensors."""
    centre = [sum(column) / len(gradients) for column in zip(*gradients, strict=True)]
    squares = []
    for batch in batches:
        means = [sum(column) / len(batch) for column in zip(*batch, strict=True)]
        squares.append(sum((a - b) ** 2 for a, b in zip(means, centre, strict=True)))
    return math.sqrt(sum(squares) / len(squares))


@pytest.mark.parametrize("p", [1, 3])
@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_drawn_one_by_one_the_noise_is_that_of_all_batches(n, p, size):
    gradients = drawn(n, p, seed=n) + 3
    every = list(itertools.product(gradients.tolist(), repeat=size))
    assert gradient_noise(gradients, size) == pytest.approx(distance(gradients.tolist(), every))


@pytest.mark.parametrize("p", [1, 3])
@pytest.mark.parametrize(
    ("n", "size"), [(n, size) for n in range(1, 7) for size in range(1, n + 1)]
)
def test_for_different_rows_the_factor_makes_it_that_of_all_such_batches(n, p, size):
    gradients = drawn(n, p, seed=n) + 3
    every = list(itertools.combinations(gradients.tolist(), size))
    noise = gradient_noise(gradients, size) * finite_population_factor(n, size)
    assert noise == pytest.approx(distance(gradients.tolist(), every), abs=1e-12)
    rows = torch.tensor(list(itertools.combinations(range(n), size)))
    assert measured_noise(gradients, rows) == pytest.approx(noise, abs=1e-12)


@given(st.integers(1, 100), st.integers(1, 50), seeds)
def test_four_times_the_rows_halve_the_noise(n, size, seed):
    gradients = drawn(n, 2, seed=seed)
    expected = gradient_noise(gradients, size) / 2
    assert gradient_noise(gradients, 4 * size) == pytest.approx(expected)


@given(st.integers(2, 1000))
def test_the_factor_is_one_for_a_row_and_falls_to_zero_at_all_rows(n):
    factors = [finite_population_factor(n, size) for size in range(1, n + 1)]
    assert factors[0] == 1
    assert factors[-1] == 0
    assert all(after < before for before, after in itertools.pairwise(factors))


def test_noise_is_measured_from_the_mean_of_all_rows_and_not_of_those_drawn():
    gradients = torch.tensor([[0.0, 0.0], [0.0, 0.0], [9.0, 12.0]])
    assert measured_noise(gradients, torch.tensor([[0], [1]])) == 5
    assert measured_noise(gradients, torch.tensor([[0, 2]])) == pytest.approx(2.5)


# Which rows


@given(st.integers(0, 20), st.integers(1, 25), st.integers(0, 3), seeds)
def test_batches_are_those_of_the_package_batches(n, size, epochs, seed):
    ours = list(shuffled_batches(n, size, epochs, seeded(seed)))
    expected = []
    if n:
        loader = Batches(TensorDataset(torch.arange(n)), size, True, generator=seeded(seed))
        expected = [rows for _ in range(epochs) for (rows,) in loader]
    assert [rows.tolist() for rows in ours] == [rows.tolist() for rows in expected]


def test_an_order_is_drawn_when_its_epoch_begins_and_without_generator_by_the_global_one():
    with torch.random.fork_rng():
        torch.manual_seed(3)
        expected = torch.randperm(6).tolist(), torch.randperm(6).tolist()
        torch.manual_seed(3)
        batches = shuffled_batches(6, 6, epochs=2)
        assert next(batches).tolist() == expected[0]
        assert next(batches).tolist() == expected[1]


# Descent


@given(st.integers(1, 12), st.integers(1, 3), st.integers(1, 13), seeds)
def test_descent_takes_the_steps_of_an_ordinary_loop(n, p, size, seed):
    columns, targets, start = drawn(n, p, seed=seed), drawn(n, seed=1), drawn(p, seed=2)
    layer = nn.Linear(p, 1, bias=False).double()
    layer.weight.data[:] = start
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.05)
    expected = [start]
    for rows in shuffled_batches(n, size, 3, seeded(seed)):
        optimizer.zero_grad()
        nn.functional.mse_loss(layer(columns[rows]), targets[rows].unsqueeze(1)).backward()
        optimizer.step()
        expected.append(layer.weight.detach().squeeze(0).clone())
    batches = shuffled_batches(n, size, 3, seeded(seed))
    path = descend_in_batches(columns, targets, start, batches, lr=0.05)
    assert torch.allclose(path, torch.stack(expected))


def test_without_batches_the_path_is_the_start():
    start = torch.tensor([4.0])
    path = descend_in_batches(torch.ones(2, 1), torch.ones(2), start, [], lr=0.1)
    assert path.tolist() == [[4.0]]
    assert path.dtype == torch.float32


def test_descents_side_by_side_end_where_single_ones_end():
    columns, targets, start = drawn(12, 3), drawn(12, seed=1), drawn(3, seed=2)
    lrs = torch.tensor([0.01, 0.1]).double()
    runs = [list(shuffled_batches(12, 4, 2, seeded(seed))) for seed in range(5)]
    steps = [torch.stack(batches) for batches in zip(*runs, strict=True)]
    ends = descend_together(columns, targets, start, steps, lrs)
    assert ends.shape == (5, 2, 3)
    for run, batches in enumerate(runs):
        for k, lr in enumerate(lrs.tolist()):
            path = descend_in_batches(columns, targets, start, batches, lr)
            assert torch.allclose(ends[run, k], path[-1])


# What is refused


@pytest.mark.parametrize(
    ("columns", "targets", "parameters"),
    [
        ((4, 2), (4, 1), (2,)),
        ((4, 2), (3,), (2,)),
        ((4, 2), (4,), (2, 1)),
        ((4,), (4,), ()),
        ((4, 2, 2), (4, 2), (2,)),
        ((0, 2), (0,), (2,)),
    ],
)
def test_tables_that_do_not_fit_are_refused(columns, targets, parameters):
    shapes = f"columns have shape {columns}, targets {targets}, parameters {parameters}"
    message = f"{shapes}: give (n, p), (n,) and (p,), with n above 0"
    table = torch.zeros(columns), torch.zeros(targets), torch.zeros(parameters)
    for refused in (
        lambda: row_gradients(*table),
        lambda: descend_in_batches(*table, [], lr=0.1),
        lambda: descend_together(*table, [], torch.ones(1)),
    ):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            refused()


@pytest.mark.parametrize(("shape", "size"), [((3,), 1), ((0, 2), 1), ((3, 2), 0), ((3, 2, 1), 1)])
def test_noise_of_nothing_is_refused(shape, size):
    message = (
        f"gradients have shape {shape}, batch_size is {size}: give (n, p) with n above 0, and at "
        "least 1 row in a batch"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        gradient_noise(torch.zeros(shape), size)


@pytest.mark.parametrize("size", [0, -2])
def test_batches_without_rows_are_refused(size):
    with pytest.raises(ValueError, match=f"^batch_size is {size}: give at least 1$"):
        next(shuffled_batches(4, size, epochs=1))


@pytest.mark.parametrize(("n", "size"), [(4, 0), (4, 5), (0, 0)])
def test_a_batch_of_different_rows_has_no_more_than_there_are(n, size):
    message = f"batch_size is {size}: give a number from 1 to {n}, the rows"
    with pytest.raises(ValueError, match=f"^{message}$"):
        finite_population_factor(n, size)


@pytest.mark.parametrize(
    ("gradients", "batches"), [((3,), (2, 2)), ((3, 1), (2,)), ((3, 1), (0, 2)), ((3, 1), (2, 0))]
)
def test_noise_is_not_measured_without_batches(gradients, batches):
    message = (
        f"gradients have shape {gradients}, batches {batches}: give (n, p) and (count, "
        "batch_size), with at least one row in at least one batch"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        measured_noise(torch.zeros(gradients), torch.zeros(batches, dtype=torch.int64))


@pytest.mark.parametrize("shape", [(3,), (2, 0), (0, 2), (1, 2, 2)])
def test_descents_side_by_side_need_rows_in_every_batch(shape):
    message = f"a step has row numbers of shape {shape}: give (runs, batch_size), both at least 1"
    steps = [torch.zeros(shape, dtype=torch.int64)]
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        descend_together(drawn(4, 2), drawn(4), drawn(2), steps, torch.ones(1))


@pytest.mark.parametrize("shape", [(), (0,), (2, 1)])
def test_descents_side_by_side_need_learning_rates(shape):
    steps = [torch.zeros(1, 1, dtype=torch.int64)]
    message = f"lrs have shape {shape}: give (k,), k at least 1"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        descend_together(drawn(4, 2), drawn(4), drawn(2), steps, torch.ones(shape))


def test_descents_side_by_side_take_a_step():
    with pytest.raises(ValueError, match=r"^no steps: give at least one, and not an iterator"):
        descend_together(drawn(4, 2), drawn(4), drawn(2), iter([]), torch.ones(1))
