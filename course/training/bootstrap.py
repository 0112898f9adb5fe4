"""How far a number would move on other rows: the bootstrap."""

from collections.abc import Callable

import torch
from torch import Generator, Tensor


def bootstrap_interval(
    statistic: Callable[..., Tensor | float],
    *tensors: Tensor,
    draws: int = 1000,
    confidence: float = 0.95,
    generator: Generator | None = None,
) -> tuple[float, float]:
    """Return the two ends of the percentile bootstrap interval of a statistic of rows.

    Rows are drawn again, as many as there are, with replacement, and the statistic is computed of
    them; of all draws, the fraction `confidence` lies between the ends. With rows that are drawn
    independently from one source, and enough of them, the interval contains what the statistic
    would be for all rows of that source in about this fraction of cases. Given outputs of a trained
    model, it covers other rows to measure on, and not that training could have gone otherwise.
    Where every row gives the same, as where all are right, it has no width: then it says nothing.
    See Efron and Tibshirani (1993), chapter 13.

    Args:
        statistic: Takes the tensors, with rows drawn again, and returns a scalar.
        tensors: Shapes `(n, ...)`, such as logits and targets. A row stays together.
        draws: How often to draw; at least 2.
        confidence: Between 0 and 1.
        generator: Draws the rows, on the CPU. The same seed gives the same interval.

    Raises:
        ValueError: If there are no tensors or no rows, if the numbers of rows differ, if `draws` or
            `confidence` is another number, or if a draw has no statistic, or none that is finite.

    Examples:
        >>> lengths = torch.tensor([4.0, 5.0, 6.0, 9.0])
        >>> low, high = bootstrap_interval(torch.mean, lengths, generator=torch.Generator())
        >>> 4 <= low < lengths.mean() < high <= 9
        True
    """
    counts = {tuple(tensor.shape[:1]) for tensor in tensors}
    if len(counts) != 1 or counts <= {(), (0,)}:
        shapes = ", ".join(str(tuple(tensor.shape)) for tensor in tensors) or "none"
        raise ValueError(f"shapes are {shapes}: give tensors (n, ...) of one n, at least 1")
    if draws < 2 or not 0 < confidence < 1:
        raise ValueError(
            f"draws is {draws}, confidence {confidence}: give at least 2 draws, better 1000, and "
            "a confidence between 0 and 1, such as 0.95"
        )
    n = len(tensors[0])
    values = torch.empty(draws, dtype=torch.float64, device="cpu")
    for i in range(draws):
        rows = torch.randint(n, (n,), generator=generator, device="cpu")
        drawn = [tensor[rows.to(tensor.device)] for tensor in tensors]
        try:
            values[i] = float(statistic(*drawn))
        except Exception as error:
            statistic(*tensors)  # what stops it for all rows is no matter of the draw
            raise ValueError(
                f"draw {i + 1} of {draws} has no statistic ({type(error).__name__}: {error}): that "
                "is said of rows drawn again, which can lack what is rare; give more rows, or a "
                "statistic that every draw of these rows has"
            ) from error
    if not values.isfinite().all():
        raise ValueError(
            f"the statistic is not finite in {int((~values.isfinite()).sum())} of {draws} draws: "
            "give one that every draw of these rows has"
        )
    ends = values.new_tensor([(1 - confidence) / 2, (1 + confidence) / 2])
    low, high = values.quantile(ends).tolist()
    return low, high
