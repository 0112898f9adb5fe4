import re
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedShuffleSplit, train_test_split

from course.device import available
from course.training.splits import HeldOut, split_rows, split_rows_by_class


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def exactly(message):
    return f"^{re.escape(message)}$"


def lengths(parts):
    return [len(part) for part in parts]


def labels_of(counts):
    """Return so many labels of each class, mixed."""
    labels = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))
    return labels[torch.randperm(len(labels), generator=seeded(9))]


def counts_in(labels, parts):
    """Return how many rows of each class each part has, `(classes, parts)`."""
    classes = labels.unique()
    return torch.stack([(labels[part] == classes[:, None]).sum(1) for part in parts], dim=1)


@st.composite
def some_fractions(draw, min_parts=1, max_parts=5):
    """Draw fractions that sum to 1, each at least about 2 %."""
    weights = draw(st.lists(st.integers(1, 10), min_size=min_parts, max_size=max_parts))
    return tuple(weight / sum(weights) for weight in weights)


# split_rows


@given(n=st.integers(50, 300), fractions=some_fractions(), seed=st.integers(0, 1000))
def test_the_parts_hold_every_row_once_each_its_share_within_a_row(n, fractions, seed):
    parts = split_rows(n, fractions, seeded(seed))
    assert sorted(torch.cat(parts).tolist()) == list(range(n))
    for part, fraction in zip(parts, fractions, strict=True):
        assert abs(len(part) - n * fraction) < 1


@pytest.mark.parametrize(
    ("n", "fractions", "expected"),
    [
        (10, (0.6, 0.2, 0.2), [6, 2, 2]),
        (100, (0.29, 0.71), [29, 71]),  # 0.29 * 100 is 28.999999999999996
        (49, (1 / 49,) * 49, [1] * 49),  # the sum is 0.9999999999999999
        (11, (0.6, 0.2, 0.2), [7, 2, 2]),  # 6.6, 2.2, 2.2
        (14, (0.6, 0.2, 0.2), [8, 3, 3]),  # 8.4, 2.8, 2.8
        (13, (0.2, 0.6, 0.2), [3, 8, 2]),  # 2.6, 7.8, 2.6: the first among equals
        (5, (0.5, 0.5), [3, 2]),
        (50, (0.33, 0.17, 0.5), [17, 8, 25]),  # 16.5, 8.5, 25
        (3, (0.6, 0.2, 0.2), [1, 1, 1]),  # 1.8, 0.6, 0.6: no part is left without a row
        (4, (0.6, 0.2, 0.2), [2, 1, 1]),
        (6, (0.45, 0.45, 0.1), [3, 2, 1]),  # 2.7, 2.7, 0.6
        (3, (0.4, 0.4, 0.2), [1, 1, 1]),  # 1.2, 1.2, 0.6
        (7, (1 / 3, 1 / 3, 1 / 3), [3, 2, 2]),
        (7, [0.5, 0.5], [4, 3]),
        (4, (1,), [4]),
    ],
)
def test_shares_are_rounded_down_and_the_rows_left_over_go_where_most_is_missing(
    n, fractions, expected
):
    assert lengths(split_rows(n, fractions)) == expected


def test_the_same_seed_gives_the_same_split_in_random_order():
    def split(seed):
        return [part.tolist() for part in split_rows(40, (0.5, 0.5), seeded(seed))]

    assert split(0) == split(0)
    assert split(0) != split(1)
    assert split(0) == [part.tolist() for part in torch.randperm(40, generator=seeded(0)).split(20)]


def test_without_a_generator_the_global_one_draws_the_split():
    with torch.random.fork_rng():
        torch.manual_seed(3)
        (rows,) = split_rows(20, (1.0,))
        torch.manual_seed(3)
        assert torch.equal(rows, torch.randperm(20))


splitters = pytest.mark.parametrize(
    "split",
    [split_rows, lambda n, *rest: split_rows_by_class(torch.zeros(n), *rest)],
    ids=["split_rows", "split_rows_by_class"],
)


@splitters
@pytest.mark.parametrize(
    ("fractions", "shown", "total"),
    [
        ((0.6, 0.3), "(0.6, 0.3)", "0.9"),
        ([0.6, 0.6], "(0.6, 0.6)", "1.2"),
        ((0.333, 0.333, 0.333), "(0.333, 0.333, 0.333)", "0.999"),
        ((), "()", "0"),
        ((float("nan"), 0.5), "(nan, 0.5)", "nan"),
    ],
)
def test_fractions_that_do_not_sum_to_one_are_refused(split, fractions, shown, total):
    message = f"fractions {shown} sum to {total}: let them sum to 1"
    with pytest.raises(ValueError, match=exactly(message)):
        split(10, fractions)


@pytest.mark.parametrize(
    ("n", "fractions", "sizes"),
    [
        (2, (0.6, 0.2, 0.2), "1, 1, 0"),
        (5, (0.9, 0.05, 0.05), "4, 1, 0"),
        (10, (1.0, 0.0), "10, 0"),
        (10, (1.5, -0.5), "15, -5"),
        (0, (1.0,), "0"),
    ],
)
def test_a_part_without_a_row_is_refused_before_anything_is_drawn(n, fractions, sizes):
    message = (
        f"fractions {fractions} of the {n} rows of the data give parts of {sizes} rows: "
        "every part needs at least one"
    )
    generator = seeded()
    with pytest.raises(ValueError, match=exactly(message)):
        split_rows(n, fractions, generator)
    assert torch.equal(generator.get_state(), seeded().get_state())


# split_rows_by_class


@given(
    counts=st.lists(st.integers(50, 120), min_size=1, max_size=6),
    fractions=some_fractions(),
    seed=st.integers(0, 1000),
)
@settings(max_examples=40)
def test_each_part_has_its_share_of_each_class_within_a_row(counts, fractions, seed):
    labels = labels_of(counts)
    parts = split_rows_by_class(labels, fractions, seeded(seed))
    assert sorted(torch.cat(parts).tolist()) == list(range(len(labels)))
    shares = torch.tensor(counts)[:, None] * torch.tensor(fractions, dtype=torch.float64)
    assert ((counts_in(labels, parts) - shares).abs() < 1).all()


@given(counts=st.lists(st.integers(50, 120), min_size=1, max_size=12), first=st.floats(0.1, 0.9))
@settings(max_examples=40)
def test_of_two_parts_the_whole_is_within_half_a_row_of_its_share(counts, first):
    parts = split_rows_by_class(labels_of(counts), (first, 1 - first))
    assert abs(len(parts[0]) - sum(counts) * first) <= 0.5001


@given(
    counts=st.lists(st.integers(50, 120), min_size=1, max_size=12),
    fractions=some_fractions(min_parts=3, max_parts=3),
)
@settings(max_examples=40)
def test_of_three_parts_the_whole_is_within_a_row_of_its_share(counts, fractions):
    parts = split_rows_by_class(labels_of(counts), fractions)
    for part, fraction in zip(parts, fractions, strict=True):
        assert abs(len(part) - sum(counts) * fraction) < 1.0001


@pytest.mark.parametrize(
    ("counts", "fractions", "expected"),
    [
        ([10, 20], (0.6, 0.2, 0.2), [[6, 2, 2], [12, 4, 4]]),
        ([5, 5, 5, 5], (0.5, 0.5), [[3, 2], [2, 3], [3, 2], [2, 3]]),
        ([7, 7, 7], (0.6, 0.2, 0.2), [[4, 2, 1], [4, 1, 2], [5, 1, 1]]),
        ([7, 6], (0.5, 0.25, 0.25), [[3, 2, 2], [3, 2, 1]]),  # a share of 3 is 3, owed or not
        ([16, 25], (0.23, 0.49, 0.28), [[4, 8, 4], [6, 12, 7]]),  # 0.28 * 25 > 7 in floats
        ([50, 25], (0.68, 0.18, 0.14), [[34, 9, 7], [17, 5, 3]]),  # 0.14 * 25 > 3.5 in floats
        ([3, 3, 3], (0.6, 0.2, 0.2), [[1, 1, 1]] * 3),  # every part has every class
    ],
)
def test_what_rounding_took_in_one_class_counts_in_the_next(counts, fractions, expected):
    labels = labels_of(counts)
    assert counts_in(labels, split_rows_by_class(labels, fractions)).tolist() == expected


@given(
    counts=st.lists(st.integers(20, 60), min_size=2, max_size=5),
    fraction=st.sampled_from([0.1, 0.2, 0.25, 0.5]),
    seed=st.integers(0, 1000),
)
@settings(max_examples=25)
def test_class_counts_are_those_of_scikit_learn_within_a_row(counts, fraction, seed):
    labels = labels_of(counts)
    parts = split_rows_by_class(labels, (1 - fraction, fraction), seeded(seed))
    ours = counts_in(labels, parts)
    how = {"test_size": fraction, "random_state": seed}
    rows = np.arange(len(labels))
    held = train_test_split(rows, stratify=labels.numpy(), **how)
    (other,) = StratifiedShuffleSplit(n_splits=1, **how).split(rows, labels.numpy())
    for reference in (held, other):
        theirs = counts_in(labels, [torch.from_numpy(part) for part in reference])
        assert ((ours - theirs).abs() <= 1).all()


def test_the_same_seed_gives_the_same_stratified_split():
    def split(seed):
        parts = split_rows_by_class(labels_of([20, 20]), (0.5, 0.5), seeded(seed))
        return [part.tolist() for part in parts]

    assert split(0) == split(0)
    assert split(0) != split(1)
    assert [set(part) for part in split(0)] != [set(part) for part in split(1)]


def test_the_rows_of_a_part_stand_in_random_order():
    """Of 4 rows in 2 classes each half has one of each: all 8 results come, equally often."""
    labels, generator = torch.tensor([0, 0, 1, 1]), seeded()
    splits = 400
    seen = Counter(
        tuple(split_rows_by_class(labels, (0.5, 0.5), generator)[0].tolist()) for _ in range(splits)
    )
    assert len(seen) == 8
    # Six standard deviations of a count with probability 1/8.
    assert all(abs(count - splits / 8) < 6 * (splits * 7 / 64) ** 0.5 for count in seen.values())


@given(counts=st.lists(st.integers(4, 9), min_size=1, max_size=3), seed=st.integers(0, 1000))
@settings(max_examples=40)
def test_one_permutation_says_who_goes_where_and_another_one_in_which_order(counts, seed):
    labels, generator = labels_of(counts).tolist(), seeded(seed)
    parts = split_rows_by_class(torch.tensor(labels), (0.5, 0.5), seeded(seed))
    first = torch.randperm(len(labels), generator=generator).tolist()
    second = torch.randperm(len(labels), generator=generator).tolist()
    sizes = counts_in(torch.tensor(labels), parts)[:, 0].tolist()
    members = [[row for row in first if labels[row] == label] for label in range(len(counts))]
    training = {row for rows, size in zip(members, sizes, strict=True) for row in rows[:size]}
    assert parts[0].tolist() == [row for row in second if row in training]
    assert parts[1].tolist() == [row for row in second if row not in training]


@pytest.mark.parametrize("device", available())
@pytest.mark.parametrize("dtype", [torch.uint8, torch.int64, torch.float32, torch.bool])
def test_labels_can_be_of_any_type_any_numbers_and_on_any_device(device, dtype):
    labels = (labels_of([10, 20]) * 7).to(dtype)
    parts = split_rows_by_class(labels.to(device), (0.5, 0.3, 0.2), seeded())
    assert counts_in(labels, parts).tolist() == [[5, 3, 2], [10, 6, 4]]
    expected = split_rows_by_class(labels, (0.5, 0.3, 0.2), seeded())
    assert all(torch.equal(one, other) for one, other in zip(parts, expected, strict=True))


@pytest.mark.parametrize("shape", [(), (0,), (6, 1)])
def test_labels_of_another_shape_are_refused(shape):
    message = f"labels have shape {shape}: give (n,), n at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        split_rows_by_class(torch.zeros(shape), (0.5, 0.5))


@pytest.mark.parametrize(
    ("counts", "n", "fractions", "sizes"),
    [
        ([9, 2], 2, (0.6, 0.2, 0.2), "1, 1, 0"),
        ([9, 1], 1, (0.5, 0.5), "0, 1"),
        ([40, 5], 5, (0.9, 0.05, 0.05), "4, 1, 0"),
    ],
)
def test_a_class_that_would_be_missing_in_a_part_is_refused(counts, n, fractions, sizes):
    message = (
        f"fractions {fractions} of the {n} rows of class 1 give parts of {sizes} rows: "
        "every part needs at least one"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        split_rows_by_class(labels_of(counts), fractions)


@given(fractions=some_fractions(min_parts=2), data=st.data())
def test_a_class_with_fewer_rows_than_parts_is_refused(fractions, data):
    n = data.draw(st.integers(1, len(fractions) - 1))
    with pytest.raises(ValueError, match=r"of class 0 give parts of .* every part needs at least"):
        split_rows_by_class(torch.zeros(n, dtype=torch.int64), fractions)


# HeldOut


def test_the_test_set_is_handed_out_the_first_time_as_it_is():
    x, y = torch.rand(5, 3), torch.rand(5)
    opened = HeldOut(x, y).open()
    assert opened[0] is x
    assert opened[1] is y
    assert len(opened) == 2


def test_the_second_opening_says_where_the_first_one_was():
    source = "\n\nx, y = held_out.open()\n"
    held_out = HeldOut(torch.zeros(5, 3), torch.zeros(5))
    exec(compile(source, "/home/someone/lessons/judging.py", "exec"), {"held_out": held_out})
    message = (
        "the test set was opened before, in judging.py, line 3: choose on the validation set; "
        "a new judgement needs new data"
    )
    for _ in range(2):
        with pytest.raises(RuntimeError, match=exactly(message)):
            held_out.open()


@pytest.mark.parametrize("name", ["<ipython-input-3-5d1c8b>", "<stdin>", "<string>"])
def test_an_opening_in_a_notebook_or_a_shell_is_named_too(name):
    held_out = HeldOut(torch.zeros(5))
    exec(compile("held_out.open()", name, "exec"), {"held_out": held_out})
    with pytest.raises(RuntimeError, match=re.escape(f"before, in {name}, line 1: ")):
        held_out.open()


def test_the_place_is_that_of_the_caller():
    held_out = HeldOut(torch.zeros(5))
    held_out.open()
    line = test_the_place_is_that_of_the_caller.__code__.co_firstlineno + 2
    assert repr(held_out) == f"HeldOut(n=5, opened in test_splits.py, line {line})"


def test_length_and_repr_do_not_open():
    held_out = HeldOut(torch.zeros(7, 2), torch.zeros(7))
    assert len(held_out) == 7
    assert repr(held_out) == "HeldOut(n=7, sealed)"
    assert len(held_out.open()) == 2
    assert len(held_out) == 7


def test_two_test_sets_are_opened_one_by_one():
    one, other = HeldOut(torch.zeros(5)), HeldOut(torch.ones(5))
    one.open()
    assert other.open()[0].sum() == 5


def test_nothing_public_gives_the_tensors_and_nothing_keeps_them_afterwards():
    held_out = HeldOut(torch.zeros(5, 3))
    assert [name for name in dir(held_out) if not name.startswith("_")] == ["open"]
    with pytest.raises(TypeError, match="not iterable"):
        list(held_out)
    held_out.open()
    assert not any(
        torch.is_tensor(item)
        for value in vars(held_out).values()
        for item in (value if isinstance(value, tuple) else [value])
    )


@pytest.mark.parametrize(
    ("shapes", "shown"),
    [
        ([], "none"),
        ([(3, 2), (4,)], "(3, 2), (4,)"),
        ([(0, 2), (0,)], "(0, 2), (0,)"),
        ([()], "()"),
        ([(3,), ()], "(3,), ()"),
    ],
)
def test_tensors_without_rows_or_of_different_numbers_are_refused(shapes, shown):
    message = f"shapes are {shown}: give tensors (n, ...) of one n, at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        HeldOut(*[torch.zeros(shape) for shape in shapes])
