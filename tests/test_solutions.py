"""What a reader may write by mistake does not pass the check of an exercise."""

import os
import subprocess
import sys

import pytest

from course.practice import Mistake
from tests.mutants import ROOT, Mutant
from tests.rotation import bucket
from tests.slips import slips, source_of
from tests.solutions import Judged, all_exercises, chosen, judge, key_of, made, report

# Each passed once: an exercise, and edits of its solution.
PASSED_ONCE = [
    ("training/standing_out", "factor * distances.median()", "factor"),
    ("training/step", "criterion(model(x), y)", "criterion(y, model(x))"),
    ("training/repair", "criterion(model(x), y)", "criterion(y, model(x))"),
    ("networks/one_epoch", "criterion(model(x), y)", "criterion(y, model(x))"),
    ("training/step", "loss.detach()", "loss"),
    ("training/enough_rows", "n - 1", "n - 2"),
    ("training/callback", "min(losses[-patience:])", "max(losses[-patience:])"),
    ("training/simplest", "losses[best].std()", "losses.std()"),
    ("training/simplest", "losses.shape[1]", "losses.shape[0]"),
    ("training/patience", "return len(losses), best + 1", "return best + 1, len(losses)"),
    ("logistic/no_maximum", " or len(ones) == 0", ""),
    ("logistic/no_maximum", "len(zeros) == 0 or ", ""),
    ("logistic/bill", "false_positive_cost * false_positives", "false_positives"),
    ("autograd/touch", "x.detach().clone()", "x"),
    ("autograd/touch", "x.detach()", "x.detach_()"),
    ("autograd/root", "x = x.detach().clone()\n", ""),
    ("autograd/root", "(x - y / slope).detach()", "x - y / slope"),
    ("autograd/uphill", "x.detach().clone()", "x"),
    ("autograd/row", "x.detach().clone()", "x"),
    ("autograd/small_batches", "weight.detach()", "weight.detach_()"),
    ("data/windows", "0 <= start", "-1 <= start"),
    ("linear/line", "float(weight)", "weight"),
    ("linear/more_rows", ", dtype=columns.dtype", ""),
    ("linear/how_long", "round(math.log(part) / math.log(abs(factor)), 9)", "3"),
    ("tensors/sheet", "-1, columns, height", "-1, height, columns"),
    ("data/out_of_torch", "x.detach()", "x.detach_()"),
    ("project/columns", "name in given if", "name in given[:-1] if"),
]


@pytest.mark.parametrize(("name", "before", "after"), PASSED_ONCE)
def test_what_passed_once_does_not_pass_any_more(name, before, after):
    exercise = all_exercises()[name]
    wrong = Mistake(before, after, says="").of(exercise.solution)
    assert not exercise.check(wrong).passed


def test_the_default_of_a_parameter_is_checked():
    exercise = all_exercises()["training/callback"]
    for patience in (4, 6):
        verdict = exercise.check(lambda history, p=patience: exercise.solution(history, p))
        assert not verdict.passed


def test_in_a_sample_of_mutated_solutions_each_is_found_or_explained():
    command = [sys.executable, "-m", "tests.solutions", "--jobs", "2", "--sample", "30"]
    command += ["--seed", str(bucket(ROOT) or 0)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("30 of ")


def test_a_name_chooses_an_exercise_or_a_theme():
    one, theme = chosen(["linear/lowest_point"]), chosen(["linear", "linear/lowest_point"])
    assert {each.where for each in one} == {"course.linear.exercises.cost.best_slope"}
    assert len(one) < len(theme) < len(chosen([])) == len(set(chosen([])))
    with pytest.raises(SystemExit, match="such as linear/lowest_point, or linear: got 'lin'"):
        chosen(["linear/lowest_point", "lin"])


def mutant(name, after):
    """Return the mutant of a solution that has this line."""
    found = slips(all_exercises()[name].solution)
    (one,) = [each for each in found if each.change(source_of(each.path))[1] == after]
    return one


def test_a_mutant_of_a_solution_runs_as_it_is_written():
    exercise = all_exercises()["linear/absolute_cost"]
    wrong = made(mutant(exercise.name, "return (predictions - targets).abs()"), exercise.solution)
    right = exercise.check(exercise.solution).says
    assert exercise.check(wrong).says != right
    assert exercise.check(exercise.solution).says == right


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        ("return (predictions - targets).mean()", "killed"),
        ("return (targets - predictions).abs().mean()", "SURVIVED"),
    ],
)
def test_a_mutant_is_judged_in_a_process_of_its_own(after, verdict):
    one = mutant("linear/absolute_cost", after)
    assert judge("linear/absolute_cost", one, 60).verdict == verdict


def test_a_mutant_that_never_ends_is_ended():
    path = "course/training/exercises/selection.py"
    source = source_of(path)
    start = source.index(b"    best = 0\n    for epoch, loss")
    endless = Mutant(path, "", "slip", start, start, "    while True: pass\n")
    assert judge("training/patience", endless, 1).verdict == "no end"


def test_the_report_lists_survivors_without_a_reason_and_reasons_without_a_survivor():
    dead = Judged(
        "a/b", mutant("linear/absolute_cost", "return (predictions - targets).mean()"), "killed"
    )
    alive = Judged(
        "a/b", mutant("linear/absolute_cost", "return (predictions).abs().mean()"), "SURVIVED"
    )
    text, open_ones = report([dead, alive], {})
    assert open_ones == 1
    assert text.startswith("2 mutants: 1 killed, 0 no end, 1 SURVIVED, 0 RAISED; 0 with a reason")
    assert "| a/b      | return (predictions - targets).abs().mean() |" in text
    assert report([dead, alive], {alive.key: "so"})[1] == 0
    text, open_ones = report([dead, alive], {alive.key: "so", dead.key: "so"})
    assert open_ones == 1
    assert "killed, has a reason" in text
    assert key_of(dead.mutant) == dead.key
