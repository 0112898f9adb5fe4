"""Blocks of Markdown: fences, boxes, HTML, each so that whatever stands in it stays inside."""

import re

from literate.lesson.model import Failure
from literate.lesson.text import visible

_PREFORMATTED = re.compile(r"<(pre|textarea)\b.*?</\1>", re.DOTALL | re.IGNORECASE)


def failure_box(failure: Failure, what: str = "lesson") -> str:
    """Return the box that a page shows while it is being written and something in it is wrong.

    Args:
        failure: What is wrong.
        what: What the page is called.
    """
    parts = []
    for each in (failure, *failure.also):
        parts += [f"`{each.place}`", fence(each.message, "error"), fence(each.traceback, "error")]
    return f'!!! failure "This {what} failed"\n\n' + indent("\n\n".join(filter(None, parts)))


def joined(text: str | list[str]) -> str:
    """Return a text that a notebook may store as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


def fence(text: str, kind: str = "") -> str:
    """Return an output as it stands, or nothing if nothing is to be seen.

    Args:
        text: What to show.
        kind: Further classes, with spaces between them.
    """
    text = visible(text).strip("\n")
    if not text.strip():
        return ""
    classes = " ".join(f".{name}" for name in ("text", "no-copy", "output", *kind.split()))
    ticks = ticks_around(text)
    return f"{ticks} {{ {classes} }}\n{text}\n{ticks}"


def ticks_around(text: str) -> str:
    """Return a fence longer than any run of backticks in the text."""
    return "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))


def html_box(html: str, fold_lines: int, mark: str) -> str:
    """Return HTML in a box of its own, a long table folded.

    Args:
        html: What to show.
        fold_lines: The most rows that stand on a page as a whole; 0 folds none.
        mark: A further class, after a space.
    """
    html = re.sub(r"<style scoped>.*?</style>", "", html, flags=re.DOTALL)
    html = re.sub(r'\s(?:border="\d+"|style="text-align: right;")', "", html)
    html = without_blank_lines(html)
    rows = len(re.findall("<tr\\b", html))
    if 0 < fold_lines < rows:
        summary = f"<summary>Table with {rows:,} rows</summary>"
        html = f'<details class="rest">\n{summary}\n{html}\n</details>'
    return f'<div class="output html{mark}" markdown="0">\n{html}\n</div>'


def without_blank_lines(html: str) -> str:
    """Return HTML without what would end it for Markdown; where they show, they are spelled out."""
    html = _PREFORMATTED.sub(lambda match: re.sub(r"\n(?=[ \t]*\n)", "&#10;", match[0]), html)
    return visible(re.sub(r"\n\s*\n", "\n", html.strip()))


def indent(text: str) -> str:
    """Return the text as it stands inside of a box."""
    return "\n".join("    " + line if line else "" for line in text.split("\n"))
