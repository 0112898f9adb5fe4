"""A MkDocs hook: the site carries the wheel of exactly the package that its lessons ran with.

The wheel stands under `wheels/`, so a page can link to it like to any file of the site.
"""

import contextlib
import io
import tempfile
from pathlib import Path

from hatchling.build import build_wheel
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files


def wheel(root: Path) -> tuple[str, bytes]:
    """Return the name and the content of the wheel of the project in `root`."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(root):
        with contextlib.redirect_stdout(io.StringIO()):
            name = build_wheel(folder)
        return name, Path(folder, name).read_bytes()


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the wheel to the files of the site."""
    name, content = wheel(Path(config.config_file_path or ".").resolve().parent)
    files.append(File.generated(config, f"wheels/{name}", content=content))
    return files
