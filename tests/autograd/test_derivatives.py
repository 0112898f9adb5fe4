import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course.autograd.derivatives import (
    bookkeeping,
    central_difference,
    derivative,
    derivative_gap,
    forward_difference,
)

# Each function with its derivative by hand, computed without torch.
BY_HAND = {
    "square": (torch.square, lambda x: 2 * x),
    "reciprocal": (torch.reciprocal, lambda x: -1 / x**2),
    "root": (torch.sqrt, lambda x: 1 / (2 * math.sqrt(x))),
    "exponential": (torch.exp, math.exp),
    "logarithm": (torch.log, lambda x: 1 / x),
    "sine": (torch.sin, math.cos),
    "sigmoid": (torch.sigmoid, lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2),
    "chain": (lambda x: (2 * x - 1) ** 3, lambda x: 6 * (2 * x - 1) ** 2),
    "product": (lambda x: x * torch.sin(x), lambda x: math.sin(x) + x * math.cos(x)),
    "used twice": (lambda x: x * x + x, lambda x: 2 * x + 1),
    "itself": (lambda x: x, lambda x: 1.0),
}
every_function = pytest.mark.parametrize("name", BY_HAND)
both_differences = pytest.mark.parametrize("difference", [forward_difference, central_difference])


def exactly(message):
    return f"^{re.escape(message)}$"


def number(value):
    return torch.tensor(value, dtype=torch.float64)


# bookkeeping


def test_a_leaf_that_asks_for_a_gradient_has_one_after_backward():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    assert bookkeeping(x) == "requires_grad True, is_leaf True, grad_fn None, grad None"
    (x**2).sum().backward()
    assert bookkeeping(x) == "requires_grad True, is_leaf True, grad_fn None, grad [2.0, 4.0]"


def test_a_result_has_a_grad_fn_and_keeps_its_gradient_only_when_asked_to():
    y = torch.tensor(3.0, requires_grad=True) ** 2
    kept = torch.exp(y)
    kept.retain_grad()
    kept.log().backward()
    assert bookkeeping(y) == "requires_grad True, is_leaf False, grad_fn PowBackward0, grad None"
    facts, grad = bookkeeping(kept).split(", grad ")
    assert facts == "requires_grad True, is_leaf False, grad_fn ExpBackward0"
    assert float(grad) == pytest.approx(math.exp(-9))


def test_what_asks_for_nothing_is_a_leaf_too():
    constant = "requires_grad False, is_leaf True, grad_fn None, grad None"
    x = torch.tensor(3.0, requires_grad=True)
    assert bookkeeping(torch.tensor(3)) == constant
    assert bookkeeping((2 * x).detach()) == constant
    with torch.no_grad():
        assert bookkeeping(2 * x) == constant


# derivative


@every_function
@given(x=st.floats(0.2, 3))
def test_autograd_gives_the_derivative_that_the_rules_give(name, x):
    function, by_hand = BY_HAND[name]
    result = derivative(function, number(x))
    assert result.item() == pytest.approx(by_hand(x), rel=1e-12, abs=1e-12)
    assert (result.shape, result.dtype, result.requires_grad) == ((), torch.float64, False)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_the_derivative_has_the_type_of_the_point(dtype):
    result = derivative(torch.square, torch.tensor(3.0, dtype=dtype))
    assert result.dtype == dtype
    assert result == 6


def test_the_point_stays_as_it_is_even_if_it_has_a_gradient_of_its_own():
    x = torch.tensor(3.0, requires_grad=True)
    x.square().backward()
    assert derivative(torch.exp, x).item() == pytest.approx(math.exp(3))
    assert (x.item(), x.grad.item(), x.is_leaf) == (3.0, 6.0, True)


def test_parameters_that_the_function_uses_get_no_gradient():
    weight = torch.tensor(5.0, requires_grad=True)
    assert derivative(lambda x: weight * x, torch.tensor(2.0)) == 5
    assert weight.grad is None


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.detach() ** 2,
        lambda x: torch.tensor(x.item()),
        lambda x: torch.tensor(2.0),
        lambda x: torch.tensor(2.0, requires_grad=True) ** 2,
        torch.no_grad()(torch.square),
    ],
    ids=["detach", "item", "constant", "another leaf", "no_grad"],
)
def test_a_result_without_a_way_back_is_refused(function):
    message = (
        "the result has no record of x: compute it from x with operations of torch, "
        "without detach, item or no_grad on the way"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        derivative(function, torch.tensor(3.0))


@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.complex64])
def test_what_is_no_floating_point_number_is_refused(dtype):
    message = "is of type {}: give a tensor of floating-point numbers"
    whole = torch.tensor(1, dtype=dtype)
    for function in (derivative, derivative_gap):
        with pytest.raises(TypeError, match=exactly("x " + message.format(dtype))):
            function(torch.square, whole)
        with pytest.raises(TypeError, match=exactly("x " + message.format("float"))):
            function(torch.square, 3.0)
        with pytest.raises(TypeError, match=exactly("the result " + message.format("float"))):
            function(lambda x: x.item() ** 2, torch.tensor(3.0))
        with pytest.raises(TypeError, match=exactly("the result " + message.format(dtype))):
            function(lambda x: x.detach().to(dtype), torch.tensor(1.0))
    message = f"x holds {dtype}: give floating-point numbers, for example x.double()"
    for difference in (forward_difference, central_difference):
        with pytest.raises(TypeError, match=exactly(message)):
            difference(torch.square, whole, 0.5)


def test_torch_itself_refuses_a_gradient_of_whole_numbers():
    with pytest.raises(RuntimeError, match="Only Tensors of floating point"):
        torch.tensor(3, requires_grad=True)


@pytest.mark.parametrize("shape", [(2,), (1,), (0,), (1, 1)])
@pytest.mark.parametrize("function", [derivative, derivative_gap])
def test_more_than_one_number_is_refused(function, shape):
    message = f"has shape {shape}: give one number, shape ()"
    with pytest.raises(ValueError, match=exactly(f"x {message}")):
        function(torch.sum, torch.ones(shape))
    with pytest.raises(ValueError, match=exactly(f"the result {message}")):
        function(lambda x: x * torch.ones(shape), torch.tensor(3.0))


def test_a_function_that_writes_to_its_point_is_stopped_by_torch():
    x = torch.tensor(3.0)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        derivative(lambda x: x.mul_(2), x)
    assert x == 3


def test_the_derivative_at_a_point_that_is_not_a_number_is_not_one_either():
    assert derivative(torch.square, torch.tensor(math.nan)).isnan()


# differences


@every_function
@given(x=st.floats(0.5, 3))
def test_the_central_difference_comes_close_to_the_derivative(name, x):
    function, by_hand = BY_HAND[name]
    near = central_difference(function, number(x), step=1e-5).item()
    assert near == pytest.approx(by_hand(x), rel=1e-7, abs=1e-7)


@given(
    coefficients=st.lists(st.floats(-5, 5), min_size=3, max_size=3),
    x=st.floats(-10, 10),
    step=st.floats(0.01, 10),
)
def test_on_a_parabola_the_central_difference_is_exact_whatever_the_step(coefficients, x, step):
    constant, linear, square = coefficients

    def parabola(x):
        return constant + linear * x + square * x**2

    slope = linear + 2 * square * x
    near = central_difference(parabola, number(x), step).item()
    ahead = forward_difference(parabola, number(x), step).item()
    assert near == pytest.approx(slope, abs=1e-8)
    assert ahead == pytest.approx(slope + square * step, abs=1e-8)


@pytest.mark.parametrize(
    ("difference", "part"), [(forward_difference, 1 / 10), (central_difference, 1 / 100)]
)
def test_the_error_shrinks_with_the_step_or_with_its_square(difference, part):
    x = torch.linspace(-1, 1, 5, dtype=torch.float64)
    coarse, fine = ((difference(torch.exp, x, step) - x.exp()).abs() for step in (1e-2, 1e-3))
    np.testing.assert_allclose(fine / coarse, part, rtol=0.02)


@both_differences
def test_the_run_is_that_which_rounding_left_of_the_step(difference):
    x = torch.tensor([1000.0, 1.0, 0.0])  # next to 1000, numbers of float32 are 6e-5 apart
    assert torch.equal(difference(lambda x: x, x, step=1e-4), torch.ones(3))


@both_differences
def test_points_of_any_shape_and_any_place_in_memory_are_taken(difference):
    x = torch.randn(4, 6, generator=torch.Generator().manual_seed(0)).double().T[::2]
    assert not x.is_contiguous()
    torch.testing.assert_close(difference(torch.sin, x, 1e-6), x.cos(), rtol=0, atol=1e-5)
    assert difference(torch.sin, torch.zeros(0), 0.1).shape == (0,)


@both_differences
@pytest.mark.parametrize(
    ("x", "step"),
    [
        ([1.0, 1e8], 0.1),
        ([1.0], 1e-12),
        ([1.0], 4e-8),  # numbers above 1 are further apart than those below it
        ([-1.0], 4e-8),
        ([1.0], 0.0),
        ([1.0], -0.1),
        ([1.0], math.nan),
        ([0.0, math.nan], 0.1),
        ([math.inf], 0.1),
    ],
)
def test_a_step_that_leads_nowhere_is_refused(difference, x, step):
    message = (
        f"a step of {step} does not change every x: give a positive one that rounding keeps, "
        "and finite x"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        difference(torch.square, torch.tensor(x), step)


@both_differences
@pytest.mark.parametrize(("function", "shape"), [(torch.sum, ()), (lambda x: x[:1], (1,))])
def test_a_function_that_changes_the_shape_is_refused(difference, function, shape):
    message = (
        f"the function gives shape {shape} for points of shape (3,): "
        "give one that works element by element"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        difference(function, torch.ones(3), 0.1)


def test_a_derivative_can_be_differenced_again():
    second = central_difference(lambda x: derivative(torch.sin, x), number(0.3), 1e-4)
    assert second.item() == pytest.approx(-math.sin(0.3), abs=1e-7)


# derivative_gap


@every_function
@given(x=st.floats(0.5, 3, width=32))
def test_of_a_right_derivative_the_gap_is_rounding(name, x):
    gap = derivative_gap(BY_HAND[name][0], torch.tensor(x, dtype=torch.float32))
    assert gap < 1e-8
    assert (gap.shape, gap.dtype) == ((), torch.float64)


class Doubled(torch.autograd.Function):
    """A square with a mistake in its derivative."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, grad):
        return 4 * ctx.saved_tensors[0] * grad


@pytest.mark.parametrize(("x", "gap"), [(5.0, 0.5), (-5.0, 0.5), (0.1, 0.2), (0.0, 0.0)])
def test_the_gap_is_the_part_by_which_a_wrong_derivative_is_wrong(x, gap):
    assert derivative_gap(Doubled.apply, torch.tensor(x)).item() == pytest.approx(gap, abs=1e-7)


@pytest.mark.parametrize("x", [5.0, -5.0])
def test_the_gap_is_relative_to_the_difference_where_that_is_the_larger(x):
    gap = derivative_gap(lambda x: x * x.detach(), torch.tensor(x))
    assert gap.item() == pytest.approx(0.5)


@pytest.mark.parametrize("x", [1e12, -1e12])
def test_far_from_zero_the_step_grows_with_the_point(x):
    assert derivative_gap(torch.square, torch.tensor(x)) < 1e-8


def test_the_point_of_a_gap_may_ask_for_a_gradient_and_gets_none():
    x = torch.tensor(0.5, requires_grad=True)
    assert not derivative_gap(torch.exp, x).requires_grad
    assert x.grad is None
