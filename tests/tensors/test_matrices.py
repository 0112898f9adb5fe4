import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import gradcheck

from course.tensors.matrices import contiguous_strides, matmul, may_share_memory, place

NUMBERS = [torch.uint8, torch.int32, torch.int64, torch.float32, torch.float64, torch.complex128]
SHAPES = st.lists(st.integers(0, 4), max_size=4)


def exactly(message):
    return f"^{re.escape(message)}$"


def made_up(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return (10 * torch.randn(*shape, generator=generator, dtype=torch.float64)).to(dtype)


@st.composite
def tensors(draw):
    """Return a tensor of one to four axes: a part of a larger one, its axes in any order."""
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    x = torch.arange(3 + np.prod(sizes))[3:].view(sizes)
    x = x.permute(draw(st.permutations(range(len(sizes)))))
    for axis, size in enumerate(x.shape):
        start = draw(st.integers(0, size - 1))
        x = x[(slice(None),) * axis + (slice(start, None, draw(st.integers(1, 3))),)]
    return x


# contiguous_strides


@given(shape=SHAPES)
def test_the_strides_are_those_of_a_new_tensor(shape):
    strides = contiguous_strides(shape)
    assert strides == torch.empty(shape).stride()
    assert strides == contiguous_strides(torch.Size(shape))


@given(shape=st.lists(st.integers(1, 4), max_size=4))
def test_they_are_numpys_strides_counted_in_elements(shape):
    expected = tuple(stride // 8 for stride in np.zeros(shape).strides)
    assert contiguous_strides(shape) == expected


def test_a_negative_size_is_refused():
    message = "the shape is (2, -1): give sizes of 0 or more"
    with pytest.raises(ValueError, match=exactly(message)):
        contiguous_strides((2, -1))


# place


@given(x=tensors())
def test_every_element_lies_where_the_formula_says(x):
    memory = np.arange(x.untyped_storage().nbytes() // x.element_size())
    for index in np.ndindex(*x.shape):
        assert memory[place(index, x.stride(), x.storage_offset())] == x[index]


def test_without_an_offset_the_first_element_is_in_place_0():
    assert place((0, 0), (4, 1)) == 0
    assert place((), ()) == 0
    assert place((2, 1), (4, 1), offset=3) == 12


@pytest.mark.parametrize(
    ("index", "strides"), [((1,), (4, 1)), ((1, 2, 3), (4, 1)), ((-1, 0), (4, 1)), ((0,), ())]
)
def test_an_index_that_does_not_belong_to_the_strides_is_refused(index, strides):
    message = (
        f"the index is {index}, the strides are {strides}: "
        "give one position for each stride, counted from the front"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        place(index, strides)


# may_share_memory


X = torch.arange(24).view(4, 6)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (X, X, True),
        (X, X.T, True),
        (X, X.view(2, 12), True),
        (X, X[1:, ::2], True),
        (X[:2], X[1:], True),
        (X[::2], X[1::2], True),
        (X[:2], X[2:], False),
        (X[2:], X[:2], False),
        (X, X.clone(), False),
        (X, X[[0, 1]], False),
        (X[3, 5], X, True),
        (X[3, 5], X[:3], False),
        (X[0, 5:], X[1, :1], False),
        (X, X[0:0], False),
        (X[0:0], X, False),
    ],
)
def test_memory_is_shared_as_numpy_says(a, b, expected):
    assert may_share_memory(a, b) is expected
    assert np.may_share_memory(a.numpy(), b.numpy()) == expected


@given(x=tensors(), data=st.data())
def test_a_part_of_a_tensor_is_judged_as_numpy_judges_it(x, data):
    cut = data.draw(st.integers(0, len(x)))
    for a, b in ((x[:cut], x[cut:]), (x[cut:], x), (x, x.contiguous())):
        assert may_share_memory(a, b) == np.may_share_memory(a.numpy(), b.numpy())


def test_another_type_of_the_same_bytes_counts():
    x = torch.zeros(4)
    assert may_share_memory(x[3:], x.view(torch.int8)[15:])
    assert not may_share_memory(x[:3], x.view(torch.int8)[12:])


def test_memory_of_two_devices_is_never_shared():
    assert not may_share_memory(torch.zeros(2), torch.zeros(2, device="meta"))


# matmul


@given(
    n=st.integers(0, 4),
    d=st.integers(0, 4),
    k=st.integers(0, 4),
    dtype=st.sampled_from(NUMBERS),
    seed=st.integers(0, 1000),
)
def test_the_product_is_that_of_torch(n, d, k, dtype, seed):
    a = made_up(n, d, seed=seed).abs().to(dtype)
    b = made_up(d, k, seed=seed + 1).abs().to(dtype)
    product = matmul(a, b)
    torch.testing.assert_close(product, a @ b)
    np.testing.assert_allclose(product, np.einsum("nd,dk->nk", a.numpy(), b.numpy()), rtol=1e-5)


def test_matrices_that_are_not_contiguous_are_as_good_as_any():
    a, b = made_up(4, 3).T, made_up(8, 5, seed=1)[::2]
    assert not a.is_contiguous()
    assert not b.is_contiguous()
    torch.testing.assert_close(matmul(a, b), a @ b)


def test_nan_reaches_its_row_and_no_other():
    a = torch.tensor([[torch.nan, 1.0], [2.0, 3.0]])
    product = matmul(a, torch.eye(2))
    assert product.isnan().tolist() == [[True, True], [False, False]]


@pytest.mark.parametrize(
    ("left", "right"),
    [((2, 3), (2, 3)), ((3,), (3,)), ((2, 3), (3,)), ((2,), (2, 1)), ((1, 2, 3), (3, 2)), ((), ())],
)
def test_shapes_that_do_not_fit_are_refused(left, right):
    message = f"shapes {left} and {right}: give a (n, d) and b (d, k)"
    with pytest.raises(ValueError, match=exactly(message)):
        matmul(torch.ones(left), torch.ones(right))


def test_types_that_differ_are_refused_as_torch_refuses_them():
    a, b = torch.ones(2, 2), torch.ones(2, 2, dtype=torch.float64)
    with pytest.raises(RuntimeError, match="dtype"):
        torch.mm(a, b)
    with pytest.raises(TypeError, match=r"^a holds torch\.float32, b torch\.float64: give both"):
        matmul(a, b)


def test_derivatives_flow_through():
    a, b = made_up(2, 3).requires_grad_(), made_up(3, 2, seed=1).requires_grad_()
    assert gradcheck(matmul, (a, b))
