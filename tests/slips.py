"""What readers get wrong in an exercise: the mutants of one solution.

To the small mistakes of `mutants` come those of somebody who writes the function from its
description: arguments in the wrong order, a call or an operand left out, a boundary one too far, a
mean for a sum, one parameter for another, a change in place for a copy.
"""

import ast
import inspect
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from torch import Tensor

from tests.mutants import ROOT, Finder, Mutant, module_of

# Names that are taken for one another, each for the next of its group.
CONFUSED = (
    *(("mean", "sum"), ("min", "max"), ("amin", "amax"), ("argmin", "argmax"), ("any", "all")),
    *(("std", "var"), ("zeros", "ones"), ("zeros_like", "ones_like"), ("floor", "ceil", "round")),
    *(("train", "eval"), ("exp", "expm1"), ("log", "log1p"), ("rand", "randn"), ("sin", "cos")),
    *(("softmax", "log_softmax"), ("sigmoid", "logsigmoid"), ("stack", "cat"), ("abs", "square")),
    *(("squeeze", "unsqueeze"), ("detach", "clone"), ("median", "mean"), ("int", "round")),
    *(("view", "reshape"), ("append", "extend"), ("argsort", "sort"), ("minimum", "maximum")),
)
REVERSED = {ast.Lt: ">", ast.LtE: ">=", ast.Gt: "<", ast.GtE: "<="}
ORDERED = ast.Sub | ast.Div | ast.FloorDiv | ast.Mod | ast.Pow | ast.MatMult
MODULES = {"torch", "nn", "F", "math", "functional", "np", "numpy"}
WHOLE = ast.Name | ast.Call | ast.Attribute | ast.Subscript | ast.Constant | ast.Tuple | ast.List


class Slips(Finder):
    """Finds the mutants of one solution."""

    parameters: tuple[str, ...] = ()

    def text(self, node: Any) -> str:
        """Return the source of an expression, in parentheses where it may need them."""
        text = self.source[self.start(node) : self.end(node)].decode()
        return text if isinstance(node, WHOLE) else f"({text})"

    def mutate(self, node: ast.AST, where: str, kind: str) -> None:
        super().mutate(node, where, kind)
        if isinstance(node, ast.FunctionDef):
            self.parameters = tuple(each.arg for each in node.args.args if each.arg != "self")
        if isinstance(node, ast.With):
            start, end = self.start(node), self.end(node.items[-1].context_expr)
            self.add(where, "slip", start, self.source.index(b":", end) + 1, "if True:")
        if isinstance(node, ast.For | ast.comprehension):
            self.instead(where, node.iter, items_left_out(self.text(node.iter)))
        if isinstance(node, ast.If | ast.IfExp):
            self.instead(where, node.test, ("True", "False"))
        if isinstance(node, ast.expr | ast.Assign):
            self.instead(where, node, self.slips(node))

    def counts(self, parent: ast.AST, node: ast.AST) -> bool:
        """Return whether a slip there can matter: not in base classes, decorators, messages."""
        if isinstance(parent, ast.Raise):
            return False
        base = isinstance(parent, ast.ClassDef) and isinstance(node, ast.expr)
        return not base and super().counts(parent, node)

    def instead(self, where: str, node: ast.AST, texts: Any) -> None:
        for text in texts:
            self.add(where, "slip", self.start(node), self.end(node), text)

    def slips(self, node: ast.AST) -> Iterator[str]:
        """Yield what might stand in the place of an expression or an assignment."""
        match node:
            case ast.Call():
                yield from self.calls(node)
            case ast.BinOp(left=left, op=op, right=right):
                yield from (self.text(left), self.text(right))
                if isinstance(op, ORDERED):
                    between = self.source[self.end(left) : self.start(right)].decode()
                    if "(" not in between and ")" not in between:
                        yield f"{self.text(right)}{between}{self.text(left)}"
            case ast.BoolOp(values=values):
                yield from map(self.text, values)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in REVERSED:
                yield f"{self.text(left)} {REVERSED[type(op)]} {self.text(right)}"
            case ast.UnaryOp(op=ast.Invert(), operand=operand):
                yield self.text(operand)
            case ast.Subscript(value=value, ctx=ast.Load()):
                yield self.text(value)
            case ast.Slice(lower=lower, upper=upper, step=None):
                if lower and upper:
                    yield f"{self.text(lower)}:"
                    yield f":{self.text(upper)}"
            case ast.Tuple(elts=elements, ctx=ast.Load()):
                for k in range(len(elements) - 1):
                    yield ", ".join(map(self.text, swapped(elements, k))).join("()")
            case ast.Constant(value=bool() | str()):
                return
            case ast.Constant(value=int(value)):
                yield f"({value - 1})"
            case ast.Constant(value=float(value)):
                yield repr(1.1 * value)
            case ast.Name(id=name, ctx=ast.Load()) if name in self.parameters:
                yield from (each for each in self.parameters if each != name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=ast.Name(id=own))):
                if name == own:
                    yield self.in_place(node.value, name)

    def in_place(self, sum_: ast.BinOp, name: str) -> str:
        between = self.source[self.end(sum_.left) : self.start(sum_.right)].decode()
        return f"{name} {between.strip(' ()')}= {self.text(sum_.right)}"

    def calls(self, node: ast.Call) -> Iterator[str]:
        """Yield a call with arguments swapped or left out, another one, or what it is called on."""
        text = self.source[self.start(node.func) : self.end(node.func)].decode()
        keywords = [f"{each.arg}={self.text(each.value)}" for each in node.keywords if each.arg]
        own, name, arguments = self.receiver(node), text.rpartition(".")[2], node.args
        parts = [*map(self.text, arguments), *keywords]
        for k in range(len(arguments) - 1):
            yield f"{text}({', '.join([*map(self.text, swapped(arguments, k)), *keywords])})"
        for k in range(len(parts)):
            yield f"{text}({', '.join(parts[:k] + parts[k + 1 :])})"
        held = isinstance(own, ast.Name | ast.Attribute | ast.Subscript)
        for other in taken_for(name, held):
            yield f"{text.removesuffix(name)}{other}({', '.join(parts)})"
        yield from [self.text(own)] if own else []
        yield from [self.text(each) for each in arguments if not own]

    @staticmethod
    def receiver(node: ast.Call) -> ast.expr | None:
        """Return what a method is called on."""
        match node.func:
            case ast.Attribute(value=ast.Name(id=name)) if name in MODULES:
                return None
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id=name))) if name in MODULES:
                return None
            case ast.Attribute(value=value):
                return value
        return None


@cache
def source_of(path: str) -> bytes:
    """Return what stands in a file when it is first asked for: someone may edit it meanwhile."""
    return (ROOT / path).read_bytes()


def swapped(items: list[Any], k: int) -> list[Any]:
    """Return items with the one at a place and the next exchanged."""
    return [*items[:k], items[k + 1], items[k], *items[k + 2 :]]


def items_left_out(text: str) -> tuple[str, str]:
    return f"list({text})[1:]", f"list({text})[:-1]"


def taken_for(name: str, held: bool) -> Iterator[str]:
    """Yield the names that one might take for another, in place only on what has a name."""
    for group in CONFUSED:
        if name in group:
            yield group[(group.index(name) + 1) % len(group)]
    if held and not name.endswith("_") and hasattr(Tensor, f"{name}_"):
        yield f"{name}_"
    if held and name.endswith("_") and hasattr(Tensor, name[:-1]):
        yield name[:-1]


def span(source: bytes, name: str) -> tuple[ast.stmt, int, int]:
    """Return the definition of this name at the top of a file, and the bytes it stands in."""
    finder = Finder("", source)
    tops = ast.parse(source).body
    (node,) = [each for each in tops if getattr(each, "name", "") == name]
    first = min([node, *node.decorator_list], key=lambda each: each.lineno)
    return node, finder.starts[first.lineno - 1], finder.end(node)


def slips(solution: Callable[..., Any]) -> list[Mutant]:
    """Return the mutants of a solution, in its order, no two of them alike."""
    path = Path(inspect.getsourcefile(solution) or "").relative_to(ROOT).as_posix()
    source = source_of(path)
    node, start, end = span(source, solution.__name__)
    finder = Slips(path, source)
    finder.walk(node, module_of(path))
    seen = {ast.dump(ast.parse(source[start:end]))}
    kept = []
    for mutant in sorted(finder.found, key=lambda each: (each.start, each.end, each.new)):
        changed = mutant.apply(source)[start : end + len(mutant.new) - mutant.end + mutant.start]
        try:
            dump = ast.dump(ast.parse(changed))
        except SyntaxError:
            continue
        if dump not in seen:
            seen.add(dump)
            kept.append(mutant)
    return kept
