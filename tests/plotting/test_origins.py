import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course.plotting.origins import origins

X = torch.tensor([[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23]])


def exactly(message):
    return f"^{re.escape(message)}$"


@pytest.mark.parametrize(
    ("code", "elements", "shared"),
    [
        ("x", range(12), True),
        ("x[1, 2]", [6], True),
        ("x[-1][0]", [8], True),
        ("x[0:2][1]", [4, 5, 6, 7], True),
        ("x[0:2, 1]", [1, 5], True),
        ("x[1:, ::2]", [4, 6, 8, 10], True),
        ("x[0:0]", [], True),
        ("x.T", [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], True),
        ("x.view(2, 6)", range(12), True),
        ("x.reshape(2, 6)", range(12), True),
        ("x.T.reshape(2, 6)", [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], False),
        ("x.expand(2, 3, 4)", [*range(12), *range(12)], True),
        ("x.contiguous()", range(12), True),
        ("x.clone()", range(12), False),
        ("x.float()", range(12), False),
        ("x[[2, 0]]", [8, 9, 10, 11, 0, 1, 2, 3], False),
        ("x[[2, 0], [1, 1]]", [9, 1], False),
        ("x[x > 20]", [9, 10, 11], False),
        ("x.flip(1)[:, 0]", [3, 7, 11], False),
        ("torch.stack([x[0], x[2]])", [0, 1, 2, 3, 8, 9, 10, 11], False),
        ("torch.cat([x[0], x[0]])", [0, 1, 2, 3, 0, 1, 2, 3], False),
        ("x.max()", [11], False),
    ],
)
def test_what_code_takes_and_whether_it_copies(code, elements, shared):
    found = origins(code, X)
    assert found.elements.flatten().tolist() == list(elements)
    assert found.elements.shape == found.values.shape
    assert torch.equal(found.values, eval(code, {"x": X, "torch": torch}))
    assert found.shared is shared


@given(
    start=st.none() | st.integers(-6, 6),
    stop=st.none() | st.integers(-6, 6),
    step=st.integers(1, 3),
    column=st.integers(-4, 3),
)
def test_a_slice_takes_what_it_takes_from_an_array_of_numpy(start, stop, step, column):
    code = f"x[slice({start}, {stop}, {step}), {column}]"
    numbers = np.arange(12).reshape(3, 4)
    expected = numbers[start:stop:step, column]
    assert origins(code, torch.zeros(3, 4)).elements.tolist() == expected.tolist()


@pytest.mark.parametrize(
    "x",
    [
        torch.tensor([1.5, torch.nan, torch.inf, torch.nan]),
        torch.tensor([True, False, True, False]),
        torch.tensor([1 + 2j, 3j, 0, 1]),
        torch.tensor([7, 7, 7, 7], dtype=torch.uint8),
        torch.tensor([2**62, 2**62 + 1, 0, 1]),
        torch.tensor([1.0, 2.0, 3.0, 4.0]).half(),
        torch.arange(8.0)[::2],
        torch.arange(4.0).requires_grad_(),
    ],
    ids=str,
)
def test_a_tensor_of_any_type_and_layout_will_do(x):
    found = origins("x[[3, 1, 1]]", x)
    assert found.elements.tolist() == [3, 1, 1]
    assert found.values.dtype == x.dtype
    assert origins("x.view(2, 2)" if x.is_contiguous() else "x.view(4, 1)", x).shared


def test_the_code_may_use_another_name():
    assert origins("table[1]", torch.tensor([5, 6]), name="table").elements.item() == 1


@pytest.mark.parametrize(
    "code",
    [
        "x + 1",
        "x * 2",
        "x.sum()",
        "x.float().mean()",
        "torch.zeros(3)",
        "x > 3",
        "x.masked_fill(x > 3, 0)",
        "x.view(torch.int32)",
        "x.argsort()",
        "x[0] * x[1]",
        "-x[:1, :1] + 1",
    ],
)
def test_code_that_computes_is_refused(code):
    x = X + 5
    message = f"{code} computes new values: give code that takes elements of x"
    with pytest.raises(ValueError, match=exactly(message)):
        origins(code, x)


@pytest.mark.parametrize(
    ("code", "kind"), [("x.tolist()", "list"), ("x.shape", "Size"), ("x[0, 0].item()", "int")]
)
def test_code_that_gives_no_tensor_is_refused(code, kind):
    message = f"{code} gives {kind}: give code that gives a tensor"
    with pytest.raises(TypeError, match=exactly(message)):
        origins(code, X)


def test_an_error_of_torch_is_torchs():
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        origins("x.T.view(12)", X)
    with pytest.raises(IndexError, match="out of bounds"):
        origins("x[3]", X)
    with pytest.raises(NameError, match="y"):
        origins("y[3]", X)
