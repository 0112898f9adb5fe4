"""What holds for every exercise of the course; where lessons show them is tests/site's."""

import importlib
import math
import warnings
from collections import Counter
from pathlib import Path

import pytest
import torch

from course.practice import Exercise
from course.practice.exercise import themes
from course.practice.outcome import outcome_of, settled

ROOT = Path(__file__).parents[2]


def attributes(theme, lesson):
    """Return the exercises of a lesson, by the name of the attribute that holds each."""
    module = importlib.import_module(f"course.{theme}.exercises.{lesson}")
    return {name: each for name, each in vars(module).items() if isinstance(each, Exercise)}


def of_modules():
    """Yield the path of each lesson that has a module of exercises, and what is in it."""
    for theme in themes():
        for path in sorted((ROOT / "course" / theme / "exercises").glob("[!_]*.py")):
            found = attributes(theme, path.stem)
            yield f"{theme}/{path.stem}", {f"{theme}/{name}": each for name, each in found.items()}


OWN = dict(of_modules())
NAMES = Counter(name for own in OWN.values() for name in own)
FOUND = {name: each for own in OWN.values() for name, each in own.items()}
every_exercise = pytest.mark.parametrize("exercise", FOUND.values(), ids=FOUND)


@pytest.fixture(autouse=True)
def warnings_are_silent():
    """What a mistake makes torch warn of is no error here, as it is none for the reader."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def test_no_two_lessons_of_a_theme_give_exercises_one_name():
    assert set(NAMES.values()) == {1}


@pytest.mark.parametrize("name", FOUND)
def test_an_exercise_is_named_as_the_reader_finds_it(name):
    assert FOUND[name].name == name


@every_exercise
def test_it_has_a_title_a_prompt_and_hints(exercise):
    assert exercise.title.strip() == exercise.title != ""
    assert "\n" not in exercise.title
    assert exercise.starter or f"`{exercise.solution.__name__}" in exercise.prompt
    assert exercise.hints
    assert all(hint.strip() for hint in exercise.hints)


@every_exercise
def test_it_is_checked_on_several_inputs_without_a_surprise_of_the_reference(exercise):
    with settled():
        cases = list(exercise.cases(torch.Generator().manual_seed(0)))
    assert len(cases) >= 2
    for case in cases:
        error = outcome_of(exercise.reference, case, exercise.use).error
        assert isinstance(error, None | ValueError | TypeError | LookupError | RuntimeError), error


@every_exercise
def test_the_solution_passes_and_prints_nothing(exercise, capsys):
    verdict = exercise.check(exercise.solution)
    assert verdict.passed, verdict.says
    assert capsys.readouterr().out == ""


@every_exercise
def test_the_starter_runs_as_it_stands_and_fails_with_one_sentence(exercise, capsys):
    exec(compile(exercise.start(), exercise.name, "exec"), {"__name__": "__main__"})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("✗ ")
    assert "no exercise" not in lines[0]


@every_exercise
def test_each_typical_mistake_fails_with_its_own_sentence(exercise, capsys):
    assert exercise.mistakes
    for mistake in exercise.mistakes:
        verdict = exercise.check(mistake.of(exercise.solution))
        assert not verdict.passed, mistake.says
        assert verdict.says == mistake.says
    sentences = [mistake.says for mistake in exercise.mistakes]
    assert len(set(sentences)) == len(sentences)
    assert all(says.strip() == says and says.endswith((".", "?")) for says in sentences)
    assert capsys.readouterr().out == ""


def own_included(columns, j):
    column = columns[:, j : j + 1]
    residuals = column - columns @ torch.linalg.lstsq(columns, column).solution
    return (column**2).sum() / (residuals**2).sum()


def without_biases(x, y, weights, biases):
    return ((weights[:, None, None] * x - y) ** 2).mean(dim=2)


def whether_any(training, new):
    low, high = training.min(dim=0).values, training.max(dim=0).values
    return torch.logical_or(new < low, new > high).any(dim=1)


@pytest.mark.parametrize(
    ("name", "function", "says"),
    [
        ("linear/inflated", own_included, "Nothing is left, because the column predicts itself"),
        ("linear/surface", without_biases, "The biases are missing"),
        (
            "notes/ragged",
            lambda n, batch_size: (n - 1) % batch_size + 1,
            "Without rows or with empty batches there is no last one",
        ),
        (
            "notes/ragged",
            lambda n, batch_size: n % batch_size,
            "When the batches fill up exactly",
        ),
        (
            "training/enough_rows",
            lambda noise, wanted, n: math.ceil(noise**2 / wanted**2),
            "That is right for rows that may come twice",
        ),
        (
            "training/enough_rows",
            lambda noise, wanted, n: math.ceil(noise / wanted),
            "Twice the rows do not halve the noise",
        ),
        ("project/outside", whether_any, "That says whether there is any"),
    ],
)
def test_who_makes_a_typical_mistake_in_their_own_words_is_told_its_sentence(name, function, says):
    assert FOUND[name].check(function).says.startswith(says)


@every_exercise
def test_the_example_runs_by_itself_and_prints_something(exercise):
    printed = exercise.run()
    assert printed.strip()
    assert printed == exercise.run()
