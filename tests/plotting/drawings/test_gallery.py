import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from course.plotting import gallery
from course.plotting.style import DARK, INK, MUTED, PAGE, PHONE, for_phones


def example():
    return gallery(torch.zeros(1, 4, 4))


def exactly(message):
    return f"^{re.escape(message)}$"


def drawn(figure):
    """Return the images of a figure as arrays of values from black 0 to white 1."""
    return [np.asarray(image.get_array()) for image in figure.axes[0].images]


def places(figure):
    """Return left, right, top and bottom of each image."""
    extents = (image.get_extent() for image in figure.axes[0].images)
    return [(left, right, top, bottom) for left, right, bottom, top in extents]


def test_every_pixel_is_drawn_as_it_is():
    images = torch.tensor([[[0, 51], [255, 102]], [[1, 2], [3, 4]]], dtype=torch.uint8)
    figure = gallery(images)
    expected = images.numpy() / 255
    np.testing.assert_allclose(drawn(figure), expected)
    for image in figure.axes[0].images:
        assert image.get_interpolation() == "none"
        assert (image.cmap.name, image.get_clim()) == ("gray", (0, 1))


@pytest.mark.parametrize("shape", [(4, 5), (1, 4, 5)])
def test_an_image_may_have_an_axis_for_its_one_channel(shape):
    images = torch.rand(3, *shape, dtype=torch.float64, requires_grad=True)
    np.testing.assert_allclose(drawn(gallery(images)), images.detach().reshape(3, 4, 5))


def test_three_channels_are_red_green_and_blue():
    image = torch.rand(3, 4, 5)
    (picture,) = drawn(gallery([image]))
    np.testing.assert_allclose(picture, np.moveaxis(image.numpy(), 0, -1))


def test_images_stand_in_rows_of_so_many_columns():
    figure = gallery(torch.zeros(5, 4, 4), columns=2)
    first, second, third, _, fifth = places(figure)
    assert first[2:] == second[2:]
    assert first[:2] == third[:2] == fifth[:2]
    assert first[1] < second[0], "a gap lies between two columns"
    assert first[3] < third[2] < third[3] < fifth[2], "and between two rows"
    assert second[0] - first[1] == pytest.approx(third[2] - first[3])
    left, right = figure.axes[0].get_xlim()
    bottom, top = figure.axes[0].get_ylim()
    assert left < first[0] < second[1] < right
    assert top < first[2] < fifth[3] < bottom, "the first row is the top one"


def test_images_of_several_sizes_keep_their_proportions_in_squares_of_one_size():
    sizes = [(4, 4), (8, 8), (2, 8), (8, 4)]
    figure = gallery([torch.zeros(size) for size in sizes])
    found = places(figure)
    for (tall, wide), (left, right, top, bottom) in zip(sizes, found, strict=True):
        assert (bottom - top) / (right - left) == pytest.approx(tall / wide)
        assert max(bottom - top, right - left) == pytest.approx(found[0][1] - found[0][0])
        assert (top + bottom) / 2 == pytest.approx((found[0][2] + found[0][3]) / 2)
    middles = [(left + right) / 2 for left, right, _, _ in found]
    np.testing.assert_allclose(np.diff(middles), middles[1] - middles[0])
    assert figure.axes[0].get_aspect() == 1


def test_each_image_has_a_frame():
    figure = gallery([torch.zeros(4, 4), torch.ones(2, 8)])
    for frame, (left, right, top, bottom) in zip(
        figure.axes[0].patches, places(figure), strict=True
    ):
        np.testing.assert_allclose(
            frame.get_bbox().extents, (left, top, right, bottom), err_msg="around the image"
        )
        assert not frame.get_fill()
        assert mpl.colors.to_hex(frame.get_edgecolor()) == MUTED


@pytest.mark.parametrize("labels", [torch.tensor([7, 3, 1]), [7, "3", 1.0]])
def test_each_label_stands_above_the_middle_of_its_image(labels):
    figure = gallery(torch.zeros(3, 4, 4), labels, columns=2)
    texts = figure.axes[0].texts
    assert [text.get_text() for text in texts][:2] == ["7", "3"]
    assert texts[2].get_text() in {"1", "1.0"}
    bottom_of_first = places(figure)[0][3]
    for text, (left, right, top, _) in zip(texts, places(figure), strict=True):
        x, y = text.get_position()
        assert x == pytest.approx((left + right) / 2)
        assert y < top
        assert (text.get_ha(), text.get_va()) == ("center", "bottom")
        assert text.get_color() == INK
    assert texts[2].get_position()[1] > bottom_of_first


def test_labels_make_room_for_themselves():
    plain, labelled = gallery(torch.zeros(2, 4, 4)), gallery(torch.zeros(2, 4, 4), ["a", "b"])
    assert not plain.axes[0].texts
    assert labelled.get_figheight() > plain.get_figheight() + 0.2
    assert places(labelled)[0][2] > places(plain)[0][2] + 0.2


def test_names_stand_left_of_the_middle_of_their_rows():
    figure = gallery(torch.zeros(4, 4, 4), ["a", "b", "c", "d"], columns=2, rows=["one", "two"])
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["one", "two"]
    found = places(figure)
    middles = [(top + bottom) / 2 for _, _, top, bottom in (found[0], found[2])]
    np.testing.assert_allclose(axes.get_yticks(), middles)
    assert axes.yaxis.majorTicks[0].tick1line.get_markersize() == 0
    assert len(axes.get_xticks()) == 0
    assert not any(spine.get_visible() for spine in axes.spines.values())


def test_a_full_row_fits_the_page_and_few_images_are_not_blown_up():
    width = gallery(torch.zeros(8, 4, 4)).get_figwidth()
    named = gallery(torch.zeros(8, 4, 4), rows=["quite a long name"]).get_figwidth()
    assert width == pytest.approx(named)
    assert 0.95 * PAGE < width <= PAGE
    (left, right, *_) = places(gallery(torch.zeros(1, 4, 4)))[0]
    assert right - left == pytest.approx(1)
    assert gallery(torch.zeros(1, 4, 4)).get_figwidth() < 1.5
    small, tall = gallery(torch.zeros(3, 4, 4)), gallery(torch.zeros(3, 4, 4), columns=1)
    assert tall.get_figheight() > 2.5 * small.get_figheight()


def test_a_row_of_a_phone_has_as_many_images_as_can_be_seen_there():
    images = torch.zeros(10, 4, 4)
    with for_phones():
        plain = places(gallery(images, columns=10))
        labelled = places(gallery(images, ["a long label"] * 10, columns=10))
        named = gallery(torch.zeros(20, 4, 4), columns=10, rows=["one", "other"])
    for found, across in ((plain, 5), (labelled, 2), (places(named), 5)):
        tops = [top for _, _, top, _ in found]
        assert tops.count(tops[0]) == across
    assert named.get_figwidth() <= PHONE
    assert [text.get_text() for text in named.axes[0].texts] == ["one", "other"]
    assert not named.axes[0].yaxis.get_visible()


def test_limits_say_what_is_black_and_white():
    image = torch.tensor([[-1.0, 0.0], [2.0, 3.0]])
    (picture,) = drawn(gallery([image], limits=(-1, 3)))
    np.testing.assert_allclose(picture, [[0, 0.25], [0.75, 1]])


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(-0.1, 1, "-0.1 to 1"), (0, 255, "0 to 255"), (0, torch.nan, "nan to nan")],
)
def test_values_outside_the_limits_are_refused(low, high, text):
    image = torch.tensor([[low, high]])
    message = (
        f"image 1 holds values from {text}, drawn from 0 to 1: "
        "scale them, or give limits=(black, white) that hold them"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        gallery([torch.zeros(1, 2), image])
    assert not plt.get_fignums()


def test_limits_that_are_one_value_are_refused():
    with pytest.raises(ValueError, match="drawn from 2 to 2: scale them"):
        gallery([torch.full((2, 2), 2.0)], limits=(2, 2))


def test_what_rounding_puts_outside_the_limits_is_drawn_as_the_limit():
    (picture,) = drawn(gallery([torch.tensor([[-1e-6, 1 + 1e-6]])]))
    assert picture.tolist() == [[0, 1]]


@pytest.mark.parametrize("shape", [(), (4,), (2, 4, 4), (4, 4, 3), (0, 4), (1, 1, 4, 4)])
def test_an_image_of_another_shape_is_refused(shape):
    message = f"image 0 has shape {shape}: give it (h, w), (1, h, w) or (3, h, w)"
    with pytest.raises(ValueError, match=exactly(message)):
        gallery([torch.zeros(shape)])


@pytest.mark.parametrize(("count", "columns"), [(0, 8), (2, 0), (2, -1)])
def test_no_images_and_no_columns_are_refused(count, columns):
    message = f"{count} images for rows of {columns}: give at least 1 of both"
    with pytest.raises(ValueError, match=exactly(message)):
        gallery(torch.zeros(count, 4, 4), columns=columns)


@pytest.mark.parametrize(("labels", "rows"), [([1, 2], ["a", "b"]), ([1, 2, 3], ["a"])])
def test_another_number_of_labels_or_names_is_refused(labels, rows):
    message = (
        f"{len(labels)} labels for 3 images, {len(rows)} names for 2 rows: "
        "give one for each, or none"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        gallery(torch.zeros(3, 4, 4), labels, columns=2, rows=rows)
    assert not plt.get_fignums()


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    figure = gallery(torch.rand(3, 4, 4), ["a", "b", "c"], columns=3, rows=["row"])
    assert svg_colors(figure) == {INK, MUTED} <= set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    gallery(torch.zeros(1, 4, 4))
    assert mpl.rcParams == before


def test_images_are_drawn_as_large_as_one_wants_and_the_page_lets():
    def side(figure):
        left, right, _, _ = places(figure)[0]
        return right - left

    images = torch.zeros(4, 4, 4)
    assert side(gallery(images, columns=4)) == pytest.approx(1)
    assert side(gallery(images, columns=4, largest=1.5)) == pytest.approx(1.5)
    assert side(gallery(images, columns=4, largest=9)) < PAGE / 4
    with for_phones():
        large = gallery(images, columns=4, largest=1.7)
    first, second, third, _ = places(large)
    assert first[2:] == second[2:] != third[2:], "on a phone they stand two by two"
    assert side(large) == pytest.approx(1.7, abs=0.05)
