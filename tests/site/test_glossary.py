"""The words of the glossary are explained where lessons use them: once each, from one source."""

import re
from pathlib import Path

import markdown
import pytest

from literate.lesson.model import Prose
from literate.lesson.page import read
from literate.site.glossary import first_only, meanings, with_meanings

ROOT = Path(__file__).parents[2]
GLOSSARY = (ROOT / "docs/reference/glossary.md").read_text(encoding="utf-8")
WORDS = meanings(GLOSSARY)
LESSONS = sorted((ROOT / "docs/lessons").rglob("*.py"))


def shown(text: str) -> str:
    """Return a page of Markdown as HTML, explained by the real glossary."""
    text = with_meanings(text, GLOSSARY)
    return first_only(markdown.markdown(text, extensions=["abbr", "md_in_html", "tables", "toc"]))


def told(html: str) -> list[str]:
    """Return the words that have a tooltip."""
    return re.findall(r"<abbr [^>]*>([^<]*)</abbr>", html)


def test_a_word_has_its_meaning_in_all_its_forms() -> None:
    glossary = """# Glossary

Text before: it is
no entry.

[batch](../a.md#b)
:   The `rows` of one *step*,
    as [here](b.md).

axis
:   A direction.

loss
cost
:   How wrong.

accuracy
:   A share.
"""
    found = meanings(glossary)

    assert found["batch"] == found["Batches"] == "The rows of one step, as here."
    assert found["axes"] == found["Axis"] == "A direction."
    assert found["losses"] == found["costs"] == found["Cost"] == "How wrong."
    assert found["accuracies"] == "A share."
    assert len(found) == 20


def test_the_glossary_holds_plain_sentences_of_one_source() -> None:
    for word, meaning in WORDS.items():
        assert re.fullmatch(r"[A-Z][^`*_$<>|\[\]\"\n]{15,160}\.", meaning), word
        assert len(re.findall(r"[.?!](?:\s|$)", meaning)) <= 2, word
    entries = re.findall(r"^:   ", GLOSSARY, re.MULTILINE)
    assert len(entries) == len(set(WORDS.values())) >= 30


@pytest.mark.parametrize("word", ["tensor", "logit", "epoch", "batch", "gradient", "learning rate"])
def test_the_words_of_every_training_loop_are_there(word: str) -> None:
    assert word in WORDS


def test_every_word_is_used_by_a_lesson() -> None:
    parts = [part for path in LESSONS for cell in read(path, ROOT).cells for part in said(cell)]
    prose = " ".join(" ".join(parts).split())
    used = {meaning for word, meaning in WORDS.items() if re.search(rf"\b{word}\b", prose)}

    assert [word for word, meaning in WORDS.items() if meaning not in used] == []


def said(cell: object) -> list[str]:
    """Return the text of a Markdown cell."""
    return [part for part in cell.parts if isinstance(part, str)] if isinstance(cell, Prose) else []


def test_a_word_is_explained_at_its_first_place_alone() -> None:
    html = shown("A batch. Two batches.\n\nBatch and epoch.")

    assert told(html) == ["batch", "epoch"]
    assert html.startswith(f'<p>A <abbr tabindex="0" title="{WORDS["batch"]}">batch</abbr>. Two')


def test_headings_links_and_summaries_have_no_tooltip_and_do_not_count_as_first() -> None:
    html = shown(
        "# The batch\n\n## Batches\n\n[A **batch**](b.md)\n\n"
        "<details markdown>\n<summary markdown>A batch</summary>\n\nThis batch\n\n</details>"
    )

    assert told(html) == ["batch"]
    assert f'This <abbr tabindex="0" title="{WORDS["batch"]}">batch</abbr>' in html
    assert '<h1 id="the-batch">The batch</h1>' in html


@pytest.mark.parametrize("tag", ["h1", "h6", "a", "summary", "label", "th"])
def test_what_names_or_leads_has_no_tooltip(tag: str) -> None:
    html = f'<{tag} id="x">A <abbr title="m">word</abbr></{tag}> <abbr title="m">word</abbr>'
    kept = '<abbr tabindex="0" title="m">word</abbr>'

    assert first_only(html) == f'<{tag} id="x">A word</{tag}> {kept}'


def test_a_page_may_end_in_html_or_in_a_table() -> None:
    html = shown("A batch.\n\n<footer>\nThe end\n</footer>")
    assert told(html) == ["batch"]
    assert html.endswith("</footer>")
    html = shown("| a |\n| --- |\n| batch |")
    assert told(html) == ["batch"]
    assert html.count("<tr>") == 2


def test_a_page_that_introduces_a_word_has_no_tooltip_for_it() -> None:
    assert told(shown("The cost. The *cost* is one number. The batch.")) == ["batch"]
    assert told(shown("The costs are *high*.")) == ["costs"]


def test_code_and_parts_of_words_are_left_alone() -> None:
    assert told(shown("`batch`, minibatch, batchwise\n\n    a batch")) == []


def test_the_site_explains_the_words_of_its_glossary_on_the_pages_that_options_name(
    site: Path,
) -> None:
    lesson = (site / "lessons/small/figure.html").read_text(encoding="utf-8")

    assert '<abbr tabindex="0" title="What runs again and again.">loop</abbr>' in lesson
    for page in ("index.html", "reference.html"):
        assert "<abbr" not in (site / page).read_text(encoding="utf-8")
