"""Figures of the lessons, in one style. The only place that imports matplotlib.

A drawing is a function in a file of its name: `plotting.curves(…)` finds `curves` in
`drawings/curves.py`. The folder is the list. The file is loaded when a lesson asks for the drawing,
and no other: an edit re-runs only the lessons that draw with it. `plotting.demo(…)` takes such a
figure and lets readers of the page move it.
"""

import functools
import importlib
import pkgutil
import typing

from course.plotting import drawings, twice

# The files are in a folder of their own: loading `course/plotting/curves.py` would put the module
# in the place of the function. Their names are listed here, and none of them is opened.
__all__ = sorted(file.name for file in pkgutil.iter_modules(drawings.__path__))


def __getattr__(name: str) -> typing.Any:
    """Return a drawing, as `from course.plotting import curves` asks for it."""
    if name == "demo":
        from course.plotting.demos import demo

        return demo
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _found(name)


@functools.cache
def _found(name: str) -> typing.Any:
    return twice.drawn_twice(getattr(importlib.import_module(f"{drawings.__name__}.{name}"), name))


def __dir__() -> list[str]:
    """Return the names of all drawings, for completion."""
    return [*globals(), *__all__]
