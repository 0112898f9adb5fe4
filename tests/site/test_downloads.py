"""The downloads of the real site: what mkdocs.yml says of them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def options(settings: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in settings["plugins"] if "literate" in each)
    own: dict[str, Any] = found["literate"]
    return own


def test_every_lesson_is_offered(options: dict[str, Any], nav: list[Path]) -> None:
    lessons = [page for page in nav if page.is_relative_to(ROOT / "docs/lessons")]
    lessons = [page for page in lessons if page.name != "index.md"]
    assert lessons
    for lesson in lessons:
        assert any(map(lesson.match, options["downloads"])), lesson


def test_how_to_install_names_the_wheel_and_a_section_that_there_is(
    options: dict[str, Any],
) -> None:
    assert 'pip install "{wheel}"' in options["install"]
    (page, anchor) = re.findall(r"\]\(/([^)#]+)#([^)]+)\)", options["install"])[0]
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    titles = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert anchor in [re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in titles]


def test_the_launch_link_leads_to_the_branch_that_the_workflow_fills(
    options: dict[str, Any],
) -> None:
    start, branch = "https://colab.research.google.com/github/{repository}/blob/", "notebooks"
    assert options["launch"] == f"{start}{branch}/{{path}}"
    workflow = (ROOT / ".github/workflows/site.yml").read_text(encoding="utf-8")
    assert f"git init --quiet --initial-branch {branch}" in workflow
    assert f"HEAD:{branch}" in workflow


def test_a_lesson_of_a_published_site_can_be_taken_along_and_run_elsewhere(site: Path) -> None:
    page = (site / "lessons/small/figure.html").read_text(encoding="utf-8")
    downloads = page.split('<div class="downloads"')[1].split("</div>")[0]
    assert re.findall(r'href="([^"]*)"', downloads) == [
        "figure/figure.ipynb",
        "figure/figure.py",
        "https://colab.research.google.com/github/me/course/blob/notebooks/"
        "lessons/small/figure/figure.ipynb",
    ]
    (wheel,) = (site / "wheels").iterdir()
    address = f"https://example.org/course/wheels/{wheel.name}"
    command = f'pip install "every-lesson-is-a-program[lessons] @ {address}"'
    notebook = json.loads((site / "lessons/small/figure/figure.ipynb").read_text(encoding="utf-8"))
    assert f"```bash\n{command}\n```" in "".join(notebook["cells"][1]["source"])
    script = (site / "lessons/small/figure/figure.py").read_text(encoding="utf-8")
    assert f"\n# {command}\n" in script
