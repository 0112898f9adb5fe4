"""Pages explain the words of the glossary where they come first.

The option `glossary` names a page with a definition list, `explained` which pages get its meanings.
The extension `abbr` of Markdown makes tooltips of the definitions, and one for each word: not in
headings and links, and not at all on a page that introduces the word itself, in italics.
"""

import re

_ENTRY = re.compile(
    r"^(?P<words>(?:\S.*\n)+):[ ]{3}(?P<meaning>.*(?:\n[ ]{4}\S.*)*)$", re.MULTILINE
)
_WORD = re.compile(r"<abbr title=\"(?P<meaning>[^\"]*)\">(?P<word>[^<]*)</abbr>")
_PART = re.compile(rf"{_WORD.pattern}|<(?P<close>/?)(?:h[1-6]|a|summary|label|th)\b[^>]*>")


def meanings(glossary: str) -> dict[str, str]:
    r"""Return what each word of a glossary means, in plain text, by every form of the word.

    Args:
        glossary: Markdown with a definition list: a word, or several in lines of their own, and
            below a colon, three spaces and the meaning.

    Examples:
        >>> list(meanings("[epoch](loop.md)\n:   One pass over *all* rows.\n").items())[:2]
        [('epoch', 'One pass over all rows.'), ('Epoch', 'One pass over all rows.')]
    """
    found = {}
    for entry in _ENTRY.finditer(glossary):
        meaning = " ".join(_plain(entry["meaning"]).split())
        for word in _plain(entry["words"]).splitlines():
            for form in (word, _plural(word)):
                found[form] = found[form[:1].upper() + form[1:]] = meaning
    return found


def _plural(word: str) -> str:
    """Return the plural of an English noun that has a regular one."""
    for ending, many in (("is", "es"), ("y", "ies"), ("s", "ses"), ("ch", "ches")):
        if word.endswith(ending):
            return word.removesuffix(ending) + many
    return f"{word}s"


def _plain(markdown: str) -> str:
    """Return the text of Markdown that holds links, code and emphasis."""
    return re.sub(r"[`*]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", markdown))


def first_only(html: str) -> str:
    """Return a page on which each meaning is told once, at the first place in running text."""
    introduced = set(re.findall(r"<em>(?:<abbr [^>]*>)?([^<]*)", html))
    told = {match["meaning"] for match in _WORD.finditer(html) if match["word"] in introduced}
    depth = 0

    def keep(part: re.Match[str]) -> str:
        nonlocal depth
        if part["meaning"] is None:
            depth += -1 if part["close"] else 1
            return part[0]
        if depth or part["meaning"] in told:
            return part["word"]
        told.add(part["meaning"])
        return part[0].replace("<abbr", '<abbr tabindex="0"', 1)  # for those without a mouse

    return _PART.sub(keep, html)


def with_meanings(markdown: str, glossary: str) -> str:
    """Return a page that tells the extension `abbr` the words of the glossary that it uses.

    Args:
        markdown: The page.
        glossary: As `meanings` takes it.
    """
    words = meanings(glossary).items()
    # Blank lines between: otherwise each definition makes Markdown search all of the rest again.
    told = (f"*[{word}]: {meaning}" for word, meaning in words if word in markdown)
    return "\n\n".join([markdown, *told])
