"""Run lessons on the pretended device: `python -m tests.pretend.lessons training/loop …`.

Without a name it runs the lessons that pick a device; `nox -s pretend` builds the whole site. What
has run is kept as in any build. Exits 1 if a lesson fails, and says where.
"""

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.pretend.tensors import NAME

#: What a build has to be told, as variables: which device, and what makes it.
VARIABLES = {"COURSE_DEVICE": NAME, "COURSE_FIRST_IMPORT": "tests.pretend.active"}

LESSONS = Path("docs/lessons")

#: The longest that a cell may take: an operation takes ten times as long here as on the CPU.
CELL_SECONDS = 900.0


def picking(folder: Path = LESSONS) -> list[str]:
    """Return the names of the lessons that pick a device; the others compute on the CPU anywhere.

    Args:
        folder: Holds a folder for each theme.
    """
    return _with_line(r"[^#\n]*\bpick_device\(\)", folder)


def fitting(folder: Path = LESSONS) -> list[str]:
    """Return the names of the lessons that train a model with `fit`.

    Args:
        folder: Holds a folder for each theme.
    """
    return _with_line(r"from course\.training\.loop import .*\bfit\b", folder)


def _with_line(pattern: str, folder: Path) -> list[str]:
    """Return the names of the lessons that have a line of code that begins so."""
    begins = re.compile(f"^{pattern}", re.MULTILINE)
    paths = sorted(folder.glob("*/*.py"))
    chosen = [path for path in paths if begins.search(path.read_text(encoding="utf-8"))]
    return [path.relative_to(folder).with_suffix("").as_posix() for path in chosen]


def run(names: Iterable[str]) -> str:
    """Run lessons of these names; return what failed, or an empty text."""
    from mkdocs.config import load_config

    from literate.build import build, failures
    from literate.site.options import build_options

    config = load_config("mkdocs.yml")
    options = build_options(config.plugins["literate"].config, config, serving=False)
    options.cell_seconds = CELL_SECONDS
    paths = [(LESSONS / f"{name}.py").resolve() for name in names]
    return failures(build(paths, options, lambda line: print(line, flush=True)))


if __name__ == "__main__":
    os.environ.update(VARIABLES)
    told = run(sys.argv[1:] or picking())
    print(told)
    sys.exit(bool(told))
