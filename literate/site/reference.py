"""Reference pages out of a package: one for each module, an index for each folder of modules.

Nothing is written by hand when a module is added. The pages stand under `reference/`, in the order
in which `nav` has the lessons of the same names; its entry `reference/*` is their place in it.
mkdocstrings fills them.
"""

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError

from literate.site import moved

#: Where the pages stand, below the folder of all pages.
FOLDER = "reference"

#: In `nav`, the place of all pages of the reference.
PLACE = f"{FOLDER}/*"

#: On a page, the place of the table of all modules.
TABLE = "<!-- modules -->"

#: What ends a lesson: where to get it in other forms, and how it ran.
_END = re.compile(r'^<(?:div class="downloads"|footer class="run")', re.MULTILINE)


@dataclass(frozen=True)
class Module:
    """A module, or a folder of them, of the package that the reference describes.

    Attributes:
        name: With dots, as it is imported.
        summary: The first line of its docstring.
        folder: Whether it is a folder of modules.
    """

    name: str
    summary: str
    folder: bool = False

    @property
    def path(self) -> str:
        """Where it stands in the package: `linear/descent`."""
        return "/".join(self.name.split(".")[1:])

    @property
    def page(self) -> str:
        """The page that describes it, below the folder of all pages."""
        return f"{FOLDER}/{self.path}/index.md" if self.folder else f"{FOLDER}/{self.path}.md"

    @property
    def above(self) -> str:
        """The folder of modules in which it is."""
        return self.name.rpartition(".")[0]


@dataclass(frozen=True)
class Taught:
    """A module that has a lesson: the page below the folder of all pages, and its title."""

    module: Module
    page: str
    title: str


def modules(root: Path, package: str, without: Sequence[str] = ()) -> list[Module]:
    """Return the public modules of a package, each folder before what is in it, by name.

    Args:
        root: The folder in which the package lies.
        package: Its name.
        without: Patterns of names, with dots, that are left out.

    Raises:
        PluginError: If there is no such package, or a module without a docstring.
    """
    top = root / package
    if not (top / "__init__.py").is_file():
        raise PluginError(f"literate: reference: there is no package {package} in {root}")
    found = []
    for path in sorted(top.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        folder = parts[-1] == "__init__"
        parts = parts[:-1] if folder else parts
        name = ".".join(parts)
        if len(parts) == 1 or any(part.startswith("_") for part in parts):
            continue
        if not any(fnmatch(name, pattern) for pattern in without):
            found.append(Module(name, _summary(path, name), folder))
    return found


def _summary(path: Path, name: str) -> str:
    text = ast.get_docstring(ast.parse(path.read_bytes()))
    if not text:
        raise PluginError(f"literate: reference: the module {name} has no docstring: write one")
    return text.partition("\n")[0]


def in_order(found: Sequence[Module], pages: Sequence[str]) -> list[Module]:
    """Return modules in the order in which pages of the same names stand; then the others, by name.

    Args:
        found: The modules.
        pages: All pages of the navigation, in order.
    """
    at: dict[str, int] = {}
    for index, page in enumerate(pages):
        for module in found:
            if _is_of(page, module):
                at.setdefault(module.path, index)
                at.setdefault(posixpath.dirname(module.path), index)

    def key(module: Module) -> list[tuple[int, str]]:
        parts = module.path.split("/")
        above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
        return [(at.get(path, len(pages)), path) for path in above]

    return sorted(found, key=key)


def pages(found: Sequence[Module], lessons: Sequence[Taught]) -> dict[str, str]:
    """Return the Markdown of every page of the reference, by its path.

    Args:
        found: The modules, in order.
        lessons: What `taught` returned.
    """
    of = {each.module: each for each in lessons}
    return {
        module.page: _index(module, found) if module.folder else _page(module, of.get(module))
        for module in found
    }


def taught(found: Sequence[Module], facts: Mapping[str, Mapping[str, Any]]) -> list[Taught]:
    """Return the modules that have a lesson of their name, in the order given.

    Args:
        found: The modules.
        facts: The front matter of each lesson, by its page.
    """
    return [
        Taught(module, page, str(facts[page].get("title", page)))
        for module in found
        for page in facts
        if "/" in module.path and _is_of(page, module)
    ]


def _is_of(page: str, module: Module) -> bool:
    stem = posixpath.splitext(page)[0].removesuffix("/index")
    return f"/{stem}".endswith(f"/{module.path}")


def told(lesson: str, page: str, lessons: Sequence[Taught]) -> str:
    """Return the Markdown of a lesson that says, where it ends, which module it teaches, if any."""
    module = next((each.module for each in lessons if each.page == page), None)
    if module is None:
        return lesson
    line = f"The code of this lesson: [`{module.name}`]({_relative(page, module.page)})"
    text = f'<div class="taught" data-search-exclude markdown>\n{line}\n</div>\n\n'
    end = _END.search(lesson)
    at = end.start() if end else len(lesson)
    return f"{lesson[:at]}{text}{lesson[at:]}"


def _page(module: Module, lesson: Taught | None) -> str:
    line = f"Lesson: [{lesson.title}]({_link(module, lesson.page)})\n\n" if lesson else ""
    options = "    options:\n      show_root_heading: false\n"
    return f"{_head(module)}{line}::: {module.name}\n{options}"


def _index(module: Module, found: Sequence[Module]) -> str:
    rows = [
        f"| [`{each.name}`]({_link(module, each.page)}) | {_cell(each.summary)} |"
        for each in found
        if each.above == module.name
    ]
    table = "\n".join(["| Module | What it holds |", "| --- | --- |", *rows])
    return f"{_head(module)}{module.summary}\n\n{table}\n"


#: Who searches finds a lesson before the reference.
_SEARCH = "search:\n  boost: 0.4\n"


def _head(module: Module) -> str:
    # As JSON, which is YAML: a summary may hold a colon.
    about = f"{module.name}: {module.summary}".replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'---\ntitle: {module.name}\ndescription: "{about}"\n{_SEARCH}---\n\n# `{module.name}`\n\n'
    )


def table(found: Sequence[Module], page: str) -> str:
    """Return the table of all modules, as a page of this path links to them."""
    rows = ["| Package | What it holds | Modules |", "| --- | --- | --- |"]
    for module in found:
        if "/" in module.path:
            continue
        inside = [each for each in found if each.above == module.name]
        links = [
            f"[{each.name.rpartition('.')[2]}]({_relative(page, each.page)})" for each in inside
        ]
        name = f"[`{module.name}`]({_relative(page, module.page)})"
        rows.append(f"| {name} | {_cell(module.summary)} | {' · '.join(links)} |")
    return "\n".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _link(module: Module, page: str) -> str:
    return _relative(module.page, page)


def _relative(page: str, to: str) -> str:
    return posixpath.relpath(to, posixpath.dirname(page) or ".")


def expanded(nav: Any, found: Sequence[Module]) -> Any:
    """Return a navigation with all pages of the reference in place of the entry `reference/*`."""
    if isinstance(nav, dict):
        return {title: expanded(inside, found) for title, inside in nav.items()}
    if not isinstance(nav, list):
        return nav
    entries: list[Any] = []
    for entry in nav:
        entries += _entries(found) if entry == PLACE else [expanded(entry, found)]
    return entries


def _entries(found: Sequence[Module], above: str = "") -> list[Any]:
    """Return the entries of the modules of a folder: its index, and each by its own name."""
    entries: list[Any] = []
    for module in found:
        if module.above != (above or found[0].name.partition(".")[0]):
            continue
        if module.folder:
            entries.append({module.name: [module.page, *_entries(found, module.name)]})
        else:
            entries.append({module.name.rpartition(".")[2] if above else module.name: module.page})
    return entries


def listed(nav: Any) -> Iterator[str]:
    """Yield every page of a navigation, in order."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, Mapping):
        for inside in nav.values():
            yield from listed(inside)
    else:
        for entry in nav or ():
            yield from listed(entry)


def former(found: Sequence[Module]) -> dict[str, str]:
    """Return pages for the addresses under which a whole folder of modules stood on one page.

    An anchor of such a page leads on to the page of its module.

    Args:
        found: The modules.
    """
    written = {}
    for module in found:
        if not module.folder or "/" in module.path:
            continue
        inside = [each for each in found if each.above == module.name]
        name = posixpath.basename(module.path)
        ways = {each.name: f"{name}/{posixpath.basename(each.path)}.html" for each in inside}
        written[f"{FOLDER}/{module.path}.html"] = moved.page(
            module.name, f"{name}/index.html", ways
        )
    return written
