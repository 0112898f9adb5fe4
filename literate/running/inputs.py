"""What results are kept by, beside what a run has used: engine, versions, and shown source."""

import functools
import hashlib
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from literate.running.manifest import digest

#: The folder of this engine.
ENGINE = Path(__file__).parents[1]

#: The package of a thing whose source a page shows.
_SHOWN = re.compile(r"^[ \t#>]*:::[ \t]+(\w+)", re.MULTILINE)


@functools.cache
def installed() -> list[str]:
    """Return name and version of every installed distribution, and of Python."""
    folders = [Path(place) for place in sys.path if place.endswith("-packages")]
    found = {path.name for folder in folders for path in folder.glob("*.*-info")}
    return [sys.version, *sorted(found)]


def shown(text: str) -> list[str]:
    r"""Return the packages of which a page shows source, by name.

    Examples:
        >>> shown("::: course.linear.cost\n\n# ::: other\n")
        ['course', 'other']
    """
    return sorted(set(_SHOWN.findall(text)))


def package(name: str, paths: Iterable[Path]) -> str:
    """Return what changes with the source of a package; empty if it is none of the project.

    Args:
        name: Of the package.
        paths: The folders in which it may lie.
    """
    for path in paths:
        for found in (path / name, path / f"{name}.py"):
            if found.exists():
                return digests(found.rglob("*.py") if found.is_dir() else [found])
    return ""


def digests(paths: Iterable[Path]) -> str:
    """Return what changes with the content of a file, or with its path."""
    return hashed("\n".join(f"{path} {digest(path)}" for path in sorted(paths)))


def hashed(text: str) -> str:
    """Return a name for a text, 40 digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:40]
