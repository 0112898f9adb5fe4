"""Settings of all tests; the examples in docstrings have them as a plugin."""

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A processor for each test: what is computed here is small, two tests run at a time, and threads
# that wait for one another on a busy machine take many times as long. Read when torch is imported.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# The same examples on every run, and no test that fails because a machine is slow.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def no_figure_stays_open() -> Iterator[None]:
    """Close what a test or an example has drawn: matplotlib warns of more than twenty."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
