"""Images in rows, each below its label: what drawings of images have in common."""

from collections.abc import Sequence

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from course.plotting.style import INK, LETTER, MUTED, new_axes, on_phone, page_width, styled

# In inches, as the axes are; the smallest for a largest of one inch.
LARGEST, SMALLEST, GAP, CAPTION = 1.0, 0.5, 0.1, 0.22


def in_rows(
    images: Tensor | Sequence[Tensor],
    labels: Tensor | Sequence[object],
    columns: int,
    rows: Sequence[str] = (),
    limits: tuple[float, float] | None = None,
    largest: float = LARGEST,
) -> Figure:
    """Return a figure with the images in rows; see `gallery` for what they are and for errors.

    Args:
        images: Shape `(n, h, w)` or `(n, c, h, w)`, or a list of such images.
        labels: A text or number for each image, or none.
        columns: How many images stand in a row.
        rows: A name for each row, or none.
        limits: The values that are drawn black and white.
        largest: The side of an image, in inches, where the page has room for it.
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
    across = _across(columns, width, texts, SMALLEST * largest)
    if not rows:
        columns = across  # nothing but the width says where a row ends
    side = min(width / across - GAP, largest)
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


def _across(columns: int, width: float, texts: Sequence[str], smallest: float) -> int:
    """Return how many images stand side by side: all of a row, but for a phone what it can show."""
    if not on_phone():
        return columns
    widest = max(smallest, LETTER * max(map(len, texts), default=0))
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
