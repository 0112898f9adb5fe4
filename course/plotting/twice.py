"""A figure for the page, and the same for a phone: drawn twice by one call.

The page of a phone is half as wide. Made smaller, a figure would have letters that nobody can read;
so it is drawn once more, with letters of the same size, panels below one another, and labels in
several lines. That happens only where figures become part of a page: its canvas says that it shows
narrow ones.
"""

import functools
import textwrap
from collections.abc import Callable
from typing import ParamSpec

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.text import Text

from course.plotting.style import LETTER, Drawing, for_phones

Given = ParamSpec("Given")


def drawn_twice(drawing: Callable[Given, Figure]) -> Callable[Given, Figure]:
    """Return a drawing whose figures have the one for a phone as `narrow`, where that is shown.

    What is changed in the figure after the call does not change in the second one.

    Args:
        drawing: A function that returns a new figure, as wide as `page_width` says.
    """

    @functools.wraps(drawing)
    def draw(*args: Given.args, **more: Given.kwargs) -> Figure:
        figure = drawing(*args, **more)
        if getattr(figure.canvas, "shows_narrow", False):
            with for_phones():
                narrow = drawing(*args, **more)
            fold_texts(narrow)
            plt.close(narrow)  # it is no figure of its own
            assert isinstance(figure, Drawing)
            figure.narrow = narrow
        return figure

    return draw


def fold_texts(figure: Figure) -> None:
    r"""Break texts that are longer than the figure, or the panel beside which they stand.

    Args:
        figure: Its size and its texts are final.

    Examples:
        >>> from course.plotting.style import new_axes
        >>> figure, axes = new_axes("what the horizontal axis measures, in its unit", "")
        >>> figure.set_figwidth(3.0)
        >>> fold_texts(figure)
        >>> axes.get_xlabel().split("\n")
        ['what the horizontal axis', 'measures, in its unit']
    """
    for text in figure.findobj(Text):
        width, height = figure.get_size_inches()
        if text.axes is not None and (place := text.axes.get_subplotspec()):
            height /= place.get_gridspec().nrows
        room = 0.85 * (height if text.get_rotation() else width)
        letters = int(room / (LETTER * float(text.get_fontsize()) / 12))
        lines = text.get_text().split("\n")
        if max(map(len, lines)) > letters and "$" not in text.get_text():  # a formula stays whole
            text.set_text("\n".join(textwrap.fill(line, max(letters, 8)) for line in lines))
