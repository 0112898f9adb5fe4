"""The site carries the wheel of exactly the package that its lessons ran with (option `wheel`).

The wheel stands under `wheels/`, so a page can link to it like to any file of the site. The option
`install` gets what pip needs to install it, in place of `{wheel}`.
"""

import contextlib
import io
import tempfile
import zipfile
from email.parser import BytesHeaderParser
from pathlib import Path

from hatchling.build import build_wheel


def wheel(root: Path) -> tuple[str, bytes]:
    """Return the name and the content of the wheel of the project in `root`."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(root):
        with contextlib.redirect_stdout(io.StringIO()):
            name = build_wheel(folder)
        return name, Path(folder, name).read_bytes()


def requirement(name: str, content: bytes, url: str) -> str:
    """Return what pip needs to install a wheel with all its extras.

    Args:
        name: Of the file.
        content: Of the file.
        url: Of the site, ending with a slash; if it is empty, the file has to lie at hand.
    """
    archive = zipfile.ZipFile(io.BytesIO(content))
    file = next(each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
    metadata = BytesHeaderParser().parsebytes(archive.read(file))
    extras = ",".join(metadata.get_all("Provides-Extra", []))
    extras = f"[{extras}]" if extras else ""
    return f"{metadata['Name']}{extras} @ {url}wheels/{name}" if url else f"./{name}{extras}"
