import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.colors import to_hex

from course.plotting import verdict
from course.plotting.style import BLUE, DARK, INK, MUTED, ORANGE


def example():
    x = torch.linspace(0, 1, 3)
    return verdict(torch.ones(2, 2), (x, x), (x, x), (x, x, x))


COUNTS = torch.tensor([[70, 10], [5, 15]])
ROC = (torch.tensor([0.0, 0.125, 1.0]), torch.tensor([0.0, 0.75, 1.0]))
PRECISION_RECALL = (torch.tensor([0.0, 0.75, 1.0]), torch.tensor([1.0, 0.6, 0.2]))
CALIBRATION = (torch.tensor([0.1, 0.9]), torch.tensor([0.2, 0.7]), torch.tensor([80, 20]))


def draw(counts=COUNTS, **more):
    return verdict(counts, ROC, PRECISION_RECALL, CALIBRATION, **more)


def texts(axes):
    return [text.get_text() for text in axes.texts]


def points(line):
    return list(zip(line.get_xdata(), line.get_ydata(), strict=True))


def test_there_are_four_panels_with_titles_and_labels():
    figure = draw(names=("well", "ill"))
    titles = [axes.get_title("left") for axes in figure.axes]
    assert titles == ["counts", "ROC", "precision–recall", "calibration"]
    assert [(axes.get_xlabel(), axes.get_ylabel()) for axes in figure.axes] == [
        ("predicted", "true"),
        ("false positive rate", "true positive rate"),
        ("recall", "precision"),
        ("probability", "fraction ill"),
    ]


def test_the_counts_stand_in_cells_of_which_the_wrong_ones_look_different():
    axes = draw(names=("well", "ill")).axes[0]
    assert texts(axes) == ["70", "10", "5", "15"]
    places = [text.get_position() for text in axes.texts]
    assert places == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert [to_hex(patch.get_facecolor()) for patch in axes.patches] == [BLUE, ORANGE, ORANGE, BLUE]
    centres = [
        (patch.get_x() + patch.get_width() / 2, patch.get_y() + patch.get_height() / 2)
        for patch in axes.patches
    ]
    assert centres == [pytest.approx(place) for place in places]
    assert axes.get_ylim() == (1.5, -0.5), "true class 0 is the upper row, as in the matrix"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["well", "ill"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["well", "ill"]


def test_the_curves_are_drawn_and_a_dot_marks_what_the_counts_say():
    _, roc, precision_recall, _ = draw().axes
    curve, dot, guess = roc.lines
    assert points(curve) == [(0, 0), (0.125, 0.75), (1, 1)]
    assert points(dot) == [(10 / 80, 15 / 20)]
    assert points(guess) == [(0, 0), (1, 1)]
    curve, dot, guess = precision_recall.lines
    assert points(curve) == [pytest.approx(point) for point in [(0, 1), (0.75, 0.6), (1, 0.2)]]
    assert points(dot) == [(15 / 20, 15 / 25)]
    assert points(guess) == [(0, 0.2), (1, 0.2)], "the share of class 1"


def test_without_any_yes_the_dot_has_the_precision_1_of_the_curve():
    dot = draw(torch.tensor([[3, 0], [2, 0]])).axes[2].lines[1]
    assert points(dot) == [(0, 1)]


def test_each_bin_has_its_number_of_rows_on_the_side_away_from_the_diagonal():
    axes = draw().axes[3]
    assert axes.collections[0].get_offsets().tolist() == [
        pytest.approx([0.1, 0.2]),
        pytest.approx([0.9, 0.7]),
    ]
    assert texts(axes) == ["80", "20"]
    assert [text.get_ha() for text in axes.texts] == ["right", "left"]
    assert [text.xyann[0] for text in axes.texts] == [-8, 8]
    assert points(axes.lines[0]) == [(0, 0), (1, 1)]


def test_a_class_may_have_a_single_row():
    axes = draw(torch.tensor([[1, 0], [0, 1]])).axes
    assert texts(axes[0]) == ["1", "0", "0", "1"]
    assert points(axes[1].lines[1]) == [(0, 1)]


def test_curves_are_solid_and_what_they_are_compared_with_is_dotted():
    _, roc, precision_recall, calibration = draw().axes
    compared = [roc.lines[2], precision_recall.lines[2], calibration.lines[0]]
    assert {line.get_linestyle() for line in compared} == {":"}
    assert {line.get_color() for line in compared} == {MUTED}
    for axes in (roc, precision_recall):
        curve, dot, guess = axes.lines
        assert (curve.get_linestyle(), curve.get_color()) == ("-", BLUE)
        assert (dot.get_marker(), dot.get_color()) == ("o", ORANGE)
        assert curve.get_linewidth() == guess.get_linewidth() == 2
    assert calibration.lines[0].get_linewidth() == 2


def test_cells_are_tinted_and_have_no_frame():
    patches = draw().axes[0].patches
    assert {(patch.get_alpha(), patch.get_linewidth()) for patch in patches} == {(0.25, 0)}


def test_the_three_curves_have_the_same_axes():
    _, *squares = draw().axes
    assert {axes.get_xlim() for axes in squares} == {axes.get_ylim() for axes in squares}
    assert len({axes.get_xlim() for axes in squares}) == 1
    low, high = squares[0].get_xlim()
    assert low < 0 < 1 < high
    for axes in squares:
        labels = [*axes.get_xticklabels(), *axes.get_yticklabels()]
        assert [label.get_text() for label in labels] == ["0", "½", "1"] * 2
        assert list(axes.get_xticks()) == list(axes.get_yticks()) == [0, 0.5, 1]


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    assert {INK, MUTED, BLUE, ORANGE} <= svg_colors(draw()) <= set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    draw()
    assert mpl.rcParams == before


@pytest.mark.parametrize(
    ("counts", "shape", "rows"),
    [
        (torch.ones(3, 3), "(3, 3)", 9),
        (torch.ones(4), "(4,)", 4),
        (torch.tensor([[0, 0], [1, 2]]), "(2, 2)", 3),
        (torch.tensor([[1, 2], [0, 0]]), "(2, 2)", 3),
    ],
)
def test_another_matrix_or_a_class_without_rows_is_refused(counts, shape, rows):
    message = (
        f"counts have shape {shape}, {rows} rows: give a confusion matrix (2, 2), with rows of "
        "both classes"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        draw(counts)
    assert not plt.get_fignums()


@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("shape", [(0,), (2, 1), (3,)])
def test_curves_of_other_shapes_are_refused(place, shape):
    arguments = [COUNTS, ROC, PRECISION_RECALL, CALIBRATION]
    other = torch.zeros(shape)
    first = torch.zeros(2) if shape == (3,) else other
    arguments[place] = (first, *[other] * (len(arguments[place]) - 1))
    name = ["roc", "precision_recall", "calibration"][place - 1]
    found = ", ".join(str(tuple(values.shape)) for values in arguments[place])
    message = f"{name} has shapes {found}: give all the same (t,), t at least 1"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        verdict(*arguments)
    assert not plt.get_fignums()
