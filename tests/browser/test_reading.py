"""What readers do: read on, search, switch colours, copy, download, answer, print."""

import html
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SCHEMES, SITE, Visit, is_lesson
from tests.browser.test_every_page import BROKEN, PHONE, violations

LESSONS = sorted(
    page.relative_to(SITE).as_posix()
    for page in SITE.glob("lessons/*/*.html")
    if page.name != "index.html" and ": moved</title>" not in page.read_text(encoding="utf-8")
)

OPEN = "document.querySelectorAll('details').forEach(each => { each.open = true })"

#: Whether the element that has the focus shows it: by an outline, or by what Material draws for it.
OUTLINED = """() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement)
  return outlineStyle !== "none" && parseFloat(outlineWidth) > 0
}"""


#: Those of the elements which are not hidden, be it by what holds them.
SEEN = """selector => Array.from(document.querySelectorAll(selector))
  .filter(each => each.checkVisibility({ contentVisibilityAuto: true }))
  .map(each => each.outerHTML.slice(0, 200))"""

#: What would have to be scrolled to be read.
CUT_OFF = """() => Array.from(document.querySelectorAll("article *")).filter(each =>
  each.scrollWidth > each.clientWidth + 1 && each.checkVisibility()
  && getComputedStyle(each).overflowX !== "visible"
).map(each => each.outerHTML.slice(0, 200))"""

#: Presses a copy button and returns what it has put on the clipboard.
COPY = """async button => {
  await navigator.clipboard.writeText("")
  button.click()
  let text = ""
  for (let times = 0; !text && times < 1000; times++) text = await navigator.clipboard.readText()
  return text
}"""


def having(pattern: str) -> str:
    """Return the first lesson whose page has this."""
    return next(page for page in LESSONS if re.search(pattern, (SITE / page).read_text("utf-8")))


def title(page: Page) -> str:
    """Return the heading of a page without the link beside it."""
    return page.locator("h1").evaluate("each => each.firstChild.textContent.trim()")


def test_one_reads_from_the_start_page_into_a_lesson_and_on_to_the_next(visit: Visit) -> None:
    page = visit("index.html")
    page.get_by_role("link", name="Start with the first lesson").click()
    first = page.url
    expect(page.locator("footer.run")).to_be_visible()

    for _ in range(2):
        onward = page.get_by_role("navigation", name="Footer").get_by_role("link", name="Next: ")
        name = onward.get_attribute("aria-label").removeprefix("Next: ")
        onward.click()
        expect(page).to_have_title(re.compile(re.escape(name)))
        assert title(page)
    page.go_back()
    page.go_back()
    expect(page).to_have_url(first)


@pytest.mark.parametrize(
    ("words", "leads_to"),
    [
        ("broadcasting", "/lessons/"),
        ("mean_squared_error", "#course.linear.cost.mean_squared_error"),
        ("zero_grad", "/lessons/"),
    ],
)
@pytest.mark.parametrize("place", ["on a server", "from a disk"])
def test_the_search_finds(words: str, leads_to: str, place: str, visit: Visit, site: Path) -> None:
    page = visit("index.html" if place == "on a server" else (site / "index.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type(words)
    found = page.locator(f".md-search-result__link[href*='{leads_to}']:has(mark)").first
    expect(found).to_be_visible()

    for _ in range(20):
        page.keyboard.press("ArrowDown")
        if found.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(re.escape(leads_to)))
    expect(page.locator("article mark").first).to_be_attached()


def test_the_index_of_the_search_is_fetched_when_somebody_searches(visit: Visit) -> None:
    page = visit(LESSONS[0])
    page.wait_for_load_state("networkidle")
    fetched = "() => performance.getEntriesByType('resource').map(each => each.name)"
    assert not [name for name in page.evaluate(fetched) if "search_index" in name]

    with page.expect_response("**/search/search_index.json"):
        page.locator(".md-search__input").focus()
    expect(page.locator(".md-search-result__meta")).to_have_text("Type to start searching")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 900}])
def test_axe_finds_nothing_where_one_has_searched(
    scheme: str, size: dict[str, int], visit: Visit
) -> None:
    page = visit(LESSONS[0], color_scheme=scheme, viewport=size)
    page.keyboard.press("/")
    page.keyboard.type("gradient")
    expect(page.locator(".md-search-result__link").first).to_be_visible()

    assert violations(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_where_the_menu_of_a_phone_is_open(scheme: str, visit: Visit) -> None:
    page = visit(LESSONS[0], color_scheme=scheme, viewport=PHONE)
    page.locator("header label[for=__drawer]").click()
    expect(page.locator(".md-sidebar--primary")).to_be_in_viewport()

    assert violations(page) == []


def test_the_palette_switches_figures_too_and_is_remembered(visit: Visit) -> None:
    lesson = having(r"#only-dark")
    page = visit(lesson)
    body = page.locator("body")
    light = page.locator("img[src$='#only-light']").first
    dark = page.locator("img[src$='#only-dark']").first

    expect(body).to_have_attribute("data-md-color-scheme", "default")
    expect(light).to_be_visible()
    expect(dark).to_be_hidden()
    switch = page.locator("[data-md-component=palette] label:visible")
    switch.click()
    expect(page.get_by_label("Light colours.")).to_be_checked()
    switch.click()
    for _ in range(2):
        expect(body).to_have_attribute("data-md-color-scheme", "slate")
        expect(dark).to_be_visible()
        expect(light).to_be_hidden()
        page.reload()
    switch.click()
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    page.emulate_media(color_scheme="dark")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    expect(dark).to_be_visible()


def test_every_copy_button_of_a_lesson_gives_the_exact_code(lesson: str, visit: Visit) -> None:
    page = visit(lesson, permissions=["clipboard-read", "clipboard-write"])
    page.evaluate(OPEN)
    # A block gets its button when it comes into view: here all at once, in a very tall window.
    height = page.evaluate("document.body.scrollHeight")
    page.set_viewport_size({"width": 1280, "height": height})
    here = page.locator("article pre:has(> nav), article .no-copy pre")
    expect(here).to_have_count(page.locator("article pre").count())
    written = (SITE / lesson).read_text(encoding="utf-8")
    notebook = json.loads(
        (SITE / lesson.replace(".html", f"/{Path(lesson).stem}.ipynb")).read_text()
    )
    cells = ["".join(cell["source"]) for cell in notebook["cells"]]
    # Material leaves out the line break at the end.
    shown = [html.unescape(each).rstrip() for each in re.findall(r'data-copy="([^"]*)"', written)]
    button = page.get_by_role("button", name="Copy to clipboard").first
    button.click()
    expect(page.locator(".md-dialog--active")).to_have_text("Copied to clipboard")

    copied = []
    for each in page.locator(".md-code__button[data-md-type=copy]").element_handles():
        page.keyboard.press(
            "Shift"
        )  # a browser copies for five seconds after a reader did something
        copied.append(each.evaluate(COPY))
    assert set(shown) <= set(copied)
    blocks = re.findall(r"<pre>.*?<code>(.*?)</code></pre>", written, re.DOTALL)
    code = {html.unescape(re.sub(r"<[^>]*>", "", block)).rstrip() for block in blocks}
    rest = [text for text in copied if text not in shown]
    assert [text for text in rest if text not in code] == []
    assert sum(text in cells for text in rest) > 2, "code cells, as they ran"


def test_every_download_of_a_lesson_arrives(lesson: str, visit: Visit) -> None:
    page = visit(lesson)
    links = page.locator(":is(.offered, .downloads) a[download]")
    expect(links).to_have_count(4)

    for link in links.all():
        with page.expect_download() as download:
            link.click()
        name = download.value.suggested_filename
        expected = SITE / Path(lesson).with_suffix("") / name
        assert Path(download.value.path()).read_bytes() == expected.read_bytes()


def test_the_package_can_be_downloaded(visit: Visit) -> None:
    page = visit("start/index.html")
    with page.expect_download() as download:
        page.locator("article a[href$='.whl']").first.click()
    (wheel,) = (SITE / "wheels").iterdir()

    assert download.value.suggested_filename == wheel.name
    assert Path(download.value.path()).read_bytes() == wheel.read_bytes()


@pytest.mark.parametrize("script", [True, False])
def test_questions_and_exercises_open_by_keyboard(script: bool, visit: Visit) -> None:
    lesson = having(r'class="admonition exercise"[\s\S]*class="admonition question"')
    page = visit(lesson, java_script_enabled=script)
    boxes = page.locator("article :is(.question, .exercise) > details")
    assert boxes.count() > 4

    for box in boxes.all():
        summary = box.locator("> summary")
        summary.focus()
        page.keyboard.press("Shift+Tab")
        for _ in range(5):  # code above it may have got its copy button in the meantime
            page.keyboard.press("Tab")
            if summary.evaluate("each => each === document.activeElement"):
                break
        expect(summary).to_be_focused()
        assert page.evaluate(OUTLINED), "one sees where one is"
        hidden = box.locator("> :not(summary)").first
        expect(hidden).to_be_hidden()
        page.keyboard.press("Enter")
        expect(hidden).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_whatever_has_the_focus_shows_it(script: bool, visit: Visit) -> None:
    page = visit(LESSONS[0], java_script_enabled=script, viewport=PHONE)
    page.evaluate(OPEN)
    passed = set()
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        kind, shows = page.evaluate(
            f"[document.activeElement.closest('label, code, summary, a, input, [tabindex]')"
            f"?.outerHTML.slice(0, 120) ?? '', ({OUTLINED})()]"
        )
        passed.add(kind)
        assert shows, kind
    assert any(kind.startswith("<code") for kind in passed), "code that scrolls"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_printed_is_readable(lesson: str, scheme: str, visit: Visit) -> None:
    # The width of a sheet of A4 with margins of 1 cm, in CSS pixels.
    page = visit(lesson, color_scheme=scheme, viewport={"width": 718, "height": 1000})
    page.emulate_media(media="print", color_scheme=scheme)

    assert page.evaluate(SEEN, ".md-header, .md-sidebar, .md-footer, .md-code__nav") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    assert page.evaluate(CUT_OFF) == []
    ink = page.evaluate("getComputedStyle(document.querySelector('article')).color")
    assert ink == "rgb(29, 32, 38)", "dark on white paper"
    assert page.evaluate(SEEN, "img[src$='#only-dark']") == []
    light = "img:not(.narrow, .lead img)[src$='#only-light']"
    assert len(page.evaluate(SEEN, light)) == page.locator(light).count()


def test_a_section_to_skip_opens_by_its_address_and_by_keyboard(visit: Visit) -> None:
    page = visit("lessons/linear/multiple.html")
    section = page.locator("details.deeper:has(#going-deeper-what-a-weight-means)")
    expect(section).not_to_have_attribute("open", "")
    page.evaluate("location.hash = '#going-deeper-what-a-weight-means'")
    expect(section).to_have_attribute("open", "")
    section.locator("> summary").press("Enter")
    expect(section).not_to_have_attribute("open", "")


def test_without_scripts_a_lesson_is_complete(lesson: str, visit: Visit) -> None:
    # The same words in the same order; scripts add buttons, and nothing else.
    words = """() => {
        const article = document.querySelector('article').cloneNode(true)
        article.querySelectorAll('.tick, .ticked').forEach(each => each.remove())
        return article.textContent.replaceAll(/\\s+/g, ' ').trim()
    }"""
    page = visit(lesson, java_script_enabled=False)
    assert page.evaluate(words) == visit(lesson).evaluate(words)

    parts = "article > :not(:empty)"
    assert len(page.evaluate(SEEN, parts)) == page.locator(parts).count()
    assert page.evaluate(BROKEN) == []
    page.get_by_role("navigation", name="Footer").get_by_role("link", name="Previous: ").click()
    expect(page.locator("h1")).to_be_visible()


def test_an_address_that_leads_nowhere_leads_on(address: str, browser, site: Path) -> None:
    page = browser.new_page()
    answer = page.goto(f"{address}lessons/none.html")

    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("This page is not here")
    page.close()


def test_the_tests_find_every_lesson(site: Path) -> None:
    assert LESSONS
    for lesson in LESSONS:
        assert is_lesson(lesson)
        assert 'footer class="run"' in (site / lesson).read_text(encoding="utf-8")


def test_formulas_load_the_small_font_once_and_the_large_one_for_a_rare_character(
    visit: Visit,
) -> None:
    page = visit(having("<math"))
    loaded = "performance.getEntriesByType('resource').map(each => each.name)"
    fonts = "/assets/vendor/stix-two-math/stix-two-math"

    page.evaluate("document.fonts.ready")
    names = [name for name in page.evaluate(loaded) if fonts in name]
    assert [name.rpartition("/")[2] for name in names] == ["stix-two-math-core.woff2"]
    page.evaluate("document.querySelector('math mo').textContent = '≺'")
    page.wait_for_function(f"{loaded}.some(name => name.endsWith('{fonts}.woff2'))")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("reference/linear.html", "reference/linear/index.html"),
        (
            "reference/linear.html#course.linear.descent.descend_slope",
            "reference/linear/descent.html#course.linear.descent.descend_slope",
        ),
        (
            "reference/training.html#course.training.loop",
            "reference/training/loop.html#course.training.loop",
        ),
        ("reference/data.html#what-is-not-there", "reference/data/index.html#what-is-not-there"),
    ],
)
def test_an_address_that_has_moved_leads_on(old: str, new: str, visit: Visit, address: str) -> None:
    page = visit(old)
    page.wait_for_url(address + new)
    anchor = new.partition("#")[2]
    if "course." in anchor:
        expect(page.locator(f"[id='{anchor}']")).to_have_count(1)


def test_a_lesson_leads_to_the_reference_of_its_module_and_back(visit: Visit, address: str) -> None:
    page = visit("lessons/linear/descent.html")
    page.locator("article").get_by_role("link", name="course.linear.descent", exact=True).click()
    page.wait_for_url(f"{address}reference/linear/descent.html")
    page.locator("article").get_by_role("link", name="Gradient descent on the slope").first.click()
    page.wait_for_url(f"{address}lessons/linear/descent.html")


def test_no_page_of_the_reference_has_more_than_160_kb() -> None:
    pages = {page: page.stat().st_size for page in SITE.glob("reference/*/**/*.html")}
    assert len(pages) > 60
    assert [page.name for page, size in pages.items() if size > 160_000] == []
