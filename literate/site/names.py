"""By which words the sections of a site are found, beside those that stand in them.

What the glossary calls something is the name of the section to which it leads. A table adds what
else people call it, and what they type who look for a page, in YAML:

    words:                # a word of the glossary
      learning rate: [step size, lr]
    pages:                # a page, or a section of it
      lessons/training/loop.py#where-no-call-may-be-missing: [training loop]
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from mkdocs.exceptions import PluginError

#: A word of a glossary with its link; those without one lead where the line above leads.
_WORD = re.compile(r"^\[(?P<word>[^]]+)\]\((?P<target>[^)]+)\)|^(?P<also>\w[^:]*?)(?= <!--|$)")


def read(table: Path, glossary: Path | None, at: str) -> dict[str, list[str]]:
    """Return the names of each place: a page relative to the folder of all, with or without anchor.

    Args:
        table: The file with the other names.
        glossary: The page with the words, if there is one.
        at: That page, relative to the folder of all pages.

    Raises:
        PluginError: If the table cannot be read, or names a word that the glossary lacks.
    """
    told = _table(table)
    words = dict(_words(glossary.read_text(encoding="utf-8"), at)) if glossary else {}
    if unknown := sorted(told["words"].keys() - words.keys()):
        raise PluginError(f"literate: {table.name}: no word of the glossary: {', '.join(unknown)}")
    names: dict[str, list[str]] = {}
    for word, place in words.items():
        names.setdefault(place, []).extend([word, *told["words"].get(word, ())])
    for place, others in told["pages"].items():
        names.setdefault(place, []).extend(others)
    return names


def _table(path: Path) -> dict[str, dict[str, list[str]]]:
    try:
        told: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise PluginError(f"literate: {path.name} cannot be read: {error}") from error
    parts = ("words", "pages")
    if not isinstance(told, dict) or told.keys() - set(parts):
        raise PluginError(f"literate: {path.name}: expected {' and '.join(parts)}")
    for key, others in [pair for part in parts for pair in (told.get(part) or {}).items()]:
        if not isinstance(others, list) or not all(isinstance(name, str) for name in others):
            raise PluginError(f"literate: {path.name}: {key}: expected a list of texts")
    return {part: told.get(part) or {} for part in parts}


def _words(glossary: str, at: str) -> Iterator[tuple[str, str]]:
    """Yield each word of a glossary, and the place to which it leads."""
    place, heads = "", False
    for line in glossary.splitlines():
        found = _WORD.match(line)
        if found and found["word"]:
            target, _, anchor = found["target"].partition("#")
            page = posixpath.normpath(posixpath.join(posixpath.dirname(at), target))
            place, heads = page + f"#{anchor}" * bool(anchor), True
            yield found["word"], place
        elif found and heads:
            yield found["also"], place
        else:
            heads = False


def located(names: Mapping[str, list[str]], urls: Mapping[str, str]) -> dict[str, list[str]]:
    """Return names by the address that the index of the search has for each place.

    Args:
        names: By place.
        urls: The address of each page.

    Raises:
        PluginError: If there is no such page.
    """
    found = {}
    for place, own in names.items():
        page, hash_, anchor = place.partition("#")
        if page not in urls:
            raise PluginError(f"literate: names for the search: there is no page {page}")
        found[urls[page] + hash_ + anchor] = own
    return found


def check(located: Mapping[str, list[str]], found: Iterable[str]) -> None:
    """Look whether each section that has names is one: a heading may have been renamed.

    Args:
        located: Names by address.
        found: The addresses that the index of the search has.

    Raises:
        PluginError: If there is no such section; it tells all of them.
    """
    if lost := sorted({place for place in located if "#" in place} - set(found)):
        raise PluginError(f"literate: names for the search: there is no section {', '.join(lost)}")
