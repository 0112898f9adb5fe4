"""How pages meet the eye: one measure, figures and code on a phone, formulas, paper."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SCHEMES, SITE, Visit
from tests.browser.test_every_page import PHONE
from tests.browser.test_reading import LESSONS, OPEN, SEEN, having

DESKTOP = {"width": 1440, "height": 900}
HANDHELD: dict[str, Any] = {"viewport": PHONE, "is_mobile": True, "has_touch": True}

#: Where what stands in the column itself ends, to the right.
RIGHT_EDGES = """() => Array.from(
  document.querySelectorAll("article > :is(p, .highlight, .source), article > p > img.wide"),
  each => each.checkVisibility() && each.getBoundingClientRect().right
).filter(Boolean).map(Math.round)"""

#: Code in a line of text that goes on in the next one, but for what has a place for that.
TORN = """selector => Array.from(document.querySelectorAll(`article ${selector}`))
  .filter(each => each.checkVisibility()
    && new Set(Array.from(each.getClientRects(), rect => Math.round(rect.top))).size > 1)
  .map(each => each.textContent)"""

#: For each figure that one sees, the size of its smallest letter in pixels. Letters are drawn for a
#: font of size 100, and scaled.
LETTERS = """async () => {
  const found = {}
  for (const image of document.querySelectorAll("article img.figure")) {
    if (!image.checkVisibility() || !/[.]svg(#|$)/.test(image.src)) continue
    const box = document.createElement("div")
    box.innerHTML = (await (await fetch(image.src)).text()).replace(/^[^]*?<svg/, "<svg")
    document.body.append(box)
    box.firstChild.setAttribute("width", image.getBoundingClientRect().width)
    box.firstChild.removeAttribute("height")
    const sizes = Array.from(box.querySelectorAll("g[id^=text_] use"), each => {
      const { c, d } = each.getScreenCTM()
      return 100 * Math.hypot(c, d)
    })
    found[image.getAttribute("src")] = Math.min(...sizes)
    box.remove()
  }
  return found
}"""

#: The addresses of pictures.
SOURCES = "images => images.map(image => image.getAttribute('src'))"

#: How far each root reaches beyond what is in it, to the right and below, in its own em.
ROOTS = """() => Array.from(document.querySelectorAll("article msqrt"))
  .filter(each => each.checkVisibility())
  .map(each => {
    const box = each.getBoundingClientRect(), last = each.lastElementChild.getBoundingClientRect()
    const parts = Array.from(each.querySelectorAll("*"), one => one.getBoundingClientRect().bottom)
    const em = parseFloat(getComputedStyle(each).fontSize)
    return [(box.right - last.right) / em, (box.bottom - Math.max(...parts)) / em]
  })"""

#: Buttons that lie over the code that they copy.
COVERING = """() => Array.from(document.querySelectorAll("article pre > nav"))
  .filter(nav => nav.getBoundingClientRect().left < nav.parentElement.querySelector("code")
    .getBoundingClientRect().right - 1)
  .map(nav => nav.parentElement.textContent.slice(0, 80))"""


def test_text_code_and_figures_end_at_one_edge(lesson: str, visit: Visit) -> None:
    page = visit(lesson, viewport=DESKTOP)
    edges = page.evaluate(RIGHT_EDGES)
    assert len(edges) > 10
    assert max(edges) - min(edges) <= 1


def test_code_in_a_line_is_not_torn(path: str, visit: Visit) -> None:
    page = visit(path, viewport=DESKTOP)
    # The cells of the cheat sheet are lines of code, which may be longer than their column.
    sheet = ", td > code" if path.endswith("cheat_sheet.html") else ""
    assert page.evaluate(TORN, f":not(pre) > code:not(.long, :has(a, [title]){sheet})") == []
    page = visit(path, **HANDHELD)
    assert page.evaluate(TORN, ":is(p, li, dd) > code:not(.long, .parts, :has(a, [title]))") == []


def test_every_letter_of_a_figure_can_be_read_on_a_phone(lesson: str, visit: Visit) -> None:
    page = visit(lesson, **HANDHELD)
    sizes = page.evaluate(LETTERS)
    seen = page.locator("article img.figure:visible").evaluate_all(SOURCES)
    drawn = {name for name in seen if ".svg" in name}  # letters of pixels cannot be asked
    assert sizes.keys() == drawn
    assert {name: size for name, size in sizes.items() if not size >= 11} == {}


def test_a_phone_loads_the_figures_that_were_drawn_for_it_and_a_desktop_the_others(
    visit: Visit,
) -> None:
    lesson = having(r"figure-1-narrow\.svg")
    for options, expected in (({"viewport": DESKTOP}, 0), (HANDHELD, 1)):
        page = visit(lesson, **options)
        images = page.locator("article img.figure:visible")
        for image in images.all():
            image.scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        loaded = "performance.getEntriesByType('resource').map(each => each.name)"
        figures = [name for name in page.evaluate(loaded) if "/figure-" in name]
        assert len(figures) == len(set(images.evaluate_all(SOURCES)))
        assert any("-narrow" in name for name in figures) == expected


def test_roots_stand_tight_around_what_is_in_them(visit: Visit) -> None:
    found = 0
    for lesson in [page for page in LESSONS if "<msqrt" in (SITE / page).read_text("utf-8")]:
        page = visit(lesson, viewport=DESKTOP)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        page.evaluate("document.fonts.ready")
        for beside, below in page.evaluate(ROOTS):
            assert beside < 0.1, lesson
            assert below < 0.3, lesson
            found += 1
    assert found > 5


def test_a_phone_shows_a_short_name_and_where_one_goes_on(visit: Visit) -> None:
    page = visit("lessons/linear/descent.html", **HANDHELD)
    name = page.locator(".md-header__topic").first.locator(".md-ellipsis")
    assert name.inner_text().strip() == "Neural Networks"
    assert name.evaluate("each => each.scrollWidth <= each.clientWidth")
    for link in page.get_by_role("navigation", name="Footer").get_by_role("link").all():
        title = link.get_attribute("aria-label").partition(": ")[2]
        expect(link.get_by_text(title, exact=True)).to_be_visible()


def test_on_a_phone_no_button_lies_over_code(lesson: str, visit: Visit) -> None:
    page = visit(lesson, **HANDHELD)
    height = page.evaluate("document.body.scrollHeight")
    page.set_viewport_size({"width": PHONE["width"], "height": height})
    expect(page.locator("article pre > nav").first).to_be_attached()
    assert page.evaluate(COVERING) == []


@pytest.mark.parametrize("width", [390, 1024, 1280, 1440])
def test_the_lessons_are_in_sight_or_one_step_away(width: int, visit: Visit) -> None:
    page = visit("lessons/linear/descent.html", viewport={"width": width, "height": 900})
    if width < 960:
        expect(page.locator("header label[for=__drawer]")).to_be_visible()
    else:
        expect(page.locator(".md-tabs").get_by_role("link", name="Lessons")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_one_takes_a_lesson_along_from_its_first_screen(size: dict[str, int], visit: Visit) -> None:
    page = visit("lessons/linear/descent.html", viewport=size)
    for link in page.locator(".offered a[download]").all():
        expect(link).to_be_in_viewport()
    expect(page.locator(".offered a[download]")).to_have_count(2)


def test_a_lesson_takes_few_sheets_of_paper(visit: Visit) -> None:
    page = visit("lessons/linear/descent.html")
    page.evaluate("document.querySelectorAll('img').forEach(each => { each.loading = 'eager' })")
    page.wait_for_load_state("networkidle")
    sheets = re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4", prefer_css_page_size=False))
    assert 3 < len(sheets) <= 10


@pytest.mark.parametrize("scheme", SCHEMES)
def test_on_paper_answers_stay_closed_and_no_heading_stands_alone(
    lesson: str, scheme: str, visit: Visit
) -> None:
    page = visit(lesson, color_scheme=scheme, viewport={"width": 718, "height": 1000})
    page.emulate_media(media="print", color_scheme=scheme)

    page.evaluate(OPEN)  # as Material's script does before it prints
    folded = "details:not(.deeper) > :not(summary)"
    assert page.evaluate(SEEN, f"article {folded}") == []
    marks = "Array.from(document.querySelectorAll('.choice > summary'), each => {look})"
    look = (
        "getComputedStyle(each, '::before').maskImage + getComputedStyle(each.parentElement).color"
    )
    assert len(set(page.evaluate(marks.replace("{look}", look)))) <= 1, "nothing tells the answer"
    prompts = ":is(.exercise, .question) > :is(.admonition-title, p, summary)"
    assert (
        len(page.evaluate(SEEN, f"article {prompts}")) == page.locator(f"article {prompts}").count()
    )
    after = "each => getComputedStyle(each).breakAfter"
    for heading in page.locator("article :is(h1, h2, h3, h4)").all():
        assert heading.evaluate(after) == "avoid"
    foot = "getComputedStyle(document.querySelector('footer.run')).breakBefore"
    assert page.evaluate(foot) == "avoid"
    assert page.evaluate(SEEN, "article img.narrow") == []
