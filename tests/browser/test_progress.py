"""What a reader has done stays in their browser: ticked, remembered, shown, forgotten."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SCHEMES, Visit
from tests.browser.test_every_page import PHONE, violations

LESSON = "lessons/linear/cost.html"
TICK = "I am done with this lesson"
SOLVED = "I have solved it"
KEPT = "() => JSON.parse(localStorage.getItem('course-progress'))"

#: A browser that keeps nothing: writing is refused, or reading too.
REFUSED = """
for (const name of "REFUSES".split(" ")) {
  const own = Storage.prototype[name]
  Storage.prototype[name] = function (key, ...rest) {
    if (key === "course-progress") throw new DOMException("refused", "SecurityError")
    return own.call(this, key, ...rest)
  }
}
"""


def again(page: Page, path: str) -> Page:
    """Return another page of the site in the same browser, after this one was closed."""
    root = (
        page.url.rpartition("/lessons/")[0]
        if "/lessons/" in page.url
        else page.url.rpartition("/")[0]
    )
    context = page.context
    page.close(run_before_unload=True)
    new = context.new_page()
    new.goto(f"{root}/{path}")
    return new


@pytest.mark.parametrize("place", ["on a server", "from a disk"])
def test_a_ticked_lesson_is_marked_when_one_comes_back(
    place: str, visit: Visit, site: Path
) -> None:
    page = visit(LESSON if place == "on a server" else (site / LESSON).as_uri())
    button = page.get_by_role("button", name=TICK)
    expect(button).to_have_attribute("aria-pressed", "false")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")

    page = again(page, "lessons/linear/index.html")
    expect(page.locator(".lessons a.done")).to_have_attribute("href", "cost.html")
    expect(page.locator(".md-nav--primary a.done").first).to_be_attached()
    page = again(page, "index.html")
    expect(page.locator(".map a.done")).to_have_attribute("aria-label", re.compile(r"\. Done$"))
    expect(page.locator(".themes summary", has_text="1 done")).to_have_count(1)
    expect(page.locator(".kept")).to_contain_text("ticked 1 lesson, answered 0 questions")

    page = again(page, LESSON)
    page.get_by_role("button", name=TICK).click()
    expect(page.get_by_role("button", name=TICK)).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(KEPT)["done"] == {}


def test_a_right_answer_and_a_solved_exercise_are_remembered(visit: Visit) -> None:
    page = visit(LESSON)
    question = page.locator(".question").first
    question.locator(".choice.wrong summary").first.click()
    assert page.evaluate(KEPT)["right"] == {}
    question.locator(".choice.right summary").focus()
    page.keyboard.press("Enter")
    expect(question.locator(".admonition-title")).to_contain_text("answered right")
    page.get_by_role("button", name=SOLVED).nth(1).click()

    page = again(page, LESSON)
    expect(page.locator(".question .admonition-title").first).to_contain_text("answered right")
    expect(page.locator(".choice[open]")).to_have_count(0)
    pressed = [
        each.get_attribute("aria-pressed") for each in page.get_by_role("button", name=SOLVED).all()
    ]
    assert pressed[:2] == ["false", "true"]


def test_printing_answers_nothing(visit: Visit) -> None:
    page = visit(LESSON)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")  # Material opens everything
    assert page.evaluate(KEPT)["right"] == {}


def test_one_goes_on_where_one_was(visit: Visit) -> None:
    page = visit("index.html")
    expect(page.locator(".resume")).to_be_hidden()
    page = again(page, LESSON)
    heading = page.locator("article h2").nth(2)
    name = heading.get_attribute("id")
    heading.evaluate("each => { each.scrollIntoView() }")
    page.wait_for_function("window.scrollY > 500")

    page.goto(page.url.partition("/lessons/")[0] + "/index.html")
    link = page.locator(".resume a")
    expect(link).to_contain_text("Go on where you were: How wrong is a line?")
    link.click()
    expect(page).to_have_url(re.compile(f"{re.escape(LESSON)}#{name}$"))
    expect(page.locator(f"#{name}")).to_be_in_viewport()


def test_all_can_be_forgotten(visit: Visit) -> None:
    page = visit(LESSON)
    page.get_by_role("button", name=TICK).click()
    page.get_by_role("link", name="What is kept").click()
    expect(page.locator("#kept")).to_be_in_viewport()
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Forget all of it").click()
    assert page.evaluate(KEPT)["done"] == {LESSON: 1}

    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Forget all of it").click()
    expect(page.locator(".kept")).to_contain_text("Nothing is kept so far.")
    expect(page.get_by_role("button", name="Forget all of it")).to_be_hidden()
    expect(page.locator("a.done")).to_have_count(0)
    assert page.evaluate(KEPT) is None


@pytest.mark.parametrize("refuses", ["setItem", "getItem setItem"])
def test_a_browser_that_keeps_nothing_shows_nothing_of_it(refuses: str, visit: Visit) -> None:
    page = visit("index.html")
    page.add_init_script(REFUSED.replace("REFUSES", refuses))
    for path in ("index.html", LESSON):
        page.goto(page.url.rpartition("/")[0] + f"/{path}")
        expect(page.locator("article h1")).to_be_visible()
        page.wait_for_load_state("networkidle")
        for kind in (".tick:not(text)", ".ticked", ".kept", ".resume", ".answered"):
            expect(page.locator(kind)).to_have_count(0)


def test_what_was_kept_and_is_cut_off_is_no_fault(visit: Visit) -> None:
    page = visit(LESSON)
    page.evaluate("localStorage.setItem('course-progress', '{\"done\": {')")
    page = again(page, LESSON)
    page.get_by_role("button", name=TICK).click()
    assert page.evaluate(KEPT)["done"] == {LESSON: 1}


def test_another_window_shows_it_at_once(visit: Visit) -> None:
    page = visit(LESSON)
    other = page.context.new_page()
    other.goto(page.url)
    page.get_by_role("button", name=TICK).click()
    expect(other.get_by_role("button", name=TICK)).to_have_attribute("aria-pressed", "true")


def test_without_scripts_nothing_of_it_is_shown(visit: Visit) -> None:
    page = visit(LESSON, java_script_enabled=False)
    expect(page.locator(".tick:not(text), .ticked, .answered")).to_have_count(0)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("where", ["index.html", "lessons/linear/index.html", LESSON])
def test_axe_finds_nothing_where_something_is_done(where: str, scheme: str, visit: Visit) -> None:
    page = visit(LESSON, color_scheme=scheme, viewport=PHONE)
    page.get_by_role("button", name=TICK).click()
    page.get_by_role("button", name=SOLVED).first.click()
    page = again(page, where)
    assert violations(page) == []
    small = """() => Array.from(document.querySelectorAll(
    "button.tick, .forget, .ticked a, .resume a"))
      .filter(each => each.checkVisibility())
      .map(each => each.getBoundingClientRect())
      .filter(box => Math.min(box.width, box.height) < 24).length"""
    assert page.evaluate(small) == 0
