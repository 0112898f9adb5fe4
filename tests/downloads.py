"""Run every notebook, script and block of code that a site offers: what `nox -s notebooks` does.

    python -I tests/downloads.py SITE [--all | PATTERN]

The Python that runs this has the wheel of the site with its extras, and no other code of the
project. Each file runs in an empty folder of its own, two at a time: those of this commit's eighth
(`rotation`), all of them, or those that have the pattern in their path. Of a lesson's page,
what can be copied runs, block after block (`copies`).
"""

import os
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

import course

HERE = Path(__file__).resolve().parent
SECONDS = 600
#: Without it, each kernel warns that its connection to this process is not encrypted.
QUIET = ["--IPKernelApp.log_level=40"]


def run_notebook(path: Path, folder: Path) -> str:
    """Run a notebook from top to bottom; return what is wrong, or an empty text."""
    notebook: Any = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    before = [pictures(cell) for cell in notebook.cells]
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(
        notebook, timeout=SECONDS, kernel_name="python3", resources=resources, extra_arguments=QUIET
    )
    try:
        client.execute(env=environment(folder))
    except Exception as error:  # of the lesson, or of its kernel
        started = [cell.id for cell in notebook.cells if "execution" in cell.metadata]
        return f"{started[-1] if started else 'start'}: {type(error).__name__}: {error}"
    wrong = [
        f"{cell.id}: shows {pictures(cell)} figures, and the page {count}"
        for cell, count in zip(notebook.cells, before, strict=True)
        if pictures(cell) != count
    ]
    return "\n".join(wrong)


def kind(path: str) -> str:
    """Return what a file is one of many of."""
    return path.rpartition(".")[2]


def pictures(cell: Any) -> int:
    """Return how many pictures the outputs of a cell show."""
    data = [output.get("data", {}) for output in cell.get("outputs", [])]
    return sum(any(kind.startswith("image/") for kind in each) for each in data)


def run_script(path: Path, folder: Path) -> str:
    """Run a script with plain Python; return what is wrong, or an empty text."""
    return run_python(folder, path)


def run_copies(path: Path, folder: Path) -> str:
    """Run what can be copied from a page; return what is wrong, or an empty text."""
    return run_python(folder, HERE / "copies.py", path)


def run_python(folder: Path, *arguments: Path) -> str:
    """Run plain Python in a folder; return what it says if it fails."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env=environment(folder) | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    return done.stderr if done.returncode else ""


def environment(folder: Path) -> dict[str, str]:
    """Return the variables of this process without those that lead to the project."""
    gone = {"COURSE_DATA", "PYTHONPATH"}
    kept = {name: value for name, value in os.environ.items() if name not in gone}
    return {**kept, "XDG_CACHE_HOME": str(folder / ".cache"), "OMP_NUM_THREADS": "1"}


def main() -> int:
    """Run all; return 0 if nothing is wrong."""
    site = Path(sys.argv[1]).resolve()
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    if "site-packages" not in str(course.__file__):
        sys.exit(f"{course.__file__} is not that of the wheel")
    kinds: dict[str, Callable[[Path, Path], str]] = {
        ".ipynb": run_notebook,
        ".py": run_script,
        ".html": run_copies,
    }
    paths = sorted(path for path in site.rglob("*") if path.suffix in kinds)
    lessons = {path.parent.with_suffix(".html") for path in paths if path.suffix == ".ipynb"}
    paths = [path for path in paths if path.suffix != ".html" or path in lessons]
    if not wanted:
        rotation = runpy.run_path(str(HERE / "rotation.py"))
        names = [path.as_posix() for path in paths]
        paths = list(map(Path, rotation["sample"](names, kind, rotation["bucket"](HERE))))
    elif wanted != "--all":
        paths = [path for path in paths if wanted in path.as_posix()]

    def run(path: Path) -> bool:
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            wrong = kinds[path.suffix](path, Path(folder))
        seconds = f"{time.perf_counter() - start:.0f} s"
        print(f"{path.relative_to(site).as_posix()}: {wrong or f'ran in {seconds}'}", flush=True)
        return bool(wrong)

    with ThreadPoolExecutor(2) as pool:
        failed = sum(pool.map(run, paths))
    print(f"{len(paths)} files, {failed} failed")
    return int(failed > 0 or not paths)


if __name__ == "__main__":
    sys.exit(main())
