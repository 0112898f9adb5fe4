import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from course.training.seeds import mean_interval, t_quantile

numbers = st.floats(-1e6, 1e6, allow_subnormal=False)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def exactly(message):
    return f"^{re.escape(message)}$"


# mean_interval


@given(
    values=st.lists(numbers, min_size=2, max_size=30).filter(lambda drawn: np.ptp(drawn) > 1e-3),
    confidence=st.sampled_from([0.5, 0.9, 0.95, 0.99]),
)
def test_the_interval_is_that_of_scipy(values, confidence):
    mean, margin = mean_interval(values, confidence)
    expected = stats.ttest_1samp(values, 0).confidence_interval(confidence)
    assert mean == pytest.approx(np.mean(values), abs=1e-9)
    assert margin == pytest.approx((expected.high - expected.low) / 2, rel=1e-5)


def test_ninety_five_percent_is_the_confidence_unless_told_otherwise():
    values = torch.randn(7, generator=seeded())
    assert mean_interval(values) == mean_interval(values, 0.95)
    assert mean_interval(values.tolist()) == pytest.approx(mean_interval(values))


@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize("m", [2, 5, 20])
def test_so_many_intervals_contain_the_mean_that_the_values_come_from(m, confidence):
    samples = 3 + 2 * torch.randn(2000, m, generator=seeded(1))
    intervals = [mean_interval(sample, confidence) for sample in samples]
    covered = np.mean([abs(mean - 3) < margin for mean, margin in intervals])
    assert covered == pytest.approx(confidence, abs=4 * math.sqrt(0.8 * 0.2 / 2000))


def test_paired_differences_are_those_of_the_paired_t_test():
    shared, own, other = torch.randn(3, 12, generator=seeded(2), dtype=torch.float64)
    one, two = shared + 0.1 * own, shared + 0.1 * other
    paired = stats.ttest_rel(two, one).confidence_interval()
    mean, margin = mean_interval(two - one)
    assert (mean - margin, mean + margin) == pytest.approx((paired.low, paired.high), rel=1e-5)
    assert margin < mean_interval(one)[1] / 3


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([0.9], "values have shape (1,), 1 of them finite"),
        ([], "values have shape (0,), 0 of them finite"),
        ([0.9, math.nan, 0.8], "values have shape (3,), 2 of them finite"),
        ([0.9, math.inf], "values have shape (2,), 1 of them finite"),
        (torch.ones(2, 2), "values have shape (2, 2), 4 of them finite"),
    ],
)
def test_one_run_or_one_that_failed_gives_no_interval(values, says):
    message = f"{says}: give one finite number per run, from at least two runs"
    with pytest.raises(ValueError, match=exactly(message)):
        mean_interval(values)


# t_quantile


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 9, 19, 99, 1000])
@pytest.mark.parametrize("confidence", [0.01, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999])
def test_the_quantile_is_that_of_scipy(confidence, degrees):
    expected = stats.t.ppf((1 + confidence) / 2, degrees)
    assert t_quantile(confidence, degrees) == pytest.approx(expected, rel=1e-6)


def test_with_many_degrees_of_freedom_it_is_that_of_the_normal_distribution():
    assert t_quantile(0.95, 10**5) == pytest.approx(1.96, abs=0.001)


@pytest.mark.parametrize(("confidence", "degrees"), [(0, 5), (1, 5), (95, 5), (-0.1, 5), (0.95, 0)])
def test_other_confidences_and_degrees_are_refused(confidence, degrees):
    message = (
        f"confidence is {confidence}, degrees {degrees}: give a confidence between 0 and 1, such "
        "as 0.95, and at least 1 degree of freedom"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        t_quantile(confidence, degrees)
