"""Browsers load a page anew when it has changed, and not when another has."""

import pytest
from mkdocs.livereload import LiveReloadServer

from literate.site.readers import Readers


@pytest.fixture
def readers(tmp_path):
    """Return the readers of a site of two pages, of whom none waits for long."""
    for name in ("a.html", "index.html"):
        (tmp_path / name).write_text(f"<body>{name}</body>")
    server = LiveReloadServer(None, "127.0.0.1", 0, str(tmp_path), mount_path="/course/")
    server.poll_response_timeout = 0.01
    yield Readers(server)
    server.server_close()


def asked(readers, path, referer=""):
    """Return what the server answers."""
    environ = {"PATH_INFO": path, "HTTP_REFERER": referer}
    answer = readers._server.application(environ, lambda *_: None)
    text = b"".join(answer).decode()
    if hasattr(answer, "close"):
        answer.close()
    return text


def has_changed(readers, page, loaded):
    """Return whether a browser that loaded a page at that moment is told to load it anew."""
    address = f"http://127.0.0.1:8000/course/{page}#part"
    return int(asked(readers, f"/livereload/{loaded}/1", address)) > loaded


def test_the_page_that_is_read_is_known_by_its_file(readers):
    assert readers.page == ""
    assert "a.html" in asked(readers, "/course/a.html")
    assert readers.page == "a.html"
    assert "index.html" in asked(readers, "/course/")
    assert readers.page == "index.html"
    asked(readers, "/course/assets/site.css")
    assert readers.page == "index.html"
    has_changed(readers, "a.html", 10**15)
    assert readers.page == "a.html", "a browser that keeps it up to date shows it"


def test_only_those_who_show_a_changed_page_load_it_anew(readers):
    loaded = readers._server._visible_epoch
    assert not has_changed(readers, "a.html", loaded)
    readers.reload(["a.html"])
    assert has_changed(readers, "a.html", loaded)
    assert not has_changed(readers, "", loaded)
    assert not has_changed(readers, "a.html", readers._server._visible_epoch), "once"
    readers.reload()
    assert has_changed(readers, "", loaded)


def test_a_browser_that_does_not_say_what_it_shows_is_told_of_every_change(readers):
    loaded = readers._server._visible_epoch
    readers.reload(["a.html"])
    assert int(asked(readers, f"/livereload/{loaded}/1")) > loaded


def test_a_page_is_served_with_what_keeps_its_place(readers, tmp_path):
    readers._server._watched_paths["docs"] = 1
    page = asked(readers, "/course/a.html")
    assert page.startswith("<body>a.html")
    assert page.endswith("</script></body>")
    assert page.count("details") == 1
    assert "livereload(" in page
    (tmp_path / "a.html").write_text("no body")
    assert asked(readers, "/course/a.html").startswith("no body<script>")


def test_nobody_reads_while_a_page_is_written(readers):
    server, loaded = readers._server, readers._server._visible_epoch
    with readers.while_writing("a.html"):
        assert server._wanted_epoch != server._visible_epoch, "a request waits until they agree"
    assert server._wanted_epoch == server._visible_epoch > loaded
    server._wanted_epoch += 1
    readers.let_in()
    assert server._wanted_epoch == server._visible_epoch
