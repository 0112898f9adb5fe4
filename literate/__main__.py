"""Build a folder of lessons into a folder of Markdown: `python -m literate docs build/markdown`."""

import argparse
import sys
from pathlib import Path

from literate.build import Options, build, failures, write
from literate.page import SUFFIXES


def main() -> int:
    """Run the command; return 0 if every lesson was built, else 1."""
    parser = argparse.ArgumentParser(prog="literate", description=__doc__)
    parser.add_argument("source", type=Path, help="folder with .py, .ipynb and jupytext .md pages")
    parser.add_argument("target", type=Path, help="folder for the Markdown and the figures")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="folder in which lessons run")
    parser.add_argument("--cache", type=Path, help="folder in which results are kept")
    parser.add_argument("--style", default="", help="matplotlib style file, relative to the root")
    parser.add_argument(
        "--jobs", type=int, default=0, help="lessons at once (0: one per processor)"
    )
    arguments = parser.parse_args()
    options = Options(
        root=arguments.root.resolve(),
        cache=arguments.cache,
        jobs=arguments.jobs,
        figure_style=arguments.style,
    )
    source = arguments.source.resolve()
    if not source.is_dir():
        parser.error(f"{arguments.source} is not a folder")
    paths = sorted(path for path in source.rglob("*") if path.suffix in SUFFIXES)
    lessons = build(paths, options, report=print)
    write(lessons, source, arguments.target)
    if message := failures(lessons):
        print(message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
