"""What the repository promises at its top level: the locks, and the README's commands and table."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_is_locked_by_hashes_and_names_no_address(group: str):
    lock = (ROOT / "requirements" / f"{group}.txt").read_text()
    requirements = [block for block in re.split(r"\n(?=\S)", lock) if block.strip()]
    assert requirements
    for requirement in requirements:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", requirement)
        assert "--hash=sha256:" in requirement
    assert "://" not in lock
    assert "index" not in lock


@pytest.mark.parametrize("group", GROUPS)
def test_the_lock_holds_every_named_requirement_of_its_group(group: str):
    lock = (ROOT / "requirements" / f"{group}.txt").read_text().lower()
    included = [each["include-group"] for each in GROUPS[group] if isinstance(each, dict)]
    named = [GROUPS[name] for name in (group, *included)]
    for requirement in (each for one in named for each in one if isinstance(each, str)):
        name = re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower()
        if name not in {"every-lesson-is-a-program", "literate-lessons"}:
            assert re.search(rf"^{re.escape(name)}==", lock, re.MULTILINE), requirement


@pytest.mark.parametrize("session", ["serve", "tests"])
def test_the_readme_has_one_self_sufficient_command_for(session: str):
    commands = re.findall(rf"^```sh\n(.* -s {session})\n```$", README, re.MULTILINE)
    assert commands == [
        "python3 -m venv .venv && .venv/bin/pip install -q -r requirements/nox.txt"
        f" && .venv/bin/nox -s {session}"
    ]


def test_the_readme_links_to_files_and_folders_that_exist():
    linked = set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
    assert {"docs/lessons", "CONTRIBUTING.md"} <= linked
    assert [name for name in linked if not (ROOT / name).exists()] == []
