"""What goes wrong on a page: the messages that it shows, and the failures that it marks.

A message is that of an exception, as a terminal ends with it, or of a warning; a cell may also have
caught it and printed it. A failure without a message is told by the `symptom` behind the `# %%` of
a cell. Why it happens says the `cause`: one for all of a cell, or one for each.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from literate.lesson.model import Code, Page, Prose, Result, Run
from literate.lesson.outline import headings
from literate.lesson.text import plain, visible
from literate.writing.blocks import joined

#: A message in what a cell has printed, behind whatever the line begins with.
_PRINTED = re.compile(
    r"(?<![\w.])(?P<name>[A-Z]\w*(?:Error|Warning)): (?P<says>\S.*)$", re.MULTILINE
)


@dataclass(frozen=True)
class Symptom:
    """Something that goes wrong on a page.

    Attributes:
        line: Of the cell that shows it, in the file of the page.
        section: The heading below which it stands, as it is written; empty if there is none.
        symptom: What one sees; of a message, if it does not say it.
        error: The name of the exception or the warning; empty if there is no message.
        message: The first line of what it says.
        cause: Why it happens.
    """

    line: int
    section: str = ""
    symptom: str = ""
    error: str = ""
    message: str = ""
    cause: str = ""

    def facts(self) -> dict[str, Any]:
        """Return what the front matter of the page keeps of it."""
        return asdict(self)


def found(page: Page, run: Run | None) -> Iterator[Symptom]:
    """Yield what goes wrong on a page, in its order.

    Args:
        page: As it is written.
        run: What it left; without a run, its cells show what they store.
    """
    section = ""
    results = iter(run.results if run else ())
    for cell in page.cells:
        if isinstance(cell, Prose):
            for part in cell.parts:
                if not isinstance(part, str):
                    next(results, None)
            below = [text for level, text in headings(cell) if level > 1]
            section = below[-1] if below else section
        elif isinstance(cell, Code):
            stored = Result(outputs=list(cell.outputs))
            result = next(results, stored) if run else stored
            for at, (error, message) in enumerate(failures(cell, result, page)):
                symptom = "" if at else cell.symptom
                cause = cell.cause[min(at, len(cell.cause) - 1)] if cell.cause else ""
                yield Symptom(cell.line, section, symptom, error, message, cause)


def failures(cell: Code, result: Result, page: Page) -> list[tuple[str, str]]:
    """Return the name and the first line of each message that a cell shows.

    A cell that marks a failure and shows no message has one without either.
    """
    messages = list(dict.fromkeys(_messages(result, page)))
    return messages or [("", "")] * bool(cell.symptom)


def _messages(result: Result, page: Page) -> Iterator[tuple[str, str]]:
    for output in result.outputs:
        if output["output_type"] == "error":
            said = page.to_absolute(visible(plain(output["evalue"]))).strip()
            yield output["ename"], said.partition("\n")[0]
        elif output["output_type"] == "stream":
            for line in _PRINTED.finditer(visible(plain(joined(output["text"])))):
                yield line["name"], line["says"].strip()
