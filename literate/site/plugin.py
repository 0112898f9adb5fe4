"""The MkDocs plugin `literate`: mkdocs-jupyter's options and pages, run and written our way."""

import logging
import os
import posixpath
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from jinja2 import Environment
from mkdocs.config import config_options as kinds
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs_jupyter.plugin import Plugin as Jupyter

from literate.build import PRELOAD, Lesson, Options, build, failures
from literate.running.cache import CacheError
from literate.running.workers import warm_up
from literate.site import report, swap
from literate.site.maths import MathsError
from literate.site.origins import foreign_requests
from literate.site.searching import searchable
from literate.site.serve import Kept
from literate.site.slim import slim
from literate.writing.portable import Site
from literate.writing.render import FOLD_LINES, Style

log = logging.getLogger("mkdocs.plugins.literate")

#: Other defaults than mkdocs-jupyter's.
_DEFAULTS = {"execute": True, "allow_errors": False, "cache_dir": ".cache/literate"}

#: Options of mkdocs-jupyter that only its own way of writing a page could follow.
_WITHOUT_MEANING = ("theme", "include_requirejs", "toc_depth", "custom_mathjax_url")

_OWN = (
    ("jobs", kinds.Type(int, default=0)),
    ("cell_seconds", kinds.Type((int, float), default=120.0)),
    ("preload", kinds.Type(list, default=list(PRELOAD))),
    ("environment", kinds.Type(list, default=[])),
    ("figure_style", kinds.Type(str, default="")),
    ("dark_colors", kinds.Type(dict, default={})),
    ("check_numbers", kinds.Type(bool, default=True)),
    ("check_origins", kinds.Type(bool, default=True)),
    ("fold_lines", kinds.Type(int, default=FOLD_LINES)),
    ("downloads", kinds.Type(list, default=[])),
    ("install", kinds.Type(str, default="")),
    ("report", kinds.Type(str, default="")),
    ("launch", kinds.Type(str, default="")),
)


def _inherited() -> tuple[tuple[str, Any], ...]:
    scheme = []
    for name, option in Jupyter.config_scheme:
        if name in _DEFAULTS:
            option = kinds.Type(type(_DEFAULTS[name]), default=_DEFAULTS[name])
        scheme.append((name, option))
    return tuple(scheme)


def _launch(pattern: str, repository: str) -> str:
    """Return the address that runs a notebook of the repository; empty if there is none."""
    name = urlsplit(repository).path.strip("/").removesuffix(".git")
    return pattern.replace("{repository}", name) if name else ""


class LessonFile(File):
    """A page of the site whose Markdown came out of a run."""

    def __init__(self, file: File, lesson: Lesson, config: MkDocsConfig) -> None:
        super().__init__(
            file.src_uri,
            file.src_dir,
            config.site_dir,
            config.use_directory_urls,
            inclusion=file.inclusion,
        )
        self.lesson = lesson
        self._content = lesson.markdown

    def is_documentation_page(self) -> bool:
        """Return True, whatever the file's name ends with."""
        return True


class Literate(Jupyter):  # type: ignore[misc]
    """Runs the lessons before the site is written, and hands their Markdown to MkDocs.

    A build goes into a folder beside the site and takes its place only when everything has gone
    well; under `mkdocs serve` a failing lesson is a box on its page and the server lives.
    """

    config_scheme = (*_inherited(), *_OWN)

    _serving = False
    _kept = Kept()
    _staged = False
    _target: Path | None = None
    _finished = False

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Note what MkDocs is about to do; only a clean build can be put aside first."""
        self._serving = command == "serve"
        self._kept = Kept()
        self._staged = command == "build" and not dirty
        self._target, self._finished = None, False

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Check the options, and turn the build to the folder beside the site."""
        defaults = dict(Jupyter.config_scheme)
        for name in _WITHOUT_MEANING:
            if self.config[name] != defaults[name].default:
                raise PluginError(f"literate: the option {name} has no meaning here: remove it")
        if self.config["data_files"] and not self.config["include_source"]:
            raise PluginError("literate: data_files go with the source: set include_source too")
        if self.config["kernel_name"] not in ("", "python3"):
            raise PluginError("literate: kernel_name: lessons run in this Python, in no other")
        if self._staged:
            self._target = Path(config.site_dir)
            swap.clear(self._target)
            config.site_dir = str(swap.staging(self._target))
        cache = self._options(config).cache
        if self._staged and self.config["execute"] and not (cache and any(cache.glob("*.json"))):
            warm_up(self.config["preload"])  # every lesson will run: begin while MkDocs gets ready
        return config

    def on_pre_build(self, config: MkDocsConfig) -> None:
        """Nothing: the base class starts its cache here, which `literate.running.cache` replaces."""

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Run the lessons and put their Markdown and figures among the files of the site."""
        found = {
            Path(file.abs_src_path or "").resolve(): file
            for file in files
            if not file.inclusion.is_excluded() and self.should_include(file)  # type: ignore[no-untyped-call]
        }
        options = self._options(config)
        try:
            lessons = build(found, options, self._report, self._kept.lessons_for(options))
        except CacheError as error:
            raise PluginError(f"literate: {error}") from error
        if self._serving:
            self._kept.keep(options, lessons)
        if message := failures(lessons):
            if not self._serving:
                raise PluginError(message)
            # Not through MkDocs' log: a strict server would stop at the first failing lesson.
            print(message, file=sys.stderr)
        for path, file in found.items():
            lesson = lessons[path]
            files.remove(file)
            files.append(LessonFile(file, lesson, config))
            folder = Path(file.src_uri).parent
            for name, content in lesson.files.items():
                figure = File.generated(config, (folder / name).as_posix(), content=content)
                files.append(figure)
        if self.config["report"]:
            self._add_report(lessons, found, files, config)
        if self._serving:
            self._kept.look_around(config, files)
            if "mkdocstrings" in config.plugins:
                reference: Any = config.plugins["mkdocstrings"]
                reference.get_handler("python").env.bytecode_cache = self._kept.templates
        return files

    def _add_report(
        self,
        lessons: Mapping[Path, Lesson],
        found: Mapping[Path, File],
        files: Files,
        config: MkDocsConfig,
    ) -> None:
        """Put the report of this build among the pages, where the site has none of that name."""
        page = self.config["report"]
        if files.get_file_from_path(page) is not None:
            raise PluginError(f"literate: report: there is a page {page} already")
        root = Path(config.config_file_path or ".").parent.resolve()
        entries = report.entries(lessons, root)
        at = posixpath.dirname(page)
        links = {
            path.relative_to(root).as_posix(): posixpath.relpath(file.src_uri, at or ".")
            for path, file in found.items()
        }
        beside = posixpath.splitext(page)[0] + ".json"
        markdown = report.to_markdown(entries, links.__getitem__, posixpath.basename(beside))
        # It need not be in the navigation: a site may link to it, or not.
        apart = InclusionLevel.NOT_IN_NAV
        files.append(File.generated(config, page, content=markdown, inclusion=apart))
        files.append(File.generated(config, beside, content=report.to_json(entries)))

    @staticmethod
    def _report(line: str) -> None:
        log.info("literate: %s", line)

    def _options(self, config: MkDocsConfig) -> Options:
        own = self.config
        root = Path(config.config_file_path or ".").parent.resolve()
        hidden = own["remove_tag_config"]
        style = Style(
            show_input=own["show_input"] and not own["no_input"],
            highlight_classes=own["highlight_extra_classes"],
            dark_colors=own["dark_colors"],
            fold_lines=own["fold_lines"],
        )
        style.hide_input |= set(hidden.get("remove_input_tags", ()))
        style.hide_output |= set(hidden.get("remove_all_outputs_tags", ()))
        style.hide_cell |= set(hidden.get("remove_cell_tags", ()))
        no_run = ("*",) if not own["execute"] else tuple(own["execute_ignore"])
        return Options(
            root=root,
            cache=root / own["cache_dir"] if own["cache"] else None,
            jobs=own["jobs"],
            cell_seconds=own["cell_seconds"],
            preload=tuple(own["preload"]),
            only_build=not self._serving,
            environment=tuple(own["environment"]),
            figure_style=own["figure_style"],
            allow_errors=own["allow_errors"],
            extra_tags=style.hide_input | style.hide_output | style.hide_cell,
            check_numbers=own["check_numbers"],
            no_run=no_run,
            style=style,
            site=Site(
                root,
                Path(config.docs_dir).resolve(),
                config.site_url or "",
                config.use_directory_urls,
                own["install"],
                _launch(own["launch"], config.repo_url or ""),
            ),
            offered=tuple(own["downloads"]),
        )

    def on_pre_page(self, page: Page, config: MkDocsConfig, files: Files) -> Page:
        """Give the page what mkdocs-jupyter's templates expect; MkDocs itself renders it."""
        if self._serving:
            page.render = self._kept.render(page, page.render)  # type: ignore[method-assign]
        if isinstance(page.file, LessonFile):
            self._set_nb_url(page)
            page.data_files = self.config["data_files"].get(page.file.src_path)  # type: ignore[attr-defined]
        return page

    def on_page_markdown(
        self, markdown: str, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        """Take the title from the file's name where the options ask for it."""
        if self.config["ignore_h1_titles"] and isinstance(page.file, LessonFile):
            page.meta.setdefault("title", page.file.name.replace("_", " ").capitalize())
        return markdown

    def on_env(self, env: Environment, config: MkDocsConfig, files: Files) -> Environment:
        """Let the search read what readers look for, and under a server only pages new to it."""
        search = config.plugins.get("material/search") or config.plugins.get("search")
        if self._serving:
            env.bytecode_cache = self._kept.templates
        if index := getattr(search, "search_index", None):
            add = index.add_entry_from_context
            index.add_entry_from_context = lambda page: self._index(page, index, add)
        return env

    def _index(self, page: Page, index: Any, add: Callable[[Page], None]) -> None:
        content = page.content
        page.content = searchable(content or "")
        if self._serving:
            self._kept.index(page, index, add)
        else:
            add(page)
        page.content = content

    def on_post_page(self, output_content: str, page: Page, config: MkDocsConfig) -> str:
        """Copy the source if the options ask for it, and make the page lighter."""
        super().on_post_page(output_content, page, config)
        return slim(output_content)

    @event_priority(-100)
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Prove that no page asks another origin for anything; then the site may be shown."""
        check = self.config["check_origins"] and not self._serving
        cache = self._options(config).cache
        memory = cache / "origins.txt" if cache else None
        if check and (found := foreign_requests(Path(config.site_dir), memory)):
            raise PluginError("\n".join(["literate: pages ask other origins for files:", *found]))
        self._finished = True

    def on_serve(self, server: Any, config: MkDocsConfig, builder: Any) -> Any:
        """Get ready for the first edit while its writer reads."""
        warm_up(self.config["preload"])
        return server

    def on_build_error(self, error: Exception) -> None:
        """Remember that there is nothing to show; say in one line what is no fault of MkDocs."""
        self._finished = False
        if isinstance(error, MathsError):
            raise Abort(str(error))
        if isinstance(error, OSError):
            raise Abort(f"{error.filename or 'the site'}: {os.strerror(error.errno or 0)}")

    def on_shutdown(self) -> None:
        """Put the new site in the place of the old one, or leave the old one as it is."""
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
