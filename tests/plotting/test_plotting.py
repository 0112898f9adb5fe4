import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from course import plotting

FOLDER = Path(plotting.__file__).parent


def test_the_files_of_the_folder_are_the_drawings():
    files = (FOLDER / "drawings").glob("[!_]*.py")
    assert plotting.__all__ == sorted(file.stem for file in files)
    assert plotting.__all__, "there is a drawing"


@pytest.mark.parametrize("name", plotting.__all__)
def test_a_file_has_one_function_to_hand_over_and_its_name(name):
    module = importlib.import_module(f"course.plotting.drawings.{name}")
    own = [
        each
        for each, value in vars(module).items()
        if each[0] != "_" and getattr(value, "__module__", "") == module.__name__
    ]
    assert own == [name], f"{module.__file__} has {own}: give it {name}, and helpers a name with _"
    assert getattr(plotting, name).__wrapped__ is getattr(module, name)


def test_no_module_has_the_name_of_a_drawing():
    modules = {path.stem for path in FOLDER.iterdir()}
    assert not modules & set(plotting.__all__), "to load it would put it in the drawing's place"


def test_another_name_is_missing_as_from_any_module():
    with pytest.raises(AttributeError, match=r"'course\.plotting' has no attribute 'curvs'"):
        plotting.curvs  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'curvs'"):
        from course.plotting import curvs  # noqa: F401


def test_completion_offers_every_drawing():
    assert set(plotting.__all__) <= set(dir(plotting))


# Asks for each drawing as if it were the first, and notes what is loaded and what is opened.
CHILD = """
import json, sys
from course import plotting

files, used = [], {}
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        files.append(arguments[0])

sys.addaudithook(hook)
for name in plotting.__all__:
    for loaded in [each for each in sys.modules if each.startswith("course.plotting")]:
        del sys.modules[loaded]
    del files[:]
    __import__("course.plotting", fromlist=[name])
    modules = [each for each in sys.modules if each.startswith("course.plotting.drawings.")]
    used[name] = modules, files[:]
json.dump(used, sys.stdout)
"""


def test_a_drawing_loads_no_other_and_opens_no_other_file():
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True)
    used = json.loads(done.stdout)
    assert list(used) == plotting.__all__
    for name, (modules, files) in used.items():
        assert modules == [f"course.plotting.drawings.{name}"]
        opened = {Path(file).name.partition(".")[0] for file in files if "drawings" in file}
        assert opened == {"__init__", name}
