"""Pages explain the words of the glossary where they come first.

The option `glossary` names a page with a definition list, `explained` which pages get its meanings,
as tooltips: not in headings, links, code and outputs, and not at all on a page that introduces the
word itself, in italics.

Some words have other senses too: axes of a figure, ranks in a league, what something costs. The
glossary says so behind such a word, `[rank](…) <!-- ambiguous -->`. It is explained only where a
page says `rank<!-- term -->`. With `seeds<!-- no term -->` any word is left out at one place.

`python -m literate.site.glossary site` lists what the pages of a site explain, for a review.
"""

import functools
import html
import re
import sys
from dataclasses import dataclass
from pathlib import Path

_ENTRY = re.compile(
    r"^(?P<words>(?:\S.*\n)+):[ ]{3}(?P<meaning>.*(?:\n[ ]{4}\S.*)*)$", re.MULTILINE
)
_AMBIGUOUS = re.compile(r"\s*<!-- ambiguous -->$")
_MARK = r"<!--\s*(?P<mark>(?:no\s+)?term)\s*-->"
_TAG = r"<(?P<close>/?)(?P<tag>[a-zA-Z][\w-]*)(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"

#: What names, leads or is no text, and so explains nothing.
_SKIPPED = re.compile(
    "a|abbr|autoref|button|code|h[1-6]|label|math|pre|script|style|summary|svg|th", re.IGNORECASE
)
_OUTPUT = re.compile(r'\bclass="(?![^"]*\bmarkdown\b)(?:[^"]*\s)?output[\s"]')

#: How nouns end when they are many; the first that fits counts.
_PLURALS = {
    **{"epoch": "epochs", "matrix": "matrices", "leaf": "leaves"},
    **{"is": "es", "y": "ies", "s": "ses", "ch": "ches"},
}

#: A word with its meaning, as `explained` writes it.
_TOLD = re.compile(r'<abbr tabindex="0" title="[^"]*">([^<]*)</abbr>')


#: What to say of a mark that marks nothing.
USELESS = "no word of the glossary stands right before it in running text: move it, or remove it"


@dataclass(frozen=True)
class Glossary:
    """The words of a glossary.

    Attributes:
        meanings: What each word means, in plain text, by every form of the word.
        ambiguous: Those forms that have other senses too.
    """

    meanings: dict[str, str]
    ambiguous: frozenset[str]

    @functools.cached_property
    def parts(self) -> re.Pattern[str]:
        """What a page is taken apart by: words with or without a mark, marks alone, and tags."""
        # Of two words that begin alike the longer one: a matrix product is no matrix.
        words = sorted(self.meanings, key=len, reverse=True)
        either = "|".join(r"\s+".join(map(re.escape, word.split())) for word in words) or "(?!)"
        word = rf"(?<![\w-])(?P<word>{either})(?![\w-])(?:\s*{_MARK})?"
        alone = rf"\s*{_MARK}".replace("mark", "alone")
        return re.compile(rf"{word}|{alone}|<!--(?s:.*?)-->|{_TAG}")


@functools.lru_cache(maxsize=1)
def read(markdown: str) -> Glossary:
    r"""Return the words of a glossary.

    Args:
        markdown: A page with a definition list: a word, or several in lines of their own, and below
            a colon, three spaces and the meaning.

    Examples:
        >>> read("[epoch](loop.md)\n:   One pass over *all* rows.\n").meanings["epochs"]
        'One pass over all rows.'
    """
    meanings: dict[str, str] = {}
    ambiguous: set[str] = set()
    for entry in _ENTRY.finditer(markdown):
        meaning = " ".join(_plain(entry["meaning"]).split())
        for line in entry["words"].splitlines():
            word = _plain(_AMBIGUOUS.sub("", line))
            forms = [each for form in (word, _plural(word)) for each in (form, _capital(form))]
            meanings.update(dict.fromkeys(forms, meaning))
            ambiguous.update(forms if _AMBIGUOUS.search(line) else ())
    return Glossary(meanings, frozenset(ambiguous))


def _plural(word: str) -> str:
    """Return the plural of an English noun of the kinds that a glossary of this field has."""
    for ending, many in _PLURALS.items():
        if word.endswith(ending):
            return word.removesuffix(ending) + many
    return f"{word}s"


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _plain(markdown: str) -> str:
    """Return the text of Markdown that holds links, code and emphasis."""
    return re.sub(r"[`*]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", markdown))


def explained(page: str, glossary: Glossary) -> tuple[str, list[str]]:
    """Return a page on which each meaning is told once, and its marks that mark no word.

    Args:
        page: What Markdown became, as HTML.
        glossary: Its words.
    """
    reading = _Reading(page, glossary)
    return glossary.parts.sub(reading.part, page), reading.useless


class _Reading:
    """Goes through a page once, from word to word."""

    def __init__(self, page: str, glossary: Glossary) -> None:
        self._meanings, self._ambiguous = glossary.meanings, glossary.ambiguous
        emphasised = {" ".join(each.split()) for each in re.findall(r"<em>([^<]*)</em>", page)}
        self._introduced = {self._meanings.get(word) for word in emphasised}
        self._told: set[str] = set()
        self._skipped, self._depth = "", 0
        self.useless: list[str] = []

    def part(self, match: re.Match[str]) -> str:
        """Return what takes the place of a word, a mark or a tag."""
        if match["tag"]:
            self._pass(match["tag"], match["rest"], closes=bool(match["close"]))
            return match[0]
        if match["alone"] or (self._skipped and match["mark"]):
            self.useless.append(match[0].strip())
            return match["word"] or ""
        return self._word(match["word"], match["mark"]) if match["word"] else match[0]

    def _pass(self, tag: str, rest: str, *, closes: bool) -> None:
        """Note whether what follows a tag is text."""
        if not self._skipped and (_SKIPPED.fullmatch(tag) or _OUTPUT.search(rest)):
            self._skipped = tag
        if tag == self._skipped:
            self._depth += -1 if closes else 1
            self._skipped = tag if self._depth else ""

    def _word(self, word: str, mark: str | None) -> str:
        form = " ".join(word.split())
        meaning = self._meanings[form]
        by_itself = form not in self._ambiguous and meaning not in self._introduced
        wanted = mark == "term" if mark else by_itself
        if self._skipped or not wanted or meaning in self._told:
            return word
        self._told.add(meaning)
        # By tabindex also for those without a mouse.
        return f'<abbr tabindex="0" title="{html.escape(meaning)}">{word}</abbr>'


def places(page: str, around: int = 60) -> list[str]:
    """Return each word that a page explains, in brackets, in the text in which it stands.

    Args:
        page: As HTML.
        around: How many characters of the text before and after it.
    """
    text = _TOLD.sub("\x02\\1\x03", page)
    text = html.unescape(re.sub(rf"<!--(?s:.*?)-->|{_TAG}", "", text))
    parts = re.split("\x02([^\x03]*)\x03", " ".join(text.split()))
    found = []
    for at in range(1, len(parts), 2):
        before, after = "".join(parts[:at])[-around:], "".join(parts[at + 1 :])[:around]
        found.append(f"{before}[{parts[at]}]{after}")
    return found


def main() -> None:
    """List what the pages of the site in the folder that is named explain."""
    site = Path(sys.argv[1])
    for path in sorted(site.rglob("*.html")):
        for place in places(path.read_text(encoding="utf-8")):
            print(f"{path.relative_to(site)}: {place}")


if __name__ == "__main__":
    main()
