"""The benchmark of training does what its record says: the same code, on a few rows."""

import dataclasses

import pytest

from benchmarks import training

FEW = training.tasks(part=0.01)


def test_the_variants_of_each_task_reach_the_same_losses_and_all_are_timed():
    result = training.measure(FEW, rounds=1, epochs=1)

    assert list(result["tasks"]) == ["a", "b", "c", "d"]
    for task in result["tasks"].values():
        assert list(task["training"]) == list(training.VARIANTS)
        times = [*task["training"].values(), *task["loading"].values()]
        assert all(len(seconds) == 1 and seconds[0] > 0 for seconds in times)
    lines = training.speed_table(result).splitlines()
    assert lines[2] == "| bare loop, `DataLoader` | 1.00 | 1.00 | 1.00 | 1.00 |"
    assert len(lines) == 3 + len(training.VARIANTS)
    assert "| iterating `Batches`, × `DataLoader` | 12 |" in training.goals(result)
    assert training.titles(result).startswith("- **a**: linear regression, 1 input, batch 32, 100")


def test_a_variant_that_trains_otherwise_is_not_measured(monkeypatch):
    def of_other_targets(task, shuffle):
        return training.in_memory(dataclasses.replace(task, y=task.y + 1), shuffle)

    monkeypatch.setitem(training.VARIANTS, "other targets", (training.our_fit, of_other_targets))

    with pytest.raises(RuntimeError, match=r"linear regression.*: other targets reaches"):
        training.measure({"a": FEW["a"]}, rounds=1, epochs=1)
