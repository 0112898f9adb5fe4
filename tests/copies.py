"""Run what a reader can copy from a page, block after block, in one new process.

    python tests/copies.py PAGE

Shown source counts as its button copies it. An error that the page shows below its block has been
announced; any other is told with the block, and ends this with 1.
"""

import linecache
import sys
import traceback
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

#: Elements without an end.
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Block:
    """Code that can be copied, and whether the page shows the error that it ends with."""

    code: str = ""
    announced: bool = False


@dataclass
class Open:
    """An element that has begun: its tag, and what it is to the code inside of it."""

    tag: str
    kind: str = ""


@dataclass
class Reader(HTMLParser):
    """Collects the blocks of a page in their order."""

    blocks: list[Block] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Open] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Begin a block, or see that what is inside of this element cannot be copied."""
        values = {name: value or "" for name, value in attributes}
        classes = set(values.get("class", "").split())
        kind = ""
        if "data-copy" in values:
            self.blocks.append(Block(values["data-copy"]))
            kind = "whole"
        elif classes & {"no-copy", "output"}:
            kind = "silent"
            if "error" in classes and self.blocks:
                self.blocks[-1].announced = True
        elif "highlight" in classes and not self._inside("whole", "silent"):
            self.blocks.append(Block())
            kind = "code"
        if tag not in VOID:
            self._open.append(Open(tag, kind))

    def handle_endtag(self, tag: str) -> None:
        """End the element."""
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Add to the block, if this is its code."""
        if self._inside("code") and any(each.tag == "code" for each in self._open):
            self.blocks[-1].code += data

    def _inside(self, *kinds: str) -> bool:
        return any(each.kind in kinds for each in self._open)


def blocks(page: str) -> list[Block]:
    """Return what can be copied from a page of the site, in order."""
    reader = Reader()
    reader.feed(page)
    return [block for block in reader.blocks if block.code.strip()]


def run(found: list[Block]) -> str:
    """Run blocks one after another in this process; return what is wrong, or an empty text."""
    space: dict[str, Any] = {"__name__": "__main__", "display": print}
    wrong = []
    for number, block in enumerate(found, 1):
        # As in a notebook, the source of what a block defines can be looked up.
        name, lines = f"block {number}", block.code.splitlines(keepends=True)
        linecache.cache[name] = len(block.code), None, lines, name
        try:
            exec(compile(block.code, name, "exec"), space)
        except Exception as error:  # whatever the page's code raises
            if not block.announced:
                told = "".join(traceback.format_exception_only(error)).strip()
                wrong.append(f"{name}: {told}\n{block.code}")
    return "\n\n".join(wrong)


def main() -> int:
    """Run one page; return 0 if nothing is wrong."""
    found = blocks(Path(sys.argv[1]).read_text(encoding="utf-8"))
    wrong = run(found)
    if wrong:
        print(wrong, file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
