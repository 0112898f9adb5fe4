"""While a server runs, what is saved is shown at once, and the site behind it is made right."""

import math
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
from mkdocs.structure.pages import Page
from watchdog.events import FileModifiedEvent, FileOpenedEvent

from literate.site import swap
from literate.site.live import Live, SupersededError

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
    site.configure("downloads: ['*.py']\nreference: own\ncopying: true")
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


@pytest.fixture
def served(plugin, site):
    """Return the site that was built as it is served."""
    server = LiveReloadServer(builder=None, host="127.0.0.1", port=0, root=str(site.folder))
    yield Live(server, plugin, lambda: None)
    server.server_close()


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
def test_a_saved_page_is_written_as_a_build_of_all_writes_it(
    project, site, plugin, served, name, old, new
):
    if new.startswith("alt=["):
        project.replace(
            "docs/part/a.py", "plt.plot([1, 2]);", "plt.plot([1, 2])\nplt.show()\nplt.plot([3, 4]);"
        )
    project.replace(name, old, new)
    assert plugin.show([project.root / name], served)
    shown, built = fresh(project, site)
    page = Path(name).relative_to("docs").with_suffix(".html").as_posix()
    assert shown[page] == built[page]
    figures = {each for each in built if each.startswith("part/a/")}
    assert {each: shown[each] for each in figures} == {each: built[each] for each in figures}


@pytest.mark.parametrize(
    "names", [["own/thing.py"], ["docs/new.md"], ["docs/part/a.py", "own/thing.py"], []]
)
def test_what_is_no_page_of_the_last_build_is_left_to_the_next(
    project, site, plugin, served, names
):
    before = pages(site.folder)
    for name in names:
        project.write(name, "# New\n")
    assert not plugin.show([project.root / name for name in names], served)
    assert pages(site.folder) == before


def test_a_lesson_that_fails_shows_its_failure_and_comes_back(
    project, site, plugin, served, capsys
):
    project.replace("docs/part/a.py", "6 * 7", "6 / 0")
    assert plugin.show([project.root / "docs/part/a.py"], served)
    assert "This lesson failed" in site.html("docs/part/a.py")
    assert "ZeroDivisionError" in capsys.readouterr().err
    project.replace("docs/part/a.py", "6 / 0", "6 * 7")
    assert plugin.show([project.root / "docs/part/a.py"], served)
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


def test_an_edit_of_the_package_shows_on_the_page_that_is_looked_at(project, site, plugin, served):
    project.replace("docs/part/a.py", "6 * 7", "__import__('own.thing').thing.answer()")
    assert plugin.show([project.root / "docs/part/a.py"], served)
    more = '"""Thing."""\n\n\ndef answer():\n    """Return more."""\n    return 43\n'
    thing = project.write("own/thing.py", more)
    assert not plugin.show([thing], served), "nobody looks at anything"
    served.readers.page = "part/a.html"
    assert plugin.show([thing], served)
    mkdocstrings = plugin._last.config.plugins["mkdocstrings"]
    assert "standalone" in mkdocstrings.get_handler("python").env.filters, "as in a build"
    shown, built = fresh(project, site)
    assert b"shown 43" in shown["part/a.html"]
    assert b"Return more." in shown["part/a.html"]
    assert shown["part/a.html"] == built["part/a.html"]


def test_lessons_that_use_an_edited_package_follow_the_page_that_is_looked_at(
    project, site, plugin, served
):
    project.replace("docs/part/a.py", "6 * 7", "__import__('own.thing').thing.answer()")
    assert plugin.show([project.root / "docs/part/a.py"], served)
    project.replace("own/thing.py", "42", "43")
    served.readers.page = "reference/thing.html"
    assert plugin.show([project.root / "own/thing.py"], served)
    assert "43" in site.html("docs/reference/thing.md")
    assert "shown 42" in site.html("docs/part/a.py")
    plugin.follow(served)
    shown, built = fresh(project, site)
    assert b"shown 43" in shown["part/a.html"]
    assert shown["part/a.html"] == built["part/a.html"]


def test_a_setting_that_is_saved_is_left_to_a_build_of_all(project, plugin, served):
    served.readers.page = "part/a.html"
    assert not plugin.show([project.root / "mkdocs.yml"], served)


@pytest.fixture
def first(project, monkeypatch):
    """Return a function that builds as a server does for its first answer, rendering so long."""
    made = []

    def build_first(seconds, address=None):
        config = load_config("mkdocs.yml")
        config.plugins.on_startup(command="serve", dirty=False)
        made.append(config)
        config.site_url = address or config.site_url
        with monkeypatch.context() as patch:
            patch.setattr("literate.site.plugin.RUNS_FIRST", False)
            patch.setattr("literate.site.plugin.RENDERS_FIRST", seconds)
            build(config, serve_url="http://127.0.0.1:8000/")
        return config.plugins["literate"]

    yield build_first
    for config in made:
        config.plugins["literate"].on_startup(command="serve", dirty=False)  # a build may be over
        config.plugins.on_shutdown()


@pytest.fixture
def serve(site):
    """Return a function that has a plugin serve the site."""
    made = []

    def served(plugin):
        made.append(LiveReloadServer(None, "127.0.0.1", 0, str(site.folder)))
        return Live(made[-1], plugin, lambda: None)

    yield served
    for server in made:
        server.server_close()


def test_a_server_that_has_kept_nothing_answers_with_pages_that_come(
    project, site, first, serve, caplog
):
    project.write("docs/plain.md", "# Plain {#id}\n\n## Part\n\nSee [it](part/a.py#lesson).\n")
    plugin = first(0.0)  # mkdocs.yml is strict: an anchor or a reference would end it
    for name in ("plain.html", "part/a.html", "reference/thing.html", "all.html"):
        assert "This page is on its way" in (site.folder / name).read_text()
    assert "<title>Plain</title>" in site.html("docs/plain.md")
    index = (site.folder / "search/search_index.json").read_text()
    assert "Some words" not in index
    assert plugin.coming()
    live = serve(plugin)
    live.readers.page = "reference/thing.html"
    plugin._catch_up(live)
    assert "Return it." in site.html("docs/reference/thing.md")
    live.readers.page = "part/a.html"
    plugin._catch_up(live)
    page = site.html("docs/part/a.py")
    assert "This lesson is running" in page
    assert "Some words" in page
    assert "This page is on its way" in site.html("docs/plain.md")
    plugin.follow(live)
    assert not plugin.coming()
    shown, built = fresh(project, site)
    assert not any(b"on its way" in content for content in shown.values())
    for name in ("plain.html", "part/a.html", "all.html"):  # without who refers to it
        assert shown[name] == built[name]
    assert not caplog.records or "WARNING" not in caplog.text


def test_a_save_comes_before_pages_that_were_left_out(project, site, first, serve):
    plugin = first(0.0)
    live = serve(plugin)
    live._gives_way = live.server._want_rebuild = True
    with pytest.raises(SupersededError):
        plugin.follow(live)
    live._gives_way = live.server._want_rebuild = False
    assert plugin.coming()
    plugin.follow(live)
    assert not plugin.coming()


@pytest.mark.parametrize("before", ["build", "serve"])
def test_a_server_and_a_build_use_the_pages_that_the_other_has_kept(
    project, site, first, serve, monkeypatch, before
):
    text = (project.root / "mkdocs.yml").read_text()
    project.write("mkdocs.yml", f"{text}site_url: https://example.org/course\n")
    if before == "build":
        site.build()
        assert first(0.0, "http://127.0.0.1:8000/")._rendered.left_out == set()
        assert "on its way" not in site.html("docs/part/a.py")
    else:
        plugin = first(0.0, "http://127.0.0.1:8000/")
        plugin.follow(serve(plugin))
        config = load_config("mkdocs.yml")
        config.site_url = "http://127.0.0.1:8000/"
        build(config, serve_url=config.site_url)
        assert "https://example.org/course/" in (site.folder / "part/a/a.py").read_text()
        monkeypatch.setattr(Page, "render", lambda *_: pytest.fail("it was rendered"))
        monkeypatch.setattr("literate.build.run_all", lambda *_: pytest.fail("it was run"))
        site.build()
    assert "shown 42" in site.html("docs/part/a.py")


def test_what_mkdocstrings_has_read_before_an_edit_is_not_kept_for_the_edited_package(
    project, site, first, serve
):
    plugin = first(math.inf)
    live = serve(plugin)
    plugin.follow(live)
    plugin.prepare()
    thing = project.write("own/thing.py", THING.format("more"))  # the server does not know yet
    project.replace("docs/part/a.py", "Some words", "Other words")
    assert plugin.show([project.root / "docs/part/a.py"], live)
    assert "Return more." not in site.html("docs/part/a.py")
    live.readers.page = "part/a.html"
    assert plugin.show([thing], live)
    assert "Return more." in site.html("docs/part/a.py")
    shown, built = fresh(project, site)
    assert shown["part/a.html"] == built["part/a.html"]


def test_a_server_without_kept_runs_answers_first_and_then_shows_what_comes(
    project, site, monkeypatch
):
    monkeypatch.setattr("literate.site.plugin.RUNS_FIRST", False)
    monkeypatch.setattr("literate.site.plugin.RENDERS_FIRST", math.inf)
    config = load_config("mkdocs.yml")
    config.plugins.on_startup(command="serve", dirty=False)
    build(config, serve_url="http://127.0.0.1:8000/")
    plugin, page = config.plugins["literate"], site.html("docs/part/a.py")
    assert "This lesson is running" in page
    assert "Some words" in page
    assert "shown 42" not in page
    assert plugin.coming()
    server = LiveReloadServer(builder=None, host="127.0.0.1", port=0, root=str(site.folder))
    plugin.follow(Live(server, plugin, lambda: None))
    server.server_close()
    assert not plugin.coming()
    templates = config.plugins["mkdocstrings"].get_handler("python").env
    assert "standalone" in templates.filters, "as in a build"
    shown, built = fresh(project, site)
    assert b"shown 42" in shown["part/a.html"]
    assert shown["part/a.html"] == built["part/a.html"]


class Pages:
    """Stands for the plugin: notes what it is to show."""

    def __init__(self, can=True):
        self.can, self.shown, self.ready, self.followed, self.left = can, [], 0, 0, False

    def show(self, sources, live):
        self.shown.append({path.name for path in sources})
        return self.can

    def follow(self, live):
        self.followed += 1

    def coming(self):
        return self.left

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
        watcher = Live(server, pages, build)
        server._want_rebuild = False  # as MkDocs does before it builds
        return watcher

    yield make
    for server in made:
        server.server_close()


def test_a_change_of_content_counts_and_a_look_does_not(live):
    watcher = live(Pages())
    watcher._note(FileOpenedEvent("/docs/a.py"))
    assert not watcher.server._want_rebuild
    watcher._note(FileModifiedEvent("/docs/a.py"))
    assert watcher.server._want_rebuild


@pytest.mark.parametrize("name", ["course/__pycache__/a.pyc", "docs/.a.py.swp", "docs/a.py~"])
def test_what_editors_and_python_leave_beside_a_file_is_no_save(live, name):
    watcher = live(Pages())
    watcher._note(FileModifiedEvent(f"/{name}"))
    assert not watcher.server._want_rebuild


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


def test_a_page_whose_run_was_given_up_for_a_save_is_shown_with_it(live):
    class Slow(Pages):
        def show(self, sources, live):
            super().show(sources, live)
            live.check()
            return True

    built, pages = [], Slow()
    watcher = live(pages, lambda: built.append(1))
    watcher._note(FileModifiedEvent("/docs/a.py"))
    watcher.rebuild()
    watcher._note(FileModifiedEvent("/docs/b.py"))
    watcher.server._want_rebuild = False
    watcher.rebuild()
    assert pages.shown == [{"a.py"}, {"a.py", "b.py"}]
    assert built == [1]


def test_lessons_that_follow_give_way_to_a_save_and_nothing_is_built(live):
    class Slow(Pages):
        def follow(self, live):
            super().follow(live)
            live.server._want_rebuild = True
            live.check()

    pages = Slow()
    watcher = live(pages, lambda: pytest.fail("it was built"))
    watcher.rebuild()
    assert pages.followed == 1
    pages.left = True
    watcher.begin()
    assert pages.followed == 2


@pytest.mark.parametrize("left", [True, False])
def test_a_server_that_comes_up_runs_what_was_left_and_is_ready_for_a_save(live, left):
    built, pages = [], Pages()
    pages.left = left
    watcher = live(pages, lambda: built.append(1))
    assert watcher.server.builder == watcher.begin
    watcher.begin()
    assert (pages.followed, built, pages.ready) == (int(left), [1] * left, 1)
    assert watcher.server.builder == watcher.rebuild


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
        def show(self, sources, live):
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
    server = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Where the tests run in the background of a shell, it would ignore Ctrl-C as they do.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )

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
