"""Let go of what a build has left in the memory of a server.

Griffe and mkdocstrings remember answers by the object that was asked about: a class of the package
that is shown, the environment of the templates that show it. Each build has its own, and each leads
to all of that build: its package, its pages, their HTML. An answer costs next to nothing; so a new
build begins without them.
"""

import functools
import sys

#: What remembers things of a build in caches that live as long as the process.
_PACKAGES = ("griffe", "mkdocstrings", "mkdocstrings_handlers", "mkdocs_autorefs")


def forget() -> None:
    """Empty every cache at the top of the modules of those packages, whatever their names are."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in _PACKAGES:
            for value in list(vars(module).values()):
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()
