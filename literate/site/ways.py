"""A map of all lessons: a column for each theme, and a line from each lesson to those that need it.

It is an SVG whose boxes are links, drawn when the site is built; on a page, the comment
`<!-- map -->` is its place. A line that others imply is left out. With the pointer on a lesson, or
the focus, the lines to what it needs stand out.
"""

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from literate.site.themes import Theme, needed

#: On a page, the place of the map.
PLACE = "<!-- map -->"

#: In pixels: a box, what is free beside and below it, what is above the first; a line of text.
WIDE, HIGH, BESIDE, BELOW, HEAD, LINE = 114, 50, 25, 16, 44, 13.5

#: How many letters fit into a line of a box, and how many lines.
LETTERS, LINES = 15, 3


@dataclass(frozen=True)
class _Place:
    """Where the left upper corner of a box is."""

    column: int
    row: int

    @property
    def x(self) -> int:
        return self.column * (WIDE + BESIDE) + BESIDE // 2

    @property
    def y(self) -> int:
        return HEAD + self.row * (HIGH + BELOW)


def implied(needs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return for each lesson what it needs, without what that needs itself.

    Examples:
        >>> implied({"c": ["a", "b"], "b": ["a"], "a": []})
        {'c': ['b'], 'b': ['a'], 'a': []}
    """

    def behind(name: str, seen: set[str]) -> set[str]:
        for each in needs.get(name, ()):
            if each not in seen:
                seen.add(each)
                behind(each, seen)
        return seen

    return {
        name: [
            each
            for each in own
            if not any(each in behind(other, set()) for other in own if other != each)
        ]
        for name, own in needs.items()
    }


def drawn(
    all_themes: Sequence[Theme],
    facts: Mapping[str, Mapping[str, Any]],
    address: Callable[[str], str],
) -> str:
    """Return the map, as HTML.

    Args:
        all_themes: A column for each, in order.
        facts: What each lesson says of itself.
        address: Returns where a link to a page leads.
    """
    lessons = [lesson for theme in all_themes for lesson in theme.lessons]
    titles = {lesson: " ".join(str(facts[lesson]["title"]).split()) for lesson in lessons}
    needs = {lesson: needed(lesson, facts, all_themes) for lesson in lessons}
    places = {
        lesson: _Place(column, row)
        for column, theme in enumerate(all_themes)
        for row, lesson in enumerate(theme.lessons)
    }
    lines = {
        lesson: " ".join(_line(places[each], places[lesson]) for each in own)
        for lesson, own in implied(needs).items()
    }
    width = len(all_themes) * (WIDE + BESIDE)
    height = HEAD + max(len(theme.lessons) for theme in all_themes) * (HIGH + BELOW)
    every = " ".join(filter(None, lines.values()))
    parts = [
        f'<svg viewBox="0 0 {width} {height}" role="group" aria-label="Map of all lessons">',
        f'<path class="way" d="{every}"/>',
        *_heads(all_themes, address),
    ]
    for lesson, place in places.items():
        told = "; ".join(titles[each] for each in needs[lesson])
        name = titles[lesson] + (f", needs: {told}" if told else "")
        parts += [
            f'<a href="{escape(address(lesson))}" aria-label="{escape(name)}">',
            f'<path class="way" d="{lines[lesson]}"/>' if lines[lesson] else "",
            f'<rect x="{place.x}" y="{place.y}" width="{WIDE}" height="{HIGH}" rx="5"/>',
            _text(titles[lesson], place.x + WIDE / 2, place.y + HIGH / 2),
            f'<text class="tick" x="{place.x + WIDE - 9}" y="{place.y + 10}">✓</text></a>',
        ]
    inside = "\n".join(filter(None, [*parts, "</svg>"]))
    return f'<div class="map">\n{inside}\n</div>'


def _heads(all_themes: Sequence[Theme], address: Callable[[str], str]) -> Iterator[str]:
    """Yield the titles of the columns."""
    for column, theme in enumerate(all_themes):
        middle = _Place(column, 0).x + WIDE / 2
        link = f'<a class="theme" href="{escape(address(theme.page))}">'
        yield f"{link}{_text(theme.title, middle, HEAD / 2 - 3)}</a>"


def _text(text: str, x: float, y: float) -> str:
    """Return a text in lines around a point."""
    lines = textwrap.wrap(text, LETTERS, break_long_words=False)
    if len(lines) > LINES:
        lines = textwrap.wrap(text, len(text) // LINES + LETTERS // 2)
    first = y - (len(lines) - 1) * LINE / 2
    spans = [
        f'<tspan x="{x:g}" y="{first + number * LINE:g}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    ]
    return f"<text>{' '.join(spans)}</text>"


def _line(start: _Place, end: _Place) -> str:
    """Return the way from a box to another one that needs it, as the data of an SVG path.

    It goes between the boxes. Those that begin elsewhere are a little apart, to be told apart.
    """
    if start.column == end.column and end.row == start.row + 1:
        return f"M{start.x + WIDE // 2} {start.y + HIGH}V{end.y}"
    apart = (3 * start.column + 2 * start.row) % 7 - 3
    low, high = start.y + HIGH // 2 + apart, end.y + HIGH // 2 + apart
    first, last = start.x + WIDE + BESIDE // 2 + 3 * apart, end.x - BESIDE // 2 + 3 * apart
    if start.column == end.column:
        return f"M{start.x} {low}H{last}V{high}H{end.x}"
    if end.column == start.column + 1:
        return f"M{start.x + WIDE} {low}H{first}V{high}H{end.x}"
    lane = end.y - BELOW // 2 + apart
    return f"M{start.x + WIDE} {low}H{first}V{lane}H{last}V{high}H{end.x}"
