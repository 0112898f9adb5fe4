"""The colours of figures, and the twin of each colour on a dark page.

Figures have no background of their own. On a dark page the site replaces each colour, as text in
the SVG file, by the one that `DARK` gives for it. Colours stay apart in lightness as well as in
hue, so that readers with any of the common colour deficiencies tell them apart.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor

# In inches, of which one is 96 pixels: how wide a page is, the page of a phone, and a letter on
# average.
PAGE, PHONE, LETTER = 7.5, 3.7, 0.1

STYLE = Path(__file__).with_name("course.mplstyle")

INK = "#1a1a1a"
MUTED = "#5f6368"
BLUE = "#154580"
ORANGE = "#b0420c"
GREEN = "#0f9873"
PURPLE = "#c653ca"

COLORS = (BLUE, ORANGE, GREEN, PURPLE)

# Beside the colours, so that colour is never the only difference.
DASHES = ("-", "--", "-.", ":")
MARKS = ("o", "x", "^", "+")

DARK = {
    INK: "#e6e6e6",
    MUTED: "#a3a9b5",
    BLUE: "#4484de",
    ORANGE: "#f0854a",
    GREEN: "#58cba3",
    PURPLE: "#e5aeea",
}


_width = ContextVar("_width", default=PAGE)


def page_width() -> float:
    """Return how wide a figure is that is drawn now, in inches."""
    return _width.get()


def on_phone() -> bool:
    """Return whether what is drawn now is for the page of a phone."""
    return page_width() == PHONE


@contextmanager
def for_phones() -> Iterator[None]:
    """Draw what is drawn inside for the page of a phone."""
    before = _width.set(PHONE)
    try:
        yield
    finally:
        _width.reset(before)


def size(height: float, phone: float) -> tuple[float, float]:
    """Return the size of a figure that fills the page, in inches.

    Args:
        height: Of the figure, in inches.
        phone: The same on the page of a phone.
    """
    return page_width(), phone if on_phone() else height


def columns(names: Iterable[str], beside: float = 0.0) -> int:
    """Return how many columns of a legend fit on the page.

    Args:
        names: The entries of the legend.
        beside: What stands beside the legend, in inches.

    Examples:
        >>> columns(["training", "validation", "test"])
        3
        >>> columns(["training", "validation", "test"], beside=4.0)
        2
    """
    names = list(names)
    line, space = 0.45, 0.35  # beside a name, and between two columns
    widest = line + LETTER * max(map(len, names), default=0) + space
    return max(1, min(len(names), int((page_width() - beside + space) / widest)))


class Drawing(Figure):
    """A figure that a notebook shows once, also where it is the last expression of a cell.

    Attributes:
        narrow: The same figure for the page of a phone, where that is shown too.
        moves: How readers of a page can move it, if they can; `demos` says it.
    """

    narrow: Figure | None = None
    moves: dict[str, Any] | None = None

    def _ipython_display_(self) -> None:
        plt.close(self)  # the end of the cell shows what is open, and this is about to be shown
        raise NotImplementedError  # to IPython: show it like any figure


def on_cpu(values: Any) -> Tensor:
    """Return numbers to draw as a tensor on the CPU, cut off from what they were computed from.

    Args:
        values: A tensor on any device, an array, or a list of numbers.

    Examples:
        >>> on_cpu([1.0, 2.0])
        tensor([1., 2.])
    """
    return torch.as_tensor(values, device="cpu").detach()


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
        figure, axes = plt.subplots(figsize=size(4.2, phone=3.2), FigureClass=Drawing)
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
    return figure, axes


def new_space(labels: tuple[str, str, str], elevation: float) -> tuple[Figure, Any]:
    """Return a new figure with three axes at right angles, seen from above and to the side.

    What is drawn in them keeps the order of its `zorder`: matplotlib's guess of what is in front is
    wrong where things cross. (Its class `Axes3D` has no types, hence `Any`.)

    Args:
        labels: What the axes measure, with their units; the last one points upwards.
        elevation: From how far above, in degrees.

    Examples:
        >>> figure, axes = new_space(("slope", "bias", "cost"), elevation=35)
        >>> axes.get_zlabel()
        'cost'
    """
    with styled({"grid.color": MUTED, "grid.linewidth": 0.3}):
        sides = size(5.2, phone=3.6)
        figure = plt.figure(figsize=sides, layout="none", FigureClass=Drawing)
        axes = figure.add_subplot(projection="3d", computed_zorder=False)
        axes.set_position((0.0, 0.1, 0.88, 0.9) if on_phone() else (-0.05, 0.06, 1, 1))
        axes.set(xlabel=labels[0], ylabel=labels[1], zlabel=labels[2])
        axes.view_init(elev=elevation, azim=-55)
        for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
            axis.set_major_locator(MaxNLocator(3 if on_phone() else 5))
            axis.set_pane_color((0, 0, 0, 0))
            axis.labelpad = 4 if on_phone() else 8
    return figure, axes
