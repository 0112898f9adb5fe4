"""Boxes in Markdown that pages and notebooks show alike, without a script.

A notebook reads Markdown inside of HTML between blank lines only, a page where it says `markdown`.
"""

import re


def fenced(code: str, kind: str = "python") -> str:
    """Return code or what it printed in a fence of Markdown.

    Args:
        code: Its blank lines at both ends are left out.
        kind: What the fence says that it holds.

    Examples:
        >>> print(fenced("x = 1"))
        ```python
        x = 1
        ```
    """
    ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", code)), default=0))
    text = code.strip("\n")
    return f"{ticks}{kind}\n{text}\n{ticks}"


def boxed(kind: str, title: str, content: str) -> str:
    """Return Markdown in a titled box.

    Args:
        kind: Its classes, for the style sheet.
        title: One line.
        content: Markdown.
    """
    head = f'<div class="admonition {kind}" markdown>\n<p class="admonition-title">{title}</p>'
    return f"{head}\n\n{content.strip()}\n\n</div>"


def folded(kind: str, summary: str, content: str) -> str:
    """Return Markdown that opens on demand.

    Args:
        kind: Its classes, for the style sheet.
        summary: What one sees before it opens, one line.
        content: Markdown.
    """
    head = f'<details class="{kind}" markdown>\n<summary markdown="span">{summary}</summary>'
    return f"{head}\n\n{content.strip()}\n\n</details>"
