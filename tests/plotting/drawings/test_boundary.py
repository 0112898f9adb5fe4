import re

import matplotlib as mpl
import pytest
import torch

from course.plotting import boundary
from course.plotting.style import BLUE, DARK, INK, MUTED, ORANGE, PAGE, PHONE, for_phones


def example():
    x = torch.linspace(0, 1, 3)
    return boundary({"a": x, "b": x}, x.outer(x), {"no": [(0, 0)], "yes": [(1, 1)]})


A, B = torch.linspace(-4, 4, 17), torch.linspace(-4, 4, 9)
P = torch.sigmoid(A.unsqueeze(1) + 0 * B)  # depends on the first input alone
NO, YES = torch.tensor([[-1.0, 0.0], [-2.0, 3.0]]), [(1.0, -1.0)]


def drawn(probabilities=P, groups=None):
    return boundary({"kg": A, "mm": B}, probabilities, groups or {"held": NO, "broke": YES})


def kinds(figure):
    """Return the shades, the lines and the points of a figure."""
    artists = figure.axes[0].collections
    contours = [each for each in artists if hasattr(each, "levels")]
    shades = [each for each in contours if each.filled]
    lines = [each for each in contours if not each.filled]
    return shades, lines, [each for each in artists if not hasattr(each, "levels")]


def test_the_points_of_the_two_classes_differ_in_color_and_mark():
    figure = drawn(P.clone().requires_grad_())
    _, _, (held, broke) = kinds(figure)
    assert held.get_offsets().tolist() == NO.tolist()
    assert broke.get_offsets().tolist() == [[1, -1]]
    colors = [mpl.colors.to_hex(each.get_facecolor()[0]) for each in (held, broke)]
    assert colors == [BLUE, ORANGE]
    assert len(held.get_paths()[0].vertices) != len(broke.get_paths()[0].vertices)
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("kg", "mm")
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["held", "broke", "probability 0.5", "0.1 and 0.9"]


def test_one_more_shade_lies_over_every_tenth_of_probability():
    shades, _, _ = kinds(drawn())
    starts = [shade.levels[0] for shade in shades]
    assert starts == pytest.approx([step / 10 for step in range(1, 10)])
    assert all(shade.levels[1] > 1 for shade in shades), "probability 1 is shaded, too"
    assert {mpl.colors.to_hex(shade.get_facecolor()[0]) for shade in shades} == {MUTED}
    assert len({shade.get_alpha() for shade in shades}) == 1
    left = [shade.get_paths()[0].vertices[:, 0].min() for shade in shades]
    assert left == sorted(left), "each begins farther to the right, where the first input is larger"


def test_lines_stand_where_the_probability_is_a_tenth_one_half_and_nine_tenths():
    _, (half, sure), _ = kinds(drawn())
    assert (list(half.levels), list(sure.levels)) == ([0.5], [0.1, 0.9])
    assert half.get_paths()[0].vertices[:, 0] == pytest.approx(0, abs=1e-6)
    one, nine = (path.vertices[:, 0] for path in sure.get_paths())
    assert one == pytest.approx(-2.2, abs=0.05)
    assert nine == pytest.approx(2.2, abs=0.05)
    assert half.get_linewidth()[0] > 2 * sure.get_linewidth()[0]
    assert half.get_linestyle() != sure.get_linestyle()
    assert mpl.colors.to_hex(half.get_edgecolor()[0]) == INK


@pytest.mark.parametrize(("value", "shades"), [(0.0, 0), (0.3, 2), (0.5, 4), (0.55, 5), (1.0, 9)])
def test_a_probability_that_is_the_same_everywhere_has_a_shade_and_no_lines(value, shades):
    found, lines, _ = kinds(drawn(torch.full_like(P, value)))
    assert (len(found), lines) == (shades, [])


def test_the_figure_fills_the_page_and_is_nearly_square_on_a_phone():
    assert drawn().get_figwidth() == PAGE
    with for_phones():
        width, height = drawn().get_size_inches()
    assert width == PHONE < height < 5


def test_a_class_may_have_no_points():
    _, _, (held, broke) = kinds(drawn(groups={"held": torch.zeros(0, 2), "broke": YES}))
    assert (len(held.get_offsets()), len(broke.get_offsets())) == (0, 1)


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    assert svg_colors(drawn()) == {INK, MUTED, BLUE, ORANGE} <= set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    drawn()
    assert mpl.rcParams == before


@pytest.mark.parametrize("shape", [(17,), (9, 17), (17, 9, 1)])
def test_probabilities_of_another_shape_are_refused(shape):
    message = f"probabilities have shape {shape}, the grid (17, 9): give both the shape (k, m)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        drawn(torch.full(shape, 0.5))


def test_a_grid_of_one_input_is_refused():
    with pytest.raises(ValueError, match=re.escape("the grid (17,): give both")):
        boundary({"kg": A}, torch.zeros(17), {"held": NO, "broke": YES})


@pytest.mark.parametrize("value", [-0.1, 1.1, torch.nan])
def test_what_is_no_probability_is_refused(value):
    wrong = P.clone()
    wrong[0, 0] = value
    with pytest.raises(ValueError, match=r"^probabilities go from .* example torch.sigmoid\(logit"):
        drawn(wrong)


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        ({"held": NO}, "'held' (2, 2)"),
        ({"a": NO, "b": NO, "c": NO}, "'a' (2, 2), 'b' (2, 2), 'c' (2, 2)"),
        ({"a": NO, "b": torch.zeros(3)}, "'a' (2, 2), 'b' (3,)"),
        ({"a": torch.zeros(2, 3), "b": NO}, "'a' (2, 3), 'b' (2, 2)"),
    ],
)
def test_groups_that_are_not_two_of_points_are_refused(groups, told):
    message = f"the groups have shapes {told}: give two, each of shape (n, 2)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        drawn(groups=groups)
