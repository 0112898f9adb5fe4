"""What holds for the exercises of every lesson, where it shows them."""

import importlib
import re
from pathlib import Path

import pytest

from course.practice import Exercise
from literate.lesson.model import Code
from literate.lesson.page import read

ROOT = Path(__file__).parents[2]
LESSONS = {
    f"{path.parent.name}/{path.stem}": path
    for path in sorted((ROOT / "docs" / "lessons").rglob("*"))
    if path.suffix in {".py", ".md", ".ipynb"} and path.name != "index.md"
}


def made_for(lesson):
    """Return the names of the exercises in the module of a lesson."""
    theme, name = lesson.split("/")
    module = importlib.import_module(f"course.{theme}.exercises.{name}")
    return [each for each, value in vars(module).items() if isinstance(value, Exercise)]


def shown_by(path):
    """Return the names of the exercises that a lesson shows, each in a hidden cell."""
    names = []
    for cell in read(path, ROOT).cells:
        if isinstance(cell, Code):
            last = cell.source.rstrip().rpartition("\n")[2]
            if match := re.fullmatch(r"exercises\.(\w+)", last):
                assert "hide-input" in cell.tags, f"{path.name}: {last} shows its code"
                names.append(match[1])
    return names


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_shows_its_own_two_to_four_exercises_once_each(lesson):
    shown = shown_by(LESSONS[lesson])
    assert 2 <= len(shown) <= 4
    assert sorted(shown) == sorted(made_for(lesson))


def test_each_module_of_exercises_is_a_lessons():
    modules = (ROOT / "course").glob("*/exercises/[!_]*.py")
    assert {f"{path.parts[-3]}/{path.stem}" for path in modules} == set(LESSONS)
