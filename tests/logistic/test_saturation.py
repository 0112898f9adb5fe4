"""Both pulls are those of autograd, and both descents those of torch.optim."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from torch import nn

from course.linear.exact import with_ones
from course.logistic.saturation import cross_entropy_slopes, descend, squared_error_slopes

dtypes = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
logits_up_to = st.floats(-1e4, 1e4, width=32)
answers = st.sampled_from([0.0, 0.25, 1.0])
both = pytest.mark.parametrize("function", [cross_entropy_slopes, squared_error_slopes])
EXACT = {torch.float32: 1e-6, torch.float64: 1e-14}  # near zero


def exactly(message):
    return f"^{re.escape(message)}$"


# cross_entropy_slopes, squared_error_slopes


@dtypes
@given(st.lists(st.tuples(logits_up_to, answers), min_size=1, max_size=20))
def test_slopes_are_those_of_autograd(dtype, rows):
    logits, targets = torch.tensor(rows, dtype=dtype).T
    for slopes, loss in (
        (cross_entropy_slopes, nn.BCEWithLogitsLoss(reduction="none")),
        (squared_error_slopes, lambda z, y: (torch.sigmoid(z) - y).square()),
    ):
        leaves = logits.clone().requires_grad_()
        (expected,) = torch.autograd.grad(loss(leaves, targets).sum(), leaves)
        found = slopes(logits, targets)
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=EXACT[dtype])


def test_surely_wrong_answers_pull_with_cross_entropy_and_not_with_squared_errors():
    logits, targets = torch.tensor([-50.0, 50.0]), torch.tensor([1.0, 0.0])
    assert cross_entropy_slopes(logits, targets).tolist() == [-1, 1]
    left = squared_error_slopes(logits, targets)
    assert left[0] == pytest.approx(-2 * math.exp(-50), rel=1e-4)
    assert left[1] == pytest.approx(2 * math.exp(-50), rel=1e-4)


def test_squared_errors_pull_hardest_at_a_third():
    logits = torch.linspace(-5, 5, 100_001, dtype=torch.float64)
    slopes = squared_error_slopes(logits, torch.ones_like(logits))
    assert torch.sigmoid(logits[slopes.argmin()]).item() == pytest.approx(1 / 3, abs=1e-4)
    assert slopes.min().item() == pytest.approx(-8 / 27)


@both
def test_what_the_loss_refuses_is_refused(function):
    with pytest.raises(ValueError, match="give both the same shape"):
        function(torch.zeros(6, 1), torch.zeros(6))
    with pytest.raises(ValueError, match="give 0 for no and 1 for yes"):
        function(torch.zeros(2), torch.tensor([-1.0, 1.0]))
    with pytest.raises(TypeError, match="give floating point numbers"):
        function(torch.tensor([1, 2]), torch.tensor([0.0, 1.0]))


@both
def test_any_shape_is_taken_also_that_of_no_rows_and_targets_may_be_whole(function):
    assert function(torch.zeros(0), torch.zeros(0)).shape == (0,)
    logits, targets = torch.zeros(2, 3).T, torch.ones(3, 2)
    assert function(logits, targets).shape == (3, 2)
    torch.testing.assert_close(function(logits, targets.long()), function(logits, targets))


# descend


def made_up_rows(n=20, seed=0):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, generator=generator, dtype=torch.float64)
    targets = torch.rand(n, generator=generator, dtype=torch.float64) < torch.sigmoid(2 * x - 1)
    return with_ones(x), targets.double()


@pytest.mark.parametrize(
    ("slopes", "criterion"),
    [
        (cross_entropy_slopes, nn.BCEWithLogitsLoss()),
        (squared_error_slopes, lambda z, y: nn.MSELoss()(torch.sigmoid(z), y)),
    ],
)
def test_every_run_is_that_of_torch_step_by_step(slopes, criterion):
    columns, targets = made_up_rows()
    starts = torch.tensor([[-3.0, 1.0], [0.0, 0.0], [1.0, -4.0]], dtype=torch.float64)
    rates = torch.tensor([0.1, 2.0], dtype=torch.float64)
    path = descend(columns, targets, slopes, starts, rates, steps=15)
    assert path.shape == (16, 3, 2, 2)
    for i, j in np.ndindex(3, 2):
        parameters = starts[i].clone().requires_grad_()
        optimizer = torch.optim.SGD([parameters], lr=rates[j].item())
        for step in range(16):
            torch.testing.assert_close(path[step, i, j], parameters.detach())
            optimizer.zero_grad()
            criterion(columns @ parameters, targets).backward()
            optimizer.step()


def test_with_cross_entropy_it_ends_where_scikit_learn_does():
    columns, targets = made_up_rows(200)
    start, rate = torch.zeros(1, 2).double(), torch.tensor([3.0]).double()
    weight, bias = descend(columns, targets, cross_entropy_slopes, start, rate, 500)[-1, 0, 0]
    theirs = LogisticRegression(C=np.inf, tol=1e-10).fit(columns[:, :1].numpy(), targets.numpy())
    assert weight.item() == pytest.approx(theirs.coef_.item(), rel=1e-4)
    assert bias.item() == pytest.approx(theirs.intercept_.item(), rel=1e-4)
    shares = expit(columns.numpy() @ [weight.item(), bias.item()])
    assert shares.mean() == pytest.approx(targets.mean().item(), rel=1e-6)


def test_without_steps_it_is_at_its_starts_which_stay_as_they_are():
    columns, targets = made_up_rows()
    starts = torch.ones(3, 2).double()
    path = descend(columns, targets, cross_entropy_slopes, starts, torch.ones(2).double(), 0)
    assert path.shape == (1, 3, 2, 2)
    descend(columns, targets, cross_entropy_slopes, starts, torch.ones(2).double(), 2)
    assert (starts == 1).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": torch.zeros(3, 1)},
        {"columns": torch.zeros(3)},
        {"targets": torch.zeros(4)},
        {"targets": torch.zeros(3, 1)},
        {"starts": torch.zeros(2)},
        {"starts": torch.zeros(1, 1, 2)},
        {"rates": torch.tensor(0.1)},
        {"rates": torch.zeros(2, 1)},
        {"columns": torch.zeros(0, 2), "targets": torch.zeros(0)},
        {"steps": -1},
    ],
)
def test_what_does_not_fit_is_refused_by_descent(wrong):
    fitting = {
        "columns": torch.zeros(3, 2),
        "targets": torch.zeros(3),
        "starts": torch.zeros(1, 2),
        "rates": torch.zeros(2),
        "steps": 1,
    }
    given_ = fitting | wrong
    shapes = {name: tuple(value.shape) for name, value in given_.items() if name != "steps"}
    message = (
        f"columns have shape {shapes['columns']}, targets {shapes['targets']}, starts "
        f"{shapes['starts']}, rates {shapes['rates']}, and steps is {given_['steps']}: "
        "give (n, p), (n,), (m, p), (k,), n at least 1 and steps at least 0"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        descend(slopes=cross_entropy_slopes, **given_)
