"""The MkDocs plugin `literate`: mkdocs-jupyter's options and pages, run and written our way."""

import logging
import math
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from literate.build import Lesson, Options, Wishes, build, failures
from literate.running.storage import CacheError
from literate.running.workers import warm_up
from literate.site import (
    contents,
    copying,
    glossary,
    index,
    memory,
    names,
    options,
    reference,
    swap,
    symptoms,
    themes,
    ways,
)
from literate.site.faults import Faults, name_of, with_formulas
from literate.site.files import LessonFile, Site
from literate.site.jupyter import Plugin as Jupyter
from literate.site.limits import Limits
from literate.site.live import Built, Live
from literate.site.origins import foreign_requests
from literate.site.reference import Module, Taught
from literate.site.rendered import Rendered
from literate.site.searching import searchable
from literate.site.serve import Kept
from literate.site.slim import slim

log = logging.getLogger("mkdocs.plugins.literate")

#: Whether a server runs lessons and renders all before it answers for the first time, rather than
#: behind that.
RUNS_FIRST = False

#: Seconds for which a server renders what is not kept before it answers.
RENDERS_FIRST = 1.0

#: What says which references lead nowhere: as long as pages are left out, many do.
_UNKNOWN_YET = logging.getLogger("mkdocs.plugins.mkdocs_autorefs._internal.plugin")


class Literate(Jupyter):  # type: ignore[misc]
    """Runs the lessons before the site is written, and hands their Markdown to MkDocs.

    A build goes into a folder beside the site and takes its place only when everything has gone
    well; under `mkdocs serve` a failing lesson is a box on its page and the server lives.
    """

    config_scheme = options.SCHEME

    _serving = False
    _kept = Kept()
    _rendered = Rendered()
    _live: Live | None = None
    _last: Built | None = None
    _now: Built | None = None
    _showing = False
    _staged = False
    _target: Path | None = None
    _finished = False
    _modules: Sequence[Module] = ()
    _taught: Sequence[Taught] = ()
    _facts: Mapping[str, Mapping[str, Any]] = {}
    _faults = Faults(Path(), {})
    _limits: Limits
    _names: Mapping[str, list[str]] = {}

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Note what MkDocs is about to do; only a clean build can be put aside first."""
        self._serving = command == "serve"
        self._kept, self._rendered = Kept(), Rendered()
        _UNKNOWN_YET.addFilter(self._is_known)
        self._live = self._last = self._now = None
        self._staged = command == "build" and not dirty
        self._target, self._finished = None, False

    def _is_known(self, record: logging.LogRecord) -> bool:
        """Return whether a reference that leads nowhere is one: all pages are there."""
        return not self._rendered.left_out

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Check the options, and turn the build to the folder beside the site."""
        options.check(self.config, config)
        if self._live:  # a site is served: its successor is built beside it
            config.site_dir = str(swap.staging(self._live.site))
        if self._staged:
            self._target = Path(config.site_dir)
            swap.clear(self._target)
            config.site_dir = str(swap.staging(self._target))
        if self.config["copying"]:
            mkdocstrings: Any = config.plugins["mkdocstrings"]
            mkdocstrings.config.custom_templates = mkdocstrings.config.custom_templates or str(
                copying.TEMPLATES
            )
        cache = self._options(config).cache
        begins = self._staged or (self._serving and not self._last)
        if begins and self.config["execute"] and not (cache and any(cache.glob("*.json"))):
            warm_up(self.config["preload"])  # every lesson will run: begin while MkDocs gets ready
        return config

    def on_pre_build(self, config: MkDocsConfig) -> None:
        """Let what is shown be copied; the base class's cache has a successor of its own."""
        if self._serving:
            memory.forget()
        self._fit_templates(config)

    def _fit_templates(self, config: MkDocsConfig) -> None:
        """Give mkdocstrings' templates what ours use; it has new ones after each build."""
        mkdocstrings: Any = config.plugins.get("mkdocstrings")
        if mkdocstrings is None:
            return
        templates = mkdocstrings.get_handler("python").env
        if self.config["copying"]:
            copying.add_filter(templates, options.root(config))
        if self._serving:
            templates.bytecode_cache = self._kept.templates

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Run the lessons and put their Markdown and figures among the files of the site."""
        own = self.config
        found = {
            Path(file.abs_src_path or "").resolve(): file
            for file in files
            if not file.inclusion.is_excluded() and self.should_include(file)  # type: ignore[no-untyped-call]
        }
        site = Site(files, config, found)
        if own["wheel"]:  # before the lessons: their downloads name it
            address = options.published(config, self._serving)
            own["install"] = site.put_wheel(own["install"], address)
        lessons = self._lessons(found, config, self._wishes())
        self._tell_failures(lessons)
        self._facts = {file.src_uri: lessons[path].meta for path, file in found.items()}
        failed = {file.src_uri: lessons[path].failure for path, file in found.items()}
        self._faults = Faults(options.root(config), {name: f for name, f in failed.items() if f})
        self._limits = Limits(own)
        self._taught = ()
        if package := own["reference"]:
            self._modules, self._taught = site.put_reference(
                package, own["reference_without"], self._facts
            )
        site.put_lessons(lessons, self._taught)
        if own["report"]:
            site.put_report(own["report"], lessons)
        site.put_moved(own["moved"], self._facts)
        cache = self._options(config).cache
        folder = cache.with_name(f"{cache.name}-pages") if cache else None
        seconds = math.inf if self._renders_all() else RENDERS_FIRST
        self._rendered.begin(config, files, folder, seconds)
        return files

    def _renders_all(self) -> bool:
        """Return whether a build waits for all that it runs and renders: nobody waits for it."""
        return not self._serving or RUNS_FIRST or self._last is not None

    def _lessons(
        self, paths: Iterable[Path], config: MkDocsConfig, wishes: Wishes
    ) -> Mapping[Path, Lesson]:
        """Return every lesson after its run."""
        chosen = self._options(config)

        def ready(lesson: Lesson) -> None:
            self._kept.keep(chosen, {lesson.path: lesson})
            wishes.ready(self._told(lesson, config))

        told = replace(wishes, ready=ready) if self._serving else wishes
        try:
            lessons = build(paths, chosen, self._report, self._kept.lessons_for(chosen), told)
        except CacheError as error:
            raise PluginError(f"literate: {error}") from error
        if self._serving:
            self._kept.keep(chosen, lessons)
        return {path: self._told(lesson, config) for path, lesson in lessons.items()}

    def _tell_failures(self, lessons: Mapping[Path, Lesson]) -> None:
        """Tell which lessons have failed: as the end of a build, or on stderr."""
        if message := failures(lessons):
            if not self._serving:
                raise PluginError(message)
            # Not through MkDocs' log: a strict server would stop at the first failing lesson.
            print(message, file=sys.stderr)

    @staticmethod
    def _told(lesson: Lesson, config: MkDocsConfig) -> Lesson:
        """Return a lesson that, if it has failed, tells all that is wrong with it."""
        return with_formulas(lesson, options.root(config), config) if lesson.failure else lesson

    def _wishes(self) -> Wishes:
        """Return what the build of a whole site has to heed."""
        if self._live:
            return Wishes(check=self._live.check)
        return Wishes(runs=self._renders_all())

    @staticmethod
    def _report(line: str) -> None:
        log.info("literate: %s", line)

    def _options(self, config: MkDocsConfig) -> Options:
        return options.build_options(self.config, config, self._serving)

    def on_pre_page(self, page: Page, config: MkDocsConfig, files: Files) -> Page:
        """Give the page what mkdocs-jupyter's templates expect; MkDocs itself renders it."""
        if self._live and not self._showing:
            self._live.check()
        page.render = self._rendered.render(page, page.render)  # type: ignore[assignment,method-assign]
        page.render = self._faults.render(page, page.render)  # type: ignore[method-assign]
        if isinstance(page.file, LessonFile):
            self._set_nb_url(page)
            page.data_files = self.config["data_files"].get(page.file.src_path)  # type: ignore[attr-defined]
        return page

    def on_page_read_source(self, page: Page, config: MkDocsConfig) -> str | None:
        """Show what is wrong with a page in its place if it cannot be read."""
        return self._faults.source(page)

    @event_priority(-100)  # what others add may hold a place to fill in, too
    def on_page_markdown(
        self, markdown: str, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        """Fill in what stands elsewhere: titles, tables of lessons and modules."""
        name = page.file.src_uri
        if self.config["ignore_h1_titles"] and isinstance(page.file, LessonFile):
            page.meta.setdefault("title", page.file.name.replace("_", " ").capitalize())
        order = list(reference.listed(config.nav))
        try:
            if contents.PLACE in markdown:
                table = contents.table(name, self._facts, order)
                markdown = markdown.replace(contents.PLACE, table)
            if symptoms.PLACE in markdown:
                sections = dict(symptoms.themes(config.nav))
                told = symptoms.listed(name, self._facts, order, sections)
                markdown = markdown.replace(symptoms.PLACE, told)
        except PluginError as error:
            return self._faults.shown(page, error)
        if themes.PLACE in markdown or ways.PLACE in markdown:
            markdown = self._with_themes(markdown, page, config, files)
        if contents.HOURS in markdown:
            markdown = markdown.replace(contents.HOURS, contents.hours(self._facts.values()))
        if reference.TABLE in markdown and self._modules:
            table = reference.table(self._modules, name)
            markdown = markdown.replace(reference.TABLE, table)
        return markdown

    def _with_themes(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Put the cards of all themes, and the map of all lessons, into their places."""

        def found(name: str) -> File:
            file = files.get_file_from_path(name)
            assert file is not None, "MkDocs has warned of what is not there"
            return file

        order = [name for name in reference.listed(config.nav) if files.get_file_from_path(name)]
        every = themes.themes(order, self._facts, lambda name: found(name).content_string)
        cards = themes.cards(page.file.src_uri, every, self._facts)
        drawn = ways.drawn(every, self._facts, lambda name: found(name).url_relative_to(page.file))
        return markdown.replace(themes.PLACE, cards).replace(ways.PLACE, drawn)

    @event_priority(-100)  # what others add may be explained too
    def on_page_content(self, html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Explain the words of the glossary."""
        if not self._is_explained(page):
            return html
        words = Path(config.docs_dir, self.config["glossary"]).read_text(encoding="utf-8")
        html, useless = glossary.explained(html, glossary.read(words))
        for mark in useless:
            log.warning("literate: %s: %s: %s", page.file.src_uri, mark, glossary.USELESS)
        return html

    def _is_explained(self, page: Page) -> bool:
        patterns = self.config["explained"] if self.config["glossary"] else ()
        return any(map(Path(page.file.src_uri).match, patterns))

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
        """Remember the navigation, with which a page can be written anew; lead on as pages ask."""
        self._nav = nav
        for page in nav.pages:
            if name := self._facts.get(page.file.src_uri, {}).get("next"):
                after = files.get_file_from_path(str(name))
                if after is None or after.page is None:
                    raise PluginError(f"literate: {page.file.src_uri}: next is no page: {name}")
                page.next_page = after.page
        return nav

    def on_env(self, env: Environment, config: MkDocsConfig, files: Files) -> Environment:
        """Let the search read what readers look for, and only in pages new to it."""
        if self._showing:
            return env
        self._faults.tell(serving=self._serving)
        self._rendered.get_ready(config)
        found = _search_index(config)
        if self._serving:
            env.bytecode_cache = self._kept.templates
        self._now = Built(config, files, env, self._nav, self._rendered.left_out)
        if found:
            self._names = self._read_names(config, files)
            add = found.add_entry_from_context
            found.add_entry_from_context = lambda page: self._index(page, found, add)
        return env

    def _read_names(self, config: MkDocsConfig, files: Files) -> dict[str, list[str]]:
        """Return by which other words the sections of the site are found, if the site says so."""
        if not (table := self.config["names"]):
            return {}
        page = self.config["glossary"]
        read = names.read(
            options.root(config) / table, Path(config.docs_dir, page) if page else None, page
        )
        return names.located(read, {file.src_uri: file.url for file in files})

    def _index(self, page: Page, found: Any, add: Callable[[Page], None]) -> None:
        """Add a page to the index of the search, without what no reader searches for."""
        content, entries = page.content, self._rendered.entries(found)
        before = len(entries)
        page.content = searchable(content or "")
        self._rendered.index(page, found, add)
        page.content = content
        if self.config["names"]:
            entries[before:] = [self._short(page, entry) for entry in entries[before:]]

    def _short(self, page: Page, entry: Mapping[str, Any]) -> dict[str, Any]:
        anchor = entry["location"].partition("#")[2]
        return index.short(entry, self._names, index.says(page.meta, anchor))

    def on_post_page(self, output_content: str, page: Page, config: MkDocsConfig) -> str:
        """Copy the source if the options ask for it, and make the page lighter."""
        if self._live and not self._showing:
            self._live.check()
        super().on_post_page(output_content, page, config)
        html = slim(output_content)
        if not isinstance(page.file, LessonFile):
            return html
        return self._limits.look(name_of(page, options.root(config)), html, page.meta)

    @event_priority(-100)
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Prove that no page asks another origin for anything; then the site may be shown."""
        check = self.config["check_origins"] and not self._serving
        cache = self._options(config).cache
        memory = cache / "origins.txt" if cache else None
        if check and (found := foreign_requests(Path(config.site_dir), memory)):
            raise PluginError("\n".join(["literate: pages ask other origins for files:", *found]))
        if not self._serving and (found := _search_index(config)):
            names.check(self._names, [each["location"] for each in self._rendered.entries(found)])
        self._limits.tell(serving=self._serving)
        self._rendered.end()
        self._finished, self._last = True, self._now

    def on_serve(self, server: Any, config: MkDocsConfig, builder: Any) -> Any:
        """Show what is saved at once, and get ready for that while its writer reads."""
        warm_up(self.config["preload"])
        self._live = Live(server, self, builder)
        return server

    def coming(self) -> bool:
        """Return whether there are lessons and pages that the first build has left for later."""
        left = self._last.left_out if self._last else set()
        return bool(left) or any(lesson.coming for lesson in self._kept.lessons())

    def prepare(self) -> None:
        """Get ready for the next save: after a build mkdocstrings begins anew."""
        if self._last:
            self._rendered.look_anew()
            self.on_pre_build(self._last.config)
            self._last.prepare()

    def show(self, sources: Iterable[Path], live: Live) -> bool:
        """Write the pages of these files into a site as the last build would have written them.

        Where something else was saved that pages use, that is the page that is looked at.

        Args:
            sources: What was saved.
            live: Where, and for whom.

        Returns:
            Whether that could be done: the last build stands for everything else.
        """
        last, paths = self._last, {path.resolve() for path in sources}
        if last is None or not paths:
            return False
        pages = last.pages(paths)
        if others := paths - pages.keys():
            looked_at = last.page(live.readers.page)
            if looked_at is None or not all(map(last.is_other, others)):
                return False
            if mkdocstrings := last.config.plugins.get("mkdocstrings"):
                self._rendered.look_anew()
                mkdocstrings.handlers.teardown()  # it has read the package as it was
            pages.setdefault(_source(looked_at), looked_at)
        written = self._follow(pages, live)
        for path in pages.keys() - written.keys():
            self._write(pages[path], self._kept.lesson(path), live)
        self._tell_failures(written)
        return True

    def follow(self, live: Live) -> None:
        """Run the lessons that have to run, first the page that is looked at; write each then.

        Meanwhile, and after them, pages that were left out are written.

        Args:
            live: Where, and for whom.
        """
        if last := self._last:
            files = last.files.documentation_pages()
            self._follow({_source(file.page): file.page for file in files if file.page}, live)
            while self._catch_up(live):
                live.check()

    def _follow(self, pages: Mapping[Path, Page], live: Live) -> dict[Path, Lesson]:
        """Write those lessons among these pages that are not as they were, and return them."""
        last, written = self._last, dict[Path, Lesson]()
        assert last is not None
        self._fit_templates(last.config)
        lessons = {path: each for path, each in pages.items() if isinstance(each.file, LessonFile)}

        def ready(lesson: Lesson) -> None:
            self._write(pages[lesson.path], lesson, live)
            written[lesson.path] = lesson

        def first(path: Path) -> bool:
            return pages[path].file.dest_uri == live.readers.page

        def check() -> None:
            live.check()
            self._catch_up(live)

        if lessons:
            self._lessons(lessons, last.config, Wishes(ready, check, first))
        return written

    def _catch_up(self, live: Live) -> bool:
        """Write a page that was left out, first the one that is looked at; say whether one was.

        A lesson that is running is written when it has run, unless somebody looks at its page.
        """
        assert self._last is not None
        lessons = {lesson.path: lesson for lesson in self._kept.lessons()}
        for page in self._last.missing(live.readers.page):
            lesson = lessons.get(_source(page))
            if lesson and lesson.coming and page.file.dest_uri != live.readers.page:
                continue
            self._write(page, lesson, live)
            return True
        return False

    def _write(self, page: Page, lesson: Lesson | None, live: Live) -> None:
        """Write one page of the last build anew."""
        assert self._last is not None
        if lesson:
            markdown = reference.told(lesson.markdown, page.file.src_uri, self._taught)
            lesson = replace(lesson, markdown=markdown)
        render: Callable[[MkDocsConfig, Files], None] = partial(Page.render, page)
        if self._rendered.files is self._last.files:  # and no later build has begun
            render = self._rendered.render(page, render)
        render = self._faults.render(page, render)
        self._last.left_out.discard(page.file.src_uri)
        self._showing = True
        try:
            with live.readers.while_writing(page.file.dest_uri):
                self._last.write(page, lesson, live.site, render)
        finally:
            self._showing = False

    def on_build_error(self, error: Exception) -> None:
        """Remember that there is nothing to show; say in one line what is no fault of MkDocs."""
        self._finished = False
        if isinstance(error, OSError):
            raise Abort(f"{error.filename or 'the site'}: {os.strerror(error.errno or 0)}")

    def on_shutdown(self) -> None:
        """Put the new site in the place of the old one, or leave the old one as it is."""
        _UNKNOWN_YET.removeFilter(self._is_known)
        if self._live:  # a build that was given up has left its folder
            shutil.rmtree(swap.staging(self._live.site), ignore_errors=True)
        if self._target is None:
            return
        new = swap.staging(self._target)
        if not self._finished:
            shutil.rmtree(new, ignore_errors=True)
            return
        try:
            swap.replace(self._target, new)
        except OSError as error:
            raise Abort(f"{self._target}: {error.strerror}") from error


def _source(page: Page) -> Path:
    """Return the file of which a page is made; of one that has none, what it is called."""
    return Path(page.file.abs_src_path or page.file.src_uri).resolve()


def _search_index(config: MkDocsConfig) -> Any:
    """Return the index of the search, Material's or MkDocs' own, if the site has one."""
    search = config.plugins.get("material/search") or config.plugins.get("search")
    return getattr(search, "search_index", None)
