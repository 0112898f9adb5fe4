"""Move the seeds of a program: wherever one is handed over, a fixed number is added to it.

It is not the literals that are changed but the calls to which seeds go in the end, in cells and in
the modules of the project. So it does not matter whether a seed is written there, counts in a
loop, is a default, or comes through functions; and what shared a seed before still shares one.
"""

import ast
import builtins
import importlib.machinery
import sys
from collections.abc import Callable
from numbers import Integral
from pathlib import Path
from typing import Any

#: Functions and classes whose first argument is a seed, or the one of the name `seed`.
_SEEDED = {
    "manual_seed",
    "manual_seed_all",
    "seed",
    "seed_all",
    "default_rng",
    "Random",
    "RandomState",
    "SeedSequence",
    "MT19937",
    "PCG64",
    "PCG64DXSM",
    "Philox",
    "SFC64",
}

#: Arguments that are seeds, whatever function they go to.
_SEEDS = {"random_state", "permute_random_state"}


class Moved(int):
    """A seed that has been moved: it is not moved again."""


class Moving(ast.NodeTransformer):
    """Has every seed that a call is given pass through `__moved__`."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """Return the call with its seeds moved."""
        self.generic_visit(node)
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        seeds = _SEEDS | ({"seed"} if name in _SEEDED else set())
        if name in _SEEDED and node.args and not isinstance(node.args[0], ast.Starred):
            node.args[0] = _moved(node.args[0])
        for keyword in node.keywords:
            if keyword.arg in seeds:
                keyword.value = _moved(keyword.value)
        return node


def _moved(seed: ast.expr) -> ast.expr:
    call = ast.Call(ast.Name("__moved__", ast.Load()), [seed], [])
    return ast.fix_missing_locations(ast.copy_location(call, seed))


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module with its seeds moved; compiled files hold it as it is written."""

    def get_code(self, fullname: str) -> Any:
        """Return the code of a module, compiled anew."""
        path = self.get_filename(fullname)
        tree = ast.parse(self.get_data(path), path)
        return compile(Moving().visit(tree), path, "exec", dont_inherit=True)


class _Finder:
    """Finds the modules of the project, for `_Loader`."""

    def __init__(self, own: Callable[[Path], bool]) -> None:
        self._own = own

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        """Return where a module of the project is, and None for any other."""
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        origin = spec and spec.has_location and spec.origin
        if not spec or not origin or not origin.endswith(".py") or not self._own(Path(origin)):
            return None
        spec.loader = _Loader(name, origin)
        return spec


def start(by: int, own: Callable[[Path], bool]) -> None:
    """Move the seeds of what this process runs from now on.

    That is code that `Moving` has rewritten, and modules of the project, which must not be loaded
    yet. The generator from which torch draws without any seed begins elsewhere, too.

    Args:
        by: What is added to each seed.
        own: Says of a file whether it belongs to the project.
    """

    def moved(seed: Any) -> Any:
        if isinstance(seed, Moved | bool) or not isinstance(seed, Integral):
            return seed
        return Moved(int(seed) + by)

    builtins.__moved__ = moved  # type: ignore[attr-defined]
    sys.meta_path.insert(0, _Finder(own))
    if torch := sys.modules.get("torch"):
        torch.default_generator.manual_seed(torch.default_generator.initial_seed() + by)
