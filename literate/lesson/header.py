"""What stands behind the `# %%` of a code cell: tags, alt texts, form and lead of its figures."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: What a header may say that has a meaning here.
_KNOWN = ("tags", "alt", "format", "lead")

#: Where jupytext puts a header that it cannot read.
_UNREAD = "incorrectly_encoded_metadata"


@dataclass(frozen=True)
class Header:
    """What the header of a cell says, and what is wrong with it, one sentence for each fault."""

    tags: frozenset[str] = frozenset()
    alt: tuple[str, ...] = ()
    format: str = "svg"
    lead: str = ""
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
    alt = metadata.get("alt", [])
    alts = [alt] if isinstance(alt, str) else alt
    if not isinstance(alts, list) or not all(isinstance(each, str) and each for each in alts):
        wrong.append(f"alt is {alt!r}: expected a text or a list of texts")
        alts = []
    form = metadata.get("format", "svg")
    if form not in ("svg", "png"):
        wrong.append(f"format is {form!r}: expected 'svg' or 'png'")
        form = "svg"
    lead = metadata.get("lead", "")
    if not isinstance(lead, str) or ("lead" in metadata and not lead.strip()):
        wrong.append(f"lead is {lead!r}: expected a sentence that says what the figure shows")
        lead = ""
    tags = frozenset(metadata.get("tags", ()))
    return Header(tags, tuple(alts), form, lead, tuple(sorted(wrong)))
