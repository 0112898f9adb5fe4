"""What the repository promises at its top level: the locks, and the README's commands and table."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS, PROJECT = SETTINGS["dependency-groups"], SETTINGS["project"]
README = (ROOT / "README.md").read_text()


#: `generated` is what peers of a benchmark have in common; nobody installs it by itself.
LOCKED = [name for name in GROUPS if name != "generated"]


@pytest.mark.parametrize("group", LOCKED)
def test_every_group_is_locked_by_hashes_and_names_no_address(group: str):
    lock = (ROOT / "requirements" / f"{group}.txt").read_text()
    requirements = [block for block in re.split(r"\n(?=\S)", lock) if block.strip()]
    assert requirements
    for requirement in requirements:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", requirement)
        assert "--hash=sha256:" in requirement
    assert "://" not in lock
    assert "index" not in lock


@pytest.mark.parametrize("group", LOCKED)
def test_the_lock_holds_every_named_requirement_of_its_group(group: str):
    lock = (ROOT / "requirements" / f"{group}.txt").read_text().lower()
    included = [each["include-group"] for each in GROUPS[group] if isinstance(each, dict)]
    named = [GROUPS[name] for name in (group, *included)]
    for requirement in (each for one in named for each in one if isinstance(each, str)):
        name = re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower()
        if name not in {"every-lesson-is-a-program", "literate-lessons"}:
            assert re.search(rf"^{re.escape(name)}==", lock, re.MULTILINE), requirement


def test_the_lowest_versions_that_are_locked_are_those_that_the_package_promises():
    """A bound below what can be installed at all would promise what nobody has tried."""
    lock = (ROOT / "requirements" / "lowest.txt").read_text()
    for requirement in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["lessons"]:
        name, bound = requirement.split(">=")
        locked = re.search(rf"^{re.escape(name)}==(\S+)", lock, re.MULTILINE)[1]
        assert locked.removesuffix(".0").removesuffix(".0") == bound, name


def test_the_workflow_tests_every_python_from_the_lowest_on_and_publishes_nothing_else():
    workflow = yaml.safe_load((ROOT / ".github/workflows/site.yml").read_text())
    jobs = workflow["jobs"]
    lowest = PROJECT["requires-python"].removeprefix(">=3.")
    pythons = jobs["pythons"]["strategy"]["matrix"]["python-version"]
    assert pythons == [f"3.{int(lowest) + each}" for each in range(4)]
    assert jobs["pythons"]["steps"][1]["with"] == {"python-version": "${{ matrix.python-version }}"}
    assert jobs["pythons"]["steps"][-1] == {"run": "nox -s tests doctest"}
    assert set(jobs["publish"]["needs"]) == jobs.keys() - {"publish"}


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
