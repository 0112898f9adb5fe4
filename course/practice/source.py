"""The source of a function together with what it needs, so that a copy of it runs."""

import ast
import inspect
import sys
from collections.abc import Callable
from typing import Any


def needs(function: Callable[..., Any], use: str = "") -> tuple[list[str], list[str]]:
    """Return the imports that a copy of a function needs, and the definitions, its own the last.

    Definitions are the functions, classes and constants of the same module that it uses.

    Args:
        function: A function or class at the top of a module.
        use: Code that uses it, whose imports count as well.

    Examples:
        >>> imports, definitions = needs(empty)
        >>> imports[:2], len(definitions)
        (['import ast', 'import inspect'], 1)
    """
    source = inspect.getsource(sys.modules[function.__module__])
    module = ast.parse(source)
    definitions = {name: node for node in module.body for name in _defined(node)}
    last = definitions[function.__name__]
    used: set[str] = set()
    todo = [function.__name__, *_names(ast.parse(use))]
    while todo:
        if (name := todo.pop()) not in used:
            used.add(name)
            todo.extend(_names(definitions[name]) if name in definitions else ())
    imports = [node for node in module.body if isinstance(node, ast.Import | ast.ImportFrom)]
    helpers = [node for node in module.body if node is not last and used & set(_defined(node))]
    return _imports(imports, used), [_segment(source, node) for node in [*helpers, last]]


def empty(function: Callable[..., Any]) -> str:
    """Return the source of a function with its signature and docstring and an empty body.

    Of a class, the methods become empty.

    Args:
        function: A function or class at the top of a module.
    """
    source = inspect.getsource(function)
    lines = source.splitlines()
    top = ast.parse(source).body[0]
    inside = top.body if isinstance(top, ast.ClassDef) else [top]
    for node in reversed([each for each in inside if isinstance(each, ast.FunctionDef)]):
        first = node.body[0]
        documented = ast.get_docstring(node) is not None
        start = (first.end_lineno or 0) if documented else first.lineno - 1
        while lines[start - 1].strip()[:1] in ("", "#"):  # a comment might give the answer away
            start -= 1
        lines[start : node.end_lineno] = [" " * first.col_offset + "...  # yours"]
    return "\n".join(lines)


def bare(definition: str) -> str:
    """Return the source of a function or class without its docstrings.

    Args:
        definition: Whose docstrings, and those of its methods, a reader has seen already.

    Examples:
        >>> print(bare('''def one():
        ...     "Return one."
        ...     return 1'''))
        def one():
            return 1
    """
    lines = definition.splitlines()
    documented = ast.FunctionDef | ast.ClassDef
    nodes = [each for each in ast.walk(ast.parse(definition)) if isinstance(each, documented)]
    for node in sorted(nodes, key=lambda node: node.lineno, reverse=True):
        if ast.get_docstring(node) is not None and len(node.body) > 1:
            end = node.body[0].end_lineno or 0
            while not lines[end].strip():
                end += 1
            del lines[node.body[0].lineno - 1 : end]
    return "\n".join(lines)


def _defined(node: ast.stmt) -> list[str]:
    """Return the names that a statement at the top of a module defines, but for imports."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [name for target in targets for name in _written(target)]
    return []


def _written(node: ast.AST) -> list[str]:
    names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
    return [each.id for each in names if isinstance(each.ctx, ast.Store)]


def _names(node: ast.AST) -> set[str]:
    """Return the names that code takes from around it: not its parameters and own variables."""
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    parameters = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    return names - parameters - set(_written(node))


def _imports(imports: list[ast.Import | ast.ImportFrom], used: set[str]) -> list[str]:
    """Return the import statements as code, each with only the names that are used."""
    lines = []
    for node in imports:
        if names := [
            each for each in node.names if (each.asname or each.name.partition(".")[0]) in used
        ]:
            node.names = names
            lines.append(ast.unparse(node))
    return lines


def _segment(source: str, node: ast.stmt) -> str:
    """Return the lines of a definition, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])
