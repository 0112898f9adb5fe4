"""Is a page right? It has to show what its lesson prints when plain Python runs it as it stands."""

import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import source

#: What stands on a page for a figure. One that is drawn for dark pages as well counts once.
FIGURE = re.compile(r'<img(?![^>]*#only-dark)[^>]+|data:image/png;base64,|id="figure_1"')

#: Runs scripts one after another in one process and prints, as JSON, the lines of each.
RUNNER = """
import contextlib, io, json, runpy, sys
import matplotlib.pyplot as plt

lines = []
for path in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        runpy.run_path(path)
    plt.close("all")
    lines.append(printed.getvalue().splitlines())
print(json.dumps(lines))
"""


@dataclass(frozen=True)
class Page:
    """What a page has to show.

    Attributes:
        sentence: Of its prose.
        lines: That its code prints.
        figures: How many figures its code draws.
    """

    sentence: str
    lines: list[str]
    figures: int = sum(bool(cell.alt) for cell in source.CELLS)

    def problems(self, text: str, before: "Page") -> Iterator[str]:
        """Yield what is wrong with the HTML of a page, `before` what it had to show last time."""
        said = plain(text)
        now, old = ({page.sentence, *page.lines} for page in (self, before))
        yield from (f"lacks {line!r}" for line in sorted(now) if _words(line) not in said)
        yield from (f"still has {line!r}" for line in sorted(old - now) if _words(line) in said)
        if (found := len(FIGURE.findall(text))) < self.figures:
            yield f"has {found} of {self.figures} figures"
        yield from (f"shows {name}" for name in ("AssertionError", "Traceback") if name in said)


def plain(text: str) -> str:
    """Return what HTML says, without tags, and without the escapes of the JSON in a marimo page."""
    for escape, sign in (("\\u003C", "<"), ("\\u003E", ">"), ("\\n", "\n")):
        text = text.replace(escape, sign)
    return _words(html.unescape(re.sub(r"<[^>]*>", "", text)))


def _words(text: str) -> str:
    return " ".join(text.split())


def expected(folder: Path, count: int) -> list[Page]:
    """Return what the pages have to show: plain Python runs the lessons of a folder.

    Args:
        folder: Has the package, and each lesson as a script: the site of `engines.PYTHON`.
        count: How many lessons.

    Raises:
        RuntimeError: If a lesson fails, with what Python says.
    """
    scripts = [f"{name}.py" for name, _ in source.lessons(count)]
    environment = {**os.environ, "PYTHONPATH": str(folder), "MPLBACKEND": "agg"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUNNER, *scripts],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"a lesson fails in plain Python:\n{done.stderr}")
    texts = [(folder / script).read_text(encoding="utf-8") for script in scripts]
    sentences = [next(each for each in source.SENTENCES if each in text) for text in texts]
    printed = json.loads(done.stdout)
    return [Page(*page) for page in zip(sentences, printed, strict=True)]
