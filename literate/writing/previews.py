"""The picture that a link to a page shows where people share it: its lead, on white."""

import base64
import io

#: How large such a picture is, in pixels: the shape that previews crop nothing of.
SIZE = 1200, 630

#: What stays free around the lead, and how far pixels may be enlarged before one sees them.
MARGIN, LARGEST = 30, 1.6


def preview(png: str) -> bytes:
    """Return a figure in the middle of a white picture of the size of a preview, as a PNG.

    Args:
        png: The figure on white, in base 64.
    """
    from PIL import Image  # a build in which no page is written does without

    figure = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    rooms = [full - 2 * MARGIN for full in SIZE]
    scale = min(LARGEST, *(room / side for room, side in zip(rooms, figure.size, strict=True)))
    width, height = (round(side * scale) for side in figure.size)
    picture = Image.new("RGB", SIZE, "white")
    enlarged = figure.resize((width, height), Image.Resampling.LANCZOS)
    picture.paste(enlarged, ((SIZE[0] - width) // 2, (SIZE[1] - height) // 2))
    small = io.BytesIO()
    colours = picture.quantize(64, dither=Image.Dither.NONE)
    colours.save(small, format="png", optimize=True)
    return small.getvalue()
