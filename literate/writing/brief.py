"""Source as a reader meets it first: of each docstring its first line; the rest opens on demand."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

_Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class _Docstring(NamedTuple):
    """A docstring of several lines: whose it is, where it stands, and what it says."""

    name: str
    node: ast.Expr
    text: str


def brief(source: str) -> str:
    """Return the source of a function or class with the first line of each docstring in its place.

    Args:
        source: It begins in the first column.

    Examples:
        >>> print(brief('''def one() -> int:
        ...     \"\"\"Return one.
        ...
        ...     Always.
        ...     \"\"\"
        ...     return 1'''))
        def one() -> int:
            \"\"\"Return one.\"\"\"
            return 1
    """
    lines = source.split("\n")
    for _, node, text in sorted(_docstrings(source), key=lambda each: -each.node.lineno):
        start, end = node.lineno - 1, node.end_lineno or node.lineno
        before = lines[start].encode()[: node.col_offset].decode()
        after = lines[end - 1].encode()[node.end_col_offset :].decode()
        lines[start:end] = [f"{before}{_quoted(text.partition(chr(10))[0])}{after}"]
    return "\n".join(lines)


def docstrings(source: str) -> str:
    """Return what `brief` leaves out: each docstring of several lines, as it is read.

    Args:
        source: It begins in the first column.

    Returns:
        The text; where there are several, each below the name of what it describes; '' if none.
    """
    found = list(_docstrings(source))
    if len(found) == 1:
        return found[0].text
    return "\n\n\n".join(f"{each.name}\n\n{each.text}" for each in found)


def _quoted(line: str) -> str:
    """Return a line as a docstring."""
    mark = "r" if "\\" in line else ""
    end = " " if line.endswith('"') else ""
    return f'{mark}"""{line}{end}"""'


def _docstrings(source: str) -> Iterator[_Docstring]:
    """Give the docstrings of several lines in their order; code that is no Python has none."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    yield from _inside(tree, "")


def _inside(node: ast.AST, above: str) -> Iterator[_Docstring]:
    for each in ast.iter_child_nodes(node):
        if not isinstance(each, _Documented):
            yield from _inside(each, above)
            continue
        name = f"{above}.{each.name}".lstrip(".")
        text = ast.get_docstring(each)
        first = each.body[0]
        if text and isinstance(first, ast.Expr) and "\n" in text:
            yield _Docstring(name, first, text)
        yield from _inside(each, name)
