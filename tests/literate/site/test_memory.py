"""A server that builds all day holds one site, and not each that it has built."""

import json
from pathlib import Path

SAVES = 100

MORE = """
  - search
  - autorefs
  - mkdocstrings:
      handlers: {python: {paths: ["."], options: {show_root_heading: true, backlinks: flat}}}
"""

LESSON = """
# %% [markdown]
# # Lesson
#
# Some words.
#
# ::: own.thing.Answer
"""

THING = '''
"""Thing."""

from dataclasses import dataclass


@dataclass
class Answer:
    """The answer."""

    value: int = 42
'''


def test_a_server_grows_by_at_most_1_mb_a_save(site):
    project = site.project
    site.configure()
    text = (project.root / "mkdocs.yml").read_text()
    head, _, tail = text.partition("markdown_extensions:")
    project.write("mkdocs.yml", f"{head.rstrip()}{MORE}markdown_extensions:{tail}")
    project.write("own/__init__.py", '"""Own."""\n')
    project.write("own/thing.py", THING)
    project.write("docs/a.py", LESSON)
    script = Path(__file__).with_name("saves.py")
    done = project.python(str(script), str(project.root), str(SAVES))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["packages"] == 1, "the last reading of the package, and none before it"
    assert told["pages"] <= 2, "those of the last site"
    assert told["grown"] <= 1.0, "MB a save"
