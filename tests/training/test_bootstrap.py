import re

import numpy as np
import pytest
import torch

from course.training.bootstrap import bootstrap_interval
from course.training.metrics import roc_auc


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def exactly(message):
    return f"^{re.escape(message)}$"


def test_the_ends_are_the_percentiles_that_numpy_finds_of_the_same_draws():
    values = torch.randn(20, generator=seeded(), dtype=torch.float64)
    generator = seeded(1)
    means = [values[torch.randint(20, (20,), generator=generator)].mean() for _ in range(200)]
    low, high = bootstrap_interval(
        torch.mean, values, draws=200, confidence=0.8, generator=seeded(1)
    )
    assert low == pytest.approx(np.percentile(means, 10), rel=1e-12)
    assert high == pytest.approx(np.percentile(means, 90), rel=1e-12)


def test_a_thousand_draws_and_95_of_100_are_the_default():
    values = torch.randn(30, generator=seeded())
    asked = bootstrap_interval(torch.mean, values, draws=1000, confidence=0.95, generator=seeded(1))
    assert bootstrap_interval(torch.mean, values, generator=seeded(1)) == asked


def test_for_a_mean_it_is_about_as_wide_as_the_normal_interval():
    values = torch.randn(400, generator=seeded(), dtype=torch.float64)
    low, high = bootstrap_interval(torch.mean, values, draws=4000, generator=seeded(1))
    margin = 1.96 * values.std().item() / 20
    assert low == pytest.approx(values.mean().item() - margin, abs=0.01)
    assert high == pytest.approx(values.mean().item() + margin, abs=0.01)


def test_about_as_many_intervals_contain_the_truth_as_they_say():
    generator, contained = seeded(), 0
    for _ in range(100):
        values = torch.rand(50, generator=generator)
        low, high = bootstrap_interval(
            torch.mean, values, draws=200, confidence=0.9, generator=generator
        )
        contained += low <= 0.5 <= high
    assert 0.82 <= contained / 100 <= 0.97


def test_what_belongs_to_a_row_stays_together():
    scores = torch.arange(30.0)
    table = torch.stack([scores, -scores], dim=1)
    targets = scores > 14
    low, high = bootstrap_interval(roc_auc, scores, targets, draws=50, generator=seeded())
    assert (low, high) == (pytest.approx(1), pytest.approx(1))

    def apart(rows, single):
        return (rows[:, 0] - single).abs().max()

    assert bootstrap_interval(apart, table, scores, draws=50, generator=seeded()) == (0, 0)


def test_where_all_rows_are_alike_the_interval_has_no_width():
    assert bootstrap_interval(torch.mean, torch.ones(40), draws=20) == (1, 1)


def test_a_statistic_may_return_a_number():
    low, high = bootstrap_interval(lambda rows: 3, torch.ones(4), draws=2)
    assert (low, high) == (3, 3)
    assert isinstance(low, float)
    assert isinstance(high, float)


@pytest.mark.parametrize(
    ("tensors", "shapes"),
    [
        ((), "none"),
        ((torch.tensor(1.0),), "()"),
        ((torch.ones(0, 2),), "(0, 2)"),
        ((torch.ones(3), torch.ones(4)), "(3,), (4,)"),
    ],
)
def test_rows_that_do_not_belong_together_are_refused(tensors, shapes):
    message = f"shapes are {shapes}: give tensors (n, ...) of one n, at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        bootstrap_interval(lambda *rows: 0.0, *tensors)


@pytest.mark.parametrize(
    ("draws", "confidence"), [(1, 0.95), (0, 0.95), (10, 0.0), (10, 1.0), (10, 95.0)]
)
def test_other_draws_and_confidences_are_refused(draws, confidence):
    message = (
        f"draws is {draws}, confidence {confidence}: give at least 2 draws, better 1000, and "
        "a confidence between 0 and 1, such as 0.95"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        bootstrap_interval(torch.mean, torch.ones(3), draws=draws, confidence=confidence)


def test_a_statistic_that_a_draw_does_not_have_is_refused():
    values = torch.tensor([1.0, 2.0])
    with pytest.raises(ValueError, match=r"^the statistic is not finite in \d+ of 50 draws: give "):
        bootstrap_interval(lambda rows: 1 / rows.var(), values, draws=50, generator=seeded())


def test_a_draw_that_lacks_what_is_rare_is_named_and_not_taken_for_all_rows():
    scores, targets = torch.arange(6.0), torch.tensor([0, 0, 0, 0, 0, 1])
    generator = seeded()
    draws = [targets[torch.randint(6, (6,), generator=generator)] for _ in range(50)]
    first = next(i for i, drawn in enumerate(draws, 1) if drawn.sum() in (0, 6))
    message = (
        f"draw {first} of 50 has no statistic (ValueError: all targets are 0: give rows of both "
        "classes, 0 and 1): that is said of rows drawn again, which can lack what is rare; give "
        "more rows, or a statistic that every draw of these rows has"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        bootstrap_interval(roc_auc, scores, targets, draws=50, generator=seeded())


def test_what_stops_a_statistic_for_all_rows_is_told_as_it_is():
    message = "^all targets are 0: give rows of both classes, 0 and 1$"
    with pytest.raises(ValueError, match=message):
        bootstrap_interval(roc_auc, torch.arange(6.0), torch.zeros(6), draws=50)
    with pytest.raises(ZeroDivisionError):
        bootstrap_interval(lambda rows: 1 / 0, torch.arange(6.0), draws=50)
