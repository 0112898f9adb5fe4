"""A matplotlib backend for lessons: figures are drawn off screen and become outputs of the cell.

matplotlib finds it by its name, `module://literate.running.backend`. `plt.show()` publishes every
open figure; the end of a cell does the same.
"""

import base64
import copy
import io
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy
from IPython.core.getipython import get_ipython
from matplotlib.backend_bases import FigureManagerBase, GraphicsContextBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

#: Pixels per inch of CSS; a figure of 6 inches takes 576 pixels of the page.
CSS_DPI = 96

#: Those of the picture that goes with a figure that is taken along.
PORTABLE_DPI = 120

_Agg: Any = RendererAgg  # without types

_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


#: The figure that was shown last: it stays open, since a program may go on drawing into it.
_last: Figure | None = None


def flush() -> None:
    """Publish every open pyplot figure in the order of their numbers, and close it.

    The one that was shown last, and has not changed since, is not shown again.
    """
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    shell: Any = get_ipython()  # the one that runs the lesson
    shown = _last
    figures: list[Figure] = [pyplot.figure(number) for number in pyplot.get_fignums()]
    for figure in figures:
        if figure is not shown or figure.stale:
            shell.lesson.outputs.display(*shell.lesson.bundle(figure))
    pyplot.close("all")
    _keep_open(None)


def _keep_open(figure: Figure | None) -> None:
    """Close the figure that was shown before, unless it has changed, and keep this one."""
    global _last
    from matplotlib import pyplot

    if _last is not None and _last is not figure and not _last.stale:
        pyplot.close(_last)
    if figure is not None:
        figure.stale = False
    _last = figure


def bundle(
    figure: Figure,
    form: str,
    twins: Mapping[str, str] = MappingProxyType({}),
    *,
    portable: bool = False,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a figure as a MIME bundle with its size; it is closed when the next is shown.

    If the figure has the same for a narrow page, as `narrow`, that comes beside the size: its own
    size, with its picture as `data`. So does what it says of how it can be moved, as `moves`.

    Args:
        figure: What to draw.
        form: `svg` or `png`.
        twins: For each colour, as `#rrggbb`, the one on a dark page. Pixels are drawn a second
            time with these, as `dark` beside the size; in an SVG, whoever shows it can exchange
            them.
        portable: Whether an SVG is drawn as pixels too, on white: Jupyter shows no SVG of a
            notebook that it does not trust.
    """
    picture, size = _drawn(figure, form, twins)
    kind = "image/svg+xml" if form == "svg" else "image/png"
    data, metadata = {kind: picture}, {kind: size}
    if form == "svg" and portable:
        data["image/png"], metadata["image/png"] = _small_png(figure), dict(size)
    narrow: Figure | None = getattr(figure, "narrow", None)
    if narrow is not None and narrow.get_figwidth() < figure.get_figwidth():
        picture, beside = _drawn(narrow, form, twins)
        size["narrow"] = {"data": picture, **beside}
    if moves := getattr(figure, "moves", None):
        size["moves"] = moves
    _keep_open(figure)
    return data, metadata


def _drawn(figure: Figure, form: str, twins: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Return a figure as SVG or as PNG in base 64, and its size, with the dark twin of pixels."""
    import matplotlib

    width, height = figure.get_size_inches()
    size: dict[str, Any] = {"width": round(width * CSS_DPI), "height": round(height * CSS_DPI)}
    if form == "svg":
        buffer = io.BytesIO()
        # A fixed salt: the ids inside would otherwise be random and no two builds alike.
        with matplotlib.rc_context({"svg.hashsalt": "literate"}):
            figure.savefig(buffer, format="svg", metadata=_NO_METADATA)
        return buffer.getvalue().decode(), size
    picture = _png(figure)
    if twins:
        canvas = figure.canvas
        _TwinCanvas(figure, twins)
        size["dark"] = _png(figure)
        figure.set_canvas(canvas)
    return picture, size


def _png(figure: Figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=2 * CSS_DPI, metadata={"Software": None})
    return base64.b64encode(buffer.getvalue()).decode()


def _small_png(figure: Figure) -> str:
    """Return a figure on white in 256 colours: a third of what all colours take."""
    from PIL import Image

    buffer, small = io.BytesIO(), io.BytesIO()
    figure.savefig(buffer, format="png", dpi=PORTABLE_DPI, facecolor="white", transparent=False)
    image = Image.open(buffer).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    image.save(small, format="png", optimize=True)
    return base64.b64encode(small.getvalue()).decode()


class FigureManager(FigureManagerBase):
    """A manager without a window: showing means publishing."""

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """Publish the open figures, as `plt.show()` asks."""
        flush()


class FigureCanvas(FigureCanvasAgg):
    """The off-screen canvas, with a manager that publishes.

    Attributes:
        shows_narrow: Whether a figure may have the same figure for a narrow page as its attribute
            `narrow`. That is shown where the figure itself would be too small to be read.
    """

    manager_class = FigureManager
    shows_narrow = True


class _TwinRenderer(_Agg):  # type: ignore[misc]
    """Exchanges colours at the last moment: the artists of the figure keep theirs.

    Images, meshes and gradients show data, and stay as they are.
    """

    def __init__(self, size: tuple[float, float], dpi: float, twins: Mapping[str, str]) -> None:
        self._twins = {colour.lower(): to_rgb(twin) for colour, twin in twins.items()}
        super().__init__(*size, dpi)

    def _update_methods(self) -> None:
        super()._update_methods()
        # Compiled functions, which matplotlib has put into this object: no method can replace them.
        own: Any = self
        markers, collection = own.draw_markers, own.draw_path_collection

        def draw_markers(gc: Any, *shape: Any) -> None:
            face = self._twin(shape[4]) if len(shape) == 5 else None
            markers(self._context(gc), *shape[:4], face)

        def draw_path_collection(gc: Any, *shape: Any, **more: Any) -> None:
            faces, edges = map(self._all_twins, shape[5:7])
            if "hatchcolors" in more:
                more["hatchcolors"] = self._all_twins(more["hatchcolors"])
            collection(self._context(gc), *shape[:5], faces, edges, *shape[7:], **more)

        own.draw_markers, own.draw_path_collection = draw_markers, draw_path_collection

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:  # noqa: N803
        """Draw a line or an area."""
        super().draw_path(self._context(gc), path, transform, self._twin(rgbFace))

    def draw_text(self, gc: Any, *what: Any, **more: Any) -> None:
        """Draw text."""
        super().draw_text(self._context(gc), *what, **more)

    def _context(self, gc: GraphicsContextBase) -> GraphicsContextBase:
        twin = copy.copy(gc)
        twin.set_foreground(self._twin(gc.get_rgb()), isRGBA=True)
        if gc.get_hatch_color() is not None:
            twin.set_hatch_color(self._twin(gc.get_hatch_color()))
        return twin

    def _twin(self, colour: Any) -> Any:
        twin = None if colour is None else self._twins.get(to_hex(colour))
        return colour if twin is None else (*twin, *colour[3:])

    def _all_twins(self, colours: Any) -> Any:
        return numpy.array([self._twin(colour) for colour in colours]).reshape(-1, 4)


class _TwinCanvas(FigureCanvasAgg):
    """The canvas on which a figure becomes its dark twin."""

    def __init__(self, figure: Figure, twins: Mapping[str, str]) -> None:
        super().__init__(figure)
        self._twins = twins

    def get_renderer(self) -> _TwinRenderer:
        """Return what draws on this canvas, at the size that the figure has now."""
        return _TwinRenderer(self.figure.bbox.size, self.figure.dpi, self._twins)
