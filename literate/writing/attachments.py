"""Pictures that a notebook keeps inside of its Markdown cells: they become files of the page."""

import base64
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from urllib.parse import unquote

from literate.lesson.model import Prose
from literate.lesson.page import INLINE

_LINK = re.compile(
    r"(?P<before>\]\(\s*<?|^ *\[[^\]\n]+\]:\s*<?)attachment:(?P<name>[^)\s>]+)", re.MULTILINE
)
_IMAGE = re.compile(r"""<img\b[^<>]*\bsrc=["']attachment:(?P<name>[^"']+)["'][^<>]*>""")
_ATTRIBUTE = re.compile(r"""\b(alt|width|height)=(?:"([^"]*)"|'([^']*)')""")


def linked(text: str, address: Callable[[str], str]) -> str:
    """Return prose whose links to attachments lead elsewhere; code stays as it is.

    Args:
        text: Markdown of one cell.
        address: Given the name of an attachment, where the link shall lead.
    """

    def link(match: re.Match[str]) -> str:
        return match["before"] + address(unquote(match["name"]))

    def image(match: re.Match[str]) -> str:
        """Return a picture as Markdown: only there, a site follows the address of a file."""
        told = {each[1]: each[2] or each[3] for each in _ATTRIBUTE.finditer(match[0])}
        picture = f"![{told.pop('alt', '')}]({address(unquote(match['name']))})"
        size = " ".join(f'{side}="{length}"' for side, length in told.items())
        return f"{picture}{{ {size} }}" if size else picture

    def change(text: str) -> str:
        return _IMAGE.sub(image, _LINK.sub(link, text))

    parts, done = [], 0
    for code in INLINE.finditer(text):
        parts += [change(text[done : code.start()]), code[0]]
        done = code.end()
    return "".join([*parts, change(text[done:])])


def missing(cell: Prose) -> list[str]:
    """Return the names of attachments that a cell shows and does not hold."""
    shown: dict[str, str] = {}
    linked(cell.source, lambda name: shown.setdefault(name, ""))
    return [name for name in shown if name not in cell.attachments]


def content(cell: Prose, name: str) -> bytes:
    """Return an attachment as the content of a file.

    Args:
        cell: Where it is.
        name: Its name there.

    Raises:
        KeyError: If the cell has no attachment of that name.
    """
    kind, data = next(iter(cell.attachments[name].items()))
    text = data if isinstance(data, str) else "".join(data)
    if kind == "image/svg+xml" and text.lstrip().startswith("<"):
        return text.encode()
    return base64.b64decode(text)


def suffix(name: str) -> str:
    """Return what the name of the file ends with."""
    return PurePosixPath(name).suffix.lower()
