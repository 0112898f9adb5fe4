"""How a lesson opens, from its front matter: its title, and what one needs before it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from literate.lesson.model import Value

#: On a page, the place of the time that it takes.
TIMES = "<!-- times -->"

_HEADING = re.compile(r"^#{2,6}\s", re.MULTILINE)


def opened(parts: Sequence[str | Value], meta: Mapping[str, Any]) -> tuple[str | Value, ...]:
    r"""Return the first prose of a lesson with what its front matter says of it.

    The `title` becomes the first heading, unless there is one; `needs`, which is Markdown, stands
    before the first section, and behind it is the place of the time that the page takes.

    Args:
        parts: The text and the values of the prose.
        meta: The front matter.

    Examples:
        >>> meta = {"title": "A line", "needs": "Python"}
        >>> opened(["Which?\n\n## The idea\n"], meta)
        ('# A line\n\nWhich?\n\nYou need: Python. <!-- times -->\n\n## The idea\n',)
    """
    texts = list(_with_needs(parts, meta)) if "needs" in meta else list(parts)
    if "title" in meta and not re.match(r"\s*# ", str(texts[0])):
        texts.insert(0, f"# {meta['title']}\n\n")
    return tuple(_joined(texts))


def _with_needs(parts: Sequence[str | Value], meta: Mapping[str, Any]) -> Iterator[str | Value]:
    needs = " ".join(str(meta["needs"]).split()).removesuffix(".")
    line = f"You need: {needs}. {TIMES}\n\n"
    told = False
    for part in parts:
        found = _HEADING.search(part) if isinstance(part, str) and not told else None
        if found and isinstance(part, str):
            yield part[: found.start()] + line + part[found.start() :]
            told = True
        else:
            yield part
    if not told:
        yield f"\n\n{line}"


def _joined(parts: Sequence[str | Value]) -> Iterator[str | Value]:
    """Give the same with each text next to no other."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        yield text
        yield part
        text = ""
    yield text
