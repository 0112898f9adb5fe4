"""A new lesson in one command: what it makes, what it refuses, and that it can be filled in."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests import new

ROOT = Path(__file__).parents[1]
EDITED = ("mkdocs.yml", "docs/curriculum.yml", "pyproject.toml")

#: A row that no lesson teaches: the curriculum itself has none any more.
ROW = """- id: N99
  part: 4
  title: Scores as shares
  must_show: >-
    numbers above 0 that sum to 1
"""


def with_row(root):
    """Put the row into the curriculum of a copy, before that of the final project."""
    path = root / "docs/curriculum.yml"
    before, first, rest = path.read_text().partition("- id: F1\n")
    assert first
    path.write_text(before + ROW + first + rest)


def last_of(theme):
    """Return the line of the last lesson of a theme in nav."""
    lines = (ROOT / "mkdocs.yml").read_text().splitlines()
    return [line for line in lines if f"- lessons/{theme}/" in line][-1]


@pytest.fixture
def project(tmp_path):
    """Return a folder with the files that `new` reads, two themes, and one lesson of each."""
    for name in EDITED:
        copy = tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy)
    with_row(tmp_path)
    for theme in ("linear", "networks"):
        (tmp_path / "docs/lessons" / theme).mkdir(parents=True)
        (tmp_path / "docs/lessons" / theme / "index.md").touch()
        (tmp_path / "course" / theme / "exercises").mkdir(parents=True)
    (tmp_path / "course/linear/cost.py").touch()
    (tmp_path / "course/device.py").touch()
    (tmp_path / "course/plotting").mkdir()
    return tmp_path


def files(root):
    """Return the content of every file of a folder."""
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def row(root, id):
    """Return a row of the curriculum."""
    rows = yaml.safe_load((root / "docs/curriculum.yml").read_text())["rows"]
    return next(row for row in rows if row["id"] == id)


def around(root, line):
    """Return a line of mkdocs.yml with the one before and the one after it."""
    lines = (root / "mkdocs.yml").read_text().splitlines()
    at = next(index for index, each in enumerate(lines) if each.endswith(line))
    return lines[at - 1 : at + 2]


def test_a_lesson_of_a_theme_that_exists_is_four_files_a_line_and_a_row(project, capsys):
    before = files(project)
    assert new.main(["networks/shares", "Scores as shares"], project) == 0
    changed = {path for path, text in files(project).items() if before.get(path) != text}
    made = {
        "course/networks/shares.py",
        "tests/networks/test_shares.py",
        "docs/lessons/networks/shares.py",
        "course/networks/exercises/shares.py",
    }
    names = {path.relative_to(project).as_posix() for path in changed}
    assert names == made | {"mkdocs.yml", "docs/curriculum.yml"}
    told = capsys.readouterr().out.splitlines()[:-1]
    assert set(told) == {f"made  {name}" for name in made} | {
        "edited  mkdocs.yml",
        "edited  docs/curriculum.yml",
    }
    assert around(project, "- lessons/networks/shares.py")[0] == last_of("networks")
    assert row(project, "N99")["lesson"] == "networks/shares"
    assert row(project, "N99")["sections"] == []


def test_the_rest_of_the_edited_files_stays_to_the_letter(project):
    before = {name: (project / name).read_text().splitlines() for name in EDITED}
    assert new.main(["networks/shares", "Scores as shares"], project) == 0
    for name, lines in before.items():
        after = iter((project / name).read_text().splitlines())
        assert all(line in after for line in lines), name


def test_after_gives_the_place_in_nav(project):
    arguments = ["linear/lasso", "Fewer weights", "--after", "linear/cost"]
    assert new.main(arguments, project) == 0
    before, _, after = around(project, "- lessons/linear/lasso.py")
    assert before.endswith("lessons/linear/cost.py")
    assert after.endswith("lessons/linear/descent.py")


def test_a_row_that_is_named_is_filled_in_and_a_title_without_a_row_gets_one(project):
    assert new.main(["networks/shares", "Another title", "--row", "N99"], project) == 0
    assert row(project, "N99")["lesson"] == "networks/shares"
    assert row(project, "N99")["title"] == "Scores as shares"
    assert new.main(["linear/lasso", "Fewer weights: none too many"], project) == 0
    rows = yaml.safe_load((project / "docs/curriculum.yml").read_text())["rows"]
    made = next(row for row in rows if row.get("lesson") == "linear/lasso")
    assert made["title"] == "Fewer weights: none too many"
    others = [row for row in rows if row is not made]
    assert made["id"] not in [row["id"] for row in others]
    assert rows[rows.index(made) - 1]["lesson"].startswith("linear/")
    assert made["part"] == rows[rows.index(made) - 1]["part"]


def test_a_theme_that_does_not_exist_yet_is_made(project):
    arguments = ["vision/speed", "Where the time goes", "--after", "networks/workflow"]
    assert new.main([*arguments, "--theme", "Larger and faster"], project) == 0
    page = (project / "docs/lessons/vision/index.md").read_text()
    assert "\n# Larger and faster\n" in page
    assert "<!-- lessons -->" in page
    for name in ("course/vision/__init__.py", "course/vision/exercises/__init__.py"):
        assert (project / name).read_text().startswith('"""')
    lines = (project / "mkdocs.yml").read_text().splitlines()
    at = lines.index(last_of("networks"))
    assert lines[at + 1 : at + 4] == [
        "      - Larger and faster:",
        "          - lessons/vision/index.md",
        "          - lessons/vision/speed.py",
    ]
    contracts = tomllib.loads((project / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    assert layers.index("vision") == layers.index("networks") - 1
    assert new.main(["vision/devices", "Elsewhere"], project) == 0, "the theme is known now"


def test_without_a_place_a_new_theme_comes_last(project):
    assert new.main(["vision/speed", "Where the time goes"], project) == 0
    assert around(project, "- lessons/vision/speed.py")[2] == "  - Reference:"
    contracts = tomllib.loads((project / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert contracts["contracts"][0]["layers"][0] == "vision"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["linear/cost", "Cost"], "course/linear/cost.py exists"),
        (["linear/descent", "Descent"], "mkdocs.yml has linear/descent in nav"),
        (["linear/Cost", "Cost"], "'Cost' is no name of a module"),
        (["linear/class", "Classes"], "'class' is no name of a module"),
        (["linear/../x", "Out"], "'../x' is no name of a module"),
        (["9/x", "Nine"], "'9' is no name of a module"),
        (["linear/index", "Index"], "'index' means something else here"),
        (["linear", "Linear"], "'linear' has no theme"),
        (["plotting/x", "X"], "course/plotting is no theme"),
        (["device/x", "X"], "course/device is no theme"),
        (["linear/x", ""], "a lesson has a title"),
        (["linear/x", 'A "title"'], "is not one line without quotes"),
        (["linear/x", "A\ntitle"], "is not one line without quotes"),
        (["linear/x", "X", "--after", "linear/gone"], "nav has no such lesson; it has tensors/"),
        (["linear/x", "X", "--after", "networks/workflow"], "that is a lesson of another theme"),
        (["linear/x", "X", "--row", "Z9"], "the curriculum has no such row"),
        (["linear/x", "X", "--row", "L2"], "linear/cost teaches it already"),
    ],
)
def test_what_is_in_the_way_is_told_and_nothing_changes(project, capsys, arguments, told):
    before = files(project)
    assert new.main(arguments, project) == 1
    assert capsys.readouterr().err.startswith("nothing was made: ")
    assert new.main(arguments, project) == 1
    assert told in capsys.readouterr().err
    assert files(project) == before


def test_what_was_written_is_taken_back_if_something_cannot_be(project, monkeypatch, capsys):
    before, written = files(project), Path.write_text

    def full(path, *arguments, **options):
        if path.name == "curriculum.yml":
            raise OSError(28, "No space left on device")
        return written(path, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", full)
    assert new.main(["vision/speed", "Speed"], project) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert files(project) == before
    assert not (project / "course/vision").exists()


MODULE = '''"""Scores as shares."""

from torch import Tensor


def shares(x: Tensor) -> Tensor:
    """Return the share of each score, shape `(n,)`.

    Args:
        x: Shape `(n,)`.

    Raises:
        ValueError: If there is no score.

    Examples:
        >>> import torch
        >>> shares(torch.zeros(2))
        tensor([0.5000, 0.5000])
    """
    if not len(x):
        raise ValueError("expected at least one score, got none")
    powers = (x - x.max()).exp()
    return powers / powers.sum()
'''


EXERCISES = "course/networks/exercises/shares.py"


def fill_in(root):
    """Write the least that makes a lesson of what `new` has made."""

    def edit(name, *pairs):
        text = (root / name).read_text()
        for old, replacement in pairs:
            assert text.count(old) == 1, f"{name}: {old}"
            text = text.replace(old, replacement)
        (root / name).write_text(text)

    (root / "course/networks/shares.py").write_text(MODULE)
    edit(
        "tests/networks/test_shares.py",
        ("expected = X\n", "expected = torch.softmax(X, dim=0)\n"),
    )
    edit(
        "docs/lessons/networks/shares.py",
        ("torch.equal(found, x)", "torch.equal(found, torch.softmax(x, 0))"),
        ("What you do in this lesson, in one", "Scores as shares of one, in one"),
    )
    mistake = "mistakes=(Mistake({edit}, says={says}),),"
    edit(
        EXERCISES,
        ("import Exercise\n", "import Exercise, Mistake\n"),
        (
            f'    raise NotImplementedError("{EXERCISES}: write the solution")',
            "    return x + 0 * x",
        ),
        (
            f'    raise NotImplementedError("{EXERCISES}: write the second solution")',
            "    return x * 1",
        ),
    )
    text = (root / EXERCISES).read_text()
    for old, wrong in (("x + 0 * x", "x + 1"), ("x * 1", "x * 2")):
        done = mistake.format(edit=f'"{old}", "{wrong}"', says=f'"That is {wrong}."')
        text = text.replace("mistakes=(),", done, 1)
    (root / EXERCISES).write_text(text)
    edit(
        "docs/curriculum.yml",
        (
            "  lesson: networks/shares\n  sections: []\n  implements: []\n  exercises: []\n",
            "  lesson: networks/shares\n  sections: [The same as a function]\n"
            "  implements: [course.networks.shares.shares]\n"
            "  exercises: [networks/shares_small, networks/shares_large]\n",
        ),
    )


WRITTEN = ("course/networks", "docs/lessons/networks", "tests/networks")
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
TESTS = (
    "tests/networks/test_shares.py",
    "tests/test_rooms.py",
    "tests/site/test_descriptions.py",
)
CHECKS = """
import sys
from pathlib import Path

from literate.build import Options, build, failures

root = Path.cwd()
pages = [root / "docs/lessons/networks/shares.py", root / "docs/reference/coverage.py"]
found = failures(build(pages, Options(root, preload=("torch",))))
print(found)
sys.exit(bool(found))
"""


def test_a_new_lesson_is_red_until_it_is_filled_in_and_then_green(tmp_path):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if name.startswith(("course/", "docs/", "tests/", "literate/")) or "/" not in name:
            copy = tmp_path / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy)
    with_row(tmp_path)

    def python(*arguments):
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
        return done.returncode, done.stdout + done.stderr

    def tests():
        """Run the tests that look at the lesson, and those that look at all of them."""
        exercises = python(*PYTEST, "tests/practice/test_every_exercise.py", "-k", "shares")
        others = python(*PYTEST, *TESTS)
        return exercises[0], others[0], exercises[1] + others[1]

    assert python("tests/new.py", "networks/shares", "Scores as shares")[0] == 0
    first, second, said = tests()
    assert (first, second) == (1, 1)
    assert "course/networks/shares.py: write what the lesson teaches" in said
    assert "test_the_solution_passes_and_prints_nothing[networks/shares_small]" in said
    assert "tests/test_rooms.py" not in said, "its rooms are there"
    status, said = python("-c", CHECKS)
    assert status == 1
    assert "NotImplementedError: course/networks/shares.py: write what the lesson teaches" in said
    assert "N99: has no sections, no implements, no exercises" in said

    fill_in(tmp_path)
    first, second, said = tests()
    assert (first, second) == (0, 0), said
    status, said = python("-c", CHECKS)
    assert status == 0, said
    status, said = python("-m", "ruff", "check", *WRITTEN)
    assert status == 0, said
    status, said = python("-m", "ruff", "format", "--check", *WRITTEN)
    assert status == 0, said
