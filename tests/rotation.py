"""What need not run on every commit: an eighth of it each time, and each kind always.

The hash of the commit says which eighth, so eight commits see all of it, about; `--all` sees it at
once. A tree that is no clone of git always sees all.
"""

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

#: So many commits share the work.
BUCKETS = 8


def bucket(root: Path) -> int | None:
    """Return the number of this commit's bucket, or None where there is no commit."""
    command = ["git", "-C", str(root), "rev-parse", "--verify", "--quiet", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return int(done.stdout, 16) % BUCKETS if done.returncode == 0 else None


def sample(names: Iterable[str], kind: Callable[[str], str], number: int | None) -> list[str]:
    """Return the names of a bucket: of each kind an eighth, and one at least.

    Args:
        names: All of them.
        kind: Returns of a name what it stands for.
        number: Of the bucket; None takes all.

    Examples:
        >>> sample(["a/1", "a/2", "b/1"], lambda name: name[0], 1)
        ['a/2', 'b/1']
    """
    ordered = sorted(names)
    if number is None:
        return ordered
    kinds: dict[str, list[str]] = {}
    for name in ordered:
        kinds.setdefault(kind(name), []).append(name)
    taken: set[str] = set()
    for members in kinds.values():
        taken.update(members[number::BUCKETS] or [members[number % len(members)]])
    return sorted(taken)


def kind_of_page(name: str) -> str:
    """Return what a page of the site is one of many of, or its own name.

    Examples:
        >>> kind_of_page("lessons/linear/descent.html"), kind_of_page("reference/glossary.html")
        ('lessons/*/*.html', 'reference/glossary.html')
    """
    folders = name.split("/")
    if len(folders) < 3:
        return name
    last = "index.html" if folders[-1] == "index.html" else f"*.{name.rpartition('.')[2]}"
    return f"{folders[0]}/*/{last}"
