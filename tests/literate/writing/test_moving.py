"""A figure that says how it can be moved becomes a box that a script of the site brings to life."""

import json

import pytest
from markdown import markdown

from literate.writing.moving import box, checked

LESSON = """
# %% alt="A line."{more}
import matplotlib.pyplot as plt

figure = plt.figure()
plt.plot([1, 2])
figure.moves = {{
    "name": "double",
    "question": "How *far*?",
    "values": {{"x": [1, 2], "text": "a \\"b\\" & <c>"}},
    "checks": [{{"function": "a.double", "inputs": [1.5], "output": 3.0}}],
}}
figure
"""


def test_a_figure_that_moves_stands_in_a_box_with_what_it_needs(project):
    lesson = project.lesson(LESSON.format(more=""))
    assert lesson.failure is None, str(lesson.failure)
    assert sorted(lesson.files) == ["a/demo-1.json", "a/figure-1.svg"]
    checks = [{"function": "a.double", "inputs": [1.5], "output": 3.0}]
    assert json.loads(lesson.files["a/demo-1.json"]) == {"demo": "double", "checks": checks}

    html = markdown(lesson.markdown, extensions=["md_in_html", "attr_list"])
    values = (
        "{&quot;x&quot;:[1,2],&quot;text&quot;:&quot;a \\&quot;b\\&quot; &amp; &lt;c&gt;&quot;}"
    )
    assert f'<div class="demo" data-demo="double" data-values="{values}">' in html
    assert '<img alt="A line." class="figure' in html
    assert '<div slot="question">\n<p>How <em>far</em>?</p>' in html
    assert '<p slot="checked">Checked against' in html


def test_the_lead_of_a_page_is_the_figure_alone(project):
    lesson = project.lesson(
        "# %% [markdown]\n# # Title\n#\n# Text.\n" + LESSON.format(more=' lead="So."')
    )
    assert lesson.failure is None, str(lesson.failure)
    lead = lesson.markdown.partition("</figure>")[0]
    assert "![A line.]" in lead
    assert "demo" not in lead
    assert lesson.markdown.count("data-demo") == 1


def test_a_second_demo_of_a_page_has_checks_of_its_own(project):
    text = LESSON.format(more="")
    lesson = project.lesson(text + text)
    assert {"a/demo-1.json", "a/demo-2.json"} < set(lesson.files)


def test_a_notebook_has_the_figure_alone(project):
    lesson = project.lesson(LESSON.format(more=""))
    output = lesson.run.results[0].outputs[0]
    assert "moves" not in json.dumps(output["metadata"])
    assert lesson.run.results[0].moves["0"]["name"] == "double"


@pytest.mark.parametrize(
    ("outputs", "told"),
    [
        ([1.5], "1 number"),
        ([[1, [2, 3.5]], 4], "4 numbers"),
        ([["a", "b"], True], "3 values"),
        ([[0.5, "Infinity", "-Infinity"]], "3 numbers"),
        ([[[0.5] * 1000] * 2], "2,000 numbers"),
    ],
)
def test_a_page_counts_against_what_a_demo_is_checked(outputs, told):
    checks = [{"function": "a.b", "output": output} for output in outputs]
    assert checked(checks) == f"Checked against [`b`][a.b]: {told}"


def test_functions_are_named_once_and_in_their_order():
    names = ("a.c", "a.b", "a.c", "d.e")
    told = checked([{"function": name, "output": 1} for name in names])
    assert told == "Checked against [`c`][a.c], [`b`][a.b] and [`e`][d.e]: 4 numbers"


def test_a_box_holds_the_markdown_of_its_figure():
    moves = {
        "name": "n",
        "question": " Q ",
        "values": {},
        "checks": [{"function": "f.g", "output": 1}],
    }
    written = box("![A](a.svg)", moves)
    assert "\n\n![A](a.svg)\n\n" in written
    assert "\n\nQ\n\n" in written
