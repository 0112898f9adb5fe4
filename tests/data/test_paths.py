from pathlib import Path

import pytest

from course.data.paths import expanded


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("kind", [str, Path])
def test_a_tilde_is_the_home_folder(home, kind):
    assert expanded(kind("~/data/rows.csv")) == home / "data" / "rows.csv"
    assert expanded(kind("~")) == home


@pytest.mark.parametrize("kind", [str, Path])
@pytest.mark.parametrize("path", ["rows.csv", "data/~/rows.csv", "~$draft.csv", "/data/rows.csv"])
def test_any_other_path_stays(kind, path):
    assert expanded(kind(path)) == Path(path)
