"""Text as programs print it, made into text that a page can hold."""

import re

#: What tells a terminal to colour, to move or to name a link.
_SEQUENCE = re.compile(
    r"""\x1b (?: \[ [0-?]* [ -/]* [@-~]
               | \] [^\x07\x1b]* (?: \x07 | \x1b\\ )
               | [()*+] [0-9A-Za-z]
               | [=>78cDEHMNOZ] )""",
    re.VERBOSE,
)

#: What neither HTML nor XML can hold: control characters, halves of pairs, what is no character.
_UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


def plain(text: str) -> str:
    """Return a text without the codes that colour it in a terminal."""
    return _SEQUENCE.sub("", text)


def messages(text: str) -> str:
    """Return what a text of stderr says apart from progress bars: lines that are written over."""
    lines = plain(text).replace("\r\n", "\n").split("\n")
    return "\n".join(line for line in lines if "\r" not in line).strip()


def visible(text: str) -> str:
    r"""Return a text in which each character that no page can hold has a sign that stands for it.

    Examples:
        >>> visible("a\x00b\udc80")
        'a␀b�'
    """
    return _UNSHOWN.sub(lambda match: _sign(ord(match[0])), text)


def _sign(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def collapse(text: str) -> str:
    """Return what a terminal shows of a text that goes back over what it has written."""
    return "\n".join(map(_overwritten, text.replace("\r\n", "\n").split("\n")))


def _overwritten(line: str) -> str:
    if "\r" not in line and "\b" not in line:
        return line.rstrip()
    shown: list[str] = []
    at = 0
    for part in re.split("([\r\b])", line):
        if part == "\r":
            at = 0
        elif part == "\b":
            at = max(0, at - 1)
        else:
            shown[at : at + len(part)] = part
            at += len(part)
    return "".join(shown).rstrip()
