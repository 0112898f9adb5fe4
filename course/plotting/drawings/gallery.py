"""Images side by side, each with its label."""

from collections.abc import Sequence

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from course.plotting.style import INK, LETTER, MUTED, new_axes, on_phone, page_width, styled

# In inches, as the axes are.
LARGEST, SMALLEST, GAP, CAPTION = 1.0, 0.5, 0.1, 0.22


def gallery(
    images: Tensor | Sequence[Tensor],
    labels: Tensor | Sequence[object] = (),
    columns: int = 8,
    rows: Sequence[str] = (),
    limits: tuple[float, float] | None = None,
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

    Raises:
        ValueError: If there are no images or no columns, if an image has another shape, values
            outside the limits or NaN, or if the number of labels or of names is another one.

    Examples:
        >>> figure = gallery(torch.rand(3, 28, 28), labels=[7, 3, 1], columns=2)
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['7', '3', '1']
    """
    if len(images) == 0 or columns < 1:
        raise ValueError(f"{len(images)} images for rows of {columns}: give at least 1 of both")
    pictures = [_picture(image, f"image {i}", limits) for i, image in enumerate(images)]
    captions = labels.tolist() if isinstance(labels, Tensor) else labels
    columns = min(columns, len(pictures))
    count = -(-len(pictures) // columns)
    if len(captions) not in {0, len(pictures)} or len(rows) not in {0, count}:
        raise ValueError(
            f"{len(captions)} labels for {len(pictures)} images, {len(rows)} names for {count} "
            "rows: give one for each, or none"
        )
    texts = [str(caption) for caption in captions]
    above, head = CAPTION if texts else 0.0, CAPTION if rows and on_phone() else 0.0
    beside = 0.0 if on_phone() else 0.11 * max(map(len, rows), default=0)
    width = page_width() - beside - 0.1
    across = _across(columns, width, texts)
    if not rows:
        columns = across  # nothing but the width says where a row ends
    side = min(width / across - GAP, LARGEST)
    step = side + GAP + above
    tall = head + -(-columns // across) * step  # of a row, of one line or several
    figure, axes = new_axes("", "")
    with styled():
        for place, picture in enumerate(pictures):
            row, order = divmod(place, columns)
            line, column = divmod(order, across)
            left, top = column * (side + GAP), row * tall + head + line * step + above
            _draw(axes, picture, left, top, side)
            if texts:
                middle = left + side / 2
                axes.text(middle, top - 0.04, texts[place], ha="center", va="bottom", color=INK)
        right, bottom = across * (side + GAP), -(-len(pictures) // columns) * tall
        axes.set(xlim=(-GAP / 2, right - GAP / 2), ylim=(bottom, -GAP / 2), aspect="equal")
        if head:
            for row, name in enumerate(rows):
                axes.text(0, row * tall + head - 0.04, name, ha="left", va="bottom", color=INK)
        axes.set_yticks([above + side / 2 + row * tall for row in range(len(rows))], rows)
        axes.yaxis.set_visible(not head)
        axes.set_xticks([])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    figure.set_size_inches(right + beside + 0.1, bottom + 0.15)
    return figure


def _across(columns: int, width: float, texts: Sequence[str]) -> int:
    """Return how many images stand side by side: all of a row, but for a phone what it can show."""
    if not on_phone():
        return columns
    widest = max(SMALLEST, LETTER * max(map(len, texts), default=0))
    lines = -(-columns // max(1, int(width / (widest + GAP))))
    return -(-columns // lines)


def _picture(image: Tensor, name: str, limits: tuple[float, float] | None) -> Tensor:
    """Return an image as matplotlib takes it: `(h, w)` or `(h, w, 3)`, from 0 to 1."""
    values = image.detach().cpu()
    if values.ndim == 3 and values.shape[0] == 1:
        values = values.squeeze(0)
    colored = values.ndim == 3 and values.shape[0] == 3
    if values.numel() == 0 or not (values.ndim == 2 or colored):
        raise ValueError(
            f"{name} has shape {tuple(image.shape)}: give it (h, w), (1, h, w) or (3, h, w)"
        )
    black, white = limits or ((0, 255) if values.dtype == torch.uint8 else (0, 1))
    scaled = (values.double() - black) / (white - black)
    if not (scaled.min() >= -1e-3 and scaled.max() <= 1 + 1e-3):  # so put, it catches NaN
        raise ValueError(
            f"{name} holds values from {values.min():g} to {values.max():g}, drawn from {black:g} "
            f"to {white:g}: scale them, or give limits=(black, white) that hold them"
        )
    scaled = scaled.clamp(0, 1)
    return scaled.permute(1, 2, 0) if colored else scaled


def _draw(axes: Axes, picture: Tensor, left: float, top: float, side: float) -> None:
    """Draw an image in the middle of a square, with a thin frame."""
    tall, wide = picture.shape[:2]
    height, width = side * tall / max(tall, wide), side * wide / max(tall, wide)
    x, y = left + (side - width) / 2, top + (side - height) / 2
    # Without interpolation, an SVG keeps the pixels as they are, and browsers show them as squares.
    axes.imshow(
        picture.numpy(),
        cmap="gray",
        vmin=0,
        vmax=1,
        interpolation="none",
        extent=(x, x + width, y + height, y),
    )
    axes.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=MUTED, linewidth=0.6))
