"""What is measured can be found on a page, so that it can be left out of a comparison."""

import json

import pytest

from literate.site.volatile import masked, pictures

LESSON = """
# %% tags=["volatile", "warns"]
import sys, time
seconds = time.time_ns()
print("printed", seconds)
print("\\n".join(f"long {seconds}" for _ in range(30)))
print("warned", seconds, file=sys.stderr)

# %% [markdown]
# It took <span class="volatile">{{ seconds }} ns</span>.

# %% tags=["volatile"]
from IPython.display import HTML, Latex, Markdown
display(Markdown(f"*{seconds}*\\n\\n| {seconds} |\\n| --- |\\n| cell |\\n"))
display(HTML(f"<div><div>{seconds}</div> {seconds}</div>"))
display(Latex(f"after {seconds}"))
seconds

# %% tags=["volatile", "raises-exception"]
raise RuntimeError(seconds)

# %% tags=["volatile"] alt=["Volatile.", "Pixels."]
import matplotlib.pyplot as plt
plt.figure(num=str(seconds))
plt.plot([seconds])
plt.show()
plt.plot([2])
plt.show()

# %% alt="Lasting."
print("kept", "lasting")
plt.plot([1]);
"""


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("plain", "plain"),
        ('<span class="volatile">1.3 s</span>, 2', '<span class="volatile"></span>, 2'),
        ('<div id="a" class="b volatile c">1</div>2', '<div id="a" class="b volatile c"></div>2'),
        ('<div class="volatile"><div>1</div>2</div>3', '<div class="volatile"></div>3'),
        ('<p class="volatile"><pre>1</pre></p>3', '<p class="volatile"></p>3'),
        (
            '<b class="volatile">1<b class="volatile">2</b></b><b class="volatile">3</b>4',
            '<b class="volatile"></b><b class="volatile"></b>4',
        ),
        ('<SPAN CLASS="volatile">1</SPAN>2', '<SPAN CLASS="volatile"></SPAN>2'),
        ('<span class="volatile">1, never closed', '<span class="volatile">1, never closed'),
        ('<span class="not-volatile">1</span>', '<span class="not-volatile">1</span>'),
        ('<span class="volatile-not">1</span>', '<span class="volatile-not">1</span>'),
        ('<img class="volatile" src="a.svg">1', '<img class="volatile" src="a.svg">1'),
        ('&lt;span class="volatile"&gt;1</span>', '&lt;span class="volatile"&gt;1</span>'),
    ],
)
def test_volatile_elements_are_emptied_and_nothing_else(html, left):
    assert masked(html) == left


def test_pictures_of_volatile_cells_are_named():
    page = (
        '<img alt="A" class="figure" src="a.svg"><img alt="B" class="figure volatile" src="b.svg">'
        '<img alt="C" class="figure volatile" src="c.svg#only-dark"><p class="volatile">src="d"</p>'
    )
    assert pictures(page) == {"b.svg", "c.svg"}


def test_whatever_a_volatile_cell_shows_is_marked_and_nothing_else(site):
    site.configure("dark_colors: {'#1f77b4': '#99ccff'}")
    pages = []
    for _ in range(2):
        pages.append(site.page(LESSON))
        for path in (site.project.root / ".cache/literate").iterdir():
            path.unlink()
    assert pages[0] != pages[1]
    left, same = map(masked, pages)
    assert left == same
    assert "kept lasting" in left
    for shown in ("printed", "long", "warned", "<em>", "after", "RuntimeError: "):
        assert shown in pages[0].partition("Lasting.")[0]
    assert "RuntimeError: " not in left
    drawn = {f"a/figure-{number}{dark}.svg" for number in (1, 2) for dark in ("", "-dark")}
    assert pictures(pages[0]) == drawn
    assert {name for name in site.files() if name.endswith("svg")} - drawn == {
        "a/figure-3.svg",
        "a/figure-3-dark.svg",
    }


@pytest.mark.parametrize("search", ["search", "material/search"])
def test_the_search_finds_nothing_that_is_measured(site, search):
    options = "" if search == "search" else ": {lang: en, separator: '[ ]', pipeline: []}"
    site.project.replace("mkdocs.yml", "plugins:\n", f"plugins:\n  - {search}{options}\n")
    html = site.page(LESSON)
    entries = json.loads(site.files()["search/search_index.json"])["docs"]
    text = "\n".join(entry["text"] for entry in entries)
    assert "lasting" in text
    assert "It took" in text
    for shown in ("printed 1", "long 1", "warned 1", "after 1", "RuntimeError: 1", "ns</"):
        assert shown in html
        assert shown not in text
