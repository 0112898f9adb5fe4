"""The real site, which the own engine alone builds: from nothing, again, and after edits."""

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.peers import right
from benchmarks.peers.engines import OURS, ROOT
from benchmarks.peers.running import Built, run

LESSON = "docs/lessons/linear/cost.py"
PAGE = "site/lessons/linear/cost.html"
PACKAGE = "course/linear/cost.py"
TITLE = "How wrong is a line?"
SENTENCE = "The benchmark has added this sentence."

#: What each edit adds at the end of which file.
EDITS = {
    "prose edit": (LESSON, f'\n# %% [markdown]\nr"""\n{SENTENCE}\n"""\n'),
    "code edit": (
        LESSON,
        "\n# %%\nfrom course.linear import cost as edited\n\n"
        'print("edited", getattr(edited, "EDITED", 41))\n',
    ),
    "package edit": (PACKAGE, "\nEDITED = 42\n"),
}

#: What the page of that lesson has to say after each step, and what not.
SAYS = {
    "cold": (TITLE, SENTENCE),
    "warm": (TITLE, SENTENCE),
    "prose edit": (SENTENCE, "edited 4"),
    "code edit": ("edited 41", "edited 42"),
    "package edit": ("edited 42", "edited 41"),
}


def copy(folder: Path) -> None:
    """Copy all that belongs to the project, but nothing that it has built."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, found.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def lessons(folder: Path) -> int:
    """Return how many lessons the site has."""
    return len(list(folder.glob("docs/lessons/*/*.py")))


def measure(folder: Path) -> dict[str, Built]:
    """Return one round of builds of the real site.

    Raises:
        RuntimeError: If a build fails, or the page of the edited lesson is wrong.
    """
    shutil.rmtree(folder, ignore_errors=True)
    copy(folder)
    builds: dict[str, Built] = {}
    for step, (says, never) in SAYS.items():
        if step in EDITS:
            name, text = EDITS[step]
            with (folder / name).open("a", encoding="utf-8") as file:
                file.write(text)
        seconds = run(OURS.commands(1), folder, OURS.programs)
        said = right.plain((folder / PAGE).read_text(encoding="utf-8"))
        if says not in said or never in said:
            raise RuntimeError(f"the real site, {step}: expected {says!r}, and not {never!r}")
        builds[step] = Built(seconds)
        print(f"the real site, {step}: {seconds:.1f} s", file=sys.stderr, flush=True)
    return builds
