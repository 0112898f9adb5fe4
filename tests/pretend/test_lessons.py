"""Which lessons pick a device."""

from tests.pretend.lessons import LESSONS, fitting, picking

#: Lessons that train a model and stay on the CPU: their rows would fit a printed table.
PRINTABLE = {
    "linear/multiple": "442 patients, all in one batch",
    "logistic/classifier": "569 tumours, all in one batch",
    "logistic/entropy": "200 rows of one column",
    "training/adam": "442 patients, all in one batch",
    "training/minibatches": "20 springs",
    "training/selection": "80 plants",
    "training/stochastic": "442 patients",
}


def test_lessons_that_pick_a_device_are_found_by_their_call(tmp_path):
    folder = tmp_path / "theme"
    folder.mkdir()
    (folder / "picks.py").write_text("# %%\ndevice = pick_device()\n")
    (folder / "tells.py").write_text('# %% [markdown]\n# `pick_device()` picks.\n"`pick_device`"\n')
    (folder / "never.py").write_text("# %%\n1 + 1\n")
    assert picking(tmp_path) == ["theme/picks"]


def test_whatever_is_trained_with_fit_picks_its_device_unless_its_rows_fit_a_printed_table():
    assert set(fitting(LESSONS)) - set(picking(LESSONS)) == set(PRINTABLE)


def test_the_lesson_of_the_workflow_picks_a_device():
    assert "networks/workflow" in picking(LESSONS)
