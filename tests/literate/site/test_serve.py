"""While a server runs, an edit costs what it changes, and the site is what a new build gives."""

import json
import os

import jinja2
import markdown
import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.livereload import LiveReloadServer

from literate.lesson import page

MORE = """
  - material/search:
      lang: en
      separator: '[ ]'
      pipeline: []
  - mkdocstrings:
      handlers:
        python:
          paths: ["."]
          options: {show_root_heading: true, backlinks: flat}
watch: [course]
"""

LESSON = """
# %% [markdown]
# # Lesson {name}
#
# Some words on [answer][course.thing.answer]. [The other]({other}.py#lesson-{other})
#
# ## Shown
#
# ::: course.thing.answer
#     options: {{show_root_heading: false, skip_local_inventory: true}}

# %%
from course.thing import answer
{tick}
print("answer", answer())
"""


THING = '''
def answer():
    """Return the answer."""
    return {}
'''


class Server:
    """One `mkdocs serve`: several builds of a site by the same plugin."""

    def __init__(self, site):
        self.site, self.project = site, site.project
        self._plugin = None
        self.converted = []

    def build(self):
        """Build as the server does after an edit; return what Markdown was converted for it."""
        os.chdir(self.project.root)
        config = load_config(str(self.project.root / "mkdocs.yml"))
        if self._plugin is None:
            config.plugins.on_startup(command="serve", dirty=False)
            self._plugin = config.plugins["literate"]
        assert config.plugins["literate"] is self._plugin
        self.converted.clear()
        build(config, serve_url="http://127.0.0.1:8000/")
        titles = {"a": "# Lesson a", "b": "# Lesson b", "reference": "# Reference"}
        return {name for name, title in titles.items() if any(title in x for x in self.converted)}

    def files(self):
        """Return the files of the site, the search index as entries in a fixed order."""
        files = {name: data for name, data in self.site.files().items() if name != "objects.inv"}
        index = json.loads(files.pop("search/search_index.json"))
        entries = sorted(index["docs"], key=lambda entry: entry["location"])
        seconds = b'<span class="volatile">'
        kept = {name: data.partition(seconds)[0] for name, data in files.items()}
        return {**kept, "entries": entries}


@pytest.fixture
def server(site, monkeypatch):
    project = site.project
    monkeypatch.chdir(project.root)
    site.configure()
    text = (project.root / "mkdocs.yml").read_text()
    head, _, tail = text.partition("markdown_extensions:")
    project.write("mkdocs.yml", f"{head.rstrip()}{MORE}markdown_extensions:{tail}")
    project.write("course/__init__.py", "")
    project.write("course/thing.py", THING.format("42"))
    project.write("docs/reference.md", "# Reference\n\n::: course.thing\n")
    project.write("docs/first.md", "# First\n\n::: course.other\n")
    project.write("course/other.py", '"""Nothing."""\n')
    for name, other in ("ab", "ba"):
        text = LESSON.format(name=name, other=other, tick=project.tick(name))
        project.write(f"docs/{name}.py", text)
    server = Server(site)
    convert = markdown.Markdown.convert

    def noted(self, source):
        server.converted.append(source)
        return convert(self, source)

    monkeypatch.setattr(markdown.Markdown, "convert", noted)
    assert server.build() == {"a", "b", "reference"}
    return server


def fresh(server):
    """Return the files that a new server's first build gives."""
    Server(server.site).build()
    return server.files()


def test_without_an_edit_no_page_is_rendered_and_the_site_is_the_same(server):
    before = server.files()
    assert "answer 42" in server.site.html("docs/a.py")
    assert any("Lesson b" in entry["title"] for entry in before["entries"])
    assert "doc-backlink" in server.site.html("docs/reference.md")
    assert server.build() == set()
    assert server.files() == before == fresh(server)


def test_a_file_that_was_not_written_since_is_not_even_read(server, monkeypatch):
    read = []
    monkeypatch.setattr(page, "read", lambda path, root: read.append(path.name))
    assert server.build() == set()
    assert read == []


def test_an_edit_of_prose_renders_its_page_and_runs_nothing(server):
    server.project.replace("docs/a.py", "Some words", "Other words")
    assert server.build() == {"a"}
    assert "Other words" in server.site.html("docs/a.py")
    assert any("Other words" in entry["text"] for entry in server.files()["entries"])
    assert not any("Some words" in str(e) and "a.html" in str(e) for e in server.files()["entries"])
    assert (server.project.ticks("a"), server.project.ticks("b")) == (1, 1)
    assert server.files() == fresh(server)


def test_an_edit_of_code_runs_its_lesson_alone(server):
    server.project.replace("docs/a.py", '"answer"', '"the answer"')
    assert server.build() == {"a"}
    assert "the answer 42" in server.site.html("docs/a.py")
    assert (server.project.ticks("a"), server.project.ticks("b")) == (2, 1)
    assert server.files() == fresh(server)


@pytest.mark.parametrize(("body", "answer"), [("6 * 9", 54), ("6 * 7", 42)])
def test_an_edit_of_the_package_shows_in_output_and_in_the_source_of_pages(server, body, answer):
    server.project.write("course/thing.py", THING.format(body))
    assert server.build() == {"a", "b", "reference"}
    assert f"answer {answer}" in server.site.html("docs/b.py")
    assert server.files() == fresh(server)


def test_the_server_of_processes_is_started_before_the_first_edit(server, monkeypatch):
    told = []
    start = lambda: told.append(os.environ["OMP_WAIT_POLICY"])  # noqa: E731
    monkeypatch.setattr("multiprocessing.forkserver.ensure_running", start)
    config = load_config(str(server.project.root / "mkdocs.yml"))
    one = LiveReloadServer(builder=None, host="127.0.0.1", port=0, root=config.site_dir)
    assert config.plugins.on_serve(one, config=config, builder=None) is one
    one.server_close()
    assert told == ["PASSIVE"]


def test_templates_are_compiled_once_and_again_when_they_are_edited(server, monkeypatch):
    compiled = []
    translate = jinja2.Environment._compile

    def noted(self, source, filename):
        compiled.append(filename)
        return translate(self, source, filename)

    monkeypatch.setattr(jinja2.Environment, "_compile", noted)
    server.build()
    assert compiled == []
    server.project.replace("theme/main.html", "<article>", "<article class=edited>")
    server.build()
    assert any(name.endswith("theme/main.html") for name in compiled)
    assert "<article class=edited>" in server.site.html("docs/a.py")


def test_a_failing_lesson_runs_again_when_something_of_it_has_changed(server, capsys):
    server.project.replace("docs/a.py", "print(", "1 / answer(); print(")
    server.project.write("course/thing.py", THING.format("0"))
    for _ in range(2):
        server.build()
        assert server.project.ticks("a") == 2, "nothing of it has changed"
        assert "ZeroDivisionError" in server.site.html("docs/a.py")
        assert "ZeroDivisionError" in capsys.readouterr().err, "it is told each time"
    server.project.write("course/thing.py", THING.format("1"))
    server.build()
    assert server.project.ticks("a") == 3
    assert "ZeroDivisionError" not in server.site.html("docs/a.py")


def test_a_failure_is_forgotten_with_the_server(server):
    server.project.replace("docs/a.py", "print(", "1 / 0; print(")
    server.build()
    Server(server.site).build()
    assert server.project.ticks("a") == 3


def test_an_edit_of_the_options_writes_every_page_anew(server):
    server.project.replace("mkdocs.yml", "jobs: 2", "jobs: 2\n      show_input: false")
    assert server.build() == {"a", "b", "reference"}
    assert "import" not in server.site.html("docs/a.py").partition("Source code")[0]
    assert server.files() == fresh(server)


def test_a_page_that_goes_and_a_page_that_comes_change_links_of_the_others(server, caplog):
    (server.project.root / "docs/b.py").unlink()
    server.project.replace("mkdocs.yml", "strict: true", "strict: false")
    assert server.build() == {"a", "reference"}
    assert "link 'b.py#lesson-b'" in caplog.text
    assert not any("Lesson b" in entry["title"] for entry in server.files()["entries"])
