"""A build that is killed at any moment leaves the old site or the new one, whole."""

import os
import random
import re
import signal
import subprocess
import sys

import pytest

from literate.site import swap
from literate.site.volatile import masked

# Builds in a process of its own for each line that comes in, and says how that went. The line names
# the event at which the build kills itself, and with it the group of its processes. Events are what
# Python tells an audit hook: files that are opened, renamed, removed, modules that are loaded.
BUILDER = """
import os, signal, sys
from mkdocs.commands.build import build
from mkdocs.config import load_config
import literate.site.plugin

def build_until(moment):
    seen = renamed = 0

    def hook(event, arguments):
        nonlocal seen, renamed
        seen += 1
        if event == "os.rename" and str(arguments[1]).endswith("/site"):
            renamed = renamed or seen
        if seen == moment:
            os.killpg(0, signal.SIGKILL)

    sys.addaudithook(hook)
    config = load_config("mkdocs.yml")
    config.plugins.on_startup(command="build", dirty=False)
    try:
        build(config)
    finally:
        config.plugins.on_shutdown()
    print("events", renamed, seen, flush=True)

for line in sys.stdin:
    if not (child := os.fork()):
        os.setsid()
        build_until(int(line))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print("ended", os.waitstatus_to_exitcode(status), flush=True)
"""

PAGES = [f"docs/part/{name}.md" for name in "abcde"]


class Builder:
    """Builds a site again and again, each time another version of it."""

    def __init__(self, site, process):
        self._site, self._process = site, process
        self.version = 0
        self._run = 0

    def edit(self, code):
        """Write the next version of every page; with other code, the lesson runs again."""
        self.version += 1
        self._run += code
        for page in PAGES:
            self._site.project.write(page, f"# Page\n\nVersion {self.version}.\n")
        self._site.project.write(
            "docs/lesson.py",
            f"# %% [markdown]\n# Version {self.version}.\n\n# %%\nprint('run {self._run}')\n",
        )

    def build(self, moment=0):
        """Build until an event; return the exit status, and the events that there were."""
        self._process.stdin.write(f"{moment}\n")
        self._process.stdin.flush()
        events = []
        while (line := self._process.stdout.readline().split())[0] != "ended":
            events = list(map(int, line[1:]))
        return int(line[1]), events

    def shown(self):
        """Return the one version that all pages show, and the site without numbers."""
        files = {
            name: masked(data.decode()) if name.endswith(".html") else data.decode()
            for name, data in self._site.files().items()
        }
        (version,) = {
            each for text in files.values() for each in re.findall(r"Version (\d+)", text)
        }
        numbers = re.compile(r"(Version|run) \d+")
        return int(version), {name: numbers.sub(r"\1", text) for name, text in files.items()}


@pytest.fixture
def builder(site):
    site.project.replace("mkdocs.yml", "preload: [matplotlib.pyplot]", "preload: []")
    with subprocess.Popen(
        [sys.executable, "-c", BUILDER],
        cwd=site.project.root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Builder(site, process)
        process.stdin.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_build_that_is_killed_leaves_the_old_site_or_the_new_one_whole(builder, site):
    builder.edit(code=True)
    assert builder.build()[0] == 0
    version, whole = builder.shown()
    assert version == 1
    assert len(whole) == 1 + len(PAGES) + 1
    builder.edit(code=True)
    status, (running, _) = builder.build()
    assert status == 0
    builder.edit(code=False)
    status, (renamed, quiet) = builder.build()
    assert status == 0
    choose = random.Random(0)
    moments = [(moment, True) for moment in choose.sample(range(1, running), 5)]
    moments += [(moment, False) for moment in choose.sample(range(1, renamed), 3)]
    moments += [(moment, False) for moment in range(renamed, renamed + 7)]
    moments += [(moment, False) for moment in choose.sample(range(renamed + 7, quiet + 1), 5)]
    replaced = []
    for moment, code in moments:
        before, _ = builder.shown()
        swap.clear(site.folder)  # or the next build would begin with that, and be longer
        builder.edit(code)
        status, _ = builder.build(moment)
        assert status in (-signal.SIGKILL, 0), "0 if there were fewer events this time"
        version, files = builder.shown()
        assert files == whole, f"killed at event {moment}"
        assert version in (before, builder.version)
        replaced.append(version == builder.version)
    assert set(replaced) == {False, True}
    assert site.left_over() != []
    builder.edit(code=True)
    assert builder.build()[0] == 0
    assert builder.shown() == (builder.version, whole)
    assert site.left_over() == []
