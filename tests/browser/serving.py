"""Serve a built site on loopback as hosts do: compressed, with its own page for what is missing."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

#: Named here, because what Python knows of types depends on the system.
TYPES = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".ipynb": "application/x-ipynb+json",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
COMPRESSED = {".css", ".html", ".ipynb", ".js", ".json", ".py", ".svg", ".txt", ".xml"}


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # a connection serves many files

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        if not found:
            path = Path(self.directory) / "404.html"
        packed = path.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", "")
        body = _body(path, packed)
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", TYPES.get(path.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        with suppress(BrokenPipeError, ConnectionResetError):  # a browser that has gone on
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@cache
def _body(path: Path, packed: bool) -> bytes:
    content = path.read_bytes()
    return gzip.compress(content, mtime=0) if packed else content


@contextmanager
def serve(site: Path) -> Iterator[str]:
    """Serve a folder as long as the body runs; give its address, which ends with a slash."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(site))) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
