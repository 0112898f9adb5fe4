"""What the index of the search holds of a page: sentences to show, and words to be found by.

Material's index has the text of each section with all its code. Here a section has its sentences, a
line for each, so that a hit can show one; the words of its code once, to be found and never shown;
and its names, from the module of that name.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from literate.site import symptoms

_BLOCK = re.compile(r"<pre>.*?</pre>", re.DOTALL)
_ENDS = re.compile(r"</(?:p|li|ul|ol)>|<(?:p|li|ul|ol)>")
_TAG = re.compile(r"<[^<>]*>")
_SENTENCE = re.compile(r"(?<=[.?!:])\s+(?=[\"“(`A-Z])")
_NAME = re.compile(r"[^\W\d]\w+")


def short(
    entry: Mapping[str, Any], names: Mapping[str, list[str]], says: Iterable[str] = ()
) -> dict[str, Any]:
    """Return an entry of the index with its sentences, the words of its code, and its names.

    Args:
        entry: As Material writes it.
        names: The names of each place, by its location.
        says: Sentences that stand before those of the text.
    """
    blocks = " ".join(_BLOCK.findall(entry["text"]))
    lines = [_plain(title) for title in says]
    for piece in _ENDS.split(_BLOCK.sub("\n", entry["text"])):
        lines += _SENTENCE.split(_plain(piece))
    kept = dict(entry, title=_plain(entry["title"]))
    kept["text"] = "\n".join(line for line in dict.fromkeys(lines) if _NAME.search(line))
    known = set(_NAME.findall(kept["text"]))
    kept["code"] = " ".join(
        dict.fromkeys(w for w in _NAME.findall(_plain(blocks)) if w not in known)
    )
    if own := names.get(entry["location"]):
        kept["names"] = own
    return kept


def _plain(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", markup)).split())


def says(facts: Mapping[str, Any], anchor: str) -> Iterator[str]:
    """Yield what a page says of one of its sections: what goes wrong in it.

    Args:
        facts: The front matter of the page, with its `symptoms`.
        anchor: Of the section; empty for the page itself, which begins with its description.
    """
    if not anchor and (about := facts.get("description")):
        yield html.escape(str(about))
    for each in facts.get("symptoms", ()):
        if (symptoms.anchor(each["section"]) if each["section"] else "") == anchor:
            said = each["symptom"], symptoms.message(each)
            yield from (html.escape(text) for text in said if text)
