"""What others take of a lesson: front matter, headings, and what it uses of the project."""

import pytest

from literate.lesson.model import PageError
from literate.lesson.outline import digest, headings, outline

LESSON = """# ---
# title: One
# needs: A
# ---

# %% [markdown]
# Some words.
#
# ## The idea
#
# More words, {{ 1 + 1 }}.
#
# ```
# ## no heading
# ```

# %% tags=["claim"]
from own.thing import answer
from torch import nn

x = answer(1)

# %%
print(x, nn.ReLU)
answer.exercise
"""

USED = "from own.thing import answer\nanswer\n..."


@pytest.fixture
def taken(tmp_path):
    """Return a function that writes a lesson, edited in one place, and returns its outline."""

    def taken(old="", new=""):
        assert old in LESSON
        (tmp_path / "own").mkdir(exist_ok=True)
        path = tmp_path / "lesson.py"
        path.write_text(LESSON.replace(old, new) if old else LESSON)
        return outline(path, tmp_path)

    return taken


def test_it_has_headings_and_what_code_uses_and_no_prose(taken):
    page = taken()
    prose, code, last = page.cells
    assert prose.parts == ("# One\n\n## The idea",)
    assert list(headings(prose)) == [(1, "One"), (2, "The idea")]
    assert (code.source, code.tags, code.line) == (USED, frozenset(), 0)
    assert last.source == "answer\nanswer.exercise\nanswer.exercise"
    assert page.meta == {"title": "One", "needs": "A"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Some words", "Others"),
        ("1 + 1", "2 + 2"),
        ("More", "One line\n#\n# more\n# and more"),
        ("answer(1)", "2 * answer(one)"),
        ("nn.ReLU", "nn.GELU, x"),
        ("claim", "fold"),
        ('# %% tags=["claim"]', '# %% tags=["claim"] lead="A."'),
    ],
)
def test_an_edit_of_prose_or_of_what_code_does_by_itself_is_no_other_outline(taken, old, new):
    assert digest(taken(old, new)) == digest(taken())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: One", "title: Two"),
        ("needs: A", "needs: B"),
        ("## The idea", "## An idea"),
        ("## The idea", "### The idea"),
        ("answer(1)", "1"),
        ("answer(1)", "answer.more(1)"),
        ("own.thing", "own.other"),
        ("answer.exercise\n", "answer.exercise\n\n# %%\nprint(1)\n"),
        ("answer.exercise", "print(answer.exercise)"),
        ("answer.exercise", "answer.other"),
        ("print(x", "%time x\nprint(x"),
    ],
)
def test_an_edit_of_the_rest_is(taken, old, new):
    assert digest(taken(old, new)) != digest(taken())


def test_a_page_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(PageError):
        outline(tmp_path / "none.py", tmp_path)
