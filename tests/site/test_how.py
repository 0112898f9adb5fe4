"""The page about the engine names what the engine has."""

import importlib.metadata
import re
from pathlib import Path

from literate.site.plugin import Literate

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/start/how-this-site-is-built.py").read_text(encoding="utf-8")


def test_the_table_of_options_names_each_option_once() -> None:
    rows = re.findall(r"^\| (`[^|]*`) \|", PAGE, re.MULTILINE)
    named = re.findall(r"`(\w+)`", " ".join(rows))

    assert sorted(named) == sorted(name for name, _ in Literate.config_scheme)


def test_the_comparison_is_with_the_version_in_use() -> None:
    assert f"| What | mkdocs-jupyter {importlib.metadata.version('mkdocs-jupyter')} |" in PAGE
