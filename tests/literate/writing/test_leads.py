"""One figure leads a page: it stands where the page begins, and where it is drawn."""

import base64

import pytest

from literate.writing.leads import Lead, placed
from literate.writing.previews import preview
from literate.writing.style import Style

DRAW = "import matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1));"
LESSON = f"""# %% [markdown]
# # Title
#
# Which?
#
# More.

# %% alt="One"
{DRAW}

# %% alt=["Two", "Three"] lead="You see *two*."
{DRAW}
plt.show()
{DRAW}
"""


def test_the_first_figure_of_its_cell_stands_behind_the_first_paragraph(project):
    lesson = project.lesson(LESSON, style=Style(dark_colors={"#ffffff": "#000000"}))
    before, _, after = lesson.markdown.partition("More.")
    figure = "".join(
        f"![Two](a/figure-2{dark}.svg#only-{scheme})"
        '{ .figure width="96" height="96" loading="lazy"}'
        for dark, scheme in (("", "light"), ("-dark", "dark"))
    )
    caption = '<figcaption markdown="span">You see *two*.</figcaption>'
    assert before.partition("---\n\n")[2].replace(" }", "}") == (
        "# Title\n\nWhich?\n\n"
        f'<figure class="lead" markdown="1">\n\n{figure}\n\n{caption}\n\n</figure>\n\n'
    )
    assert after.count("figure-2.svg") == 1
    assert lesson.meta["lead"] == {
        "light": "a/figure-2.svg",
        "dark": "a/figure-2-dark.svg",
        "pixels": "",
        "alt": "Two",
    }


def test_a_lead_that_comes_as_pixels_too_is_kept_as_such(project):
    pixels = project.lesson(LESSON.replace("lead=", 'format="png" lead='))
    figure = pixels.files[pixels.meta["lead"]["light"]]
    kept = pixels.files[pixels.meta["lead"]["pixels"]]
    assert kept == preview(base64.b64encode(figure).decode())


def test_without_a_lead_nothing_is_added(project):
    lesson = project.lesson(LESSON.replace(' lead="You see *two*."', ""))
    assert "figcaption" not in lesson.markdown
    assert "lead" not in lesson.meta


@pytest.mark.parametrize("opening", ["Which?\n\nMore.", "Which?"])
def test_a_page_without_a_title_begins_with_its_first_paragraph(opening):
    first, box, rest = placed(opening, Lead("![](a.svg)", "See.", "a.svg"))
    assert first == "Which?"
    assert box.startswith('<figure class="lead"')
    assert rest == opening.partition("\n\n")[2]


@pytest.mark.parametrize("lead", ["5", '""', '["a"]'])
def test_a_lead_is_a_sentence(project, lead):
    told = project.failure(f"# %% lead={lead}\nx = 1\n")
    assert "expected a sentence that says what the figure shows" in told


def test_a_lead_without_a_figure_and_a_second_one_are_told(project):
    told = project.failure(f'# %% lead="One."\nx = 1\n\n# %% alt="A" lead="Two."\n{DRAW}\n')
    assert told.split("\n") == [
        "docs/a.py, line 2, cell 1: has a lead and draws nothing: a figure leads a page",
        "docs/a.py, line 5, cell 2: is the second cell with a lead: one figure leads a page",
    ]
