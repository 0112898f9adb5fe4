"""Save a lesson again and again while a server builds, in a process of its own.

Prints as JSON how many packages that mkdocstrings has read and how many pages are alive at the end,
and by how many MB the process has grown with each save. `python saves.py PROJECT SAVES`.
"""

import gc
import json
import os
import resource
import sys
from pathlib import Path

import griffe
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.pages import Page

from literate.site.live import Live

#: Saves after which everything has been made once that a server keeps.
FIRST = 5


def largest() -> float:
    """Return the most memory that this process has held so far, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10


def main(root: Path, saves: int) -> None:
    """Build, then save, show and build again as often as is asked."""
    os.chdir(root)
    page = root / "docs/a.py"
    text = page.read_text()
    config = load_config("mkdocs.yml")
    plugin = config.plugins["literate"]
    config.plugins.on_startup(command="serve", dirty=False)
    site = str(root / "site")
    live = Live(LiveReloadServer(lambda: None, "127.0.0.1", 0, site), plugin, lambda: None)
    before = 0.0
    for save in range(-FIRST, saves):
        if save == 0:
            before = largest()
        page.write_text(text.replace("Some words", f"Words of save {save}"))
        build(load_config("mkdocs.yml"), serve_url="http://127.0.0.1:8000/")
        plugin.prepare()
        page.write_text(text.replace("Some words", f"More words of save {save}"))
        assert plugin.show([page], live)
    grown = (largest() - before) / saves
    gc.collect()
    alive = gc.get_objects()
    packages = [each for each in alive if isinstance(each, griffe.Module) and each.parent is None]
    pages = [each for each in alive if isinstance(each, Page)]
    print(json.dumps({"packages": len(packages), "pages": len(pages), "grown": grown}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
