"""Write a page that has run as Markdown, with its figures as files beside it."""

import base64
import json
import re
import struct
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from literate.lesson.model import Cell, Code, Counts, Failure, Page, Prose, Raw, Result, Run
from literate.lesson.text import collapse, messages, plain, visible
from literate.writing import attachments, claims, deeper, leads, sight, symptoms
from literate.writing.blocks import (
    failure_box,
    fence,
    html_box,
    indent,
    joined,
    ticks_around,
    without_blank_lines,
)
from literate.writing.leads import Lead
from literate.writing.long import few, share, shortened
from literate.writing.moving import box
from literate.writing.previews import preview
from literate.writing.sight import Place
from literate.writing.style import FOLD_LINES as FOLD_LINES
from literate.writing.style import Style as Style
from literate.writing.symptoms import Symptom

_FOOTNOTE = re.compile(r"^\[\^[^\]]+\]:", re.MULTILINE)
_ANNOTATION = re.compile(r"#\s*\(\d+\)!?\s*$", re.MULTILINE)
_TITLE = re.compile(r"\s*# .*(?:\n|\Z)")
_FIRST_LIST = re.compile(r"\s*(1\. .*?)(?:\n\n(?![ \t]|\d+\. )|\Z)", re.DOTALL)


#: A figure that is wider, in pixels, fills the page, and would be illegible on a phone if it had to
#: fit.
_WIDE = 640

#: The picture for dark pages, in base 64, and the figure for narrow ones; each if there is one.
_Twins = tuple[str, dict[str, Any] | None]


@dataclass
class Written:
    """A page as Markdown, its files by path relative to the page's folder, its lead if any.

    `symptoms` are the failures that it shows.
    """

    markdown: str
    files: dict[str, bytes]
    lead: Lead | None = None
    symptoms: tuple[Symptom, ...] = ()


def _titled(blocks: list[str]) -> tuple[str, list[str]]:
    """Return the title of a page, empty if it begins with none, and what follows."""
    found = _TITLE.match(blocks[0]) if blocks else None
    return (found[0], [blocks[0][found.end() :], *blocks[1:]]) if found else ("", blocks)


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
        self._places = sight.places(page, style)
        self._lead: Lead | None = None

    def write(
        self,
        run: Run | None,
        downloads: tuple[str, str] = ("", ""),
        failure: Failure | None = None,
    ) -> Written:
        """Return the page with what the run left; without a run, with the outputs it stores.

        Args:
            run: What running the page left.
            downloads: Where to get the page in other forms, as Markdown below its title and at its
                end.
            failure: What is wrong with the page: it is shown before all else.
        """
        results = iter(run.results if run else ())
        for cell, after in pairwise((*self.page.cells, None)):
            if isinstance(cell, Prose):
                self._prose(cell, results)
            elif isinstance(cell, Raw):
                self._raw(cell)
            elif cell is not None:
                stored = Result(outputs=list(cell.outputs)) if cell.outputs else None
                self._code(cell, next(results, None) if run else stored, after)
        self._close()
        if self._lead:
            self.blocks[:1] = leads.placed(self.blocks[0], self._lead)
        if failure:
            self.blocks.insert(0, failure_box(failure))
        elif run:
            if any(_FOOTNOTE.search(block) for block in self.blocks):
                self.blocks.append("///Footnotes Go Here///")  # before what ends the page
            above, below = downloads
            title, rest = _titled(self.blocks)
            self.blocks = [title, above, *rest, below]
            self.blocks.append(_footer(run))
        text = "\n\n".join(block.strip("\n") for block in self.blocks if block.strip()) + "\n"
        shown = symptoms.found(self.page, run)
        return Written(text, self.files, self._lead, tuple(shown))

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
        for piece in deeper.pieces(text, self._level):
            if piece.opens or piece.level != self._level:
                self._close()
            self._level = piece.level
            self.blocks.append(deeper.opened(piece.text) if piece.opens else piece.text)

    _annotated = 0
    _level = 0

    def _close(self) -> None:
        """End the section that a first reader can skip, if one is open."""
        self.blocks += [deeper.CLOSED] * bool(self._level)
        self._level = 0

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

    def _code(self, cell: Code, result: Result | None, after: Cell | None) -> None:
        if cell.tags & self.style.hide_cell:
            return
        if result and result.claims:
            self.blocks.append(_claims(cell, result, self.counts))
        elif (place := self._places[cell.number]) is not Place.HIDDEN:
            figures = sum(map(is_figure, result.outputs)) if result else 0
            title = sight.title(result, figures, after) if place is Place.FOLD else ""
            self.blocks.append(_input(cell, self.style.highlight_classes, title))
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
            twins = result.twins.get(str(index), ""), result.narrow.get(str(index))
            self.blocks.append(self._output(output, alts, twins, mark))
            if cell.lead and not self._lead and is_figure(output):
                light, dark = (*self._shown, "")[:2]
                alt = "".join(cell.alt[:1])
                self._lead = Lead(self.blocks[-1], cell.lead, light, dark, alt=alt)
                self._lead_as_pixels(output["data"])
            if moves := result.moves.get(str(index)):
                self._moving(moves)

    def _lead_as_pixels(self, data: dict[str, Any]) -> None:
        """Keep the lead for previews of links, if there are pixels of it."""
        if self._lead and "image/png" in data:
            name = f"{PurePosixPath(self.page.name).stem}/lead.png"
            self.files[name] = preview(joined(data["image/png"]))
            self._lead = replace(self._lead, pixels=name)

    def _moving(self, moves: dict[str, Any]) -> None:
        """Make of the last figure one that can be moved, and keep its checks as a file."""
        count = 1 + sum("/demo-" in file for file in self.files)
        name = f"{PurePosixPath(self.page.name).stem}/demo-{count}.json"
        kept = {"demo": moves["name"], "checks": moves["checks"]}
        self.files[name] = json.dumps(kept, separators=(",", ":")).encode()
        self.blocks[-1] = box(self.blocks[-1], moves)

    _share = 0
    _shown: tuple[str, ...] = ()

    def _output(self, output: dict[str, Any], alts: Any, twins: _Twins, mark: str) -> str:
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
            return self._figure(data, metadata, next(alts, ""), twins, mark)
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
        self, data: dict[str, Any], metadata: dict[str, Any], alt: str, twins: _Twins, mark: str
    ) -> str:
        self._figures += 1
        stem = f"{PurePosixPath(self.page.name).stem}/figure-{self._figures}"
        kind = next(kind for kind in _SUFFIX if kind in data)
        dark, narrow = twins
        # As character references: an alt text is text, whatever Markdown sees in it.
        alt = re.sub(
            r"[][\\`*_<>&$]", lambda sign: f"&#{ord(sign[0])};", visible(" ".join(alt.split()))
        )
        size = metadata.get(kind) or _size(data[kind])
        classes = mark.replace(" ", " .")
        wide = size.get("width", 0) > _WIDE
        shape = classes + " .wide" * wide + _shape(size)
        if wide and not narrow:  # where there is less room than this, its box scrolls
            shape += f' style="min-width: {size["width"] * 11 // 20}px"'
        pictures = self._pictures(stem, kind, joined(data[kind]), dark, shape)
        self._shown = tuple(address.partition("#")[0] for address in pictures)
        if narrow:
            shape = f"{classes} .narrow{_shape(narrow)}"
            pictures |= self._pictures(
                f"{stem}-narrow", kind, narrow["data"], narrow.get("dark", ""), shape
            )
        return "".join(
            f'![{alt}]({address}){{ .figure{shape} loading="lazy" }}'
            for address, shape in pictures.items()
        )

    def _pictures(
        self, stem: str, kind: str, content: str, dark: str, shape: str
    ) -> dict[str, str]:
        """Put a picture, and its twin on a dark page, among the files; return them by address."""
        if kind == "image/svg+xml":
            content = visible(content)
            light, twin = content.encode(), recolour(content, self.style.dark_colors).encode()
        else:
            light = base64.b64decode(content)
            twin = base64.b64decode(dark) or light
        name, suffix = quote(stem), _SUFFIX[kind]
        self.files[stem + suffix] = light
        if twin == light:
            return {name + suffix: shape}
        self.files[f"{stem}-dark{suffix}"] = twin
        return {f"{name}{suffix}#only-light": shape, f"{name}-dark{suffix}#only-dark": shape}


_SUFFIX = {
    "image/svg+xml": ".svg",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
}


def _shape(size: dict[str, Any]) -> str:
    return "".join(f' {side}="{size[side]}"' for side in ("width", "height") if side in size)


def _size(data: str | list[str]) -> dict[str, int]:
    """Return the size of a PNG, as notebooks store it, in pixels, or nothing of something else."""
    try:
        content = base64.b64decode(joined(data))
    except ValueError:
        return {}
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


def _input(cell: Code, classes: str, title: str) -> str:
    """Return the code of a cell; with a title, folded below it."""
    if not cell.source.strip():
        return ""
    ticks = ticks_around(cell.source)
    annotate = " .annotate" if _ANNOTATION.search(cell.source) else ""
    extra = "".join(f" .{name}" for name in classes.split()) + annotate
    info = f" {{ .python{extra} }}" if extra else "python"
    block = f"{ticks}{info}\n{cell.source}\n{ticks}"
    return f'??? code "{title}"\n\n{indent(block)}' if title else block


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
