import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import functional

from course.autograd.partial import (
    derivatives,
    gradient,
    gradient_in_batches,
    jacobian,
    partial_differences,
    relu_derivative,
    vector_jacobian,
)


def exactly(message):
    return f"^{re.escape(message)}$"


def made_up(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def bowl(x):
    return x[0] ** 2 - x[0] * x[1] + x[1] ** 2


def three(x):
    return torch.stack([x[0] ** 2, x[0] * x[1], torch.sin(x[1])])


def layer(x):
    return torch.tanh(made_up(4, len(x), seed=7) @ x)


seeds = st.integers(0, 1000)
NO_RECORD = (
    "torch has no record of the result: compute it with operations of torch, "
    "without detach, item or no_grad on the way"
)
# Each function asked at x for something that it computes from `function`.
EVERY_WAY = {
    "gradient": lambda function, x: gradient(lambda x: function(x).sum(), x),
    "derivatives": derivatives,
    "vector_jacobian": lambda function, x: vector_jacobian(function, x, torch.ones(x.shape)),
    "jacobian": jacobian,
}
every_way = pytest.mark.parametrize("way", EVERY_WAY.values(), ids=EVERY_WAY)


# gradient


@given(seed=seeds)
def test_the_gradient_holds_the_partial_derivatives_by_hand(seed):
    x = made_up(2, seed=seed)
    first, second = x.tolist()
    by_hand = [2 * first - second, 2 * second - first]
    np.testing.assert_allclose(gradient(bowl, x), by_hand, rtol=1e-12)


@given(seed=seeds, shape=st.lists(st.integers(0, 3), max_size=3))
def test_the_gradient_has_the_shape_of_its_point(seed, shape):
    x = made_up(*shape, seed=seed)
    result = gradient(lambda x: (x**3).sum(), x)
    np.testing.assert_allclose(result, 3 * x.numpy() ** 2)
    assert not result.requires_grad


def test_a_point_that_skips_elements_in_memory_is_as_good_as_any():
    x = made_up(6, 3).T[::2, 1::2]
    assert not x.is_contiguous()
    torch.testing.assert_close(gradient(lambda x: (x**2).sum(), x), 2 * x)


@every_way
def test_the_point_stays_as_it_is_and_keeps_its_own_gradient(way):
    x = torch.ones(2, requires_grad=True)
    x.sum().backward()
    before = x.detach().clone()
    way(torch.square, x)
    assert torch.equal(x.detach(), before)
    assert x.grad.tolist() == [1.0, 1.0]
    assert x.is_leaf


@every_way
@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.complex64])
def test_points_that_are_no_floating_point_numbers_are_refused(way, dtype):
    message = f"got {dtype}: give floating-point numbers, for example x.double()"
    with pytest.raises(TypeError, match=exactly(message)):
        way(torch.square, torch.ones(2, dtype=dtype))


@every_way
@pytest.mark.parametrize(
    "function", [torch.Tensor.detach, lambda x: torch.ones(2), torch.no_grad()(torch.square)]
)
def test_a_result_without_a_record_is_refused(way, function):
    with pytest.raises(ValueError, match=exactly(NO_RECORD)):
        way(function, torch.ones(2))


def test_a_number_of_python_has_no_record_either():
    with pytest.raises(ValueError, match=exactly(NO_RECORD)):
        gradient(lambda x: x.sum().item(), torch.ones(2))


@pytest.mark.parametrize("shape", [(1,), (2,), (2, 2)])
def test_the_gradient_of_more_than_one_number_is_refused(shape):
    message = f"the result has shape {shape}: a gradient is that of one number"
    with pytest.raises(ValueError, match=exactly(message)):
        gradient(torch.exp, torch.ones(shape))


def test_a_record_that_leads_elsewhere_is_refused_by_torch():
    with pytest.raises(RuntimeError, match="not have been used in the graph"):
        gradient(lambda x: torch.ones((), requires_grad=True) ** 2, torch.ones(2))


# partial_differences


@given(seed=seeds)
def test_differences_come_close_to_what_autograd_finds(seed):
    x = made_up(2, seed=seed)
    near = partial_differences(bowl, x, step=1e-5)
    assert near.shape == (2,)
    torch.testing.assert_close(near, gradient(bowl, x), rtol=1e-8, atol=1e-8)
    columns = partial_differences(three, x, step=1e-5)
    assert columns.shape == (3, 2)
    torch.testing.assert_close(columns, jacobian(three, x), rtol=1e-8, atol=1e-8)


def test_differences_leave_the_point_alone_and_divide_by_the_step_that_was_taken():
    x = torch.tensor([1000.0, 1.0], requires_grad=True)
    near = partial_differences(lambda x: 2 * x, x, step=1e-4)
    assert near.tolist() == [[2.0, 0.0], [0.0, 2.0]]
    assert not near.requires_grad
    assert x.tolist() == [1000.0, 1.0]


@pytest.mark.parametrize("shape", [(), (0,), (1, 2)])
def test_differences_want_a_vector(shape):
    message = f"x has shape {shape}: give it (d,), d at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        partial_differences(torch.sum, torch.ones(shape), 0.1)


@pytest.mark.parametrize(
    ("x", "step"),
    [
        ([1.0, 1e8], 0.1),
        ([1.0], 0.0),
        ([1.0], -1.0),
        ([math.nan], 0.1),
        ([1.0], 4e-8),  # numbers above 1 are further apart than those below it
        ([-1.0], 4e-8),
    ],
)
def test_differences_want_a_step_that_changes_every_element(x, step):
    message = f"a step of {step} does not change every element: take a larger one"
    with pytest.raises(ValueError, match=exactly(message)):
        partial_differences(torch.sum, torch.tensor(x), step)


def test_differences_of_whole_numbers_are_refused():
    with pytest.raises(TypeError, match=r"^got torch\.int64: give floating-point numbers"):
        partial_differences(torch.sum, torch.ones(2, dtype=torch.int64), 1)


# derivatives


@pytest.mark.parametrize(
    ("function", "by_hand"),
    [
        (torch.sin, np.cos),
        (torch.exp, np.exp),
        (torch.sigmoid, lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
        (lambda x: x**3 - x, lambda x: 3 * x**2 - 1),
    ],
)
@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (0,)])
def test_the_sum_trick_gives_the_derivative_at_each_point(function, by_hand, shape):
    x = made_up(*shape)
    np.testing.assert_allclose(derivatives(function, x), by_hand(x.numpy()), rtol=1e-12)


def test_the_sum_trick_misleads_where_elements_mix():
    mixed = derivatives(lambda x: torch.softmax(x, dim=0), made_up(4))
    np.testing.assert_allclose(mixed, 0, atol=1e-15)


@pytest.mark.parametrize(("function", "shape"), [(torch.sum, ()), (lambda x: x[:1], (1,))])
def test_a_function_that_changes_the_shape_is_refused(function, shape):
    message = f"the points have shape (3,), the result {shape}: give both the same"
    with pytest.raises(ValueError, match=exactly(message)):
        derivatives(function, torch.ones(3))


# vector_jacobian and jacobian


@pytest.mark.parametrize("function", [three, layer, torch.sin, torch.cumsum])
@given(seed=seeds)
def test_the_jacobian_is_the_one_that_torch_finds(function, seed):
    if function is torch.cumsum:
        function = lambda x: torch.cumsum(x**2, dim=0)  # noqa: E731
    x = made_up(3, seed=seed)
    expected = functional.jacobian(function, x)
    torch.testing.assert_close(jacobian(function, x), expected)
    v = made_up(len(expected), seed=seed + 1)
    torch.testing.assert_close(vector_jacobian(function, x, v), functional.vjp(function, x, v)[1])
    torch.testing.assert_close(vector_jacobian(function, x, v), v @ expected)


def test_the_vector_may_have_any_shape_that_the_result_has():
    x, v = made_up(2, 3), made_up(3, 2, seed=1)
    result = vector_jacobian(lambda x: x.T**2, x, v)
    torch.testing.assert_close(result, 2 * x * v.T)
    assert vector_jacobian(torch.sum, x, torch.tensor(5)).tolist() == [[5.0] * 3] * 2


@pytest.mark.parametrize("v", [(2,), (1,), (), (3, 1)])
def test_a_vector_of_another_shape_is_refused(v):
    message = f"v has shape {v}, the result (3,): give both the same"
    with pytest.raises(ValueError, match=exactly(message)):
        vector_jacobian(three, torch.ones(2), torch.ones(v))


@pytest.mark.parametrize(
    ("function", "x", "y"),
    [
        (torch.sum, (2,), ()),
        (torch.exp, (2, 2), (2, 2)),
        (torch.exp, (), ()),
        (lambda x: x[:0], (2,), (0,)),
        (lambda x: x.flatten(), (1, 2), (2,)),
    ],
)
def test_a_jacobian_that_is_no_table_is_refused(function, x, y):
    message = f"x has shape {x}, the result {y}: give them (d,) and (k,), k at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        jacobian(function, torch.ones(x))


# relu_derivative


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_the_derivative_of_relu_is_that_of_torch_at_zero_too(dtype):
    x = torch.tensor([-math.inf, -2.0, -0.0, 0.0, 1e-4, 3.0, math.inf], dtype=dtype)
    expected = derivatives(torch.relu, x)
    assert torch.equal(relu_derivative(x), expected)
    assert relu_derivative(x).dtype == dtype
    assert relu_derivative(x.view(7, 1)).shape == (7, 1)


def test_the_derivative_of_relu_at_nan_is_zero():
    assert relu_derivative(torch.tensor([math.nan])).tolist() == [0.0]


# gradient_in_batches


def mean_square(weights, x, y):
    return ((x @ weights - y) ** 2).mean()


@given(seed=seeds, n=st.integers(1, 12), size=st.integers(1, 15))
def test_batches_of_any_size_gather_the_gradient_of_all_rows(seed, n, size):
    x, y, weights = made_up(n, 3, seed=seed), made_up(n, seed=seed + 1), made_up(3, seed=seed + 2)
    by_hand = 2 * x.T @ (x @ weights - y) / n
    gathered = gradient_in_batches(mean_square, weights, x, y, size)
    torch.testing.assert_close(gathered, by_hand)
    assert not gathered.requires_grad


def test_the_weights_stay_as_they_are_and_other_tensors_get_no_gradient():
    weights = torch.ones(2, requires_grad=True)
    bias = torch.ones((), requires_grad=True)
    x, y = torch.ones(4, 2), torch.zeros(4)
    gathered = gradient_in_batches(lambda w, x, y: (x @ w + bias - y).mean(), weights, x, y, 3)
    assert gathered.tolist() == [1.0, 1.0]
    assert weights.tolist() == [1.0, 1.0]
    assert weights.grad is None
    assert bias.grad is None


@pytest.mark.parametrize(
    ("inputs", "targets", "size"), [(3, 2, 1), (0, 0, 1), (3, 3, 0), (3, 3, -1)]
)
def test_rows_that_do_not_fit_are_refused(inputs, targets, size):
    rows = f"{inputs} inputs, {targets} targets, batches of {size}"
    message = f"got {rows}: give as many inputs as targets, and each at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        gradient_in_batches(
            mean_square, torch.ones(2), torch.ones(inputs, 2), torch.ones(targets), size
        )


def test_weights_that_are_whole_numbers_are_refused():
    whole = torch.ones(2, dtype=torch.int64)
    with pytest.raises(TypeError, match=r"^got torch\.int64: give floating-point numbers"):
        gradient_in_batches(mean_square, whole, torch.ones(3, 2), torch.ones(3), 2)


@pytest.mark.parametrize(
    ("cost", "message"),
    [
        (lambda w, x, y: x @ w - y, "the result has shape (2,): a gradient is that of one number"),
        (lambda w, x, y: (x @ w.detach() - y).mean(), NO_RECORD),
        (
            lambda w, x, y: (x @ torch.ones(2, requires_grad=True) - y).mean(),
            "the cost has no record of the weights: compute it from its first argument",
        ),
    ],
)
def test_a_cost_without_a_gradient_is_refused(cost, message):
    with pytest.raises(ValueError, match=exactly(message)):
        gradient_in_batches(cost, torch.ones(2), torch.ones(3, 2), torch.ones(3), 2)
