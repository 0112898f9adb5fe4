"""What the copy buttons of shown source copy runs: alone, with torch and the standard library."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from markdown import Markdown
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

from literate.site import reference

ROOT = Path(__file__).parents[2]
SHOWN = re.compile(r"^(?:# )?::: ([\w.]+)$", re.MULTILINE)

#: A shown source of a lesson; a heading of the reference, or below it a source with a copy button.
LESSON = re.compile(
    r'<div class="source" data-copy="(?P<copy>[^"]*)">\s*'
    r'<p class="source-name"><autoref identifier="(?P<name>[^"]*)">'
)
REFERENCE = re.compile(
    r'<h\d id="(?P<name>[^"]*)"|<details class="code copy" data-copy="(?P<copy>[^"]*)">'
)

# Runs each copy as an empty file into which it was pasted, with only the packages it may use, then
# the examples of all that it brought, which find nothing but the copy.
CHILD = """
import builtins, doctest, json, sys, tempfile, types
from pathlib import Path

broken = {}
folder = tempfile.TemporaryDirectory()
for shown, packages, code in json.load(sys.stdin):
    def allowed(name, *rest, packages={*packages, *sys.stdlib_module_names}):
        if name.partition(".")[0] not in packages:
            raise ModuleNotFoundError(f"{name}: not torch, not of the standard library")
        return __import__(name, *rest)

    name = shown.rpartition(".")[2]
    pasted = types.ModuleType("pasted")
    pasted.__file__ = str(Path(folder.name, f"pasted_{len(broken)}.py"))
    Path(pasted.__file__).write_text(code, encoding="utf-8")
    sys.modules["pasted"] = pasted
    names = vars(pasted)
    names["__builtins__"] = {**vars(builtins), "__import__": allowed}
    said = broken[shown] = []
    try:
        exec(compile(code, pasted.__file__, "exec"), names)
        brought = [names[name], *(each for each in names.values() if callable(each))]
        brought = {id(each): each for each in brought if each.__module__ == "pasted"}
        for each in brought.values():
            for test in doctest.DocTestFinder(recurse=False).find(each, each.__name__):
                test.globs = names | {"__builtins__": builtins}
                doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    except Exception as error:
        said.append(repr(error))
json.dump(broken, sys.stdout)
"""


@pytest.fixture(scope="module")
def config() -> MkDocsConfig:
    """Return the settings of the site, its plugins ready to render pages."""
    config = load_config(str(ROOT / "mkdocs.yml"))
    config = config.plugins.on_config(config)
    config.plugins.on_pre_build(config=config)
    return config


def rendered(names: list[str], config: MkDocsConfig) -> str:
    """Return the HTML of a page that shows these."""
    extensions, options = config.markdown_extensions, config.mdx_configs
    markdown = Markdown(extensions=extensions, extension_configs=options)
    return markdown.convert("\n\n".join(f"::: {name}" for name in names))


@pytest.fixture(scope="module")
def pages(config: MkDocsConfig) -> dict[str, tuple[list[str], str]]:
    """Return for every page that shows source what it shows, and the HTML of that."""
    own = config.plugins["literate"].config
    modules = reference.modules(ROOT, own["reference"], own["reference_without"])
    found = {
        module.page: ([module.name], rendered([module.name], config))
        for module in modules
        if not module.folder
    }
    for path in sorted((ROOT / "docs").rglob("*.*")):
        if path.suffix in {".md", ".py"} and (
            names := SHOWN.findall(path.read_text(encoding="utf-8"))
        ):
            found[path.relative_to(ROOT / "docs").as_posix()] = names, rendered(names, config)
    return found


def in_lesson(page: str) -> dict[str, str]:
    """Return what the buttons of a lesson copy, by the name of what is shown."""
    return {match["name"]: html.unescape(match["copy"]) for match in LESSON.finditer(page)}


def in_reference(page: str) -> dict[str, str]:
    """Return what the buttons of a page of the reference copy, by the name of what is shown."""
    found, name = {}, ""
    for match in REFERENCE.finditer(page):
        if match["name"]:
            name = match["name"]
        else:
            found[name] = html.unescape(match["copy"])
    return found


def broken(copies: dict[str, str], packages: tuple[str, ...] = ("torch",)) -> dict[str, str]:
    """Return what goes wrong when each copy runs alone, with only these packages to import.

    Those that read data or images, draw, or work with arrays or tables, may also import what these
    need.
    """
    more = {
        "course.data.": ("PIL", "sklearn", "torchvision"),
        "course.plotting.": ("matplotlib",),
        "course.project.": ("numpy", "pandas"),
        "course.data.interop.": ("numpy", "pandas"),
    }
    sent = []
    for name, code in copies.items():
        needed = (more[start] for start in more if name.startswith(start))
        sent.append((name, sum(needed, packages), code))
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=ROOT,
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    said: dict[str, list[str]] = json.loads(done.stdout)
    assert list(said) == list(copies)
    return {name: "".join(lines) for name, lines in said.items() if lines}


def test_every_shown_source_has_a_copy_that_runs_with_torch_alone(
    pages: dict[str, tuple[list[str], str]],
) -> None:
    shown: dict[str, str] = {}
    for path, (names, page) in pages.items():
        if path.startswith("lessons/"):
            assert list(in_lesson(page)) == names, path
            whole = page.count('<details class="docstring no-copy">')
            assert page.count("<pre>") == len(names) + whole, path
            shown |= in_lesson(page)
        else:
            shown = in_reference(page) | shown

    assert len(shown) > 80
    assert broken(shown) == {}


def test_the_reference_has_a_copy_button_where_a_copy_runs_alone_and_nowhere_else(
    pages: dict[str, tuple[list[str], str]],
) -> None:
    folded = {path: page for path, (_, page) in pages.items() if path.startswith("reference/")}
    for path, page in folded.items():
        assert page.count('<div class="no-copy">') == len(pages[path][0]), path
        assert len(re.findall(r'class="[^"]*(?<!-)\bcopy\b', page)) == len(in_reference(page)), path
    offered = {name for page in folded.values() for name in in_reference(page)}

    assert {"course.training.loop.fit", "course.linear.prediction.Line"} <= offered
    assert "course.practice.exercise.check" not in offered, "it imports the course"
    assert "course.plotting.drawings.curves.curves" not in offered, "it reads a file beside it"
    assert not [name for name in offered if name.split(".")[-2][0].isupper()], "it is a method"


def test_a_lesson_cannot_show_what_has_no_copy_that_runs(config: MkDocsConfig) -> None:
    with pytest.raises(PluginError, match=r"curves\.curves would not run without"):
        rendered(["course.plotting.drawings.curves.curves"], config)


def test_a_copy_that_does_not_run_is_told() -> None:
    copies = {
        "json.refused": "import course\nrefused = max",
        "json.silent": "def silent(): pass",
        "json.wrong": "def wrong(): '>>> 1\\n2\\n'",
        "json.lacking": "def lacking(): '>>> lacking()\\n'; gone",
        "json.calling": "def calling(): '>>> loads(1)\\n'",
        "json.bringing": "def bringing(): pass\ndef other(): '>>> 1\\n3\\n'",
        "json.missing": "def forecast(): pass",
    }
    said = broken(copies)

    assert "Expected:\n    2\nGot:\n    1\n" in said.pop("json.wrong")
    assert "NameError: name 'gone' is not defined\n" in said.pop("json.lacking")
    assert "NameError: name 'loads' is not defined\n" in said.pop("json.calling"), "json has it"
    assert "Expected:\n    3\nGot:\n    1\n" in said.pop("json.bringing"), "it came along"
    assert said == {
        "json.refused": "ModuleNotFoundError('course: not torch, not of the standard library')",
        "json.missing": "KeyError('missing')",
    }
