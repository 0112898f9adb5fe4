"""The page of a theme tells what its lessons say: what they are about, and how long."""

import pytest
from mkdocs.exceptions import PluginError

from literate.site.contents import hours, table

LEAD = {"light": "cost/figure-1.svg", "dark": "cost/figure-1-dark.svg", "pixels": ""}
COST = {"title": "How wrong?", "description": "A | B\nand C.\n", "reading": 10, "practice": 20}
COST["times"] = "Read 10 min · practise 20"
FACTS = {
    "lessons/linear/cost.py": COST | {"lead": LEAD},
    "lessons/linear/line.py": {"title": "A line", "description": "First."},
    "lessons/data/rows.py": {
        "title": "Rows",
        "description": "Others.",
        "reading": 5,
        "practice": 9,
    },
    "lessons/linear/apart.py": {"title": "Apart", "description": "In no nav."},
}
ORDER = [
    "lessons/data/rows.py",
    "lessons/linear/index.md",
    "lessons/linear/line.py",
    "lessons/linear/cost.py",
]
CARDS = """\
**Time:** 10 min to read, 20 min to practise.

<div class="lessons" markdown="1">

- [A line](line.py)

    First.

- ![](cost/figure-1.svg#only-light){ loading="lazy" }![](cost/figure-1-dark.svg#only-dark){ loading="lazy" }

    [How wrong?](cost.py)

    A | B and C.

    Read 10 min · practise 20

</div>"""  # noqa: E501


def test_it_lists_the_lessons_beside_it_in_the_order_of_nav_and_adds_their_minutes():
    assert table("lessons/linear/index.md", FACTS, ORDER) == CARDS


def test_a_lead_that_looks_alike_in_light_and_dark_is_shown_once():
    lead = {"lead": LEAD | {"dark": ""}}
    told = table("lessons/linear/index.md", FACTS | {"lessons/linear/cost.py": COST | lead}, ORDER)
    assert '- ![](cost/figure-1.svg){ loading="lazy" }\n' in told


@pytest.mark.parametrize("key", ["title", "description"])
def test_a_lesson_without_one_of_its_facts_is_named(key):
    lacking = {name: each for name, each in FACTS["lessons/linear/line.py"].items() if name != key}
    facts = FACTS | {"lessons/linear/line.py": lacking}
    told = f"lessons/linear/line.py: its front matter has no {key}$"
    with pytest.raises(PluginError, match=told):
        table("lessons/linear/index.md", facts, ORDER)


def test_a_theme_without_a_lesson_is_told():
    with pytest.raises(PluginError, match=r"lessons/empty/index\.md: has <!-- lessons -->, and no"):
        table("lessons/empty/index.md", FACTS, ORDER)


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (0, "0 min"),
        (59, "59 min"),
        (60, "1 h"),
        (61, "1 h 1 min"),
        (299, "4 h 59 min"),
        (331, "6 h"),
    ],
)
def test_a_time_is_told_as_one_would_say_it(minutes, told):
    assert hours([{"reading": minutes, "practice": 0}]).startswith(f"{told} to read, 0 min")


def test_the_site_has_both_where_the_comments_stand(site):
    site.project.write("docs/theme/index.md", "# Theme\n\n<!-- lessons -->\n\nEnd\n")
    site.project.write("docs/index.md", "# Start\n\nAll takes <!-- hours -->.\n")
    figure = "import matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1));"
    site.project.write(
        "docs/theme/a.py",
        "# ---\n# title: A line\n# description: About it.\n# ---\n\n"
        f'# %% alt="Nothing" lead="See."\n{figure}\n',
    )
    site.configure("downloads: [theme/*.py]", more="nav: [index.md, theme/index.md, theme/a.py]\n")
    site.build()
    html = site.html("docs/theme/index.md")
    assert "<strong>Time:</strong> 1 min to read, 0 min to practise." in html
    assert "All takes 1 min to read, 0 min to practise." in site.html("docs/index.md")
    assert '<a href="a.html">A line</a>' in html
    assert '<img alt="" loading="lazy" src="a/figure-1.svg' in html
    assert "<p>About it.</p>" in html
