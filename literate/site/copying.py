"""What the copy button of a shown function copies runs on its own (option `copying`).

The templates for mkdocstrings beside this file show the function, and put on the clipboard what the
filter `standalone` makes of it.
"""

import ast
import contextlib
import doctest
import re
import symtable
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment
from mkdocs.exceptions import PluginError

from literate.writing.brief import brief, docstrings

#: Templates for mkdocstrings; a site that has its own keeps them.
TEMPLATES = Path(__file__).parent / "templates"


def add_filter(templates: Environment, root: Path) -> None:
    """Give templates the filter `standalone`, a test of that name, and what shows a source briefly.

    Args:
        templates: Of mkdocstrings.
        root: The folder in which the packages that they show lie.
    """

    def copy(shown: Any) -> str:
        try:
            return standalone(shown.canonical_path, root)
        except ValueError as error:
            raise PluginError(f"literate: {error}") from error

    def has_copy(shown: Any) -> bool:
        with contextlib.suppress(PluginError):
            return bool(shown.parent.is_module and copy(shown))
        return False

    templates.filters |= {"standalone": copy, "brief": brief, "docstrings": docstrings}
    templates.tests["standalone"] = has_copy


def standalone(name: str, root: Path) -> str:
    """Return the source of a function or class below the imports and definitions that it needs.

    What its module imports by name from the same package is copied too, so that the copy needs
    only what others publish; and what the examples in its docstring use, so that they run as well.

    Args:
        name: With dots: the module, and the function or class at its top.
        root: The folder in which the package lies.

    Raises:
        ValueError: If it needs its package as a whole or the place of its file, or two things of
            the same name.
    """
    module, _, wanted = name.rpartition(".")
    package = module.partition(".")[0]
    pieces = list(_needed(module, {wanted}, root))
    for piece in pieces:
        if "__file__" in piece.uses or re.match(rf"(from|import) {package}\b", piece.origin):
            needs = piece.source or piece.origin
            raise ValueError(f"a copy of {name} would not run without {package}: it has `{needs}`")
    owners: dict[str, _Piece] = {}
    for piece in pieces:
        for bound in sorted(piece.binds):
            first = owners.setdefault(bound, piece)
            if not _same(first, piece):
                both = f"`{first.origin}` and `{piece.origin}`"
                raise ValueError(f"a copy of {name} would mix {bound} of {both}: rename one")
    text = _imports([piece.origin for piece in pieces if not piece.source])
    before = "\n"
    for source in dict.fromkeys(piece.source for piece in pieces if piece.source):
        text += ("\n" if "\n" not in before + source else "\n\n\n") + source
        before = source
    return text.strip("\n") + "\n"


class _Piece(NamedTuple):
    """What binds names at the top of a module: an import of one name, or a definition.

    Attributes:
        origin: The import as code; of a definition, its module.
        source: The code of a definition.
        binds: The names that exist after it.
        uses: The names of the module that it may need.
    """

    origin: str
    source: str
    binds: frozenset[str]
    uses: frozenset[str] = frozenset()


def _same(first: _Piece, second: _Piece) -> bool:
    """Say whether two pieces that bind the same name may both stand in a copy."""
    if first.origin == second.origin or first.source == second.source != "":
        return True
    # `import a.b` and `import a.c` both bind `a`.
    return all(re.fullmatch(r"import [\w.]+", each.origin) for each in (first, second))


def _needed(module: str, wanted: set[str], root: Path) -> Iterator[_Piece]:
    """Give what binds names in a module, and all that it uses, in an order that runs."""
    pieces = _pieces(module, _file(module, root).read_text(encoding="utf-8"))
    while more := {use for each in pieces if each.binds & wanted for use in each.uses} - wanted:
        wanted |= more
    own = module.partition(".")[0]
    for piece in pieces:
        if piece.binds & wanted:
            _, _, origin = piece.origin.partition("from ")
            origin, _, name = origin.partition(" import ")
            named = {name} == piece.binds and not _file(f"{origin}.{name}", root).is_file()
            if named and origin.partition(".")[0] == own:
                yield from _needed(origin, {name}, root)
            else:
                yield piece


def _file(module: str, root: Path) -> Path:
    path = root.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _statements(source: str) -> Iterator[ast.stmt]:
    """Give the statements at the top, and what is imported only for annotations.

    A copy has no `from __future__ import annotations`, so it imports that as well.
    """
    for node in ast.parse(source).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from node.body
        else:
            yield node


@cache
def _pieces(module: str, source: str) -> list[_Piece]:
    """Return the pieces of a module; a comment right above a definition belongs to it."""
    lines = source.splitlines()
    pieces = []
    for node in _statements(source):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                one = type(node)(**{**vars(node), "names": [alias]})
                pieces.append(_Piece(ast.unparse(one), "", frozenset({bound})))
            continue
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(each.lineno for each in decorators)])
        while first > 1 and lines[first - 2].startswith("#"):
            first -= 1
        code = "\n".join(lines[first - 1 : node.end_lineno])
        table = symtable.symtable(code, "a definition", "exec")
        symbols = table.get_symbols()
        binds = {each.get_name() for each in symbols if each.is_assigned()}
        uses = {each.get_name() for each in symbols} | _globals(table) | _in_examples(node)
        pieces.append(_Piece(module, code, frozenset(binds), frozenset(uses)))
    return pieces


def _globals(table: symtable.SymbolTable) -> set[str]:
    """Return the names that functions and classes take from their module."""
    found: set[str] = set()
    for child in table.get_children():
        found |= {each.get_name() for each in child.get_symbols() if each.is_global()}
        found |= _globals(child)
    return found


def _in_examples(definition: ast.stmt) -> set[str]:
    """Return the names that the examples of a definition use: they run where it is pasted."""
    documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    texts = [ast.get_docstring(n) for n in ast.walk(definition) if isinstance(n, documented)]
    examples = doctest.DocTestParser().get_examples("\n\n".join(text for text in texts if text))
    code = ast.parse("\n".join(example.source for example in examples))
    return {node.id for node in ast.walk(code) if isinstance(node, ast.Name)}


def _imports(lines: list[str]) -> str:
    """Return imports of single names as a file begins with them, the standard library's first."""
    names: dict[str, set[str]] = {}
    for line in lines:
        start, _, name = line.rpartition("import ")
        names.setdefault(start, set()).add(name)
    written = [f"import {name}" for name in sorted(names.pop("", ()))]
    written += [f"{start}import {', '.join(sorted(names[start]))}" for start in sorted(names)]
    sections: tuple[list[str], list[str]] = [], []
    for line in written:
        package = line.split()[1].partition(".")[0]
        sections[package not in sys.stdlib_module_names].append(line)
    return "\n\n".join("\n".join(section) for section in sections if section)
