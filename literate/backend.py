"""A matplotlib backend for lessons: figures are drawn off screen and become outputs of the cell.

matplotlib finds it by its name, `module://literate.backend`. `plt.show()` publishes every open
figure; the end of a cell does the same.
"""

import base64
import io
import sys
from typing import Any

from IPython.core.getipython import get_ipython
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

#: Pixels per inch of CSS; a figure of 6 inches takes 576 pixels of the page.
CSS_DPI = 96

_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def flush() -> None:
    """Publish every open pyplot figure in the order of their numbers, and close it."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    shell: Any = get_ipython()  # the one that runs the lesson
    for number in pyplot.get_fignums():
        shell.lesson.outputs.display(*bundle(pyplot.figure(number), shell.lesson.form))


def bundle(figure: Figure, form: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a figure as a MIME bundle, `svg` or `png`, with its size, and close it."""
    import matplotlib
    from matplotlib import pyplot

    width, height = figure.get_size_inches()
    buffer = io.BytesIO()
    if form == "svg":
        # A fixed salt: the ids inside would otherwise be random and no two builds alike.
        with matplotlib.rc_context({"svg.hashsalt": "literate"}):
            figure.savefig(buffer, format="svg", metadata=_NO_METADATA)
        data: dict[str, Any] = {"image/svg+xml": buffer.getvalue().decode()}
    else:
        figure.savefig(buffer, format="png", dpi=2 * CSS_DPI, metadata={"Software": None})
        data = {"image/png": base64.b64encode(buffer.getvalue()).decode()}
    pyplot.close(figure)
    size = {"width": round(width * CSS_DPI), "height": round(height * CSS_DPI)}
    return data, {next(iter(data)): size}


class FigureManager(FigureManagerBase):
    """A manager without a window: showing means publishing."""

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """Publish the open figures, as `plt.show()` asks."""
        flush()


class FigureCanvas(FigureCanvasAgg):
    """The off-screen canvas, with a manager that publishes."""

    manager_class = FigureManager
