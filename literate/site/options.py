"""The options of the plugin `literate` in `mkdocs.yml`, and what the engine makes of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mkdocs.config import config_options as kinds
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

from literate.build import PRELOAD, Options
from literate.site.jupyter import Plugin as Jupyter
from literate.writing.portable import Site
from literate.writing.render import FOLD_LINES, Style

#: Other defaults than mkdocs-jupyter's.
_DEFAULTS = {"execute": True, "allow_errors": False, "cache_dir": ".cache/literate"}

#: Options of mkdocs-jupyter that only its own way of writing a page could follow.
_WITHOUT_MEANING = ("theme", "include_requirejs", "toc_depth", "custom_mathjax_url")

_OWN = (
    ("jobs", kinds.Type(int, default=0)),
    ("cell_seconds", kinds.Type((int, float), default=120.0)),
    ("preload", kinds.Type(list, default=list(PRELOAD))),
    ("environment", kinds.Type(list, default=[])),
    ("figure_style", kinds.Type(str, default="")),
    ("dark_colors", kinds.Type(dict, default={})),
    ("check_numbers", kinds.Type(bool, default=True)),
    ("check_origins", kinds.Type(bool, default=True)),
    ("fold_lines", kinds.Type(int, default=FOLD_LINES)),
    ("drawing", kinds.Type(str, default="")),
    ("downloads", kinds.Type(list, default=[])),
    ("install", kinds.Type(str, default="")),
    ("report", kinds.Type(str, default="")),
    ("seeds", kinds.Type(str, default="")),
    ("launch", kinds.Type(str, default="")),
    # What a page can have beside its lessons: see the module of the same name.
    ("wheel", kinds.Type(bool, default=False)),
    ("copying", kinds.Type(bool, default=False)),
    ("glossary", kinds.Type(str, default="")),
    ("explained", kinds.Type(list, default=[])),
    ("reference", kinds.Type(str, default="")),
    ("reference_without", kinds.Type(list, default=[])),
    ("moved", kinds.Type(dict, default={})),
)


def _inherited() -> tuple[tuple[str, Any], ...]:
    scheme = []
    for name, option in Jupyter.config_scheme:
        if name in _DEFAULTS:
            option = kinds.Type(type(_DEFAULTS[name]), default=_DEFAULTS[name])
        scheme.append((name, option))
    return tuple(scheme)


#: What the plugin understands: mkdocs-jupyter's options, and its own.
SCHEME = (*_inherited(), *_OWN)


def check(own: Mapping[str, Any], config: MkDocsConfig) -> None:
    """Look for options that cannot be followed.

    Raises:
        PluginError: If there is one; the message says which, and what to do.
    """
    defaults = dict(Jupyter.config_scheme)
    for name in _WITHOUT_MEANING:
        if own[name] != defaults[name].default:
            raise PluginError(f"literate: the option {name} has no meaning here: remove it")
    if own["data_files"] and not own["include_source"]:
        raise PluginError("literate: data_files go with the source: set include_source too")
    if own["kernel_name"] not in ("", "python3"):
        raise PluginError("literate: kernel_name: lessons run in this Python, in no other")
    for name in ("copying", "reference"):
        if own[name] and "mkdocstrings" not in config.plugins:
            raise PluginError(f"literate: {name}: needs the plugin mkdocstrings: add it")


def root(config: MkDocsConfig) -> Path:
    """Return the project's folder: the one of `mkdocs.yml`."""
    return Path(config.config_file_path or ".").parent.resolve()


def build_options(own: Mapping[str, Any], config: MkDocsConfig, serving: bool) -> Options:
    """Return how the engine is to build.

    Args:
        own: The options of the plugin.
        config: Those of the site.
        serving: Whether this process goes on after the build.
    """
    hidden = own["remove_tag_config"]
    style = Style(
        show_input=own["show_input"] and not own["no_input"],
        highlight_classes=own["highlight_extra_classes"],
        dark_colors=own["dark_colors"],
        fold_lines=own["fold_lines"],
        drawing=own["drawing"],
    )
    style.hide_input |= set(hidden.get("remove_input_tags", ()))
    style.hide_output |= set(hidden.get("remove_all_outputs_tags", ()))
    style.hide_cell |= set(hidden.get("remove_cell_tags", ()))
    cache = root(config) / own["cache_dir"] if own["cache"] else None
    return Options(
        root=root(config),
        cache=cache,
        shelf=cache and cache.with_name(f"{cache.name}-lessons"),
        jobs=own["jobs"],
        cell_seconds=own["cell_seconds"],
        preload=tuple(own["preload"]),
        only_build=not serving,
        environment=tuple(own["environment"]),
        figure_style=own["figure_style"],
        allow_errors=own["allow_errors"],
        extra_tags=style.hide_input | style.hide_output | style.hide_cell,
        check_numbers=own["check_numbers"],
        no_run=("*",) if not own["execute"] else tuple(own["execute_ignore"]),
        style=style,
        site=Site(
            root(config),
            Path(config.docs_dir).resolve(),
            config.site_url or "",
            config.use_directory_urls,
            own["install"],
            _launch(own["launch"], config.repo_url or ""),
        ),
        offered=tuple(own["downloads"]),
        seeds=root(config) / own["seeds"] if own["seeds"] else None,
    )


def _launch(pattern: str, repository: str) -> str:
    """Return the address that runs a notebook of the repository; empty if there is none."""
    name = urlsplit(repository).path.strip("/").removesuffix(".git")
    return pattern.replace("{repository}", name) if name else ""
