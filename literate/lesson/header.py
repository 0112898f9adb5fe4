"""What stands behind the `# %%` of a code cell: tags, what its figures show, what goes wrong."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: What a header may say that has a meaning here.
_KNOWN = ("tags", "alt", "format", "lead", "symptom", "cause")

#: Keys whose value is a text, and which.
_SAYS = {
    "lead": "a sentence that says what the figure shows",
    "symptom": "what one sees when this goes wrong, in the words of somebody who does not know why",
}

#: Where jupytext puts a header that it cannot read.
_UNREAD = "incorrectly_encoded_metadata"


@dataclass(frozen=True)
class Header:
    """What the header of a cell says, and what is wrong with it, one sentence for each fault."""

    tags: frozenset[str] = frozenset()
    alt: tuple[str, ...] = ()
    format: str = "svg"
    lead: str = ""
    symptom: str = ""
    cause: tuple[str, ...] = ()
    wrong: tuple[str, ...] = field(default=())


def header(metadata: Mapping[str, Any]) -> Header:
    """Return what the metadata of a cell say; what is wrong counts as not said.

    Args:
        metadata: As jupytext reads them.
    """
    wrong = [f"cannot read {metadata[_UNREAD]!r} behind %%"] if _UNREAD in metadata else []
    for key in metadata.keys() - set(_KNOWN):
        if near := difflib.get_close_matches(key, _KNOWN, 1, 0.7):
            wrong.append(f"{key} behind %% means nothing: did you mean {near[0]!r}?")
    alts, causes = (_texts(metadata, key, wrong) for key in ("alt", "cause"))
    form = metadata.get("format", "svg")
    if form not in ("svg", "png"):
        wrong.append(f"format is {form!r}: expected 'svg' or 'png'")
        form = "svg"
    said = {key: _sentence(metadata, key, wrong) for key in _SAYS}
    tags = frozenset(metadata.get("tags", ()))
    return Header(tags, alts, form, **said, cause=causes, wrong=tuple(sorted(wrong)))


def _texts(metadata: Mapping[str, Any], key: str, wrong: list[str]) -> tuple[str, ...]:
    """Return the texts of a key, none if it has none; note what is wrong with them."""
    said = metadata.get(key, [])
    texts = [said] if isinstance(said, str) else said
    if isinstance(texts, list) and all(isinstance(each, str) and each for each in texts):
        return tuple(texts)
    wrong.append(f"{key} is {said!r}: expected a text or a list of texts")
    return ()


def _sentence(metadata: Mapping[str, Any], key: str, wrong: list[str]) -> str:
    """Return the text of a key, empty if it has none; note what is wrong with it."""
    text = metadata.get(key, "")
    if isinstance(text, str) and (text.strip() or key not in metadata):
        return " ".join(text.split())
    wrong.append(f"{key} is {text!r}: expected {_SAYS[key]}")
    return ""
