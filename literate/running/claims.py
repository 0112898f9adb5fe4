"""The asserts of claims: note what each states when it has been checked, or whether it holds."""

import ast


def asserts(tree: ast.AST) -> list[ast.Assert]:
    """Return the asserts of a cell, in the order in which they are written."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


class Claims(ast.NodeTransformer):
    """Adds, behind each assert, a note of its message: the statement that was checked.

    Args:
        tree: The cell.
    """

    def __init__(self, tree: ast.AST) -> None:
        self._numbers = {node: number for number, node in enumerate(asserts(tree))}

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        """Return the assert and, behind it, the call of `__claim__` that notes its message.

        Without a message, which breaks a rule, it notes what the assert tests.
        """
        told = node.msg or ast.Constant(ast.unparse(node.test))
        note = _call("__claim__", ast.Constant(self._numbers[node]), told)
        return [node, ast.fix_missing_locations(ast.copy_location(note, node))]


class Counting(Claims):
    """Lets each assert count for itself: one that fails is noted, and the cell goes on."""

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        """Return a `try` around the assert, in which `__check__` notes whether it holds.

        `__check__` is called with the number of the assert, whether it holds, and a function that
        returns the values that it looks at.
        """
        number, seen = ast.Constant(self._numbers[node]), _values(node.test)
        notes = [_call("__check__", number, ast.Constant(held), seen) for held in (True, False)]
        handler = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [notes[1]])
        whole = ast.Try([node], [handler], [notes[0]], [])
        return [ast.fix_missing_locations(ast.copy_location(whole, node))]


def _call(name: str, *arguments: ast.expr) -> ast.Expr:
    return ast.Expr(ast.Call(ast.Name(name, ast.Load()), list(arguments), []))


def _values(test: ast.expr) -> ast.Lambda:
    """Return a function without arguments that returns the values of the names in a test."""
    names = [node for node in ast.walk(test) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in ast.walk(test) if isinstance(node, ast.arg)}
    used = sorted({node.id for node in names} - bound)
    none = ast.arguments([], [], None, [], [], None, [])
    return ast.Lambda(none, ast.List([ast.Name(name, ast.Load()) for name in used], ast.Load()))
