"""How long a page takes: to read for the first time, to go deeper, and to practise.

Counted on the page as it is written, so that nobody has to guess and no edit makes it wrong. What
is folded counts for nobody's first reading.
"""

import re
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from literate.writing.brief import brief
from literate.writing.portable import source_of

#: Words a minute. Silent reading of plain prose is at about 240 (Brysbaert, 2019, Journal of Memory
#: and Language 109); who learns stops and looks back.
WORDS = 200

#: Seconds for a line of code, of output, or of a formula on lines of its own: said over in the
#: mind, it is about ten words.
LINE = 3.0

#: Seconds to find out what a figure shows.
FIGURE = 20.0

#: Seconds to answer a question before one looks.
QUESTION = 60.0

#: Minutes for an exercise, by the number of its marks ●: to type what one knows; to put two things
#: together; to find out.
EXERCISE = (5, 5, 10, 20)

_BOX = re.compile(r'<div class="admonition (exercise|question)"')
_TITLE = re.compile(r'<p class="admonition-title">.*</p>')
_FENCE = re.compile(r"^(?P<space> *)(?P<ticks>`{3,}|~{3,})")
_FOLDED = re.compile(r"^(?P<space> *)\?\?\?(?!\+)")
_SHOWN = re.compile(r"^ *::: +(?P<name>[\w.]+)")
_DETAILS = re.compile(r"<details(?P<open> class=\"deeper\")?|</details>")
_NOT_READ = re.compile(
    r"<[^>]*>|!\[[^]]*\]\([^)]*\)|\]\([^)]*\)|\]\[[^]]*\]|\{[^}]*\}|^\*\[.*|^ *!!! \w+"
)
_FIGURE = re.compile(r"\([^)]*\)\{ \.figure[^}]*\}")
_CODE = re.compile(r"`[^`]+`")
_FORMULA = re.compile(r"\$[^$]+\$")


@dataclass(frozen=True)
class Times:
    """What a page takes, in seconds, and how many words of prose its first reading has."""

    reading: float = 0.0
    deeper: float = 0.0
    practice: float = 0.0
    words: int = 0

    def minutes(self) -> dict[str, int]:
        """Return each time in minutes, rounded up."""
        seconds = {name: each for name, each in vars(self).items() if name != "words"}
        return {name: ceil(each / 60) for name, each in seconds.items()}

    def __str__(self) -> str:
        """Return them in words: `Read 12 min · practise 25`."""
        minutes = self.minutes()
        told = [f"Read {minutes['reading']} min"]
        told += [f"deeper {minutes['deeper']}"] * bool(self.deeper)
        told += [f"practise {minutes['practice']}"] * bool(self.practice)
        return " · ".join(told)


def times(markdown: str, root: Path) -> Times:
    """Return how long a page takes.

    Args:
        markdown: As the engine writes it, without its front matter.
        root: The folder of the project, in which lie the packages whose source it shows.
    """
    counter = _Counter(root)
    for line in markdown.split("\n"):
        counter.take(line)
    return Times(**counter.seconds, words=counter.words)


class _Counter:
    """Goes through a page line by line."""

    def __init__(self, root: Path) -> None:
        self.seconds = {"reading": 0.0, "deeper": 0.0, "practice": 0.0}
        self.words = 0
        self._root = root
        self._fence = ""
        self._folded: int | None = None  # what is indented more than this is in a folded box
        self._details: list[bool] = []  # those that are open: whether it is a section
        self._box = self._formula = False

    def take(self, line: str) -> None:
        """Add a line."""
        if self._in_folded(line) or self._in_details(line) or not line.strip():
            return
        if ticks := _FENCE.match(line):
            if not self._fence:
                self._fence = ticks["ticks"]
            elif ticks["ticks"].startswith(self._fence):
                self._fence = ""
        elif line.strip() == "$$" and not self._fence:
            self._formula = not self._formula
        elif self._fence or self._formula or "<tr" in line:
            self._spend(LINE)
        elif box := _BOX.search(line):
            self._box = True
            self.seconds["practice"] += QUESTION if box[1] == "question" else 0
        elif self._box and line == "</div>":
            self._box = False
        elif shown := _SHOWN.match(line):
            self._spend(LINE * _lines(shown["name"], self._root))
        else:
            self._read(line)

    def _in_folded(self, line: str) -> bool:
        """Return whether a line stands in a box that is closed."""
        if self._folded is not None:
            space = len(line) - len(line.lstrip())
            if not line.strip() or space > self._folded:
                return True
            self._folded = None
        if not self._fence and (found := _FOLDED.match(line)):
            self._folded = len(found["space"])
        return self._folded is not None

    def _in_details(self, line: str) -> bool:
        """Return whether a line stands in HTML that is closed, or opens or closes it."""
        if self._fence:
            return False in self._details
        for found in _DETAILS.finditer(line):
            if found[0].startswith("</"):
                self._details.pop()
            else:
                self._details.append(found["open"] is not None)
        return False in self._details or bool(_DETAILS.search(line))

    def _read(self, line: str) -> None:
        """Add a line of prose, of the title of an exercise, or figures."""
        self._spend(FIGURE * sum(map(_counts, _FIGURE.findall(line))))
        if self._box and (title := _TITLE.search(line)) and "Exercise" in line:
            self.seconds["practice"] += 60 * EXERCISE[min(3, title[0].count("●"))]
        text = _FORMULA.sub(" a b c ", _CODE.sub(" a ", line))
        words = re.findall(r"[^\W_]+(?:['’.,-][^\W_]+)*", _NOT_READ.sub(" ", text))
        self._spend(60 / WORDS * len(words))
        self.words += len(words) if self._part() == "reading" else 0

    def _spend(self, seconds: float) -> None:
        self.seconds[self._part()] += seconds

    def _part(self) -> str:
        """Return what a line belongs to."""
        return "practice" if self._box else "deeper" if self._details else "reading"


def _counts(figure: str) -> bool:
    """Return whether a figure is no twin of another, for a dark page or a narrow one."""
    return "#only-dark" not in figure and ".narrow" not in figure


def _lines(name: str, root: Path) -> int:
    """Return how many lines of a shown source a reader sees; none of what is not there."""
    try:
        source = brief(source_of(name, root))
    except LookupError:
        return 0
    return sum(bool(line.strip()) for line in source.split("\n"))
