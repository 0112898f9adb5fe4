"""Which lessons pick a device."""

from tests.pretend.lessons import LESSONS, picking


def test_lessons_that_pick_a_device_are_found_by_their_call(tmp_path):
    folder = tmp_path / "theme"
    folder.mkdir()
    (folder / "picks.py").write_text("# %%\ndevice = pick_device()\n")
    (folder / "tells.py").write_text('# %% [markdown]\n# `pick_device()` picks.\n"`pick_device`"\n')
    (folder / "never.py").write_text("# %%\n1 + 1\n")
    assert picking(tmp_path) == ["theme/picks"]


def test_the_lesson_of_the_workflow_picks_a_device():
    assert "networks/workflow" in picking(LESSONS)
