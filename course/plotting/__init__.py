"""Figures of the lessons, in one style. The only place that imports matplotlib."""

from course.plotting.descent import paths
from course.plotting.fit import fits
from course.plotting.images import gallery
from course.plotting.indexing import cells
from course.plotting.lines import curves
from course.plotting.multiples import panels
from course.plotting.points import dots
from course.plotting.surface import landscape
from course.plotting.vectors import arrows

__all__ = ["arrows", "cells", "curves", "dots", "fits", "gallery", "landscape", "panels", "paths"]
