"""Intervals for the mean of several runs: how far a result would move with other seeds."""

import functools
import math
from collections.abc import Sequence

import torch
from torch import Tensor


def mean_interval(
    values: Tensor | Sequence[float], confidence: float = 0.95
) -> tuple[float, float]:
    """Return the mean of several runs, and how far its interval reaches each way.

    In the fraction `confidence` of all cases, the interval contains what the mean of
    ever more runs would approach, if runs are independent and their values about
    normal. To compare two models, run both with the same seeds and give the
    differences. See Student (1908).

    Args:
        values: One number per run, shape `(m,)`, such as accuracies with other seeds.
        confidence: Between 0 and 1.

    Raises:
        ValueError: If there are fewer than two values, if the shape is another one,
            if a value is not finite, or if `confidence` is not between 0 and 1.

    Examples:
        >>> mean, margin = mean_interval([0.91, 0.93, 0.92, 0.96])
        >>> print(f"{mean:.3f} ± {margin:.3f}")
        0.930 ± 0.034
    """
    runs = torch.as_tensor(values, dtype=torch.float64, device="cpu")
    if runs.ndim != 1 or len(runs) < 2 or not runs.isfinite().all():
        raise ValueError(
            f"values have shape {tuple(runs.shape)}, {int(runs.isfinite().sum())} of them "
            "finite: give one finite number per run, from at least two runs"
        )
    standard_error = runs.std() / math.sqrt(len(runs))
    margin = t_quantile(confidence, degrees=len(runs) - 1) * standard_error
    return runs.mean().item(), margin.item()


@functools.cache
def t_quantile(confidence: float, degrees: int) -> float:
    """Return how many standard errors an interval reaches each way, for Student's distribution.

    With `t = √degrees · tan(angle)` the density of `t` becomes `cos(angle) ** (degrees − 1)` up to
    a factor. Its area from 0 up to each of many angles is known by the trapezoid rule, so the angle
    that has the part `confidence` of it is known too. See Student (1908).

    Args:
        confidence: Between 0 and 1.
        degrees: Degrees of freedom: one less than there are values.

    Raises:
        ValueError: If `confidence` is not between 0 and 1, or `degrees` is below 1.

    Examples:
        >>> [round(t_quantile(0.95, degrees), 2) for degrees in (1, 4, 9, 19, 99)]
        [12.71, 2.78, 2.26, 2.09, 1.98]
    """
    if not 0 < confidence < 1 or degrees < 1:
        raise ValueError(
            f"confidence is {confidence}, degrees {degrees}: give a confidence between 0 and 1, "
            "such as 0.95, and at least 1 degree of freedom"
        )
    angles = torch.linspace(0, math.pi / 2, 100_001, dtype=torch.float64, device="cpu")
    density = angles.cos() ** (degrees - 1)
    areas = torch.cumulative_trapezoid(density, angles)
    wanted = confidence * areas[-1]
    i = int(torch.searchsorted(areas, wanted))  # areas[i] ends at angles[i + 1]
    angle = angles[i + 1] - (areas[i] - wanted) / density[i + 1]
    return math.sqrt(degrees) * math.tan(angle)
