"""One row at a time: the same steps as torch's, right on average, and never quite at rest."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course.linear.exact import solve_least_squares, with_ones
from course.linear.slope_and_bias import descend_line, line_gradient
from course.training.stochastic import descend_rows, falling_lr, row_gradients, shuffled_rows


def exactly(message):
    return f"^{re.escape(message)}$"


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def some_data(n=12, seed=0):
    generator = seeded(seed)
    x = torch.linspace(-1, 1.5, n, dtype=torch.float64)
    return x, 3 * x - 2 + 0.3 * torch.randn(n, generator=generator, dtype=torch.float64)


# The gradient of each row


@settings(max_examples=20)
@given(st.integers(1, 9), st.integers(0, 1000))
def test_each_row_has_the_gradient_that_autograd_finds_for_it(n, seed):
    x, y = torch.randn(2, n, generator=seeded(seed), dtype=torch.float64)
    start = torch.randn(2, generator=seeded(seed + 1), dtype=torch.float64)
    expected = []
    for i in range(n):
        line = start.clone().requires_grad_()
        ((line[0] * x[i] + line[1] - y[i]) ** 2).backward()
        expected.append(line.grad)
    torch.testing.assert_close(row_gradients(x, y, *start), torch.stack(expected))


def test_the_mean_over_the_rows_is_the_gradient_of_the_cost():
    x, y = some_data()
    weight, bias = torch.tensor([4.0, -1.0], dtype=torch.float64)
    mean = row_gradients(x, y, weight, bias).mean(dim=0)
    full = torch.stack(line_gradient(x, y, weight, bias))
    torch.testing.assert_close(mean, full, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize(
    ("x", "y", "weight", "bias"),
    [
        ((3,), (3, 1), (), ()),
        ((3,), (1,), (), ()),
        ((3, 1), (3, 1), (), ()),
        ((3,), (3,), (3,), ()),
        ((3,), (3,), (), (1,)),
    ],
)
def test_shapes_that_would_broadcast_are_an_error(x, y, weight, bias):
    shapes = f"{x}, {y}, {weight}, {bias}"
    message = f"shapes are {shapes}: give x, y, weight, bias as (n,), (n,), (), ()"
    with pytest.raises(ValueError, match=exactly(message)):
        row_gradients(*(torch.ones(shape) for shape in (x, y, weight, bias)))


# The order of the rows


@given(st.integers(1, 20), st.integers(1, 4), st.integers(0, 100))
def test_every_epoch_has_every_row_once(n, epochs, seed):
    rows = shuffled_rows(n, epochs, seeded(seed))
    for epoch in rows.reshape(epochs, n):
        assert sorted(epoch.tolist()) == list(range(n))


def test_every_epoch_has_an_order_of_its_own_and_a_seed_repeats_them():
    rows = shuffled_rows(50, 2, seeded(3))
    assert not torch.equal(rows[:50], rows[50:])
    assert torch.equal(rows, shuffled_rows(50, 2, seeded(3)))
    assert not torch.equal(rows, shuffled_rows(50, 2, seeded(4)))


@pytest.mark.parametrize(("n", "epochs"), [(0, 1), (1, 0), (-2, 3)])
def test_no_rows_and_no_epochs_are_errors(n, epochs):
    message = f"n is {n} and epochs {epochs}: give at least 1 of each"
    with pytest.raises(ValueError, match=exactly(message)):
        shuffled_rows(n, epochs, seeded())


# The steps


def through_a_loader(x, y, lr, epochs, seed, schedule=None):
    """Return the path of `nn.Linear` from zero, and the rows that its loader drew."""
    data = TensorDataset(x.unsqueeze(1), y.unsqueeze(1), torch.arange(len(x)))
    loader = DataLoader(data, batch_size=1, shuffle=True, generator=seeded(seed))
    layer = nn.Linear(1, 1, dtype=x.dtype)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    optimizer = torch.optim.SGD(layer.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, schedule or (lambda step: 1.0))
    path, rows = [torch.zeros(2, dtype=x.dtype)], []
    for _ in range(epochs):
        for inputs, targets, number in loader:
            optimizer.zero_grad()
            nn.functional.mse_loss(layer(inputs), targets).backward()
            optimizer.step()
            scheduler.step()
            path.append(nn.utils.parameters_to_vector(layer.parameters()).detach())
            rows.append(number)
    return torch.stack(path), torch.cat(rows)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_steps_are_those_of_sgd_with_a_loader_of_batch_size_one(dtype):
    x, y = (part.to(dtype) for part in some_data())
    path, rows = through_a_loader(x, y, lr=0.1, epochs=3, seed=5)
    ours = descend_rows(x, y, 0.0, 0.0, 0.1, rows)
    assert ours.dtype == dtype
    torch.testing.assert_close(ours, path)


def test_falling_rates_are_those_of_a_scheduler():
    x, y = some_data()
    path, rows = through_a_loader(x, y, 0.1, 3, seed=5, schedule=lambda step: 10 / (10 + step))
    ours = descend_rows(x, y, 0.0, 0.0, falling_lr(0.1, len(rows), half=10), rows)
    torch.testing.assert_close(ours, path)


def test_of_a_single_row_it_is_batch_descent():
    x, y = some_data(n=1)
    rows = torch.zeros(6, dtype=torch.int64)
    ours = descend_rows(x, y, -1.5, 2.5, 0.2, rows)
    torch.testing.assert_close(ours, descend_line(x, y, -1.5, 2.5, 0.2, 6))


def test_runs_at_once_are_the_runs_one_by_one():
    x, y = some_data()
    rows = torch.stack([shuffled_rows(12, 2, seeded(seed)) for seed in range(3)], dim=1)
    rates = torch.tensor([0.05, 0.1, 0.2], dtype=torch.float64)
    together = descend_rows(x, y, 1.0, -1.0, rates, rows)
    assert together.shape == (25, 3, 2)
    for run in range(3):
        alone = descend_rows(x, y, 1.0, -1.0, float(rates[run]), rows[:, run])
        torch.testing.assert_close(together[:, run], alone)
    falling = falling_lr(0.1, 24, half=5)
    shared = descend_rows(x, y, 1.0, -1.0, falling.unsqueeze(1), rows)
    torch.testing.assert_close(shared[:, 1], descend_rows(x, y, 1.0, -1.0, falling, rows[:, 1]))


def test_runs_may_have_several_axes_such_as_rates_by_orders():
    x, y = some_data()
    orders = torch.stack([shuffled_rows(12, 1, seeded(seed)) for seed in range(3)], dim=1)
    rates = torch.tensor([0.05, 0.2], dtype=torch.float64)
    rows = orders.unsqueeze(1).expand(-1, 2, -1)
    together = descend_rows(x, y, 1.0, -1.0, rates.unsqueeze(1), rows)
    assert together.shape == (13, 2, 3, 2)
    alone = descend_rows(x, y, 1.0, -1.0, 0.2, orders[:, 2])
    torch.testing.assert_close(together[:, 1, 2], alone)


def test_without_steps_the_path_is_its_start():
    x, y = some_data()
    none = torch.zeros(0, dtype=torch.int64)
    assert descend_rows(x, y, 1.5, -2.0, 0.1, none).tolist() == [[1.5, -2.0]]


def test_the_mean_of_many_runs_with_independent_rows_is_the_path_of_batch_descent():
    x, y = some_data()
    rows = torch.randint(12, (20, 4000), generator=seeded())
    runs = descend_rows(x, y, -4.0, 5.0, 0.1, rows)
    standard_error = runs.std(dim=1) / 4000**0.5
    batch = descend_line(x, y, -4.0, 5.0, 0.1, 20)
    assert ((runs.mean(dim=1) - batch).abs() <= 5 * standard_error + 1e-12).all()


def test_a_constant_rate_hovers_and_a_falling_one_arrives():
    x, y = some_data()
    best = solve_least_squares(with_ones(x), y)
    rows = torch.stack([shuffled_rows(12, 300, seeded(seed)) for seed in range(10)], dim=1)
    constant = descend_rows(x, y, 0.0, 0.0, 0.1, rows)
    falling = descend_rows(x, y, 0.0, 0.0, falling_lr(0.1, 3600, 60).unsqueeze(1), rows)
    assert (constant[-12:] - best).norm(dim=2).mean() > 0.05
    assert (falling[-1] - best).norm(dim=1).max() < 0.01


def test_the_data_and_the_rows_stay_as_they_are():
    x, y = some_data()
    rows = shuffled_rows(12, 1, seeded())
    before = x.clone(), y.clone(), rows.clone()
    descend_rows(x, y, 0.0, 0.0, 0.1, rows)
    assert all(torch.equal(now, then) for now, then in zip((x, y, rows), before, strict=True))


@pytest.mark.parametrize(
    ("x", "y", "rows"),
    [((3,), (3, 1), (4,)), ((3, 1), (3, 1), (4,)), ((3,), (3,), ()), ((), (), (4,))],
)
def test_shapes_that_do_not_fit_are_an_error(x, y, rows):
    message = f"shapes are {x}, {y}, {rows}: give x, y, rows as (n,), (n,), (t, …)"
    with pytest.raises(ValueError, match=exactly(message)):
        descend_rows(torch.ones(x), torch.ones(y), 0.0, 0.0, 0.1, torch.zeros(rows).long())


@pytest.mark.parametrize(("x", "y"), [(torch.int64, torch.float32), (torch.float32, torch.int64)])
def test_whole_numbers_as_data_are_an_error_because_they_cannot_hold_a_step(x, y):
    message = f"x is {x}, y {y}: give both as floats, with x.float()"
    with pytest.raises(TypeError, match=exactly(message)):
        descend_rows(torch.ones(3, dtype=x), torch.ones(3, dtype=y), 0.0, 0.0, 0.1, torch.arange(3))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bool, torch.uint8])
def test_rows_that_are_no_numbers_of_rows_are_an_error(dtype):
    message = f"rows is {dtype}: give the numbers of rows, as int64"
    with pytest.raises(TypeError, match=exactly(message)):
        descend_rows(*some_data(), 0.0, 0.0, 0.1, torch.ones(12, dtype=dtype))


def test_numbers_of_32_bits_are_rows_too():
    x, y = some_data()
    rows = shuffled_rows(12, 1, seeded())
    both = [descend_rows(x, y, 0.0, 0.0, 0.1, kind) for kind in (rows, rows.int())]
    assert torch.equal(*both)


@pytest.mark.parametrize(("rows", "reach"), [([0, 12], "0 to 12"), ([-1, 3], "-1 to 3")])
def test_rows_that_there_are_not_are_an_error(rows, reach):
    message = f"rows reaches from {reach}: there are the rows 0 to 11"
    with pytest.raises(ValueError, match=exactly(message)):
        descend_rows(*some_data(), 0.0, 0.0, 0.1, torch.tensor(rows))


def test_the_last_row_is_a_row():
    x, y = some_data()
    path = descend_rows(x, y, 0.0, 0.0, 0.5, torch.tensor([11]))
    torch.testing.assert_close(path[1], torch.stack([y[11] * x[11], y[11]]))


@pytest.mark.parametrize(("rates", "rows"), [((3,), (4,)), ((4,), (4, 2)), ((4, 1), (4,))])
def test_rates_that_do_not_fit_the_rows_are_an_error(rates, rows):
    message = (
        f"lr has shape {rates}, rows {rows}: give one rate, or one for each of the rows, with "
        "unsqueeze(-1) if all runs share them"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        descend_rows(*some_data(), 0.0, 0.0, torch.ones(rates), torch.zeros(rows).long())


# The falling rate


def test_the_rate_is_half_after_as_many_steps_as_told():
    rates = falling_lr(0.4, steps=31, half=10)
    assert rates.shape == (31,)
    assert rates.dtype == torch.float64
    assert rates[[0, 10, 30]].tolist() == pytest.approx([0.4, 0.2, 0.1])
    assert (rates.diff() < 0).all()


def test_without_steps_there_are_no_rates_and_fewer_are_an_error():
    assert falling_lr(0.1, 0, half=5).shape == (0,)
    with pytest.raises(ValueError, match=exactly("steps is -1: give 0 or more")):
        falling_lr(0.1, -1, half=5)


@pytest.mark.parametrize("half", [0, -1.0, float("nan")])
def test_a_rate_that_never_halves_is_an_error(half):
    message = f"half is {half}: give the number of steps that halves the rate, above 0"
    with pytest.raises(ValueError, match=exactly(message)):
        falling_lr(0.1, 5, half)
