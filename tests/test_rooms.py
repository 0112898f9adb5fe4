"""One path, four rooms: a lesson, the module it teaches, its tests, and its exercises."""

import ast
from functools import cache
from pathlib import Path

import jupytext
import pytest
import yaml

ROOT = Path(__file__).parent.parent
COURSE, LESSONS, TESTS = ROOT / "course", ROOT / "docs" / "lessons", ROOT / "tests"
FORMATS = (".py", ".md", ".ipynb")


def files(folder, *suffixes):
    """Return the pages or modules below a folder, by their paths without suffix."""
    return {
        path.relative_to(folder).with_suffix("").as_posix(): path
        for suffix in suffixes
        for path in sorted(folder.rglob(f"*{suffix}"))
        if path.stem not in {"__init__", "index"}
    }


lessons = files(LESSONS, *FORMATS)
code = files(COURSE, ".py")
modules = [name for name in code if "/exercises/" not in name]


@cache
def nav():
    """Return every page that nav in mkdocs.yml names."""

    class Loader(yaml.SafeLoader):
        """Reads the file although it holds tags that only MkDocs knows."""

    Loader.add_multi_constructor("", lambda loader, tag, node: None)
    todo = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader)["nav"]
    pages = []
    while todo:
        entry = todo.pop()
        if isinstance(entry, str):
            pages.append(entry)
        else:
            todo.extend(entry.values() if isinstance(entry, dict) else entry)
    return pages


@cache
def imports(path):
    """Return what a module or a lesson imports, by the names of modules, and what it draws with."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        text = jupytext.writes(jupytext.reads(text, path.suffix[1:]), "py:percent")
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{each.name}" for each in node.names} | {node.module}
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "plotting":
            names.add(f"course.plotting.{node.attr}")
    return names


def users(module):
    """Return the lessons and the other modules that use a module."""
    name = f"course.{module.replace('/', '.')}"
    known_as = {name, name.replace("plotting.drawings.", "plotting.")}  # a drawing is found by name
    package = {path for path in COURSE.rglob("*.py") if path != code[module]}
    return [path for path in (*lessons.values(), *package) if imports(path) & known_as]


def test_there_are_lessons():
    assert lessons


def test_a_lesson_is_one_page():
    pages = [name for suffix in FORMATS for name in files(LESSONS, suffix)]
    twice = sorted({name for name in pages if pages.count(name) > 1})
    assert not twice, f"docs/lessons has two pages of {', and of '.join(twice)}: keep one"


@pytest.mark.parametrize("lesson", lessons)
def test_a_lesson_has_its_module_its_tests_its_exercises_its_theme_and_its_place_in_nav(lesson):
    theme, name = lesson.split("/")
    rooms = (
        COURSE / theme / f"{name}.py",
        COURSE / theme / "exercises" / f"{name}.py",
        TESTS / theme / f"test_{name}.py",
        LESSONS / theme / "index.md",
    )
    missing = [room.relative_to(ROOT).as_posix() for room in rooms if not room.is_file()]
    assert not missing, f"the lesson {lesson} has no {', no '.join(missing)}"
    pages = (lessons[lesson], LESSONS / theme / "index.md")
    absent = {page.relative_to(ROOT / "docs").as_posix() for page in pages} - {*nav()}
    assert not absent, f"nav in mkdocs.yml does not have {', nor '.join(absent)}"
    assert nav().count(f"lessons/{lesson}{lessons[lesson].suffix}") == 1, "it is in nav twice"
    # That its exercises are right, and that it shows them: tests/practice/test_every_exercise.py


@pytest.mark.parametrize("module", modules)
def test_a_module_has_its_tests(module):
    tests = (TESTS / module).with_name(f"test_{Path(module).name}.py").relative_to(ROOT)
    assert (ROOT / tests).is_file(), f"course/{module}.py has no tests: write {tests}"


@pytest.mark.parametrize("module", [name for name in modules if name not in lessons])
def test_a_module_that_is_no_lessons_is_used(module):
    assert users(module), f"course/{module}.py has no lesson, and no lesson and no module uses it"


@pytest.mark.parametrize("lesson", lessons)
def test_a_figure_leads_each_lesson(lesson):
    heads = lessons[lesson].read_text(encoding="utf-8").split("\n")
    leads = [head for head in heads if head.startswith("# %%") and ' lead="' in head]
    told = f'{lesson}: give the cell of one figure a lead="sentence"'
    assert len(leads) == 1, told


def test_every_lesson_teaches_a_row_of_the_curriculum():
    rows = yaml.safe_load((ROOT / "docs" / "curriculum.yml").read_text(encoding="utf-8"))["rows"]
    taught = {row["lesson"] for row in rows if "lesson" in row}
    without, gone = lessons.keys() - taught, taught - lessons.keys()
    assert not without, f"docs/curriculum.yml has no row whose lesson is {', or '.join(without)}"
    assert not gone, f"docs/curriculum.yml names {', and '.join(gone)}: there is no such lesson"
    # That a row has what it claims: tests/curriculum.py, which the page Coverage runs
