"""What `course` and its themes hand over where they are imported by name."""

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest

import course

COURSE = Path(course.__file__).parent
PACKAGES = [
    importlib.import_module(f"course.{path.parent.name}")
    for path in sorted(COURSE.glob("*/__init__.py"))
]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_a_package_lists_what_it_hands_over_and_nothing_else(package):
    public = {
        name
        for name in dir(package)
        if name[0] != "_" and not isinstance(getattr(package, name), ModuleType)
    }
    assert set(getattr(package, "__all__", [])) == public


def test_the_version_has_three_numbers():
    assert re.fullmatch(r"\d+\.\d+\.\d+", course.__version__)
