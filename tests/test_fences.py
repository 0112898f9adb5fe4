"""Every Python block of a Markdown page runs, in the order of the page."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import yaml
from markdown import Markdown
from sybil import Document, Lexeme, Region
from sybil.evaluators.python import PythonEvaluator

ROOT = Path(__file__).parents[1]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("literate/**/*.md")),
    *sorted(ROOT.glob("docs/**/*.md")),
]
LESSONS = sorted(ROOT.glob("docs/**/*.py"))

#: A fence, with what is inside it; a fence inside of another one is part of that.
FENCE = re.compile(
    r"^(?P<margin>[ \t>]*)(?P<fence>`{3,}|~{3,})(?P<info>[^`\n]*)\n"
    r"(?P<code>(?:.*\n)*?)"
    r"(?P=margin)(?P=fence)[ \t]*$",
    re.MULTILINE,
)
LANGUAGE = re.compile(r"\s*(?:\{(?:[^}]*?\s)??)?\.?(?P<name>[\w+#-]+)(?=[\s}]|$)")
PYTHON = {"py", "py3", "python", "python3", "pycon", "ipython"}


def fences(document: Document) -> Iterator[Region]:
    """Find the Python blocks, also those with attributes and those in lists, boxes and tabs."""
    for match in FENCE.finditer(document.text):
        language = LANGUAGE.match(match["info"])
        if language and language["name"].lower() in PYTHON:
            lines = match["code"].splitlines()
            code = "\n".join(line[len(match["margin"]) :] for line in lines)
            source = Lexeme(textwrap.dedent(code), match.start("code") - match.start(), 0)
            yield Region(match.start(), match.end(), source, PythonEvaluator())


def rendered(page: str) -> int:
    """Return how many Python blocks a page has when the extensions of the site have rendered it."""
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").replace("!ENV", "")
    names: list[str] = []
    options: dict[str, dict[str, object]] = {}
    for entry in yaml.safe_load(settings)["markdown_extensions"]:
        for name, chosen in entry.items() if isinstance(entry, dict) else [(entry, {})]:
            names.append(name)
            options[name] = chosen
    options["pymdownx.highlight"]["pygments_lang_class"] = True
    html = Markdown(extensions=names, extension_configs=options).convert(page)
    languages = re.findall(r'<div class="[^"]*\blanguage-([^" ]*)[^"]*">', html)
    return sum(language.lower() in PYTHON for language in languages)


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_python_block_of_a_page_runs_in_order(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for example in Document.parse(str(page), fences):
        example.evaluate()
    plt.close("all")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_as_many_python_blocks_are_run_as_the_page_shows(page: Path) -> None:
    assert len(list(Document.parse(str(page), fences))) == rendered(page.read_text("utf-8"))


@pytest.mark.parametrize("lesson", LESSONS, ids=name)
def test_the_code_of_a_lesson_stands_in_cells_and_not_in_its_prose(lesson: Path) -> None:
    prose = re.sub(r"^# ?", "", lesson.read_text("utf-8"), flags=re.MULTILINE)

    assert list(fences(Document(prose, name(lesson)))) == []


SAMPLE = """
```{ .python title="steps.py" }
steps = [1]

if steps:
    steps += [2]
```

1.  In a list

    !!! note
        ~~~ py linenums="1"
        steps += [3]

        if steps:
            steps += [4]
        ~~~

=== "A tab"

    ``` { .python3 .annotate }
    steps += [5]
    ```

> ```` Python
> steps += [6]
>
> text = '''
> ```
> '''
> ````

``````markdown
```python
steps += ["in another block"]
```
``````

``` { .text .python }
steps += ["text"]
```
```python-repl
steps += ["of another name"]
```
```
steps += ["of no name"]
```

```python hl_lines="1"
steps.append(1 / 0)
```
"""


def test_blocks_are_found_wherever_they_stand_and_fail_with_their_line(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(SAMPLE, encoding="utf-8")
    document = Document.parse(str(page), fences)
    *blocks, last = document
    for block in blocks:
        block.evaluate()

    assert document.namespace["steps"] == [1, 2, 3, 4, 5, 6]
    assert rendered(SAMPLE) == 5
    with pytest.raises(ZeroDivisionError) as caught:
        last.evaluate()
    assert Path(caught.traceback[-1].path) == page
    assert SAMPLE.splitlines()[caught.traceback[-1].lineno] == "steps.append(1 / 0)"
