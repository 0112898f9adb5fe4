"""The wheel that the site carries."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from literate.site.wheel import requirement, wheel

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def built() -> tuple[str, bytes]:
    return wheel(ROOT)


def test_it_carries_the_package_and_the_small_network_as_they_stand_and_nothing_else(built):
    archive = zipfile.ZipFile(io.BytesIO(built[1]))
    carried = {name for name in archive.namelist() if ".dist-info/" not in name}
    own = [path for path in (ROOT / "course").rglob("*") if path.suffix in {".py", ".mplstyle"}]
    places = {path.relative_to(ROOT).as_posix(): path for path in own}
    for name in ("small_cnn.json", "small_cnn.pt"):
        places[f"course/networks/{name}"] = ROOT / "docs/records" / name
    assert carried == set(places)
    assert all(archive.read(name) == path.read_bytes() for name, path in places.items())


def test_it_has_a_name_of_its_own_and_needs_torch(built):
    archive = zipfile.ZipFile(io.BytesIO(built[1]))
    metadata = next(name for name in archive.namelist() if name.endswith("METADATA"))
    lines = archive.read(metadata).decode().splitlines()
    assert "Name: every-lesson-is-a-program" in lines
    assert "Requires-Dist: torch>=2.11" in lines


def test_two_builds_are_identical(built):
    assert wheel(ROOT) == built


def test_what_it_unpacks_imports_without_the_repository(built, tmp_path):
    zipfile.ZipFile(io.BytesIO(built[1])).extractall(tmp_path / "installed")
    code = (
        "import course, course.networks.workflow; from course.networks import images; "
        "images.load_small_cnn(); print(course.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "installed"), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).is_relative_to(tmp_path)


def test_pip_installs_it_with_its_extras_from_the_site_or_from_the_folder(built):
    file = built[0]
    assert requirement(*built, "https://example.org/x/") == (
        f"every-lesson-is-a-program[lessons] @ https://example.org/x/wheels/{file}"
    )
    assert requirement(*built, "") == f"./{file}[lessons]"


@pytest.mark.parametrize(
    ("extras", "written"), [([], ""), (["a"], "[a]"), (["a", "b-c"], "[a,b-c]")]
)
def test_a_wheel_is_named_with_all_the_extras_that_it_has(extras, written):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        lines = [
            "Metadata-Version: 2.4",
            "Name: it",
            *(f"Provides-Extra: {each}" for each in extras),
        ]
        archive.writestr("it-1.dist-info/RECORD", "")
        archive.writestr("it-1.dist-info/METADATA", "\n".join(lines))
    assert requirement("it-1.whl", content.getvalue(), "") == f"./it-1.whl{written}"
