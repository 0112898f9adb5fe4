"""What went wrong: the failures that lessons show, from what one sees to where it is explained.

On any page, the comment `<!-- symptoms -->` is the place of a list: first what one sees without a
message, by theme, then messages, by the exception that says them.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from markdown.extensions.toc import slugify
from mkdocs.exceptions import PluginError

#: On a page, the place of the list.
PLACE = "<!-- symptoms -->"

_Facts = Mapping[str, Mapping[str, Any]]


def listed(page: str, facts: _Facts, order: Sequence[str], themes: Mapping[str, str]) -> str:
    """Return what goes wrong in lessons, as Markdown.

    Args:
        page: The page on which the list stands.
        facts: What each lesson says of itself, with its `symptoms` and its `title`.
        order: All pages in the order of the navigation.
        themes: What the navigation calls the section in which a page stands.

    Raises:
        PluginError: If two lessons tell the same symptom.
    """
    shown = [(name, each) for name in order for each in facts.get(name, {}).get("symptoms", ())]
    _check(shown)
    seen, raised = dict[str, list[str]](), dict[str, dict[str, list[str]]]()
    for name, each in shown:
        told = _told(each, name, page, str(facts[name].get("title", name)))
        if each["symptom"]:
            seen.setdefault(themes.get(name, ""), []).append(_entry(each["symptom"], [told]))
        if each["error"]:
            raised.setdefault(each["error"], {}).setdefault(message(each), []).append(told)
    parts = ["## What you see"]
    for theme, entries in seen.items():
        parts += [f"### {theme}"] * bool(theme) + entries
    parts.append("## What a message says")
    for error in sorted(raised, key=str.lower):
        parts += [f"### {error}"]
        parts += [_entry(code(text), told) for text, told in raised[error].items()]
    return "\n\n".join(parts)


def message(failure: Mapping[str, Any]) -> str:
    """Return what a terminal says of a failure, in its last line."""
    return ": ".join(part for part in (failure["error"], failure["message"]) if part)


def _check(shown: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    told: dict[str, str] = {}
    for name, each in shown:
        place = f"{name}, line {each['line']}"
        if each["symptom"] and (other := told.setdefault(each["symptom"], place)) != place:
            raise PluginError(
                f"literate: {place}: has the symptom {each['symptom']!r}, and so has {other}"
            )


def _told(each: Mapping[str, Any], name: str, page: str, title: str) -> str:
    """Return why something happens, and a link to where it is shown."""
    address = posixpath.relpath(name, posixpath.dirname(page) or ".")
    if not (section := each["section"]):
        return f"{each['cause']} [{title}]({address})".strip()
    return f"{each['cause']} [{title}: {_plain(section)}]({address}#{anchor(section)})".strip()


def _entry(what: str, told: Iterable[str]) -> str:
    # With empty lines, so that each is a paragraph, which the search shows as a line.
    return "\n\n".join([what, *(f":   {one}" for one in told)])


def code(text: str) -> str:
    r"""Return text as Markdown that shows it as code.

    Examples:
        >>> code("no `x`")
        '`` no `x` ``'
    """
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    space = " " if "`" in text else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def anchor(heading: str) -> str:
    """Return the address of a section on its page.

    Args:
        heading: As it is written, in Markdown.

    Examples:
        >>> anchor("What goes wrong: `(n,)` minus `(n, 1)`")
        'what-goes-wrong-n-minus-n-1'
    """
    if own := re.search(r"\{[^}]*#([\w.-]+)[^}]*\}\s*$", heading):
        return own[1]
    return str(slugify(_plain(heading), "-"))


def _plain(heading: str) -> str:
    """Return a heading without code marks, links and attributes."""
    text = re.sub(r"\s*\{[^}]*\}\s*$", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading))
    return re.sub(r"[`*]", "", text)


def themes(nav: Any, within: str = "") -> Iterator[tuple[str, str]]:
    """Yield each page of the navigation of MkDocs, and the section in which it stands.

    Args:
        nav: The option `nav`, or a part of it.
        within: The section of which it is a part.
    """
    for item in nav or ():
        for title, inside in item.items() if isinstance(item, Mapping) else [(within, item)]:
            if isinstance(inside, str):
                yield inside, within
            else:
                yield from themes(inside, title)
