import re

import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.colors import to_hex

from course.plotting import sliding
from course.plotting.style import BLUE, DARK, INK, MUTED, ORANGE, for_phones

IMAGE, KERNEL = torch.tensor([[0.0, 1, 2, 3], [4, 5, 6, 8]]), torch.tensor([[-1.0, 1]])
OUTPUT = torch.tensor([[1.0, -2.5, 0], [1, 1, 2]])


def example():
    return sliding(IMAGE, KERNEL, OUTPUT, place=(1, 2))


def exactly(message):
    return f"^{re.escape(message)}$"


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def frames(figure):
    """Return left, top, width and height of each frame."""
    return [
        (*patch.get_xy(), patch.get_width(), patch.get_height())
        for patch in figure.axes[0].patches
        if patch.get_linewidth() == 2.5
    ]


def cells(figure):
    """Return colour and strength of each cell, in the order of the tables."""
    return [
        (to_hex(patch.get_facecolor()), patch.get_alpha())
        for patch in figure.axes[0].patches
        if patch.get_linewidth() == 0
    ]


def place_of(figure, text):
    (found,) = [each for each in figure.axes[0].texts if each.get_text() == text]
    return found.get_position()


def test_all_numbers_stand_there_with_a_true_minus():
    assert texts(example()) == [
        *("image", "kernel", "output"),
        *"01234568",
        *("−1", "1"),
        *("1", "−2.5", "0", "1", "1", "2"),
    ]


def test_the_pixels_under_the_kernel_and_the_output_are_framed():
    image, kernel, output = frames(example())
    assert image == (2, 2, 2, 1)
    assert kernel == (5, 1.5, 2, 1)
    assert output == (8 + 2, 1 + 1, 1, 1)
    strided = sliding(torch.ones(5, 5), torch.ones(3, 2), torch.ones(2, 2), (1, 1), stride=2)
    assert frames(strided)[0] == (2, 1 + 2, 2, 3)


def test_a_cell_is_as_strong_as_its_number_in_the_colour_of_its_sign():
    found = cells(example())
    assert [color for color, _ in found] == (
        [INK] * 8 + [BLUE, ORANGE] + [ORANGE, BLUE, BLUE, ORANGE, ORANGE, ORANGE]
    )
    strengths = [strength for _, strength in found]
    assert strengths[7] == strengths[8] == strengths[11] == 0.45
    assert strengths[0] == strengths[12] == 0
    assert strengths[15] == pytest.approx(0.45 * 2 / 2.5)


def test_names_stand_above_their_tables_and_everything_is_inside():
    figure = example()
    assert place_of(figure, "image") == (0, 0.7)
    assert place_of(figure, "kernel") == (5, 1.2)
    assert figure.axes[0].get_xlim() == (-0.1, 11.1)
    assert figure.axes[0].get_ylim() == (3.1, -0.1)
    wide, tall = figure.get_size_inches()
    assert tall / wide == pytest.approx(3.2 / 11.2)


def test_on_a_phone_the_image_stands_above():
    with for_phones():
        figure = example()
    assert place_of(figure, "image") == (0, 0.7)
    assert place_of(figure, "kernel") == (0, 3.7)
    assert place_of(figure, "output") == (3, 3.7)
    assert figure.axes[0].get_xlim() == (-0.1, 6.1)
    assert figure.axes[0].get_ylim() == (6.1, -0.1)


def test_nothing_but_zeros_can_be_drawn():
    figure = sliding(torch.zeros(2, 2), torch.zeros(1, 1), torch.zeros(2, 2), (0, 0))
    assert {strength for _, strength in cells(figure)} == {0}


@pytest.mark.parametrize("name", ["image", "kernel", "output"])
def test_what_is_no_table_of_finite_numbers_is_refused(name):
    tables = {"image": IMAGE, "kernel": KERNEL, "output": OUTPUT}
    for wrong in (torch.zeros(2), torch.zeros(0, 2), torch.tensor([[torch.nan]])):
        message = f"{name} has shape {tuple(wrong.shape)}: give a table (h, w) of finite numbers"
        with pytest.raises(ValueError, match=exactly(message)):
            sliding(**{**tables, name: wrong}, place=(0, 0))
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    ("place", "stride", "ends"),
    [((1, 3), 1, (2, 5)), ((-1, 0), 1, (0, 2)), ((2, 0), 1, (3, 2)), ((0, 2), 2, (1, 6))],
)
def test_a_place_where_the_kernel_sticks_out_is_refused(place, stride, ends):
    message = f"at {place} the kernel ends at {ends}: the image has shape (2, 4), the output (2, 3)"
    with pytest.raises(ValueError, match=exactly(message)):
        sliding(IMAGE, KERNEL, OUTPUT, place, stride)


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    assert {INK, MUTED, ORANGE, BLUE} <= svg_colors(example()) <= set(DARK)
