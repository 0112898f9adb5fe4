"""A page and a download carry the two ends of what is very long, and say how much is left out."""

import json

import pytest

from literate.writing.long import CHARACTERS, LINE, LINES, OUTPUTS, few, shortened
from literate.writing.portable import Site
from literate.writing.render import Style


def taken(lesson):
    """Return the text of the outputs in the notebook to take along."""
    cells = json.loads(lesson.files["a/a.ipynb"])["cells"]
    return ["".join(each.get("text", "")) for cell in cells for each in cell["outputs"]]


def built(project, text, **options):
    site = Site(project.root, project.root / "docs")
    lesson = project.lesson(text, site=site, offered=("*",), **options)
    assert lesson.failure is None, lesson.failure
    return lesson


def test_of_very_many_lines_the_middle_is_left_out_and_the_fold_counts_all(project, outputs):
    lesson = built(project, "# %%\nfor line in range(20_000):\n    print('line', line)\n")
    first, rest = (text for _, text in outputs(lesson.markdown.replace("\n    ", "\n")))
    assert first == "\n".join(f"line {line}" for line in range(10))
    lines = rest.split("\n")
    assert lines[:2] == ["line 10", "line 11"]
    assert lines[489:492] == ["line 499", "… 19,000 lines are left out here …", "line 19500"]
    assert lines[-1] == "line 19999"
    assert '??? rest "19,990 more lines"' in lesson.markdown
    (text,) = taken(lesson)
    assert text.split("\n") == [*first.split("\n"), *lines, ""]


def test_the_run_itself_is_stored_whole(project):
    lesson = built(project, "# %%\nfor line in range(20_000):\n    print(line)\n")
    (output,) = lesson.run.results[0].outputs
    assert output["text"] == "".join(f"{line}\n" for line in range(20_000))


def test_of_a_very_long_line_the_middle_is_left_out(project, outputs):
    lesson = built(project, "# %%\nprint('a' * 500_000 + 'b' * 500_000)\n")
    ((_, text),) = outputs(lesson.markdown)
    half = LINE // 2
    assert text == f"{'a' * half} … 998,000 characters are left out here … {'b' * half}"
    assert taken(lesson) == [f"{text}\n"]


def test_no_output_is_shortened_that_a_page_can_carry(project, outputs):
    text = "\n".join(["x" * 99] * LINES)
    assert len(text) < CHARACTERS
    assert shortened(text) == (text.split("\n"), LINES)
    assert shortened("x" * LINE) == (["x" * LINE], 1)
    style = Style(fold_lines=0)
    lesson = built(project, f"# %%\nprint({text!r})\n", style=style)
    assert outputs(lesson.markdown) == [("", text)]
    assert taken(lesson) == [f"{text}\n"]


def test_lines_that_are_many_and_long_are_fewer():
    lines, count = shortened("\n".join(["x" * 1000] * 900))
    assert count == 900
    assert sum(map(len, lines)) < CHARACTERS + 100
    (told,) = (line for line in lines if "x" not in line)
    assert told == f"… {900 - len(lines) + 1} lines are left out here …"


@pytest.mark.parametrize("characters", [1, 10])
def test_the_first_and_the_last_line_always_stay(characters):
    lines, _ = shortened("first\nsecond\nthird\nlast", characters)
    assert lines == ["first", "… 2 lines are left out here …", "last"]


def test_of_very_many_outputs_those_in_the_middle_are_left_out(project, outputs):
    lesson = built(project, "# %%\nfor number in range(4_000):\n    display(number)\n")
    shown = [text for _, text in outputs(lesson.markdown)]
    told = "… 3,900 outputs are left out here …"
    assert shown == [*map(str, range(50)), told, *map(str, range(3950, 4000))]
    cells = json.loads(lesson.files["a/a.ipynb"])["cells"]
    assert len(cells[0]["outputs"]) == OUTPUTS + 1


def test_a_figure_between_very_many_outputs_stays(project):
    alts = json.dumps(["One.", "Two."])
    lesson = built(
        project,
        f"""
        # %% alt={alts}
        import matplotlib.pyplot as plt
        for number in range(300):
            print(number)
            display(number)
            if number in (10, 150):
                plt.plot([number])
                plt.show()
        """,
    )
    assert lesson.markdown.count("![") == 2
    assert "outputs are left out here" in lesson.markdown


def test_of_a_very_long_traceback_the_middle_is_left_out(project, outputs):
    text = '# %% tags=["raises-exception"]\nraise ValueError("\\n".join(map(str, range(20_000))))\n'
    lesson = built(project, text)
    ((kind, shown),) = outputs(lesson.markdown)
    assert kind == "error"
    assert shown.startswith("Traceback")
    assert shown.endswith("\n19999")
    assert "lines are left out here" in shown
    cells = json.loads(lesson.files["a/a.ipynb"])["cells"]
    (output,) = cells[0]["outputs"]
    assert "\n".join(output["traceback"]) == shown
    assert len(output["evalue"]) < len(shown)


def test_outputs_keep_their_places_where_some_are_left_out():
    outputs = [{"output_type": "stream", "name": "stdout", "text": str(n)} for n in range(102)]
    shown = few(outputs, [True] * 102)
    assert len(shown) == 102
    assert [each["text"] for each in shown[49:53]] == [
        "49",
        "… 2 outputs are left out here …\n",
        "",
        "52",
    ]
    assert outputs[50]["text"] == "50"
