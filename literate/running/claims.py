"""Note what the asserts of a claim state, each when it has been checked."""

import ast


class Claims(ast.NodeTransformer):
    """Adds, behind each assert, a note of its message: the statement that was checked."""

    def __init__(self, name: str) -> None:
        self._name = name

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        """Return the assert and, behind it, the call of `__claim__` that notes its message."""
        if node.msg is None:
            raise SyntaxError(
                "an assert in a claim needs a message: the statement that readers see",
                (self._name, node.lineno, node.col_offset + 1, ast.unparse(node)),
            )
        note = ast.Expr(ast.Call(ast.Name("__claim__", ast.Load()), [node.msg], []))
        return [node, ast.fix_missing_locations(ast.copy_location(note, node))]
