"""Write a page that has run as Markdown, with its figures as files beside it."""

import base64
import json
import re
import struct
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

import yaml

from literate.lesson.model import Code, Counts, Failure, Page, Prose, Raw, Result, Run
from literate.lesson.text import collapse, messages, plain, visible
from literate.writing import attachments, claims
from literate.writing.blocks import (
    failure_box,
    fence,
    html_box,
    indent,
    joined,
    ticks_around,
    without_blank_lines,
)
from literate.writing.long import few, share, shortened

_FOOTNOTE = re.compile(r"^\[\^[^\]]+\]:", re.MULTILINE)
_ANNOTATION = re.compile(r"#\s*\(\d+\)!?\s*$", re.MULTILINE)
_FIRST_LIST = re.compile(r"\s*(1\. .*?)(?:\n\n(?![ \t]|\d+\. )|\Z)", re.DOTALL)


#: The longest output, in lines, that stands on a page as a whole.
FOLD_LINES = 25

#: A figure that is wider, in pixels, would be illegible on a phone if it had to fit.
_WIDE = 640


@dataclass
class Style:
    """How pages are written.

    Attributes:
        show_input: Whether code shows.
        hide_input: Tags of cells whose code does not show.
        hide_output: Tags of cells whose outputs do not show.
        hide_cell: Tags of cells that do not show.
        highlight_classes: Classes for all code.
        dark_colors: For each colour of a figure, the one that it has on a dark page.
        fold_lines: Outputs with more lines are folded after the first; 0 folds none.
    """

    show_input: bool = True
    hide_input: frozenset[str] = frozenset({"hide-input"})
    hide_output: frozenset[str] = frozenset({"hide-output"})
    hide_cell: frozenset[str] = frozenset()
    highlight_classes: str = ""
    dark_colors: dict[str, str] = field(default_factory=dict)
    fold_lines: int = FOLD_LINES


@dataclass
class Written:
    """A page as Markdown, and its files by path relative to the page's folder."""

    markdown: str
    files: dict[str, bytes]


class Writer:
    """Writes one page.

    Args:
        page: The lesson.
        style: How pages are written.
        counts: How often its claims hold with other seeds.
    """

    def __init__(self, page: Page, style: Style, counts: Counts | None = None) -> None:
        self.page, self.style, self.counts = page, style, counts or {}
        self.files: dict[str, bytes] = {}
        self.blocks: list[str] = []
        self._figures = 0

    def write(
        self, run: Run | None, downloads: str = "", failure: Failure | None = None
    ) -> Written:
        """Return the page with what the run left; without a run, with the outputs it stores.

        Args:
            run: What running the page left.
            downloads: Where to get the page in other forms, as Markdown.
            failure: What is wrong with the page: it is shown before all else.
        """
        results = iter(run.results if run else ())
        for cell in self.page.cells:
            if isinstance(cell, Prose):
                self._prose(cell, results)
            elif isinstance(cell, Raw):
                self._raw(cell)
            else:
                stored = Result(outputs=list(cell.outputs)) if cell.outputs else None
                self._code(cell, next(results, None) if run else stored)
        if failure:
            self.blocks.insert(0, failure_box(failure))
        elif run:
            if any(_FOOTNOTE.search(block) for block in self.blocks):
                self.blocks.append("///Footnotes Go Here///")  # before what ends the page
            if downloads:
                self.blocks.append(downloads)
            self.blocks.append(_footer(run))
        head = f"---\n{yaml.safe_dump(self.page.meta, allow_unicode=True)}---\n\n"
        text = "\n\n".join(block.strip("\n") for block in self.blocks if block.strip()) + "\n"
        return Written(head * bool(self.page.meta) + text, self.files)

    def _prose(self, cell: Prose, results: Any) -> None:
        text = "".join(
            part if isinstance(part, str) else visible(next(results, Result(text="?")).text)
            for part in cell.parts
        )
        text = attachments.linked(text, lambda name: self._attachment(cell, name))
        if self._annotated and (found := _FIRST_LIST.match(text)):
            # The list explains the marks of the fence before it: no output may stand between.
            self.blocks.insert(self._annotated, found[1])
            text = text[found.end() :]
        self._annotated = 0
        self.blocks.append(text)

    _annotated = 0

    def _attachment(self, cell: Prose, name: str) -> str:
        """Return the address of a picture that the cell holds, as a file beside the page."""
        try:
            content = attachments.content(cell, name)
        except KeyError:  # `rules` says so
            return f"attachment:{quote(name)}"
        count = 1 + sum("/attachment-" in file for file in self.files)
        file = f"{PurePosixPath(self.page.name).stem}/attachment-{count}{attachments.suffix(name)}"
        self.files[file] = content
        return quote(file)

    def _raw(self, cell: Raw) -> None:
        """Add what is meant for a page such as this; another format's is for no reader."""
        self._annotated = 0
        if cell.kind == "text/html":
            html = without_blank_lines(cell.source)
            self.blocks.append(f'<div markdown="0">\n{html}\n</div>')
        elif cell.is_markdown:
            self.blocks.append(visible(cell.source))

    def _code(self, cell: Code, result: Result | None) -> None:
        if cell.tags & self.style.hide_cell:
            return
        if result and result.claims:
            self.blocks.append(_claims(cell, result, self.counts))
        elif self.style.show_input and not cell.tags & self.style.hide_input:
            self.blocks.append(_input(cell, self.style.highlight_classes))
        if _ANNOTATION.search(cell.source):
            self._annotated = len(self.blocks)
        if result is None or cell.tags & self.style.hide_output:
            return
        alts = iter(cell.alt)
        outputs = _whole_bars(result.outputs)
        outputs = few(outputs, (not is_figure(each) and each.get("text") != "" for each in outputs))
        self._share = share([each for each in outputs if each.get("text") != ""])
        mark = " volatile" * ("volatile" in cell.tags)
        for index, output in enumerate(outputs):
            twin = result.twins.get(str(index), "")
            self.blocks.append(self._output(output, alts, twin, mark))

    _share = 0

    def _output(self, output: dict[str, Any], alts: Any, twin: str, mark: str) -> str:
        if output["output_type"] == "stream":
            text = self.page.to_absolute(plain(joined(output["text"])))
            warned = output["name"] == "stderr" and messages(text)
            return self._text(collapse(text), ("stderr" if warned else "") + mark)
        if output["output_type"] == "error":
            text = self.page.to_absolute(plain("\n".join(output["traceback"])))
            return fence("\n".join(shortened(text, self._share)[0]), "error" + mark)
        data, metadata = output["data"], output.get("metadata", {})
        if "text/markdown" in data:
            markdown = visible(joined(data["text/markdown"]))
            return f'<div class="output markdown{mark}" markdown>\n\n{markdown}\n\n</div>'
        if is_figure(output):
            return self._figure(data, metadata, next(alts, ""), twin, mark)
        if "text/html" in data:
            return html_box(joined(data["text/html"]), self.style.fold_lines, mark)
        if "text/latex" in data:
            latex = visible(joined(data["text/latex"]))
            return f'<div class="{mark.strip()}" markdown>\n\n{latex}\n\n</div>' if mark else latex
        if "application/json" in data:
            text = json.dumps(data["application/json"], ensure_ascii=False, indent=2)
            return self._text(text, mark)
        return self._text(plain(joined(data.get("text/plain", ""))), mark)

    def _text(self, text: str, kind: str) -> str:
        """Return text as a fence, or, if it is long, its first lines and the rest folded.

        Args:
            text: What to show.
            kind: Further classes, with spaces between them.
        """
        lines, count = shortened(text, self._share)
        if not 0 < self.style.fold_lines < count:
            return fence("\n".join(lines), kind)
        shown = max(1, self.style.fold_lines * 2 // 5)
        first, rest = (fence("\n".join(part), kind) for part in (lines[:shown], lines[shown:]))
        mark = " volatile" * ("volatile" in kind.split())
        return f'{first}\n\n??? rest{mark} "{count - shown:,} more lines"\n\n{indent(rest)}'

    def _figure(
        self, data: dict[str, Any], metadata: dict[str, Any], alt: str, twin: str, mark: str
    ) -> str:
        self._figures += 1
        stem = f"{PurePosixPath(self.page.name).stem}/figure-{self._figures}"
        kind = next(kind for kind in _SUFFIX if kind in data)
        content = joined(data[kind])
        if kind == "image/svg+xml":
            content = visible(content)
            light, dark = content.encode(), recolour(content, self.style.dark_colors).encode()
        else:
            light = base64.b64decode(content)
            dark = base64.b64decode(twin) or light
        size = metadata.get(kind) or _size(light)
        shape = "".join(f' {side}="{size[side]}"' for side in ("width", "height") if side in size)
        if size.get("width", 0) > _WIDE:  # where there is less room than this, its box scrolls
            shape += f' style="min-width: {size["width"] * 11 // 20}px"'
        # As character references: an alt text is text, whatever Markdown sees in it.
        alt = re.sub(
            r"[][\\`*_<>&$]", lambda sign: f"&#{ord(sign[0])};", visible(" ".join(alt.split()))
        )
        pictures = {stem + _SUFFIX[kind]: light}
        if dark != light:
            pictures[f"{stem}-dark{_SUFFIX[kind]}"] = dark
        self.files.update(pictures)
        schemes = ("#only-light", "#only-dark") if len(pictures) == 2 else ("",)
        shape = mark.replace(" ", " .") + shape
        return "".join(
            f'![{alt}]({quote(name)}{scheme}){{ .figure{shape} loading="lazy" }}'
            for name, scheme in zip(pictures, schemes, strict=True)
        )


_SUFFIX = {
    "image/svg+xml": ".svg",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
}


def _size(content: bytes) -> dict[str, int]:
    """Return the size of a PNG in pixels, or nothing if it is something else."""
    if not content.startswith(b"\x89PNG") or len(content) < 24:
        return {}
    return dict(zip(("width", "height"), struct.unpack(">II", content[16:24]), strict=True))


def recolour(svg: str, twins: dict[str, str]) -> str:
    """Return an SVG in which each colour of `twins` (`#rrggbb`) is replaced by its twin."""
    if not twins:
        return svg
    lower = {colour.lower(): twin for colour, twin in twins.items()}
    pattern = re.compile("|".join(map(re.escape, lower)), re.IGNORECASE)
    return pattern.sub(lambda match: lower[match[0].lower()], svg)


def _whole_bars(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return outputs in which a progress bar that prints have cut is one text, its last state."""
    whole = list(outputs)
    pieces: list[str] = []
    last = 0
    for index, output in enumerate(outputs):
        if output.get("name") != "stderr":
            continue
        if pieces:
            whole[last] = {**output, "text": ""}
        pieces.append(joined(output["text"]))
        last = index
        if pieces[-1].endswith("\n") or "\r" not in pieces[0]:
            whole[index] = {**output, "text": "".join(pieces)}
            pieces = []
    if pieces:
        whole[last] = {**outputs[last], "text": "".join(pieces)}
    return whole


def is_figure(output: dict[str, Any]) -> bool:
    """Return whether an output is shown as a picture."""
    data = output.get("data", {})
    if "text/markdown" in data:
        return False
    if "text/latex" in data:  # a formula, for which pixels are the last resort
        return "image/svg+xml" in data
    return bool(_SUFFIX.keys() & data)


def _input(cell: Code, classes: str) -> str:
    if not cell.source.strip():
        return ""
    ticks = ticks_around(cell.source)
    annotate = " .annotate" if _ANNOTATION.search(cell.source) else ""
    extra = "".join(f" .{name}" for name in classes.split()) + annotate
    info = f" {{ .python{extra} }}" if extra else "python"
    block = f"{ticks}{info}\n{cell.source}\n{ticks}"
    return '??? code "Code"\n\n' + indent(block) if "fold" in cell.tags else block


def _claims(cell: Code, result: Result, counts: Counts) -> str:
    lines = [
        f"- {text}" + f' <small class="seeds">{beside}</small>' * bool(beside)
        for text, beside in claims.statements(cell, result, counts)
    ]
    ticks = ticks_around(cell.source)
    block = indent(f"{ticks}python\n{cell.source}\n{ticks}")
    code = f'??? code "The code that checks it"\n\n{block}'
    kind = claims.kind(cell, result, counts)
    title = "Checked while this page was built" + f": {kind}" * bool(kind)
    body = visible("\n".join(lines))
    return f'!!! check "{title}"\n\n' + indent(f"{body}\n\n{code}")


def _footer(run: Run) -> str:
    seconds = f'<span class="volatile">{run.seconds:.1f} s</span>'
    threads = f"{run.threads} thread{'s' * (run.threads != 1)}"
    where = f"Ran in {seconds} on {run.device}, {threads}"
    versions = [f"{name} {version}" for name, version in run.versions.items()]
    data = "Data: " + (", ".join(run.data) or "none read")
    told = " · ".join([where, *versions, data])
    # Not for the search: seconds would make every build's index another.
    return f'<footer class="run" data-search-exclude markdown>\n{told}\n</footer>'
