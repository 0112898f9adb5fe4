"""An exercise of a page in what readers take along: the prompt, code to type into, hints.

On the page it is one box, the output of a hidden cell. Whoever takes the lesson along wants to
write, so the code to start from becomes a cell of its own.
"""

import ast
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_BOX = re.compile(
    r'\s*<div class="admonition exercise" markdown>\n<p class="admonition-title">(?P<title>.*?)</p>'
    r"(?P<content>.*)</div>\s*",
    re.DOTALL,
)

#: The last code that is not folded.
_START = re.compile(
    r"(?P<prompt>.*)^(?P<ticks>`{3,})python\n(?P<code>.*?)\n(?P=ticks)$", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class Exercise:
    """An exercise in its parts: Markdown, the code to start from, Markdown."""

    prompt: str
    code: str
    help: str


def exercise(outputs: Iterable[dict[str, Any]]) -> Exercise | None:
    """Return the exercise that a cell shows, or `None` if it shows something else.

    Args:
        outputs: Of the cell.
    """
    shown = list(outputs)
    text = "".join(shown[0].get("data", {}).get("text/markdown", "")) if len(shown) == 1 else ""
    if not (box := _BOX.fullmatch(text)):
        return None
    sight, mark, folded = box["content"].partition("<details")
    if not (start := _START.match(sight)):
        return None
    return Exercise(
        f"**{box['title']}**\n\n{start['prompt'].strip()}", start["code"], mark + folded
    )


def without_last(source: str) -> str:
    """Return code without the expression with which it ends, whose value has been shown."""
    try:
        last = ast.parse(source).body[-1]
    except (SyntaxError, IndexError):
        return source
    if not isinstance(last, ast.Expr):
        return source
    return "".join(source.splitlines(keepends=True)[: last.lineno - 1]).rstrip()


def taken(code: str, before: Iterable[str], after: Iterable[str]) -> list[str]:
    """Return the names that an exercise defines anew although the lesson goes on to use its own.

    Args:
        code: To start from.
        before: The code above the exercise.
        after: The code below it.
    """
    defined = {
        node.name for node in _tree(code).body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    used = {name for each in after for name in _names(each, ast.Load)}
    own = {name for each in before for name in _names(each, ast.Store)}
    return sorted(defined & used & own)


@functools.lru_cache(maxsize=1024)
def _names(code: str, context: type) -> frozenset[str]:
    """Return the names that code uses (`ast.Load`), or those that it gives a meaning to."""
    nodes = list(ast.walk(_tree(code)))
    names = {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }
    if context is ast.Store:
        names |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        names |= {node.asname or node.name for node in nodes if isinstance(node, ast.alias)}
    return frozenset(names)


def _tree(code: str) -> ast.Module:
    try:
        return ast.parse(code)
    except SyntaxError:  # it has a magic of IPython
        return ast.Module([], [])
