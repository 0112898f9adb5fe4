"""A classifier without anything to train: the answer is the label of the nearest known row."""

import torch
from torch import Tensor


def nearest_labels(known: Tensor, labels: Tensor, queries: Tensor) -> Tensor:
    """Return for each query the label of the known row that is closest to it, shape `(m,)`.

    Closest is what has the smallest Euclidean distance, over all elements of a row: for images,
    over all pixels. Source: Cover and Hart (1967).

    Args:
        known: Rows whose labels are known, shape `(n, ...)`, floating-point.
        labels: Their labels, shape `(n,)`.
        queries: Rows to answer for, shape `(m, ...)`, the same type and the same shape of a row.

    Raises:
        TypeError: If the types differ, or are not floating-point.
        ValueError: If the shapes do not fit, if there are no known rows, or if a value is not
            finite: it has no distance to anything.

    Examples:
        >>> known = torch.tensor([[0.0, 0.0], [4.0, 4.0]])
        >>> nearest_labels(known, torch.tensor([7, 3]), torch.tensor([[1.0, 0.0], [3.0, 9.0]]))
        tensor([7, 3])
    """
    if not known.is_floating_point() or known.dtype != queries.dtype:
        raise TypeError(
            f"known holds {known.dtype}, queries {queries.dtype}: give both one floating-point "
            "type, for example known.float() and queries.float()"
        )
    if labels.shape != known.shape[:1] or known.shape[1:] != queries.shape[1:] or not known.numel():
        raise ValueError(
            f"known has shape {tuple(known.shape)}, labels {tuple(labels.shape)}, queries "
            f"{tuple(queries.shape)}: give (n, ...), (n,) and (m, ...), n at least 1"
        )
    if not (known.isfinite().all() and queries.isfinite().all()):
        raise ValueError("a value is NaN or infinite: fill the gaps, or leave these rows out")
    # In float16 squares of 256 are too large already; torch.cdist has no float16 either.
    dtype, size = torch.promote_types(known.dtype, torch.float32), known[0].numel()
    rows, points = known.reshape(-1, size).to(dtype), queries.reshape(-1, size).to(dtype)
    unit = _unit(rows, points)
    rows, points = rows / unit, points / unit
    # torch.cdist gets distances from products, which lose digits far from the origin. To move all
    # rows by the same vector changes no distance.
    centre = rows.mean(dim=0)
    return labels[torch.cdist(points - centre, rows - centre).argmin(dim=1)]


def _unit(*tables: Tensor) -> Tensor:
    """Return a power of two near the largest value, so that no square is 0 or infinite in it."""
    largest = torch.cat([table.flatten() for table in tables]).abs().max()
    return torch.ldexp(torch.ones_like(largest), largest.frexp().exponent - 1)
