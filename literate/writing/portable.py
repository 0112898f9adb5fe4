"""Markdown of the site as Markdown that every notebook understands.

Boxes become quotes, what is folded becomes HTML that folds, shown source becomes code; what only
the site can resolve leaves its text behind.
"""

import ast
import html
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from literate.lesson.model import Page, Prose
from literate.writing import deeper
from literate.writing.brief import brief, docstrings

_FENCE = re.compile(r"^ *(?P<ticks>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)$")
_BOX = re.compile(r'^ *(?P<mark>!!!|\?\?\?\+?|===[+!]?) +(?P<kind>[^"]*)(?:"(?P<title>.*)")?\s*$')
_SOURCE = re.compile(r"^ *::: +(?P<name>[\w.]+)\s*$")
_DEFINITION = re.compile(r"^ *: +(?=\S)|^ *\[\^(?P<note>[^\]]+)\]: *")
_DROPPED = re.compile(r"^ *(?:\*\[[^\]]+\]:|\[[^\]^]+\]: +\S|\[TOC\]\s*$)")
_TARGET = re.compile(r"^ *\[(?P<name>[^\]^]+)\]: +(?P<address>\S+)", re.MULTILINE)
_MARK = re.compile(r"(#\s*\(\d+\))!(?=\s*$)", re.MULTILINE)

# In prose: code and maths, which stay as they are, and what changes between them.
_VERBATIM = re.compile(
    r"""
      (?<!`)(?P<ticks>`+)(?!`) .+? (?<!`)(?P=ticks)(?!`)
    | \$\$ .+? \$\$ | (?<!\\)\$ [^$\s] (?: [^$]* [^$\s] )? \$
    | \\\( .+? \\\) | \\\[ .+? \\\]
    """,
    re.DOTALL | re.VERBOSE,
)
_COMMENT = re.compile(r"[ \t]*<!--.*?-->", re.DOTALL)
_ATTRIBUTES = re.compile(r"[ \t]*\{(?:: *| *[.#])[^{}\n]*\}|(?<=\))\{ *[\w-]+[^{}\n]*\}")
_TEXT = r"\[(?P<text>(?:[^][\\]|\\.|\[[^][]*\])+)\]"
_REFERENCE = re.compile(rf"(?<!!){_TEXT}\[(?P<name>[^][\n]*)\]")
_LINK = re.compile(rf'(?P<image>!?){_TEXT}\((?![a-z]+:)(?P<target>[^()\s]+)(?:\s+"[^"]*")?\)')
_NOTED = re.compile(r"\[\^(?P<name>[^\]]+)\]")
_MARKDOWN = re.compile(r'(<[a-z][^<>]*?)\s+markdown(?:="\w*")?(?=[\s>])')
_SUMMARY = re.compile(r"(?<=<summary>).*?(?=</summary>)")
_HEAD = re.compile(r'\n<p class="admonition-title">(.*?)</p>')


@dataclass(frozen=True)
class Site:
    """What a download has to know of the site.

    Attributes:
        root: The folder of the project.
        docs: The folder of the pages.
        url: Where the site is published, ending with a slash; empty if that is not known.
        folders: Whether the address of a page is that of a folder.
        install: How to install what the lessons import, as Markdown.
        launch: The address at which a notebook can be run, with `{path}` where its path in the site
            belongs; empty if there is none.
    """

    root: Path
    docs: Path
    url: str = ""
    folders: bool = True
    install: str = ""
    launch: str = ""

    def folder(self, page: Page) -> str:
        """Return the folder of a page, relative to the folder of all pages."""
        return (self.root / page.name).parent.relative_to(self.docs).as_posix()

    def address(self, target: str, page: Page) -> str:
        """Return where a relative link of a page leads; empty if the site has no address.

        Args:
            target: A path relative to the page's folder, and an anchor, as Markdown has them.
            page: Where the link stands.
        """
        if not self.url:
            return ""
        path, mark, anchor = target.partition("#")
        path = posixpath.join("/", self.folder(page), path or Path(page.name).name)
        path = posixpath.normpath(path).lstrip("/")
        stem, suffix = posixpath.splitext(path)
        if suffix in (".md", ".py", ".ipynb"):
            index = posixpath.basename(stem) in ("index", "README")
            if self.folders:
                path = f"{posixpath.dirname(stem) if index else stem}/".lstrip("/")
            else:
                path = f"{stem}.html"
        return f"{self.url}{path}{mark}{anchor}"


class Translator:
    """Turns Markdown of one page into Markdown that every notebook understands.

    Footnotes, and the targets of links, may be defined anywhere on the page.
    """

    def __init__(self, page: Page, site: Site) -> None:
        self._page, self._site = page, site
        parts = [part for cell in page.cells if isinstance(cell, Prose) for part in cell.parts]
        prose = "\n".join(part for part in parts if isinstance(part, str))
        self._targets = {
            match["name"].lower(): match["address"] for match in _TARGET.finditer(prose)
        }
        names = dict.fromkeys(match["name"] for match in _NOTED.finditer(prose))
        self._notes = {name: number for number, name in enumerate(names, 1)}

    def translate(self, text: str) -> str:
        """Return Markdown as every notebook understands it.

        Args:
            text: Prose of the page, its values filled in.

        Raises:
            LookupError: If it shows the source of what is not there: `rules` says where.
        """
        return "\n".join(self._blocks(deeper.told(text).split("\n"))).strip("\n")

    def _blocks(self, lines: list[str]) -> list[str]:
        told: list[str] = []
        paragraph: list[str] = []
        at = 0
        while at < len(lines):
            line = lines[at]
            space = len(line) - len(line.lstrip(" "))
            end = _indented(lines, at + 1, space + 4)
            body = _dedented(lines[at + 1 : end], space + 4)
            block: list[str] | None = None
            if fence := _FENCE.match(line):
                end = _closing(lines, at, fence["ticks"])
                block = _fenced(fence, _dedented(lines[at + 1 : end - 1], space))
            elif box := _BOX.match(line):
                block = self._box(box, body)
            elif source := _SOURCE.match(line):
                block = self._source(source["name"])
            elif definition := _DEFINITION.match(line):
                first = line[definition.end() :]
                block = self._defined(paragraph, definition["note"], [first, *body])
                paragraph = []
            else:
                end = at + 1
                if _DROPPED.match(line) or not line.strip():
                    block = []
            if block is None:
                paragraph.append(line)
            else:
                told += self._paragraph(paragraph)
                told += [" " * space + each if each else "" for each in block]
                if not line.strip() and told and told[-1]:
                    told.append("")
                paragraph = []
            at = end
        return told + self._paragraph(paragraph)

    def _paragraph(self, lines: list[str]) -> list[str]:
        return self._inline("\n".join(lines)).split("\n") if lines else []

    def _box(self, box: re.Match[str], body: list[str]) -> list[str]:
        title = box["title"]
        if title is None:
            title = (box["kind"].split() or [""])[0].capitalize()
        title = self._inline(title)
        inner = "\n".join(self._blocks(body)).strip("\n").split("\n")
        if box["mark"].startswith("?"):
            head = f"<details><summary>{_html(title)}</summary>"
            return [head, "", *inner, "", "</details>", ""]
        heading = [f"**{title}**", ""] if title else []
        if box["mark"].startswith("="):
            return [*heading, *inner, ""]
        return [*(f"> {each}".rstrip(" ") for each in [*heading, *inner]), ""]

    def _source(self, name: str) -> list[str]:
        source = source_of(name, self._site.root)
        shown = [f"`{name}`", "", "```python", *brief(source).split("\n"), "```", ""]
        if whole := docstrings(source):
            head = "<details><summary>The whole docstring</summary>"
            shown += [head, "", "```text", *whole.split("\n"), "```", "", "</details>", ""]
        return shown

    def _defined(self, terms: list[str], note: str | None, body: list[str]) -> list[str]:
        """Return a footnote, or the definition of terms, as what stands in a list."""
        if note is not None:
            body[0] = f"{self._mark(note)} {body[0]}"
            return [*self._paragraph(terms), "", *self._blocks(body)]
        head = [f"- **{self._inline(term.strip())}**" for term in terms]
        return [*head, "", *("    " + each if each else "" for each in self._blocks(body)), ""]

    def _inline(self, text: str) -> str:
        """Resolve what only the site can, outside of code and maths."""

        def change(text: str) -> str:
            text = _COMMENT.sub("", text)
            text = _NOTED.sub(lambda match: self._mark(match["name"]), text)
            text = _ATTRIBUTES.sub("", text)
            text = _REFERENCE.sub(self._reference, text)
            text = _LINK.sub(self._link, text)
            return _HEAD.sub(r"\n\n**\1**", _MARKDOWN.sub(r"\1", text))

        return _SUMMARY.sub(lambda match: _html(match[0]), _outside(text, change, _verbatim))

    def _mark(self, note: str) -> str:
        # Those of the prose have their numbers already; one that code has made gets the next.
        return f"<sup>{self._notes.setdefault(note, len(self._notes) + 1)}</sup>"

    def _reference(self, match: re.Match[str]) -> str:
        address = self._targets.get((match["name"] or match["text"]).lower())
        return f"[{match['text']}]({address})" if address else match["text"]

    def _link(self, match: re.Match[str]) -> str:
        address = self._site.address(match["target"], self._page)
        return f"{match['image']}[{match['text']}]({address})" if address else match["text"]


def plain_marks(code: str) -> str:
    """Return code whose annotations are comments that name a point of the list below it.

    Args:
        code: Of a cell or of a fence.
    """
    return _MARK.sub(r"\1", code)


def _outside(text: str, change: Callable[[str], str], verbatim: Callable[[str], str]) -> str:
    """Change a text where it is neither code nor maths; these become what `verbatim` returns."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(verbatim(match[0]))
        return f"\x02{len(kept) - 1}\x03"

    changed = change(_VERBATIM.sub(keep, text))
    return re.sub("\x02(\\d+)\x03", lambda match: kept[int(match[1])], changed)


def _verbatim(text: str) -> str:
    """Return code without the name of its language, and maths between dollars."""
    if text.startswith("\\"):
        dollars = "$" if text[1] == "(" else "$$"
        return f"{dollars}{text[2:-2].strip() if dollars == '$' else text[2:-2]}{dollars}"
    return re.sub(r"^(`+) *#!\w+ +", r"\1", text)


def _html(text: str) -> str:
    """Return one line of Markdown as HTML, where notebooks read no Markdown."""

    def code(text: str) -> str:
        if text.startswith("$"):
            return text
        return f"<code>{html.escape(text.strip('`').strip(), quote=False)}</code>"

    def change(text: str) -> str:
        text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
        return re.sub(r"\*(.+?)\*", r"<em>\1</em>", text)

    return _outside(text, change, code)


def _fenced(fence: re.Match[str], lines: list[str]) -> list[str]:
    """Return a fence whose head names the language and nothing else."""
    language = re.search(r"[\w+#-]+", fence["info"])
    head = f"{fence['ticks']}{language[0] if language else ''}"
    return [head, *plain_marks("\n".join(lines)).split("\n")[: len(lines)], fence["ticks"]]


def _closing(lines: list[str], start: int, ticks: str) -> int:
    """Return the line after the fence that begins at `start`."""
    for at in range(start + 1, len(lines)):
        line = lines[at].strip()
        if line.startswith(ticks) and not line.strip(ticks[0]):
            return at + 1
    return len(lines) + 1


def _indented(lines: list[str], start: int, space: int) -> int:
    """Return where lines with so much space before them end, blank ones between included."""
    end = start
    for at in range(start, len(lines)):
        if lines[at].startswith(" " * space):
            end = at + 1
        elif lines[at].strip():
            break
    return end


def _dedented(lines: list[str], space: int) -> list[str]:
    return [line[space:] if line[:space].isspace() else line for line in lines]


def source_of(name: str, root: Path) -> str:
    """Return the source of `package.module.function`, or of the whole module.

    Args:
        name: With dots; a package may hold what it has from one of its modules.
        root: The folder in which the package lies.

    Raises:
        LookupError: If there is no such module, function or class.
    """
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        path = root.joinpath(*parts[:cut])
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                source = file.read_text(encoding="utf-8")
                return _definition(source, parts[cut:], name, root)
    raise LookupError(f"there is no module for {name}")


def _definition(source: str, names: list[str], whole: str, root: Path) -> str:
    node: Any = ast.parse(source)
    for name in names:
        guarded = (each.body for each in node.body if isinstance(each, ast.If))  # for type checkers
        for each in chain(node.body, *guarded):
            if isinstance(each, ast.ImportFrom) and name in [one.name for one in each.names]:
                return source_of(f"{each.module}.{name}", root)
        found = [each for each in node.body if name in _names(each)]
        if not found:
            raise LookupError(f"there is no {whole}")
        node = found[-1]
    if not names:
        return source.strip("\n")
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
    lines = source.split("\n")[first - 1 : node.end_lineno]
    return "\n".join(line[node.col_offset :] for line in lines)


def _names(node: ast.stmt) -> list[str]:
    """Return what a statement defines: a function, a class, or names that get a value."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [each.id for each in targets if isinstance(each, ast.Name)]
