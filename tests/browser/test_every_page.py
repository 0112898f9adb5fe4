"""What holds on every page: in light and dark, on a large screen and on a phone."""

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import SCHEMES, Visit

PHONE = {"width": 390, "height": 844}

#: Opens what is folded, but of many sources of code, which look alike, the first.
UNFOLD = """() => {
  const sources = Array.from(document.querySelectorAll("article details.code"))
  for (const each of document.querySelectorAll("article details"))
    each.open = !sources.slice(3).includes(each)
}"""

#: Waits until the page has been drawn anew. What watches the sizes of boxes hears of changes at the
#: end of a frame, which a busy machine draws late.
DRAWN = """async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
}"""

#: What is wider than its box without being in one that scrolls.
STICKS_OUT = """() => {
  const width = document.documentElement.clientWidth
  const boxed = each => {
    for (let box = each.parentElement; box !== document.body; box = box.parentElement)
      if (getComputedStyle(box).overflowX !== "visible") return true
  }
  return document.documentElement.scrollWidth <= width ? [] : Array.from(
    document.querySelectorAll("body *"),
    each => each.getBoundingClientRect().right > width + 1 && !boxed(each) ? each.outerHTML : ""
  ).filter(Boolean).map(html => html.slice(0, 200))
}"""

#: Boxes that scroll sideways and that no key reaches, or of which nothing says what they are.
OUT_OF_REACH = """() => Array.from(document.querySelectorAll("article *")).filter(each =>
  each.scrollWidth > each.clientWidth + 1 && each.checkVisibility()
  && /auto|scroll/.test(getComputedStyle(each).overflowX)
  && !(each.tabIndex === 0 && each.role && each.ariaLabel)
).map(each => each.outerHTML.slice(0, 200))"""

BROKEN = """async () => {
  const images = Array.from(document.images)
  for (const image of images) image.loading = "eager"
  await Promise.allSettled(images.map(image => image.decode()))
  return images.filter(image => !image.naturalWidth).map(image => image.src)
}"""


def violations(page: Page, *, contrast: bool = True) -> list[str]:
    """Return what axe finds wrong with a page: the rule, and the first places.

    Args:
        page: What to look at.
        contrast: Whether to look at the contrast of each text too, which takes most of the time.
    """
    rules = {"color-contrast": {"enabled": contrast}}
    options: dict[str, Any] = {"resultTypes": ["violations"], "rules": rules}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']} ({rule['help']}): {[node['html'][:200] for node in rule['nodes'][:3]]}"
        for rule in found
    ]


def test_axe_finds_nothing(path: str, scheme: str, visit: Visit) -> None:
    page = visit(path, color_scheme=scheme)
    expect(page.locator("body")).to_have_attribute(
        "data-md-color-scheme", {"light": "default", "dark": "slate"}[scheme]
    )
    page.evaluate(UNFOLD)
    page.evaluate(DRAWN)
    assert violations(page) == []

    page.set_viewport_size(PHONE)
    page.evaluate(DRAWN)
    assert violations(page, contrast=False) == []


def test_on_a_phone_nothing_scrolls_sideways_but_in_a_box_that_keys_reach(
    path: str, visit: Visit
) -> None:
    page = visit(path, viewport=PHONE, is_mobile=True, has_touch=True)
    assert page.evaluate(STICKS_OUT) == []
    assert page.evaluate(OUT_OF_REACH) == []

    page.evaluate(UNFOLD)
    page.evaluate(DRAWN)
    assert page.evaluate(BROKEN) == []
    assert page.evaluate(STICKS_OUT) == []
    assert page.evaluate(OUT_OF_REACH) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_colour_of_code_stands_out_from_what_is_behind_it(
    scheme: str, visit: Visit, site: Path
) -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in site.rglob("*.html"))
    tokens = sorted(set(re.findall(r'<span class="(\w{1,3})">', pages)))
    assert len(tokens) > 15
    code = "".join(f'<span class="{token}">{token} </span>' for token in tokens)
    kinds = ["highlight", "output highlight", "output stderr highlight", "output error highlight"]
    blocks = "".join(f'<div class="{kind}"><pre><code>{code}</code></pre></div>' for kind in kinds)
    page = visit("index.html", color_scheme=scheme)
    page.locator("article").evaluate("(e, html) => e.insertAdjacentHTML('beforeend', html)", blocks)
    page.add_style_tag(content="article code { white-space: pre-wrap !important }")

    assert violations(page) == []
