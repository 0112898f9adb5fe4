"""While a server runs: show the page that was saved at once, and build the rest behind it.

A save writes one page anew with what the last build knew of all the others, and the browser
reloads. Then the whole site is built beside the one that is served and takes its place:
navigation, anchors, search and reference are right again. A save that comes meanwhile is shown
first.
"""

import copy
import filecmp
import logging
import os
import threading
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from jinja2 import Environment
from mkdocs.commands.build import _build_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer, _timestamp
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from literate.build import Lesson
from literate.site import swap

log = logging.getLogger("mkdocs.plugins.literate")

#: Seconds without another save after which the rest is built.
QUIET = 0.5

#: Seconds in which the events of one save come.
TOGETHER = 0.03

#: What says that the content of a file has changed; a look at it says so too, and does not count.
_CHANGES = ("created", "modified", "moved", "deleted", "closed")


@dataclass
class Built:
    """A site as a build left it: what a page of it needs to be written once more."""

    config: MkDocsConfig
    files: Files
    env: Environment
    nav: Navigation

    def pages(self, sources: Iterable[Path]) -> dict[Path, Page]:
        """Return those of the pages that are made from these files."""
        own = {
            Path(file.abs_src_path).resolve(): file.page
            for file in self.files.documentation_pages()
            if file.abs_src_path and file.page
        }
        return {path: own[path] for path in sources if path in own}

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
    """A build has no point any more: something was saved since it began."""


class Pages(Protocol):
    """What shows pages: the plugin."""

    def show(self, sources: Iterable[Path], site: Path) -> bool:
        """Write the pages of these files into the site; say whether that was possible."""

    def prepare(self) -> None:
        """Get ready for the next save."""


class Live:
    """Watches files, and builds what a save has changed.

    Args:
        server: MkDocs' own, before it serves.
        pages: What shows a page.
        build: Builds the whole site.
    """

    def __init__(self, server: LiveReloadServer, pages: Pages, build: Callable[[], None]) -> None:
        self.server, self._pages, self._build = server, pages, build
        self.site = Path(server.root)
        self._changed: set[Path] = set()
        self._lock = threading.Lock()
        self._building = self._superseded = False
        # Of what is given up MkDocs would say that a page cannot be read.
        logging.getLogger("mkdocs.commands.build").addFilter(lambda record: not self._superseded)
        watched = list(server._watched_paths)
        server._watched_paths.clear()
        server.observer = Observer()  # type: ignore[assignment]
        server.build_delay = TOGETHER
        server.builder = self.rebuild
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
        paths = [os.fsdecode(each) for each in (event.src_path, event.dest_path) if each]
        with self._lock:
            self._changed |= {Path(path) for path in paths if not path.endswith("~")}
        with self.server._rebuild_cond:
            self.server._want_rebuild = True
            self.server._rebuild_cond.notify_all()

    def check(self) -> None:
        """Give up the build of the whole site if something was saved since it began.

        Raises:
            SupersededError: If there was.
        """
        if self._building and self.server._want_rebuild:
            self._superseded = True
            raise SupersededError

    def rebuild(self) -> None:
        """Show what was saved, then build the rest; a failure leaves what is there."""
        with self._lock:
            changed, self._changed = self._changed, set()
        quick = False
        try:
            quick = self._pages.show(changed, self.site)
        except Exception:
            log.debug("literate: %s", traceback.format_exc())
        if quick:
            self._reveal()
            with self.server._rebuild_cond:
                again = self.server._rebuild_cond.wait_for(
                    lambda: self.server._want_rebuild or self.server._shutdown, timeout=QUIET
                )
            if again:
                return  # that save first; the rest is built after it
        self._rest(quick)
        if not self.server._want_rebuild:
            self._pages.prepare()

    def _rest(self, shown: bool) -> None:
        """Build the whole site beside the one that is served, and put it in its place."""
        self._building = shown  # what nobody has seen yet is not given up
        with self.server._epoch_cond:  # meanwhile, readers get what there was
            self.server._wanted_epoch = self.server._visible_epoch
            self.server._epoch_cond.notify_all()
        try:
            self._build()
        except SupersededError:
            return
        except (Exception, SystemExit) as error:
            if isinstance(error, SystemExit):
                print(error)
            else:
                traceback.print_exc()
            log.error("The site could not be built; what was there before is still served.")
            self._reveal()
            return
        finally:
            self._building = self._superseded = False
        new = swap.staging(self.site)
        if new.is_dir():
            changed = _differs(self.site, new)
            swap.replace(self.site, new)
            if not changed and shown:
                return
        self._reveal()

    def _reveal(self) -> None:
        """Let browsers load the site as it is now."""
        with self.server._epoch_cond:
            self.server._visible_epoch = self.server._wanted_epoch = _timestamp()
            self.server._epoch_cond.notify_all()


def _differs(old: Path, new: Path) -> bool:
    """Return whether a page or what it loads is another in one of two sites."""
    names = [
        {path.relative_to(site) for path in site.rglob("*") if path.suffix not in (".gz", ".inv")}
        for site in (old, new)
    ]
    if names[0] != names[1]:
        return True
    files = [str(name) for name in names[0] if (new / name).is_file()]
    _, other, lost = filecmp.cmpfiles(old, new, files, shallow=False)
    return bool(other or lost)
