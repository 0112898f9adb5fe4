"""Claims are judged as they should be, and what the search for a counter-example must not hide."""

import itertools
import math
from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course.notes.claims import (
    base_rate,
    counterexample,
    expected_best,
    last_batch,
    outcome,
    updates,
)


def test_a_call_that_returns_is_told_by_its_value_in_one_line():
    assert outcome(torch.tensor, [[1, 2], [3, 4]]) == "tensor([[1, 2], [3, 4]])"
    assert outcome(dict) == "{}"


def test_a_call_that_stops_is_told_by_its_error_in_one_line():
    def stops(*words):
        raise KeyError("\n".join(words))

    assert outcome(stops, "two", "lines") == r"KeyError: 'two\nlines'"
    assert outcome(lambda: torch.zeros(2).shape()) == (
        "TypeError: 'torch.Size' object is not callable"
    )


def test_an_interrupt_is_not_an_outcome():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outcome(interrupted)


@given(st.lists(st.integers(), max_size=20), st.integers())
def test_the_first_case_that_refutes_is_found_and_none_if_there_is_none(values, border):
    expected = next(((value,) for value in values if value >= border), None)
    assert counterexample(lambda value: value < border, ((value,) for value in values)) == expected


def test_cases_are_drawn_until_one_refutes():
    cases = ((number,) for number in itertools.count())
    assert counterexample(lambda number: number < 3, cases) == (3,)
    assert next(cases) == (4,)


def test_all_parts_of_a_case_are_arguments():
    assert counterexample(lambda a, b, c: a + b == c, [(1, 2, 3), (1, 1, 1)]) == (1, 1, 1)


def test_a_tensor_with_one_truth_value_counts_as_it():
    assert counterexample(lambda x: x > 0, [(torch.tensor(1),), (torch.tensor([-1]),)]) == (
        torch.tensor([-1]),
    )


def test_an_error_of_the_claim_is_not_taken_for_an_answer():
    with pytest.raises(ZeroDivisionError):
        counterexample(lambda a: 1 / a > 0, [(0,)])


@pytest.mark.parametrize(
    ("claim", "case", "message"),
    [
        (lambda x: x > 0, [1], "a case is a list: give tuples of arguments, such as (x,)"),
        (lambda x: x > 0, (torch.ones(3),), "the claim returns a tensor of shape (3,): return one"),
        (lambda x: x > 0, (torch.ones(0),), "the claim returns a tensor of shape (0,): return one"),
        (lambda x: None, (1,), "the claim returns None: return True or False; a function without"),
        (lambda x: x, (torch.tensor(1.0),), "the claim returns 1.0: return True or False"),
    ],
)
def test_what_is_no_case_and_no_answer_is_an_error_that_says_so(claim, case, message):
    with pytest.raises(TypeError) as caught:
        counterexample(claim, [case])
    assert str(caught.value).startswith(message)


@given(st.integers(1, 200), st.integers(1, 60))
def test_the_last_batch_is_that_of_split(n, batch_size):
    assert last_batch(n, batch_size) == len(torch.zeros(n).split(batch_size)[-1])


@pytest.mark.parametrize(("n", "batch_size"), [(0, 4), (4, 0), (-1, 4)])
def test_no_rows_and_empty_batches_are_errors(n, batch_size):
    message = f"n is {n} and batch_size {batch_size}: give at least 1 of each"
    with pytest.raises(ValueError, match=message):
        last_batch(n, batch_size)


@given(st.integers(1, 200), st.integers(1, 60), st.integers(0, 5))
def test_an_epoch_has_an_update_for_each_batch(n, batch_size, epochs):
    assert updates(n, batch_size, epochs) == epochs * len(torch.zeros(n).split(batch_size))


@pytest.mark.parametrize(("n", "batch_size", "epochs"), [(0, 4, 1), (4, 0, 1), (4, 4, -1)])
def test_updates_without_rows_with_empty_batches_or_before_the_first_epoch_are_errors(
    n, batch_size, epochs
):
    message = f"n is {n}, batch_size {batch_size}, epochs {epochs}: give at least 1, 1 and 0"
    with pytest.raises(ValueError, match=message):
        updates(n, batch_size, epochs)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=30))
def test_the_base_rate_is_the_share_of_the_most_frequent_label(drawn):
    expected = max(drawn.count(label) for label in drawn) / len(drawn)
    assert base_rate(torch.tensor(drawn)) == expected
    assert base_rate(torch.tensor(drawn) > 0) >= 0.5


@pytest.mark.parametrize("shape", [(0,), (), (4, 1)])
def test_no_labels_and_labels_of_another_shape_are_errors(shape):
    with pytest.raises(ValueError, match=r"^labels have shape .*: give \(n,\), n at least 1$"):
        base_rate(torch.zeros(shape, dtype=torch.int64))


@pytest.mark.parametrize("dtype", [torch.float32, torch.complex64])
def test_labels_that_are_no_whole_numbers_are_errors(dtype):
    message = f"labels are {dtype}: give whole numbers, for example with .long()"
    with pytest.raises(TypeError, match=message):
        base_rate(torch.ones(3, dtype=dtype))


@given(st.integers(1, 5), st.integers(1, 8), st.sampled_from([0.25, 0.5, 0.875]))
def test_the_best_of_guessing_models_is_that_of_all_outcomes_weighed(models, rows, chance):
    p = Fraction(chance)
    weights = [math.comb(rows, k) * p**k * (1 - p) ** (rows - k) for k in range(rows + 1)]
    below = [sum(weights[: k + 1]) ** models for k in range(-1, rows + 1)]
    mean = sum(k * (below[k + 1] - below[k]) for k in range(rows + 1)) / rows
    assert expected_best(models, rows, chance) == pytest.approx(float(mean))


@pytest.mark.parametrize("chance", [0.1, 0.5, 0.9])
def test_of_one_model_the_best_is_right_as_often_as_by_chance_on_any_number_of_rows(chance):
    for rows in (1, 37, 5000):
        assert expected_best(1, rows, chance) == pytest.approx(chance, rel=1e-9)


def test_drawn_guesses_give_the_same_best():
    generator = torch.Generator().manual_seed(0)
    right = torch.rand(2000, 20, 50, generator=generator) < 0.3
    best = right.double().mean(dim=2).amax(dim=1)
    expected = expected_best(20, 50, chance=0.3)
    assert abs(best.mean() - expected) < 4 * best.std() / math.sqrt(len(best))
    assert isinstance(expected, float)


@pytest.mark.parametrize(
    ("models", "rows", "chance"), [(0, 5, 0.5), (5, 0, 0.5), (5, 5, 0.0), (5, 5, 1.0)]
)
def test_no_models_no_rows_and_certain_answers_are_errors(models, rows, chance):
    message = f"models is {models}, rows {rows}, chance {chance}: give at least 1 of the first two"
    with pytest.raises(ValueError, match=message):
        expected_best(models, rows, chance)
