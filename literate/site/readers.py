"""Who reads which page while a server runs: browsers are answered, and load what has changed.

MkDocs lets every browser load its page anew whenever anything has changed. Here only those do that
show what has changed, so that pages can come one after another; and a page that is loaded anew
stands where it stood.
"""

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mkdocs.livereload import LiveReloadServer, _timestamp

#: What a page asks that was loaded at this moment: whether it has changed.
_POLL = re.compile(r"/livereload/([0-9]+)/[0-9]+")

#: Keeps the place of a page that is loaded anew; only served pages have it.
_SCRIPT = Path(__file__).with_name("reloaded.js").read_bytes()


class Readers:
    """The browsers of a server.

    Attributes:
        page: The page that was asked for last, or by its browser kept up to date, as it is named
            in the folder of the site; empty at first.

    Args:
        server: MkDocs' own; from now on it answers as is said here.
    """

    def __init__(self, server: LiveReloadServer) -> None:
        self.page = ""
        self._server = server
        self._all = 0
        self._own: dict[str, int] = {}
        server.set_app(self._answer)
        self._with_polling: Callable[[bytes, int], bytes] = server._inject_js_into_html
        server._inject_js_into_html = self._with_scripts  # type: ignore[method-assign]

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer as MkDocs does, but for the question whether a page has changed."""
        poll = _POLL.fullmatch(environ["PATH_INFO"])
        asked = urlsplit(environ.get("HTTP_REFERER", "")).path if poll else environ["PATH_INFO"]
        page = self._name(asked)
        if page:
            self.page = page
        if not poll or not page:
            return self._server.serve_request(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/plain")])
        loaded, changes = int(poll[1]), self._server._epoch_cond
        with changes:
            longest = self._server.poll_response_timeout
            changes.wait_for(lambda: self._changed(page) > loaded, timeout=longest)
            return [b"%d" % self._changed(page)]

    def _with_scripts(self, content: bytes, epoch: int) -> bytes:
        """Return a page with what asks for changes, and what keeps its place then."""
        start, end, rest = self._with_polling(content, epoch).rpartition(b"</body>")
        return b"%b<script>%b</script>%b%b" % (start or rest, _SCRIPT, end, rest if end else b"")

    def _name(self, address: str) -> str:
        """Return the file of a page, or '' if the address is of no page."""
        address = unquote(address)
        mount = self._server.mount_path
        if not address.startswith(mount) or not address.endswith(("/", ".html")):
            return ""
        name = address.removeprefix(mount)
        return f"{name}index.html" if name.endswith("/") or not name else name

    def _changed(self, page: str) -> int:
        return max(self._all, self._own.get(page, 0))

    def let_in(self) -> None:
        """Let everyone read what is there, though something better is on its way."""
        self._now(self._server._visible_epoch)

    @contextlib.contextmanager
    def while_writing(self, page: str) -> Iterator[None]:
        """Let nobody read while a page is written, then those who show it load it anew."""
        with self._server._epoch_cond:
            self._server._wanted_epoch = self._server._visible_epoch + 1
        try:
            yield
        finally:
            self.reload([page])

    def reload(self, pages: Iterable[str] | None = None) -> None:
        """Let browsers that show one of these pages, or any if none is told, load it anew."""
        now = max(_timestamp(), self._server._visible_epoch + 1)
        if pages is None:
            self._all = now
        else:
            self._own.update(dict.fromkeys(pages, now))
        self._now(now)

    def _now(self, moment: int) -> None:
        with self._server._epoch_cond:
            self._server._visible_epoch = self._server._wanted_epoch = moment
            self._server._epoch_cond.notify_all()
