import importlib
import itertools
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from course import plotting
from course.plotting.style import (
    COLORS,
    DARK,
    INK,
    MUTED,
    STYLE,
    Drawing,
    new_axes,
    new_space,
    styled,
)

WHITE, SLATE = "#ffffff", "#1e2029"  # Material's pages; the second is hsla(232, 15%, 14%)
PAGES = {"light": (WHITE, {color: color for color in DARK}), "dark": (SLATE, DARK)}

# Machado, Oliveira and Fernandes (2009), table 1, severity 1: what linear RGB becomes.
SIGHT = {
    "normal": np.eye(3),
    "protan": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]],
    "deutan": [[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
    "tritan": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(color):
    rgb = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    low, high = sorted((TO_XYZ @ linear(color))[1] for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    ratio = TO_XYZ @ np.clip(rgb, 0, 1) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("page", PAGES)
def test_text_and_lines_stand_out_from_the_page(page):
    background, twin = PAGES[page]
    assert contrast(twin[INK], background) >= 4.5
    assert contrast(twin[MUTED], background) >= 4.5
    assert min(contrast(twin[color], background) for color in COLORS) >= 3


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("page", PAGES)
def test_any_two_colors_look_different_to_everyone(page, sight):
    _, twin = PAGES[page]
    seen = [lab(np.array(SIGHT[sight]) @ linear(twin[color])) for color in (INK, *COLORS)]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 18


def test_replacing_colors_one_after_the_other_replaces_each_once():
    assert not set(DARK) & set(DARK.values())
    assert len(set(DARK.values())) == len(DARK)
    assert all(re.fullmatch("#[0-9a-f]{6}", color) for color in [*DARK, *DARK.values()])


def test_the_style_file_uses_these_colors_and_no_others():
    written = re.findall(r"\b[0-9a-f]{6}\b", STYLE.read_text(encoding="utf-8"))
    assert {f"#{color}" for color in written} == set(DARK)
    with plt.style.context(STYLE):
        assert tuple(mpl.rcParams["axes.prop_cycle"].by_key()["color"]) == COLORS


def test_new_axes_have_their_labels_the_style_and_no_background(svg_colors):
    figure, axes = new_axes("epoch", "loss")
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "loss")
    assert axes.get_facecolor()[3] == 0
    assert figure.get_facecolor()[3] == 0
    assert svg_colors(figure) == {INK, MUTED}


def test_a_new_space_has_its_labels_the_style_and_no_background(svg_colors):
    figure, axes = new_space(("slope", "bias", "cost"), elevation=20)
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_zlabel()) == ("slope", "bias", "cost")
    assert (axes.elev, axes.computed_zorder) == (20, False)
    assert all(axis.pane.get_facecolor()[3] == 0 for axis in axes._axis_map.values())
    assert svg_colors(figure) == {INK, MUTED}


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    new_axes("epoch", "loss")
    new_space(("slope", "bias", "cost"), elevation=20)
    assert mpl.rcParams == before


def test_settings_of_one_figure_go_with_the_style():
    with styled({"grid.linewidth": 0.25}):
        assert mpl.rcParams["grid.linewidth"] == 0.25
        assert not mpl.rcParams["axes.spines.top"]


def test_a_notebook_that_becomes_interactive_while_a_figure_is_drawn_stays_so():
    # What the backend of notebooks does when the first figure loads it.
    with styled():
        plt.ion()
    assert plt.isinteractive()
    plt.ioff()
    with styled():
        pass
    assert not plt.isinteractive()


@pytest.mark.parametrize("name", plotting.__all__)
def test_a_figure_that_a_notebook_shows_is_not_shown_again_at_the_end_of_the_cell(name):
    figure = example_of(name)
    assert isinstance(figure, Drawing)
    assert plt.get_fignums() == [figure.number]  # `plt.show()` would show it
    with pytest.raises(NotImplementedError):  # how IPython is told to show it as it does others
        figure._ipython_display_()
    assert plt.get_fignums() == []


def example_of(name):
    """Return the small figure that the test of a drawing makes to show what it draws."""
    test = importlib.import_module(f"tests.plotting.drawings.test_{name}")
    needed = f"{test.__file__} needs a function `example` that returns a small figure"
    assert hasattr(test, "example"), needed
    return test.example()
