"""Run the code of a cell: its statements, then the expression with whose value it ends.

Code may wait at the top level, as in a notebook. A page on which some cell does runs inside of one
event loop, so that what a cell has started goes on while a later one waits.
"""

import ast
import asyncio
import contextlib
import inspect
from collections.abc import Iterable
from typing import Any

from literate.lesson.waiting import ALLOWED, awaits


class Executor:
    """Runs code in the namespace of a lesson.

    Args:
        namespace: Where its names live.
        sources: All code of the page, to see whether some of it waits.
    """

    def __init__(self, namespace: dict[str, Any], sources: Iterable[str]) -> None:
        self._namespace = namespace
        self._loop: asyncio.AbstractEventLoop | None = None
        if any(map(awaits, sources)):
            self._loop = _loop()

    def run(self, code: ast.Module | ast.Expression | str, name: str, mode: str) -> Any:
        """Return the value of an expression, or `None` after statements.

        Args:
            code: What to run.
            name: The file that tracebacks name.
            mode: `exec` or `eval`.
        """
        compiled = compile(code, name, mode, ALLOWED, dont_inherit=True)
        if self._loop is None and compiled.co_flags & inspect.CO_COROUTINE:
            self._loop = _loop()  # a magic has hidden that the page waits
        if self._loop is None:
            return eval(compiled, self._namespace)
        routine = self._inside(compiled)
        task = self._loop.create_task(routine)
        try:
            return self._loop.run_until_complete(task)
        except BaseException as error:
            if not task.done():  # the time is over: raise where the code waits, which is its place
                with contextlib.suppress(StopIteration):
                    routine.throw(error.with_traceback(None))
            raise

    async def _inside(self, code: Any) -> Any:
        value = eval(code, self._namespace)
        return await value if code.co_flags & inspect.CO_COROUTINE else value


def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop


def last_expression(tree: ast.Module) -> ast.Expression | None:
    """Take the last statement off the cell if it is an expression to show."""
    if not tree.body or not isinstance(tree.body[-1], ast.Expr):
        return None
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    return ast.Expression(last.value)
