"""The search leads learners where their questions are answered, and shows it at a glance."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SITE, Visit
from tests.browser.test_every_page import PHONE

QUERIES = Path(__file__).with_name("queries.txt")

#: Starts the worker that the page names, and asks it one thing after another.
ASK = """async queries => {
  const config = JSON.parse(document.querySelector("#__config").textContent)
  const base = new URL(config.base, location)
  const index = await (await fetch(new URL("search/search_index.json", base + "/"))).json()
  const worker = new Worker(new URL(config.search, location))
  const answer = message => new Promise(resolve => {
    worker.onmessage = ({ data }) => resolve(data)
    worker.postMessage(message)
  })
  await answer({ type: 0, data: { ...index, options: { suggest: true } } })
  const found = []
  for (const data of queries) found.push((await answer({ type: 2, data })).data)
  worker.terminate()
  return found
}"""

#: The page with all messages, and each of them with the lessons to which it leads.
LIST = "start/what-went-wrong.html"
TOLD = """() => Array.from(document.querySelectorAll("article dt:has(> code:only-child)"), term => {
  const lessons = []
  for (let each = term.nextElementSibling; each?.matches("dd"); each = each.nextElementSibling)
    lessons.push(each.querySelector("a").pathname.slice(1))
  return [term.innerText, lessons]
})"""


def queries() -> dict[str, list[str]]:
    """Return what is typed, and of which pages one must be found."""
    lines = QUERIES.read_text(encoding="utf-8").splitlines()
    pairs = [line.split(" -> ") for line in lines if line and not line.startswith("#")]
    return {typed: pages.split(" | ") for typed, pages in pairs}


def ask(page: Page, *typed: str) -> list[list[str]]:
    """Return the addresses of the pages that are found for each query, best first."""
    found = page.evaluate(ASK, typed)
    return [[each[0]["location"] for each in answer["items"]] for answer in found]


def search(page: Page, words: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(words)
    expect(page.locator(".md-search-result__link").first).to_be_visible()


def test_what_learners_type_leads_to_a_page_that_answers_among_the_first_three(
    visit: Visit,
) -> None:
    wanted = queries()
    assert len(wanted) > 150
    found = dict(zip(wanted, ask(visit("index.html"), *wanted), strict=True))

    missed = {
        typed: found[typed][:3]
        for typed, pages in wanted.items()
        if not any(page in place for page in pages for place in found[typed][:3])
    }
    assert missed == {}


def test_forms_of_a_word_find_the_same(visit: Visit) -> None:
    pairs = [
        ("regularisation", "regularization"),
        ("normalised", "normalized"),
        ("cross-entropy", "crossentropy"),
        ("data loader", "DataLoader"),
        ("mini-batch", "minibatch"),
        ("gradients", "gradient"),
    ]
    found = ask(visit("index.html"), *(form for pair in pairs for form in pair))
    for pair, first, second in zip(pairs, found[::2], found[1::2], strict=True):
        assert first, pair
        assert first[0].partition("#")[0] == second[0].partition("#")[0], pair


def test_what_nobody_wrote_is_not_found_and_nothing_is_found_for_nothing(visit: Visit) -> None:
    assert ask(visit("index.html"), "qqqqzzzz", "  ", "?!") == [[], [], []]


def test_every_message_that_a_lesson_shows_leads_to_it_or_to_the_list(visit: Visit) -> None:
    page = visit(LIST)
    told = page.evaluate(TOLD)
    assert len(told) > 30
    found = ask(page, *(message for message, _ in told))
    wrong = {
        message: places[:3]
        for (message, lessons), places in zip(told, found, strict=True)
        if not {place.partition("#")[0] for place in places[:3]} & {*lessons, LIST}
    }
    assert wrong == {}


def test_pages_that_answer_no_question_are_not_in_the_index() -> None:
    index = json.loads((SITE / "search/search_index.json").read_text(encoding="utf-8"))
    places = {entry["location"].partition("#")[0] for entry in index["docs"]}
    assert not places & {"reference/coverage.html", "reference/build.html"}
    assert LIST in places


@pytest.mark.parametrize("size", [PHONE, {"width": 1440, "height": 900}])
def test_a_hit_shows_a_sentence_and_no_code(size: dict[str, int], visit: Visit) -> None:
    for words in ("minibatch", "mean_squared_error"):
        page = visit("index.html", viewport=size)
        search(page, words)
        expect(page.locator(".md-search-result__meta")).to_contain_text("matching document")
        hits = page.locator(".md-search-result__article")
        heights = hits.evaluate_all("all => all.map(each => each.offsetHeight)")
        assert max(heights) < 260, words
        assert page.locator(".md-search-result__list pre").count() == 0


def test_the_right_arrow_takes_the_word_that_is_offered(visit: Visit) -> None:
    page = visit("index.html")
    search(page, "learning ra")
    expect(page.locator(".md-search__suggest")).to_have_text("learning rate")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".md-search__input")).to_have_value("learning rate")


def test_a_message_from_ones_own_terminal_leads_to_the_lesson(visit: Visit, address: str) -> None:
    page = visit("index.html", viewport=PHONE)
    page.locator("label.md-header__button[for=__search]").click()
    page.locator(".md-search__input").focus()
    message = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x784 and 10x128)"
    page.keyboard.type(message)
    lesson = page.locator(".md-search-result__link[href*='lessons/linear/prediction.html']").first
    lesson.click()
    page.wait_for_url("**/lessons/linear/prediction.html**")
    expect(page.locator("article pre", has_text="mat1 and mat2 shapes").first).to_be_visible()
