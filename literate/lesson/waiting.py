"""Code that waits at the top level, which notebooks allow and files of Python do not."""

import ast
import inspect
import re
import warnings

#: For `compile`.
ALLOWED = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def awaits(source: str) -> bool:
    r"""Return whether code waits at the top level.

    Examples:
        >>> awaits("x = await y"), awaits("async def f():\n    await y")
        (True, False)
    """
    if not re.search(r"\b(?:await|async)\b", source):
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they come when it runs
        try:
            code = compile(source, "cell", "exec", ALLOWED, dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return bool(code.co_flags & inspect.CO_COROUTINE)
