"""Say where a long expression in a line of text may go on in the next line.

Code in a line is kept together by the style sheet: a line that ended at any blank would tear
expressions apart. One that is too long for a phone gets places where a reader reads on easily:
behind commas, then before operators, then at blanks, and only within what is still too long.
"""

import html
import re

#: As many letters fit on a phone beside the margin of a list; so many in a line of the page.
PHONE, PAGE = 30, 72

_CODE = re.compile(r"<pre\b.*?</pre>|<code>([^<]+)</code>", re.DOTALL)

#: The best places first.
_PLACES = [
    re.compile(pattern)
    for pattern in (
        r"(?<=, )",
        r"(?<= )(?=(?:[-+*/@%=<>!&|→]+|if|else|for|and|or) )",
        r"(?<=\s)",
        r"(?<=[./_(\[=:-])(?=\w)",
    )
]


def with_places(page: str) -> str:
    """Return HTML in which long code in a line of text is in parts, each of which stays whole.

    Its class is `parts`, or `long` if it is longer than a line of the page.

    Args:
        page: HTML.

    Examples:
        >>> with_places("<code>predictions = model(some_inputs)</code>")
        '<code class="parts"><span>predictions</span> <span>= model(some_inputs)</span></code>'
    """
    return _CODE.sub(_placed, page)


def _placed(match: re.Match[str]) -> str:
    text = html.unescape(match[1] or "")
    if len(text) <= PHONE:
        return match[0]
    name = "long" if len(text) > PAGE else "parts"
    return f'<code class="{name}">{"".join(map(_part, _pieces(text))).removesuffix("<wbr>")}</code>'


def _part(piece: str) -> str:
    """Return a part, and after it the place: a blank, or where there is none a sign for it."""
    whole = piece.rstrip()
    text = html.escape(whole, quote=False)
    if len(whole) <= PHONE:  # any letter may end the line of another
        text = f"<span>{text}</span>"
    return text + (piece[len(whole) :] or "<wbr>")


def _pieces(text: str, level: int = 0) -> list[str]:
    """Return the parts between which a text may be broken."""
    if len(text) <= PHONE or level == len(_PLACES):
        return [text]
    parts = [part for part in _PLACES[level].split(text) if part]
    return [piece for part in parts for piece in _pieces(part, level + 1)]
