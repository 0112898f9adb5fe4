"""The map of the lessons: boxes that are links, and lines from what is needed."""

import re
from html.parser import HTMLParser

from literate.site.themes import Theme
from literate.site.ways import BESIDE, HEAD, HIGH, WIDE, drawn, implied

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


def test_lines_lead_down_around_a_box_and_across_to_the_next_column():
    ways = re.findall(r'<path class="way" d="([^"]+)"/>', made())
    every, *own = ways
    assert every.split(" M") == [own[0], *(each.removeprefix("M") for each in own[1:])]
    left = BESIDE // 2
    middle, first = left + WIDE // 2, HEAD + HIGH
    assert own[0] == f"M{middle} {first}V{first + 16}"
    assert own[2].startswith(f"M{left} ")  # around the third box, on the left
    assert own[2].endswith(f" {left} {HEAD + 3 * 66 + HIGH // 2 - 6}")
    assert own[3].startswith(f"M{left + WIDE} ")
    assert own[3].endswith(f" {left + WIDE + BESIDE} {HEAD + HIGH // 2 - 6}")


def test_a_line_leads_back_where_a_lesson_needs_a_later_theme():
    facts = FACTS | {
        "one/a.py": {"title": "A", "needs": "[e](../two/e.py)"},
        "two/e.py": {"title": "E"},
    }
    way = re.findall(r'<path class="way" d="([^"]+)"/>', drawn(ALL, facts, str))[1]
    assert way.startswith(f"M{BESIDE // 2 + WIDE + BESIDE} ")
    assert f" {BESIDE // 2 + WIDE} " in way


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
