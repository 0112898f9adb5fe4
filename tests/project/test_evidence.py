import math
import re
from itertools import permutations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from course.project.evidence import (
    learning_curve,
    p_value,
    permutation_importance,
    shuffled_scores,
)
from course.project.matches import made_up_matches
from course.project.pipeline import develop, judge
from course.project.table import read_table


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def exactly(message):
    return f"^{re.escape(message)}$"


# shuffled_scores


def test_each_score_is_of_the_same_answers_in_another_order():
    y, seen = torch.arange(8.0), []

    def score(answers):
        seen.append(answers.tolist())
        return float(answers[0])

    scores = shuffled_scores(score, y, 50, seeded())
    assert scores.tolist() == [answers[0] for answers in seen]
    assert all(sorted(answers) == y.tolist() for answers in seen)
    assert len({tuple(answers) for answers in seen}) == 50
    assert y.tolist() == list(range(8))
    assert scores.dtype == torch.float64


def test_every_order_is_equally_likely():
    def order(answers):
        return float(answers @ torch.tensor([100.0, 10.0, 1.0]))

    counts = shuffled_scores(order, torch.tensor([1.0, 2.0, 3.0]), 6000, seeded()).unique(
        return_counts=True
    )[1]
    assert len(counts) == math.factorial(3)
    assert stats.chisquare(counts.numpy()).pvalue > 0.001


def test_the_same_seed_gives_the_same_scores():
    y = torch.randn(20, generator=seeded())
    first = shuffled_scores(lambda answers: float(answers[0]), y, 5, seeded(1))
    assert torch.equal(first, shuffled_scores(lambda answers: float(answers[0]), y, 5, seeded(1)))
    assert not torch.equal(
        first, shuffled_scores(lambda answers: float(answers[0]), y, 5, seeded(2))
    )


def test_two_rows_and_one_repeat_are_enough():
    pair = torch.tensor([0.0, 1.0])
    assert shuffled_scores(lambda answers: float(answers.sum()), pair, 1).tolist() == [1]
    x = pair.unsqueeze(1)
    assert permutation_importance(lambda x: float(x.sum()), x, 1).tolist() == [[0]]
    assert learning_curve(lambda training, rest: len(rest), 2, [1], 1).tolist() == [[1]]


@pytest.mark.parametrize(
    ("y", "repeats", "says"),
    [
        (torch.zeros(3, 1), 5, "y has shape (3, 1), repeats is 5"),
        (torch.zeros(1), 5, "y has shape (1,), repeats is 5"),
        (torch.zeros(4), 0, "y has shape (4,), repeats is 0"),
    ],
)
def test_answers_that_cannot_be_shuffled_are_refused(y, repeats, says):
    message = f"{says}: give (n,), n at least 2, and at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        shuffled_scores(lambda answers: 0.0, y, repeats)


# p_value


def test_the_observed_score_counts_among_them():
    shuffled = torch.tensor([1.0, 2.0, 3.0, 4.0])
    assert p_value(5.0, shuffled) == 1 / 5
    assert p_value(4.0, shuffled) == 2 / 5, "an equal score is as high"
    assert p_value(0.0, shuffled) == 1


def test_equal_scores_that_differ_by_rounding_are_equal():
    assert p_value(0.1 + 0.2, torch.tensor([0.3], dtype=torch.float64)) == 1
    assert p_value(-0.3, torch.tensor([-0.1 - 0.2], dtype=torch.float64)) == 1
    assert p_value(0.3001, torch.tensor([0.3], dtype=torch.float64)) == 0.5


def test_it_is_near_that_of_all_orders():
    x = torch.tensor([0.3, 1.4, 0.8, 2.9, 1.1, 3.2], dtype=torch.float64)
    y = torch.tensor([0.0, 0.0, 1.0, 1.0, 0.0, 1.0], dtype=torch.float64)
    observed = float(x @ y)
    every = [float(x @ y[list(order)]) for order in permutations(range(6))]
    exact = sum(value >= observed - 1e-12 for value in every) / len(every)
    drawn = p_value(observed, shuffled_scores(lambda a: float(x @ a), y, 4000, seeded()))
    assert drawn == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 4000))


@pytest.mark.parametrize("level", [0.05, 0.2, 0.5])
def test_without_signal_it_is_below_a_level_no_more_often_than_that(level):
    generator, n = seeded(), 400
    p = []
    for _ in range(n):
        x, y = torch.randn(2, 12, generator=generator, dtype=torch.float64)
        shuffled = shuffled_scores(lambda a, x=x: float(x @ a), y, 19, generator)
        p.append(p_value(float(x @ y), shuffled))
    below = sum(value <= level + 1e-9 for value in p) / n
    assert below == pytest.approx(level, abs=4 * math.sqrt(level * (1 - level) / n))


@given(shuffled=st.lists(st.integers(-5, 5), min_size=1, max_size=30), observed=st.integers(-5, 5))
def test_it_is_that_of_scipy_with_the_observed_order_added(shuffled, observed):
    p = p_value(observed, torch.tensor(shuffled, dtype=torch.float64))
    among = [observed, *shuffled]
    assert p == pytest.approx(sum(value >= observed for value in among) / len(among))


def test_scores_that_are_no_numbers_are_refused():
    message = "a score is NaN: let it be a number whatever the answers"
    for observed, shuffled in ((math.nan, [1.0]), (1.0, [2.0, math.nan])):
        with pytest.raises(ValueError, match=exactly(message)):
            p_value(observed, torch.tensor(shuffled))


@pytest.mark.parametrize("shape", [(0,), (2, 2), ()])
def test_there_has_to_be_something_to_compare_with(shape):
    message = f"shuffled has shape {shape}: give (repeats,), at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        p_value(1.0, torch.zeros(shape))


# permutation_importance


def test_a_column_that_is_not_used_has_exactly_none():
    x = torch.randn(30, 3, generator=seeded())
    falls = permutation_importance(lambda x: float(x[:, 1] @ x[:, 1].sort().values), x, 4, seeded())
    assert (falls[:, [0, 2]] == 0).all()
    assert (falls[:, 1] != 0).any()
    assert falls.shape == (4, 3)
    assert falls.dtype == torch.float64


def test_only_one_column_is_shuffled_at_a_time_and_its_values_stay():
    x, seen = torch.arange(12.0).view(6, 2), []
    permutation_importance(lambda given: seen.append(given.clone()) or 0.0, x, 3, seeded())
    assert torch.equal(seen[0], x)
    assert len(seen) == 1 + 3 * 2
    for number, given_x in enumerate(seen[1:]):
        j = number % 2
        assert torch.equal(given_x[:, 1 - j], x[:, 1 - j])
        assert given_x[:, j].sort().values.tolist() == x[:, j].tolist()
        assert not torch.equal(given_x[:, j], x[:, j])
    assert torch.equal(x, torch.arange(12.0).view(6, 2))


def test_for_a_linear_model_and_the_squared_error_it_is_twice_what_a_column_contributes():
    x = torch.randn(4000, 2, generator=seeded(), dtype=torch.float64)
    weight = torch.tensor([2.0, 0.5], dtype=torch.float64)
    y = x @ weight
    falls = permutation_importance(
        lambda x: -float((x @ weight - y).square().mean()), x, 5, seeded()
    )
    expected = 2 * weight**2 * x.var(dim=0, correction=0)
    assert falls.mean(dim=0).tolist() == pytest.approx(expected.tolist(), rel=0.05)


@pytest.mark.parametrize(
    ("shape", "repeats"), [((5,), 3), ((1, 4), 3), ((5, 4), 0)], ids=["vector", "one row", "never"]
)
def test_inputs_that_cannot_be_shuffled_are_refused(shape, repeats):
    message = (
        f"x has shape {shape}, repeats is {repeats}: give (n, d), n at least 2, and at least 1"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        permutation_importance(lambda x: 0.0, torch.zeros(shape), repeats)


# learning_curve


def test_larger_training_sets_hold_the_smaller_ones_and_repeats_differ():
    seen = []

    def score(training, rest):
        seen.append((training.tolist(), rest.tolist()))
        return float(len(training))

    scores = learning_curve(score, 12, [3, 5, 9], 4, seeded())
    assert scores.tolist() == [[3, 5, 9]] * 4
    assert scores.dtype == torch.float64
    for k in range(0, 12, 3):
        (small, rest), (middle, same), (large, again) = seen[k : k + 3]
        assert small == middle[:3]
        assert middle == large[:5]
        assert rest == same == again
        assert sorted([*large, *rest]) == list(range(12))
    assert len({tuple(rest) for _, rest in seen}) == 4


def test_sizes_may_come_in_any_order():
    scores = learning_curve(lambda training, rest: len(training) / len(rest), 10, [8, 2], 1)
    assert scores.tolist() == [[4, 1]]


@pytest.mark.parametrize(
    ("n", "sizes", "repeats"),
    [(5, [0, 3], 2), (5, [3, 5], 2), (5, [], 2), (5, [3], 0)],
)
def test_sizes_that_leave_no_rows_are_refused(n, sizes, repeats):
    message = (
        f"n is {n}, sizes are {sizes}, repeats is {repeats}: give sizes from 1 to n - 1, and at "
        "least 1 repeat"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        learning_curve(lambda training, rest: 0.0, n, sizes, repeats)


# all of it


def p_of(x, y, repeats=39):
    def score(answers):
        tuned = develop(x, answers, seeded(0))
        return judge(tuned.model, x[tuned.validation], answers[tuned.validation]).auc

    return p_value(score(y), shuffled_scores(score, y, repeats, seeded(1)))


def test_it_finds_the_signal_that_was_put_into_a_table_and_none_where_there_is_none():
    table = read_table(made_up_matches(200, seeded(3)), "home_win")
    follows = table.x[:, table.names.index("rank_difference")]
    chance = torch.rand(200, generator=seeded(4), dtype=torch.float64)
    planted = (chance < (0.3 * follows).sigmoid()).double()
    assert p_of(table.x, planted) == 1 / 40
    assert p_of(table.x, table.y) > 0.05


@pytest.mark.parametrize(
    ("observed", "shuffled", "expected"),
    [
        (math.inf, [math.inf, 1.0], 2 / 3),
        (math.inf, [1.0, 2.0], 1 / 3),
        (-math.inf, [-math.inf, 1.0], 1.0),
        (1.0, [math.inf, -math.inf], 2 / 3),
        (1e308, [1e308, 1e-308], 2 / 3),
        (1e-320, [1e-320, 0.0], 2 / 3),
        (0.0, [0.0, -1.0], 2 / 3),
    ],
)
def test_infinite_and_extreme_scores_are_compared_as_they_are(observed, shuffled, expected):
    assert p_value(observed, torch.tensor(shuffled, dtype=torch.float64)) == expected


def test_whole_numbers_are_compared_as_they_are():
    shuffled = torch.tensor([2**24, 2**24 + 1, 2**24 + 2])
    assert p_value(2**24 + 1, shuffled) == 3 / 4
    assert p_value(2**24 + 3, shuffled) == 1 / 4


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_equal_scores_count_in_every_type(dtype):
    shuffled = torch.tensor([0.6, 0.5], dtype=dtype)
    assert p_value(shuffled[0].item(), shuffled) == 2 / 3
    assert p_value(0.9, torch.tensor([0.9, 0.5])) == 2 / 3
