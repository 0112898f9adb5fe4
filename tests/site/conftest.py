"""The pages of the site as their authors wrote them, and a small site as MkDocs writes it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from literate.site import reference

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def settings() -> dict[str, Any]:
    """Return mkdocs.yml."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text.replace("!ENV", ""))
    return loaded


@pytest.fixture(scope="session")
def nav(settings: dict[str, Any]) -> list[Path]:
    """Return every page that nav names and somebody has written, in its order."""
    options = next(each["literate"] for each in settings["plugins"] if "literate" in each)
    made = {options["report"], reference.PLACE}

    def pages(entry: Any) -> list[str]:
        if isinstance(entry, str):
            return [entry]
        return [page for part in getattr(entry, "values", lambda: entry)() for page in pages(part)]

    return [ROOT / "docs" / page for page in pages(settings["nav"]) if page not in made]


PAGE = r"""---
description: What this lesson is about.
---

# A lesson

The loop is [`train`][course.networks.workflow.train]; its step is $w - \text{lr} \cdot g$.

## Its source

::: course.networks.workflow.train

``` { .text .no-copy .output }
done
```
"""
PAGES = {
    "lessons/small/index.md": "# Small\n\n[Figure](figure.py), [home](../../index.md#its-source)\n",
    "lessons/small/figure.py": '''# %% [markdown]
"""
# A figure

It is drawn by pyplot; the loop is [`train`][course.networks.workflow.train].
"""

# %% alt="A line that rises."
import matplotlib.pyplot as plt

_ = plt.plot([0, 1])

# %% [markdown]
"""
## Its line

It rises. It ends.
"""

# %% tags=["raises-exception"]
[0, 1].index(2)
''',
    "search.yml": "pages:\n  lessons/small/figure.py#its-line: [slope of a line]\n",
    "reference/glossary.md": "# Glossary\n\nloop\n:   What runs again and again.\n",
    "reference.md": "# Reference\n\n::: course.networks.workflow\n",
}
NAV = """nav:
  - Start: [index.md]
  - Lessons: [{Small: [lessons/small/index.md, lessons/small/figure.py]}]
  - Reference: [reference.md, reference/glossary.md]

"""


@pytest.fixture(scope="session")
def build() -> Callable[[Path, str], subprocess.CompletedProcess[str]]:
    """Return a function that builds a small site with this home page in a folder.

    Theme, plugins and Markdown are those of the real mkdocs.yml.
    """

    def made(folder: Path, home: str) -> subprocess.CompletedProcess[str]:
        shutil.copytree(ROOT / "docs/assets", folder / "docs/assets")
        for name, text in {"index.md": home, **PAGES}.items():
            path = folder / "docs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (folder / "docs/records").mkdir()
        weights = ("docs/records/small_cnn.json", "docs/records/small_cnn.pt")  # for the wheel
        for name in ("course", "literate", "pyproject.toml", "README.md", "LICENSE", *weights):
            (folder / name).symlink_to(ROOT / name)
        text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
        for pattern, new in (
            (r"^nav:\n(?:(?: .*)?\n)*", NAV),
            (r"^      preload:\n(?:        .*\n)+", "      preload: [matplotlib.pyplot]\n"),
            (r"^      reference: .*\n", ""),  # a page of the whole package is not small
            (r"^      moved:\n(?:        .*\n)+", ""),  # to pages that are not here
        ):
            text, swapped = re.subn(pattern, new, text, flags=re.MULTILINE)
            assert swapped == 1, pattern
        (folder / "mkdocs.yml").write_text(text, encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict"],
            cwd=folder,
            env={
                **os.environ,
                "NO_MKDOCS_2_WARNING": "1",
                "SITE_URL": "https://example.org/course/",
                "REPO_URL": "https://github.com/me/course",
            },
            capture_output=True,
            text=True,
            timeout=120,
        )

    return made


@pytest.fixture(scope="session")
def site(
    build: Callable[[Path, str], subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return the folder of a small site."""
    folder = tmp_path_factory.mktemp("site")
    done = build(folder, PAGE)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder / "site"
