import math
import sys
import warnings

import pytest
import torch
from torch import nn

from course.practice.comparison import difference
from course.practice.outcome import Outcome, mistaken_alike, outcome_of, same, settled


def call(function, *arguments):
    return function(*arguments)


def led_to(function, *arguments):
    return outcome_of(function, arguments, call)


# outcome_of


def test_a_call_leads_to_what_the_function_returns():
    assert led_to(max, 2, 3) == Outcome(3, None, (2, 3))


def test_a_function_is_called_the_way_it_is_used():
    outcome = outcome_of(nn.Linear, (3,), lambda kind, n: tuple(kind(n, 2).weight.shape))
    assert outcome.value == (2, 3)


@pytest.mark.parametrize("error", [ValueError, SystemExit, RecursionError, StopIteration])
def test_what_a_function_raises_is_its_outcome(error):
    def function():
        raise error("no")

    assert type(led_to(function).error) is error


def test_an_interrupt_of_the_reader_is_not_held_back():
    def function():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        led_to(function)


def test_a_recursion_without_end_has_an_outcome():
    def function(n):
        return function(n + 1)

    depth = sys.getrecursionlimit()
    assert isinstance(led_to(function, 0).error, RecursionError)
    assert sys.getrecursionlimit() == depth


def test_the_arguments_stay_as_they_are_and_the_outcome_holds_what_became_of_them():
    def spoil(x, rows, named):
        x.zero_()
        rows.append(4)
        named["a"] = 2

    arguments = (torch.ones(2), [3], {"a": 1})
    outcome = led_to(spoil, *arguments)
    assert not difference(arguments, (torch.ones(2), [3], {"a": 1}))
    assert not difference(outcome.arguments, (torch.zeros(2), [3, 4], {"a": 2}))


# settled


def test_every_call_starts_from_the_same_seed_and_leaves_the_readers_generator_alone():
    torch.manual_seed(7)
    expected = torch.rand(2)
    torch.manual_seed(7)
    first = led_to(torch.rand, 1)
    assert torch.equal(torch.rand(1), expected[:1])
    second = led_to(torch.rand, 1)
    assert torch.equal(first.value, second.value)
    assert torch.equal(torch.rand(1), expected[1:])


def test_what_a_function_sets_for_all_of_torch_is_set_back():
    def meddle():
        torch.manual_seed(3)
        torch.set_default_dtype(torch.float64)
        torch.set_default_device("meta")
        torch.set_grad_enabled(False)
        warnings.simplefilter("error")
        raise ValueError

    state, filters = torch.get_rng_state(), list(warnings.filters)
    led_to(meddle)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_default_dtype() == torch.float32
    assert torch.zeros(1).device == torch.device("cpu")
    assert torch.is_grad_enabled()
    assert warnings.filters == filters


def test_what_the_reader_has_set_does_not_matter_inside_and_stays_outside():
    def function():
        x = torch.zeros(2, requires_grad=True)
        return (x.sum() * 2).requires_grad, x

    torch.set_default_dtype(torch.float64)
    torch.set_default_device("meta")
    torch.set_grad_enabled(False)
    try:
        outcome = led_to(function)
        assert torch.get_default_dtype() == torch.float64
        assert torch.zeros(1).device == torch.device("meta")
        assert not torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(True)
        torch.set_default_device(None)
        torch.set_default_dtype(torch.float32)
    assert difference(outcome.value, (True, torch.zeros(2))) == ""


def test_inside_warnings_are_silent():
    with settled():
        warnings.warn("would be an error in these tests", stacklevel=1)


# same


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        (Outcome(1), Outcome(1.0), True),
        (Outcome(1), Outcome(2), False),
        (Outcome(error=ValueError("a")), Outcome(error=ValueError("b")), True),
        (Outcome(error=ValueError()), Outcome(error=TypeError()), False),
        (Outcome(error=ValueError()), Outcome(None), False),
        (Outcome(None), Outcome(error=ValueError()), False),
        (Outcome(1, arguments=([1],)), Outcome(1, arguments=([1],)), True),
        (Outcome(1, arguments=([1],)), Outcome(1, arguments=([2],)), False),
    ],
)
def test_outcomes_are_the_same_in_value_kind_of_error_and_effect(one, other, are):
    assert same(one, other) is are


def test_two_numbers_that_are_infinite_but_for_rounding_are_the_same_mistake():
    right = Outcome(torch.tensor(2.6))
    huge, other = Outcome(torch.tensor(2.7e31)), Outcome(torch.tensor(4.1e30))
    assert mistaken_alike(huge, huge, right)
    assert mistaken_alike(huge, other, right)
    assert mistaken_alike(huge, Outcome(torch.tensor(math.inf)), right)
    assert not mistaken_alike(huge, Outcome(torch.tensor(2.7e11)), right)
    assert not mistaken_alike(Outcome(torch.tensor(2.7)), huge, right)
    assert not mistaken_alike(huge, other, Outcome(torch.tensor(0.0)))
    assert not mistaken_alike(Outcome(torch.tensor(math.nan)), huge, right)


@pytest.mark.parametrize("value", [None, "2e31", torch.tensor([1e31, 1e31]), [1e31], 10**31])
def test_what_is_no_number_is_never_infinite_but_for_rounding(value):
    huge = Outcome(torch.tensor(2.7e31))
    assert not mistaken_alike(Outcome(value), huge, Outcome(torch.tensor(2.6)))
