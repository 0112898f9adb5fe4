"""The names that a piece of code takes from before it, and those that exist after it."""

import ast
import builtins
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

#: What every cell finds: Python's own, and what Jupyter adds.
GIVEN = frozenset(dir(builtins)) | {"__name__", "__doc__", "_", "display", "get_ipython"}


class Names(NamedTuple):
    """What a piece of code takes, each with the first line where it does, and what it binds.

    Attributes:
        taken: The names, each with its line.
        bound: All names that exist after it.
        imported: Those among them that it only imports.
    """

    taken: dict[str, int]
    bound: set[str]
    imported: frozenset[str] | set[str] = frozenset()


def names(code: str) -> Names:
    """Return what code takes from before it and what it binds; code that is no Python has neither.

    Args:
        code: Of a cell; its first line is line 1.

    Examples:
        >>> found = names("y = [a * x for a in (1, 2)]; z = y")
        >>> found.taken, sorted(found.bound)
        ({'x': 1}, ['y', 'z'])
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):  # it has a magic of IPython
        return Names({}, set())
    reader = _Reader(set())
    reader.visit(tree)
    taken = dict(reader.taken)
    for name, line in reader.later:  # the code of a function runs when the whole cell has
        if name not in reader.bound:
            taken.setdefault(name, line)
    given = {each: line for each, line in taken.items() if each not in GIVEN}
    return Names(given, reader.bound, reader.imported)


class _Reader(ast.NodeVisitor):
    """Goes through code in the order in which it runs."""

    def __init__(self, bound: set[str]) -> None:
        self.bound = bound
        self.taken: dict[str, int] = {}
        self.later: list[tuple[str, int]] = []
        self.imported: set[str] = set()

    def visit(self, node: ast.AST) -> None:
        """Read a node, and what is in it."""
        if way := _WAYS.get(type(node)):
            way(self, node)
        else:
            self.generic_visit(node)

    def name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.bound.add(node.id)
            self.imported.discard(node.id)
        elif node.id not in self.bound:
            self.taken.setdefault(node.id, node.lineno)

    def in_order(self, *parts: ast.AST | list[ast.stmt] | None) -> None:
        for part in parts:
            for node in part if isinstance(part, list) else filter(None, [part]):
                self.visit(node)

    def assigned(self, node: ast.Assign) -> None:
        self.in_order(node.value, *node.targets)

    def annotated(self, node: ast.AnnAssign) -> None:
        self.in_order(node.annotation, node.value, node.target if node.value else None)

    def augmented(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name) and node.target.id not in self.bound:
            self.taken.setdefault(node.target.id, node.lineno)
        self.in_order(node.value, node.target)

    def walrus(self, node: ast.NamedExpr) -> None:
        self.in_order(node.value, node.target)

    def loop(self, node: ast.For | ast.AsyncFor) -> None:
        self.in_order(node.iter, node.target, node.body, node.orelse)

    def imports(self, node: ast.Import | ast.ImportFrom) -> None:
        found = {each.asname or each.name.partition(".")[0] for each in node.names}
        self.imported |= found - self.bound
        self.bound |= found

    def captured(self, node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar) -> None:
        self.bound |= {node.name} if node.name else set()
        self.generic_visit(node)

    def rest(self, node: ast.MatchMapping) -> None:
        self.bound |= {node.rest} if node.rest else set()
        self.generic_visit(node)

    def comprehension(self, node: ast.AST) -> None:
        inner = _Reader(set(self.bound))
        for each in getattr(node, "generators", ()):
            inner.in_order(each.iter, each.target, *each.ifs)
        for part in ("key", "value", "elt"):
            inner.in_order(getattr(node, part, None))
        self._take(inner)
        self.bound |= {
            each.target.id
            for each in ast.walk(node)
            if isinstance(each, ast.NamedExpr) and isinstance(each.target, ast.Name)
        }

    def class_(self, node: ast.ClassDef) -> None:
        self.in_order(*node.decorator_list, *node.bases, *node.keywords)
        inner = _Reader(set(self.bound))
        inner.in_order(node.body)
        self._take(inner)
        self.bound.add(node.name)

    def _take(self, inner: "_Reader") -> None:
        for name, line in inner.taken.items():
            self.taken.setdefault(name, line)
        self.later += inner.later

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        arguments = node.args
        defaults = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
        self.in_order(*getattr(node, "decorator_list", ()), *defaults)
        self.in_order(*(each.annotation for each in _parameters(arguments)))
        self.in_order(getattr(node, "returns", None))
        inner = _Reader({each.arg for each in _parameters(arguments)} | _stored(node.body))
        inner.in_order(node.body)
        own = inner.bound
        self.later += [*inner.taken.items(), *(each for each in inner.later if each[0] not in own)]
        if not isinstance(node, ast.Lambda):
            self.bound.add(node.name)


#: What runs in another order than it is written in, or binds names.
_WAYS: dict[type[ast.AST], Callable[[_Reader, Any], None]] = {
    ast.Name: _Reader.name,
    ast.Assign: _Reader.assigned,
    ast.AnnAssign: _Reader.annotated,
    ast.AugAssign: _Reader.augmented,
    ast.NamedExpr: _Reader.walrus,
    ast.For: _Reader.loop,
    ast.AsyncFor: _Reader.loop,
    ast.Import: _Reader.imports,
    ast.ImportFrom: _Reader.imports,
    ast.ExceptHandler: _Reader.captured,
    ast.MatchAs: _Reader.captured,
    ast.MatchStar: _Reader.captured,
    ast.MatchMapping: _Reader.rest,
    ast.ListComp: _Reader.comprehension,
    ast.SetComp: _Reader.comprehension,
    ast.DictComp: _Reader.comprehension,
    ast.GeneratorExp: _Reader.comprehension,
    ast.ClassDef: _Reader.class_,
    ast.FunctionDef: _Reader.function,
    ast.AsyncFunctionDef: _Reader.function,
    ast.Lambda: _Reader.function,
}


def _parameters(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from filter(None, (arguments.vararg, arguments.kwarg))


def _stored(body: ast.AST | list[ast.stmt]) -> set[str]:
    """Return the names that the code of a function binds anywhere: they are its own."""
    reader = _Reader(set())
    reader.in_order(body)
    return reader.bound
