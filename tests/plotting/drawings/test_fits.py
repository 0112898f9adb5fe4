import re

import matplotlib as mpl
import pytest
import torch

from course.plotting import fits
from course.plotting.style import BLUE, DARK, INK, MUTED, ORANGE


def example():
    x = torch.linspace(0, 1, 3)
    return fits(x, x, {"line": (x, x)})


X, Y = torch.tensor([1.0, 2.0]), torch.tensor([2.5, 3.5], requires_grad=True)
ENDS = torch.tensor([0.0, 4.0])


def test_the_points_are_dots_and_each_model_is_a_line_with_its_name():
    figure = fits(
        X, Y, {"guess": (ENDS, 2 * ENDS), "better": (ENDS, (ENDS + 1).requires_grad_())}, "kg", "cm"
    )
    (axes,) = figure.axes
    (points,) = axes.collections
    assert points.get_offsets().tolist() == [[1.0, 2.5], [2.0, 3.5]]
    assert [list(line.get_ydata()) for line in axes.lines] == [[0.0, 8.0], [1.0, 5.0]]
    assert [list(line.get_xdata()) for line in axes.lines] == [[0.0, 4.0]] * 2
    assert [line.get_color() for line in axes.lines] == [BLUE, ORANGE]
    assert len({line.get_linestyle() for line in axes.lines}) == 2
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["measured", "guess", "better"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("kg", "cm")


def test_a_border_is_an_upright_line_with_a_name_of_its_own():
    figure = fits(X, Y, {"guess": (ENDS, ENDS)}, borders={"half": 1.5})
    _, border = figure.axes[0].lines
    assert list(border.get_xdata()) == [1.5, 1.5]
    assert list(border.get_ydata()) == [0, 1], "from the bottom to the top of the axes"
    assert border.get_color() == MUTED
    assert border.get_linestyle() != "-"
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["measured", "guess", "half"]


def test_the_legend_leaves_the_picture_its_width():
    models = {f"a model with a long name, {i}": (ENDS, ENDS) for i in range(3)}
    figure = fits(X, Y, models)
    figure.canvas.draw()
    assert figure.axes[0].get_position().width > 0.7


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    models = dict.fromkeys("ab", (ENDS, ENDS))
    assert svg_colors(fits(X, Y, models)) == {INK, MUTED, BLUE, ORANGE} <= set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    fits(X, Y, {})
    assert mpl.rcParams == before


def test_more_models_than_colors_are_refused():
    models = {str(i): (ENDS, ENDS) for i in range(5)}
    with pytest.raises(ValueError, match=r"^got 5 models: give at most 4$"):
        fits(X, Y, models)


@pytest.mark.parametrize(
    ("x", "y", "line", "name"),
    [
        ((2,), (3,), (2,), "the data have shapes (2,) and (3,)"),
        ((2, 1), (2, 1), (2,), "the data have shapes (2, 1) and (2, 1)"),
        ((2,), (2,), (3,), "the curve of 'guess' has shapes (2,) and (3,)"),
    ],
)
def test_shapes_that_do_not_belong_together_are_refused(x, y, line, name):
    models = {"guess": (ENDS, torch.zeros(line))}
    with pytest.raises(ValueError, match=f"^{re.escape(name)}: give both the shape"):
        fits(torch.zeros(x), torch.zeros(y), models)
