"""What other pages take from a lesson is its front matter, its headings and its code."""

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
x = 1
"""


@pytest.fixture
def taken(tmp_path):
    """Return a function that writes a lesson, edited in one place, and returns its outline."""

    def taken(old="", new=""):
        assert old in LESSON
        path = tmp_path / "lesson.py"
        path.write_text(LESSON.replace(old, new) if old else LESSON)
        return outline(path, tmp_path)

    return taken


def test_it_has_headings_and_code_and_no_prose(taken):
    page = taken()
    prose, code = page.cells
    assert prose.parts == ("# One\n\n## The idea",)
    assert list(headings(prose)) == [(1, "One"), (2, "The idea")]
    assert (code.source, code.tags, code.line) == ("x = 1", {"claim"}, 0)
    assert page.meta == {"title": "One", "needs": "A"}


@pytest.mark.parametrize(
    ("old", "new"),
    [("Some words", "Others"), ("1 + 1", "2 + 2"), ("More", "One line\n#\n# more\n# and more")],
)
def test_an_edit_of_prose_is_no_other_outline(taken, old, new):
    assert digest(taken(old, new)) == digest(taken())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: One", "title: Two"),
        ("needs: A", "needs: B"),
        ("## The idea", "## An idea"),
        ("## The idea", "### The idea"),
        ("x = 1", "x = 2"),
        ("claim", "fold"),
        ('# %% tags=["claim"]', '# %% tags=["claim"] lead="A."'),
    ],
)
def test_an_edit_of_the_rest_is(taken, old, new):
    assert digest(taken(old, new)) != digest(taken())


def test_a_page_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(PageError):
        outline(tmp_path / "none.py", tmp_path)
