"""The built site, served on loopback, and a browser that notes what no page may do."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.browser import chromium
from tests.browser.serving import serve
from tests.rotation import bucket, kind_of_page, sample

ROOT = Path(__file__).parents[2]
SITE = ROOT / os.environ.get("SITE", "site")

#: Of the colours, as a browser calls them.
SCHEMES = ["light", "dark"]

# A busy machine is slow, not wrong: as long as Playwright itself waits for a page.
expect.set_options(timeout=30_000)

#: Opens a page of the site in a window of its own; options are those of Playwright's `new_context`.
Visit = Callable[..., Page]


def pytest_configure(config: pytest.Config) -> None:
    """Stop before the first test if there is nothing to test, or nothing to test it with."""
    if not (SITE / "index.html").is_file():
        raise pytest.UsageError(f"There is no site in {SITE}: build it with `nox -s docs`.")
    try:
        chromium.find()
    except chromium.NoBrowserError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let one ask for every page: else a commit looks at an eighth, and each kind."""
    parser.addoption("--all", action="store_true", help="look at every page of the site")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give pages to a test that asks for `path`, and lessons to one that asks for `lesson`.

    One that asks for a `scheme` as well gets an eighth of the pages in light and in dark.
    """
    number = bucket_of(metafunc.config)
    pages = sample(all_pages(), kind_of_page, number)
    if {"path", "scheme"} <= set(metafunc.fixturenames):
        both = in_both_schemes(all_pages(), kind_of_page, number)
        metafunc.parametrize(("path", "scheme"), both)
    elif "path" in metafunc.fixturenames:
        metafunc.parametrize("path", pages)
    if "lesson" in metafunc.fixturenames:
        metafunc.parametrize("lesson", [page for page in pages if is_lesson(page)])


def bucket_of(config: pytest.Config) -> int | None:
    """Return the bucket of this commit, or None if all is asked for, or something by name."""
    return None if config.getoption("--all") or config.getoption("-k") else bucket(ROOT)


def in_both_schemes(
    names: Iterable[str], kind: Callable[[str], str], number: int | None
) -> list[list[str]]:
    """Return names with a scheme: an eighth of all pairs, and of each kind one at least."""
    pairs = [f"{name} {scheme}" for name in names for scheme in SCHEMES]
    return [pair.split() for pair in sample(pairs, lambda pair: kind(pair.split()[0]), number)]


def all_pages() -> list[str]:
    """Return every page of the site; one that only leads on is none."""
    found = (page.relative_to(SITE).as_posix() for page in SITE.rglob("*.html"))
    return [page for page in found if not is_moved(page)]


def is_moved(page: str) -> bool:
    """Return whether a page only leads on to another address."""
    return '<meta name="robots" content="noindex">' in (SITE / page).read_text(encoding="utf-8")


def is_lesson(page: str) -> bool:
    return page.startswith("lessons/") and not page.endswith("/index.html")


@pytest.fixture(scope="session")
def site() -> Path:
    return SITE


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Serve the site; return its address, which ends with a slash."""
    with serve(SITE) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find())
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """Return a function that opens a page; at the end no page may have done what none may do.

    That is: written to the console, failed in a script, asked for what is missing, or asked another
    origin for anything.
    """
    noted: list[str] = []
    contexts: list[BrowserContext] = []
    own = {urlsplit(address).netloc, ""}

    def note_request(request: Request) -> None:
        if urlsplit(request.url).netloc not in own:
            noted.append(f"asked for {request.url}")

    def go(path: str, **options: Any) -> Page:
        # No motion: what is seen is there at once.
        settings = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
        context = browser.new_context(**settings | options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: noted.append(f"{page.url} said: {message.text}"))
        page.on("pageerror", lambda error: noted.append(f"{page.url} failed: {error}"))
        page.on("request", note_request)
        page.goto(path if "://" in path else address + path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert noted == []
