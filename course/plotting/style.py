"""The colours of figures, and the twin of each colour on a dark page.

Figures have no background of their own. On a dark page the site replaces each colour, as text in
the SVG file, by the one that `DARK` gives for it. Colours stay apart in lightness as well as in
hue, so that readers with any of the common colour deficiencies tell them apart.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

STYLE = Path(__file__).with_name("course.mplstyle")

INK = "#1a1a1a"
MUTED = "#5f6368"
BLUE = "#154580"
ORANGE = "#b0420c"
GREEN = "#0f9873"
PURPLE = "#c653ca"

COLORS = (BLUE, ORANGE, GREEN, PURPLE)

DARK = {
    INK: "#e6e6e6",
    MUTED: "#a3a9b5",
    BLUE: "#4484de",
    ORANGE: "#f0854a",
    GREEN: "#58cba3",
    PURPLE: "#e5aeea",
}


class Drawing(Figure):
    """A figure that a notebook shows once, also where it is the last expression of a cell."""

    def _ipython_display_(self) -> None:
        plt.close(self)  # the end of the cell shows what is open, and this is about to be shown
        raise NotImplementedError  # to IPython: show it like any figure


@contextmanager
def styled(*more: dict[str, Any]) -> Iterator[None]:
    """Draw in the style of the course.

    The first figure of a notebook makes matplotlib interactive. That outlives the style, or later
    figures would not be shown.

    Args:
        more: Further settings of matplotlib.
    """
    with plt.style.context([STYLE, *more]):
        yield
        interactive = plt.isinteractive()
    matplotlib.interactive(interactive)


def new_axes(xlabel: str, ylabel: str) -> tuple[Figure, Axes]:
    """Return a new figure in the style of the course, and its axes.

    Args:
        xlabel: What the horizontal axis measures, with its unit.
        ylabel: What the vertical axis measures, with its unit.

    Examples:
        >>> figure, axes = new_axes("epoch", "loss")
        >>> axes.get_xlabel()
        'epoch'
    """
    with styled():
        figure, axes = plt.subplots(FigureClass=Drawing)
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
    return figure, axes
