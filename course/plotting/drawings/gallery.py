"""Images side by side, each with its label."""

from collections.abc import Sequence

from matplotlib.figure import Figure
from torch import Tensor

from course.plotting.rows import in_rows


def gallery(
    images: Tensor | Sequence[Tensor],
    labels: Tensor | Sequence[object] = (),
    columns: int = 8,
    rows: Sequence[str] = (),
    limits: tuple[float, float] | None = None,
    largest: float = 1.0,
) -> Figure:
    """Return a figure with the images in rows, pixel by pixel, each below its label.

    Each image fills a square as far as its proportions let it, so that images of several sizes
    may stand together.

    Args:
        images: Shape `(n, h, w)` or `(n, c, h, w)`, or a list of images of shape `(h, w)` or
            `(c, h, w)`. With `c` 1 they are gray, with 3 red, green and blue.
        labels: Shape `(n,)`, or a text or number for each image. None, and there are no labels.
        columns: How many images stand in a row.
        rows: A name for each row, to the left of it or, on a phone, above. None, and there are no
            names.
        limits: The values that are drawn black and white: 0 and 255 for `uint8` and 0 and 1 for
            other types, unless you say otherwise.
        largest: The side of an image, in inches, where the page has room for it.

    Raises:
        ValueError: If there are no images or no columns, if an image has another shape, values
            outside the limits or NaN, or if the number of labels or of names is another one.

    Examples:
        >>> import torch
        >>> figure = gallery(torch.rand(3, 28, 28), labels=[7, 3, 1], columns=2)
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['7', '3', '1']
    """
    return in_rows(images, labels, columns, rows, limits, largest)
