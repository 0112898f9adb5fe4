"""The code of a lesson that decides its claims: without prose, drawings and practice."""

import ast
import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path

from literate.lesson.model import Code
from literate.lesson.page import read
from literate.running.claims import asserts
from literate.running.syntax import plain

#: Modules with such a part in their name draw, or let readers practise: no claim rests on them.
ASIDE = frozenset({"matplotlib", "plotting", "practice", "exercises"})

#: What the names of code that draws random numbers have in them.
_CHANCE = ("generator", "rand", "sample", "seed", "shuffle")


def digest(path: Path) -> str:
    """Return the SHA-256 of the code of a lesson that decides its claims.

    Left out are the messages of asserts, and cells that draw or practise; but of one that binds a
    name which code elsewhere uses, or that may take random numbers from those that follow, only the
    calls that draw.

    Args:
        path: The lesson.

    Raises:
        PageError: If it cannot be read.
    """
    page = read(path, path.parent)
    cells = [_Cell(cell) for cell in page.cells if isinstance(cell, Code)]
    aside = {name for cell in cells for name in cell.aside}
    kept = [cell for cell in cells if not cell.beside(aside)]
    left = [cell for cell in cells if cell.beside(aside)]
    while needed := [cell for cell in left if cell.bound & _used(kept)]:
        kept += needed
        left = [cell for cell in left if cell not in needed]
    text = repr(list(_statements([cell for cell in cells if cell in kept], aside)))
    return hashlib.sha256(text.encode()).hexdigest()


def _statements(cells: list["_Cell"], aside: set[str]) -> Iterator[object]:
    """Yield the statements of cells; the asserts of claims that follow each other in one order.

    So a claim may be cut in two, and its asserts sorted by kind, without a new count.
    """
    for claim, group in itertools.groupby(cells, lambda cell: cell.claim):
        body = [node for cell in group for node in cell.body if not _draws(node, aside)]
        checks = [node for node in body if claim and isinstance(node, ast.Assert)]
        yield from plain([node for node in body if node not in checks])
        yield from sorted(map(repr, map(plain, checks)))


def _used(cells: list["_Cell"]) -> set[str]:
    return {name for cell in cells for name in cell.used}


def _draws(node: ast.stmt, aside: set[str]) -> bool:
    """Return whether a statement is a call of what draws or lets practise, and no more."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    found: ast.expr = node.value
    while isinstance(found, ast.Call | ast.Attribute):
        found = found.func if isinstance(found, ast.Call) else found.value
    chance = any(word in name.lower() for name in _told(node) for word in _CHANCE)
    return isinstance(found, ast.Name) and found.id in aside and not chance


def _told(tree: ast.AST) -> Iterator[str]:
    """Yield the names of variables, attributes and arguments in code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword):
            yield node.arg or ""


class _Cell:
    """A code cell, and the names in it: those that it binds and uses, and the modules aside."""

    def __init__(self, cell: Code) -> None:
        self.claim = "claim" in cell.tags
        self._draws = bool(cell.alt)
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:  # a magic: it counts by its text
            tree = ast.Module([ast.Expr(ast.Constant(cell.source.encode()))], [])
        self.aside = {name for node in tree.body for name in _aside(node)}
        tree.body = self.body = [node for node in tree.body if not any(_aside(node))]
        for node in asserts(tree):
            node.msg = None
        nodes = list(ast.walk(tree))
        names = [node for node in nodes if isinstance(node, ast.Name)]
        self.used = {node.id for node in names if isinstance(node.ctx, ast.Load)}
        self.bound = set(_stored(nodes)) | _named(nodes)
        self._told = set(_told(tree))

    def beside(self, aside: set[str]) -> bool:
        """Return whether the cell draws or practises, as far as it can be seen in the cell."""
        if self.claim or not (self._draws or self.used & aside):
            return False
        return not any(word in name.lower() for name in self._told for word in _CHANCE)


def _stored(nodes: list[ast.AST]) -> Iterator[str]:
    """Yield the names that are given values, or parts of whose values are."""
    for node in nodes:
        if isinstance(getattr(node, "ctx", None), ast.Store):
            while isinstance(node, ast.Attribute | ast.Subscript):
                node = node.value
            if isinstance(node, ast.Name):
                yield node.id


def _named(nodes: list[ast.AST]) -> set[str]:
    """Return the names of definitions and imports."""
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = {node.name for node in nodes if isinstance(node, defined)}
    aliases = [node for node in nodes if isinstance(node, ast.alias)]
    return names | {(alias.asname or alias.name).partition(".")[0] for alias in aliases}


def _aside(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement imports from modules which are aside."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return
    module = getattr(node, "module", None) or ""
    for alias in node.names:
        if ASIDE & set(f"{module}.{alias.name}".split(".")):
            yield (alias.asname or alias.name).partition(".")[0]
