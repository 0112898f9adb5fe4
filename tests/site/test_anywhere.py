"""The site works in any folder of a server, and from a disk without a server."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

SHIM = "assets/vendor/iframe-worker/iframe-worker.js"


class Page(HTMLParser):
    """What a page names: addresses of its own site, scripts in their order, and its anchors."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.addresses: set[str] = set()
        self.scripts: list[str] = []
        self.anchors = {""}
        self.feed(path.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.anchors.add(value or "")
            elif name in {"href", "src"} and not urlsplit(value or "").scheme:
                self.addresses.add(value or "")
                if tag == "script":
                    self.scripts.append(value or "")


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    """Return the pages of the site by their addresses."""
    paths = sorted(site.rglob("*.html"))
    return {path.relative_to(site).as_posix(): Page(path) for path in paths}


def dead_ends(site: Path, pages: dict[str, Page], root: str = "") -> Iterator[str]:
    """Give what leads to no file, or to no anchor in it; addresses may begin with `root`."""
    for name, page in pages.items():
        for address in sorted(page.addresses):
            parts = urlsplit(address)
            path = unquote(parts.path)
            base = site if root and path.startswith(root) else (site / name).parent
            target = base / path.removeprefix(root) if path else site / name
            if not target.is_file():
                yield f"{name}: {address}"
            elif target.suffix == ".html":
                found = target.resolve().relative_to(site.resolve()).as_posix()
                if found in pages and unquote(parts.fragment) not in pages[found].anchors:
                    yield f"{name}: {address}: no such anchor"


def test_every_address_leads_from_its_page_to_a_file(site: Path, pages: dict[str, Page]) -> None:
    lesson = pages["lessons/small/figure.html"].addresses

    assert {
        "../../index.html",
        "../../reference.html#course.networks.workflow.train",
        "figure/figure-1-dark.svg#only-dark",
        "figure/figure-1.svg#only-light",
        "figure/figure.ipynb",
        "figure/figure.py",
        "index.html",
    } <= lesson
    assert "lessons/small/index.html" in pages["index.html"].addresses
    assert "figure.html" in pages["lessons/small/index.html"].addresses
    assert "lessons/small/figure.html" in pages["reference.html"].addresses
    assert list(dead_ends(site, {n: page for n, page in pages.items() if n != "404.html"})) == []


def test_the_page_for_a_missing_one_names_whole_paths_that_lead_to_files(
    site: Path, pages: dict[str, Page]
) -> None:
    missing = {"404.html": pages["404.html"]}

    assert any(address.startswith("/course/lessons/") for address in pages["404.html"].addresses)
    assert list(dead_ends(site, missing, "/course/")) == []


def test_what_a_style_sheet_names_lies_beside_it(site: Path) -> None:
    sheet = site / "assets/site.css"
    named = re.findall(r"url\([\"']?([^\"')]+)", sheet.read_text(encoding="utf-8"))
    fonts = [address for address in named if not address.startswith("data:")]

    assert fonts
    assert [address for address in fonts if not (sheet.parent / address).is_file()] == []


def test_the_search_finds_files(site: Path, pages: dict[str, Page]) -> None:
    index = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))
    found = {entry["location"].partition("#")[0] for entry in index["docs"]}

    assert {"index.html", "lessons/small/figure.html"} <= found
    assert found <= set(pages)


def test_the_search_finds_a_section_by_its_sentences_names_and_messages(site: Path) -> None:
    index = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))
    place = "lessons/small/figure.html#its-line"
    (line,) = (entry for entry in index["docs"] if entry["location"] == place)

    assert line["names"] == ["slope of a line"]
    assert line["text"].split("\n") == ["ValueError: 2 is not in list", "It rises.", "It ends."]
    assert line["code"] == "index"


def test_every_page_names_the_worker_of_the_search_and_what_that_loads_is_there(
    site: Path, pages: dict[str, Page]
) -> None:
    worker = site / "assets/search/worker.js"
    for name in pages:
        text = (site / name).read_text(encoding="utf-8")
        (address,) = re.findall(r'"search": "([^"]+)"', text)
        folder = site if name == "404.html" else (site / name).parent
        found = folder / address.removeprefix("/course/")
        assert found.resolve() == worker.resolve()
    loaded = re.findall(r'"([./\w]+\.js)"', worker.read_text(encoding="utf-8"))
    assert len(loaded) == 2
    assert [name for name in loaded if not (worker.parent / name).is_file()] == []


def test_the_search_of_a_page_that_is_read_from_a_disk_needs_no_server(
    site: Path, pages: dict[str, Page]
) -> None:
    script = (site / "search/search_index.js").read_text(encoding="utf-8")
    index = (site / "search/search_index.json").read_text(encoding="utf-8")

    assert script == f"var __index = {index}"
    for page in pages.values():
        shim, ours, marks, bundle = page.scripts
        assert shim.endswith(SHIM)
        assert ours.endswith("assets/site.js")
        assert marks.endswith("assets/progress.js")
        assert "/javascripts/bundle." in f"/{bundle}"


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("b.html#there", False),
        ("../b.html", True),
        ("b.html#absent", True),
        ("/b.html", True),
        ("absent.html", True),
        (".", True),
        ("part/", True),
        ("https://elsewhere.example/", False),
    ],
)
def test_an_address_that_leads_nowhere_is_noticed(
    tmp_path: Path, address: str, wrong: bool
) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "a.html").write_text(f'<a href="{address}">to b</a>')
    (tmp_path / "b.html").write_text('<p id="there">here</p>')
    pages = {name: Page(tmp_path / name) for name in ("a.html", "b.html")}

    assert bool(list(dead_ends(tmp_path, pages))) == wrong
