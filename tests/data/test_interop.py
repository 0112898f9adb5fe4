import re
import runpy
import sys

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as generated

from course.data import interop
from course.data.interop import from_array, from_frame, shares_memory

TYPES = [
    *(np.bool_, np.uint8, np.uint16, np.uint32, np.uint64, np.int8, np.int16, np.int32, np.int64),
    *(np.float16, np.float32, np.float64, np.complex64, np.complex128),
]
SLICES = st.builds(
    slice, st.none() | st.integers(-9, 9), st.none() | st.integers(-9, 9), st.integers(1, 4)
)


def exactly(message):
    return f"^{re.escape(message)}$"


# shares_memory


@given(first=SLICES, second=SLICES)
def test_two_slices_share_memory_when_they_have_a_position_in_common(first, second):
    x, positions = torch.zeros(12), range(12)
    expected = bool(set(positions[first]) & set(positions[second]))
    assert shares_memory(x[first], x[second]) == expected
    assert shares_memory(x[first].numpy(), x[second]) == expected
    assert shares_memory(x[first], x.numpy()[second]) == expected


@given(
    x=generated.arrays(np.float64, generated.array_shapes(min_side=1, max_side=4)),
    ways=st.lists(st.sampled_from(["flip", "transpose", "first", "copy"]), max_size=4),
)
def test_what_shares_memory_changes_when_it_is_written_to(x, ways):
    x[...] = 0
    other = x
    for way in ways:
        other = {
            "flip": lambda a: a[..., ::-1] if a.ndim else a,
            "transpose": lambda a: a.T,
            "first": lambda a: a[:1] if a.ndim else a,
            "copy": lambda a: a.copy(),
        }[way](other)
    shares = shares_memory(x, other)
    other[...] = 1
    assert shares == bool(x.any())


def test_a_tensor_that_needs_a_gradient_shares_with_its_array():
    x = torch.ones(3, requires_grad=True)
    assert shares_memory(x, x.detach().numpy())
    assert not shares_memory(x, x.detach().numpy().copy())


def test_without_elements_there_is_nothing_to_share():
    x = torch.ones(3)
    assert not shares_memory(x, x[:0])


@pytest.mark.parametrize(
    ("x", "kind"), [([1.0], "list"), (pd.Series([1.0]), "Series"), (np.float64(1), "float64")]
)
def test_what_is_neither_tensor_nor_array_is_refused(x, kind):
    message = f"got {kind}: give a tensor or an array, as x.to_numpy()"
    for pair in ((x, torch.ones(1)), (torch.ones(1), x)):
        with pytest.raises(TypeError, match=exactly(message)):
            shares_memory(*pair)


def test_a_tensor_on_another_device_is_refused():
    x = torch.ones(3, device="meta")
    message = "got a tensor on meta: arrays have their memory on the CPU"
    with pytest.raises(ValueError, match=exactly(message)):
        shares_memory(x, x)


def test_a_type_that_numpy_lacks_is_refused():
    x = torch.ones(3, dtype=torch.bfloat16)
    with pytest.raises(TypeError, match="BFloat16"):
        shares_memory(x, x)


# from_array


@pytest.mark.parametrize("dtype", TYPES)
def test_an_array_of_every_type_of_number_that_torch_has_is_shared(dtype):
    array = np.array([[0, 1, 2], [3, 4, 5]]).astype(dtype)
    tensor = from_array(array)
    assert tensor.tolist() == array.tolist()
    assert tensor.numpy().dtype == array.dtype
    assert shares_memory(tensor, array)


@given(
    array=generated.arrays(np.float32, generated.array_shapes(min_dims=0, max_dims=3, min_side=0)),
    data=st.data(),
)
def test_every_view_of_an_array_gives_its_values_and_is_shared_unless_it_runs_backwards(
    array, data
):
    view = array[data.draw(generated.basic_indices(array.shape, allow_ellipsis=False))]
    view = np.asarray(view)
    tensor = from_array(view)
    np.testing.assert_array_equal(tensor.numpy(), view)
    backwards = any(stride < 0 for stride in view.strides)
    assert shares_memory(tensor, view) == (not backwards and view.size > 0)


def test_an_array_that_runs_backwards_is_copied_where_torch_stops():
    array = np.arange(6.0).reshape(2, 3)[:, ::-1]
    with pytest.raises(ValueError, match="negative"):
        torch.from_numpy(array)
    tensor = from_array(array)
    assert tensor.tolist() == array.tolist()
    assert tensor.is_contiguous()


def test_a_locked_array_is_copied_and_stays_as_it_is():
    array = np.array([1.0, 2.0])
    array.flags.writeable = False
    from_array(array)[0] = 99
    assert array.tolist() == [1, 2]


@pytest.mark.parametrize("dtype", [">f4", ">i8", ">c16", "<f4"])
def test_the_byte_order_of_other_machines_becomes_that_of_this_one(dtype):
    array = np.array([1, 258, -3]).astype(dtype)
    tensor = from_array(array)
    assert tensor.tolist() == array.tolist()
    assert tensor.element_size() == array.itemsize
    assert shares_memory(tensor, array) == array.dtype.isnative


def test_numbers_between_others_in_a_record_are_copied():
    records = np.array([(1, 0.5), (2, 1.5)], dtype=[("count", "i1"), ("value", "f4")])
    with pytest.raises(ValueError, match="stride"):
        torch.from_numpy(records["value"])
    assert from_array(records["value"]).tolist() == [0.5, 1.5]


@pytest.mark.parametrize(
    ("array", "dtype"),
    [
        (np.array([1, "a"], dtype=object), "object"),
        (np.array(["a"]), "<U1"),
        (np.array([""], dtype="U0"), "<U1"),
        (np.array(["2020-01-01"], dtype="M8[D]"), "datetime64[D]"),
        (np.ones(2, dtype=np.longdouble), str(np.dtype(np.longdouble))),
        (np.ones(2, dtype=np.clongdouble), str(np.dtype(np.clongdouble))),
    ],
)
def test_what_torch_has_no_type_for_is_refused(array, dtype):
    message = (
        f"the array holds {dtype}, for which torch has no type: "
        "give numbers, as array.astype('float64') if all of it are numbers"
    )
    with pytest.raises(TypeError, match=exactly(message)):
        from_array(array)


@pytest.mark.parametrize("x", [[1.0], torch.ones(2), pd.DataFrame({"a": [1]}), np.float64(1)])
def test_what_is_no_array_is_refused(x):
    message = f"got {type(x).__name__}: give an array, as frame.to_numpy()"
    with pytest.raises(TypeError, match=exactly(message)):
        from_array(x)


# from_frame


@given(
    rows=st.lists(
        st.tuples(st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6), st.booleans()), max_size=8
    ),
    dtype=st.sampled_from([torch.float32, torch.float64]),
)
def test_a_table_of_numbers_is_what_numpy_makes_of_each_column(rows, dtype):
    frame = pd.DataFrame(rows, columns=["count", "measure", "flag"])
    frame = frame.astype({"count": "int64", "measure": "float64", "flag": "bool"})
    tensor = from_frame(frame, dtype)
    assert tensor.dtype == dtype
    assert tensor.shape == frame.shape
    target = str(dtype).removeprefix("torch.")
    for j, name in enumerate(frame):
        np.testing.assert_array_equal(tensor[:, j], frame[name].to_numpy().astype(target))


def test_without_a_dtype_the_result_is_float32_and_nothing_is_shared():
    frame = pd.DataFrame({"a": np.array([1, 2], dtype="float32")})
    tensor = from_frame(frame)
    assert tensor.dtype == torch.float32
    tensor[0] = 99
    assert frame["a"].tolist() == [1, 2]


@pytest.mark.parametrize(
    "column",
    [
        pd.array([3, 1], dtype="Int64"),
        pd.array([3, 1], dtype="Float32"),
        pd.array([True, False], dtype="boolean"),
        pd.Series([3, 1.5], dtype=object),
        pd.Series([np.int8(3), True], dtype=object),
        np.array([3, 1], dtype="uint64"),
        np.array([3, 1], dtype="float16"),
    ],
)
def test_columns_of_all_types_of_numbers_become_numbers(column):
    frame = pd.DataFrame({"a": column})
    assert from_frame(frame).tolist() == [[float(value)] for value in column]


def test_two_columns_of_one_name_are_two_columns():
    frame = pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"])
    assert from_frame(frame).tolist() == [[1, 2], [3, 4]]


def test_a_frame_without_rows_has_its_columns():
    assert from_frame(pd.DataFrame({"a": [], "b": []}, dtype="float64")).shape == (0, 2)


@pytest.mark.parametrize(
    "values", [[1.0, None], [1.0, float("nan")], ["a", None], pd.array([1, None], dtype="Int64")]
)
@pytest.mark.parametrize(
    ("index", "row"), [(["x", "y"], "'y'"), ([7, 8], "8"), ([0.5, 1.5], "1.5")]
)
def test_a_gap_is_refused_with_its_row_and_column(values, index, row):
    frame = pd.DataFrame({"whole": [1, 2], "height": values}, index=index)
    message = (
        f"row {row}, column 'height' is empty: fill it, or leave such rows out with frame.dropna()"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        from_frame(frame)


@pytest.mark.parametrize(
    ("values", "row", "shown"),
    [
        (["Bonn", "Lyon"], 0, "'Bonn'"),
        ([1, "12,5"], 1, "'12,5'"),
        (pd.Categorical(["b", "a"]), 0, "'b'"),
        (pd.to_datetime(["2020-01-01", "2020-01-02"]), 0, "Timestamp('2020-01-01 00:00:00')"),
        ([1, 2 + 1j], 0, "(1+0j)"),
    ],
)
def test_what_is_no_number_is_refused_with_its_row_and_column(values, row, shown):
    message = (
        f"row {row}, column 'city' holds {shown}, which is no number: leave the column out, or "
        "make numbers of it, as pd.to_numeric(column)"
    )
    with pytest.raises(TypeError, match=exactly(message)):
        from_frame(pd.DataFrame({"city": values}))


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1e39, torch.float32),
        (-np.inf, torch.float64),
        (70_000, torch.float16),
        (1e308, torch.bfloat16),
    ],
)
def test_what_is_infinite_or_would_be_is_refused_with_its_row_and_column(value, dtype):
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [0, 1, value]}, index=list("xyz"))
    message = (
        f"row 'z', column 'b' holds {float(value)!r}, which is not finite as {dtype}: "
        "leave it out, or give a dtype with more room"
    )
    frame["b"] = frame["b"].astype("float64")
    with pytest.raises(ValueError, match=exactly(message)):
        from_frame(frame, dtype)
    assert from_frame(frame[:2], dtype).tolist() == [[1, 0], [2, 1]]


def test_a_number_that_is_large_for_one_type_has_room_in_another():
    frame = pd.DataFrame({"a": [1e39, 2**24 + 1]})
    assert from_frame(frame, torch.float64).tolist() == [[1e39], [2**24 + 1]]


@pytest.mark.parametrize("x", [pd.Series([1.0]), np.ones((2, 2)), {"a": [1]}])
def test_what_is_no_frame_is_refused(x):
    message = f"got {type(x).__name__}: give a DataFrame, as column.to_frame()"
    with pytest.raises(TypeError, match=exactly(message)):
        from_frame(x)


@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.complex64])
def test_a_type_without_decimals_is_refused(dtype):
    message = f"dtype is {dtype}: give a floating-point type, such as torch.float32"
    with pytest.raises(TypeError, match=exactly(message)):
        from_frame(pd.DataFrame({"a": [1]}), dtype)


def test_a_frame_without_columns_is_refused():
    with pytest.raises(ValueError, match=exactly("the frame has no columns: give at least one")):
        from_frame(pd.DataFrame(index=[0, 1]))


def test_the_module_is_imported_without_numpy_and_pandas(monkeypatch):
    for name in ("numpy", "pandas"):
        monkeypatch.setitem(sys.modules, name, None)  # an import of it raises
    runpy.run_path(interop.__file__)
