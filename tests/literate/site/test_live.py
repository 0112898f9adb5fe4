"""While a server runs, what is saved is shown at once, and the site behind it is made right."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.livereload import LiveReloadServer
from watchdog.events import FileModifiedEvent, FileOpenedEvent

from literate.site import swap
from literate.site.live import Live

MORE = """
  - search
  - autorefs
  - mkdocstrings:
      handlers: {python: {paths: ["."], options: {show_root_heading: true, backlinks: flat}}}
watch: [own]
"""

LESSON = """
# %% [markdown]
# # Lesson
#
# Some words on [answer][own.thing.answer]. [Plain](../plain.md#part)
#
# ::: own.thing.answer
#     options: {show_root_heading: false, skip_local_inventory: true}

# %% alt="A line."
import matplotlib.pyplot as plt
plt.plot([1, 2]);

# %%
print("shown", 6 * 7)
"""


THING = '''"""Thing."""


def answer():
    """Return {}."""
    return 42
'''


@pytest.fixture
def project(site, monkeypatch):
    """Return a project with a lesson, a plain page and a package."""
    site.configure("downloads: ['*.py']\nreference: own")
    text = (site.project.root / "mkdocs.yml").read_text()
    head, _, tail = text.partition("markdown_extensions:")
    site.project.write("mkdocs.yml", f"{head.rstrip()}{MORE}markdown_extensions:{tail}")
    site.project.write("own/__init__.py", '"""Own."""\n')
    site.project.write(
        "own/thing.py", '"""Thing."""\n\n\ndef answer():\n    """Return it."""\n    return 42\n'
    )
    site.project.write("own/part/__init__.py", '"""Part."""\n')
    site.project.write("own/part/a.py", '"""What the lesson teaches."""\n')
    site.project.write("own/other.py", '"""Other."""\n')
    site.project.write("docs/all.md", "# All\n\n::: own.other\n")
    site.project.write("docs/plain.md", "# Plain\n\n## Part\n\nSome words.\n")
    site.project.write("docs/part/a.py", LESSON)
    monkeypatch.chdir(site.project.root)
    return site.project


@pytest.fixture
def plugin(project):
    """Return the plugin after the first build of a server."""
    config = load_config("mkdocs.yml")
    config.plugins.on_startup(command="serve", dirty=False)
    build(config, serve_url="http://127.0.0.1:8000/")
    plugin = config.plugins["literate"]
    plugin.prepare()
    yield plugin
    config.plugins.on_shutdown()


def fresh(project, site):
    """Return the pages of a site, and as a build of all of it makes them."""
    shown = pages(site.folder)
    config = load_config("mkdocs.yml")
    config.plugins["literate"].on_startup(command="serve", dirty=False)
    build(config, serve_url="http://127.0.0.1:8000/")
    return shown, pages(site.folder)


def pages(folder):
    """Return the pages and figures of a site, without the seconds of a run."""
    mark = b'<span class="volatile">'
    paths = [path for path in folder.rglob("*") if path.suffix in (".html", ".svg", ".py")]
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return {name: data.partition(mark)[0] for name, data in found.items()}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("docs/part/a.py", "Some words", "Other words"),
        ("docs/part/a.py", "[answer][own.thing.answer]", "nothing"),
        ("docs/part/a.py", "[1, 2]", "[2, 1]"),
        ("docs/part/a.py", "6 * 7", "6 * 9"),
        ("docs/part/a.py", 'alt="A line."', 'alt=["A line.", "Two."]'),
        ("docs/plain.md", "Some words.", "Other words, [there](part/a.py)."),
        ("docs/plain.md", "Some words.", "## More\n\nSee [answer][own.thing.answer]."),
    ],
)
def test_a_saved_page_is_written_as_a_build_of_all_writes_it(project, site, plugin, name, old, new):
    if new.startswith("alt=["):
        project.replace(
            "docs/part/a.py", "plt.plot([1, 2]);", "plt.plot([1, 2])\nplt.show()\nplt.plot([3, 4]);"
        )
    project.replace(name, old, new)
    assert plugin.show([project.root / name], site.folder)
    shown, built = fresh(project, site)
    page = Path(name).relative_to("docs").with_suffix(".html").as_posix()
    assert shown[page] == built[page]
    figures = {each for each in built if each.startswith("part/a/")}
    assert {each: shown[each] for each in figures} == {each: built[each] for each in figures}


@pytest.mark.parametrize(
    "names", [["own/thing.py"], ["docs/new.md"], ["docs/part/a.py", "own/thing.py"], []]
)
def test_what_is_no_page_of_the_last_build_is_left_to_the_next(project, site, plugin, names):
    before = pages(site.folder)
    for name in names:
        project.write(name, "# New\n")
    assert not plugin.show([project.root / name for name in names], site.folder)
    assert pages(site.folder) == before


def test_a_lesson_that_fails_shows_its_failure_and_comes_back(project, site, plugin, capsys):
    project.replace("docs/part/a.py", "6 * 7", "6 / 0")
    assert plugin.show([project.root / "docs/part/a.py"], site.folder)
    assert "This lesson failed" in site.html("docs/part/a.py")
    assert "ZeroDivisionError" in capsys.readouterr().err
    project.replace("docs/part/a.py", "6 / 0", "6 * 7")
    assert plugin.show([project.root / "docs/part/a.py"], site.folder)
    assert "shown 42" in site.html("docs/part/a.py")


def test_the_folder_of_a_build_that_was_given_up_goes_with_the_server(plugin, site):
    server = LiveReloadServer(builder=None, host="127.0.0.1", port=0, root=str(site.folder))
    plugin.on_serve(server, config=load_config("mkdocs.yml"), builder=None)
    left = swap.staging(site.folder)
    left.mkdir()
    plugin.on_shutdown()
    server.server_close()
    assert not left.exists()
    assert site.folder.is_dir()


class Pages:
    """Stands for the plugin: notes what it is to show."""

    def __init__(self, can=True):
        self.can, self.shown, self.ready = can, [], 0

    def show(self, sources, site):
        self.shown.append({path.name for path in sources})
        return self.can

    def prepare(self):
        self.ready += 1


@pytest.fixture
def live(tmp_path, monkeypatch):
    """Return a function that makes a watcher of a folder with a site in it."""
    monkeypatch.setattr("literate.site.live.QUIET", 0.0)
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("old")
    made = []

    def make(pages, build=lambda: None):
        server = LiveReloadServer(
            builder=None, host="127.0.0.1", port=0, root=str(tmp_path / "site")
        )
        made.append(server)
        return Live(server, pages, build)

    yield make
    for server in made:
        server.server_close()


def test_a_change_of_content_counts_and_a_look_does_not(live):
    watcher = live(Pages())
    watcher._note(FileOpenedEvent("/docs/a.py"))
    assert not watcher.server._want_rebuild
    watcher._note(FileModifiedEvent("/docs/a.py"))
    assert watcher.server._want_rebuild


def test_the_page_comes_first_and_the_rest_behind_it(live):
    order, pages = [], Pages()
    watcher = live(pages, lambda: order.append(("built", list(pages.shown))))
    watcher._note(FileModifiedEvent("/docs/a.py"))
    watcher.server._want_rebuild = False
    before = watcher.server._visible_epoch
    watcher.rebuild()
    assert order == [("built", [{"a.py"}])]
    assert watcher.server._visible_epoch == watcher.server._wanted_epoch >= before
    assert pages.ready == 1


def test_another_save_is_shown_before_the_rest_is_built(live):
    built, pages = [], Pages()
    watcher = live(pages, lambda: built.append(1))
    watcher._note(FileModifiedEvent("/docs/a.py"))
    watcher.rebuild()
    assert built == [], "what was noted is still wanted"
    watcher.server._want_rebuild = False
    watcher.rebuild()
    assert built == [1]


def test_a_build_behind_a_page_that_was_shown_is_given_up_for_a_save(live):
    def build():
        watcher.check()
        watcher.server._want_rebuild = True
        watcher.check()
        pytest.fail("it went on")

    watcher = live(Pages(), build)
    watcher.rebuild()
    assert (watcher.site / "index.html").read_text() == "old"


def test_a_build_that_nobody_has_seen_anything_of_is_not_given_up(live):
    done = []

    def build():
        watcher.server._want_rebuild = True
        watcher.check()
        done.append(1)

    watcher = live(Pages(can=False), build)
    watcher.rebuild()
    assert done == [1]


@pytest.mark.parametrize("error", [ValueError("broken"), SystemExit("in strict mode")])
def test_a_build_that_fails_leaves_the_site_and_the_server_answers(live, error, capsys):
    def build():
        raise error

    watcher = live(Pages(can=False), build)
    watcher.rebuild()
    assert (watcher.site / "index.html").read_text() == "old"
    assert watcher.server._visible_epoch == watcher.server._wanted_epoch
    said = capsys.readouterr()
    assert str(error) in said.out + said.err


def test_pages_that_cannot_be_shown_are_built(live):
    class Broken(Pages):
        def show(self, sources, site):
            raise ValueError("no")

    built = []
    live(Broken(), lambda: built.append(1)).rebuild()
    assert built == [1]


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_a_real_server_shows_each_kind_of_save(project, site):
    port = free_port()
    command = [sys.executable, "-m", "mkdocs", "serve", "--no-strict", "-a", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    address = f"http://127.0.0.1:{port}/"

    def shows(page, text):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{address}{page}", timeout=60) as answer:
                    if text in answer.read().decode():
                        return True
            except OSError:
                pass
            time.sleep(0.05)
        return False

    try:
        assert shows("part/a.html", "shown 42")
        project.replace("docs/part/a.py", "Some words", "Other words")
        assert shows("part/a.html", "Other words")
        project.replace("docs/part/a.py", "6 * 7", "6 * 9")
        assert shows("part/a.html", "shown 54")
        project.replace("docs/plain.md", "# Plain", "# Renamed")
        assert shows("plain.html", "Renamed")
        project.write(
            "own/thing.py",
            '"""Thing."""\n\n\ndef answer():\n    """Return more."""\n    return 43\n',
        )
        assert shows("reference/thing.html", "Return more.")
        project.write("docs/later.md", "# Later\n")
        assert shows("later.html", "Later")
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) is not None
