import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from torch import nn

from course.logistic.classifier import fit_logistic, penalised_loss, strength_from_c


def rows(seed=0, n=60, d=4):
    """Return inputs, and targets that follow them, though not without mistakes."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d, generator=generator, dtype=torch.float64)
    p = torch.sigmoid(x @ torch.linspace(-1.5, 2, d, dtype=torch.float64) - 0.7)
    y = torch.rand(n, generator=generator, dtype=torch.float64) < p
    y[:2] = torch.tensor([True, False])
    return x, y.double()


def exactly(message):
    return f"^{re.escape(message)}$"


# penalised_loss


def test_the_loss_is_the_mean_cross_entropy_plus_the_penalty_of_the_weights_alone():
    x, y = rows()
    weight = torch.tensor([0.5, -1.0, 2.0, 0.0], dtype=torch.float64)
    bias = torch.tensor(30.0, dtype=torch.float64)
    p = torch.sigmoid(x @ weight + bias)
    by_hand = -(y * p.log() + (1 - y) * torch.sigmoid(-(x @ weight + bias)).log()).mean()
    ours = penalised_loss(weight, bias, x, y, strength=0.3)
    assert ours.item() == pytest.approx(by_hand.item() + 0.3 * 5.25, rel=1e-12)


def test_a_penalty_that_rewards_and_targets_that_would_broadcast_are_refused():
    x, weight, bias = torch.zeros(3, 2), torch.zeros(2), torch.tensor(0.0)
    with pytest.raises(ValueError, match=r"strength is -0\.5: give a finite number"):
        penalised_loss(weight, bias, x, torch.ones(3), strength=-0.5)
    with pytest.raises(ValueError, match="Target size"):
        penalised_loss(weight, bias, x, torch.ones(3, 1), strength=0.5)


# strength_from_c


def test_the_strength_is_that_of_one_row_at_c_one_half():
    assert strength_from_c(0.5, 1) == 1
    assert strength_from_c(1.0, 200) == 0.0025
    assert strength_from_c(10.0, 200) == 0.00025


@pytest.mark.parametrize(("c", "n"), [(0.0, 10), (-1.0, 10), (1.0, 0), (float("nan"), 10)])
def test_a_c_or_n_that_is_not_above_0_is_refused(c, n):
    with pytest.raises(ValueError, match=exactly(f"c is {c}, n {n}: give numbers above 0")):
        strength_from_c(c, n)


# fit_logistic


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([0.01, 0.3, 1.0, 20.0]), st.integers(0, 1000), st.integers(1, 5))
def test_weights_and_bias_are_those_of_scikit_learn(c, seed, d):
    x, y = rows(seed, d=d)
    weight, bias = fit_logistic(x, y, strength_from_c(c, len(y)))
    theirs = LogisticRegression(C=c, tol=1e-10, max_iter=10_000, solver="newton-cholesky")
    theirs.fit(x.numpy(), y.numpy())
    np.testing.assert_allclose(weight.numpy(), theirs.coef_[0], atol=1e-5)
    assert bias.item() == pytest.approx(theirs.intercept_[0], abs=1e-5)
    assert weight.dtype == bias.dtype == torch.float64
    assert not weight.requires_grad
    assert not bias.requires_grad


def test_the_gradient_vanishes_there():
    x, y = rows()
    weight, bias = (each.requires_grad_() for each in fit_logistic(x, y, 0.01))
    penalised_loss(weight, bias, x, y, 0.01).backward()
    assert weight.grad.abs().max() < 1e-8
    assert bias.grad.abs() < 1e-8


def test_without_a_penalty_classes_that_overlap_have_a_lowest_loss():
    x, y = rows(n=200)
    weight, bias = fit_logistic(x, y, 0.0)
    residuals = torch.sigmoid(x @ weight + bias) - y
    assert (x.T @ residuals / 200).abs().max() < 1e-8
    assert residuals.mean().abs() < 1e-8


def test_an_extreme_penalty_leaves_the_bias_to_say_how_frequent_the_classes_are():
    x, y = rows()
    weight, bias = fit_logistic(x, y, 1e3)
    assert weight.abs().max() < 1e-3
    assert torch.sigmoid(bias).item() == pytest.approx(y.mean().item(), abs=1e-3)


@pytest.mark.parametrize("dtype", [torch.bool, torch.int64, torch.float32])
def test_inputs_and_targets_may_be_of_other_types_and_layouts(dtype):
    x, y = rows()
    expected = fit_logistic(x.float().double(), y, 0.1)
    twisted = x.float().T.contiguous().T.requires_grad_()
    found = fit_logistic(twisted, y.to(dtype), 0.1)
    torch.testing.assert_close(found, expected)
    assert twisted.grad is None


def test_it_learns_also_where_gradients_are_switched_off():
    x, y = rows()
    expected = fit_logistic(x, y, 0.1)
    with torch.no_grad():
        torch.testing.assert_close(fit_logistic(x, y, 0.1), expected)


def test_sgd_with_twice_the_strength_as_weight_decay_ends_at_the_same_weights():
    x, y = rows()
    weight, _ = fit_logistic(x, y, 0.05)
    layer = nn.Linear(4, 1).double()
    groups = [{"params": [layer.weight], "weight_decay": 0.1}, {"params": [layer.bias]}]
    optimizer = torch.optim.SGD(groups, lr=0.5)
    for _ in range(600):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(layer(x).squeeze(1), y).backward()
        optimizer.step()
    torch.testing.assert_close(layer.weight[0].detach(), weight, atol=1e-6, rtol=0)


@pytest.mark.parametrize("turned", [False, True])
def test_classes_that_a_plane_separates_need_a_penalty(turned):
    x = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]])
    y = torch.tensor([0, 0, 1, 1])
    y = 1 - y if turned else y
    message = (
        "a plane separates the classes: the loss keeps falling while the weights grow, the "
        r"largest to \d[\d,]* so far: give a strength above 0$"
    )
    with pytest.raises(ValueError, match=f"^{message}"):
        fit_logistic(x, y, 0.0)
    weight, _ = fit_logistic(x, y, 1e-4)
    assert weight.item() * (-1 if turned else 1) > 1


@pytest.mark.parametrize("copies", [1, 200])
def test_so_do_classes_of_which_some_rows_lie_on_that_plane(copies):
    x = torch.tensor([[1.0], [2.0], [2.0], [3.0]] + [[0.0], [4.0]] * copies)
    y = torch.tensor([0, 0, 1, 1] + [0, 1] * copies)
    with pytest.raises(ValueError, match="a plane separates the classes"):
        fit_logistic(x, y, strength=0.0)
    weight, _ = fit_logistic(torch.cat([x, x.new_tensor([[5.0]])]), torch.cat([y, y[:1]]), 0.0)
    assert weight.abs() < 5


def test_columns_of_which_one_follows_from_another_have_a_lowest_loss():
    x, y = torch.tensor([[1.0], [2.0], [3.0], [4.0]]), torch.tensor([0, 1, 0, 1])
    weight, bias = fit_logistic(torch.cat([x, 2 * x], dim=1), y, strength=0.0)
    alone, other = fit_logistic(x, y, strength=0.0)
    torch.testing.assert_close(weight[:1] + 2 * weight[1:], alone, atol=1e-5, rtol=0)
    torch.testing.assert_close(bias, other, atol=1e-5, rtol=0)


def exact(x, y, strength):
    """Return the parameters after many steps of Newton's method, in units of the largest inputs."""
    unit = x.abs().amax(dim=0)
    columns = torch.cat([x / unit, torch.ones_like(x[:, :1])], dim=1)
    penalty = torch.cat([2 * strength / unit**2, unit.new_zeros(1)])
    found = torch.zeros_like(penalty)
    for _ in range(60):
        p = torch.sigmoid(columns @ found)
        slope = columns.T @ (p - y) / len(y) + penalty * found
        hessian = (columns.T * (p * (1 - p))) @ columns / len(y) + penalty.diag()
        found = found - torch.linalg.solve(hessian, slope)
    return found[:-1] / unit, found[-1]


@pytest.mark.parametrize("strength", [0.0, 1e-9, 0.01, 100.0])
@pytest.mark.parametrize("scale", [1e-30, 1e-7, 1e-3, 1.0, 1e3, 1e7, 1e30, 1e150])
def test_the_unit_of_the_inputs_does_not_matter(scale, strength):
    x, y = rows()
    x = x * torch.tensor([scale, 1.0, scale, scale], dtype=torch.float64)  # alike or not
    weight, bias = fit_logistic(x, y, strength)
    expected, other = exact(x, y, strength)
    torch.testing.assert_close(weight, expected, rtol=1e-6, atol=0)
    torch.testing.assert_close(bias, other, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("scale", [1e-7, 1e-30, 1e30])
def test_a_plane_that_separates_is_found_in_any_unit(scale):
    x = scale * torch.tensor([[1.0], [2.0], [2.0], [3.0], [0.0], [4.0]]).double()
    y = torch.tensor([0, 0, 1, 1, 0, 1])
    with pytest.raises(ValueError, match="a plane separates the classes"):
        fit_logistic(x, y, strength=0.0)


@pytest.mark.parametrize("strength", [0.0, 1e-320])
def test_a_column_so_small_that_its_weight_has_no_square_is_refused(strength):
    x, y = rows()
    message = "^x holds a column so small that its weight is too large: standardise it$"
    with pytest.raises(ValueError, match=message):
        fit_logistic(x * 1e-200, y, strength)


def test_a_column_of_zeros_gets_the_weight_zero():
    x, y = rows()
    expected, bias = fit_logistic(x, y, 0.01)
    weight, other = fit_logistic(torch.cat([x, 0 * x[:, :1]], dim=1), y, 0.01)
    torch.testing.assert_close(weight, torch.cat([expected, expected.new_zeros(1)]))
    torch.testing.assert_close(other, bias)


@pytest.mark.parametrize("strength", [0.0, 0.01])
@pytest.mark.parametrize("offset", [1.0, 1e3, 1e6, 1e9])
def test_where_the_inputs_lie_does_not_matter(offset, strength):
    x, y = rows()
    moved = x + offset
    weight, bias = fit_logistic(moved, y, strength)
    expected, other = exact(moved - offset, y, strength)
    torch.testing.assert_close(weight, expected, rtol=1e-6, atol=0)
    torch.testing.assert_close(bias, other - offset * weight.sum(), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("value", [0.1, 1e9, -3.0])
def test_a_column_that_never_changes_is_left_to_the_bias(value):
    x, y = rows()
    expected, bias = fit_logistic(x, y, 0.0)
    weight, other = fit_logistic(torch.cat([x, x.new_full((60, 1), value)], dim=1), y, 0.0)
    torch.testing.assert_close(weight, torch.cat([expected, expected.new_zeros(1)]))
    torch.testing.assert_close(other, bias)


def test_what_does_not_come_to_rest_is_refused(monkeypatch):
    monkeypatch.setattr(torch.optim.LBFGS, "step", lambda self, closure: closure())
    message = (
        r"^the gradient is still \d\.\de[+-]\d\d: standardise the inputs, or raise the strength$"
    )
    with pytest.raises(RuntimeError, match=message):
        fit_logistic(*rows(), 0.0)


@pytest.mark.parametrize(
    ("x", "y"), [((4,), (4,)), ((4, 2), (4, 1)), ((4, 2), (3,)), ((0, 2), (0,)), ((4, 0), (4,))]
)
def test_other_shapes_are_refused(x, y):
    message = f"x has shape {x}, y {y}: give (n, d) and (n,), n and d at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        fit_logistic(torch.ones(x), torch.ones(y), 1.0)


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_inputs_that_are_not_finite_are_refused(value):
    x, y = rows()
    x[3, 1] = x[5, 0] = value
    with pytest.raises(ValueError, match=exactly("x holds 2 nan or inf: fill or drop them")):
        fit_logistic(x, y, 1.0)


@pytest.mark.parametrize(
    ("y", "shown"),
    [([1, 1], "[1]"), ([0, 0], "[0]"), ([0, 2], "[0, 2]"), ([-1.0, 1.0], "[-1.0, 1.0]")],
)
def test_targets_other_than_0_and_1_are_refused(y, shown):
    message = f"y holds {shown}: give 0 and 1, and rows of both"
    with pytest.raises(ValueError, match=exactly(message)):
        fit_logistic(torch.tensor([[0.0], [1.0]]), torch.tensor(y), 1.0)


@pytest.mark.parametrize("strength", [-0.1, float("nan"), float("inf")])
def test_a_strength_below_0_or_not_finite_is_refused(strength):
    message = f"strength is {strength}: give a finite number of at least 0"
    with pytest.raises(ValueError, match=exactly(message)):
        fit_logistic(*rows(), strength)
