"""Keep what Markdown became, and what the search found in it, as long as nothing of it has changed.

MkDocs makes the whole site anew at each build, and most of its time goes into pages whose Markdown
is the same as before. A page is kept by everything that its HTML is made of: its Markdown, the
files that a link may lead to, the settings of the site, the versions of all that is installed, the
engine itself, and, if it shows source, the package whose source that is. When one of them changes,
the page has another key; so nothing has to be forgotten.

Rendering a page also tells the plugins autorefs and mkdocstrings where its functions stand; of a
page that is kept they are told the same again.

A server that has to answer soon leaves out what is not kept: such a page says that it is coming.
"""

import contextlib
import functools
import json
import logging
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, TableOfContents

from literate.running import storage
from literate.running.inputs import ENGINE, digests, hashed, installed, package, shown

#: Raised when entries written before can no longer be read.
SCHEMA = 1

#: Where mkdocstrings will put who refers to a function.
_BACKLINKS = re.compile(r'<backlinks\s+identifier="([^"]+)"\s+handler="([^"]+)"')

#: Where a page takes in a file that this module does not know of.
_INCLUDES = re.compile(r"--8<--|\{%\s*include|\{!")


_Entry = dict[str, Any]

#: Settings that decide nothing of what Markdown becomes: where a site is written and read, and
#: whether a warning ends its build. By these a server and a build differ, and keep the same pages.
_PASSING = ("site_dir", "site_url", "dev_addr", "strict", "watch")

#: What a page shows that was left out.
COMING = """<div class="admonition note">
<p class="admonition-title">This page is on its way</p>
<p>It comes by itself, as soon as it is rendered.</p>
</div>"""


class Rendered:
    """What earlier builds made of Markdown: in memory, and in a folder if there is one.

    Attributes:
        files: All files of the site that the last build had, or has.
        left_out: The sources of the pages that were not rendered.
    """

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.files: Files | None = None
        self.left_out: set[str] = set()
        self._seconds = math.inf
        self._count: int | None = None  # of the files, after a build
        self._memory: dict[str, _Entry] = {}
        self._used: set[str] = set()
        self._site = ""
        self._paths: list[Path] = []
        self._packages: dict[str, str] = {}
        self._aliases: dict[str, tuple[str, ...]] = {}

    def begin(
        self,
        config: MkDocsConfig,
        files: Files,
        folder: Path | None,
        seconds: float = math.inf,
    ) -> None:
        """Get ready for a build: everything but the pages themselves is known now.

        Args:
            config: How the site is built.
            files: All files of the site.
            folder: Where entries are kept; None keeps them in memory.
            seconds: How long pages may be rendered; what is not kept is left out then.
        """
        self.folder, self.files = folder, files
        self.left_out, self._seconds, self._count = set(), seconds, None
        self._memory = {key: each for key, each in self._memory.items() if key in self._used}
        self._used, self._aliases = set(), {}
        self._site = _site(config, files)
        self._paths, self._packages = _paths(config), {}

    def look_anew(self) -> None:
        """Note what the packages are now, before mkdocstrings reads them anew."""
        self._packages = {name: package(name, self._paths) for name in self._packages}

    def end(self) -> None:
        """Remove entries that nobody has used for long; from now on pages are rendered singly."""
        self._seconds, self._count = math.inf, len(self.files or ())
        if self.folder:
            storage.prune(self.folder)

    def render(
        self, page: Page, render: Callable[[MkDocsConfig, Files], None]
    ) -> Callable[[MkDocsConfig, Files], None]:
        """Return a function in place of `page.render` that renders only what is new."""

        def render_or_keep(config: MkDocsConfig, files: Files) -> None:
            key = self._key(page)
            if key and (entry := self._load(key)) and self._restored(page, entry, config, files):
                return
            if self._seconds <= 0:
                self.left_out.add(page.file.src_uri)
                _leave_out(page)
                return
            start = time.perf_counter()
            with _noted(config) as noted, _warned() as warnings:
                render(config, files)
            self._seconds -= time.perf_counter() - start
            # A warning has to come again in the next build.
            if key and not warnings and self._is_as_read(page):
                self._store(key, {**_taken(page, config), **noted})

        return render_or_keep

    def _is_as_read(self, page: Page) -> bool:
        """Return whether the files, and the source that a page shows, are what its key says.

        In a build mkdocstrings has read it since. Later on it may have read it long before, and a
        lesson that was shown may have brought figures along.
        """
        if self._count is None:
            return True
        names = shown(page.markdown or "")
        same = all(package(name, self._paths) == self._packages[name] for name in names)
        return same and len(self.files or ()) == self._count

    def index(self, page: Page, index: Any, add: Callable[[Page], None]) -> None:
        """Add a page to the search index: what was found in the same content before, or anew."""
        if page.file.src_uri in self.left_out:
            return
        search = [page.meta.get(name) for name in ("search", "tags", "title")]
        toc = [_told(link) for link in page.toc]
        parts = ["search", self._site, page.url, str(page.title), search, toc, page.content]
        key = hashed(json.dumps(parts, default=repr))
        entries = self.entries(index)
        kept = (self._load(key) or {}).get("entries")
        if isinstance(kept, list):
            entries += kept
            return
        before = len(entries)
        add(page)
        self._store(key, {"entries": entries[before:]})

    @staticmethod
    def entries(index: Any) -> list[Any]:
        """Return the entries of a search index: Material calls them by another name."""
        found: list[Any] = index.entries if hasattr(index, "entries") else index._entries
        return found

    def _key(self, page: Page) -> str:
        """Return what changes with anything that a page is made of; empty if that is not known."""
        markdown = page.markdown or ""
        if _INCLUDES.search(markdown):
            return ""
        sources = {name: self._package(name) for name in shown(markdown)}
        if not all(sources.values()):
            return ""
        return hashed(json.dumps([SCHEMA, self._site, page.file.src_uri, markdown, sources]))

    def _package(self, name: str) -> str:
        if name not in self._packages:
            self._packages[name] = package(name, self._paths)
        return self._packages[name]

    def _load(self, key: str) -> _Entry | None:
        self._used.add(key)
        if key not in self._memory and self.folder:
            path = self.folder / f"{key}.json"
            with contextlib.suppress(ValueError):
                entry = json.loads(storage.read(path) or b"")
                if isinstance(entry, dict):
                    self._memory[key] = entry
                    storage.touch(path)
        return self._memory.get(key)

    def _store(self, key: str, entry: _Entry) -> None:
        self._memory[key] = entry
        if self.folder:
            body = json.dumps(entry, separators=(",", ":")).encode()
            storage.write(self.folder / f"{key}.json", body)

    def get_ready(self, config: MkDocsConfig) -> None:
        """Let mkdocstrings say who refers to what, also if every page that shows source was kept.

        Its templates are made ready by the first page that it renders, and it knows the other names
        of a function when it has read the package.
        """
        mkdocstrings: Any = config.plugins.get("mkdocstrings")
        for handler in mkdocstrings.handlers.seen_handlers if mkdocstrings else ():
            if handler._md is None:
                handler._update_env(Markdown(), config=config)
            handler.get_aliases = functools.partial(self._known, handler.get_aliases)

    def _known(self, find: Callable[[str], tuple[str, ...]], identifier: str) -> tuple[str, ...]:
        return self._aliases.get(identifier) or find(identifier)

    def _restored(self, page: Page, entry: _Entry, config: MkDocsConfig, files: Files) -> bool:
        """Give a page what its rendering gave it; say whether the entry had all of it."""
        try:
            found = {name: files.get_file_from_path(name) for name in entry["links"]}
            toc = TableOfContents([_link(each) for each in entry["toc"]])
            ids, content, title = set(entry["ids"]), str(entry["content"]), entry["title"]
            links = {file: entry["links"][name] for name, file in found.items() if file}
            anchors, inventory = entry["anchors"], entry["inventory"]
            aliases = {name: tuple(others) for name, others in entry["aliases"].items()}
        except (AttributeError, KeyError, TypeError, ValueError):
            return False
        self._aliases |= aliases
        page.content, page.toc, page.present_anchor_ids = content, toc, ids
        page.links_to_anchors, page._title_from_render = links, title
        if toc.items:
            toc.items[0].active = True  # type: ignore[attr-defined]
        if autorefs := config.plugins.get("autorefs"):
            for where, how in anchors:
                autorefs.register_anchor(page, *where, **how)
        if mkdocstrings := config.plugins.get("mkdocstrings"):
            register = mkdocstrings.handlers.inventory.register
            for told in inventory:
                register(**told)
        return True


def _leave_out(page: Page) -> None:
    """Give a page what it shows until it is rendered; links to it may have any anchor."""
    heading = re.search(r"^# +(.+?)(?: *\{[^}]*\})?$", page.markdown or "", re.MULTILINE)
    page._title_from_render = heading[1] if heading else None
    page.content, page.toc = COMING, TableOfContents([])
    page.present_anchor_ids, page.links_to_anchors = None, None


def _taken(page: Page, config: MkDocsConfig) -> _Entry:
    """Return what `_restored` gives back."""
    links = page.links_to_anchors or {}
    mkdocstrings: Any = config.plugins.get("mkdocstrings")
    return {
        "aliases": {
            name: mkdocstrings.get_handler(handler).get_aliases(name)
            for name, handler in _BACKLINKS.findall(page.content or "")
        },
        "content": page.content,
        "toc": [_told(link) for link in page.toc],
        "ids": sorted(page.present_anchor_ids or ()),
        "links": {file.src_uri: anchors for file, anchors in links.items()},
        "title": page._title_from_render,
    }


def _told(link: AnchorLink) -> list[Any]:
    return [link.title, link.id, link.level, [_told(child) for child in link.children]]


def _link(told: list[Any]) -> AnchorLink:
    title, id_, level, children = told
    link = AnchorLink(title, id_, level)
    link.children = [_link(child) for child in children]
    return link


@contextlib.contextmanager
def _noted(config: MkDocsConfig) -> Iterator[_Entry]:
    """Give what is registered with autorefs and mkdocstrings in the body, as JSON can hold it."""
    noted: _Entry = {"anchors": [], "inventory": []}
    with contextlib.ExitStack() as stack:
        if autorefs := config.plugins.get("autorefs"):

            def anchor(register: Any, page: Page, *where: Any, **how: Any) -> None:
                noted["anchors"].append([where, how])
                register(page, *where, **how)

            stack.enter_context(_wrapped(autorefs, "register_anchor", anchor))
        if mkdocstrings := config.plugins.get("mkdocstrings"):

            def entry(register: Any, **told: Any) -> None:
                noted["inventory"].append(told)
                register(**told)

            inventory = mkdocstrings.handlers.inventory
            stack.enter_context(_wrapped(inventory, "register", entry))
        yield noted


@contextlib.contextmanager
def _wrapped(owner: Any, name: str, function: Callable[..., None]) -> Iterator[None]:
    """Let a function stand before a method of an object in the body."""
    setattr(owner, name, functools.partial(function, getattr(owner, name)))
    try:
        yield
    finally:
        delattr(owner, name)


class _List(logging.Handler):
    """Puts what is logged into a list."""

    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.WARNING)
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        """Add a record."""
        self._records.append(record)


@contextlib.contextmanager
def _warned() -> Iterator[list[logging.LogRecord]]:
    """Give the warnings that MkDocs and its plugins log in the body."""
    records: list[logging.LogRecord] = []
    handler = _List(records)
    log = logging.getLogger("mkdocs")
    log.addHandler(handler)
    try:
        yield records
    finally:
        log.removeHandler(handler)


def _site(config: MkDocsConfig, files: Files) -> str:
    """Return what changes with the settings, the versions, the engine, and the list of files."""
    listed = sorted(f"{file.src_uri} {file.url} {file.inclusion}" for file in files)
    settings = {name: _plain(value) for name, value in config.items() if name not in _PASSING}
    mkdocstrings: Any = config.plugins.get("mkdocstrings")
    templates = [mkdocstrings.config.custom_templates] if mkdocstrings else []
    hooks = [Path(name) for name in config.hooks]
    sources = [
        *ENGINE.rglob("*.py"),
        *hooks,
        *(path for folder in templates if folder for path in Path(folder).rglob("*.jinja")),
    ]
    return hashed(json.dumps([listed, settings, installed(), digests(sources)]))


def _plain(value: Any) -> Any:
    """Return a setting as JSON can hold it; of an object its settings, or what it is."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    kind = value if isinstance(value, type) or callable(value) else type(value)
    name = f"{kind.__module__}.{getattr(kind, '__qualname__', type(kind).__name__)}"
    settings = getattr(value, "config", None)
    return [name, _plain(settings)] if isinstance(settings, Mapping) else name


def _paths(config: MkDocsConfig) -> list[Path]:
    """Return the folders in which mkdocstrings looks for packages."""
    root = Path(config.config_file_path or ".").parent.resolve()
    mkdocstrings: Any = config.plugins.get("mkdocstrings")
    own = (mkdocstrings.config.handlers if mkdocstrings else {}).get("python", {})
    return [(root / path).resolve() for path in own.get("paths", ["."])]
