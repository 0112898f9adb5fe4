"""The start page shows what its programs do, and leads into the course."""

import re
from pathlib import Path

import pytest

from literate.lesson.model import Code, Prose
from literate.lesson.page import read

ROOT = Path(__file__).parents[2]
HOME = read(ROOT / "docs/index.py", ROOT)
PROSE = "".join(str(part) for cell in HOME.cells if isinstance(cell, Prose) for part in cell.parts)


def test_the_first_program_finds_the_line_in_twelve_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (program,) = (
        cell.source for cell in HOME.cells if isinstance(cell, Code) and not cell.tags
        if "print(" in cell.source
    )  # fmt: skip

    exec(compile(program, "docs/index.py", "exec"), {})

    assert capsys.readouterr().out == "y = 2.000 x + 1.000\n"
    assert "$y = 2x + 1$" in PROSE
    assert len([line for line in program.splitlines() if line.strip()]) == 12
    assert "in twelve lines" in PROSE


def test_one_button_leads_to_the_first_lesson_as_next_does(nav: list[Path]) -> None:
    first = next(path for path in nav if path.parts[-3] == "lessons" and path.suffix == ".py")
    page = first.relative_to(ROOT / "docs").as_posix()

    assert re.findall(r"\(([^)]+)\)\{ \.md-button", PROSE) == [page]
    assert HOME.meta["next"] == page
    assert nav[0] == ROOT / HOME.name


def test_one_can_read_into_the_course_without_installing_first() -> None:
    before, _, _ = PROSE.partition("## How to read a lesson")
    assert "start/" not in before
