"""Measured times differ from build to build: find them in a page by the class `volatile`.

Outputs of cells tagged `volatile` have it, the seconds in a page's footer, and whatever a lesson
puts between `<span class="volatile">` and `</span>`.
"""

import re

from literate.site.elements import emptied

_TAG = re.compile(
    r"""<(?P<tag>[a-z]+)\b[^<>]*\bclass="(?:[^"]*\s)?volatile(?:\s[^"]*)?"[^<>]*>""", re.IGNORECASE
)
_SOURCE = re.compile(r"""\bsrc="([^"#]*)""")


def masked(html: str) -> str:
    """Return a page, or Markdown, whose volatile elements are empty.

    Examples:
        >>> masked('Ran in <span class="volatile">1.3 s</span> here')
        'Ran in <span class="volatile"></span> here'
    """
    return emptied(html, _TAG)


def pictures(html: str) -> set[str]:
    """Return the addresses of the pictures that volatile cells have drawn, as the page has them."""
    return {
        address
        for tag in _TAG.finditer(html)
        if tag["tag"].lower() == "img"
        for address in _SOURCE.findall(tag[0])
    }
