"""Find the browser of the tests, and say how to get one: `python tests/browser/chromium.py`."""

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
ADVICE = """
Get one: `sudo apt install chromium` on Debian, `sudo snap install chromium` on Ubuntu, or Chrome
from its maker on macOS; then, where it is not on the path, say where it is:
CHROMIUM="/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"."""


class NoBrowserError(Exception):
    """There is no browser; the message says how to get one."""


def find() -> str:
    """Return the path of the browser that the variable CHROMIUM names, or else of one on the path.

    Raises:
        NoBrowserError: If there is none.
    """
    named = os.environ.get("CHROMIUM")
    for name in [named] if named else NAMES:
        if path := shutil.which(name):
            return path
    where = f"CHROMIUM is {named!r}, which is no program" if named else f"no {', '.join(NAMES)}"
    raise NoBrowserError(f"These tests need a Chromium browser: {where}.{ADVICE}")


if __name__ == "__main__":
    try:
        print(find())
    except NoBrowserError as error:
        sys.exit(str(error))
