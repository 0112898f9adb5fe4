import re

import matplotlib as mpl
import pytest
import torch

from course.plotting import spaces
from course.plotting.style import BLUE, DARK, GREEN, INK, ORANGE, PAGE, PHONE, PURPLE, for_phones


def example():
    rows, ends = torch.tensor([[0.0, 0.0], [1.0, 1.0]]), torch.tensor([-1.0, 2.0])
    view = (rows, {"border": torch.tensor([1.0, 1.0, -1.0])}, ends, ends.unsqueeze(1) + ends - 1)
    return spaces({("a", "b"): view}, torch.tensor([0, 1]), ["left", "right"])


VALUES = torch.linspace(-1, 3, 9)
ROWS = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
LABELS = torch.tensor([0, 1, 0])
LOGITS = VALUES.unsqueeze(1) + 0 * VALUES - 0.5  # above 0 right of 0.5
BORDERS = {"upright": torch.tensor([2.0, 0.0, -1.0]), "tilted": torch.tensor([1.0, 1.0, -1.0])}


def drawn(borders=BORDERS, logits=LOGITS, rows=ROWS, names=("a", "b", "c")):
    first = (rows, borders, VALUES, logits)
    second = (rows + 0.5, {"output": torch.tensor([0.0, -1.0, 1.0])}, VALUES, -LOGITS)
    return spaces({("x", "y"): first, ("u", "v"): second}, LABELS, names)


def shades(axes):
    return [each for each in axes.collections if hasattr(each, "levels")]


def test_the_rows_of_the_two_classes_differ_in_color_and_mark():
    for axes, moved in zip(drawn(rows=ROWS.clone().requires_grad_()).axes, (0, 0.5), strict=True):
        no, yes = [each for each in axes.collections if not hasattr(each, "levels")]
        assert no.get_offsets().tolist() == (ROWS[[0, 2]] + moved).tolist()
        assert yes.get_offsets().tolist() == (ROWS[[1]] + moved).tolist()
        assert [mpl.colors.to_hex(each.get_facecolor()[0]) for each in (no, yes)] == [BLUE, ORANGE]
        assert len(no.get_paths()[0].vertices) != len(yes.get_paths()[0].vertices)


def test_each_plane_has_its_names_and_the_legend_every_line_once():
    figure = drawn()
    assert [(axes.get_xlabel(), axes.get_ylabel()) for axes in figure.axes] == [
        ("x", "y"), ("u", "v"),
    ]  # fmt: skip
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert sorted(names) == ["no", "output", "tilted", "upright", "yes"]
    assert all(axes.get_xlim() == axes.get_ylim() == (-1, 3) for axes in figure.axes)


def test_a_border_lies_where_its_sum_is_0_and_keeps_its_look():
    figure = drawn()
    upright, tilted = figure.axes[0].lines
    for line, (first, second, bias) in ((upright, (2, 0, -1)), (tilted, (1, 1, -1))):
        for x, y in (line.get_xy1(), line.get_xy2()):
            assert first * x + second * y + bias == pytest.approx(0)
    assert upright.get_xy1() != upright.get_xy2()
    (output,) = figure.axes[1].lines
    looks = [(line.get_color(), line.get_linestyle()) for line in (upright, tilted, output)]
    assert looks == [(GREEN, "-"), (PURPLE, "--"), (INK, "-.")]


def test_an_arrow_points_to_the_side_where_the_sum_of_a_border_is_positive():
    figure = drawn()
    arrows = [each for each in figure.axes[0].texts if each.arrow_patch]
    for arrow, (first, second, bias) in zip(arrows, [(2, 0, -1), (1, 1, -1)], strict=True):
        foot, head = arrow.xyann, arrow.xy
        assert first * foot[0] + second * foot[1] + bias == pytest.approx(0, abs=1e-6)
        far = first * head[0] + second * head[1] + bias
        assert far / (first**2 + second**2) ** 0.5 == pytest.approx(0.14 * 4)
    middle = sum(arrows[0].xyann) / 2
    assert arrows[0].xyann == pytest.approx((0.5, 1.0))  # of the border, nearest to (1, 1)
    assert middle == pytest.approx(0.75)


def test_the_plane_is_shaded_where_the_logits_are_above_0():
    left, right = (shades(axes) for axes in drawn().axes)
    assert left[0].get_paths()[0].vertices[:, 0].min() == pytest.approx(0.5)
    assert right[0].get_paths()[0].vertices[:, 0].max() == pytest.approx(0.5)
    assert shades(drawn(logits=0 * LOGITS - 1).axes[0]) == []


def test_rows_in_one_place_share_it():
    same = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    texts = [text for text in drawn(rows=same).axes[0].texts if text.get_text()]
    assert [(text.get_text(), text.xy) for text in texts] == [("a, c", (0, 0)), ("b", (1, 0))]
    assert not [text for text in drawn(names=()).axes[0].texts if text.get_text()]


def test_names_stand_above_rows_of_class_0_and_below_rows_of_class_1():
    texts = [text for text in drawn().axes[0].texts if text.get_text()]
    assert [text.get_text() for text in texts] == ["a", "b", "c"]
    assert [text.xyann[1] > 0 for text in texts] == [True, False, True]
    assert len([text for text in drawn(names=("a",)).axes[0].texts if text.get_text()]) == 1


def test_a_border_without_weights_is_not_drawn():
    figure = drawn(borders={"none": torch.zeros(3)})
    assert len(figure.axes[0].lines) == 0
    assert "none" not in [text.get_text() for text in figure.legends[0].get_texts()]


def test_the_planes_stand_side_by_side_and_below_one_another_on_a_phone():
    figure = drawn()
    assert figure.get_figwidth() == PAGE
    one, other = (axes.get_subplotspec() for axes in figure.axes)
    assert (one.rowspan, one.colspan) != (other.rowspan, other.colspan)
    assert one.rowspan == other.rowspan
    with for_phones():
        figure = drawn()
    assert figure.get_figwidth() == PHONE < figure.get_figheight()
    one, other = (axes.get_subplotspec() for axes in figure.axes)
    assert one.colspan == other.colspan
    assert spaces({("a", "b"): (ROWS, {}, VALUES, LOGITS)}, LABELS).get_figheight() > 5


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    assert svg_colors(drawn()) <= set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    drawn()
    assert mpl.rcParams == before


def test_no_planes_are_refused():
    with pytest.raises(ValueError, match=r"^got no planes: give one or more$"):
        spaces({}, LABELS)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rows": ROWS[:, :1]}, "(3, 1), (3,), (9,), (9, 9), (3,), (3,)"),
        ({"logits": LOGITS[1:]}, "(3, 2), (3,), (9,), (8, 9), (3,), (3,)"),
        ({"borders": {"a": torch.zeros(2)}}, "(3, 2), (3,), (9,), (9, 9), (2,)"),
    ],
)
def test_shapes_that_do_not_belong_together_are_refused(change, told):
    message = (
        f"the plane ('x', 'y') has the shapes {told}: give rows, labels, values, logits and "
        "borders (n, 2), (n,), (k,), (k, k), (3,)"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        drawn(**change)


def test_more_names_of_borders_than_there_are_looks_are_refused():
    borders = {name: torch.ones(3) for name in "abc"}
    with pytest.raises(ValueError, match=r"^there are more than 3 names of borders: give fewer$"):
        drawn(borders=borders)
