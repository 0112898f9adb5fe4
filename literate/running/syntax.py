"""Python code as plain values: what of a file can change a result."""

import ast
from typing import Any


def plain(node: Any) -> Any:
    """Return a syntax tree as nested lists, in each version of Python the same.

    Without comments, empty fields, and texts that stand alone, such as docstrings.
    """
    if isinstance(node, ast.AST):
        parts = ((name, value) for name, value in ast.iter_fields(node) if value not in (None, []))
        return [type(node).__name__, *([name, plain(value)] for name, value in parts)]
    if isinstance(node, list):
        return [plain(each) for each in node if not _is_text(each)]
    return ascii(node)


def _is_text(node: Any) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
