"""A lesson opens with what its front matter says: its title, and what one needs before it."""

import pytest

from literate.lesson.model import Value
from literate.lesson.opening import opened

META = {"title": "A line", "needs": "[cost](cost.py) and Python"}
LINE = "You need: [cost](cost.py) and Python. <!-- times -->\n\n"


def test_the_title_comes_first_and_the_needs_before_the_first_section():
    parts = opened(["Which?\n\n## The idea\n\n## Then"], META)
    assert parts == (f"# A line\n\nWhich?\n\n{LINE}## The idea\n\n## Then",)


def test_a_heading_that_is_there_stays_alone():
    assert opened(["\n# Mine\n\nText"], {"title": "A line"}) == ("\n# Mine\n\nText",)


def test_without_a_section_the_needs_come_last():
    assert opened(["Which?"], META) == (f"# A line\n\nWhich?\n\n{LINE}",)


def test_without_front_matter_nothing_changes():
    parts = ("Text ", Value("x", "", 3), "\n\n## The idea")
    assert opened(parts, {"hide": ["toc"]}) == parts


def test_values_of_the_prose_stay_in_their_places():
    value = Value("x", ".2f", 3)
    parts = opened([value, " is much.\n\n## The idea"], META)
    assert parts == ("# A line\n\n", value, f" is much.\n\n{LINE}## The idea")


@pytest.mark.parametrize("needs", ["Python.", "  Python\n", "Python"])
def test_the_needs_end_with_one_full_stop(needs):
    assert opened(["?"], {"needs": needs})[0].strip() == "?\n\nYou need: Python. <!-- times -->"


def test_on_a_page_and_in_a_notebook_it_stands_once(project):
    text = """
        # ---
        # title: A line
        # needs: "[cost](cost.py)"
        # ---

        # %% [markdown]
        # Which?
        #
        # ## The idea
        #
        # Twice {{ 1 + 1 }}, in line {{ 2 * 3 }}.
    """
    lesson = project.lesson(text)
    body = lesson.markdown.partition("---\n\n")[2]
    assert body.startswith("# A line\n\nWhich?\n\nYou need: [cost](cost.py).\n\n## The")
    assert body.count("You need") == 1
    assert "Twice 2, in line 6." in body
    assert lesson.meta == {"title": "A line", "needs": "[cost](cost.py)"}


def test_lines_of_what_fails_are_those_of_the_file(project):
    lesson = project.lesson(
        """
        # ---
        # title: A line
        # needs: Python
        # ---

        # %% [markdown]
        # Which?
        #
        # ## The idea
        #
        # {{ gone }}
        """
    )
    assert lesson.failure is not None
    assert lesson.failure.place.startswith("docs/a.py, line 11")
