"""The words of the glossary are explained where lessons use them: once each, from one source."""

import re
from html import unescape
from pathlib import Path

import markdown
import pytest

from literate.lesson.model import Prose
from literate.lesson.page import read
from literate.site import glossary
from literate.site.glossary import explained, places

ROOT = Path(__file__).parents[2]
GLOSSARY = (ROOT / "docs/reference/glossary.md").read_text(encoding="utf-8")
WORDS = glossary.read(GLOSSARY).meanings
LESSONS = sorted((ROOT / "docs/lessons").rglob("*.py"))
PAGES = [*LESSONS, *sorted((ROOT / "docs/lessons").rglob("index.md"))]


def shown(text: str) -> str:
    """Return a page of Markdown as HTML, explained by the real glossary."""
    html = markdown.markdown(text, extensions=["md_in_html", "tables", "toc"])
    page, useless = explained(html, glossary.read(GLOSSARY))
    assert useless == []
    return page


def told(html: str) -> list[str]:
    """Return the words that have a tooltip."""
    return re.findall(r"<abbr [^>]*>([^<]*)</abbr>", html)


def test_a_word_has_its_meaning_in_all_its_forms() -> None:
    text = """# Glossary

Text before: it is
no entry.

[batch](../a.md#b)
:   The `rows` of one *step*,
    as [here](b.md).

axis <!-- ambiguous -->
:   A direction.

[loss](b.md)
[cost](c.md) <!-- ambiguous -->
:   How wrong.

accuracy
:   A share.
"""
    found = glossary.read(text).meanings

    assert found["batch"] == found["Batches"] == "The rows of one step, as here."
    assert found["axes"] == found["Axis"] == "A direction."
    assert found["losses"] == found["costs"] == found["Cost"] == "How wrong."
    assert found["accuracies"] == "A share."
    assert len(found) == 20
    assert glossary.read(text).ambiguous == {
        *("axis", "axes", "Axis", "Axes"),
        *("cost", "costs", "Cost", "Costs"),
    }


def test_the_plurals_of_the_glossary_are_those_of_its_words() -> None:
    for word in ("epochs", "batches", "matrices", "leaves", "axes", "losses", "biases"):
        assert word in WORDS, word
    assert WORDS["confusion matrices"] == WORDS["confusion matrix"]
    assert "epoches" not in WORDS


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
    prose = " ".join(re.sub("<!--.*?-->", "", " ".join(parts)).split())
    used = {meaning for word, meaning in WORDS.items() if re.search(rf"\b{word}\b", prose)}

    assert [word for word, meaning in WORDS.items() if meaning not in used] == []


def said(cell: object) -> list[str]:
    """Return the text of a Markdown cell."""
    return [part for part in cell.parts if isinstance(part, str)] if isinstance(cell, Prose) else []


def prose(path: Path) -> str:
    """Return what the author of a page wrote, with 1 in the place of what code fills in."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8").split("---\n", 2)[2]
    cells = (cell for cell in read(path, ROOT).cells if isinstance(cell, Prose))
    return "\n\n".join(
        "".join(part if isinstance(part, str) else "1" for part in cell.parts) for cell in cells
    )


def without_maths(text: str) -> str:
    return re.sub(r"\$\$.*?\$\$|\$[^$]*\$", "…", text, flags=re.DOTALL)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_mark_of_a_page_marks_a_word(path: Path) -> None:
    """With `pytest -s` this lists what the text of each page explains, for a review.

    `python -m literate.site.glossary site` lists it with what code adds, from a site that is built.
    """
    page = shown(without_maths(prose(path)))
    print(f"\n{path.relative_to(ROOT)}", *places(page), sep="\n    ")

    places_of_others = r"<!-- (lessons -->|times -->|number:)"
    assert "<!--" not in re.sub(places_of_others, "", page)
    for told, word in re.findall(r'title="([^"]*)">([^<]*)<', page):
        assert WORDS[" ".join(word.split())] == unescape(told)


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("project/evidence", "by how many ranks the home side"),
        ("training/selection", "expected weight"),
        ("training/minibatches", "costs next to nothing"),
        ("training/minibatches", "On log axes"),
        ("training/minibatches", "its due weight"),
        ("training/adam", "In a bowl whose axes"),
        ("data/images", "costs next to nothing"),
        ("data/augmentation", "seeds that generator"),
        ("autograd/derivatives", "Both axes are logarithmic"),
        ("linear/cost", "This shape decides"),
        ("linear/descent", "on a logarithmic axis"),
        ("linear/exact", "that the rank is full"),
        ("linear/slope_and_bias", "on both axes"),
        ("linear/slope_and_bias", "depends on the shape of the bowl"),
        ("logistic/likelihood", "a threshold parts the two classes"),
        ("project/pipeline", "from what mistakes cost"),
        ("tensors/vectors", "with all weights equal"),
    ],
)
def test_the_pages_do_not_explain_a_word_in_another_sense(page: str, text: str) -> None:
    source = " ".join((ROOT / f"docs/lessons/{page}.py").read_text(encoding="utf-8").split())

    assert told(shown(marked(source, text))) == []


def marked(source: str, text: str) -> str:
    """Return a piece of a page with the marks in it, and with one behind it."""
    mark = r"(?:\s*<!--[^>]*-->)?"
    found = re.search(rf"{mark}\s".join(map(re.escape, text.split())) + mark, source)
    assert found, "write here what the page says now"
    return found[0]


@pytest.mark.parametrize(
    "text",
    [
        "The ranks of both sides, and the rank is full.",
        "An expected weight in grams, and the mean with all weights equal.",
        "It costs next to nothing. What does it cost? The costs of a mistake.",
        "Both axes of the figure are logarithmic.",
        "Ten logits become ten probabilities.",
        "The shape of the valley; in view of that; it leaks; I recall the setting.",
    ],
)
def test_an_ambiguous_word_is_not_explained_by_itself(text: str) -> None:
    assert told(shown(text)) == []


def test_an_ambiguous_word_is_explained_where_it_is_marked_alone() -> None:
    html = shown("An axis. The axis<!-- term --> here, both\naxes <!-- term --> and an axis.")

    assert told(html) == ["axis"]
    assert html.startswith('<p>An axis. The <abbr tabindex="0" title="One of the directions')
    assert html.endswith("</abbr> here, both\naxes and an axis.</p>")


def test_a_word_can_be_left_out_at_a_place_and_is_explained_at_the_next() -> None:
    html = shown("It seeds<!-- no term --> that. The seed.")

    assert html.startswith("<p>It seeds that. The <abbr")
    assert told(html) == ["seed"]


@pytest.mark.parametrize(
    "text",
    [
        "No such word<!-- term -->.",
        "<!-- no term --> first",
        "`axis`<!-- term -->",
        "## The axis<!-- term -->",
        "[axis<!-- term -->](a.md)",
    ],
)
def test_a_mark_that_marks_no_word_is_told_and_taken_away(text: str) -> None:
    html = markdown.markdown(text)
    page, useless = explained(html, glossary.read(GLOSSARY))

    assert len(useless) == 1
    assert "term -->" not in page
    assert "<abbr" not in page


def test_a_word_may_be_broken_over_two_lines() -> None:
    html = shown("A learning\nrate, and a batch\ndescent.")
    assert told(html) == ["learning\nrate", "batch\ndescent"]
    assert told(shown("The *learning\nrate* is new. A learning rate.")) == []


def test_what_a_page_explains_is_listed_with_the_text_around_it() -> None:
    page = shown("A `first` &lt; batch <!-- other --> and one\nepoch.")
    assert places(page, around=12) == ["A first < [batch] and one epo", "tch and one [epoch]."]


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


@pytest.mark.parametrize(
    "tag",
    ["h1", "h6", "a", "autoref", "summary", "label", "th", "pre", "math", 'div class="output"'],
)
def test_what_names_or_leads_or_is_no_text_has_no_tooltip(tag: str) -> None:
    end = tag.split()[0]
    html = f'<{tag} id="x"><{end}>A batch</{end}> batch</{end}> <i title="batch > 1">batch</i>'
    page, _ = explained(html, glossary.read(GLOSSARY))

    kept = f'<abbr tabindex="0" title="{WORDS["batch"]}">batch</abbr>'
    assert page == html.removesuffix("batch</i>") + f"{kept}</i>"


def test_a_page_may_end_in_html_or_in_a_table() -> None:
    html = shown("A batch.\n\n<footer>\nThe end\n</footer>")
    assert told(html) == ["batch"]
    assert html.endswith("</footer>")
    html = shown("| a |\n| --- |\n| batch |")
    assert told(html) == ["batch"]
    assert html.count("<tr>") == 2


def test_a_page_that_introduces_a_word_has_no_tooltip_for_it() -> None:
    assert told(shown("The epoch. The *epoch* is a pass. The batch.")) == ["batch"]
    assert told(shown("The batches are *large*.")) == ["batches"]
    assert told(shown("The *axis* is new. Here is an axis<!-- term --> again.")) == ["axis"]


def test_code_comments_and_parts_of_words_are_left_alone() -> None:
    text = "`batch`, minibatch, batchwise, mini-batch, batch-wise <!-- a batch -->\n\n    a batch"
    assert told(shown(text)) == []


def test_the_site_explains_the_words_of_its_glossary_on_the_pages_that_options_name(
    site: Path,
) -> None:
    lesson = (site / "lessons/small/figure.html").read_text(encoding="utf-8")

    assert '<abbr tabindex="0" title="What runs again and again.">loop</abbr>' in lesson
    for page in ("index.html", "reference.html"):
        assert "<abbr" not in (site / page).read_text(encoding="utf-8")
