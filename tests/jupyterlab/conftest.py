"""JupyterLab as a reader has it who has just downloaded the notebooks: it trusts none of them."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser import chromium

ROOT = Path(__file__).parents[2]
SITE = ROOT / os.environ.get("SITE", "site")
SECONDS = 60

expect.set_options(timeout=30_000)

#: What is asked at the first start, and what keeps cells out of the page until one scrolls there.
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


def notebooks() -> list[Path]:
    """Return every notebook that the site offers."""
    return sorted(SITE.rglob("*.ipynb"))


def pytest_configure(config: pytest.Config) -> None:
    """Stop before the first test if there is nothing to open, or nothing to open it in."""
    if not notebooks():
        raise pytest.UsageError(f"There are no notebooks in {SITE}: build it with `nox -s docs`.")
    try:
        chromium.find()
    except chromium.NoBrowserError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give every notebook to a test that asks for `path`."""
    if "path" in metafunc.fixturenames:
        metafunc.parametrize("path", notebooks(), ids=lambda path: path.stem)


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start JupyterLab over copies of the notebooks; return its address."""
    folder = tmp_path_factory.mktemp("jupyterlab")
    for path in notebooks():
        copy = folder / "notebooks" / path.relative_to(SITE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    for name, settings in SETTINGS.items():
        file = folder / "settings/@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {f"JUPYTER_{name}_DIR": str(folder / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    own["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
    command += [f"--ServerApp.root_dir={folder / 'notebooks'}"]
    address = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log)
        try:
            _wait(address, process, folder / "log")
            yield address
        finally:
            process.terminate()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            urlopen(f"{address}/api", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"JupyterLab does not answer:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find())
        yield browser
        browser.close()
