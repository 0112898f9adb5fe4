"""The first screen of the start page, the map below it, and the two sides of the cheat sheet."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_every_page import PHONE

#: What of an element lies outside of the paper or the box in which it stands.
CUT = """() => Array.from(document.querySelectorAll(".group td, .group pre")).filter(each =>
  each.getBoundingClientRect().right > each.closest(".group").getBoundingClientRect().right + 1
).map(each => each.textContent)"""


def test_the_cheat_sheet_is_two_pages_of_paper_with_nothing_cut_off(visit: Visit) -> None:
    page = visit("reference/cheat_sheet.html", viewport={"width": 718, "height": 1000})
    sheets = re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4", prefer_css_page_size=False))
    assert len(sheets) == 2
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE])
def test_the_first_screen_says_what_it_is_and_shows_picture_and_button(
    size: dict[str, int], visit: Visit
) -> None:
    page = visit("index.html", viewport=size)
    figure = page.locator(".hero .demo [role=img]")
    expect(figure).to_have_count(1)
    for each in (page.locator("article h1"), page.locator(".hero p").first, figure):
        expect(each).to_be_in_viewport(ratio=0.97)
    expect(page.locator("a.md-button:visible")).to_have_count(1)
    expect(page.locator("a.md-button")).to_be_in_viewport(ratio=1)


def test_the_map_is_there_where_there_is_room_and_each_box_is_a_link(visit: Visit) -> None:
    page = visit("index.html", viewport={"width": 1440, "height": 900})
    boxes = page.locator(".map a:not(.theme)")
    listed = page.locator(".themes ol > li > a:first-child")
    assert boxes.count() == listed.count() > 30
    expect(boxes.first).to_be_visible()
    way = boxes.nth(1).locator(".way")
    boxes.nth(1).hover()
    expect(way).to_have_css("opacity", "1")
    boxes.nth(1).click()
    expect(page.locator("footer.run")).to_be_visible()

    phone = visit("index.html", viewport=PHONE)
    expect(phone.locator(".map")).to_be_hidden()
    phone.locator(".themes summary").first.click()
    expect(phone.locator(".themes ol > li > a").first).to_be_visible()
