"""Small projects for the engine to build: written into a folder of the test, and looked at."""

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config

from literate.build import Lesson, Options, build
from literate.running.workers import warm_up

#: Loaded once by the server of this test run; what is preloaded is fixed by the first build.
PRELOAD = ("matplotlib.pyplot",)


@pytest.fixture(scope="session", autouse=True)
def server() -> None:
    """Start the server of this test run: the first build could be one that preloads nothing."""
    warm_up(PRELOAD)


@pytest.fixture(autouse=True)
def _lessons_run_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first build of a server run its lessons: here nobody waits for its answer."""
    monkeypatch.setattr("literate.site.plugin.RUNS_FIRST", True)


class Project:
    """A folder with lessons in `docs/` and, where a test wants one, a package `course/`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.outside = root.parent / "outside"
        self.outside.mkdir()
        self.reported: list[str] = []
        self._written = 0

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file of the project; text loses the indentation that it has in the test."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, str):
            text = textwrap.dedent(text).lstrip("\n").encode()
        path.write_bytes(text)
        # Python takes a compiled module for fresh by the second and the size: tell edits apart.
        self._written += 1
        os.utime(path, (1e9 + self._written,) * 2)
        return path

    def replace(self, name: str, old: str, new: str) -> None:
        """Edit a file of the project."""
        text = (self.root / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def build(self, *names: str, cache: bool = False, **options: Any) -> dict[str, Lesson]:
        """Build the pages of these names, or all Python pages; return the lessons by name."""
        paths = [self.root / name for name in names] or sorted(self.root.glob("docs/**/*.py"))
        self.reported.clear()
        options.setdefault("jobs", 2)
        options.setdefault("cell_seconds", 60.0)
        chosen = Options(
            root=self.root,
            cache=self.root / ".cache" if cache else None,
            preload=PRELOAD,
            **options,
        )
        lessons = build(paths, chosen, self.reported.append)
        return {os.path.relpath(path, self.root): each for path, each in lessons.items()}

    def lesson(self, text: str, name: str = "docs/a.py", **options: Any) -> Lesson:
        """Write one page, build it and return what came out; it may have failed."""
        self.write(name, text)
        return self.build(name, **options)[name]

    def page(self, text: str, name: str = "docs/a.py", **options: Any) -> str:
        """Write one page, build it and return its Markdown, without the footer."""
        lesson = self.lesson(text, name, **options)
        assert lesson.failure is None, str(lesson.failure)
        return lesson.markdown.partition('<footer class="run"')[0].rstrip()

    def failure(self, text: str, name: str = "docs/a.py", **options: Any) -> str:
        """Write one page, build it and return, as one text, why it failed."""
        lesson = self.lesson(text, name, **options)
        assert lesson.failure is not None, lesson.markdown
        return str(lesson.failure)

    def tick(self, name: str) -> str:
        """Return a line of code that leaves a mark, outside the project, each time that it runs."""
        return f"_ = open({str(self.outside / name)!r}, 'a').write('.')"

    def ticks(self, name: str) -> int:
        """Return how often the line of `tick` has run."""
        path = self.outside / name
        return path.stat().st_size if path.exists() else 0

    def python(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the project's folder and return what it said."""
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", **variables}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture(scope="session")
def new_project() -> Callable[[Path], Project]:
    """Return a function that makes an empty project inside a folder."""

    def make(folder: Path) -> Project:
        (folder / "project" / "docs").mkdir(parents=True)
        return Project((folder / "project").resolve())

    return make


@pytest.fixture
def project(tmp_path: Path, new_project: Callable[[Path], Project]) -> Project:
    """Return an empty project."""
    return new_project(tmp_path)


@pytest.fixture
def outputs() -> Callable[[str], list[tuple[str, str]]]:
    """Return a function that lists the output fences of a page: their kind and their text."""

    def found(markdown: str) -> list[tuple[str, str]]:
        fences = re.finditer(
            r"^(`{3,}) \{ \.text \.no-copy \.output ?(?P<kind>[^}]*)\}\n(?P<text>.*?)\n\1$",
            markdown,
            re.MULTILINE | re.DOTALL,
        )
        return [(fence["kind"].strip(" ."), fence["text"]) for fence in fences]

    return found


THEME = """
<!doctype html>
<html>
<head><title>{{ page.title }}</title></head>
<body data-source="{{ page.nb_url }}" data-files="{{ page.data_files }}">
<article>
{{ page.content }}
</article>
</body>
</html>
"""

EXTENSIONS = """
markdown_extensions:
  - admonition
  - attr_list
  - footnotes
  - md_in_html
  - pymdownx.details
  - pymdownx.highlight
  - pymdownx.superfences
  - pymdownx.tabbed:
      alternate_style: true
  - toc
"""


class Site:
    """A project with a `mkdocs.yml` and a theme that shows the page and nothing else."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.folder = project.root / "site"
        project.write("theme/main.html", THEME)
        project.write("docs/index.md", "# Home\n")
        self.configure()

    def configure(self, plugin: str = "", more: str = "") -> None:
        """Write `mkdocs.yml` with options of the plugin and other settings, both as YAML."""
        options = textwrap.indent(textwrap.dedent(plugin).strip(), "      ")
        self.project.write(
            "mkdocs.yml",
            "site_name: Lessons\nstrict: true\nuse_directory_urls: false\n"
            "theme:\n  name: null\n  custom_dir: theme\n"
            "validation:\n  links:\n    anchors: warn\n"
            "plugins:\n  - literate:\n"
            f"      preload: [{', '.join(PRELOAD)}]\n      jobs: 2\n{options}\n"
            + EXTENSIONS
            + textwrap.dedent(more),
        )

    def build(self, command: str = "build", dirty: bool = False) -> None:
        """Do in this process what `mkdocs build` does, or one build of `mkdocs serve`."""
        config = load_config(str(self.project.root / "mkdocs.yml"))
        config.plugins.on_startup(command=command, dirty=dirty)
        try:
            mkdocs_build(config, dirty=dirty)
        finally:
            config.plugins.on_shutdown()

    def page(self, text: str, name: str = "docs/a.py") -> str:
        """Write a page, build the site and return the HTML of the page."""
        self.project.write(name, text)
        self.build()
        return self.html(name)

    def html(self, name: str = "docs/a.py") -> str:
        """Return the HTML of a page of the site."""
        path = self.folder / Path(name).relative_to("docs").with_suffix(".html")
        return path.read_text(encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        """Return the content of every file of the site."""
        paths = [path for path in self.folder.rglob("*") if path.is_file()]
        paths = [path for path in paths if "sitemap" not in path.name]
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in paths}

    def left_over(self) -> list[str]:
        """Return the names of what builds have left beside the site."""
        return sorted(path.name for path in self.project.root.glob(".site*"))


@pytest.fixture
def site(project: Project) -> Site:
    """Return a site without lessons."""
    return Site(project)
