"""The code of a cell as a program has it: what a notebook shows is printed, and it goes on."""

import ast
import dis

from literate.lesson.model import Result
from literate.lesson.waiting import ALLOWED, awaits
from literate.writing.render import is_figure

#: The first cell of a script in which a cell waits.
LOOP = """
# %%
import asyncio

_loop = asyncio.Runner()
""".strip()

_EXCEPT = """
except Exception:
    import traceback

    traceback.print_exc()""".lstrip("\n")


def printed(source: str, result: Result) -> str:
    """Return the code of a cell that prints the value it ends with, if the page shows that.

    Args:
        source: The code.
        result: What it left.
    """
    shown = [output for output in result.outputs if output["output_type"] == "display_data"]
    if not shown or is_figure(shown[-1]):
        return source
    try:
        last = ast.parse(source).body[-1]
    except SyntaxError:  # it has a magic of IPython
        return source
    if not isinstance(last, ast.Expr) or ast.unparse(last).startswith(("display(", "print(")):
        return source
    lines = source.split("\n")
    before = "".join(f"{line}\n" for line in lines[: last.lineno - 1]).encode()
    start = len(before) + last.col_offset
    code = (ast.get_source_segment(source, last) or "").encode()
    whole = source.encode()
    return (whole[:start] + b"print(" + code + b")" + whole[start + len(code) :]).decode()


def caught(source: str) -> str:
    """Return code that shows the exception that it raises, and goes on."""
    try:
        return f"try:\n{_indented(source)}\n{_EXCEPT}"
    except SyntaxError:
        return f"try:\n    exec({source!r})\n{_EXCEPT}"


def awaited(source: str) -> str:
    """Return code that waits at the top level as a function that the loop of the script runs."""
    if not awaits(source):
        return source
    code = compile(source, "cell", "exec", ALLOWED, dont_inherit=True)
    binding = ("STORE_NAME", "DELETE_NAME", "STORE_GLOBAL")
    names = dict.fromkeys(
        each.argval for each in dis.get_instructions(code) if each.opname in binding
    )
    bound = f"    global {', '.join(names)}\n" * bool(names)
    return f"async def _cell():\n{bound}{_indented(source)}\n\n\n_loop.run(_cell())"


def _indented(source: str) -> str:
    """Return code as the body of a statement.

    Raises:
        SyntaxError: If it is no Python.
    """
    inside = {  # of a text, where spaces count
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant | ast.JoinedStr)
        for line in range(node.lineno, node.end_lineno or 0)
    }
    return "\n".join(
        "    " + line if line and at not in inside else line
        for at, line in enumerate(source.split("\n"))
    )
