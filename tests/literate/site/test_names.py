"""The search knows sections by the words of the glossary, and by what else people call them."""

import pytest
from mkdocs.exceptions import PluginError

from literate.site.names import check, located, read

GLOSSARY = """---
description: Words.
---

# Glossary

The plain text before the words.

[rate](../b.py#how-far) <!-- ambiguous -->
:   How far.

[row](../b.py)
training row <!-- ambiguous -->
:   An example
    of the table.
"""
TABLE = """
words:
  rate: [step size, lr]
pages:
  b.py: [fit]
  c.md: [other]
"""


def test_words_lead_where_the_glossary_does_and_so_do_their_other_names(tmp_path):
    (tmp_path / "words.md").write_text(GLOSSARY, encoding="utf-8")
    (tmp_path / "search.yml").write_text(TABLE, encoding="utf-8")

    found = read(tmp_path / "search.yml", tmp_path / "words.md", "reference/words.md")
    assert found == {
        "b.py#how-far": ["rate", "step size", "lr"],
        "b.py": ["row", "training row", "fit"],
        "c.md": ["other"],
    }
    urls = {"b.py": "b.html", "c.md": "c/"}
    assert list(located(found, urls)) == ["b.html#how-far", "b.html", "c/"]


def test_without_a_glossary_there_are_the_names_of_pages(tmp_path):
    (tmp_path / "search.yml").write_text("pages:\n  c.md: [other]\n", encoding="utf-8")
    assert read(tmp_path / "search.yml", None, "") == {"c.md": ["other"]}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("words:\n  step: [lr]\n", r"search\.yml: no word of the glossary: step"),
        ("others: {}\n", "expected words and pages"),
        ("- a\n", "expected words and pages"),
        ("pages:\n  a.md: b\n", r"a\.md: expected a list of texts"),
        ("pages:\n  a.md: [1]\n", r"a\.md: expected a list of texts"),
        ("pages: [\n", "cannot be read"),
    ],
)
def test_a_table_that_says_nothing_is_told(table, message, tmp_path):
    (tmp_path / "search.yml").write_text(table, encoding="utf-8")
    with pytest.raises(PluginError, match=message):
        read(tmp_path / "search.yml", None, "")


def test_a_table_that_is_not_there_is_told(tmp_path):
    with pytest.raises(PluginError, match=r"search\.yml cannot be read"):
        read(tmp_path / "search.yml", None, "")


def test_a_page_that_is_not_there_is_told():
    with pytest.raises(PluginError, match=r"there is no page b\.py"):
        located({"b.py#part": ["name"]}, {"a.md": "a.html"})


def test_a_section_that_is_no_more_is_told_with_all_others():
    named = {"a.html": ["page"], "a.html#here": ["x"], "b.html#gone": ["y"], "a.html#lost": ["z"]}
    with pytest.raises(PluginError, match=r"there is no section a\.html#lost, b\.html#gone$"):
        check(named, ["a.html", "a.html#here", "b.html"])
    check(named, ["a.html#here", "b.html#gone", "a.html#lost"])
