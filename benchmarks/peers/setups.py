"""The files beside the lessons: the settings that each engine's own documentation tells to use."""

import re
from pathlib import Path
from typing import Any

import yaml
from mkdocs.utils.yaml import yaml_load

from benchmarks.peers import source
from literate.running.workers import cores

ROOT = Path(__file__).resolve().parents[2]
NAME = "Lessons"


def literate(count: int) -> dict[str, str]:
    """Return the settings of this site, without what they say of its own lessons and package."""
    found: dict[str, Any] = yaml_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    del found["nav"]
    options = next(each["literate"] for each in found["plugins"] if "literate" in each)
    for name in (
        "preload",
        "reference",
        "reference_without",
        "moved",
        "names",
        "glossary",
        "explained",
    ):
        del options[name]
    names = ("pyproject.toml", "README.md", "LICENSE")  # the wheel that the site carries has them
    kept = {name: (ROOT / name).read_text(encoding="utf-8") for name in names}
    weights = r"\[tool\.hatch\.build\.targets\.wheel\.force-include\]\n(?:.+\n)+"
    kept["pyproject.toml"] = re.sub(weights, "", kept["pyproject.toml"])  # not on a generated site
    return {"mkdocs.yml": _yaml(found), "docs/index.md": f"# {NAME}\n", **kept}


def mkdocs_jupyter(count: int) -> dict[str, str]:
    """Return the settings of MkDocs with mkdocs-jupyter, which runs Python files where told to."""
    plugin = {"mkdocs-jupyter": {"execute": True, "include": ["*.py"]}}
    return _mkdocs(["search", plugin])


def markdown_exec(count: int) -> dict[str, str]:
    """Return the settings of MkDocs with markdown-exec."""
    extensions = ["tables", "toc", {"pymdownx.arithmatex": {"generic": True}}]
    return _mkdocs(["search", "markdown-exec"], [*extensions, "pymdownx.superfences"])


def _mkdocs(plugins: list[Any], extensions: list[Any] | None = None) -> dict[str, str]:
    settings = {"site_name": NAME, "theme": "material", "plugins": plugins}
    more = {"markdown_extensions": extensions} if extensions else {}
    return {"mkdocs.yml": _yaml(settings | more), "docs/index.md": f"# {NAME}\n"}


def sphinx_gallery(count: int) -> dict[str, str]:
    """Return the settings of Sphinx with sphinx-gallery, examples running side by side."""
    options = {"examples_dirs": "../examples", "gallery_dirs": "auto_examples", "parallel": cores()}
    return {
        "source/conf.py": _sphinx("sphinx_gallery.gen_gallery", f"sphinx_gallery_conf = {options}"),
        "source/index.rst": f"{NAME}\n=======\n\n.. toctree::\n\n   auto_examples/index\n",
        "examples/GALLERY_HEADER.rst": "Examples\n========\n",
    }


def myst_nb(count: int) -> dict[str, str]:
    """Return the settings of Sphinx with MyST-NB and its cache of executed notebooks."""
    options = 'nb_execution_mode = "cache"\nmyst_enable_extensions = ["dollarmath"]'
    names = "\n".join(name for name, _ in source.lessons(count))
    return {
        "source/conf.py": _sphinx("myst_nb", options),
        "source/index.md": f"# {NAME}\n\n```{{toctree}}\n{names}\n```\n",
    }


def _sphinx(extension: str, options: str) -> str:
    return f'project = "{NAME}"\nextensions = ["{extension}"]\n{options}\n'


def jupyter_book(count: int) -> dict[str, str]:
    """Return the settings of Jupyter Book 2, which is mystmd."""
    files = ["index.md", *(f"{name}.md" for name, _ in source.lessons(count))]
    project = {"title": NAME, "toc": [{"file": name} for name in files]}
    settings = {"version": 1, "project": project, "site": {"template": "book-theme"}}
    return {"myst.yml": _yaml(settings), "index.md": f"# {NAME}\n"}


def quarto(count: int) -> dict[str, str]:
    """Return the settings of a website in Quarto; a page whose source has changed runs again."""
    project = {"type": "website", "render": ["*.qmd"]}
    settings = {"project": project, "website": {"title": NAME}, "execute": {"freeze": "auto"}}
    return {"_quarto.yml": _yaml(settings), "index.qmd": f"---\ntitle: {NAME}\n---\n"}


def nothing(count: int) -> dict[str, str]:
    """Return no files: notebooks are exported one by one."""
    return {}


def _yaml(values: Any) -> str:
    return yaml.safe_dump(values, sort_keys=False)
