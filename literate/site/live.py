"""While a server runs: show the page that was saved at once, and build the rest behind it.

A save writes one page anew with what the last build knew of all the others, and the browser
reloads. Then the whole site is built beside the one that is served and takes its place:
navigation, anchors, search and reference are right again. A save that comes meanwhile is shown
first.
"""

import contextlib
import copy
import filecmp
import logging
import os
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from jinja2 import Environment
from mkdocs.commands.build import _build_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from literate.build import Lesson
from literate.site import swap
from literate.site.readers import Readers

log = logging.getLogger("mkdocs.plugins.literate")

#: Seconds without another save after which the rest is built.
QUIET = 0.5

#: Seconds in which the events of one save come.
TOGETHER = 0.03

#: What says that the content of a file has changed; a look at it says so too, and does not count.
_CHANGES = ("created", "modified", "moved", "deleted", "closed")


@dataclass
class Built:
    """A site as a build left it: what a page of it needs to be written once more.

    `left_out` has the sources of the pages that only say that they are coming.
    """

    config: MkDocsConfig
    files: Files
    env: Environment
    nav: Navigation
    left_out: set[str] = field(default_factory=set)

    def pages(self, sources: Iterable[Path]) -> dict[Path, Page]:
        """Return those of the pages that are made from these files."""
        own = {
            Path(file.abs_src_path).resolve(): file.page
            for file in self.files.documentation_pages()
            if file.abs_src_path and file.page
        }
        return {path: own[path] for path in sources if path in own}

    def page(self, name: str) -> Page | None:
        """Return the page that is written into this file of the site, if there is one."""
        pages = (file.page for file in self.files.documentation_pages() if file.dest_uri == name)
        return next(pages, None)

    def missing(self, first: str) -> list[Page]:
        """Return the pages that were left out, the one that is written into this file first."""
        pages = [file.page for file in self.files.documentation_pages() if file.page]
        left = [page for page in pages if page.file.src_uri in self.left_out]
        return sorted(left, key=lambda page: page.file.dest_uri != first)

    def is_other(self, path: Path) -> bool:
        """Return whether a file is neither among those of the pages nor a setting of the site."""
        settings = Path(self.config.config_file_path or "").resolve()
        return path != settings and not path.is_relative_to(Path(self.config.docs_dir).resolve())

    def prepare(self) -> None:
        """Let mkdocstrings read the package and its templates now, and not for the first save."""
        for file in self.files.documentation_pages():
            if file.page and "\n::: " in (file.page.markdown or ""):
                page = copy.copy(file.page)
                self.config.plugins.on_page_markdown(
                    page.markdown or "", page=page, config=self.config, files=self.files
                )
                Page.render(page, self.config, self.files)
                return

    def write(
        self,
        page: Page,
        lesson: Lesson | None,
        site: Path,
        render: Callable[[MkDocsConfig, Files], None],
    ) -> None:
        """Write a page, and the figures of its lesson, into the folder of a site.

        Args:
            page: One of this site.
            lesson: What came out of it, if it is a lesson.
            site: The folder.
            render: Renders the page.
        """
        self.config.site_dir = str(site)
        if lesson:
            self._put(page, lesson, site)
        plugins = self.config.plugins
        page.read_source(self.config)
        page.markdown = plugins.on_page_markdown(
            page.markdown or "", page=page, config=self.config, files=self.files
        )
        render(self.config, self.files)
        page.content = plugins.on_page_content(
            page.content or "", page=page, config=self.config, files=self.files
        )
        self._forget(page)
        plugins.on_env(self.env, config=self.config, files=Files([page.file]))
        _moved(page.file, site)
        documents = self.files.documentation_pages()
        _build_page(page, self.config, documents, self.nav, self.env)

    def _forget(self, page: Page) -> None:
        """Forget what the page referred to: it is recorded anew."""
        autorefs: Any = self.config.plugins.get("autorefs")
        for kinds in autorefs._backlinks.values() if autorefs else ():
            for places in kinds.values():
                places -= {place for place in places if place.startswith(f"{page.url}#")}

    def _put(self, page: Page, lesson: Lesson, site: Path) -> None:
        """Give a page what came out of its lesson, and write its figures and downloads."""
        page.file._content = lesson.markdown  # by its property the file would lose its source
        folder = PurePosixPath(page.file.src_uri).parent
        for name, content in lesson.files.items():
            uri = (folder / name).as_posix()
            if self.files.get_file_from_path(uri) is None:
                self.files.append(File.generated(self.config, uri, content=content))
            target = site / uri
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _moved(file: File, site: Path) -> None:
    """Let a file be written into a site: the one it was built for has taken another name."""
    file.dest_dir = str(site)
    vars(file).pop("abs_dest_path", None)


class SupersededError(Exception):
    """What is under way has no point any more: something was saved since it began."""


class Pages(Protocol):
    """What shows pages: the plugin."""

    def show(self, sources: Iterable[Path], live: "Live") -> bool:
        """Write the pages of what was saved; say whether that was possible."""

    def follow(self, live: "Live") -> None:
        """Run the lessons that have to run, and write each as soon as it has."""

    def coming(self) -> bool:
        """Return whether there are lessons that have never run."""

    def prepare(self) -> None:
        """Get ready for the next save."""


class Live:
    """Watches files, and builds what a save has changed.

    Attributes:
        site: The folder that is served.
        readers: Who reads what.

    Args:
        server: MkDocs' own, before it serves.
        pages: What shows a page.
        build: Builds the whole site.
    """

    def __init__(self, server: LiveReloadServer, pages: Pages, build: Callable[[], None]) -> None:
        self.server, self._pages, self._build = server, pages, build
        self.site = Path(server.root)
        self.readers = Readers(server)
        self._changed: set[Path] = set()
        self._lock = threading.Lock()
        self._gives_way = self._superseded = False
        watched = list(server._watched_paths)
        server._watched_paths.clear()
        server.observer = Observer()  # type: ignore[assignment]
        server.build_delay = TOGETHER
        server.builder = self.begin
        server._want_rebuild = True  # to begin as soon as it serves
        server.watch = self.watch  # type: ignore[method-assign]
        for path in watched:
            self.watch(path)

    def watch(self, path: str, func: None = None, *, recursive: bool = True) -> None:
        """Note every change below a path; takes the place of the server's own watching."""
        path = os.path.abspath(path)  # noqa: PTH100 - as the server has it
        if path in self.server._watched_paths:
            return
        self.server._watched_paths[path] = 1
        handler = FileSystemEventHandler()
        handler.on_any_event = self._note  # type: ignore[method-assign]
        self.server._watch_refs[path] = self.server.observer.schedule(
            handler, path, recursive=recursive
        )

    def _note(self, event: FileSystemEvent) -> None:
        if event.is_directory or event.event_type not in _CHANGES:
            return
        names = [os.fsdecode(each) for each in (event.src_path, event.dest_path) if each]
        paths = set(filter(_counts, map(Path, names)))
        if not paths:
            return
        with self._lock:
            self._changed |= paths
        with self.server._rebuild_cond:
            self.server._want_rebuild = True
            self.server._rebuild_cond.notify_all()

    def check(self) -> None:
        """Give up what is under way if something was saved since it began, and it can wait.

        Raises:
            SupersededError: If there was.
        """
        if self._gives_way and self.server._want_rebuild:
            self._superseded = True
            raise SupersededError

    def begin(self) -> None:
        """Run, now that the server answers, what the first build has left to run."""
        self.server.builder = self.rebuild
        self.readers.let_in()
        if not self._pages.coming():
            self._pages.prepare()
        elif self._follow():
            self._rest(shown=True)

    def rebuild(self) -> None:
        """Show what was saved and what follows from it, then build the rest.

        A failure leaves what is there.
        """
        self.readers.let_in()
        with self._lock:
            changed, self._changed = self._changed, set()
        shown = False
        try:
            with self._giving_way():
                shown = self._pages.show(changed, self)
        except SupersededError:  # it is to be shown all the same
            with self._lock:
                self._changed |= changed
            return
        except Exception:
            log.debug("literate: %s", traceback.format_exc())
        if not shown or (self._is_quiet() and self._follow()):
            self._rest(shown)

    def _is_quiet(self) -> bool:
        """Wait for another save: it comes first, and the rest is built after it."""
        with self.server._rebuild_cond:
            return not self.server._rebuild_cond.wait_for(
                lambda: self.server._want_rebuild or self.server._shutdown, timeout=QUIET
            )

    def _follow(self) -> bool:
        """Run and show the lessons that have to run; say whether the rest may be built now."""
        try:
            with self._giving_way():
                self._pages.follow(self)
        except SupersededError:
            return False
        except Exception:
            log.debug("literate: %s", traceback.format_exc())
        return True

    @contextlib.contextmanager
    def _giving_way(self, wanted: bool = True) -> Iterator[None]:
        """Let `check` end the body for a save; not if nobody has seen anything of it yet."""
        told = logging.getLogger("mkdocs.commands.build")
        self._gives_way = wanted
        told.addFilter(self._is_news)
        try:
            yield
        finally:
            told.removeFilter(self._is_news)
            self._gives_way = self._superseded = False

    def _is_news(self, record: logging.LogRecord) -> bool:
        """Return whether to say it: of what is given up, MkDocs says that a page cannot be read."""
        return not self._superseded

    def _rest(self, shown: bool) -> None:
        """Build the whole site beside the one that is served, and put it in its place."""
        try:
            with self._giving_way(shown):
                self._build()
        except SupersededError:
            return
        except (Exception, SystemExit) as error:
            if isinstance(error, SystemExit):
                print(error)
            else:
                traceback.print_exc()
            log.error("The site could not be built; what was there before is still served.")
            self.readers.reload()
            return
        new = swap.staging(self.site)
        if new.is_dir():
            changed = _differing(self.site, new)
            swap.replace(self.site, new)
            self.readers.reload(changed)
        if not self.server._want_rebuild:
            self._pages.prepare()


def _counts(path: Path) -> bool:
    """Return whether a file is a writer's: editors and Python leave others beside it."""
    return not (path.name.startswith(".") or path.name.endswith("~") or "__pycache__" in path.parts)


def _differing(old: Path, new: Path) -> set[str] | None:
    """Return the pages that differ between two sites; None if something that all pages load does.

    The index of the search and the map of the site are loaded anew by whoever wants them.
    """
    names = [
        {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
        for site in (old, new)
    ]
    _, other, lost = filecmp.cmpfiles(old, new, names[0] & names[1], shallow=False)
    changed = names[0] ^ names[1] | set(other) | set(lost)
    if any(name.endswith((".css", ".js")) and not name.startswith("search/") for name in changed):
        return None
    return {name for name in changed if name.endswith(".html")}
