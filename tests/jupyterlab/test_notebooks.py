"""What a reader sees who opens a downloaded notebook in JupyterLab, and trusts nothing."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.jupyterlab.conftest import SITE

#: Pictures that one can see: loaded, with a size.
SEEN = """cells => cells.flatMap(cell => [...cell.querySelectorAll('img, svg')]).filter(
    each => each.getBoundingClientRect().width > 50 && each.naturalWidth !== 0).length"""

#: Links that lead to nothing: JupyterLab makes `/files/…` out of those to files beside it.
DEAD = """cells => cells.flatMap(cell => [...cell.querySelectorAll('a[href]')])
    .filter(link => !link.classList.contains('jp-InternalAnchorLink'))
    .map(link => link.getAttribute('href')).filter(href => !/^(https?|mailto):/.test(href))"""


@pytest.fixture
def notebook(browser: Browser, jupyterlab: str, path: Path) -> Iterator[Page]:
    """Open a notebook in a window of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{jupyterlab}/lab/tree/{path.relative_to(SITE).as_posix()}?reset")
    expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible()
    count = len(read(path)["cells"])
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(count)
    expect(page.locator(".jp-Notebook .jp-MarkdownCell:not(.jp-mod-rendered)")).to_have_count(0)
    yield page
    context.close()


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def figures(content: dict[str, Any]) -> int:
    """Return how many pictures the outputs show that nobody has hidden."""
    cells = [
        c for c in content["cells"] if not c["metadata"].get("jupyter", {}).get("outputs_hidden")
    ]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    return sum(any(kind.startswith("image/") for kind in each.get("data", ())) for each in outputs)


def test_figures_show_links_lead_somewhere_and_exercises_can_be_typed_into(
    notebook: Page, path: Path
) -> None:
    content = read(path)
    trust = notebook.locator(".jp-StatusItem-trust")
    expect(trust).to_have_attribute("title", re.compile("^Notebook not trusted: 0 of "))
    outputs = notebook.locator(".jp-Notebook .jp-OutputArea-output")
    assert outputs.evaluate_all(SEEN) == figures(content)
    assert notebook.locator(".jp-Notebook .jp-Cell").evaluate_all(DEAD) == []
    tasks = [c for c in content["cells"] if "exercise" in c["metadata"].get("tags", ())]
    assert tasks, "a lesson has exercises"
    for task in tasks:
        at = content["cells"].index(task)
        cell = notebook.locator(".jp-Notebook .jp-Cell").nth(at)
        before = notebook.locator(".jp-Notebook .jp-Cell").nth(at - 1)
        expect(before).to_contain_text("Exercise: ")
        cell.locator(".cm-content").click()
        notebook.keyboard.press("Control+Home")
        notebook.keyboard.type("# my own try")
        expect(cell.locator(".cm-content")).to_contain_text("# my own try")
        expect(cell.locator(".cm-content")).to_contain_text("check(")
