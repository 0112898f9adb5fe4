"""Build a folder of lessons into a folder of Markdown: `python -m literate docs build/markdown`.

Files that are no lessons are copied as they are, so that the result is a whole tree.
"""

import argparse
import shutil
import sys
from pathlib import Path

from literate.build import PRELOAD, Options, build, failures, write
from literate.lesson.page import is_lesson
from literate.running.storage import CacheError


def main() -> int:
    """Run the command; return 0 if every lesson was built, else 1."""
    summary = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser("python -m literate", description=summary)
    parser.add_argument("source", type=Path, help="folder with .py, .ipynb and jupytext .md pages")
    parser.add_argument("target", type=Path, help="folder for the Markdown and the figures")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="folder in which lessons run")
    parser.add_argument("--cache", type=Path, help="folder in which results are kept")
    parser.add_argument("--style", default="", help="matplotlib style file, relative to the root")
    parser.add_argument(
        "--jobs", type=int, default=0, help="lessons at once (0: one per processor)"
    )
    parser.add_argument(
        "--preload", default=",".join(PRELOAD), help="modules to load once, before the first lesson"
    )
    arguments = parser.parse_args()
    options = Options(
        root=arguments.root.resolve(),
        cache=arguments.cache,
        jobs=arguments.jobs,
        preload=tuple(filter(None, arguments.preload.split(","))),
        only_build=True,
        figure_style=arguments.style,
    )
    source = arguments.source.resolve()
    if not source.is_dir() or not source.is_relative_to(options.root):
        parser.error(f"{arguments.source} is not a folder inside of {options.root}")
    files = sorted(path for path in source.rglob("*") if path.is_file())
    try:
        lessons = build(filter(is_lesson, files), options, report=print)
    except CacheError as error:
        parser.error(str(error))
    write(lessons, source, arguments.target)
    for path in files:
        if path not in lessons and "__pycache__" not in path.parts:
            copy = arguments.target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
    if message := failures(lessons):
        print(message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
