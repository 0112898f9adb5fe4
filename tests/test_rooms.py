"""One path, four rooms: a lesson, the module it teaches, its tests, and its exercises."""

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
COURSE, LESSONS, TESTS = ROOT / "course", ROOT / "docs" / "lessons", ROOT / "tests"

# Modules that are no lesson's, because they serve several lessons.
SHARED = {
    "autograd/engine",
    "practice/boxes",
    "practice/exercise",
    "practice/mistake",
    "practice/outcome",
    "practice/question",
    "practice/source",
    "training/batches",
    "training/bootstrap",
    "training/checkpoints",
    "training/metrics",
    "training/splits",
    "training/stopping",
    "training/thresholds",
    "data/checksums",
    "data/digits",
    "data/download",
    "data/mnist",
    "data/neighbours",
    "device",
    "plotting/drawings/sharing",
    "plotting/drawings/stretched",
    "plotting/drawings/contours",
    "plotting/drawings/paths",
    "plotting/drawings/fits",
    "plotting/drawings/functions",
    "plotting/drawings/gradients",
    "plotting/drawings/diagram",
    "plotting/drawings/tiles",
    "plotting/drawings/histograms",
    "plotting/drawings/gallery",
    "plotting/drawings/cells",
    "plotting/drawings/verdict",
    "plotting/layers",
    "plotting/drawings/memory",
    "plotting/drawings/curves",
    "plotting/drawings/panels",
    "plotting/origins",
    "plotting/drawings/dots",
    "plotting/drawings/boundary",
    "plotting/drawings/plane",
    "plotting/drawings/beside",
    "plotting/drawings/clouds",
    "plotting/style",
    "plotting/drawings/landscape",
    "plotting/drawings/tangents",
    "plotting/drawings/agreement",
    "plotting/drawings/arrows",
    "project/bundle",
    "project/matches",
    "project/table",
}


def names(folder, *suffixes):
    """Return the paths of the pages or modules below a folder, without their suffix."""
    found = (path for suffix in suffixes for path in folder.rglob(f"*{suffix}"))
    paths = (path.relative_to(folder).with_suffix("") for path in found)
    return sorted(path.as_posix() for path in paths if path.name not in {"__init__", "index"})


lessons = names(LESSONS, ".py", ".md", ".ipynb")
modules = [name for name in names(COURSE, ".py") if "/exercises/" not in name]


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


def test_there_are_lessons():
    assert lessons
    assert len(lessons) == len(set(lessons)), "one lesson has two pages"


@pytest.mark.parametrize("lesson", lessons)
def test_a_lesson_has_its_module_its_tests_its_theme_and_its_place_in_nav(lesson):
    theme, name = lesson.split("/")
    assert (COURSE / theme / f"{name}.py").is_file()
    assert (COURSE / theme / "exercises" / f"{name}.py").is_file()
    assert (TESTS / theme / f"test_{name}.py").is_file()
    assert (LESSONS / theme / "index.md").is_file()
    in_nav = nav()
    assert f"lessons/{theme}/index.md" in in_nav
    places = [page for page in in_nav if page.rsplit(".", 1)[0] == f"lessons/{lesson}"]
    assert len(places) == 1
    assert (ROOT / "docs" / places[0]).is_file()
    # That its exercises are right, and that it shows them: tests/practice/test_every_exercise.py


@pytest.mark.parametrize("module", modules)
def test_a_module_has_its_tests_and_is_a_lessons_or_listed_as_shared(module):
    path = TESTS / module
    assert path.with_name(f"test_{path.name}.py").is_file()
    assert (module in lessons) != (module in SHARED)


def test_the_list_of_shared_modules_names_nothing_else():
    assert set(modules) >= SHARED


def test_every_lesson_teaches_a_row_of_the_curriculum():
    rows = yaml.safe_load((ROOT / "docs" / "curriculum.yml").read_text(encoding="utf-8"))["rows"]
    assert {row["lesson"] for row in rows if "lesson" in row} == set(lessons)
    # That a row has what it claims: tests/curriculum.py, which the page Coverage runs
