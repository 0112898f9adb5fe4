import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import gradcheck

from course.tensors.vectors import describe, dot, hadamard, project, tabulate

NUMBERS = [torch.uint8, torch.int32, torch.int64, torch.float32, torch.float64, torch.complex128]
BAD_SHAPES = [((3,), (2,)), ((3,), (1,)), ((3,), (3, 1)), ((2, 2), (2, 2)), ((), ())]


def exactly(message):
    return f"^{re.escape(message)}$"


def made_up(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return (10 * torch.randn(*shape, generator=generator, dtype=torch.float64)).to(dtype)


# describe


@given(shape=st.lists(st.integers(0, 4), max_size=4), dtype=st.sampled_from(NUMBERS))
def test_rank_and_number_of_elements_are_those_that_torch_counts(shape, dtype):
    x = torch.zeros(shape, dtype=dtype)
    text = f"{dtype}, shape {tuple(shape)}, ndim {x.ndim}, numel {x.numel()}"
    assert describe(x) == text


# tabulate


@given(start=st.floats(-100, 100), end=st.floats(-100, 100), steps=st.integers(0, 50))
def test_the_points_are_evenly_spaced_and_the_values_are_the_functions(start, end, steps):
    x, y = tabulate(torch.sin, start, end, steps)
    expected = np.linspace(start, end, steps)
    np.testing.assert_allclose(x, expected, atol=1e-4)
    np.testing.assert_allclose(y, np.sin(expected), atol=1e-4)


@pytest.mark.parametrize(
    ("function", "shape"),
    [(torch.sum, ()), (lambda x: x.unsqueeze(-1), (5, 1)), (lambda x: x[:1], (1,))],
)
def test_a_function_that_changes_the_shape_is_refused(function, shape):
    message = (
        f"the function gives shape {shape} for points of shape (5,): "
        "give one that works element by element"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        tabulate(function, 0, 1, 5)


def test_a_negative_number_of_points_is_refused():
    message = "steps is -1: give a number of points, 0 or more"
    with pytest.raises(ValueError, match=exactly(message)):
        tabulate(torch.sin, 0, 1, -1)


# hadamard


@given(
    n=st.integers(0, 20),
    left=st.sampled_from([torch.bool, *NUMBERS]),
    right=st.sampled_from([torch.bool, *NUMBERS]),
    seed=st.integers(0, 1000),
)
def test_the_hadamard_product_is_the_one_that_torch_writes_as_a_star(n, left, right, seed):
    a = made_up(n, seed=seed).abs().to(left)
    b = made_up(n, seed=seed + 1).abs().to(right)
    product = hadamard(a, b)
    assert product.dtype == (a * b).dtype
    assert torch.equal(product, a * b)


@pytest.mark.parametrize(("left", "right"), BAD_SHAPES)
@pytest.mark.parametrize("function", [hadamard, dot, project])
def test_shapes_that_differ_or_have_another_rank_are_refused(function, left, right):
    message = f"a has shape {left}, b {right}: give both the same shape (n,)"
    with pytest.raises(ValueError, match=exactly(message)):
        function(torch.ones(left), torch.ones(right))


def test_the_product_is_on_the_device_of_its_factors():
    a = torch.ones(3, device="meta")  # any device but the default one
    assert hadamard(a, a).device == a.device


# dot


@given(n=st.integers(0, 20), dtype=st.sampled_from(NUMBERS), seed=st.integers(0, 1000))
def test_the_dot_product_is_that_of_torch(n, dtype, seed):
    a = made_up(n, seed=seed).abs().to(dtype)
    b = made_up(n, seed=seed + 1).abs().to(dtype)
    torch.testing.assert_close(dot(a, b), torch.dot(a, b))


def test_a_vector_that_skips_elements_in_memory_is_as_good_as_any():
    a, b = made_up(9)[::2], made_up(5, 2, seed=1)[:, 1]
    assert not a.is_contiguous()
    assert not b.is_contiguous()
    np.testing.assert_allclose(dot(a, b), np.dot(a.numpy(), b.numpy()))
    assert torch.equal(hadamard(a, b), a * b)


@pytest.mark.parametrize(
    ("left", "right"), [(torch.float32, torch.float64), (torch.int64, torch.float32)]
)
def test_types_that_differ_are_refused_as_torch_refuses_them(left, right):
    a, b = torch.ones(3, dtype=left), torch.ones(3, dtype=right)
    with pytest.raises(RuntimeError, match="same dtype"):
        torch.dot(a, b)
    message = (
        f"a holds {left}, b {right}: give both the same type of numbers, "
        "for example a.float() and b.float()"
    )
    with pytest.raises(TypeError, match=exactly(message)):
        dot(a, b)


def test_booleans_are_refused_as_torch_refuses_them():
    yes = torch.tensor([True, True])
    with pytest.raises(NotImplementedError, match="Bool"):
        torch.dot(yes, yes)
    message = (
        "a holds torch.bool, b torch.bool: give both the same type of numbers, "
        "for example a.float() and b.float()"
    )
    with pytest.raises(TypeError, match=exactly(message)):
        dot(yes, yes)


# project


@given(n=st.integers(1, 20), seed=st.integers(0, 1000))
def test_the_projection_is_the_best_multiple(n, seed):
    a, onto = made_up(n, seed=seed), made_up(n, seed=seed + 1)
    multiple, *_ = np.linalg.lstsq(onto.numpy()[:, None], a.numpy(), rcond=None)
    shadow = project(a, onto)
    np.testing.assert_allclose(shadow, multiple * onto.numpy(), rtol=1e-9)
    scale = (a.norm() * onto.norm()).item()
    assert abs(torch.dot(a - shadow, onto).item()) < 1e-12 * scale, "the rest is at a right angle"
    np.testing.assert_allclose(project(shadow, onto), shadow, rtol=1e-9)


@pytest.mark.parametrize("values", [[0.0, 0.0], [], [-0.0, 0.0]])
def test_a_vector_without_a_direction_is_refused(values):
    message = "onto has length 0 and points nowhere: project onto another vector"
    with pytest.raises(ValueError, match=exactly(message)):
        project(torch.ones(len(values)), torch.tensor(values, dtype=torch.float32))


@pytest.mark.parametrize("dtype", [torch.int64, torch.uint8, torch.bool, torch.complex64])
def test_a_projection_is_refused_where_numbers_wrap_round_or_have_no_order(dtype):
    message = f"onto holds {dtype}: give floating-point numbers, as onto.float()"
    with pytest.raises(TypeError, match=exactly(message)):
        project(torch.ones(2, dtype=dtype), torch.ones(2, dtype=dtype))


def test_a_projection_of_another_type_is_refused():
    with pytest.raises(TypeError, match=r"^a holds torch\.int64, b torch\.float32: give both"):
        project(torch.tensor([1, 2]), torch.tensor([1.0, 2.0]))


@pytest.mark.parametrize(
    ("dtype", "scale"),
    [
        (torch.float32, 1e-30),
        (torch.float32, 1e30),
        (torch.float32, 1e-38),
        (torch.float32, 1e38),
        (torch.float64, 1e-300),
        (torch.float64, 1e300),
        (torch.float16, 0.0001),
        (torch.float16, 10000.0),
        (torch.bfloat16, 1e-30),
        (torch.bfloat16, 1e30),
    ],
)
def test_the_length_of_what_is_projected_onto_does_not_matter(dtype, scale):
    a = torch.tensor([3.0, 4.0], dtype=dtype)
    onto = torch.tensor([scale, 0.5 * scale], dtype=dtype)
    tolerance = 8 * torch.finfo(dtype).eps
    expected = project(a.double(), onto.double() / scale).to(dtype)
    torch.testing.assert_close(project(a, onto), expected, rtol=tolerance, atol=0)
    if scale < 1e38:
        far = project(a * scale, torch.tensor([2.0, 1.0], dtype=dtype))
        torch.testing.assert_close(far / scale, expected, rtol=2 * tolerance, atol=0)


# all of them


@pytest.mark.parametrize("swapped", [False, True])
def test_nan_stays_in_its_place_in_a_hadamard_product_and_spreads_from_a_sum(swapped):
    vectors = torch.tensor([1.0, torch.nan, 2.0]), torch.ones(3)
    a, b = vectors[::-1] if swapped else vectors
    assert hadamard(a, b).isnan().tolist() == [False, True, False]
    assert dot(a, b).isnan()
    assert project(a, onto=b).isnan().all()


@pytest.mark.parametrize("function", [hadamard, dot, project])
def test_derivatives_flow_through(function):
    a, b = made_up(4).requires_grad_(), made_up(4, seed=1).requires_grad_()
    assert gradcheck(function, (a, b))
