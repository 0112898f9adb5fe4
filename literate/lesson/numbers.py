"""Find decimals and percentages typed into prose: code can give them, and they go stale unseen.

Years and whole numbers may stand. So may what is not the page's own statement: code, maths,
quotations, footnotes, addresses, versions. A number that has to be typed is followed by its reason:
`<!-- number: defined so by the SI -->`.
"""

import re
from collections.abc import Iterator

from literate.lesson.model import Failure, Page, Prose
from literate.lesson.page import INLINE

#: What may hold any number. The order counts: code comes first, since it may hold all the others.
_SILENT = (
    INLINE,
    re.compile(r"\S+(?:\s%)?\s*<!--\s*number:\s*\w.*?-->", re.DOTALL),
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"\$\$.*?\$\$|\\\[.*?\\\]|\\\(.*?\\\)", re.DOTALL),
    re.compile(r"(?<!\\)\$(?!\s)(?:(?!\n\s*\n)[^$])+?(?<!\s)\$"),
    re.compile(r"“[^”]*”"),
    re.compile(r"^[ \t]*>.*$", re.MULTILINE),
    re.compile(
        r"^(?P<in>[ \t]*)(?:(?:!!!|\?{3}\+?)[ ]+quote\b|\[\^[^\]]+\]:).*"
        r"(?:\n(?:(?P=in)[ ]{4}.*|[ \t]*$))*",
        re.MULTILINE,
    ),
    re.compile(r"\[(?:[^][]|\[[^][]*\])*\]\(https?:[^)]*\)"),  # what it says, another site says
    re.compile(r"(?<=\])(?:\([^)]*\)|\[[^\]]*\])|^\[[^\]]+\]:\s.*$", re.MULTILINE),
    re.compile(r"<[A-Za-z/][^<>]*>|https?://\S+|\{:?[ ]*[.#\w][^{}\n]*=[^{}\n]*\}"),
    re.compile(
        r"""\b(?:
              (?: Python | PyTorch | torch(?:vision)? | CUDA | NumPy | matplotlib | version
                | CC[ ]BY(?:-\w+)* ) \s* (?:[<>]=?|[≤≥])?
            | section | chapter | figure | table | equation | page | arXiv: | doi:
            ) \s* \d+ (?:\.\d+)* (?![\d%])
          | § \s* [\d.]+""",
        re.IGNORECASE | re.VERBOSE,
    ),
)

_NUMBER = re.compile(
    r"""(?<![\w.]) (?<!\w-)
    (?: \d[\d,]*(?:\.\d+)? \s? (?:%|per\s?cent\b)
      | \d[\d,]*\.\d+ (?!\.?\d)
      | \.\d+
      | \d+e[-+]?\d+
    )""",
    re.VERBOSE,
)


def typed(text: str) -> Iterator[tuple[int, str]]:
    """Yield the offset and the text of each number typed into a piece of Markdown."""
    for pattern in _SILENT:
        text = pattern.sub(lambda match: re.sub(r"[^\n]", "\0", match[0]), text)
    for match in _NUMBER.finditer(text):
        yield match.start(), " ".join(match[0].split())


def faults(page: Page) -> list[Failure]:
    """Return what is wrong if numbers are typed into the prose of a page; it names each."""
    found = [
        (cell.line + cell.source.count("\n", 0, offset), number)
        for cell in page.cells
        if isinstance(cell, Prose)
        for offset, number in typed(cell.source)
    ]
    if not found:
        return []
    (line, number), *others = found
    also = "".join(f"; so is {number} in line {line}" for line, number in others)
    message = (
        f"{number} is typed into the prose: write {{{{ value:.2f }}}}, "
        "or put it into code, maths or a quotation, or give the reason behind it, "
        f"<!-- number: … -->{also}"
    )
    return [page.fault(line, message)]
