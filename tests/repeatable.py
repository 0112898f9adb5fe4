"""Are two builds of the same sources the same, byte for byte? What `nox -s repeatable` does.

    python tests/repeatable.py [FOLDER]

Builds the site twice, each time in a fresh copy of the project at another place, so that no result
of an earlier build is there, and with another seed for the hashes of Python. What is measured is
masked: what is volatile on the pages and in the downloads, and the seconds of the build report. All
else has to be equal. FOLDER keeps both copies; otherwise they are removed.
"""

import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from literate.site.volatile import masked, pictures

ROOT = Path(__file__).resolve().parents[1]
REPORT = "reference/build.json"

#: The second in which, for the build, everything happens: no date of today gets into the site.
EPOCH = "1700000000"

#: The name of the copy and the seed for hashes of each build.
BUILDS = {"one": "1", "another-place": "2"}

#: How many lines of a difference are told.
LINES = 12


def build(folder: Path, seed: str) -> Path:
    """Copy the project into a folder, build its site there and return where it is."""
    shutil.copytree(ROOT, folder, ignore=left_out)
    quiet = {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(folder)}
    fixed = {"SOURCE_DATE_EPOCH": EPOCH, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    environment = {**os.environ, **quiet, **fixed}
    if status := subprocess.run(command, cwd=folder, env=environment, check=False).returncode:
        sys.exit(f"{folder}: the build ended with status {status}")
    return folder / "site"


def left_out(folder: str, names: list[str]) -> set[str]:
    """Return what does not belong to a copy: results of builds, environments, caches, git's own."""
    made = {"__pycache__"}
    if Path(folder) == ROOT:
        made |= {"site", "dist", *(name for name in names if name.startswith("."))}
    return made.intersection(names)


def read(site: Path) -> dict[str, bytes]:
    """Return every file of a site by its path, without what was measured."""
    paths = sorted(path for path in site.rglob("*") if path.is_file())
    files = {path.relative_to(site).as_posix(): path.read_bytes() for path in paths}
    pages = {name: data.decode() for name, data in files.items() if name.endswith(".html")}
    drawn = {
        os.path.normpath(PurePosixPath(name).parent / address)
        for name, page in pages.items()
        for address in pictures(page)
    }
    missing = drawn - files.keys()
    assert not missing, f"not there: {sorted(missing)}"
    return {name: b"" if name in drawn else mask(name, data) for name, data in files.items()}


def mask(name: str, data: bytes) -> bytes:
    """Return the content of a file without what was measured."""
    if name == REPORT:
        report = json.loads(data)
        for lesson in report["lessons"]:
            lesson["seconds"], lesson["span"] = 0.0, None
        report["waited_for"] = []
        return json.dumps(report, indent=1).encode()
    if name.endswith(".ipynb"):
        notebook = json.loads(data)
        for cell in notebook["cells"]:
            _mask_cell(cell)
        return json.dumps(notebook, ensure_ascii=False, indent=1).encode()
    if name.endswith((".html", ".py")):
        return masked(data.decode()).encode()
    return data


def _mask_cell(cell: dict[str, Any]) -> None:
    if "volatile" in cell["metadata"].get("tags", ()):
        cell["outputs"] = []
    if cell["cell_type"] == "markdown":
        cell["source"] = masked("".join(cell["source"])).splitlines(keepends=True)


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> Iterator[str]:
    """Give a paragraph for each file that only one of two sites has, or that differs."""
    for name in sorted(one.keys() | other.keys()):
        if name not in other or name not in one:
            yield f"{name}: only in the {'first' if name in one else 'second'} build"
        elif one[name] != other[name]:
            yield f"{name}: differs\n{_told(one[name], other[name])}"


def _told(one: bytes, other: bytes) -> str:
    """Return the first lines that differ, or the first byte, where there are no lines."""
    try:
        texts = [data.decode().splitlines() for data in (one, other)]
    except UnicodeDecodeError:
        pairs = enumerate(zip(one, other, strict=False))
        at = next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
        return f"    from byte {at} on, of {len(one)} and {len(other)}"
    lines = list(difflib.unified_diff(*texts, lineterm="", n=0))[2:]
    more = [f"    and {len(lines) - LINES} more lines"] if len(lines) > LINES else []
    return "\n".join([*(f"    {line[:160]}" for line in lines[:LINES]), *more])


def main() -> int:
    """Build, compare, and return 0 if nothing differs."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(sys.argv[1] if len(sys.argv) > 1 else temporary).resolve()
        sites = []
        for name, seed in BUILDS.items():
            start = time.perf_counter()
            sites.append(read(build(place / name, seed)))
            print(
                f"{name}: {len(sites[-1])} files, {time.perf_counter() - start:.0f} s", flush=True
            )
        found = list(differences(*sites))
    print("\n\n".join(found) or "Both are the same, apart from what was measured.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
