"""Where figures become part of a page, each is drawn for a phone too, by the same call."""

import importlib

import matplotlib.pyplot as plt
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from course import plotting
from course.plotting.style import PAGE, PHONE, columns, for_phones, new_axes, on_phone, page_width
from course.plotting.twice import drawn_twice, fold_texts

SCREEN = 358  # pixels, of a phone that is 390 wide


def example(name):
    return importlib.import_module(f"tests.plotting.drawings.test_{name}").example()


@pytest.fixture
def page(monkeypatch):
    """Let figures be drawn as for a page."""
    monkeypatch.setattr(FigureCanvasAgg, "shows_narrow", True, raising=False)
    yield
    plt.close("all")


def letters(figure):
    """Return the size in pixels of the smallest letter where a phone shows the figure."""
    sizes = [
        text.get_fontsize() * (0.7 if "$" in text.get_text() else 1)  # what is raised is smaller
        for text in figure.findobj(Text)
        if text.get_text() and text.get_visible()
    ]
    scale = min(1, SCREEN / (96 * figure.get_figwidth()))
    return min(sizes, default=100) * 96 / 72 * scale


@pytest.mark.parametrize("name", plotting.__all__)
def test_every_drawing_can_be_read_on_a_phone(name, page):
    figure = example(name)
    assert figure.narrow.get_figwidth() <= PHONE or letters(figure.narrow) >= 11
    figure.narrow.canvas.draw()
    assert letters(figure.narrow) >= 11
    assert plt.get_fignums() == [figure.number], "the second one is no figure of its own"


@pytest.mark.parametrize("name", plotting.__all__)
def test_elsewhere_a_drawing_is_drawn_once(name):
    assert example(name).narrow is None
    plt.close("all")


def test_both_are_drawn_from_the_same_values_before_these_change(page):
    values = [3.0, 2.0]
    figure = plotting.curves({"loss": values}, xlabel="step")
    values.append(9.0)
    for each in (figure, figure.narrow):
        assert list(each.axes[0].lines[0].get_ydata()) == [3.0, 2.0]
        assert each.axes[0].get_xlabel() == "step"
    assert (figure.get_figwidth(), figure.narrow.get_figwidth()) == (PAGE, PHONE)


def test_an_error_leaves_nothing_behind(page):
    def drawing():
        if on_phone():
            raise ValueError("too narrow")
        return new_axes("", "")[0]

    with pytest.raises(ValueError, match="too narrow"):
        drawn_twice(drawing)()
    assert page_width() == PAGE


@pytest.mark.parametrize("name", ["panels", "paths", "beside", "agreement", "verdict"])
def test_panels_stand_below_one_another_on_a_phone(name, page):
    figure = example(name).narrow
    figure.canvas.draw()
    edges = {round(axes.get_position().x0, 1) for axes in figure.axes}
    assert len(edges) == 1


def test_long_texts_are_broken_where_they_would_leave_the_figure():
    long = "the mean of what was measured on all rows, in millimetres"
    figure, axes = new_axes(long, long)
    axes.set_title("$" + "x + " * 20 + "x$", loc="left")
    axes.text(0.5, 0.5, "two\nlines  here")
    with for_phones():
        figure.set_size_inches(page_width(), 3)
    fold_texts(figure)
    figure.canvas.draw()
    for label in (axes.xaxis.label, axes.yaxis.label):
        assert label.get_text().replace("\n", " ") == long
        box = label.get_window_extent()
        assert max(box.width, box.height) < figure.bbox.width
    assert "\n" not in axes.get_title("left")
    assert axes.texts[0].get_text() == "two\nlines  here"


@pytest.mark.parametrize(
    ("names", "wide", "narrow"),
    [
        (["a"], 1, 1),
        (["training", "validation"], 2, 2),
        (["central, float64", "forward, float64", "central, float32"], 3, 1),
        (["a name that fills a line of its own on the page of a phone"] * 2, 1, 1),
    ],
)
def test_a_legend_has_as_many_columns_as_fit(names, wide, narrow):
    assert columns(names) == wide
    with for_phones():
        assert columns(names) == narrow
        assert columns(names, beside=PHONE) == 1
