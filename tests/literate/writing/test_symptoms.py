"""What goes wrong on a page is noted: its messages, and the failures that it marks, with causes."""

import pytest

LESSON = """# %% [markdown]
# # Title
#
# ## A number of another kind

# %% tags=["raises-exception"] cause="There is no such key."
{}["key"]

# %% [markdown]
# It has {{ 1 + 1 }} ways.
#
# ### The *silent* way

# %% symptom="The loss is flat" cause="No step."
loss = 1

# %% cause=["One.", "Two."]
for number in (1, 2):
    print(f"{number} stops: ValueError: no {number}", "is it", sep="\\n")
print("an OSError: no message of a line of its own")
"""


def test_messages_and_marked_failures_are_noted_with_their_sections_and_causes(project):
    found = project.lesson(LESSON).meta["symptoms"]

    told = [tuple(each[key] for key in ("symptom", "error", "message", "cause")) for each in found]
    assert told == [
        ("", "KeyError", "'key'", "There is no such key."),
        ("The loss is flat", "", "", "No step."),
        ("", "ValueError", "no 1", "One."),
        ("", "ValueError", "no 2", "Two."),
        ("", "OSError", "no message of a line of its own", "Two."),
    ]
    assert [each["section"] for each in found] == [
        "A number of another kind",
        *["The *silent* way"] * 4,
    ]
    assert found[0]["line"] == 7


def test_a_page_without_failures_notes_none(project):
    assert "symptoms" not in project.lesson("# %%\nprint('Error')\n").meta


def test_of_a_message_the_first_line_counts(project):
    lesson = project.lesson('# %% tags=["raises-exception"]\nraise ValueError("one\\ntwo")\n')
    assert [each["message"] for each in lesson.meta["symptoms"]] == ["one"]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ('symptom="Flat"', 'has a symptom and no cause: add cause="…", why'),
        ('cause="Why."', "has 1 cause(s) and shows 0 failure(s): what raises and prints nothing"),
        ('symptom="Flat" cause=["One.", "Two."]', "has 2 cause(s) and shows 1 failure(s)"),
        ('symptom="" cause="Why."', "expected what one sees when this goes wrong"),
        ('symptom=5 cause="Why."', "expected what one sees when this goes wrong"),
        ('symptom="Flat" cause=""', "cause is '': expected a text or a list of texts"),
        ('symtom="Flat"', "symtom behind %% means nothing: did you mean 'symptom'?"),
    ],
)
def test_what_is_wrong_with_a_mark_is_told_with_its_line(project, header, message):
    told = project.failure(f"# %% {header}\nx = 1\n")
    assert "docs/a.py, line 2, cell 1: " in told
    assert message in told


def test_a_symptom_that_two_cells_have_is_told(project):
    cell = '# %% symptom="Flat" cause="Why."\nx = 1\n'
    told = project.failure(f"{cell}\n{cell}")
    assert told == "docs/a.py, line 5, cell 2: has the symptom 'Flat', and so has a cell above it"
