"""A planted offender of each kind is found; what only looks like one is left alone."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from literate.site import origins
from literate.site.origins import foreign_requests

ASKS = {
    "script": '<script src="https://cdn.example/x.js"></script>',
    "module preload": '<link rel="modulepreload" href="https://cdn.example/x.js">',
    "style sheet": '<link rel="stylesheet" href="//cdn.example/x.css">',
    "alternate style sheet": '<link rel="alternate stylesheet" href="//cdn.example/x.css">',
    "preconnect": '<link rel="preconnect" href="https://fonts.example">',
    "icon": '<link rel="icon" href="http://cdn.example/x.png">',
    "picture": '<img src="https://cdn.example/x.png" alt="">',
    "picture in capitals": '<IMG SRC="HTTPS://CDN.EXAMPLE/X.PNG" ALT="">',
    "broken up address": '<img src=" ht\ntps://cdn.example/x.png" alt="">',
    "backslashes": '<img src="\\\\cdn.example/x.png" alt="">',
    "second of a set": '<img srcset="a.png 1x, https://cdn.example/x.png 2x" alt="">',
    "video poster": '<video poster="https://cdn.example/x.png"></video>',
    "frame": '<iframe src="https://cdn.example"></iframe>',
    "frame in a frame": "<iframe srcdoc=\"<img src='https://cdn.example/x.png'>\"></iframe>",
    "form": '<form action="https://cdn.example"></form>',
    "ping": '<a href="a.html" ping="https://cdn.example">a</a>',
    "refresh": '<meta http-equiv="refresh" content="0; url=https://cdn.example">',
    "part of a drawing": '<svg><use href="https://cdn.example/x.svg#a"/></svg>',
    "style attribute": '<p style="background: url(https://cdn.example/x.png)">a</p>',
    "style element": '<style>@import "https://cdn.example/x.css";</style>',
    "script text": '<script>import("https://cdn.example/x.js")</script>',
    "diagram": '<pre class="mermaid">graph</pre>',
    "repository link": '<a data-md-component="source" href="https://git.example/a/b">code</a>',
}

LEAVES_ALONE = {
    "link": '<a href="https://pytorch.org">PyTorch</a>',
    "canonical address": '<link rel="canonical" href="https://course.example/a/">',
    "own files": '<script src="/assets/x.js"></script><img src="../a.png" alt="">',
    "picture in the page": '<img src="data:image/svg+xml,<svg xmlns=http://www.w3.org/>" alt="">',
    "address in the text": "<p>see https://cdn.example/x.js</p><pre>src='//cdn.example'</pre>",
    "namespace": '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>',
    "comment": "<!-- <img src='https://cdn.example/x.png'> -->",
    "description": '<meta name="description" content="url=https://cdn.example">',
}


def site(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("kind", ASKS)
def test_a_page_that_asks_another_origin_is_reported(tmp_path: Path, kind: str) -> None:
    found = foreign_requests(site(tmp_path, "a/index.html", f"<!doctype html>\n{ASKS[kind]}"))

    assert len(found) == 1
    assert found[0].startswith("a/index.html: line 2: ")


@pytest.mark.parametrize("kind", LEAVES_ALONE)
def test_what_a_browser_does_not_fetch_is_left_alone(tmp_path: Path, kind: str) -> None:
    assert foreign_requests(site(tmp_path, "index.html", LEAVES_ALONE[kind])) == []


@pytest.mark.parametrize(
    "text",
    [
        '@import "https://cdn.example/x.css";',
        "@import url(//cdn.example/x.css);",
        "@font-face { src: local(A), url( 'https://cdn.example/x.woff2' ) format('woff2') }",
        "a { background: image-set('https://cdn.example/x.png' 2x) }",
    ],
)
def test_a_style_sheet_that_asks_another_origin_is_reported(tmp_path: Path, text: str) -> None:
    assert len(foreign_requests(site(tmp_path, "a.css", text))) == 1


def test_a_style_sheet_may_mention_addresses_in_comments(tmp_path: Path) -> None:
    text = "/* from url(https://cdn.example/x.css) */ a { background: url(data:image/png;base64,) }"

    assert foreign_requests(site(tmp_path, "a.css", text)) == []


def test_a_script_that_names_another_origin_is_reported(tmp_path: Path) -> None:
    found = foreign_requests(site(tmp_path, "a.js", "fetch(`https://cdn.example/${x}`)"))

    assert found == ["a.js: script names https://cdn.example/${x}"]


def test_a_drawing_that_asks_another_origin_is_reported(tmp_path: Path) -> None:
    text = '<svg xmlns="http://www.w3.org/2000/svg"><image href="https://cdn.example/x.png"/></svg>'

    assert len(foreign_requests(site(tmp_path, "a.svg", text))) == 1


def test_all_pages_are_searched_and_reported_in_order(tmp_path: Path) -> None:
    site(tmp_path, "b.html", ASKS["picture"])
    found = foreign_requests(site(tmp_path, "a/b/c.html", ASKS["picture"]))

    assert found == [
        "a/b/c.html: line 1: <img src> https://cdn.example/x.png",
        "b.html: line 1: <img src> https://cdn.example/x.png",
    ]


CLEAN = {"a.html": "<p>Page</p>", "a.svg": "<svg/>", "a.css": "a {}", "a.js": "let a"}


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which every text is added that is searched."""
    texts: list[str] = []

    def noted(search: Callable[[str], Iterable[str]]) -> Callable[[str], Iterable[str]]:
        def note(text: str) -> Iterable[str]:
            texts.append(text)
            return search(text)

        return note

    for suffix, search in list(origins._SEARCHES.items()):
        monkeypatch.setitem(origins._SEARCHES, suffix, noted(search))
    return texts


def build(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        site(folder, name, text)
    return folder


def test_what_asked_for_nothing_is_not_searched_again(tmp_path: Path, searched: list[str]) -> None:
    built, memory = build(tmp_path, CLEAN), tmp_path / "cache/memory"

    assert foreign_requests(built, memory) == []
    assert sorted(searched) == sorted(CLEAN.values())
    searched.clear()
    assert foreign_requests(built, memory) == []
    assert searched == []
    site(tmp_path, "a.html", "<p>Edited</p>")
    assert foreign_requests(built, memory) == []
    assert searched == ["<p>Edited</p>"]


def test_what_asks_another_origin_is_reported_every_time(tmp_path: Path) -> None:
    built, memory = build(tmp_path, {**CLEAN, "a.html": ASKS["picture"]}), tmp_path / "memory"

    assert len(foreign_requests(built, memory)) == 1
    assert len(foreign_requests(built, memory)) == 1


def test_what_is_no_request_in_one_kind_of_file_may_be_one_in_another(tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    text = "/* 'https://cdn.example/x.js' */\nlet x = 'a url(https://cdn.example/x.css)'"

    assert foreign_requests(site(tmp_path, "a.html", text), memory) == []
    assert len(foreign_requests(site(tmp_path, "a.css", text), memory)) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda memory: memory.unlink(),
        lambda memory: memory.write_bytes(b""),
        lambda memory: memory.write_bytes(memory.read_bytes()[:-1]),
        lambda memory: memory.write_bytes(b"\xff" + memory.read_bytes()),
        lambda memory: memory.write_bytes(memory.read_bytes().replace(b"a", b"b")),
        lambda memory: (memory.unlink(), memory.mkdir()),
    ],
    ids=["gone", "empty", "cut", "no text", "changed", "a folder"],
)
def test_a_damaged_memory_lets_nothing_pass(
    tmp_path: Path, searched: list[str], damage: Callable[[Path], object]
) -> None:
    built, memory = build(tmp_path, {"a.html": CLEAN["a.html"]}), tmp_path / "memory"
    foreign_requests(built, memory)
    searched.clear()
    damage(memory)

    assert foreign_requests(built, memory) == []
    assert searched == [CLEAN["a.html"]]


def test_other_rules_search_everything_again(
    tmp_path: Path, searched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    built, memory = build(tmp_path, CLEAN), tmp_path / "memory"
    foreign_requests(built, memory)
    searched.clear()
    monkeypatch.setattr(origins, "_rules", lambda: b"others")

    assert foreign_requests(built, memory) == []
    assert len(searched) == len(CLEAN)


def test_what_no_page_has_any_more_is_forgotten(tmp_path: Path) -> None:
    built, memory = build(tmp_path, CLEAN), tmp_path / "memory"
    foreign_requests(built, memory)
    (built / "a.js").unlink()
    foreign_requests(built, memory)

    assert len(memory.read_text().split()) == len(CLEAN) - 1
