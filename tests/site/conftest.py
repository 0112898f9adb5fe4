"""The pages of the site as their authors wrote them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def settings() -> dict[str, Any]:
    """Return mkdocs.yml."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text.replace("!ENV", ""))
    return loaded


@pytest.fixture(scope="session")
def nav(settings: dict[str, Any]) -> list[Path]:
    """Return every page that nav names, in its order."""

    def pages(entry: Any) -> list[str]:
        if isinstance(entry, str):
            return [entry]
        return [page for part in getattr(entry, "values", lambda: entry)() for page in pages(part)]

    return [ROOT / "docs" / page for page in pages(settings["nav"])]
