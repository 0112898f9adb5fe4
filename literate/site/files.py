"""What is put among the files of a site: lessons, their figures, and what comes with them."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.utils import get_relative_url

from literate.build import Lesson
from literate.site import moved, reference, report
from literate.site.options import root
from literate.site.reference import Module, Taught
from literate.site.wheel import requirement, wheel


class LessonFile(File):
    """A page of the site whose Markdown came out of a run."""

    def __init__(self, file: File, markdown: str, config: MkDocsConfig) -> None:
        super().__init__(
            file.src_uri,
            file.src_dir,
            config.site_dir,
            config.use_directory_urls,
            inclusion=file.inclusion,
        )
        self._content = markdown

    def is_documentation_page(self) -> bool:
        """Return True, whatever the file's name ends with."""
        return True


@dataclass
class Site:
    """The files of a site while they are collected.

    Attributes:
        files: Those that MkDocs has found, and what is put among them.
        config: How the site is built.
        lessons: The file of each lesson, by its path.
    """

    files: Files
    config: MkDocsConfig
    lessons: Mapping[Path, File]

    def put_wheel(self, install: str) -> str:
        """Add the wheel of the project; return how to install it, which takes `{wheel}`'s place."""
        name, content = wheel(root(self.config))
        self._put(f"wheels/{name}", content)
        return install.replace("{wheel}", requirement(name, content, self.config.site_url or ""))

    def put_lessons(self, lessons: Mapping[Path, Lesson], taught: Sequence[Taught]) -> None:
        """Put what came out of each lesson, with its figures, in the place of its program.

        Args:
            lessons: What the build returned.
            taught: The modules that have a lesson.
        """
        for path, file in self.lessons.items():
            lesson, page = lessons[path], file.src_uri
            markdown = reference.told(lesson.markdown, page, taught)
            self.files.remove(file)
            self.files.append(LessonFile(file, markdown, self.config))
            for name, content in lesson.files.items():
                self._put(posixpath.join(posixpath.dirname(page), name), content)

    def put_reference(
        self, package: str, without: list[str], facts: Mapping[str, Mapping[str, Any]]
    ) -> tuple[list[Module], list[Taught]]:
        """Add a page for each module of a package, and put them where the navigation has them.

        Args:
            package: Its name.
            without: Patterns of modules that are left out.
            facts: The front matter of each lesson, by its page.

        Returns:
            The modules in order, and those that have a lesson.
        """
        nav = self.config.nav
        found = reference.modules(root(self.config), package, without)
        found = reference.in_order(found, list(reference.listed(nav)))
        taught = reference.taught(found, facts)
        in_nav = reference.PLACE in reference.listed(nav)
        self.config.nav = reference.expanded(nav, found)
        for page, markdown in reference.pages(found, taught).items():
            self._put_page("reference", page, markdown, in_nav)
        if not self.config.use_directory_urls:
            for name, html in reference.former(found).items():
                self._put(name, html)
        return found, taught

    def put_report(self, page: str, lessons: Mapping[Path, Lesson]) -> None:
        """Add the report of this build.

        Args:
            page: Where it stands; the same as JSON stands beside it.
            lessons: What the build returned.
        """
        top = root(self.config)
        entries = report.entries(lessons, top)
        at = posixpath.dirname(page) or "."
        links = {
            path.relative_to(top).as_posix(): posixpath.relpath(file.src_uri, at)
            for path, file in self.lessons.items()
        }
        beside = posixpath.splitext(page)[0] + ".json"
        markdown = report.to_markdown(entries, links.__getitem__, posixpath.basename(beside))
        # It need not be in the navigation: a site may link to it, or not.
        self._put_page("report", page, markdown, in_nav=False)
        self._put(beside, report.to_json(entries))

    def put_moved(self, ways: Mapping[str, str], facts: Mapping[str, Mapping[str, Any]]) -> None:
        """Add a page that leads on for each address that has moved.

        Args:
            ways: The page at which each former page is found now, both without a suffix.
            facts: The front matter of each lesson, by its page.

        Raises:
            PluginError: If a page leads nowhere, or stands where there is one.
        """
        pages = {
            posixpath.splitext(file.src_uri)[0]: file
            for file in self.files
            if file.is_documentation_page()
        }
        for former, now in ways.items():
            if now not in pages or former in pages:
                wrong = f"there is no page {now}" if now not in pages else f"{former} is a page"
                raise PluginError(f"literate: moved: {wrong}")
            old = File.generated(self.config, f"{former}.md", content="")
            title = facts.get(pages[now].src_uri, {}).get("title", posixpath.basename(now))
            html = moved.page(title, get_relative_url(pages[now].url, old.url), {})
            self._put(old.dest_uri, html)

    def _put_page(self, option: str, page: str, markdown: str, in_nav: bool) -> None:
        if self.files.get_file_from_path(page) is not None:
            raise PluginError(f"literate: {option}: there is a page {page} already")
        level = InclusionLevel.UNDEFINED if in_nav else InclusionLevel.NOT_IN_NAV
        self.files.append(File.generated(self.config, page, content=markdown, inclusion=level))

    def _put(self, name: str, content: str | bytes) -> None:
        self.files.append(File.generated(self.config, name, content=content))
