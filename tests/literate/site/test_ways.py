"""The map of the lessons: boxes that are links, and lines from what is needed."""

import re
from html.parser import HTMLParser
from itertools import pairwise

from literate.site.themes import Theme
from literate.site.ways import HIGH, WIDE, drawn, implied

LONG = "What one can say of a very long title in a box"
FACTS = {
    "one/a.py": {"title": "A & B"},
    "one/b.py": {"title": "Second", "needs": "[a](a.py)"},
    "one/c.py": {"title": "Third", "needs": "[a](a.py), [b](b.py)"},
    "one/d.py": {"title": "Fourth", "needs": "[b](b.py)"},
    "two/e.py": {
        "title": "What one can say of a very long title in a box",
        "needs": "[c](../one/c.py)",
    },
}
ALL = [
    Theme("one/index.md", "One", "", ("one/a.py", "one/b.py", "one/c.py", "one/d.py")),
    Theme("two/index.md", "Two", "", ("two/e.py",)),
]


def made() -> str:
    return drawn(ALL, FACTS, lambda page: page.replace(".py", ".html").replace(".md", ".html"))


def test_what_others_imply_is_left_out_however_far_away():
    needs = {"d": ["a", "c"], "c": ["b"], "b": ["a"], "a": []}
    assert implied(needs) == {"d": ["c"], "c": ["b"], "b": ["a"], "a": []}


def test_each_lesson_is_a_link_that_says_what_it_needs():
    links = re.findall(r'<a href="([^"]+)" aria-label="([^"]+)">', made())
    assert links == [
        ("one/a.html", "A &amp; B"),
        ("one/b.html", "Second, needs: A &amp; B"),
        ("one/c.html", "Third, needs: A &amp; B; Second"),
        ("one/d.html", "Fourth, needs: Second"),
        ("two/e.html", f"{LONG}, needs: Third"),
    ]
    assert re.findall(r'class="theme" href="([^"]+)"', made()) == [
        "one/index.html",
        "two/index.html",
    ]


def corners(way: str) -> list[tuple[float, float]]:
    """Return the points of a line that goes along the axes alone."""
    points = [(0.0, 0.0)]
    for kind, told in re.findall(r"([MHV])([^MHV]+)", way):
        first, *second = map(float, told.split())
        x, y = points[-1]
        points.append((first, *second) if second else (first, y) if kind == "H" else (x, first))
    return points[1:]


def crosses(way: str, boxes: list[tuple[float, float]]) -> bool:
    """Return whether a line goes through the inside of a box."""
    points = corners(way)
    return any(
        max(min(a[0], b[0]), x + 1) < min(max(a[0], b[0]) + 0.5, x + WIDE - 1)
        and max(min(a[1], b[1]), y + 1) < min(max(a[1], b[1]) + 0.5, y + HIGH - 1)
        for a, b in pairwise(points)
        for x, y in boxes
    )


def test_every_line_is_drawn_once_for_all_and_once_with_its_lesson():
    every, *own = re.findall(r'<path class="way" d="([^"]+)"/>', made())
    assert every == " ".join(own)
    assert len(own) == 4


def test_no_line_goes_through_a_box():
    lessons = [f"{column}/{row}.py" for column in range(4) for row in range(4)]
    every = [
        Theme(f"{column}/index.md", "", "", tuple(lessons[4 * column : 4 * column + 4]))
        for column in range(4)
    ]
    for place, lesson in enumerate(lessons):
        for before in lessons[:place]:
            needs = {lesson: {"title": lesson, "needs": f"[it](../{before})"}}
            facts = {each: {"title": each} for each in lessons} | needs
            html = drawn(every, facts, str)
            boxes = re.findall(r'<rect x="(\d+)" y="(\d+)"', html)
            (way,) = re.findall(r'<path class="way" d="([^"]+)"/>\n<rect', html)
            assert not crosses(way, [(float(x), float(y)) for x, y in boxes]), (before, lesson)


def test_a_title_takes_at_most_three_lines():
    spans = re.search(r'aria-label="What.*?</a>', made(), re.DOTALL)
    assert spans
    lines = re.findall(r"<tspan[^>]*>([^<]+)", spans[0])
    assert " ".join(lines) == LONG
    assert len(lines) == 3


def test_it_is_html_without_a_blank_line():
    class Strict(HTMLParser):
        depth = 0

        def handle_starttag(self, tag, attrs):
            self.depth += 1

        def handle_endtag(self, tag):
            self.depth -= 1

    parser = Strict()
    parser.feed(made())
    assert parser.depth == 0
    assert "\n\n" not in made()
