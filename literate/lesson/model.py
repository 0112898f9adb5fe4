"""What a lesson is before, and what it is after it ran: plain values that travel and are stored."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from literate.lesson.text import visible

#: What a claim can be: an identity or a theorem; a finding about these rows and this seed; an
#: inference, which names its interval and level.
KINDS = ("always", "here", "in-general")

#: Tags with a meaning here. Another tag is a mistake, unless an option of the site names it.
TAGS = frozenset(
    {
        *KINDS,
        "claim",
        "exclusive",
        "fold",
        "hide-input",
        "hide-output",
        "raises-exception",
        "rare",
        "skip-execution",
        "unfold",
        "volatile",
        "warns",
    }
)


@dataclass
class Failure:
    """Why a page has no result: where, what, and the traceback that a reader may follow.

    `line` is the one of the file, if that is known; `also` holds what else is wrong with the page.
    """

    place: str
    message: str
    traceback: str = ""
    line: int = 0
    also: tuple["Failure", ...] = ()

    def __str__(self) -> str:
        """Return the place and the message, and the traceback indented below; then the others."""
        lines = [f"{self.place}: {self.message}"]
        lines += ["    " + line for line in self.traceback.splitlines()]
        return "\n".join([visible("\n".join(lines)), *map(str, self.also)])


class PageError(Exception):
    """A page that cannot be read; `failure` names the file, the place and the cause."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.failure = Failure(place, message)


@dataclass(frozen=True)
class Value:
    """An inline expression of the prose, to be filled with what it is worth at that point."""

    expression: str
    format: str
    line: int


@dataclass(frozen=True)
class Code:
    """A code cell: its source, the line of the file on which it starts, and its metadata.

    `lead` is a sentence: the first figure of the cell stands with it where the page begins.
    `symptom` is what one sees of a failure that the cell shows, and `cause` why that happens,
    or why each of several messages comes.
    """

    source: str
    line: int
    number: int
    tags: frozenset[str] = frozenset()
    alt: tuple[str, ...] = ()
    format: str = "svg"
    lead: str = ""
    symptom: str = ""
    cause: tuple[str, ...] = ()
    outputs: tuple[dict[str, Any], ...] = ()

    @property
    def kinds(self) -> list[str]:
        """The kinds that a claim names; one, or it breaks a rule."""
        return [kind for kind in KINDS if kind in self.tags]


@dataclass(frozen=True)
class Prose:
    """A Markdown cell: text and values in reading order; its source, and where that starts.

    `attachments` are pictures that a notebook keeps inside of the cell: for each name the content
    by its type, in base 64.
    """

    parts: tuple[str | Value, ...]
    source: str
    line: int
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """A raw cell: what only one kind of page understands, and which, such as `text/html`."""

    source: str
    kind: str = ""
    line: int = 0

    @property
    def is_markdown(self) -> bool:
        """Whether it is read as the page's own Markdown."""
        return self.kind in ("", "text/markdown")


@dataclass(frozen=True)
class Page:
    """A lesson as written: its cells in order, and the front matter for the site.

    `name` is the path that readers of a traceback see, relative to the root of the project;
    `faults` are what is written wrong and does not keep the page from being read.
    """

    name: str
    cells: tuple["Cell", ...]
    meta: dict[str, Any] = field(default_factory=dict)
    faults: tuple[Failure, ...] = ()

    @property
    def steps(self) -> list[Code | Value]:
        """Everything that runs, in order."""
        return list(_steps(self.cells))

    @property
    def exclusive(self) -> bool:
        """Whether the lesson asks for the machine to itself."""
        return any("exclusive" in step.tags for step in self.steps if isinstance(step, Code))

    def fault(self, line: int, message: str, cell: Code | None = None) -> Failure:
        """Return what is wrong with a line of the page, or of one of its code cells."""
        place = self.place(cell, line) if cell else f"{self.name}, line {line}"
        return Failure(place, message, line=line)

    def place(self, step: Code | Value, line: int = 0) -> str:
        """Return where a step stands, or one of its lines, as `docs/lesson.py, line 23, cell 4`."""
        what = f"cell {step.number}" if isinstance(step, Code) else repr(step.expression)
        return f"{self.source_name(step)}, line {line or step.line}, {what}"

    def to_relative(self, text: str) -> str:
        """Replace line numbers of this page in a text by the cell and the line within it.

        A stored run stays right when prose above its cells grows; `to_absolute` turns back.
        """
        cells = [(index, step.line) for index, step in enumerate(self.steps)]

        text = text.translate({2: "\u2402", 3: "\u2403"})  # else a program could write such marks

        def relative(match: re.Match[str]) -> str:
            line = int(match[2])
            index, start = max((cell for cell in cells if cell[1] <= line), default=(0, 1))
            return f"{match[1]}\x02{index}+{line - start}\x03"

        return re.sub(rf"({re.escape(self.name)}(?:\", line |:))(\d+)", relative, text)

    def to_absolute(self, text: str) -> str:
        """Replace what `to_relative` left by the line numbers of the page as it is now."""
        steps = self.steps

        def absolute(match: re.Match[str]) -> str:
            index = int(match[1])
            if index >= len(steps):  # no mark of ours: outputs that a notebook stores hold any text
                return match[0]
            return str(steps[index].line + int(match[2]))

        return re.sub("\x02(\\d+)\\+(\\d+)\x03", absolute, text)

    def source_name(self, step: Code | Value) -> str:
        """Return the file name under which the step's code is compiled."""
        if self.name.endswith(".ipynb") and isinstance(step, Code):
            return f"{self.name}[cell {step.number}]"
        return self.name


Cell = Prose | Code | Raw


def _steps(cells: tuple[Cell, ...]) -> Iterator[Code | Value]:
    for cell in cells:
        if isinstance(cell, Code):
            yield cell
        elif isinstance(cell, Prose):
            yield from (part for part in cell.parts if isinstance(part, Value))


@dataclass
class Check:
    """What came of an assert in a run with other seeds.

    `values` changes with what the assert looked at; it is empty where that cannot be told.
    """

    held: bool
    values: str


@dataclass
class Result:
    """What one step left: a cell's outputs (as notebooks store them) and claims, or a value.

    `twins` holds the dark twin, a PNG in base 64, of some outputs, by their index as text. `narrow`
    holds the same figure for a narrow page in the same way: its `data`, SVG or PNG in base 64, its
    `width` and `height` in pixels, and of a PNG its twin, `dark`. `moves` says of some how one can
    move them on a page: the `name` of the demo, its `question`, its `values`, and its `checks`.
    `asserts` says which assert of the cell has made each claim, from 0. With other seeds, `checks`
    holds what came of the asserts, and `error` why the step failed, if it did.
    """

    outputs: list[dict[str, Any]] = field(default_factory=list)
    twins: dict[str, str] = field(default_factory=dict)
    narrow: dict[str, dict[str, Any]] = field(default_factory=dict)
    moves: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: list[str] = field(default_factory=list)
    asserts: list[int] = field(default_factory=list)
    text: str = ""
    checks: dict[int, Check] = field(default_factory=dict)
    error: str = ""

    @property
    def statements(self) -> dict[str, int]:
        """Each claim once, with the assert that was the first to make it."""
        found: dict[str, int] = {}
        for text, number in zip(self.claims, self.asserts, strict=True):
            found.setdefault(text, number)
        return found


@dataclass(frozen=True)
class Count:
    """How often an assert held with other seeds.

    Attributes:
        held: In how many runs.
        times: How many runs there were.
        drawn: Whether what it looks at changes with the seeds.
        current: Whether the code is still the one that was counted.
    """

    held: int
    times: int
    drawn: bool
    current: bool


#: The counts of a page: by the number of the cell, and of the assert in it, from 0.
Counts = dict[tuple[int, int], Count]


@dataclass
class Manifest:
    """Everything that a run used, and in what state: it holds while nothing of it changed.

    `files` maps a path to the SHA-256 of its content, or to "" where there was no such file;
    `outlines` maps the path of a lesson of which only the outline was taken to two of them, of the
    file and of the outline.
    """

    files: dict[str, str] = field(default_factory=dict)
    modules: list[str] = field(default_factory=list)
    distributions: dict[str, str] = field(default_factory=dict)
    machine: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    outlines: dict[str, list[str]] = field(default_factory=dict)


def thread_variables(threads: int) -> dict[str, str]:
    """Return what numerical libraries are told: how many threads, and not to spin for work.

    Lessons share the processors; a thread that spins while it waits takes one from the others.
    """
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {**dict.fromkeys(names, str(threads)), "OMP_WAIT_POLICY": "PASSIVE"}


@dataclass(frozen=True)
class Job:
    """A page to run, and how: what the parent hands to the child.

    `portable` says that its figures are taken along, and have to show anywhere; `moved`, by how
    much every seed is moved, and that each assert counts for itself.
    """

    page: Page
    root: Path
    threads: int
    seconds_per_cell: float
    figure_style: str = ""
    dark_colors: dict[str, str] = field(default_factory=dict)
    environment: tuple[str, ...] = ()
    first_import: str = ""
    allow_errors: bool = False
    portable: bool = False
    preload: tuple[str, ...] = ()
    moved: int = 0


@dataclass(frozen=True)
class Span:
    """When the process of a lesson had started and ended, in seconds since the first was asked for.

    Before that one starts, the libraries are loaded.
    """

    started: float
    ended: float


@dataclass
class Run:
    """What came out of running a page, step by step, and with what it was made."""

    results: list[Result] = field(default_factory=list)
    seconds: float = 0.0
    device: str = ""
    threads: int = 0
    imports: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    failure: Failure | None = None
    manifest: Manifest = field(default_factory=Manifest)

    def to_json(self) -> dict[str, Any]:
        """Return the run as values that JSON can hold; a failed run is not for keeping."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Run":
        """Return the run that `to_json` described."""
        results = [Result(**result) for result in values["results"]]
        return cls(**{**values, "results": results, "manifest": Manifest(**values["manifest"])})
