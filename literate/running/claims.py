"""Note what the asserts of a claim state, each when it has been checked."""

import ast


class Claims(ast.NodeTransformer):
    """Adds, behind each assert, a note of its message: the statement that was checked."""

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        """Return the assert and, behind it, the call of `__claim__` that notes its message.

        Without a message, which breaks a rule, it notes what the assert tests.
        """
        told = node.msg or ast.Constant(ast.unparse(node.test))
        note = ast.Expr(ast.Call(ast.Name("__claim__", ast.Load()), [told], []))
        return [node, ast.fix_missing_locations(ast.copy_location(note, node))]
