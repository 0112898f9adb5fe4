"""While a server runs: keep of the last build what an edit elsewhere cannot have changed.

MkDocs makes the whole site anew after each edit. Most of that time goes into pages whose Markdown
is the same as before: turning it into HTML, and taking that apart again for the search.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from literate.build import Lesson, Options

#: The arguments with which a place on a page was registered.
_Anchor = tuple[tuple[Any, ...], dict[str, Any]]

#: What `Page.render` sets and a later build may take over.
_RENDERED = ("content", "toc", "present_anchor_ids", "_title_from_render")


class Templates(BytecodeCache):
    """Compiled templates in memory; Jinja compiles one again when its source has changed."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give Jinja what it compiled before, if anything."""
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what Jinja has compiled."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()


class Kept:
    """What the last build made of each lesson."""

    def __init__(self) -> None:
        self.templates = Templates()
        self._lessons: dict[Path, Lesson] = {}
        self._options: Options | None = None
        self._surroundings = ""
        self._pages: dict[str, tuple[str, dict[str, Any], list[_Anchor]]] = {}
        self._entries: dict[str, tuple[str, list[dict[str, Any]]]] = {}

    def lessons_for(self, options: Options) -> dict[Path, Lesson]:
        """Return the lessons of the last build, if it had the same options."""
        return self._lessons if options == self._options else {}

    def keep(self, options: Options, lessons: dict[Path, Lesson]) -> None:
        """Keep what a build has returned."""
        self._options, self._lessons = options, lessons

    def look_around(self, config: MkDocsConfig, files: Files) -> None:
        """Forget every page if something has changed that any of them may show or link to."""
        watched = [Path(config.config_file_path or "."), *map(Path, config.watch)]
        found = [f"{path} {_age(path)}" for folder in watched for path in _sources(folder)]
        for file in files:
            media = not file.is_documentation_page() and file.src_dir == config.docs_dir
            found.append(
                f"{file.src_uri} {_age(Path(file.abs_src_path or ''))}" if media else file.src_uri
            )
        surroundings = "\n".join(sorted(found))
        if surroundings != self._surroundings:
            self._pages.clear()
            self._surroundings = surroundings

    def render(self, page: Page, render: Callable[[MkDocsConfig, Files], None]) -> Any:
        """Return a function in place of `page.render` that renders only what is new.

        A page of the reference also tells the plugin autorefs where its functions stand; for a
        page that is kept, it is told the same again.
        """

        def render_or_keep(config: MkDocsConfig, files: Files) -> None:
            autorefs: Any = config.plugins.get("autorefs")
            markdown, kept, anchors = self._pages.get(page.file.src_uri, ("", {}, []))
            if kept and markdown == page.markdown and page.file.src_uri != self._first():
                vars(page).update(kept)
                for where, how in anchors:
                    autorefs.register_anchor(page, *where, **how)
                return
            with _noted_anchors(autorefs) as anchors:
                render(config, files)
            kept = {name: getattr(page, name) for name in _RENDERED}
            self._pages[page.file.src_uri] = page.markdown or "", kept, anchors

        return render_or_keep

    def _first(self) -> str:
        """Return the shortest page that shows source: it is rendered at every build.

        That makes mkdocstrings ready to write backlinks into the pages that are kept.
        """
        texts = {name: kept[0] for name, kept in self._pages.items() if "\n::: " in kept[0]}
        return min(texts, key=lambda name: len(texts[name]), default="")

    def index(self, page: Page, index: Any, add: Callable[[Page], None]) -> None:
        """Add a page to the search index: what was found in the same content before, or anew."""
        content, entries = self._entries.get(page.url, ("", []))
        if content != page.content:
            before = len(index.entries)
            content = page.content or ""
            add(page)
            self._entries[page.url] = content, index.entries[before:]
        else:
            index.entries += entries


@contextlib.contextmanager
def _noted_anchors(autorefs: Any) -> Iterator[list[_Anchor]]:
    """Give a list of what is registered with autorefs in the body."""
    anchors: list[_Anchor] = []
    if autorefs is None:
        yield anchors
        return
    register = autorefs.register_anchor

    def note(page: Page, *where: Any, **how: Any) -> None:
        anchors.append((where, how))
        register(page, *where, **how)

    autorefs.register_anchor = note
    try:
        yield anchors
    finally:
        del autorefs.register_anchor


def _sources(folder: Path) -> Iterable[Path]:
    return folder.rglob("*.py") if folder.is_dir() else [folder]


def _age(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
