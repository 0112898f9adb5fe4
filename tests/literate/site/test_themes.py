"""The themes of a site as cards, and which lesson needs which."""

import pytest

from literate.site.themes import Theme, cards, needed, themes

HEAD = "---\ntitle: {}\ndescription: {}\n---\n\n<!-- lessons -->\n"
PAGES = {
    "lessons/one/index.md": HEAD.format("One", "First\n  things."),
    "lessons/two/index.md": HEAD.format("Two", "More."),
    "about.md": "# About\n",
}
LEAD = {"light": "b/figure-1.svg", "dark": "b/figure-1-dark.svg", "pixels": ""}
FACTS = {
    "lessons/one/a.py": {"title": "A", "needs": "Python", "reading": 10, "practice": 5},
    "lessons/one/b.py": {"title": "B", "needs": "[A](a.py), and\n$x^2$", "lead": LEAD},
    "lessons/two/c.py": {
        "title": "C",
        "needs": "[a part of B](../one/b.py#part), [one](../one/index.md), [that](https://x.org/a.py)",
    },
    "start.py": {"title": "Start"},
}
ORDER = [
    "start.py",
    "lessons/one/index.md",
    "lessons/one/a.py",
    "lessons/one/b.py",
    "lessons/two/index.md",
    "lessons/two/c.py",
    "about.md",
]
ALL = [
    Theme("lessons/one/index.md", "One", "First things.", ("lessons/one/a.py", "lessons/one/b.py")),
    Theme("lessons/two/index.md", "Two", "More.", ("lessons/two/c.py",)),
]
CARD = """\
- ![](lessons/one/b/figure-1.svg#only-light){ loading="lazy" }![](lessons/one/b/figure-1-dark.svg#only-dark){ loading="lazy" }

    [One](lessons/one/index.md)

    First things.

    10 min to read, 5 min to practise

    ??? inside "2 lessons"

        1. [A](lessons/one/a.py)<br>*needs Python*
        1. [B](lessons/one/b.py)<br>*needs [A](lessons/one/a.py), and $x^2$*
"""  # noqa: E501


def test_a_theme_is_a_page_that_lists_the_lessons_beside_it():
    assert themes(ORDER, FACTS, PAGES.__getitem__) == ALL


@pytest.mark.parametrize(
    ("lesson", "needs"),
    [
        ("lessons/one/a.py", []),
        ("lessons/one/b.py", ["lessons/one/a.py"]),
        ("lessons/two/c.py", ["lessons/one/b.py", "lessons/one/a.py"]),
    ],
)
def test_a_lesson_needs_those_to_which_its_front_matter_leads(lesson, needs):
    assert needed(lesson, FACTS, ALL) == needs


def test_a_card_shows_a_theme_and_lists_its_lessons_with_what_they_need():
    told = cards("start.py", ALL, FACTS)
    assert told.startswith('<div class="themes" markdown="1">\n\n' + CARD)
    assert '??? inside "1 lesson"\n' in told
    assert "[a part of B](lessons/one/b.py#part)" in told
    assert "[that](https://x.org/a.py)" in told


def test_links_lead_from_the_page_on_which_the_cards_stand():
    told = cards("about/start.py", ALL, FACTS)
    assert "[One](../lessons/one/index.md)" in told
    assert "![](../lessons/one/b/figure-1.svg#only-light)" in told
    assert "[a part of B](../lessons/one/b.py#part)" in told


THEME = """
<html><body><article>{{ page.content }}</article>
<footer>{{ page.next_page.url }}</footer></body></html>
"""


@pytest.fixture
def home(site):
    """Return a site whose start page leads on, and has a place for the map and the cards."""
    site.project.write("theme/main.html", THEME)
    (site.project.root / "docs/index.md").unlink()
    site.project.write(
        "docs/index.py",
        "# ---\n# title: Home\n# next: t/a.py\n# ---\n\n"
        "# %% [markdown]\n# <!-- map -->\n#\n# <!-- themes -->\n",
    )
    site.project.write("docs/t/index.md", "---\ntitle: T\n---\n\n# T\n\n<!-- lessons -->\n")
    lesson = "# ---\n# title: {}\n# description: About it.\n# needs: {}\n# ---\n\n# %%\nx = 1\n"
    site.project.write("docs/t/a.py", lesson.format("Line", "Python"))
    site.project.write("docs/t/b.py", lesson.format("Cost", "'[line](a.py)'"))
    site.configure(more="nav: [index.py, t/index.md, t/a.py, t/b.py]\n")
    return site


def test_the_site_has_cards_and_map_and_leads_on_where_a_page_says(home):
    home.build()
    html = home.html("docs/index.py")
    assert '<a href="t/b.html" aria-label="Cost, needs: Line">' in html
    assert '<a href="t/a.html">Line</a><br><em>needs Python</em>' in html
    assert '<em>needs <a href="t/a.html">line</a></em>' in html
    assert "<footer>t/a.html</footer>" in html
    assert "<footer>t/b.html</footer>" in home.html("docs/t/a.py")


def test_a_page_that_leads_on_to_none_is_told(home, caplog):
    home.project.replace("docs/index.py", "next: t/a.py", "next: absent.py")
    with pytest.raises(SystemExit):
        home.build()
    assert "index.py: next is no page: absent.py" in caplog.text
