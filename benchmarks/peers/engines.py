"""The engines that are measured, each set up as its own documentation says."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import formats, setups, source
from benchmarks.peers.source import Cell

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Engine:
    """What makes a site of lessons.

    Attributes:
        name: As its documentation writes it.
        distribution: What pip calls it, for its version.
        write: Returns a lesson in its format.
        lesson: Where a lesson stands in the folder of a site, with `{}` for its name.
        page: Where the page stands that it becomes.
        setup: Returns the other files of a site of so many lessons, by their paths.
        command: What builds the site. Where `{}` stands for the name of a lesson, it runs once for
            each, as many at a time as there are processors.
        group: Of pyproject.toml: what its environment has, by `requirements/<group>.txt`. That of
            `bench` is the one that the benchmark runs in.
        copied: What its site has of this project beside the package, whose edits must not disturb
            the measurement.
    """

    name: str
    distribution: str
    write: Callable[[list[Cell]], str]
    lesson: str
    page: str
    setup: Callable[[int], dict[str, str]]
    command: str
    group: str = "bench"
    copied: tuple[str, ...] = ()

    @property
    def programs(self) -> Path:
        """The folder of the programs of its environment, its Python among them."""
        if self.group == "bench":
            return Path(sys.executable).parent
        return ROOT / ".nox" / self.group / "bin"

    def make(self, site: Path, count: int) -> None:
        """Write a site of generated lessons, and leave nothing of an earlier one."""
        shutil.rmtree(site, ignore_errors=True)
        for name in ("course", *self.copied):
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, site / name, ignore=ignore)
        written = {self.lesson.format(name): self.write(of) for name, of in source.lessons(count)}
        for name, text in {**self.setup(count), **written}.items():
            (site / name).parent.mkdir(parents=True, exist_ok=True)
            (site / name).write_text(text, encoding="utf-8")

    def edit(self, site: Path, step: str) -> None:
        """Do what comes before a build; see `source.STEPS`."""
        if edit := source.STEPS[step]:
            edit.apply(site, self.lesson.format("lesson1"))

    def commands(self, count: int) -> list[list[str]]:
        """Return what builds a site of so many lessons, each command as its words."""
        words = self.command.split()
        if "{}" not in self.command:
            return [words]
        return [[word.format(name) for word in words] for name, _ in source.lessons(count)]


OURS = Engine(
    "literate",
    "literate-lessons",
    formats.percent,
    "docs/lessons/line/{}.py",
    "site/lessons/line/{}.html",
    setups.literate,
    "python -m mkdocs build",
    copied=("literate", "docs/assets"),
)
PLAIN = Engine(
    "mkdocs-jupyter",
    "mkdocs-jupyter",
    formats.percent,
    "docs/{}.py",
    "site/{}/index.html",
    setups.mkdocs_jupyter,
    "python -m mkdocs build",
)
#: Plain Python: no engine, but what its scripts print is what every page has to show.
PYTHON = Engine("Python", "", formats.percent, "{}.py", "", setups.nothing, "")

PEERS = (
    PLAIN,
    Engine(
        "sphinx-gallery",
        "sphinx-gallery",
        formats.gallery,
        "examples/plot_{}.py",
        "build/auto_examples/plot_{}.html",
        setups.sphinx_gallery,
        "sphinx-build --jobs auto source build",
        group="peers",
    ),
    Engine(
        "MyST-NB",
        "myst-nb",
        formats.myst,
        "source/{}.md",
        "build/{}.html",
        setups.myst_nb,
        # One after another: with `--jobs`, two processes create its cache at once, and one fails.
        "sphinx-build source build",
        group="peers",
    ),
    Engine(
        "Jupyter Book",
        "jupyter-book",
        formats.myst,
        "{}.md",
        "_build/html/{}/index.html",
        setups.jupyter_book,
        "jupyter-book build --execute --html",
        group="book",
    ),
    Engine(
        "Quarto",
        "quarto-cli",
        formats.quarto,
        "{}.qmd",
        "_site/{}.html",
        setups.quarto,
        "quarto render",
        group="quarto",
    ),
    Engine(
        "markdown-exec",
        "markdown-exec",
        formats.executed,
        "docs/{}.md",
        "site/{}/index.html",
        setups.markdown_exec,
        "python -m mkdocs build",
        group="peers",
    ),
    Engine(
        "marimo",
        "marimo",
        formats.marimo,
        "{}.py",
        "site/{}.html",
        setups.nothing,
        "marimo export html {}.py --output site/{}.html --force",
        group="peers",
    ),
)
ENGINES = {engine.name: engine for engine in (OURS, *PEERS)}
