"""Make the files of a new lesson, each in the form of the house, and put it where it has to stand.

    nox -s new -- networks/softmax "Softmax regression" --after networks/workflow

Module, test, lesson and exercises come from the templates beside this file, red until they are
filled in; the lesson gets its line in `nav` and its row in the curriculum. A theme that does not
exist yet gets its folders, its page, and its line in the import contracts too. Nothing is written
if anything is in the way.
"""

import argparse
import json
import keyword
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = Path(__file__).with_name("templates")


class RefusedError(Exception):
    """What was asked for cannot be made; the message says why, and what to do."""


@dataclass(frozen=True)
class Wanted:
    """A lesson to make.

    Attributes:
        theme: A folder of the package, and of the lessons.
        name: Of the module and of the lesson.
        title: As readers see it.
        after: The lesson, `theme/name`, behind which it comes; or empty, for the last of its theme.
        theme_title: Of a theme that does not exist yet; or empty, for its name.
        row: The row of the curriculum that it teaches; or empty, for the one of its title, or a new
            one.
    """

    theme: str
    name: str
    title: str
    after: str = ""
    theme_title: str = ""
    row: str = ""

    @property
    def lesson(self) -> str:
        """Theme and name, as `nav` and the curriculum have them."""
        return f"{self.theme}/{self.name}"


def changes(wanted: Wanted, root: Path) -> dict[Path, str]:
    """Return the text of every file to make or to change.

    Args:
        wanted: The lesson.
        root: The folder of the project.

    Raises:
        RefusedError: If a name is none for a module, or is taken, or a place is not there.
    """
    _check(wanted, root)
    new_theme = not (root / "docs/lessons" / wanted.theme / "index.md").is_file()
    files = _files(wanted, root, new_theme)
    if taken := [path for path in files if path.exists()]:
        raise RefusedError(f"{taken[0].relative_to(root)} exists: choose another name")
    edits: dict[str, Callable[[str, Wanted], str]] = {
        "mkdocs.yml": _with_page,
        "docs/curriculum.yml": _with_row,
    }
    if new_theme:
        edits["pyproject.toml"] = _with_layer
    for name, edit in edits.items():
        files[root / name] = edit((root / name).read_text(encoding="utf-8"), wanted)
    return files


def _check(wanted: Wanted, root: Path) -> None:
    for name in (wanted.theme, wanted.name):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
            raise RefusedError(f"{name!r} is no name of a module: write it like slope_and_bias")
        if name in {"exercises", "index"}:
            raise RefusedError(f"{name!r} means something else here: choose another name")
    for title in (wanted.title, wanted.theme_title):
        if title != title.strip() or re.search(r'["\\\n]', title):
            raise RefusedError(f"the title {title!r} is not one line without quotes around it")
    if not wanted.title:
        raise RefusedError('a lesson has a title: networks/softmax "Softmax regression"')
    lessons, course = root / "docs/lessons" / wanted.theme, root / "course" / wanted.theme
    if not lessons.is_dir() and (course.exists() or course.with_suffix(".py").exists()):
        raise RefusedError(f"course/{wanted.theme} is no theme: choose another name")


def _files(wanted: Wanted, root: Path, new_theme: bool) -> dict[Path, str]:
    theme, name, title = wanted.theme, wanted.name, wanted.title
    files = {
        root / f"course/{theme}/{name}.py": _filled("module.py", wanted, title),
        root / f"tests/{theme}/test_{name}.py": _filled("test.py", wanted, title),
        root / f"docs/lessons/{theme}/{name}.py": _filled("lesson.py", wanted, title),
        root / f"course/{theme}/exercises/{name}.py": _filled("exercises.py", wanted, title),
    }
    if new_theme:
        title = _theme_title(wanted)
        files |= {
            root / f"course/{theme}/__init__.py": f'"""{title}: what this theme teaches."""\n',
            root / f"course/{theme}/exercises/__init__.py": f'"""Exercises on {title.lower()}: one '
            'module for each lesson."""\n',
            root / f"docs/lessons/{theme}/index.md": _filled("theme.md", wanted, title),
        }
    return files


def _theme_title(wanted: Wanted) -> str:
    return wanted.theme_title or wanted.theme.replace("_", " ").capitalize()


def _filled(template: str, wanted: Wanted, title: str) -> str:
    """Return a template with what it leaves open: `@name@` is the name of the lesson."""
    values = {
        "theme": wanted.theme,
        "name": wanted.name,
        "title": title,
        "sentence": title if title[-1] in ".?!" else f"{title}.",
        "yaml": _scalar(title),
    }
    text = (TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")
    return re.sub(r"@(\w+)@", lambda match: values[match[1]], text)


def _scalar(text: str) -> str:
    """Return a text as YAML: as it stands if that is what YAML reads, else in quotes."""
    with suppress(yaml.YAMLError):
        if yaml.safe_load(f"key: {text}") == {"key": text}:
            return text
    return json.dumps(text, ensure_ascii=False)


def _with_page(text: str, wanted: Wanted) -> str:
    """Return mkdocs.yml with the lesson in `nav`."""
    lines = text.splitlines()
    pages = {
        match[1]: index
        for index, line in enumerate(lines)
        if (match := re.fullmatch(r"\s*- lessons/(\w+/\w+)\.\w+", line))
    }
    if wanted.lesson in pages:
        raise RefusedError(f"mkdocs.yml has {wanted.lesson} in nav: choose another name")
    after = wanted.after
    if after and after not in pages:
        near = ", ".join(name for name in pages if not name.endswith("/index"))
        raise RefusedError(f"--after {after}: nav has no such lesson; it has {near}")
    own = [name for name in pages if name.startswith(f"{wanted.theme}/")]
    if own:
        if after and after not in own:
            raise RefusedError(f"--after {after}: that is a lesson of another theme")
        at = pages[after or own[-1]]
        indent = " " * (len(lines[at]) - len(lines[at].lstrip()))
        lines[at + 1 : at + 1] = [f"{indent}- lessons/{wanted.lesson}.py"]
    else:
        theme = after.partition("/")[0]
        at = max(
            index for name, index in pages.items() if name.startswith(f"{theme}/" * bool(theme))
        )
        indent = " " * (len(lines[at]) - len(lines[at].lstrip()))
        lines[at + 1 : at + 1] = [
            f"{indent[:-4]}- {_scalar(_theme_title(wanted))}:",
            f"{indent}- lessons/{wanted.theme}/index.md",
            f"{indent}- lessons/{wanted.lesson}.py",
        ]
    return "\n".join(lines) + "\n"


def _with_row(text: str, wanted: Wanted) -> str:
    """Return the curriculum with the lesson in its row, whose other cells are still empty."""
    rows = yaml.safe_load(text)["rows"]
    row = _row(rows, wanted)
    cells = f"  lesson: {wanted.lesson}\n  sections: []\n  implements: []\n  exercises: []\n"
    if row is not None:
        block = re.compile(rf"^- id: {re.escape(row['id'])}\n(?:  .*\n|\n)*", re.MULTILINE)
        return block.sub(lambda match: match[0] + cells, text, count=1)
    before = _last_row(rows, wanted)
    new = (
        f"- id: {_free_id(rows, wanted, before)}\n"
        f"  part: {before['part']}\n"
        f"  title: {_scalar(wanted.title)}\n"
        "  must_show: >-\n    what the lesson has to show, in a few words each\n"
    )
    block = re.compile(rf"^- id: {re.escape(before['id'])}\n(?:  .*\n|\n)*", re.MULTILINE)
    return block.sub(lambda match: match[0] + new + cells, text, count=1)


def _row(rows: Iterable[Mapping[str, Any]], wanted: Wanted) -> Mapping[str, Any] | None:
    """Return the row that is meant, if there is one."""
    named = [row for row in rows if row["id"] == wanted.row]
    if wanted.row and not named:
        raise RefusedError(f"--row {wanted.row}: the curriculum has no such row")
    untaught = [row for row in rows if row["title"] == wanted.title and "lesson" not in row]
    for row in named or untaught:
        if "lesson" in row:
            raise RefusedError(f"--row {row['id']}: {row['lesson']} teaches it already")
        return row
    return None


def _last_row(rows: list[Mapping[str, Any]], wanted: Wanted) -> Mapping[str, Any]:
    """Return the row behind which a new one belongs: the last of its theme or of the one before."""
    for theme in (wanted.theme, wanted.after.partition("/")[0]):
        own = [row for row in rows if row.get("lesson", "").startswith(f"{theme}/")]
        if theme and own:
            return own[-1]
    return rows[-1]


def _free_id(rows: Iterable[Mapping[str, Any]], wanted: Wanted, before: Mapping[str, Any]) -> str:
    """Return the letters of the theme's rows, or of its name, and the next number."""
    taken = {row["id"] for row in rows}
    known = before.get("lesson", "").startswith(f"{wanted.theme}/")
    letters = re.sub(r"\d+$", "", before["id"]) if known else wanted.theme[:1].upper()
    numbers = [int(each[len(letters) :]) for each in taken if re.fullmatch(rf"{letters}\d+", each)]
    return f"{letters}{max(numbers, default=0) + 1}"


def _with_layer(text: str, wanted: Wanted) -> str:
    """Return pyproject.toml with the theme among the layers, above the one that comes before it."""
    theme = wanted.after.partition("/")[0]
    place = re.compile(
        rf'^  "{theme}",\n' if theme else r'(?<=^layers = \[\n)(?=  "\w+",\n)', re.MULTILINE
    )
    found = list(place.finditer(text))
    if not found:
        raise RefusedError(f"pyproject.toml has no layer {theme}: add {wanted.theme} to the layers")
    at = found[0].start()
    return f'{text[:at]}  "{wanted.theme}",\n{text[at:]}'


def write(files: Mapping[Path, str]) -> None:
    """Write all files, or none: what was written is taken back if one cannot be.

    Raises:
        OSError: If a file cannot be written.
    """
    before = {path: path.read_bytes() if path.exists() else None for path in files}
    folders: list[Path] = []
    try:
        for path, text in files.items():
            missing = [each for each in path.parents if not each.exists()]
            path.parent.mkdir(parents=True, exist_ok=True)
            folders += missing
            path.write_text(text, encoding="utf-8")
    except OSError:
        for path, content in before.items():
            if content is not None:
                path.write_bytes(content)
            else:
                path.unlink(missing_ok=True)
        for folder in sorted(folders, key=lambda each: -len(each.parts)):
            with suppress(OSError):
                folder.rmdir()
        raise


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Run the command; return 0, or 1 if nothing was made."""
    summary, _, rest = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        "nox -s new --",
        description=summary,
        epilog=rest,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("lesson", help="theme/name, such as networks/softmax")
    parser.add_argument("title", help='as readers see it, such as "Softmax regression"')
    parser.add_argument("--after", default="", help="the lesson behind which it comes: theme/name")
    parser.add_argument("--theme", default="", help="the title of a theme that does not exist yet")
    parser.add_argument("--row", default="", help="the row of the curriculum that it teaches")
    given = parser.parse_args(arguments)
    theme, slash, name = given.lesson.partition("/")
    try:
        if not slash:
            raise RefusedError(f"{given.lesson!r} has no theme: write it like networks/softmax")
        files = changes(Wanted(theme, name, given.title, given.after, given.theme, given.row), root)
        made = [path for path in files if not path.exists()]
        write(files)
    except (RefusedError, OSError) as error:
        print(f"nothing was made: {error}", file=sys.stderr)
        return 1
    for path in files:
        print(f"{'made' if path in made else 'edited'}  {path.relative_to(root).as_posix()}")
    print("Fill them in until `nox` is green; CONTRIBUTING.md says how.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
