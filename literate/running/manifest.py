"""What a run used: recorded in the child that runs it, compared by the parent that may reuse it."""

import ast
import functools
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from literate.lesson import outline
from literate.lesson.model import Manifest, PageError, Run

#: Folders of the project whose files never decide what a lesson shows.
_PASSING = {"__pycache__", ".git", ".cache", ".nox", ".venv"}

#: The engine's own folder.
_ENGINE = Path(__file__).parents[1]

#: What the name of a data file ends with.
_DATA = (".csv", ".gz", ".npy", ".npz", ".parquet", ".pt", ".pth", ".tsv", ".zip", "-ubyte")

#: Begins the note of a lesson of which only the outline was taken.
_OUTLINE = "outline"

#: Stands for the hash of a file that was edited while the run used it: nothing matches it.
CHANGED = "changed while the lesson ran"

#: Files that this process held against a record: they count even if they are the engine's own.
compared: set[Path] = set()


class Recorder:
    """Notes every file that the process, or one forked from it, opens, until `manifest`."""

    def __init__(self, root: Path, page: str, environment: Iterable[str]) -> None:
        self.root = root
        self._page = root / page  # opened to show a traceback; its code is the key of the entry
        self._environment = {name: os.environ.get(name, "") for name in sorted(environment)}
        self._log = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - forked processes share it
        self._on = True
        self._outlining = 0
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._on and event == outline.EVENT:
            self._outline(*arguments)
        if not self._on or event != "open" or not isinstance(arguments[0], (str, bytes)):
            return
        if self._outlining:
            return
        path, mode, flags = arguments
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) if mode is None else mode[:1] != "r"
        # Not `resolve`: a link must stay the name by which the lesson knows the file.
        name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100
        if name.endswith(".pyc") and not writes:
            name = _source(name)
        self._log.write(os.fsencode(f"{'' if writes else _stamp(name)}\t{name}\0"))

    def _outline(self, stage: str, path: str, file: str, taken: str) -> None:
        """Note what was taken of a lesson, in place of the files that are opened for it."""
        self._outlining += 1 if stage == "begin" else -1
        if taken:
            name = os.path.abspath(path)  # noqa: PTH100 - as in the hook
            self._log.write(os.fsencode(f"{_OUTLINE} {file} {taken}\t{name}\0"))

    def _outlines(self) -> dict[str, list[str]]:
        """Return the digests of the lessons of which only the outline was taken."""
        self._log.seek(0)
        lines = os.fsdecode(self._log.read()).split("\0")[:-1]
        noted = (line.partition("\t") for line in lines if line.startswith(_OUTLINE))
        return {key(Path(name), self.root): stamp.split()[1:] for stamp, _, name in noted}

    def _opened(self) -> dict[str, str]:
        """Return the files that were read and not written, with their stamps at the first time."""
        self._log.seek(0)
        read: dict[str, str] = {}
        written = {str(self._page)}
        for line in os.fsdecode(self._log.read()).split("\0")[:-1]:
            stamp, _, name = line.partition("\t")
            if stamp.startswith(_OUTLINE):
                continue
            if stamp:
                read.setdefault(name, stamp)
            else:
                written.add(name)
        return {name: stamp for name, stamp in read.items() if name not in written}

    def manifest(self) -> tuple[Manifest, list[str]]:
        """Return what the process has used so far, and the data files among what it read."""
        self._on = False
        opened = self._opened()
        modules = {
            name: Path(getattr(module, "__file__", None) or "")
            for name, module in list(sys.modules.items())
        }
        files = {path for path in map(Path, opened) if _decides(path, self.root)}
        files |= {path for path in modules.values() if own(path, self.root)} | compared
        others = modules.keys() - {name for name, path in modules.items() if path in files}
        manifest = Manifest(
            files={
                key(path, self.root): CHANGED if _changed(path, opened) else digest(path)
                for path in sorted(files)
            },
            modules=sorted({name.partition(".")[0] for name in others}),
            machine=machine(),
            environment=self._environment,
            outlines=self._outlines(),
        )
        return manifest, sorted(filter(_is_data, opened))


def _stamp(name: str) -> str:
    """Return what changes with each edit of a file."""
    try:
        stat = os.stat(name)  # noqa: PTH116 - called for each file that is opened
    except OSError:
        return "absent"
    return f"{stat.st_mtime_ns} {stat.st_size} {stat.st_ino}"


def _changed(path: Path, opened: dict[str, str]) -> bool:
    """Whether somebody has edited a file since the run opened it."""
    return str(path) in opened and opened[str(path)] != _stamp(str(path))


def _source(name: str) -> str:
    """Return the module from which a compiled file was made."""
    try:
        return importlib.util.source_from_cache(name)
    except ValueError:
        return name


def own(path: Path, root: Path) -> bool:
    """Whether a file belongs to the project, not to an environment or a cache inside its folder."""
    if not path.is_relative_to(root):
        return False
    if path.is_relative_to(sys.prefix) or path.is_relative_to(_ENGINE):
        return False
    return not _PASSING & set(path.relative_to(root).parts)


def _decides(path: Path, root: Path) -> bool:
    """Whether a file can change what the lesson shows: the project's own, or data from outside."""
    if path.is_relative_to(root):
        return own(path, root)
    return path.name.endswith(_DATA) and not any(path.is_relative_to(at) for at in _system())


@functools.cache
def _system() -> tuple[Path, ...]:
    """Return the folders whose content is fixed by the versions in the manifest, or passing."""
    places = [sys.prefix, sys.base_prefix, tempfile.gettempdir(), "/usr", "/proc", "/sys", "/dev"]
    return tuple({Path(place) for place in places} | {Path(place).resolve() for place in places})


def _is_data(name: str) -> bool:
    path = Path(name)
    return name.endswith(_DATA) and "mpl-data" not in path.parts and path.is_file()


def _data_name(path: Path) -> str:
    """Return how the page names a data file."""
    if "site-packages" in path.parts:
        package = path.parts[path.parts.index("site-packages") + 1]
        return f"{path.name} ({_packages().get(package, package)})"
    return "/".join(path.parts[-3:]) if path.name.endswith("-ubyte") else path.name


def imported(source: str | bytes) -> Iterator[str]:
    """Yield the top-level names that a Python source imports."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@functools.cache
def _packages() -> dict[str, str]:
    """Return the distribution that provides each top-level module of this environment."""
    return {name: found[0] for name, found in importlib.metadata.packages_distributions().items()}


@functools.cache
def version(distribution: str) -> str:
    """Return the version of an installed distribution, or '' if it is not there."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""


def complete(run: Run) -> None:
    """Name what the run used; work for the parent, since looking up distributions is slow."""
    run.manifest.distributions = _distributions(run.manifest.modules)
    run.versions = _versions(run.imports)
    run.data = sorted({_data_name(Path(name)) for name in run.data})


def versions(sources: Iterable[Path]) -> dict[str, str]:
    """Return the versions of Python and of the distributions that Python files import by name."""
    return _versions({name for path in sources for name in imported(path.read_bytes())})


def _versions(names: Iterable[str]) -> dict[str, str]:
    return {"Python": sys.version.partition(" ")[0], **_distributions(names)}


def _distributions(names: Iterable[str]) -> dict[str, str]:
    found = {_packages()[name] for name in names if name in _packages()}
    return {name: version(name) for name in sorted(found)}


def key(path: Path, root: Path) -> str:
    """Return how a manifest names a file: relative to the root where it is inside."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's content, or '' where there is no such file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def executor() -> list[Path]:
    """Return the files of the engine that decide what a run shows; the others write it down."""
    return [*sorted(Path(__file__).parent.glob("*.py")), _ENGINE / "lesson" / "model.py"]


@functools.cache
def machine() -> dict[str, str]:
    """Return what the results depend on beside files: Python, processor, GPUs and this code."""
    own = hashlib.sha256()
    for module in executor():
        own.update(module.read_bytes())
    gpus = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    return {
        "python": sys.version,
        "processor": f"{platform.system()} {platform.machine()}",
        "gpus": " ".join(digest(gpu)[:16] for gpu in gpus),
        "visible": os.environ.get("CUDA_VISIBLE_DEVICES", "all"),
        "literate": own.hexdigest(),
    }


def holds(manifest: Manifest, root: Path, digests: dict[str, str]) -> bool:
    """Return whether everything in the manifest is as it was.

    Args:
        manifest: What the earlier run used.
        root: The project's folder, to which relative paths belong.
        digests: Hashes already taken in this build, by name; new ones are added.
    """
    if manifest.machine != machine():
        return False
    if any(os.environ.get(name, "") != was for name, was in manifest.environment.items()):
        return False
    if any(version(name) != was for name, was in manifest.distributions.items()):
        return False
    for name, was in manifest.files.items():
        if name not in digests:
            digests[name] = digest(root / name)
        if digests[name] != was:
            return False
    return all(
        _outline_holds(name, file, taken, root, digests)
        for name, (file, taken) in manifest.outlines.items()
    )


def _outline_holds(name: str, file: str, taken: str, root: Path, digests: dict[str, str]) -> bool:
    """Return whether the outline of a lesson is as it was; an unchanged file is not read."""
    if name not in digests:
        digests[name] = digest(root / name)
    if digests[name] == file:
        return True
    found = f"{_OUTLINE} {name}"
    if found not in digests:
        try:
            digests[found] = outline.digest(outline.outline(root / name, root))
        except PageError:
            digests[found] = ""
    return digests[found] == taken
