"""What converts notebooks in mkdocs-jupyter is not loaded here, and works for those who use it."""

import subprocess
import sys

PROGRAM = """
import sys
from literate.site.plugin import Literate
from mkdocs_jupyter import plugin
print("nbconvert" in sys.modules)
print(plugin.convert.nb2md.__name__, "nbconvert" in sys.modules)
print(issubclass(Literate, plugin.Plugin))
"""


def test_the_plugin_leaves_nbconvert_alone_until_somebody_asks_for_it():
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["False", "nb2md True", "True"]
