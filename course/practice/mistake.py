"""Typical mistakes: what is different from the solution, or a function where an edit says less."""

import __future__

import ast
import inspect
import re
import sys
from collections.abc import Callable
from typing import Any

from course.practice.source import bare


class Mistake:
    r"""A typical wrong solution, and the sentence that helps who made it.

    It is written as what is different: `Mistake("x + 1", "x - 1", says="…")` replaces the first
    text by the second in the body of the solution, whose docstrings are not part of it; each
    further pair of texts is one more edit, after the others. A text that ends with a newline stands
    for whole lines, written without their indentation:
    `Mistake("optimizer.zero_grad()\n", "", says="…")`. Names mean what they mean in the solution's
    module.

    Args:
        *what: Pairs of texts: what stands once in the solution, and what to put in its place. Or
            one function or class that is wrong in the same way, where no edit says it.
        says: The sentence that helps who made it.

    Raises:
        TypeError: If `what` is neither pairs of texts nor one function.
        ValueError: If the two texts of a pair are the same.

    Examples:
        >>> mistake = Mistake("[node.name]", "[]", says="The name is missing.")
        >>> from course.practice.source import _defined
        >>> mistake.of(_defined)(ast.parse("def f(): pass").body[0])
        []
    """

    def __init__(self, *what: Callable[..., Any] | str, says: str) -> None:
        texts = [each for each in what if isinstance(each, str)]
        self.says = says
        self.edits = list(zip(texts[::2], texts[1::2], strict=False))
        self.function = what[0] if len(what) == 1 and callable(what[0]) else None
        if not self.function and not (what and len(texts) == len(what) == 2 * len(self.edits)):
            raise TypeError(
                "expected pairs of texts, what stands in the solution and what to put in its "
                f"place, or one function: got {what!r}"
            )
        for old, new in self.edits:
            if old == new:
                raise ValueError(f"an edit that changes nothing: {old!r}")

    def of(self, solution: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function that fails where a reader's with this mistake fails, in the same way.

        Args:
            solution: A function or class at the top of a module.

        Raises:
            ValueError: If the place of an edit is not found exactly once, or what comes out is no
                Python; the message says which.
        """
        if self.function:
            return self.function
        name = solution.__name__
        head, body = _parted(inspect.getsource(solution))
        for old, new in self.edits:
            body = _edited(body, old, new, name)
        namespace = dict(vars(sys.modules[solution.__module__]))
        try:
            # Annotations may name what is imported for type checkers alone.
            flags = __future__.annotations.compiler_flag
            code = compile(head + body, f"<{name} with a mistake>", "exec", flags, True)
        except SyntaxError as error:
            raise ValueError(f"{name} is no Python after {self.edits}: {error}") from error
        exec(code, namespace)
        made: Callable[..., Any] = namespace[name]
        return made


def _parted(source: str) -> tuple[str, str]:
    """Return the lines of a definition down to its signature, and its body without docstrings."""
    unfit = f"expected a `def` or a `class` with a body below it: got {source!r}"
    try:
        lines = bare(source).splitlines(keepends=True)
        top = ast.parse("".join(lines)).body[0]
    except SyntaxError as error:
        raise ValueError(unfit) from error
    if not isinstance(top, ast.FunctionDef | ast.ClassDef) or top.body[0].lineno == top.lineno:
        raise ValueError(unfit)
    start = top.body[0].lineno - 1
    while lines[start - 1].strip()[:1] in ("", "#"):  # a comment belongs to what it is above
        start -= 1
    return "".join(lines[:start]), "".join(lines[start:]).rstrip("\n") + "\n"


def _edited(body: str, old: str, new: str, name: str) -> str:
    """Return a body in which one text is replaced by another, or whole lines by others."""
    if whole := old.endswith("\n"):
        first, *rest = old.splitlines(keepends=True)
        rest = [f"(?P=indent){re.escape(line)}" if line.strip() else line for line in rest]
        pattern = "".join([r"^(?P<indent>[ \t]*)", re.escape(first), *rest])
    else:
        pattern = re.escape(old)
    found = list(re.finditer(pattern, body, re.MULTILINE))
    if len(found) != 1:
        raise ValueError(
            f"{old!r} stands {len(found)} times in the body of {name}: expected once, in\n{body}"
        )
    if whole:
        indent = found[0]["indent"]
        lines = new.splitlines()
        new = "".join(f"{indent}{line}".rstrip() + "\n" for line in lines)
    return body[: found[0].start()] + new + body[found[0].end() :]
