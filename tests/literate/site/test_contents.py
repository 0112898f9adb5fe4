"""The page of a theme tells what its lessons say: what they are about, and how long."""

import pytest
from mkdocs.exceptions import PluginError

from literate.site.contents import table

FACTS = {
    "lessons/linear/cost.py": {"title": "How wrong?", "description": "A | B.\n", "minutes": 10},
    "lessons/linear/line.py": {"title": "A line", "description": "First.", "minutes": 8},
    "lessons/data/rows.py": {"title": "Rows", "description": "Others.", "minutes": 5},
    "lessons/linear/apart.py": {"title": "Apart", "description": "In no nav.", "minutes": 99},
}
ORDER = [
    "lessons/data/rows.py",
    "lessons/linear/index.md",
    "lessons/linear/line.py",
    "lessons/linear/cost.py",
]


def test_it_lists_the_lessons_beside_it_in_the_order_of_nav_and_adds_their_minutes():
    assert table("lessons/linear/index.md", FACTS, ORDER).splitlines() == [
        "**Time:** about 18 minutes.",
        "",
        "| Lesson | What you do |",
        "| --- | --- |",
        "| [A line](line.py) | First. |",
        "| [How wrong?](cost.py) | A \\| B. |",
    ]


@pytest.mark.parametrize("key", ["title", "description", "minutes"])
def test_a_lesson_without_one_of_its_facts_is_named(key):
    lacking = {name: each for name, each in FACTS["lessons/linear/line.py"].items() if name != key}
    facts = FACTS | {"lessons/linear/line.py": lacking}
    told = f"lessons/linear/line.py: its front matter has no {key}$"
    with pytest.raises(PluginError, match=told):
        table("lessons/linear/index.md", facts, ORDER)


def test_a_theme_without_a_lesson_is_told():
    with pytest.raises(PluginError, match=r"lessons/empty/index\.md: has <!-- lessons -->, and no"):
        table("lessons/empty/index.md", FACTS, ORDER)


def test_the_site_has_it_where_the_comment_stands(site):
    site.project.write("docs/theme/index.md", "# Theme\n\n<!-- lessons -->\n\nEnd\n")
    site.project.write(
        "docs/theme/a.py",
        "# ---\n# title: A line\n# description: About it.\n# minutes: 7\n# ---\n\n# %%\n1\n",
    )
    site.configure(more="nav: [index.md, theme/index.md, theme/a.py]\n")
    site.build()
    html = site.html("docs/theme/index.md")
    assert "<strong>Time:</strong> about 7 minutes." in html
    assert '<td><a href="a.html">A line</a></td>' in html
    assert "<td>About it.</td>" in html
