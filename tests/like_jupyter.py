"""Does a notebook leave here what it leaves in Jupyter? What `nox -s like_jupyter` does.

    python tests/like_jupyter.py SOURCES [PATTERN]

SOURCES is a folder with source distributions of packages that carry notebooks for their own tests.
Each of these that is in Python, and one that is written below, runs twice: by nbclient, in a kernel
of Jupyter, and by literate. The outputs have to be the same, apart from what is random and from
differences that are meant, which are listed with their reasons. Exits 1 if one has none.
"""

import json
import re
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from literate.build import Options, build
from literate.lesson import page as pages
from literate.lesson.model import Code
from literate.lesson.text import plain

#: How long a cell may take: some of the notebooks wait for ever.
SECONDS = 20
QUIET = ["--IPKernelApp.log_level=40"]

#: What those packages do not test, cell by cell.
PROBES = """
handle = display("one", display_id=True)
print("between")
handle.update("two")
~~~
display("first", display_id="a")
display("second", display_id="a");
~~~
from IPython.display import HTML, JSON, Latex, Markdown, clear_output, update_display
update_display("changed", display_id="a")
~~~
for step in range(3):
    print("step", step)
    clear_output(wait=True)
~~~
print("gone")
clear_output()
print("here")
~~~
print("gone")
clear_output(wait=True)
display(HTML("<b>kept</b>"))
~~~
import asyncio
async def later(value):
    await asyncio.sleep(0.01)
    return value
task = asyncio.create_task(later("from another cell"))
await later(3)
~~~
await task
~~~
async for number in (number async for number in (later(n) for n in ()) ):
    pass
async with asyncio.timeout(5):
    print("within")
_
~~~
_, __, ___
~~~
7;
~~~
_
~~~
JSON({"a": [1, None, {"b": "c"}]})
~~~
HTML("<pre>one\\n\\n\\ntwo</pre>")
~~~
Latex("$x$"), Markdown("*x*")
~~~
display(Latex("$x$"), Markdown("*x*"))
~~~
import os, subprocess, sys
print("one")
_ = subprocess.run(["echo", "two"], check=True)
print("three", flush=True)
~~~
print("\\x00 \\x1b \\ud7ff")
~~~
print("to stderr", file=sys.stderr)
print("to stdout")
~~~
%matplotlib inline
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.show()
plt.plot([2, 1]);
~~~
for step in range(2):
    plt.plot([step])
    display(plt.gcf())
    clear_output(wait=True)
~~~
%%capture caught
print("caught")
~~~
caught.stdout
~~~
!echo shell
~~~
1 / 0
~~~
_1, Out[5] if 5 in Out else None
"""


@dataclass
class Difference:
    """A cell that leaves different outputs.

    Attributes:
        notebook: The name of the notebook.
        source: The code of the cell.
        ours: What literate has; `None` if the run had ended before.
        theirs: What Jupyter has.
        our_end: Why the run of literate ended early.
        their_end: Why that of Jupyter did.
    """

    notebook: str
    source: str
    ours: list[str] | None
    theirs: list[str]
    our_end: str
    their_end: str

    def reason(self) -> str:
        """Return why the difference is meant, or an empty text."""
        return next((reason for reason, holds in REASONS.items() if holds(self)), "")

    def __str__(self) -> str:
        """Return the difference as some lines."""
        lines = [
            f"{self.notebook}: {' '.join(self.source.split())[:70]!r}",
            f"here:    {self.ours if self.ours is not None else self.our_end}"[:300],
            f"Jupyter: {self.theirs}"[:300],
        ]
        return "\n    ".join(lines)


def _streams(texts: list[str]) -> dict[str, str]:
    """Return what came on each stream, and what else there is."""
    joined: dict[str, str] = {}
    for text in texts:
        name, _, rest = text.partition(": ")
        joined[name] = joined.get(name, "") + rest
    return joined


def _says(pattern: str, *texts: Any) -> bool:
    return all(re.search(pattern, str(text)) for text in texts)


#: The differences that are meant: why, and what tells one.
REASONS: dict[str, Callable[[Difference], bool]] = {
    "text of stdout and stderr stands in the order in which it came; a kernel sends each when it "
    "has gathered some": lambda it: (
        it.ours is not None
        and "stderr" in _streams(it.ours)
        and _streams(it.ours) == _streams(it.theirs)
    ),
    "a magic that is not there is an error; a kernel prints it and goes on": lambda it: (
        _says(r"error: UsageError", it.ours) and _says(r"stderr: UsageError", it.theirs)
    ),
    "a representation that fails is an error; a kernel prints it and shows another": lambda it: (
        it.ours is not None and it.ours == it.theirs[:1] and _says(r"shown: ", it.theirs)
    ),
    "help is text here; Jupyter shows it in a pane that the notebook does not keep": lambda it: (
        _says(r"^\?|\?$", it.source) and it.theirs == []
    ),
    "nobody is there to answer, which Python tells in another way than a kernel": lambda it: (
        _says("EOFError", it.ours) and _says("StdinNotImplementedError", it.theirs)
    ),
    "what runs too long, or kills its process, ends the run here and the kernel there": lambda it: (
        bool(it.our_end and it.their_end)
    ),
    "a raw cell that comes first and begins with --- is the page's front matter, and has to be "
    "YAML": lambda it: it.ours is None and "front matter" in it.our_end,
    "two braces in prose hold a value, here one that is no Python": lambda it: (
        it.ours is None and _says(r"line \d+, '.*': NameError", it.our_end)
    ),
    "no history is kept": lambda it: "history_manager" in it.source,
    "there is no kernel whose messages a program could send": lambda it: _says(
        "'Shell' object has no attribute 'kernel'", it.ours
    ),
    "figures are drawn by a backend of literate's own": lambda it: (
        "matplotlib.backends.backend" in it.source
    ),
    "what a clock says differs from run to run": lambda it: _says(
        r"^%%?time|time_format", it.source
    ),
    "random numbers without a seed differ from run to run": lambda it: (
        "evs.real" in it.source and len(it.ours or ()) == len(it.theirs)
    ),
}


def probes() -> Any:
    """Return the notebook that is written here."""
    cells = [nbformat.v4.new_code_cell(each.strip("\n")) for each in PROBES.split("~~~")]
    return nbformat.v4.new_notebook(cells=cells)


def found(sources: Path, folder: Path) -> Iterator[tuple[str, Any]]:
    """Give the name and the content of each notebook in Python that the distributions carry."""
    yield "probes", probes()
    archives = sorted(sources.glob("*.tar.gz"))
    if not archives:
        sys.exit(f"{sources}: there is no source distribution")
    for archive in archives:
        with tarfile.open(archive) as file:
            file.extractall(folder, filter="data")
    for path in sorted(folder.rglob("*.ipynb")):
        try:
            notebook = nbformat.read(path, as_version=4)
        except Exception:  # some are there to be refused
            continue
        kernel = notebook.metadata.get("kernelspec", {})
        if kernel.get("name", "python").startswith("python"):
            yield path.relative_to(folder).as_posix(), notebook


def in_jupyter(notebook: Any, folder: Path) -> tuple[list[Any], str]:
    """Return the outputs of each code cell, and why the run ended early."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=QUIET,
    )
    ended = ""
    try:
        client.execute()
    except (CellTimeoutError, DeadKernelError) as error:
        ended = type(error).__name__
    return [cell.outputs for cell in notebook.cells if cell.cell_type == "code"], ended


def here(notebook: Any, folder: Path) -> tuple[list[Any], str]:
    """Return the same as literate has it."""
    path = folder / "docs" / "page.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook, path)
    tags = {tag for cell in notebook.cells for tag in cell.metadata.get("tags", ())}
    options = Options(
        root=folder,
        preload=(),
        cell_seconds=SECONDS,
        allow_errors=True,
        check_numbers=False,
        extra_tags=frozenset(tags),
    )
    lesson = build([path], options)[path]
    if lesson.run is None:
        return [], str(lesson.failure or "")
    steps = zip(pages.read(path, folder).steps, lesson.run.results, strict=False)
    outputs = [result.outputs for step, result in steps if isinstance(step, Code)]
    if lesson.failure and "alt text(s)" not in str(
        lesson.failure
    ):  # which Jupyter does not ask for
        return outputs, str(lesson.failure)
    return outputs, ""


def told(outputs: list[Any]) -> list[str]:
    """Return outputs as texts in which nothing is random."""
    texts: list[str] = []
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            if texts and texts[-1].startswith(f"{output['name']}: "):
                texts[-1] += output["text"]
            else:
                texts.append(f"{output['name']}: {output['text']}")
        elif kind == "error":
            texts.append(f"error: {output['ename']}: {output['evalue']}")
        else:
            texts.append(f"shown: {json.dumps(shown(output), ensure_ascii=False)}")
    return [fixed(text) for text in texts]


def shown(output: Any) -> dict[str, Any]:
    """Return what a page may show of a bundle; of a figure, only that it is one."""
    data = output["data"]
    if "width" in output["metadata"].get("image/svg+xml", {}):
        return {"figure": True}
    if str(data.get("text/plain", "")).startswith("<Figure size"):
        return {"figure": True}
    return {
        kind: value if isinstance(value, dict | list) else str(value).strip()
        for kind, value in sorted(data.items())
    }


def fixed(text: str) -> str:
    """Return a text without what differs from run to run."""
    text = plain(text)
    text = re.sub(r"0x[0-9a-f]{6,}", "0x…", text)
    text = re.sub(r"\b[0-9a-f]{32}\b", "id", text)
    # The file of a cell.
    return re.sub(
        r"/tmp/ipykernel_\d+/\d+\.py|(?:docs/)?page\.ipynb\[cell \d+\]|\d{5,}\.py", "cell", text
    )


def compare(name: str, notebook: Any) -> Iterator[Difference]:
    """Run a notebook both ways and give each difference."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        ours, our_end = here(notebook, Path(one).resolve())
        theirs, their_end = in_jupyter(notebook, Path(other))
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    for at, (source, output) in enumerate(zip(sources, theirs, strict=True)):
        left, right = told(ours[at]) if at < len(ours) else None, told(output)
        if left != right:
            yield Difference(name, source, left, right, our_end, their_end)
    if our_end and not sources:
        yield Difference(name, "", None, [], our_end, their_end)


def main() -> int:
    """Compare all; return 0 if every difference has a reason."""
    sources, pattern = Path(sys.argv[1]), (sys.argv[2:] or [""])[0]
    reasons: Counter[str] = Counter()
    unexplained = notebooks = cells = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, notebook in found(sources, Path(folder)):
            if pattern not in name:
                continue
            notebooks += 1
            cells += sum(cell.cell_type == "code" for cell in notebook.cells)
            differences = list(compare(name, notebook))
            print(f"{name}: {f'{len(differences)} differences' if differences else 'the same'}")
            for difference in differences:
                reason = difference.reason()
                reasons[reason] += bool(reason)
                unexplained += not reason
                print(
                    f"  {difference}\n    {f'meant: {reason}' if reason else 'NOT MEANT'}",
                    flush=True,
                )
    print(f"\n{notebooks} notebooks, {cells} cells of code; differences that are meant:")
    for reason, count in reasons.most_common():
        print(f"  {count}: {reason}")
    print(f"differences that are not meant: {unexplained}")
    return int(unexplained > 0 or not notebooks)


if __name__ == "__main__":
    sys.exit(main())
