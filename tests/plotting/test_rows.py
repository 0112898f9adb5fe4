"""Images in rows: what they have in common with `gallery`, which shows them as they are."""

import pytest
import torch

from course.plotting import gallery
from course.plotting.rows import in_rows


def drawn(figure):
    (axes,) = figure.axes
    pictures = [(image.get_extent(), image.get_array().tolist()) for image in axes.images]
    return pictures, [text.get_text() for text in axes.texts], figure.get_size_inches().tolist()


def test_a_gallery_is_images_in_rows():
    images = torch.rand(5, 3, 4)
    labels = ["a", "b", "c", "d", "e"]
    assert drawn(in_rows(images, labels, 3)) == drawn(gallery(images, labels, columns=3))
    assert drawn(in_rows(images, (), 3, ["one", "two"], (-1, 2), 0.7)) == drawn(
        gallery(images, columns=3, rows=["one", "two"], limits=(-1, 2), largest=0.7)
    )


def test_images_that_are_none_are_refused():
    with pytest.raises(ValueError, match="0 images for rows of 3: give at least 1 of both"):
        in_rows([], (), 3)
