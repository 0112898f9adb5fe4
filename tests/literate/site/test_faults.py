"""Whatever is wrong with a page is told alike by a build and by a server, which shows it."""

import re
from html import unescape

import pytest
from mkdocs.structure.pages import Page

PYTHON = """---
jupyter:
  kernelspec:
    display_name: Python 3
    language: python
    name: python3
---
"""
PROSE = "# %% [markdown]\n# # T\n#\n# {}\n\n# %%\nx = 1\n"
STREAM_END = "while parsing a flow sequence: expected ',' or ']', but got '<stream end>'"
UNKNOWN = r'cannot render the formula `\foo`, character 0: Unknown command "\foo".'

#: The page, and all lines that are told of it.
FAULTS = {
    "bad TeX in a lesson": (
        "docs/a.py",
        PROSE.format("$\\foo$\n#\n# $$\n# \\frac{1}\n# {2\n# $$"),
        [
            f"docs/a.py, line 4: {UNKNOWN}",
            "docs/a.py, line 7: cannot render the formula `\\frac{1} {2`, character 11: "
            'Expected closing token "}", but reached end of input.',
        ],
    ),
    "bad TeX in what one needs": (
        "docs/a.py",
        "# ---\n# title: T\n# needs: $\\foo$\n# ---\n\n" + PROSE.format("Text"),
        [f"docs/a.py, line 3: {UNKNOWN}"],
    ),
    "bad TeX that code has made": (
        "docs/a.py",
        '# %%\nfrom IPython.display import Markdown\nMarkdown("$" + chr(92) + "foo$")\n',
        [f"docs/a.py: {UNKNOWN}"],
    ),
    "bad TeX and another fault": (
        "docs/a.py",
        PROSE.format("$\\foo$ and 0.5 and {{"),
        [
            "docs/a.py, line 4: {{ without an expression and its }}; "
            "write { { for two braces that are meant as such",
            "docs/a.py, line 4: 0.5 is typed into the prose: write {{ value:.2f }}, or put it into "
            "code, maths or a quotation, or give the reason behind it, <!-- number: … -->",
            f"docs/a.py, line 4: {UNKNOWN}",
        ],
    ),
    "bad TeX in another page": (
        "docs/a.md",
        "# T\n\n$\\foo$\n",
        [f"docs/a.md, line 3: {UNKNOWN}"],
    ),
    "a figure that is not described": (
        "docs/a.py",
        "# %%\nimport matplotlib.pyplot as plt\nplt.figure();\n",
        [
            "docs/a.py, line 2, cell 1: draws 1 figure(s) and has 0 alt text(s): write "
            'alt="what one sees" after the cell\'s %%, for several alt=["…", "…"]'
        ],
    ),
    "bad YAML in a lesson": (
        "docs/a.py",
        "# ---\n# title: [a\n# ---\n\n" + PROSE.format("Text"),
        [f"docs/a.py, line 2: the front matter is not YAML: {STREAM_END}"],
    ),
    "bad YAML in another page": (
        "docs/a.md",
        "---\ntitle: [a\n---\n# T\n",
        [f"docs/a.md, line 2: the front matter is not YAML: {STREAM_END}"],
    ),
    "another page that is not UTF-8": (
        "docs/a.md",
        b"# T\n\n\xe9\n",
        ["docs/a.md, line 3: expected UTF-8, found byte 0xe9: save the file as UTF-8"],
    ),
    "a lesson in Markdown that cannot be read": (
        "docs/a.md",
        f"{PYTHON}# T\n\n```python tags=5\nx = 1\n```\n",
        ["docs/a.md: cannot be read as md: 'int' object is not iterable"],
    ),
    "source that is not there, in a lesson": (
        "docs/a.py",
        PROSE.format("::: course.gone"),
        ["docs/a.py, line 4: cannot show the source: there is no course.gone"],
    ),
    "source that is not there, in another page": (
        "docs/a.md",
        "# T\n\n::: course.gone\n\n::: cource.x\n",
        [
            "docs/a.md, line 3: cannot show the source: there is no course.gone",
            "docs/a.md, line 5: cannot show the source: there is no module for cource.x",
        ],
    ),
    "options of shown source that are not YAML": (
        "docs/a.py",
        PROSE.format("::: course.thing\n#     options: [a"),
        [f"docs/a.py: the options of a shown source are not YAML: {STREAM_END}"],
    ),
}
MORE = """
  - mkdocstrings:
      handlers:
        python:
          paths: ["."]
"""


@pytest.fixture
def configured(site, monkeypatch):
    """Return a function that configures a site with maths and shown source."""
    monkeypatch.chdir(site.project.root)
    site.project.write("course/__init__.py", "")
    site.project.write("course/thing.py", "")

    def configure(plugin):
        site.configure(plugin)
        site.project.replace(
            "mkdocs.yml",
            "\nmarkdown_extensions:",
            f"{MORE}markdown_extensions:\n  - literate.site.maths",
        )
        return site

    return configure


def shown(html: str) -> str:
    """Return the text of the first box of a page."""
    box = html.partition('<div class="admonition failure">')[2].partition("</article>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", "", box)).split())


@pytest.mark.parametrize("plugin", ["", 'downloads: ["*"]'])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_alike_by_builds_and_by_a_server_which_shows_it_and_lives(
    configured, capsys, caplog, fault, plugin
):
    name, text, lines = FAULTS[fault]
    site = configured(plugin)
    site.build()
    before = site.files()
    site.project.write(name, text)
    told = []
    for _ in ("new", "stored"):
        with pytest.raises(SystemExit):
            site.build()
        told.append(caplog.messages[-1])
        assert site.files() == before
        caplog.clear()
    for _ in ("new", "stored"):
        site.build("serve")
        told.append(capsys.readouterr().err.strip())
        box = shown(site.html(name))
        for line in lines:
            place, _, message = line.partition(": ")
            assert f"{place} {' '.join(message.split())}" in box
    heads = {each.strip().partition("\n\n")[0] for each in told}
    assert heads <= {"1 lesson failed:", "1 page failed:"}
    assert len(heads) == 1
    assert [each.strip().partition("\n\n")[2].split("\n") for each in told] == [lines] * 4
    site.project.write(name, "# T\n\nMended.\n" if name.endswith("md") else PROSE.format("Mended."))
    site.build("serve")
    assert "Mended." in site.html(name)
    assert "failure" not in site.html(name)


def test_faults_of_several_pages_are_told_together(configured, caplog):
    site = configured("")
    site.project.write("docs/a.md", "# A\n\n$\\foo$\n")
    site.project.write("docs/b.py", PROSE.format("$\\foo$"))
    with pytest.raises(SystemExit):
        site.build()
    assert caplog.messages[-1].strip() == (
        f"2 pages failed:\n\ndocs/a.md, line 3: {UNKNOWN}\n\ndocs/b.py, line 4: {UNKNOWN}"
    )


def test_any_other_error_while_a_page_is_rendered_names_the_page_and_shows_there(
    configured, capsys, monkeypatch
):
    site = configured("")
    site.project.write("docs/a.md", "# A\n")
    render = Page.render

    def render_but_a(self, config, files):
        if self.markdown == "# A\n":
            raise OverflowError("a bug")
        render(self, config, files)

    monkeypatch.setattr(Page, "render", render_but_a)
    site.build("serve")
    assert "docs/a.md cannot be rendered: OverflowError: a bug" in shown(site.html("docs/a.md"))
    assert "docs/a.md: cannot be rendered: OverflowError: a bug\n" in capsys.readouterr().err


def test_a_theme_whose_lesson_has_no_facts_shows_that_under_a_server(configured, capsys):
    site = configured("")
    site.project.write("docs/part/a.py", "# ---\n# title: [\n# ---\n\n" + PROSE.format("Text"))
    site.project.write("docs/part/index.md", "# Part\n\n<!-- lessons -->\n")
    site.project.replace(
        "mkdocs.yml", "site_name", "nav: [index.md, part/index.md, part/a.py]\nsite_name"
    )
    site.build("serve")
    told = "part/a.py: its front matter has no title, no description"
    assert f"docs/part/index.md {told}" in shown(site.html("docs/part/index.md"))
    assert f"1 page failed:\n\ndocs/part/index.md: {told}" in capsys.readouterr().err
