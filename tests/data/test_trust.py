import hashlib

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.feature_selection import SelectKBest, r_regression

from course.data.trust import audit, correlations, fingerprint, most_correlated, shared_rows


def made_up(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


# fingerprint


def test_a_fingerprint_is_the_sha_256_of_type_shape_and_bytes():
    x = made_up(3, 4)
    content = b"torch.float64 (3, 4) " + x.numpy().tobytes()
    assert fingerprint(x) == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("shape", [(), (0,), (2, 0), (1,), (2, 3, 4)])
@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.int64, torch.bfloat16])
def test_any_shape_and_type_has_a_fingerprint_of_its_own(shape, dtype):
    x = torch.ones(shape).to(dtype)
    assert fingerprint(x) == fingerprint(x.clone())
    assert fingerprint(x) != fingerprint(x.to(torch.float64))
    assert fingerprint(x) != fingerprint(x.unsqueeze(0))
    if x.numel():
        assert fingerprint(x) != fingerprint(torch.zeros_like(x))


def test_neither_memory_layout_nor_gradients_change_a_fingerprint():
    x = made_up(3, 4)
    assert not x.T.is_contiguous()
    assert fingerprint(x.T) == fingerprint(x.T.contiguous())
    assert fingerprint(x.clone().requires_grad_()) == fingerprint(x)


@given(bit=st.integers(0, 8 * 8 * 6 - 1))
def test_every_bit_counts(bit):
    x = made_up(6)
    content = bytearray(x.numpy().tobytes())
    content[bit // 8] ^= 1 << bit % 8
    assert fingerprint(torch.frombuffer(content, dtype=torch.float64)) != fingerprint(x)


# correlations and most_correlated


@given(n=st.integers(2, 30), d=st.integers(1, 6), seed=st.integers(0, 1000))
def test_the_correlations_are_those_of_numpy_and_scikit_learn(n, d, seed):
    x, y = made_up(n, d, seed=seed), made_up(n, seed=seed + 1)
    r = correlations(x, y)
    assert r.shape == (d,)
    expected = [np.corrcoef(column, y)[0, 1] for column in x.T.numpy()]
    np.testing.assert_allclose(r, expected, atol=1e-9)
    np.testing.assert_allclose(r, r_regression(x.numpy(), y.numpy()), atol=1e-9)


def test_far_from_zero_the_correlations_keep_their_digits_and_their_type():
    x, y = made_up(50, 3), made_up(50, seed=1)
    far = 1000 + x.float()
    torch.testing.assert_close(correlations(far, y).double(), correlations(far.double(), y))
    assert correlations(far, y).dtype == torch.float32


def test_labels_may_be_whole_numbers():
    x, y = made_up(20, 3), torch.arange(20) % 2
    torch.testing.assert_close(correlations(x, y), correlations(x, y.double()))


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6 + 0.1])
def test_what_never_changes_has_the_correlation_0(value):
    x, y = made_up(7, 2), made_up(7, seed=1)
    x[:, 1] = value
    r = correlations(x, y)
    assert r[1] == 0
    assert r[0] != 0
    assert torch.equal(correlations(x, torch.full((7,), value)), torch.zeros(2).double())


@given(d=st.integers(1, 12), seed=st.integers(0, 1000), data=st.data())
def test_the_chosen_columns_are_those_that_scikit_learn_chooses(d, seed, data):
    k = data.draw(st.integers(1, d))
    x, y = made_up(15, d, seed=seed), made_up(15, seed=seed + 1)
    chosen = most_correlated(x, y, k)
    selector = SelectKBest(lambda x, y: abs(r_regression(x, y)), k=k).fit(x.numpy(), y.numpy())
    assert sorted(chosen.tolist()) == selector.get_support(indices=True).tolist()
    assert (correlations(x, y).abs()[chosen].diff() <= 0).all(), "the strongest comes first"


@pytest.mark.parametrize("k", [0, -1, 4])
def test_there_must_be_as_many_columns_as_are_asked_for(k, exactly):
    message = f"k is {k}, of 3 columns: give a number from 1 to that"
    with pytest.raises(ValueError, match=exactly(message)):
        most_correlated(made_up(5, 3), made_up(5), k)


@pytest.mark.parametrize("function", [correlations, lambda x, y: most_correlated(x, y, 1)])
class TestRefusals:
    def test_whole_numbers_as_inputs(self, function, exactly):
        message = "x holds torch.int64: give floating-point numbers, as x.float()"
        with pytest.raises(TypeError, match=exactly(message)):
            function(torch.ones(4, 2, dtype=torch.int64), torch.ones(4))

    @pytest.mark.parametrize(
        ("x", "y"),
        [((4,), (4,)), ((4, 2), (3,)), ((4, 2), (4, 1)), ((1, 2), (1,)), ((4, 2, 1), (4,))],
    )
    def test_shapes_that_do_not_fit_or_a_single_row(self, function, x, y, exactly):
        message = f"x has shape {x}, y {y}: give (n, d) and (n,), n at least 2"
        with pytest.raises(ValueError, match=exactly(message)):
            function(torch.ones(x), torch.ones(y))

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    @pytest.mark.parametrize("where", ["x", "y"])
    def test_values_that_are_not_finite(self, function, value, where, exactly):
        tables = {"x": made_up(4, 2), "y": made_up(4)}
        tables[where].view(-1)[-1] = value
        message = "a value is NaN or infinite: fill the gaps, or leave these rows out"
        with pytest.raises(ValueError, match=exactly(message)):
            function(tables["x"], tables["y"])


# shared_rows


@given(
    known=st.lists(st.tuples(*[st.integers(0, 2)] * 2), max_size=8),
    queries=st.lists(st.tuples(*[st.integers(0, 2)] * 2), max_size=8),
    dtype=st.sampled_from([torch.int64, torch.float32, torch.uint8]),
)
def test_shared_rows_are_those_that_python_finds_in_a_set(known, queries, dtype):
    one = torch.tensor(known, dtype=dtype).reshape(-1, 2)
    other = torch.tensor(queries, dtype=dtype).reshape(-1, 2)
    assert shared_rows(one, other).tolist() == [row in set(known) for row in queries]


def test_images_are_compared_as_a_whole():
    images = made_up(3, 1, 2, 2)
    queries = torch.stack([images[2], images[0] + 1, images[0].flip(-1)])
    assert shared_rows(images, queries).tolist() == [True, False, False]


def test_a_row_with_nan_equals_none_not_even_itself():
    x = torch.tensor([[1.0, float("nan")], [1.0, 2.0], [float("nan"), 2.0]])
    assert shared_rows(x, x).tolist() == [False, True, False]


def test_vectors_are_rows_of_one_value():
    assert shared_rows(torch.tensor([1, 2]), torch.tensor([2, 3])).tolist() == [True, False]


def test_rows_of_two_types_are_refused(exactly):
    message = "known holds torch.float64, queries torch.float32: give one type"
    with pytest.raises(TypeError, match=exactly(message)):
        shared_rows(made_up(2, 2), made_up(2, 2).float())


@pytest.mark.parametrize(
    ("known", "queries"),
    [((2, 3), (2, 2)), ((2,), (2, 1)), ((), (2,)), ((2,), ()), ((2, 0), (2, 0))],
)
def test_rows_of_two_shapes_are_refused(known, queries, exactly):
    message = f"known has shape {known}, queries {queries}: give (n, ...) and (m, ...)"
    with pytest.raises(ValueError, match=exactly(message)):
        shared_rows(torch.ones(known), torch.ones(queries))


# audit


def clean(n=40, m=20, classes=False):
    """Return a training and a test table of noise in which nothing is wrong."""
    columns = {"a": made_up(n + m), "b": made_up(n + m, seed=1), "y": made_up(n + m, seed=2)}
    if classes:
        columns["y"] = torch.arange(n + m) % 3
    return {k: v[:n] for k, v in columns.items()}, {k: v[n:] for k, v in columns.items()}


@pytest.mark.parametrize("classes", [False, True])
def test_where_nothing_is_wrong_nothing_is_found(classes):
    training, test = clean(classes=classes)
    assert audit(training, test, target="y") == []


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_gaps_are_found_in_both_tables(value):
    training, test = clean()
    training["a"][[3, 5]] = value
    test["y"][0] = value
    found = [line for line in audit(training, test, "y") if "NaN" in line]
    assert found == [
        "a: NaN or infinite in 2 of 40 training rows",
        "y: NaN or infinite in 1 of 20 test rows",
    ]


def test_a_column_that_is_all_gaps_is_told_once():
    training, test = clean()
    training["a"][:] = float("nan")
    assert audit(training, test, "y") == ["a: NaN or infinite in 40 of 40 training rows"]


def test_a_column_that_never_changes_is_found():
    training, test = clean()
    training["b"][:] = test["b"][:] = 7.5
    assert audit(training, test, "y") == ["b: the same in all training rows"]


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_column_that_is_the_target_in_other_units_is_found(sign):
    training, test = clean()
    for table in (training, test):
        table["b"] = 32 + sign * 1.8 * table["y"]
    assert audit(training, test, "y") == [f"b: gives y away, their correlation is {sign:.3f}"]


def test_a_column_that_follows_the_target_as_closely_as_is_usual_is_not():
    training, test = clean()
    for table in (training, test):
        table["b"] = table["y"] + 0.3 * table["a"]
    assert audit(training, test, "y") == []


def test_two_rows_say_nothing_about_a_correlation_but_three_do():
    for n in (2, 3):
        y = torch.arange(float(n))
        found = audit({"a": y, "y": y}, {"a": torch.tensor([0.5]), "y": torch.tensor([0.5])}, "y")
        assert found == (["a: gives y away, their correlation is 1.000"] if n == 3 else [])


@pytest.mark.parametrize("way", [-1, 1])
def test_test_rows_outside_the_range_are_found_when_they_are_many(way):
    training, test = clean()
    test["a"][:] = 0
    test["a"][:4] = 100.0 * way
    assert audit(training, test, "y") == []
    test["a"][4] = 100.0 * way
    assert audit(training, test, "y") == ["a: 5 of 20 test rows lie outside the training range"]


def test_a_target_outside_the_range_is_found_unless_it_is_a_class():
    training, test = clean()
    test["y"] += 100
    assert audit(training, test, "y") == ["y: 20 of 20 test rows lie outside the training range"]


def test_classes_that_only_test_rows_have_are_found():
    training, test = clean(classes=True)
    test["y"][[0, 1, 2]] = torch.tensor([9, 7, 9])
    assert audit(training, test, "y") == [
        "y: 7 is in the test rows and in no training row",
        "y: 9 is in the test rows and in no training row",
    ]


def test_truth_values_may_be_columns_and_classes():
    training, test = clean()
    for table in (training, test):
        table["b"], table["y"] = table["b"] > 0, table["y"] > 0
    assert audit(training, test, "y") == []
    training["y"][:] = True
    assert audit(training, test, "y") == ["y: False is in the test rows and in no training row"]


def test_rows_that_come_twice_are_found_whatever_their_target():
    training, test = clean()
    for name in ("a", "b"):
        training[name][[10, 11]] = training[name][0].clone()
        test[name][3] = training[name][20]
    assert audit(training, test, "y") == [
        "training rows that repeat an earlier one: 2 of 40",
        "test rows that are training rows too: 1 of 20",
    ]


def test_rows_that_come_twice_are_found_beside_rows_with_nan():
    training, test = clean()
    for name in ("a", "b"):
        training[name][10] = training[name][0]
    training["a"][[5, 6]] = float("nan")
    training["b"][6] = training["b"][5]
    found = audit(training, test, "y")
    assert "training rows that repeat an earlier one: 1 of 40" in found


def test_a_row_repeats_only_if_all_its_inputs_do():
    training, test = clean()
    training["a"][1] = training["a"][0]
    test["b"][0] = training["b"][0]
    assert audit(training, test, "y") == []


def test_the_row_that_iris_has_twice_is_found_across_a_split():
    x, y = load_iris(return_X_y=True)
    columns = {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "d": x[:, 3], "y": y}
    table = {name: torch.tensor(values) for name, values in columns.items()}
    later = torch.arange(150) == 142
    training = {name: values[~later] for name, values in table.items()}
    test = {name: values[later] for name, values in table.items()}
    assert audit(training, test, "y") == ["test rows that are training rows too: 1 of 1"]


def test_the_tables_stay_as_they_are():
    training, test = clean()
    before = [fingerprint(column) for table in (training, test) for column in table.values()]
    audit(training, test, "y")
    after = [fingerprint(column) for table in (training, test) for column in table.values()]
    assert before == after


@pytest.mark.parametrize(
    ("training", "test", "target"),
    [("ay", "by", "y"), ("ay", "aby", "y"), ("ab", "ab", "y"), ("y", "y", "y"), ("", "", "y")],
)
def test_tables_need_the_same_columns_and_a_target(training, test, target, exactly):
    message = (
        f"the columns are {sorted(training)} and {sorted(test)}, the target is 'y': "
        "give both tables the same columns, the target and at least one input"
    )
    tables = [{name: torch.ones(3) for name in names} for names in (training, test)]
    with pytest.raises(ValueError, match=exactly(message)):
        audit(*tables, target)


@pytest.mark.parametrize("kind", ["training", "test"])
@pytest.mark.parametrize(("a", "y"), [((3,), (4,)), ((3, 1), (3, 1)), ((0,), (0,)), ((), ())])
def test_columns_need_one_length(kind, a, y, exactly):
    tables = {"training": {"a": torch.ones(3), "y": torch.ones(3)}}
    tables["test"] = dict(tables["training"])
    tables[kind] = {"a": torch.ones(a), "y": torch.ones(y)}
    message = f"the {kind} columns have shapes {sorted({a, y})}: give (n,), n at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        audit(tables["training"], tables["test"], "y")


@pytest.mark.parametrize("scale", [1e-320, 1e-200, 1e-30, 1e30, 1e200, 1e307])
@pytest.mark.parametrize("of", ["x", "y", "both"])
def test_the_unit_of_the_numbers_does_not_matter(scale, of):
    x, y = (
        torch.tensor([[1.0, 4.0], [2.0, 1.0], [3.0, 5.0], [4.0, 2.0]]).double(),
        torch.arange(4).double(),
    )
    expected = torch.tensor([np.corrcoef(column, y)[0, 1] for column in x.T.numpy()])
    inputs, answers = x * (scale if of != "y" else 1), y * (scale if of != "x" else 1)
    tolerance = 1e-3 if scale == 1e-320 else 1e-12  # there are no more digits below 1e-308
    torch.testing.assert_close(correlations(inputs, answers), expected, rtol=tolerance, atol=0)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_short_numbers_are_correlated_without_overflow(dtype):
    x = torch.tensor([[-300.0], [0.0], [300.0]], dtype=dtype)
    assert correlations(x, torch.tensor([0.0, 1.0, 2.0], dtype=dtype)).tolist() == [1.0]


def test_a_correlation_is_never_beyond_one():
    x = torch.randn(200, 7, 1, generator=torch.Generator().manual_seed(0)).double()
    assert max(correlations(rows, 3 * rows[:, 0]).item() for rows in x) <= 1
