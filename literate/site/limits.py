"""How long a page may be: minutes and words of its first reading, and kilobytes of HTML.

Only what a page is in the end says so; so a page that is too long is a page, and is told when all
of them have been written: a build stops then, and under a server a box at the top says the same.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from literate.lesson.model import Failure
from literate.site.faults import tell

#: What to do about each, behind what was counted and the limit.
_MESSAGES = {
    "first_reading": "its first reading takes {} minutes, and at most {} are wanted",
    "first_words": "its first reading has {:,} words, and at most {:,} are wanted",
    "page_kilobytes": "without what goes deeper its content has {} KB, and at most {} are wanted",
}
_DETAILS = re.compile(r'<details( class="deeper")?[^>]*>|</details>')
_HINT = "part it, say less, or let sections go deeper"

_BOX = """
<div class="admonition failure">
<p class="admonition-title">This page is too long</p>
<ul>{}</ul>
</div>
"""


def first_reading(html: str) -> str:
    """Return a page without the sections that go deeper.

    Args:
        html: In it, what is opened is closed.

    Examples:
        >>> first_reading('a<details class="deeper">b<details>c</details></details>d')
        'ad'
    """
    kept, start, depth = [], 0, 0
    for found in _DETAILS.finditer(html):
        if depth == 0 and found[1]:
            kept.append(html[start : found.start()])
            depth = 1
        elif depth:
            depth += -1 if found[0] == "</details>" else 1
            start = found.end()
    return "".join(kept) + html[start:]


def content(html: str) -> str:
    """Return what stands on a page itself: without the frame that grows with every other page.

    Args:
        html: Of the whole page, by a theme that puts its content into an `article`, as Material
            does; a page without one is all content.

    Examples:
        >>> content("<nav>100 pages</nav><article>text</article><footer></footer>")
        '<article>text'
    """
    start, end = html.find("<article"), html.rfind("</article>")
    return html[start:end] if -1 < start < end else html


class Limits:
    """The pages of one build that are longer than the options allow.

    Args:
        options: Those of the plugin; a limit of 0 is none.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._most = {name: options[name] for name in _MESSAGES if options[name]}
        self._found: dict[str, Failure] = {}

    def look(self, name: str, html: str, facts: Mapping[str, Any]) -> str:
        """Note what is too much of a page; return it with a box that says so, if anything is.

        Args:
            name: How its file is called in messages.
            html: The page as it is about to be written.
            facts: What it says of itself: `reading` in minutes and `words`, if it is a lesson that
                can be taken along. Other pages have no limits.
        """
        self._found.pop(name, None)
        if "words" not in facts:
            return html
        own = first_reading(content(html)).encode()
        size = -(-len(own) // 1000)  # rounded up, as the minutes are
        counted = dict(zip(_MESSAGES, (facts["reading"], facts["words"], size), strict=True))
        wrong = [
            Failure(name, f"{_MESSAGES[which].format(counted[which], most)} ({which}): {_HINT}")
            for which, most in self._most.items()
            if counted[which] > most
        ]
        if not wrong:
            return html
        self._found[name] = Failure(name, wrong[0].message, also=tuple(wrong[1:]))
        items = "".join(f"<li>{escape(each.message)}</li>" for each in wrong)
        head, end, rest = html.partition("</h1>")
        return f"{head}{end}{_BOX.format(items)}{rest}" if end else html

    def tell(self, *, serving: bool) -> None:
        """Tell which pages are too long, on stderr or, in a build, as its end.

        Raises:
            PluginError: If there are some, and nobody serves the site.
        """
        tell(self._found.values(), serving=serving)
