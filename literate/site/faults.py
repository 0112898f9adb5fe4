"""What is wrong with pages, found while MkDocs reads and renders them.

A page with a fault shows it in a box, so a server lives; a build stops when it has looked at every
page, and tells all of them. The text is the same, and a lesson that has failed tells all at once.
"""

import re
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils.meta import YAML_RE, get_data
from yaml import YAMLError

from literate.build import Lesson, told_together
from literate.lesson import front
from literate.lesson.model import Failure, PageError
from literate.lesson.page import is_lesson, read, text_of
from literate.site.files import LessonFile
from literate.site.maths import MathsError
from literate.writing import rules
from literate.writing.blocks import failure_box


class Faults:
    """The faults of one build, by page.

    Args:
        root: The project's folder: names of files are told relative to it.
        lessons: The lessons that have failed already, by the source of their page.
    """

    def __init__(self, root: Path, lessons: Mapping[str, Failure]) -> None:
        self._root, self._lessons = root, lessons
        self._found: dict[str, Failure] = {}

    def source(self, page: Page) -> str | None:
        """Return what to show in the place of a page that cannot be read, or `None` if it can."""
        path = Path(page.file.src_dir or "", page.file.src_uri)
        if page.file.generated_by or isinstance(page.file, LessonFile) or path.suffix != ".md":
            return None
        name = name_of(page, self._root)
        try:
            text = text_of(path, name)
        except PageError as error:
            return self._box(page, error.failure)
        head = YAML_RE.match(text)
        if head and "language: python" in head[1] and is_lesson(path):
            try:  # MkDocs takes for a plain page what jupytext cannot read
                read(path, self._root)
            except PageError as error:
                return self._box(page, error.failure)
        wrong = front.loaded(head[1], 2)[1] if head else []
        wrong += [(line + 1, told) for line, told in rules.missing(text, self._root)]
        faults = [Failure(f"{name}, line {line}", told, line=line) for line, told in wrong]
        return self._box(page, *faults) if faults else None

    def render(self, page: Page, render: Callable[[MkDocsConfig, Files], None]) -> Any:
        """Return a function in place of `page.render` that renders a box where that fails."""

        def render_or_tell(config: MkDocsConfig, files: Files) -> None:
            try:
                render(config, files)
            except Exception as error:  # whatever it is, it is of this page
                page.markdown = self.shown(page, error)
                render(config, files)

        return render_or_tell

    def shown(self, page: Page, error: Exception) -> str:
        """Note an error of a page and return Markdown to show in its place."""
        name, trace = name_of(page, self._root), ""
        if isinstance(error, MathsError):
            path = Path(page.file.src_dir or "", page.file.src_uri)
            return self._box(page, *_formulas(path, self._root, error))
        message = str(error).removeprefix("literate: ")
        if isinstance(error, YAMLError):  # below `:::`
            message = f"the options of a shown source are not YAML: {front.said(error)}"
        elif not isinstance(error, PluginError):
            message = f"cannot be rendered: {type(error).__name__}: {error}"
            trace = "".join(traceback.format_exception(error))
        return self._box(page, Failure(name, message, trace))

    def _box(self, page: Page, *faults: Failure) -> str:
        name = page.file.src_uri
        if known := self._lessons.get(name):  # and told: it has all that is wrong with the lesson
            return f"# {Path(name).stem}\n\n{failure_box(known)}\n"
        failure = self._found[name] = replace(faults[0], also=faults[1:])
        return f"# {Path(name).stem}\n\n{failure_box(failure, 'page')}\n"

    def tell(self, *, serving: bool) -> None:
        """Tell what was found, on stderr or, in a build, as its end.

        Raises:
            PluginError: If something was found, and nobody serves the site.
        """
        tell(self._found.values(), serving=serving)


def tell(found: Iterable[Failure], *, serving: bool) -> None:
    """Tell what is wrong with pages, on stderr or, in a build, as its end.

    Raises:
        PluginError: If something is, and nobody serves the site.
    """
    if failed := list(found):
        message = told_together(failed, "page")
        if not serving:
            raise PluginError(message)
        print(message, file=sys.stderr)


def with_formulas(lesson: Lesson, root: Path, config: MkDocsConfig) -> Lesson:
    """Return a failed lesson that also tells which of its formulas cannot be rendered.

    Args:
        lesson: A failed one.
        root: The project's folder.
        config: Which extensions of Markdown the site has; those of other plugins need a site.
    """
    assert lesson.failure is not None
    names = [each for each in config.markdown_extensions if isinstance(each, str)]
    known = {name: each for name, each in config.mdx_configs.items() if name in names}
    try:
        Markdown(extensions=names, extension_configs=known).convert(get_data(lesson.markdown)[0])
    except MathsError as error:
        also = [*lesson.failure.also, *_formulas(lesson.path, root, error)]
        also.sort(key=lambda fault: fault.line)
        return replace(lesson, failure=replace(lesson.failure, also=tuple(also)))
    except Exception:  # rendering the page itself will tell
        return lesson
    return lesson


def _formulas(path: Path, root: Path, error: MathsError) -> list[Failure]:
    """Return each formula that cannot be rendered, with its line if the file has it."""
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        text = ""
    return [_formula(name, text, tex, told) for tex, told in error.problems]


def _formula(name: str, text: str, tex: str, told: str) -> Failure:
    # In a program, a comment may go on between its words.
    found = re.search(r"[\s#]+".join(map(re.escape, tex.split())), text)
    line = text.count("\n", 0, found.start()) + 1 if found else 0
    return Failure(f"{name}, line {line}" if line else name, told, line=line)


def name_of(page: Page, root: Path) -> str:
    """Return how messages name the file of a page: relative to the project's folder."""
    path = Path(page.file.src_dir or "", page.file.src_uri)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else page.file.src_uri
