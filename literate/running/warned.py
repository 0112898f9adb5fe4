"""What comes on stderr is expected, or the lesson fails: a warning that nobody meant is a fault."""

from typing import Any

from literate.lesson.model import Code, Page, Value
from literate.lesson.text import messages


class UnexpectedWarningError(Exception):
    """A cell wrote to stderr, as warnings do, and no tag says that it would."""

    def __init__(self, text: str) -> None:
        first = text.partition("\n")[0]
        super().__init__(
            f"unexpected on stderr: {first}; mend the cause or, "
            'if readers are meant to see it, tag the cell "warns"'
        )
        self.text = text


def check(page: Page, step: Code | Value, outputs: list[dict[str, Any]], allowed: bool) -> None:
    """Raise unless what came on stderr was to be expected; progress bars always are.

    Args:
        page: The lesson.
        step: What has run.
        outputs: What it has shown.
        allowed: Whether the site shows errors and warnings of any cell.

    Raises:
        UnexpectedWarningError: If a cell warns that is not tagged so.
        RuntimeError: If a cell that is tagged so does not.
    """
    streams = [output for output in outputs if output.get("name") == "stderr"]
    text = "\n".join(filter(None, (messages(output["text"]) for output in streams)))
    expected = isinstance(step, Code) and "warns" in step.tags
    if expected and not text:
        raise RuntimeError("tagged warns, but nothing came on stderr")
    if text and not expected and not allowed:
        raise UnexpectedWarningError(page.to_absolute(text))
