"""Exercises that check what you wrote against a reference, on generated inputs."""

import contextlib
import difflib
import importlib
import inspect
import io
import re
import sysconfig
import textwrap
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

import course
from course.practice.boxes import boxed, fenced, folded
from course.practice.comparison import difference, shown
from course.practice.effect import effect
from course.practice.mistake import Mistake
from course.practice.outcome import Outcome, mistaken_alike, outcome_of, same, settled
from course.practice.source import bare, empty, needs

COURSE = Path(course.__path__[0])
# Where the reader's own code is not.
LIBRARIES = (COURSE, Path(torch.__path__[0]).parent, Path(sysconfig.get_path("stdlib")))


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what the function returns for the arguments."""
    return function(*arguments)


@dataclass(frozen=True)
class Verdict:
    """Whether a function solves an exercise, and the sentence to tell its writer."""

    passed: bool
    says: str


@dataclass(frozen=True)
class Exercise:
    """Something to write, and a check of it; in a page or a notebook it shows itself.

    Args:
        name: Theme and name, as `check` takes them: `"linear/absolute_cost"`.
        title: A few words.
        mark: How hard it is, shown as so many ●: 1 is to write what one knows, 2 to put two things
            together, 3 to find something out.
        prompt: What to write and why, as Markdown.
        solution: A function or class of the module, whose source is shown.
        reference: What the check compares with, independent of the solution.
        cases: Takes a seeded generator and yields the arguments of each call, edge cases included.
        example: Statements that show the solution at work; their output is shown.
        hints: One after another, as Markdown.
        mistakes: Typical ones, as edits of `solution`; no two of them lead to the same.
        use: Takes the function and the arguments and returns what is compared: for classes, or for
            functions with an effect.
        starter: What the reader starts from; without it, the signature and docstring of `solution`.

    Raises:
        ValueError: If the mark is not 1, 2 or 3, or if a mistake is no edit of the solution; the
            message names its place.
    """

    name: str
    title: str
    mark: int
    prompt: str
    solution: Callable[..., Any]
    reference: Callable[..., Any]
    cases: Callable[[torch.Generator], Iterable[tuple[Any, ...]]]
    example: str
    hints: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    use: Callable[..., Any] = call
    starter: Callable[..., Any] | None = None

    def __post_init__(self) -> None:
        """Look at the mark and for the place of each mistake: its writer hears of it, no reader."""
        if self.mark not in (1, 2, 3):
            raise ValueError(f"{self.name}: mark is {self.mark!r}: expected 1, 2 or 3")
        for mistake in self.mistakes:
            mistake.of(self.solution)

    def check(self, function: Any) -> Verdict:
        """Return whether a function does what is asked for; it never raises.

        Args:
            function: What the reader wrote.
        """
        if not self._is_the_thing_itself(function):
            thing = "class" if inspect.isclass(self.solution) else "function"
            name = self.solution.__name__
            told = f'give the {thing} itself, as in check("{self.name}", {name})'
            return Verdict(False, f"Got {shown(function)}: {told}, without calling it.")
        with settled():
            cases = list(self.cases(torch.Generator().manual_seed(0)))
        expected = [outcome_of(self.reference, case, self.use) for case in cases]
        got = [outcome_of(function, case, self.use) for case in cases]
        wrong = [k for k in range(len(cases)) if not same(got[k], expected[k])]
        if not wrong:
            return Verdict(True, f"{self.title}: right on all {len(cases)} inputs.")
        for k in wrong:
            if self.use is call and not _takes(function, cases[k]):
                given = ", ".join(self._parameters(cases[k])) or "nothing"
                return Verdict(False, f"The check calls it with {given}: {got[k].error}.")
        for mistake in self.mistakes:
            wrong_way = mistake.of(self.solution)
            typical = (outcome_of(wrong_way, case, self.use) for case in cases)
            if all(map(mistaken_alike, got, typical, expected)):
                return Verdict(False, mistake.says)
        first = wrong[0]
        return Verdict(False, self._explain(got[first], expected[first], cases[first]))

    def _is_the_thing_itself(self, function: Any) -> bool:
        made = inspect.isclass(self.solution) and isinstance(function, torch.nn.Module)
        return callable(function) and not made

    def _explain(self, got: Outcome, expected: Outcome, case: tuple[Any, ...]) -> str:
        names = self._parameters(case)
        values = ", ".join(
            f"{name} = {_given(value)}" for name, value in zip(names, case, strict=True)
        )
        subject = f"For {values} it" if case else "It"
        if got.error:
            return f"{subject} raised {_told(got.error)}{_line(got.error)}."
        if expected.error:
            kind = type(expected.error).__name__
            return f"{subject} should raise {kind}, and it returned {shown(got.value)}."
        if got.value is None and expected.value is not None:
            return f"{subject} returned None: does it end with `return`?"
        if found := difference(got.value, expected.value):
            return f"{subject} returned {found}."
        effects = list(map(effect, got.arguments, expected.arguments))
        k = next(k for k, found in enumerate(effects) if found)
        if effect(expected.arguments[k], case[k]):
            return f"{subject} should change {names[k]}, which is now {effects[k]}."
        return (
            f"{subject} changed {names[k]}, which should stay as it is: work on a copy. "
            f"It is now {effects[k]}."
        )

    def _parameters(self, case: tuple[Any, ...]) -> list[str]:
        """Return the name of each argument, as the solution or `use` calls it."""
        by_position = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
        function, first = (self.solution, 0) if self.use is call else (self.use, 1)
        parameters = inspect.signature(function).parameters.values()
        names = [each.name for each in parameters if each.kind in by_position][first:]
        numbered = [f"argument {k}" for k in range(1, len(case) + 1)]
        return [*names[: len(case)], *numbered[len(names) :]]

    def __repr__(self) -> str:
        """Return the exercise as text."""
        return f"{self._heading()}\n\n{self.prompt.strip()}\n\n{self.start()}"

    def _heading(self) -> str:
        return f"Exercise: {self.title} {'●' * self.mark}"

    def start(self) -> str:
        """Return the code to start from: it runs, and its check says what is missing."""
        name = self.solution.__name__
        if self.starter is None:
            imports, definitions = needs(self.solution, self.example)
            own = empty(self.solution)
        else:
            imports, definitions = needs(self.starter)
            own = re.sub(rf"\b{self.starter.__name__}\b", name, definitions[-1])
        imports.append("from course.practice import check")
        blocks = ["\n".join(imports), *definitions[:-1], own, f'check("{self.name}", {name})']
        return "\n\n\n".join(blocks)

    def solved(self) -> str:
        """Return the code of the solution, with its example: it runs.

        Without its docstring, which stands in the code to start from.
        """
        imports, definitions = needs(self.solution, self.example)
        blocks = ["\n".join(imports), *definitions[:-1], bare(definitions[-1]), self.example]
        return "\n\n\n".join(block.strip("\n") for block in blocks if block)

    def run(self) -> str:
        """Return what the code of the solution prints."""
        with settled(), contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(self.solved(), f"<{self.name}>", "exec"), {"__name__": "__main__"})
        return printed.getvalue()

    def _repr_markdown_(self) -> str:
        """Return the exercise as Markdown, its solution folded and run."""
        many = len(self.hints) > 1
        hints = [
            folded("hint", f"Hint {number}" if many else "Hint", hint)
            for number, hint in enumerate(self.hints, 1)
        ]
        output = fenced(self.run(), "{ .text .no-copy .output }")
        solution = folded("solution", "Solution", f"{fenced(self.solved())}\n\n{output}")
        parts = [self.prompt.strip(), fenced(self.start()), *hints, solution]
        return boxed("exercise", self._heading(), "\n\n".join(parts))


def _given(value: Any) -> str:
    """Return an argument as it is written, and of a leaf that it asks for a gradient."""
    text = shown(value)
    asks = isinstance(value, torch.Tensor) and value.requires_grad and text.endswith(")")
    return f"{text[:-1]}, requires_grad=True)" if asks else text


def _takes(function: Callable[..., Any], arguments: tuple[Any, ...]) -> bool:
    """Return whether the number of arguments is one that the function takes."""
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        return False
    except ValueError:
        pass  # written in C, it does not tell
    return True


def _told(error: BaseException) -> str:
    """Return an error in one line, as Python would tell it."""
    text = "".join(traceback.format_exception_only(error))
    return textwrap.shorten(text, 300, placeholder=" …").rstrip(".")


def _line(error: BaseException) -> str:
    """Return the last line on the way to the error that is not in a library."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.line and not any(map(Path(frame.filename).is_relative_to, LIBRARIES)):
            return f", at `{frame.line}`"
    return ""


def themes() -> list[str]:
    """Return the themes that have exercises, one module of them for each lesson."""
    return sorted(path.parts[-3] for path in COURSE.glob("*/exercises/__init__.py"))


def exercises(theme: str) -> dict[str, Exercise]:
    """Return the exercises of a theme by name; none if there is no such theme.

    Args:
        theme: A folder of the package, such as `"linear"`.
    """
    if theme not in themes():
        return {}
    lessons = sorted(path.stem for path in (COURSE / theme / "exercises").glob("[!_]*.py"))
    modules = [importlib.import_module(f"course.{theme}.exercises.{lesson}") for lesson in lessons]
    values = [each for module in modules for each in vars(module).values()]
    return {each.name: each for each in values if isinstance(each, Exercise)}


def find(name: str) -> Exercise:
    """Return the exercise of this name.

    Args:
        name: Theme and name, such as `"linear/absolute_cost"`.

    Raises:
        LookupError: If there is none; the message lists names that are near.
        TypeError: If the name is no text.
    """
    if not isinstance(name, str):
        raise TypeError(f"the name comes first, as text: got {shown(name)} in its place")
    own = exercises(name.partition("/")[0])
    if name in own:
        return own[name]
    names = [each for theme in themes() for each in exercises(theme)]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5) or own
    near = near or [f"{theme}/…" for theme in themes()]
    raise LookupError(f"there is no exercise {name!r}: did you mean {', '.join(near)}?")


def check(name: str, function: Callable[..., Any]) -> None:
    """Print whether a function solves an exercise: ✓, or one sentence that helps.

    Args:
        name: Of the exercise, such as `"linear/absolute_cost"`.
        function: What you wrote for it, without calling it.
    """
    try:
        exercise = find(name)
    except (LookupError, TypeError) as error:
        print(f"✗ {error.args[0]}")
        return
    verdict = exercise.check(function)
    print(f"{'✓' if verdict.passed else '✗'} {verdict.says}")
