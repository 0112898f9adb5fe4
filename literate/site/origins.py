"""Find what a built site would ask of another origin than its own.

A reader follows links when they choose to; everything else a page names (pictures, scripts, style
sheets, fonts, frames) the browser fetches unasked, and with it tells somebody who is reading what.
"""

import contextlib
import functools
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

#: Attributes whose address is fetched, or sent to, without being followed as a link.
_FETCHED = {
    *("action", "background", "data", "formaction", "href", "imagesrcset", "manifest", "ping"),
    *("poster", "src", "srcset", "xlink:href"),
}
_FOLLOWED = {"a", "area"}

#: What `<link rel>` may name elsewhere: browsers fetch none of these.
_NAMED_ONLY = {"alternate", "author", "canonical", "help", "license", "next", "prev"}

_FOREIGN = re.compile(r"(?:https?|wss?|ftp):|//")
_IN_CSS = re.compile(
    r"""(?:url\(|@import(?!\s+url)|image-set\((?!\s*url))\s*["']?\s*([^"')\s;]+)""", re.IGNORECASE
)
_IN_SCRIPT = re.compile(r"""["'`]((?:https?:|wss?:)?//[^"'`\s]+)["'`]""")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
#: The spans that colour code: most of the tags of a page, and none of them fetches anything.
_COLOURED = re.compile(r'<span class="\w+">|</span>')
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\"\s]+)", re.IGNORECASE)

#: Addresses in Material's script that it uses only where a page gives it a reason. The reasons are
#: looked for in the pages (`_REASONS`); the last is a browser older than 2020.
_DORMANT = (
    "https://api.github.com/",
    "https://${e}/api/v4/projects/",
    "https://unpkg.com/mermaid@",
    "https://unpkg.com/resize-observer-polyfill",
)
_REASONS = {
    "mermaid": "a diagram that Material's script draws with a library from unpkg.com",
    "source": "a repository link, for which Material's script asks the repository's host",
}


def foreign_requests(site: Path, memory: Path | None = None) -> list[str]:
    """Return a line for each foreign address that a page of the site would fetch.

    Args:
        site: The folder of the built site. Every address with a host counts as foreign: a page
            reaches its own origin without naming it.
        memory: A file that keeps, for the next build, the hashes of what asks for nothing. Each
            stands on a line of its own, so one that is cut or changed matches nothing.
    """
    known = _known(memory)
    clean = set()
    found = []
    for path in sorted(site.rglob("*")):
        suffix = path.suffix.lower()
        if (search := _SEARCHES.get(suffix)) is None or not path.is_file():
            continue
        content = path.read_bytes()
        digest = hashlib.sha256(b"\0".join([_rules(), suffix.encode(), content])).hexdigest()
        lines = [] if digest in known else list(search(content.decode()))
        found += [f"{path.relative_to(site).as_posix()}: {line}" for line in lines]
        if not lines:
            clean.add(digest)
    if memory and clean != known:
        with contextlib.suppress(OSError):  # without it, the next build searches again
            memory.parent.mkdir(parents=True, exist_ok=True)
            memory.write_text("\n".join(sorted(clean)), encoding="ascii")
    return found


def _known(memory: Path | None) -> set[str]:
    try:
        return set(memory.read_text(encoding="ascii").split("\n")) if memory else set()
    except (OSError, ValueError):
        return set()


@functools.cache
def _rules() -> bytes:
    """Return what changes with this module: what it let pass before, it may not let pass now."""
    return hashlib.sha256(Path(__file__).read_bytes()).digest()


def _foreign(address: str | None) -> bool:
    """Tell whether an address names a host, read as leniently as browsers read it."""
    cleaned = re.sub(r"[\t\n\r]", "", address or "").strip().replace("\\", "/")
    return bool(_FOREIGN.match(cleaned.lower()))


def _in_css(text: str) -> Iterator[str]:
    for address in _IN_CSS.findall(_COMMENT.sub("", text)):
        if _foreign(address):
            yield f"style sheet asks {address}"


def _in_script(text: str) -> Iterator[str]:
    for address in _IN_SCRIPT.findall(_COMMENT.sub("", text)):
        if not address.startswith(_DORMANT):
            yield f"script names {address}"


def _in_page(text: str) -> Iterator[str]:
    page = _Page()
    page.feed(_COLOURED.sub("", text))
    page.close()
    yield from page.found


class _Page(HTMLParser):
    """Collects what the elements of one page (or picture, as SVG) ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag if tag in {"script", "style"} else ""
        values = {name: value or "" for name, value in attrs}
        if tag == "link" and set(values.get("rel", "").lower().split()) <= _NAMED_ONLY:
            return
        for name, value in values.items():
            if name in _FETCHED and not (tag in _FOLLOWED and name.endswith("href")):
                parts = value.split(",") if name.endswith("srcset") else [value]
                self._add(*(f"<{tag} {name}> {part.strip()}" for part in parts if _foreign(part)))
            elif name == "style":
                self._add(*(f"<{tag} style>: {line}" for line in _in_css(value)))
            elif name == "srcdoc":
                self._add(*(f"<{tag} srcdoc>: {line}" for line in _in_page(value)))
        refresh = _REFRESH.search(values.get("content", "")) if "http-equiv" in values else None
        if refresh and _foreign(refresh[1]):
            self._add(f"<meta> leads to {refresh[1]}")
        if "mermaid" in values.get("class", "").split():
            self._add(_REASONS["mermaid"])
        if values.get("data-md-component") == "source":
            self._add(_REASONS["source"])

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        search = {"style": _in_css, "script": _in_script}.get(self._inside)
        if search:
            self._add(*(f"<{self._inside}>: {line}" for line in search(data)))

    def _add(self, *lines: str) -> None:
        line = self.getpos()[0]
        self.found += [f"line {line}: {text}" for text in lines]


_SEARCHES = {
    ".css": _in_css,
    ".htm": _in_page,
    ".html": _in_page,
    ".js": _in_script,
    ".mjs": _in_script,
    ".svg": _in_page,
}
