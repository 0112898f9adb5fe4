import ast
import subprocess
import sys
from pathlib import Path

import pytest

from course import plotting


def names_for_type_checkers():
    """Return the names that type checkers and the reference find, and the module of each."""
    tree = ast.parse(Path(plotting.__file__).read_text(encoding="utf-8"))
    return {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("name", plotting.__all__)
def test_a_drawing_is_found_by_its_name(name):
    drawing = getattr(plotting, name)
    assert callable(drawing), f"{name} is a module too: give the module another name"
    assert drawing.__module__.startswith("course.plotting.")


def test_each_drawing_stands_in_each_of_the_three_lists():
    names = names_for_type_checkers()
    assert sorted(names) == plotting.__all__, "imports or __all__: one is missing, or not in order"
    assert {name: getattr(plotting, name).__module__ for name in names} == names


def test_another_name_is_missing_as_from_any_module():
    with pytest.raises(AttributeError, match=r"'course\.plotting' has no attribute 'curvs'"):
        plotting.curvs  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'curvs'"):
        from course.plotting import curvs  # noqa: F401


def test_completion_offers_every_drawing():
    assert set(plotting.__all__) <= set(dir(plotting))


def test_a_drawing_loads_no_other():
    script = """
import sys
from course.plotting import dots
own = (name.removeprefix("course.plotting.") for name in sys.modules)
print(*sorted(name for name in own if sys.modules.get("course.plotting." + name)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["points", "style"]
