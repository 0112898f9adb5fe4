"""The program on the home page does what the page says."""

import re
from pathlib import Path

import pytest

HOME = (Path(__file__).parents[2] / "docs/index.md").read_text(encoding="utf-8")


def test_the_first_program_finds_the_line_in_twelve_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", HOME, re.DOTALL)

    exec(compile(program, "docs/index.md", "exec"), {})

    assert capsys.readouterr().out == "y = 2.000 x + 1.000\n"
    assert "$y = 2x + 1$" in HOME
    assert len([line for line in program.splitlines() if line.strip()]) == 12
    assert "in twelve lines" in HOME
