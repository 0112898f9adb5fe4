import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from course.plotting import gallery, weights
from course.plotting.style import BLUE, DARK, INK, MUTED, ORANGE


def example():
    return weights(torch.tensor([[[1.0, -1.0]], [[0.0, 0.5]]]), labels=["a", "b"])


def exactly(message):
    return f"^{re.escape(message)}$"


def drawn(figure):
    return [np.asarray(image.get_array()) for image in figure.axes[0].images]


def test_a_weight_has_the_colour_of_its_sign_as_bright_as_it_is_large():
    first, second = drawn(example())
    above, below = (np.array(mpl.colors.to_rgb(DARK[color])) for color in (ORANGE, BLUE))
    np.testing.assert_allclose(first, [[above, below]])
    np.testing.assert_allclose(second, [[0 * above, 0.5 * above]])


def test_all_images_have_the_scale_of_the_largest_or_the_one_that_is_given():
    values = torch.tensor([[[4.0]], [[-1.0]]], dtype=torch.float64, requires_grad=True)
    below = np.array(mpl.colors.to_rgb(DARK[BLUE]))
    np.testing.assert_allclose(drawn(weights(values))[1][0, 0], below / 4)
    large, small = drawn(weights(values, limit=2.0))
    np.testing.assert_allclose(small[0, 0], below / 2)
    np.testing.assert_allclose(large[0, 0], mpl.colors.to_rgb(DARK[ORANGE]))


def test_weights_that_are_all_zero_are_black():
    assert not np.any(drawn(weights(torch.zeros(2, 3, 3))))


def test_it_says_which_colour_speaks_for_the_class_and_has_room_for_it():
    figure = example()
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["for the class", "against it"]
    colors = [mpl.colors.to_hex(patch.get_facecolor()) for patch in legend.get_patches()]
    assert colors == [ORANGE, BLUE]
    plain = gallery(torch.zeros(2, 1, 2), labels=["a", "b"])
    assert figure.get_figheight() > plain.get_figheight() + 0.3
    assert [text.get_text() for text in figure.axes[0].texts] == ["a", "b"]


def test_so_many_images_stand_in_a_row():
    tops = [
        image.get_extent()[3] for image in weights(torch.ones(6, 2, 2), columns=3).axes[0].images
    ]
    assert tops[0] == tops[2] < tops[3]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (torch.zeros(2, 2), "(2, 2), 4 of 4 are"),
        (torch.zeros(0, 2, 2), "(0, 2, 2), 0 of 0 are"),
        (torch.tensor([[[1.0, torch.nan, torch.inf]]]), "(1, 1, 3), 1 of 3 are"),
    ],
)
def test_other_values_are_refused(values, text):
    message = f"values have shape {text} finite: give (k, h, w), all of them finite"
    with pytest.raises(ValueError, match=exactly(message)):
        weights(values)
    assert not plt.get_fignums()


@pytest.mark.parametrize("limit", [0.0, -1.0])
def test_a_limit_that_is_no_size_is_refused(limit):
    with pytest.raises(ValueError, match=exactly(f"limit is {limit}: give a size above 0")):
        weights(torch.ones(1, 2, 2), limit=limit)


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    assert {INK, MUTED, ORANGE, BLUE} <= svg_colors(example()) <= set(DARK)
