"""Weights as images: what each pixel says for a class, and what against it."""

from collections.abc import Sequence

import torch
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from torch import Tensor

from course.plotting.rows import in_rows
from course.plotting.style import BLUE, DARK, ORANGE, styled

# As the images themselves, weights are bright on black: 0 is black, in a light page and a dark one.
_ABOVE, _BELOW = DARK[ORANGE], DARK[BLUE]


def weights(
    values: Tensor,
    labels: Tensor | Sequence[object] = (),
    columns: int = 5,
    limit: float | None = None,
) -> Figure:
    """Return a figure with an image for each class: orange above 0, blue below it, 0 is black.

    All images have one scale, the same on both sides of 0.

    Args:
        values: Shape `(k, h, w)`.
        labels: Shape `(k,)`, or a text or number for each image. None, and there are no labels.
        columns: How many images stand in a row.
        limit: The size that is drawn with the full colour, and every larger one too. Without it,
            that is the largest of all.

    Raises:
        ValueError: If there are no images, if they have another shape, if a value is not finite,
            if the limit is not above 0, or if there is another number of labels.

    Examples:
        >>> figure = weights(torch.randn(3, 4, 4), labels=["a", "b", "c"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['a', 'b', 'c']
    """
    sizes = values.detach().cpu().double()
    if sizes.ndim != 3 or sizes.numel() == 0 or not sizes.isfinite().all():
        raise ValueError(
            f"values have shape {tuple(values.shape)}, {int(sizes.isfinite().sum())} of "
            f"{sizes.numel()} are finite: give (k, h, w), all of them finite"
        )
    if limit is not None and not limit > 0:
        raise ValueError(f"limit is {limit}: give a size above 0")
    largest = limit or float(sizes.abs().max()) or 1.0
    figure = in_rows(_colored(sizes / largest), labels, columns)
    with styled():
        # In the legend the colours of the page: on a dark one they are those of the images.
        handles = [
            Patch(color=ORANGE, label="for the class"),
            Patch(color=BLUE, label="against it"),
        ]
        figure.legend(handles=handles, loc="outside lower left", ncols=2)
    figure.set_figheight(figure.get_figheight() + 0.35)
    return figure


def _colored(parts: Tensor) -> Tensor:
    """Return parts of the limit, `(k, h, w)`, as colours: `(k, 3, h, w)`, from 0 to 1."""
    above, below = (
        torch.tensor(to_rgb(color), device="cpu").double().view(3, 1, 1)
        for color in (_ABOVE, _BELOW)
    )
    strength = parts.clamp(-1, 1).unsqueeze(1)
    return torch.where(strength > 0, strength * above, -strength * below)
