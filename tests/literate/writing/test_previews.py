"""A lead as the picture of a link: of one size, with all of it in sight."""

import base64
import io

import pytest
from PIL import Image

from literate.writing.previews import MARGIN, SIZE, preview


def drawn(width: int, height: int) -> str:
    """Return a black picture of this size as a PNG in base 64."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "black").save(file, format="png")
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((1140, 570), (1140, 570)),
        ((2280, 570), (1140, 285)),
        ((100, 2000), (28, 570)),
        ((200, 100), (320, 160)),  # no larger, or one would see its pixels
    ],
)
def test_the_lead_stands_whole_in_the_middle(size: tuple[int, int], shown: tuple[int, int]) -> None:
    picture = Image.open(io.BytesIO(preview(drawn(*size)))).convert("L")
    assert picture.size == SIZE
    left, top, right, bottom = picture.point(lambda gray: 255 * (gray < 128)).getbbox()
    assert abs(right - left - shown[0]) <= 1
    assert abs(bottom - top - shown[1]) <= 1
    assert abs(left - (SIZE[0] - right)) <= 1
    assert abs(top - (SIZE[1] - bottom)) <= 1
    assert min(left, top) >= MARGIN


def test_it_is_the_same_each_time_and_small() -> None:
    once, again = (preview(drawn(900, 500)) for _ in range(2))
    assert once == again
    assert len(once) < 20_000
