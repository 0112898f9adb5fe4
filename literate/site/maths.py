r"""Turn the TeX between dollars into MathML while Markdown becomes HTML.

A Python-Markdown extension: `$...$` and `\(...\)` stand in the line, `$$...$$` and `\[...\]` on
their own. Browsers render MathML themselves, so a page needs no script. TeX that cannot be
rendered raises `MathsError`; nothing half-rendered reaches a page.
"""

import html
import re
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from math_core import LatexError, LatexToMathML

# One escaped character, or anything but a dollar. Python-Markdown marks what it has set aside
# (code, mostly) with STX and ETX: a formula never reaches across those.
_BODY = r"(?:\\[^\x02\x03]|[^\\$\x02\x03])+?"

# Money is not maths: no space just inside the dollars, no digit just after them (Pandoc's rule).
_INLINE = (
    rf"(?<!\\)(?:\$\$(?P<display>{_BODY})\$\$"
    rf"|\$(?![\s$])(?P<dollar>{_BODY})(?<!\s)\$(?![\d$])"
    r"|\\\((?P<round>[^\x02\x03]+?)\\\))"
)

# On lines of its own; text may stand directly before and after.
_BLOCK = re.compile(
    rf"^[ ]{{0,3}}(?:\$\$(?P<dollar>{_BODY})\$\$|\\\[(?P<square>.+?)\\\])[ ]*$",
    re.MULTILINE | re.DOTALL,
)

# Brackets of a size that the writer chose: browsers draw the same size around whatever they hold.
_FIXED = re.compile(r"(?<!\\)(?:\\\\)*(?P<name>\\[Bb]igg?[lrm]?)(?![A-Za-z])")

_INLINE_CLASS, _DISPLAY_CLASS = "math", "math display"


class MathsError(ValueError):
    """Raised when a page holds TeX that cannot be rendered; names each formula and the cause.

    Args:
        problems: The TeX of each, and what to say of it.
    """

    def __init__(self, *problems: tuple[str, str]) -> None:
        super().__init__("; ".join(told for _, told in problems))
        self.problems = problems


def mathml(tex: str, *, display: bool = False) -> str:
    """Return `tex` as one MathML element that carries its source as `alttext`.

    Raises:
        MathsError: If the TeX is not understood, or sets a bracket at a size of its own.
    """
    source = " ".join(tex.split())
    if fixed := _FIXED.search(tex):
        cause = rf"`{fixed['name']}` does not grow with what it holds: write `\left( … \right)`"
        told = f"cannot render the formula `{source}`, character {fixed.start('name')}: {cause}"
        raise MathsError((source, told))
    try:
        element = _CONVERTER.convert_with_local_state(tex.strip(), displaystyle=display)
    except LatexError as error:
        told = f"cannot render the formula `{source}`, character {error}"
        raise MathsError((source, told)) from None
    return element.replace("<math", f'<math alttext="{html.escape(source)}"', 1)


_CONVERTER = LatexToMathML(fancy_error=False)


class _InlineMaths(InlineProcessor):
    """Set a formula in the line aside as an element that holds its TeX."""

    # The types of the base class belong to another, older kind of pattern.
    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        element = Element("span", {"class": _DISPLAY_CLASS if m["display"] else _INLINE_CLASS})
        element.text = AtomicString(m["display"] or m["dollar"] or m["round"])
        return element, m.start(), m.end()


class _DisplayMaths(BlockProcessor):
    """Set a formula on lines of its own aside, before lists or headings see a `-` or `=` in it."""

    def test(self, parent: Element, block: str) -> bool:
        return _BLOCK.search(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        match = _BLOCK.search(block)
        assert match is not None
        before, after = block[: match.start()].rstrip("\n"), block[match.end() :].lstrip("\n")
        if before:
            self.parser.parseBlocks(parent, [before])
        element = SubElement(parent, "div", {"class": _DISPLAY_CLASS})
        element.text = AtomicString(match["dollar"] or match["square"])
        if after:
            blocks.insert(0, after)


class _Render(Treeprocessor):
    """Render every formula that was set aside, and report all that fail together."""

    def run(self, root: Element) -> None:
        problems: list[tuple[str, str]] = []
        for element in root.iter():
            if element.get("class") in {_INLINE_CLASS, _DISPLAY_CLASS} and element.text:
                display = element.get("class") == _DISPLAY_CLASS
                try:
                    element.text = self.md.htmlStash.store(mathml(element.text, display=display))
                except MathsError as error:
                    problems += error.problems
            for text in (element.text, element.tail):
                if text and "$$" in text and not isinstance(text, AtomicString):
                    told = f"`$$` without its pair in {text.strip()!r}: a blank line?"
                    problems.append((text.strip(), told))
        if problems:
            raise MathsError(*problems)


class MathsExtension(Extension):
    """Adds the three processors above to a Markdown instance."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register the processors: after code is set aside, before anything else."""
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "$"]
        md.inlinePatterns.register(_InlineMaths(_INLINE, md), "maths", 189)
        md.parser.blockprocessors.register(_DisplayMaths(md.parser), "display-maths", 79)
        md.treeprocessors.register(_Render(md), "maths", 15)


def makeExtension(**kwargs: object) -> MathsExtension:  # noqa: N802
    """Return the extension; Python-Markdown looks for this name."""
    return MathsExtension(**kwargs)
