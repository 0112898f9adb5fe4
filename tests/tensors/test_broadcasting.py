import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as generated
from torch.autograd import gradcheck

from course.tensors.broadcasting import broadcast_shape, explain_broadcast, residuals, stretch

SHAPES = st.lists(st.integers(0, 4), max_size=5).map(tuple)
PAIRS_THAT_FIT = generated.mutually_broadcastable_shapes(
    num_shapes=2, min_dims=0, max_dims=5, min_side=0, max_side=6
)
BOTH = pytest.mark.parametrize("function", [broadcast_shape, explain_broadcast])


def exactly(message):
    return f"^{re.escape(message)}$"


def by_torch(a, b):
    try:
        return tuple(torch.broadcast_shapes(a, b))
    except RuntimeError:
        return None


# broadcast_shape


@given(a=SHAPES, b=SHAPES)
def test_two_shapes_fit_when_they_do_for_torch_and_give_the_same(a, b):
    expected = by_torch(a, b)
    if expected is None:
        with pytest.raises(ValueError, match="do not broadcast"):
            broadcast_shape(a, b)
    else:
        assert broadcast_shape(a, b) == expected


@given(pair=PAIRS_THAT_FIT)
def test_shapes_that_are_made_to_fit_give_what_numpy_and_torch_give(pair):
    a, b = pair.input_shapes
    assert broadcast_shape(a, b) == pair.result_shape == by_torch(a, b)
    assert broadcast_shape(b, a) == pair.result_shape


def test_the_shape_of_a_tensor_and_a_list_are_shapes():
    x = torch.zeros(2, 1)
    assert broadcast_shape(x.shape, [3]) == tuple((x + torch.zeros(3)).shape)


@pytest.mark.parametrize(
    ("a", "b", "axis", "sizes"),
    [
        ((3, 4), (3,), -1, "4 and 3"),
        ((5, 2, 1), (1, 3, 7), -2, "2 and 3"),
        ((0,), (2,), -1, "0 and 2"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_with_the_first_axis_from_the_right(a, b, axis, sizes):
    message = (
        f"shapes {a} and {b} do not broadcast: at axis {axis}, {sizes} differ, and neither is 1"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        broadcast_shape(a, b)


@BOTH
@pytest.mark.parametrize(
    ("shape", "got"),
    [(torch.zeros(3, 1), "Tensor"), (3, "int"), ((3.0, 1), "(3.0, 1)"), ("31", "'31'")],
)
def test_what_is_no_shape_is_refused(function, shape, got):
    message = f"got {got}: give a shape, such as (3, 1) or x.shape"
    for pair in ((shape, (3,)), ((3,), shape)):
        with pytest.raises(TypeError, match=exactly(message)):
            function(*pair)


@BOTH
def test_a_negative_size_is_refused(function):
    message = "got (3, -1): give a shape without a negative size"
    with pytest.raises(ValueError, match=exactly(message)):
        function([3, -1], (3, 1))


# explain_broadcast


@given(a=SHAPES, b=SHAPES)
def test_the_last_line_has_the_shape_that_torch_gives_or_says_that_there_is_none(a, b):
    *_, last = explain_broadcast(a, b).splitlines()
    expected = by_torch(a, b)
    if expected is None:
        assert last == "no result: a and b do not broadcast"
    else:
        assert last == f"result: {expected}"


@given(pair=PAIRS_THAT_FIT)
def test_what_is_repeated_has_as_many_elements_as_the_result(pair):
    text = explain_broadcast(*pair.input_shapes)
    for name, shape in zip("ab", pair.input_shapes, strict=True):
        repeats = re.findall(rf": {name} (?:gets the axis and )?is repeated (\d+) times", text)
        assert math.prod(shape) * math.prod(map(int, repeats)) == math.prod(pair.result_shape)
        assert text.count(f": {name} gets the axis") == len(pair.result_shape) - len(shape)


@given(a=SHAPES, b=SHAPES)
def test_the_axes_come_from_the_right_and_end_where_the_shapes_fail(a, b):
    axes = [int(axis) for axis in re.findall(r"^axis (-\d+): ", explain_broadcast(a, b), re.M)]
    last = max(len(a), len(b))
    while by_torch(a[-last:] if last else (), b[-last:] if last else ()) is None:
        last -= 1  # the longest part at the right that fits
    failed = by_torch(a, b) is None
    assert axes == list(range(-1, -last - 1 - failed, -1))


@pytest.mark.parametrize(
    ("a", "b", "lines"),
    [
        (
            (2, 3),
            (2, 3),
            [
                "a: 2  3",
                "b: 2  3",
                "axis -1: 3 and 3, so 3",
                "axis -2: 2 and 2, so 2",
                "result: (2, 3)",
            ],
        ),
        (
            (5,),
            (5, 1),
            [
                "a:    5",
                "b: 5  1",
                "axis -1: 5 and 1, so 5: b is repeated 5 times",
                "axis -2: no axis and 5, so 5: a gets the axis and is repeated 5 times",
                "result: (5, 5)",
            ],
        ),
        (
            (1, 12),
            (),
            [
                "a: 1  12",
                "b: (no axis)",
                "axis -1: 12 and no axis, so 12: b gets the axis and is repeated 12 times",
                "axis -2: 1 and no axis, so 1: b gets the axis",
                "result: (1, 12)",
            ],
        ),
        (
            (10, 1, 3),
            (2, 100, 3),
            [
                "a: 10    1  3",
                "b:  2  100  3",
                "axis -1: 3 and 3, so 3",
                "axis -2: 1 and 100, so 100: a is repeated 100 times",
                "axis -3: 10 and 2 differ, and neither is 1",
                "no result: a and b do not broadcast",
            ],
        ),
        ((), (), ["a: (no axis)", "b: (no axis)", "result: ()"]),
        (
            (1,),
            (0,),
            ["a: 1", "b: 0", "axis -1: 1 and 0, so 0: a is repeated 0 times", "result: (0,)"],
        ),
        (
            (7, 2, 5),
            (3, 1),
            [
                "a: 7  2  5",
                "b:    3  1",
                "axis -1: 5 and 1, so 5: b is repeated 5 times",
                "axis -2: 2 and 3 differ, and neither is 1",
                "no result: a and b do not broadcast",
            ],
        ),
    ],
)
def test_each_step_says_what_happens(a, b, lines):
    assert explain_broadcast(a, b).splitlines() == lines


# stretch


@given(pair=PAIRS_THAT_FIT)
def test_stretching_both_and_then_adding_is_what_broadcasting_gives(pair):
    a, b = (torch.from_numpy(np.random.default_rng(0).random(s)) for s in pair.input_shapes)
    both = stretch(a, pair.result_shape) + stretch(b, pair.result_shape)
    assert torch.equal(both, a + b)
    assert torch.equal(stretch(a, pair.result_shape), a.expand(pair.result_shape))


@pytest.mark.parametrize("dtype", [torch.bool, torch.int32, torch.float16, torch.complex64])
def test_a_stretched_tensor_has_the_type_of_what_was_stretched(dtype):
    x = torch.tensor([[1], [0]]).to(dtype)
    assert torch.equal(stretch(x, (2, 3)), x.expand(2, 3))


def test_a_stretched_tensor_shares_no_memory_even_if_nothing_is_repeated():
    x = torch.zeros(2, 3).T
    copy = stretch(x, (3, 2))
    copy[0, 0] = 1
    assert not x.any()
    several = stretch(x[:, :1], (3, 4))
    several[0, 0] = 1
    assert several.count_nonzero() == 1


def test_a_tensor_is_stretched_on_its_device():
    x = torch.ones(3, 1, device="meta")  # any device but the default one
    assert stretch(x, (2, 3, 4)).device == x.device


def test_derivatives_flow_through_a_stretched_tensor():
    x = torch.randn(2, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert gradcheck(lambda x: stretch(x, (3, 2, 2)), (x.requires_grad_(),))


@pytest.mark.parametrize(
    ("own", "wanted"),
    [((3,), (1,)), ((3, 1), (3,)), ((1, 3), (3,)), ((2, 3), (1, 3)), ((0,), (1,))],
)
def test_a_tensor_that_would_have_to_shrink_is_refused(own, wanted):
    message = f"x has shape {own}, which does not stretch to {wanted}"
    with pytest.raises(ValueError, match=exactly(message)):
        stretch(torch.zeros(own), wanted)
    with pytest.raises(RuntimeError):
        torch.zeros(own).expand(wanted)


def test_a_tensor_that_does_not_fit_at_all_is_refused_with_the_axis():
    message = "shapes (2,) and (3,) do not broadcast: at axis -1, 2 and 3 differ, and neither is 1"
    with pytest.raises(ValueError, match=exactly(message)):
        stretch(torch.zeros(2), (3,))


@pytest.mark.parametrize("shape", [4, (-1, 3)])
def test_a_shape_to_stretch_to_that_is_none_is_refused(shape):
    with pytest.raises((TypeError, ValueError), match=r"^got .*: give a shape"):
        stretch(torch.zeros(3), shape)


# residuals


@given(shape=SHAPES, seed=st.integers(0, 1000))
def test_residuals_are_predictions_minus_targets(shape, seed):
    both = np.random.default_rng(seed).normal(size=(2, *shape))
    missed = residuals(*torch.from_numpy(both))
    np.testing.assert_array_equal(missed, both[0] - both[1])


def test_class_numbers_beside_floating_point_predictions_are_targets_too():
    missed = residuals(torch.tensor([0.25, 0.5]), torch.tensor([0, 1]))
    assert torch.equal(missed, torch.tensor([0.25, -0.5]))


@pytest.mark.parametrize(
    ("left", "right"), [((3, 1), (3,)), ((3,), (3, 1)), ((), (1,)), ((2, 3), (3,)), ((2,), (3,))]
)
def test_shapes_that_differ_are_refused_whether_they_broadcast_or_not(left, right):
    message = (
        f"predictions have shape {left}, targets {right}: give both the same shape, for example "
        "with squeeze(-1), or they may broadcast"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        residuals(torch.ones(left), torch.ones(right))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int64, torch.bool, torch.complex64])
def test_differences_that_can_wrap_round_or_have_no_order_are_refused(dtype):
    message = (
        f"predictions hold {dtype}, targets {dtype}: "
        "give floating-point numbers, as predictions.float()"
    )
    with pytest.raises(TypeError, match=exactly(message)):
        residuals(torch.ones(2, dtype=dtype), torch.ones(2, dtype=dtype))
