"""Figures that move: they compute what the package computes, and everybody can move them."""

import gzip
import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SITE, Visit, bucket_of, in_both_schemes
from tests.browser.test_every_page import PHONE, STICKS_OUT, violations

ASSETS = SITE / "assets" / "demos"

#: What each demo is checked against, of all pages that have it; and the first of these pages.
CHECKS: dict[str, list[dict[str, Any]]] = {}
PAGES: dict[str, str] = {}
for file in sorted(SITE.glob("**/demo-*.json")):
    kept = json.loads(file.read_text(encoding="utf-8"))
    CHECKS.setdefault(kept["demo"], []).extend(kept["checks"])
    PAGES.setdefault(kept["demo"], f"{file.parent.relative_to(SITE).as_posix()}.html")

#: Feeds models, each a text, with the inputs of every check; returns for each model the first check
#: that it fails, or null. A number may be off by 1e-9 of the largest of its array. Infinity comes
#: as a text.
COMPARE = """([models, name, checks]) => {
  checks = JSON.parse(JSON.stringify(checks), (_, each) =>
    each === "Infinity" ? Infinity : each === "-Infinity" ? -Infinity : each)
  const flat = value => Array.isArray(value) ? value.flatMap(flat) : [value]
  const shape = value => Array.isArray(value) ? [value.length, value.map(shape)] : 0
  const equal = (got, wanted) => {
    if (JSON.stringify(shape(got)) !== JSON.stringify(shape(wanted))) return false
    const [ours, theirs] = [flat(got), flat(wanted)]
    const scale = Math.max(0, ...theirs.map(Math.abs).filter(Number.isFinite))
    return theirs.every((each, i) => ours[i] === each || typeof each === "number"
      && typeof ours[i] === "number" && Math.abs(ours[i] - each) <= 1e-9 * (scale || 1))
  }
  const fails = ({ function: path, inputs, output }) => {
    const got = demos.models[name][path.split(".").at(-1)](...structuredClone(inputs))
    return !equal(got, output)
  }
  return models.map(text => {
    globalThis.demos = { models: {}, drawings: {} }
    try {
      new Function(text)()
      return checks.find(fails)?.function ?? null
    } catch (error) {
      return String(error)
    }
  })
}"""


def compare(page: Page, name: str, models: list[str]) -> list[str | None]:
    """Return for each text of a model the first check that fails, or nothing."""
    return page.evaluate(COMPARE, [models, name, CHECKS[name]])


def model(name: str) -> str:
    return (ASSETS / f"{name}.model.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def blank(browser: Any) -> Any:
    page = browser.new_page()
    yield page
    page.close()


def test_every_demo_is_in_a_lesson_and_has_its_files() -> None:
    files = {path.name.partition(".")[0] for path in ASSETS.glob("*.js")} - {"element"}
    assert files == set(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_a_model_computes_what_the_package_computes(name: str, blank: Page) -> None:
    assert compare(blank, name, [model(name)]) == [None]


#: What takes the place of an operator.
SWAPS = {
    "+": "-", "-": "+", "*": "/", "/": "*", "**": "*", "<": ">=", ">": "<=", "<=": "<", ">=": ">",
    "===": "!==", "!==": "===", "&&": "||", "||": "&&",
}  # fmt: skip
TOKEN = re.compile(
    r"//[^\n]*|\"[^\"\n]*\""  # comments and texts stay
    r"|(?P<swap>(?<= )(?:\*\*|[<>]=?|[!=]==|&&|\|\||[-+*/])(?= ))"
    r"|(?P<number>(?<![\w.])\d+(?:\.\d+)?(?![\w.]))"
)
LINE = re.compile(r"(?P<line>^ +[\w.]+(?:\(.*\)| = .*)$)", re.MULTILINE)


def mutants(text: str) -> dict[str, str]:
    """Return copies of a model, each with one small mistake, by where it is and what it is.

    An operator becomes another, a number one more, and a line that does something is left out.
    """
    found = {}
    for match in itertools.chain(TOKEN.finditer(text), LINE.finditer(text)):
        if match.lastgroup:
            old = match[0]
            new = {"swap": SWAPS.get(old), "number": f"({old} + 1)", "line": ""}[match.lastgroup]
            at = match.start()
            where = f"line {text.count(chr(10), 0, at) + 1}: {old.strip()} → {new}, at {at}"
            found[where] = text[:at] + new + text[match.end() :]
    return found


@pytest.mark.parametrize("name", CHECKS)
def test_a_mistake_in_any_line_of_a_model_is_noticed(name: str, blank: Page) -> None:
    broken = mutants(model(name))
    assert len(broken) > 5
    told = compare(blank, name, list(broken.values()))
    assert [where for where, failed in zip(broken, told, strict=True) if failed is None] == []


#: Brings a demo to life, and waits for it.
def live(page: Page, name: str) -> Any:
    host = page.locator(f".demo[data-demo={name}]").first
    host.scroll_into_view_if_needed()
    expect(host).to_have_attribute("data-ready", "")
    return host


def words(host: Any) -> str:
    return host.locator("output").inner_text()


@pytest.mark.parametrize("name", CHECKS)
def test_keys_alone_move_everything(name: str, visit: Visit) -> None:
    host = live(visit(PAGES[name]), name)
    for slider in host.get_by_role("slider").all():
        slider.press("Home")
        first = slider.input_value(), slider.get_attribute("aria-valuetext")
        slider.press("ArrowRight")
        assert slider.input_value() != first[0]
        slider.press("End")
        assert slider.get_attribute("aria-valuetext") != first[1]
    for button in host.get_by_role("button").all():
        button.focus()
        button.press("Enter")
    assert words(host)


@pytest.mark.parametrize("name", CHECKS)
def test_what_is_moved_stands_in_the_address_and_comes_back_from_it(
    name: str, visit: Visit
) -> None:
    page = visit(PAGES[name])
    host = live(page, name)
    sliders = host.get_by_role("slider")
    for slider in sliders.all():
        slider.press("Home")
        for _ in range(3):
            slider.press("ArrowRight")
    page.wait_for_function("location.hash.includes('=')")
    expect(host.locator("output")).to_have_attribute("aria-busy", "false")
    told = words(host)

    again = live(visit(page.url), name)
    assert words(again) == told
    expect(again).to_be_in_viewport()


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("size", [PHONE, {"width": 1440, "height": 900}])
def test_it_takes_the_box_that_was_kept_for_it(
    name: str, size: dict[str, int], visit: Visit
) -> None:
    page = visit(PAGES[name], viewport=size)
    box = (
        "each => { const { width, height } = each.getBoundingClientRect(); return [width, height] }"
    )
    host = page.locator(f".demo[data-demo={name}]").first
    before = host.evaluate(box)
    live(page, name)
    # The figure itself, which comes late, has sides that were rounded to whole pixels.
    assert host.evaluate(box) == pytest.approx(before, abs=1)
    picture = host.locator(".picture").evaluate(box)
    assert picture[1] > 220, "and the picture has room in it"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each figure to a test that asks for `moving`, in the `scheme` of this commit."""
    if "moving" in metafunc.fixturenames:
        pairs = in_both_schemes(CHECKS, str, bucket_of(metafunc.config))
        metafunc.parametrize(("moving", "scheme"), pairs)


def test_axe_finds_nothing_in_what_moves(moving: str, scheme: str, visit: Visit) -> None:
    page = visit(PAGES[moving], color_scheme=scheme, viewport=PHONE)
    live(page, moving)
    assert violations(page) == []
    assert page.evaluate(STICKS_OUT) == []


@pytest.mark.parametrize("name", CHECKS)
def test_a_finger_finds_and_moves_what_can_be_moved(name: str, visit: Visit) -> None:
    page = visit(PAGES[name], viewport=PHONE, has_touch=True, is_mobile=True)
    host = live(page, name)
    small = "each => (box => Math.min(box.width, box.height) < 24)(each.getBoundingClientRect())"
    targets = host.locator("input, button, [data-grip]").all()
    assert [
        each.evaluate("each => each.outerHTML") for each in targets if each.evaluate(small)
    ] == []

    grips = host.locator("[data-grip]")
    if grips.count() == 0:
        assert name == "broadcasting"
        return
    before = words(host)
    grips.last.scroll_into_view_if_needed()
    grip = grips.last.bounding_box()
    at = [grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2]
    session = page.context.new_cdp_session(page)
    for kind, away in (("Start", 0), *(("Move", step) for step in range(6, 43, 6))):
        point = {"x": at[0] + away, "y": at[1] - away / 2}
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(host.locator("output")).not_to_have_text(before)


@pytest.mark.parametrize("name", CHECKS)
def test_without_scripts_and_on_paper_it_is_the_figure(name: str, visit: Visit) -> None:
    page = visit(PAGES[name], java_script_enabled=False)
    host = page.locator(f".demo[data-demo={name}]").first
    expect(host.locator("img.figure:visible")).to_have_count(1)
    assert host.locator("[slot]:visible").count() == 0

    page = visit(PAGES[name])
    host = live(page, name)
    page.emulate_media(media="print")
    expect(host.locator("img.figure:visible")).to_have_count(1)
    assert host.locator(":is([slot], .live):visible").count() == 0


@pytest.mark.parametrize("name", CHECKS)
def test_it_works_from_a_disk_too(name: str, visit: Visit) -> None:
    host = live(visit((SITE / PAGES[name]).as_uri()), name)
    assert words(host)


def test_nothing_moves_by_itself_and_run_arrives_at_once_for_who_wants_no_motion(
    visit: Visit,
) -> None:
    page = visit(PAGES["descent"])
    host = live(page, "descent")
    before = words(host)
    page.wait_for_timeout(500)
    assert words(host) == before
    host.get_by_role("button", name="Run").click()
    expect(host.locator("output")).to_contain_text("Step 20")


def test_the_learning_rate_that_arrives_in_one_step_is_recognised(visit: Visit) -> None:
    page = visit(PAGES["descent"])
    host = live(page, "descent")
    rate = host.get_by_role("slider", name="learning rate")
    rate.press("Home")
    for _ in range(200):
        if host.locator(".yes").count():
            break
        rate.press("ArrowRight")
    assert "arrives" in words(host)


def weight(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), mtime=0))


@pytest.mark.parametrize("name", CHECKS)
def test_a_demo_is_light(name: str) -> None:
    own = sum(weight(ASSETS / f"{name}{suffix}") for suffix in (".js", ".model.js"))
    assert own <= 6_000
    html = (SITE / PAGES[name]).read_text(encoding="utf-8")
    without = re.sub(r'<div class="demo".*?>|<(div|p) slot=.*?</\1>', "", html, flags=re.DOTALL)
    grown = len(gzip.compress(html.encode())) - len(gzip.compress(without.encode()))
    assert own + weight(ASSETS / "element.js") + grown <= 10_240
