"""What goes wrong in lessons has its cause, and the other names of the search lead somewhere."""

from pathlib import Path
from typing import Any

import pytest

from literate.lesson.model import Code
from literate.lesson.page import read
from literate.site.names import located
from literate.site.names import read as names

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LESSONS = sorted(DOCS.glob("lessons/*/*.py"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_exception_that_a_lesson_shows_has_its_cause(path: Path) -> None:
    cells = [cell for cell in read(path, ROOT).cells if isinstance(cell, Code)]
    raising = [cell for cell in cells if "raises-exception" in cell.tags]

    assert [f"line {cell.line}" for cell in raising if not cell.cause] == []


def test_no_two_lessons_have_the_same_symptom() -> None:
    cells = [cell for path in LESSONS for cell in read(path, ROOT).cells]
    symptoms = [cell.symptom for cell in cells if isinstance(cell, Code) and cell.symptom]

    assert len(symptoms) == len(set(symptoms)) > 20


def test_a_cause_is_a_sentence_and_a_symptom_is_none() -> None:
    cells = [cell for path in LESSONS for cell in read(path, ROOT).cells]
    code = [cell for cell in cells if isinstance(cell, Code)]

    assert [cause for cell in code for cause in cell.cause if not cause.endswith(".")] == []
    assert [cell.symptom for cell in code if cell.symptom.endswith(".")] == []


def test_the_names_of_the_search_are_of_words_and_pages_that_are_there(
    settings: dict[str, Any],
) -> None:
    options = next(plugin["literate"] for plugin in settings["plugins"] if "literate" in plugin)
    found = names(ROOT / options["names"], DOCS / options["glossary"], options["glossary"])
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*") if path.is_file()}

    assert len(located(found, {page: page for page in pages})) > 50
