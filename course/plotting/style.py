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
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor

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


class Drawing(Figure):
    """A figure that a notebook shows once, also where it is the last expression of a cell."""

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
        figure, axes = plt.subplots(FigureClass=Drawing)
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
        figure = plt.figure(figsize=(6.4, 4.6), layout="none", FigureClass=Drawing)
        axes = figure.add_subplot(projection="3d", computed_zorder=False)
        axes.set_position((-0.05, 0.06, 1, 1))
        axes.set(xlabel=labels[0], ylabel=labels[1], zlabel=labels[2])
        axes.view_init(elev=elevation, azim=-55)
        for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
            axis.set_major_locator(MaxNLocator(5))
            axis.set_pane_color((0, 0, 0, 0))
            axis.labelpad = 8
    return figure, axes
