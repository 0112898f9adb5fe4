"""The plugin of mkdocs-jupyter, without loading what it converts notebooks with: we do not.

That is nbconvert, and a fourth of the time of a build in which nothing has changed. It is loaded
when something asks for it, as mkdocs-jupyter itself does where a build has both plugins.
"""

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec

import mkdocs_jupyter

CONVERT = "mkdocs_jupyter.convert"


def _load_later(name: str) -> None:
    """Have a module of mkdocs-jupyter loaded when something of it is used for the first time."""
    spec = find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return
    loader = LazyLoader(spec.loader)
    spec.loader = loader
    module = module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    # Python looks here before it looks whether the module is loaded, which would load it.
    setattr(mkdocs_jupyter, name.rpartition(".")[2], module)


_load_later(CONVERT)

from mkdocs_jupyter.plugin import Plugin  # noqa: E402

__all__ = ["Plugin"]
