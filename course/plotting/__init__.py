"""Figures of the lessons, in one style. The only place that imports matplotlib."""

import importlib
import typing

# A drawing has a line in each of three lists: this one, for type checkers and the reference,
if typing.TYPE_CHECKING:
    from course.plotting.addresses import sharing
    from course.plotting.broadcasting import stretched
    from course.plotting.contour import contours
    from course.plotting.descent import paths
    from course.plotting.fit import fits
    from course.plotting.function import functions
    from course.plotting.gradient import gradients
    from course.plotting.graph import diagram
    from course.plotting.heatmap import tiles
    from course.plotting.histogram import histograms
    from course.plotting.images import gallery
    from course.plotting.indexing import cells
    from course.plotting.judgement import verdict
    from course.plotting.layout import memory
    from course.plotting.lines import curves
    from course.plotting.multiples import panels
    from course.plotting.points import dots
    from course.plotting.regions import boundary
    from course.plotting.residuals import plane
    from course.plotting.row import beside
    from course.plotting.scatter import clouds
    from course.plotting.surface import landscape
    from course.plotting.tangent import tangents
    from course.plotting.truth import agreement
    from course.plotting.vectors import arrows

# its name,
__all__ = [
    "agreement",
    "arrows",
    "beside",
    "boundary",
    "cells",
    "clouds",
    "contours",
    "curves",
    "diagram",
    "dots",
    "fits",
    "functions",
    "gallery",
    "gradients",
    "histograms",
    "landscape",
    "memory",
    "panels",
    "paths",
    "plane",
    "sharing",
    "stretched",
    "tangents",
    "tiles",
    "verdict",
]

# and its module, loaded when a lesson asks for the drawing: an edit re-runs no other lesson.
_MODULES = {
    "agreement": "truth",
    "arrows": "vectors",
    "beside": "row",
    "boundary": "regions",
    "cells": "indexing",
    "clouds": "scatter",
    "contours": "contour",
    "curves": "lines",
    "diagram": "graph",
    "dots": "points",
    "fits": "fit",
    "functions": "function",
    "gallery": "images",
    "gradients": "gradient",
    "histograms": "histogram",
    "landscape": "surface",
    "memory": "layout",
    "panels": "multiples",
    "paths": "descent",
    "plane": "residuals",
    "sharing": "addresses",
    "stretched": "broadcasting",
    "tangents": "tangent",
    "tiles": "heatmap",
    "verdict": "judgement",
}

if not typing.TYPE_CHECKING:  # type checkers would believe that every name is there

    def __getattr__(name: str) -> object:
        """Return a drawing, as `from course.plotting import curves` asks for it."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)

    def __dir__() -> list[str]:
        """Return the names of all drawings, for completion."""
        return [*globals(), *__all__]
