import ast
import inspect
import re
import sys
import types
from pathlib import Path

import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from markdown_it import MarkdownIt
from torch import Tensor, nn

import course.practice
from course.practice import Exercise, Mistake, check
from course.practice.exercise import exercises, find, themes
from course.practice.source import bare

# Exercises to test with


def doubled(x: Tensor, factor: float) -> Tensor:
    """Return the elements times the factor.

    Args:
        x: Shape `(n,)`.
        factor: Not negative.
    """
    if factor < 0:
        raise ValueError("give a factor that is not negative")
    return x * factor


def reference(x, factor):
    if factor < 0:
        raise ValueError
    return torch.stack([factor * element for element in x])


def without_the_check(x, factor):
    return x * factor


def added(x, factor):
    return x + factor


def always_wrong(x, factor):
    raise KeyError


def a_start(x: Tensor, factor: float) -> Tensor:
    """Repair a_start: it should multiply."""
    return helped(x) + factor


def helped(x):
    return x


def cases(generator):
    yield torch.tensor([1.0, 2.0]), 3
    yield torch.randn(9, generator=generator, dtype=torch.float64), 0.5
    yield torch.ones(2), -1


def exercise(**changes):
    settings = {
        "name": "theme/times",
        "title": "Times",
        "mark": 2,
        "prompt": "\nWrite `doubled(x, factor)`: $x$ *times* the factor.\n",
        "solution": doubled,
        "reference": reference,
        "cases": cases,
        "example": "\nprint(doubled(torch.ones(2), 3))\n",
        "hints": ("Use `*`.",),
        "mistakes": (
            Mistake(added, says="Multiply, do not add."),
            Mistake(without_the_check, says="Refuse a factor below zero."),
            Mistake(always_wrong, says="Always wrong."),
        ),
    }
    return Exercise(**{**settings, **changes})


times = exercise()


class Scale(nn.Module):
    """Multiplies by a factor."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        """Return the inputs times the factor."""
        return x * self.factor


def scaled(kind, factor, *inputs):
    return kind(factor)(*inputs)


scaling = exercise(
    solution=Scale,
    reference=lambda factor: lambda x: x * factor,
    cases=lambda generator: [(2.0, torch.ones(2)), (0.5, torch.ones(3))],
    use=scaled,
    example="print(Scale(2.0)(torch.ones(1)))",
    mistakes=(),
)


def halve(x: list[float]) -> None:
    """Halve each number in place."""
    x[:] = [each / 2 for each in x]


def halved_in_place(x):
    for k in range(len(x)):
        x[k] = 0.5 * x[k]


halving = exercise(
    solution=halve,
    reference=halved_in_place,
    cases=lambda generator: [([1.0, 2.0],), ([-3.0],)],
    example="",
    mistakes=(),
)

FIRST = "For x = tensor([1., 2.]), factor = 3 it "


def verdict(function, of=times):
    found = of.check(function)
    return found.passed, found.says


@pytest.fixture
def theme(monkeypatch, tmp_path):
    """Make `times` an exercise of a theme with two lessons, beside an empty folder."""
    (tmp_path / "theme" / "exercises").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    names = ["course.theme", "course.theme.exercises"]
    names += [f"course.theme.exercises.{lesson}" for lesson in ("first", "second")]
    modules = [types.ModuleType(name) for name in names]
    for name, module in zip(names, modules, strict=True):
        monkeypatch.setitem(sys.modules, name, module)
    for file in ("__init__", "second", "first"):
        (tmp_path / "theme" / "exercises" / f"{file}.py").touch()
    *_, first, second = modules
    first.times, first.doubled, second.scale = times, doubled, exercise(name="theme/scale")
    monkeypatch.setattr("course.practice.exercise.COURSE", tmp_path)


# A right function


@pytest.mark.parametrize(
    "function",
    [
        doubled,
        reference,
        lambda x, factor: doubled(x, factor).requires_grad_(),
        lambda *arguments: doubled(*arguments),
        lambda x, factor, more=1: doubled(x, factor),
        lambda a, b: doubled(a, b).clone(),
    ],
)
def test_a_right_function_passes(function):
    assert verdict(function) == (True, "Times: right on all 3 inputs.")


def test_what_a_right_function_prints_comes_before_the_verdict(capsys):
    def function(x, factor):
        print("here")
        return doubled(x, factor)

    assert times.check(function).passed
    assert capsys.readouterr().out == "here\n" * 3


def test_a_function_that_seeds_or_changes_settings_breaks_no_check_after_it():
    def function(x, factor):
        torch.manual_seed(len(x))
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        return doubled(x, factor)

    assert times.check(function).passed
    assert times.check(doubled).passed
    assert torch.get_default_dtype() == torch.float32
    assert torch.is_grad_enabled()


def test_settings_of_the_reader_do_not_reach_the_inputs():
    drawn = exercise(cases=lambda generator: [(torch.rand(2, generator=generator), 1)])
    torch.set_default_device("meta")
    try:
        passed = drawn.check(doubled).passed
    finally:
        torch.set_default_device(None)
    assert passed


def test_the_inputs_are_the_same_in_every_check():
    seen = []

    def function(x, factor):
        seen.append(x)
        return doubled(x, factor)

    for _ in range(2):
        times.check(function)
    assert torch.equal(seen[1], seen[4])


# A wrong one: the typical mistakes


@pytest.mark.parametrize("mistake", times.mistakes)
def test_a_typical_mistake_is_told_in_its_own_sentence(mistake):
    assert verdict(mistake.of(times.solution)) == (False, mistake.says)


def test_a_mistake_is_recognised_only_if_all_inputs_lead_to_what_it_leads_to():
    def added_at_times(x, factor):
        return added(x, factor) if factor == 3 else doubled(x, factor)

    passed, says = verdict(added_at_times)
    assert not passed
    assert says == FIRST + "returned tensor([4., 5.]), expected tensor([3., 6.])."


# A wrong one: the sentences for the rest


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda x, factor: None, "returned None: does it end with `return`?"),
        (lambda x, factor: 3, "returned 3, expected a tensor of shape (2,)."),
        (lambda x, factor: x.sum(), "returned a tensor of shape (), expected shape (2,)."),
        (
            lambda x, factor: x.double() * factor,
            "returned a tensor of dtype torch.float64, expected torch.float32.",
        ),
        (
            lambda x, factor: (each for each in x),
            "returned a generator, expected a tensor of shape (2,).",
        ),
        (
            lambda x, factor: x.mul_(factor),
            "changed x, which should stay as it is: work on a copy. "
            "It is now tensor([3., 6.]), expected tensor([1., 2.]).",
        ),
        (
            lambda x, factor: (x.requires_grad_() * factor).detach(),
            "changed x, which should stay as it is: work on a copy. "
            "It is now a tensor with requires_grad=True, expected False.",
        ),
        (lambda x, factor: Scale(factor), "returned Scale(), expected a tensor of shape (2,)."),
        (print, "returned None: does it end with `return`?"),
    ],
)
def test_a_wrong_function_is_told_the_first_input_and_what_it_did_there(function, says):
    assert verdict(function) == (False, FIRST + says)


def test_the_first_input_that_differs_is_the_one_that_is_told():
    says = verdict(lambda x, factor: doubled(x, factor) if factor == 3 else x)[1]
    assert says.startswith("For x = a tensor of shape (9,), factor = 0.5 it returned ")
    assert re.search(r"returned -?[\d.]+ instead of -?[\d.]+ at \[0\]\.$", says)


def test_a_function_that_should_have_raised_is_told_so():
    says = verdict(lambda x, factor: x * abs(factor))[1]
    expected = "should raise ValueError, and it returned tensor([1., 1.])."
    assert says == f"For x = tensor([1., 1.]), factor = -1 it {expected}"


def test_an_error_of_another_kind_than_the_expected_is_told():
    def function(x, factor):
        if factor < 0:
            raise TypeError("no")
        return x * factor

    says = verdict(function)[1]
    assert says.endswith('it raised TypeError: no, at `raise TypeError("no")`.')


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda: 1, "<lambda>() takes 0 positional arguments but 2 were given"),
        (lambda x: x, "<lambda>() takes 1 positional argument but 2 were given"),
        (lambda x, y, z: x, "<lambda>() missing 1 required positional argument: 'z'"),
        (lambda x, *, y: x, "<lambda>() takes 1 positional argument but 2 were given"),
    ],
)
def test_a_wrong_number_of_arguments_is_told_before_any_mistake(function, told):
    crash = Mistake(lambda x, factor: x["a"], says="A mistake that raises IndexError.")
    typed = Mistake(lambda x, factor: x(), says="A mistake that raises TypeError.")
    passed, says = verdict(function, exercise(mistakes=(crash, typed)))
    assert not passed
    assert says == f"The check calls it with x, factor: {told}."


def test_a_number_of_arguments_that_only_some_inputs_have_is_told():
    optional = exercise(
        solution=a_start,
        reference=lambda x, factor=2: x * factor,
        cases=lambda generator: [(1,), (2, 3)],
    )
    passed, says = verdict(lambda x: 2 * x, optional)
    assert not passed
    assert says.startswith("The check calls it with x, factor: ")
    assert says.endswith("<lambda>() takes 1 positional argument but 2 were given.")


def test_a_function_of_c_that_does_not_tell_its_arguments_is_called():
    says = verdict(torch.sub)[1]
    assert says == FIRST + "returned tensor([-2., -1.]), expected tensor([3., 6.])."


def test_an_exercise_without_arguments_has_a_sentence_too():
    empty = exercise(
        solution=lambda: 3, reference=lambda: 3, cases=lambda generator: [()], mistakes=()
    )
    assert verdict(lambda: 4, empty) == (False, "It returned 4, expected 3.")
    assert verdict(lambda x: 4, empty)[1].startswith("The check calls it with nothing: ")


@pytest.mark.parametrize("result", [torch.ones(2), 3, "doubled", None, [1]])
def test_a_result_instead_of_the_function_is_told(result):
    passed, says = verdict(result)
    assert not passed
    expected = 'give the function itself, as in check("theme/times", doubled), without calling it.'
    assert says.startswith("Got ")
    assert says.endswith(f": {expected}")


# Errors: the reader's own line


def crash_in_torch(x, factor):
    layer = nn.Linear(3, 1)
    return layer(x)


@torch.no_grad()
def crash_behind_a_decorator(x, factor):
    return torch.softmax(x, dim=factor)


class CrashInAMethod:
    def __init__(self, x, factor):
        self.x = self.factor


def crash_in_a_helper(x, factor):
    return crash_in_torch(x, factor)


def recursion(x, factor):
    return recursion(x, factor)


def leave(x, factor):
    sys.exit("bye")


def crash_in_the_course(x, factor):
    return doubled(x, -1)


@pytest.mark.parametrize(
    ("function", "error", "line"),
    [
        (
            crash_in_torch,
            "RuntimeError: mat1 and mat2 shapes cannot be multiplied (1x2 and 3x1)",
            "return layer(x)",
        ),
        (
            crash_behind_a_decorator,
            "IndexError: Dimension out of range (expected to be in range of [-1, 0], but got 3)",
            "return torch.softmax(x, dim=factor)",
        ),
        (
            CrashInAMethod,
            "AttributeError: 'CrashInAMethod' object has no attribute 'factor'",
            "self.x = self.factor",
        ),
        (
            crash_in_a_helper,
            "RuntimeError: mat1 and mat2 shapes cannot be multiplied (1x2 and 3x1)",
            "return layer(x)",
        ),
        (
            recursion,
            "RecursionError: maximum recursion depth exceeded",
            "return recursion(x, factor)",
        ),
        (leave, "SystemExit: bye", 'sys.exit("bye")'),
    ],
)
def test_a_crash_is_told_with_the_readers_own_line(function, error, line):
    assert verdict(function) == (False, f"{FIRST}raised {error}, at `{line}`.")


def test_a_crash_without_a_line_or_a_message_is_told():
    namespace = {}
    exec("def function(x, factor):\n    raise NotImplementedError", namespace)
    assert verdict(namespace["function"])[1] == FIRST + "raised NotImplementedError."
    wrong_type = exercise(use=lambda function, *arguments: function(*arguments))
    assert verdict(torch.relu, wrong_type)[1].startswith("For argument 1 = tensor([1., 2.]), ")


def test_a_long_message_of_several_lines_becomes_one_short_line():
    def function(x, factor):
        raise RuntimeError("\n".join(["a long word"] * 100) + ".")

    says = verdict(function)[1]
    assert "\n" not in says
    assert "a long word a long …, at `raise RuntimeError(" in says
    assert len(says) < 450


def test_an_error_that_cannot_be_told_itself_is_told():
    class BrokenError(Exception):
        def __str__(self):
            raise ValueError

    def function(x, factor):
        raise BrokenError

    assert "BrokenError: <exception str() failed>, at `raise BrokenError`." in verdict(function)[1]


# Ways of use


def test_a_class_is_checked_through_what_is_done_with_it():
    assert scaling.check(Scale).passed
    assert verdict(nn.Identity, scaling)[1] == (
        "For factor = 2.0, argument 2 = tensor([1., 1.]) "
        "it returned tensor([1., 1.]), expected tensor([2., 2.])."
    )


def test_the_arguments_of_a_class_are_those_that_its_use_gives_it():
    class Shifted(Scale):
        def forward(self, x):
            return x + self.factor

    assert verdict(Shifted, scaling)[1].endswith(
        "it returned tensor([3., 3.]), expected tensor([2., 2.])."
    )


def test_an_object_instead_of_its_class_is_told():
    assert verdict(Scale(2.0), scaling) == (
        False,
        'Got Scale(): give the class itself, as in check("theme/times", Scale), '
        "without calling it.",
    )


def test_a_module_may_solve_an_exercise_that_asks_for_a_function():
    cost = exercise(
        solution=nn.functional.l1_loss,
        reference=lambda x, y: (x - y).abs().mean(),
        cases=lambda generator: [torch.rand(2, 3, generator=generator).unbind()],
    )
    assert cost.check(nn.L1Loss()).passed


def test_an_effect_in_place_is_compared():
    assert halving.check(halve).passed
    assert verdict(lambda x: x.clear(), halving) == (
        False,
        "For x = [1.0, 2.0] it should change x, which is now 0 values, expected 2.",
    )
    assert verdict(lambda x: None, halving)[1] == (
        "For x = [1.0, 2.0] it should change x, which is now at position 0 1.0, expected 0.5."
    )


def test_the_argument_that_changed_is_the_one_that_is_named():
    changed = exercise(
        reference=lambda x, rows: rows[0],
        cases=lambda generator: [(1, [2])],
        mistakes=(),
    )
    says = verdict(lambda x, rows: rows.pop(), changed)[1]
    assert says == (
        "For x = 1, factor = [2] it changed factor, which should stay as it is: work on a copy. "
        "It is now 0 values, expected 1."
    )


def test_the_gradient_of_somebody_elses_leaf_is_an_effect_and_the_leaf_is_told_as_one():
    def backwards(x, factor):
        (x * factor).sum().backward()
        return x.detach() * factor

    leaves = exercise(
        reference=lambda x, factor: x.detach() * factor,
        cases=lambda generator: [(torch.ones(1, requires_grad=True), 2.0)],
        mistakes=(),
    )
    assert verdict(backwards, leaves) == (
        False,
        "For x = tensor([1.], requires_grad=True), factor = 2.0 it changed x, which should stay "
        "as it is: work on a copy. It is now a tensor with a grad, expected none.",
    )


# In a notebook


@pytest.fixture
def shell(theme, monkeypatch):
    """Return a notebook's shell; builtins and hooks that it replaces come back after."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "displayhook", sys.displayhook)
    made = InteractiveShell(history_manager=None)
    with made.builtin_trap:
        yield made
    made.restore_sys_module_state()


def test_in_a_notebook_the_readers_line_is_the_one_in_the_cell(shell, capsys):
    shell.run_cell(
        "from torch import nn\ndef helper(x):\n    return nn.Linear(3, 1)(x)  # in the first cell\n"
    )
    shell.run_cell(
        "from course.practice import check\n"
        "def own(x, factor):\n"
        "    return helper(x)\n"
        "check('theme/times', own)\n"
    )
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out == (
        f"✗ {FIRST}raised RuntimeError: mat1 and mat2 shapes cannot be multiplied (1x2 and 3x1), "
        "at `return nn.Linear(3, 1)(x)  # in the first cell`.\n"
    )


# What one sees


def test_the_code_to_start_from_is_complete_and_its_check_says_what_is_missing(theme, capsys):
    exec(times.start(), {})
    assert capsys.readouterr().out == f"✗ {FIRST}returned None: does it end with `return`?\n"


def test_the_code_to_start_from_is_the_empty_solution():
    assert times.start() == (
        "import torch\nfrom torch import Tensor, nn\nfrom course.practice import check\n\n\n"
        + inspect.getsource(doubled).partition("    if factor")[0]
        + '    ...  # yours\n\n\ncheck("theme/times", doubled)'
    ).replace("Tensor, nn", "Tensor")


def test_a_starter_of_its_own_gets_the_name_of_the_solution_and_what_it_needs():
    start = exercise(starter=a_start).start()
    assert start.startswith("from torch import Tensor\nfrom course.practice import check\n\n\n")
    assert "\n\n\ndef helped(x):\n    return x\n\n\ndef doubled(x: Tensor, factor" in start
    assert "Repair doubled: it should" in start
    assert start.endswith('return helped(x) + factor\n\n\ncheck("theme/times", doubled)')


def test_the_solved_code_holds_the_solution_and_the_example_and_runs():
    assert times.solved() == (
        "import torch\nfrom torch import Tensor\n\n\n"
        + bare(inspect.getsource(doubled))
        + "\n\n\nprint(doubled(torch.ones(2), 3))"
    )
    assert times.run() == "tensor([3., 3.])\n"


def test_the_solved_code_holds_the_helpers_of_the_solution():
    with_helper = exercise(solution=a_start, example="print(a_start(torch.ones(1), 2))")
    assert "\n\n\ndef helped(x):\n    return x\n\n\ndef a_start(" in with_helper.solved()
    assert with_helper.run() == "tensor([3.])\n"


def test_code_without_imports_starts_with_its_first_line():
    assert halving.solved() == bare(inspect.getsource(halve))
    assert '"""' in halving.start()


def test_running_the_solution_prints_nothing_and_draws_nothing(capsys):
    drawing = exercise(example="print(torch.rand(1), __name__)")
    state = torch.get_rng_state()
    assert drawing.run() == drawing.run()
    assert drawing.run().endswith("__main__\n")
    assert torch.equal(torch.get_rng_state(), state)
    assert capsys.readouterr().out == ""


def test_an_exercise_shows_prompt_start_hints_and_the_solution_with_its_run():
    text = times._repr_markdown_()
    parts = [
        '<div class="admonition exercise" markdown>',
        ">Exercise: Times ●●</p>\n\nWrite `doubled(x, factor)`",
        f"```python\n{times.start()}\n```",
        '<details class="hint" markdown>\n<summary markdown="span">Hint</summary>\n\nUse `*`.',
        '<details class="solution" markdown>\n<summary markdown="span">Solution</summary>',
        f"```python\n{times.solved()}\n```",
        "```{ .text .no-copy .output }\ntensor([3., 3.])\n```\n\n</details>\n\n</div>",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_several_hints_are_numbered():
    text = exercise(hints=("One.", "Two."))._repr_markdown_()
    assert re.findall(r"<summary.*?>(Hint.*?)</summary>", text) == ["Hint 1", "Hint 2"]
    assert text.index("One.") < text.index("Two.")


def test_a_notebook_reads_all_of_it_as_markdown():
    html = MarkdownIt("commonmark").render(times._repr_markdown_())
    assert "<em>times</em>" in html
    assert "<p>Use <code>*</code>.</p>" in html
    assert html.count('<pre><code class="language-python">') == 2
    assert "tensor([3., 3.])\n</code></pre>\n</details>" in html
    assert "```" not in html


def test_in_a_shell_it_reads_as_title_prompt_and_start():
    assert repr(times) == (
        "Exercise: Times ●●\n\nWrite `doubled(x, factor)`: $x$ *times* the factor.\n\n"
        + times.start()
    )


# By name


def test_themes_are_the_folders_with_exercises(theme):
    assert themes() == ["theme"]


def test_the_exercises_of_a_theme_are_found_by_their_names(theme):
    found = exercises("theme")
    assert list(found) == ["theme/times", "theme/scale"]
    assert found["theme/times"] is times
    assert exercises("other") == {}
    assert exercises("") == {}
    assert find("theme/times") is times


def test_looking_for_exercises_imports_nothing_else(monkeypatch):
    monkeypatch.setattr("importlib.import_module", lambda name: pytest.fail(f"{name} was imported"))
    assert exercises("plotting") == {}
    assert exercises("../linear") == {}


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("theme/time", "theme/times"),
        ("times", "theme/times"),
        ("thema/scale", "theme/scale"),
        ("theme/xyzqwvuxyzqwvu", "theme/times, theme/scale"),
        ("q", "theme/…"),
        ("", "theme/…"),
    ],
)
def test_an_unknown_name_lists_those_that_are_near(theme, name, near):
    with pytest.raises(LookupError) as caught:
        find(name)
    message = caught.value.args[0]
    assert message.startswith(f"there is no exercise {name!r}: did you mean ")
    assert near in message


# check


def test_check_prints_one_line(theme, capsys):
    check("theme/times", doubled)
    check("theme/times", added)
    check("theme/tims", doubled)
    check(doubled, "theme/times")
    assert capsys.readouterr().out.splitlines() == [
        "✓ Times: right on all 3 inputs.",
        "✗ Multiply, do not add.",
        "✗ there is no exercise 'theme/tims': did you mean theme/times, theme/scale?",
        "✗ the name comes first, as text: got the function doubled in its place",
    ]


def test_practice_imports_torch_the_standard_library_and_itself():
    imported = set()
    for path in Path(course.practice.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {each.name for each in node.names}
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module)
    own = {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names}
    assert {name for name in own if not name.startswith("course.practice.")} == {
        "course",
        "torch",
        "torch.optim",
    }


@pytest.mark.parametrize("mark", [0, 4, "●", None])
def test_a_mark_is_one_of_three(mark):
    with pytest.raises(ValueError, match=r"theme/times: mark is .*: expected 1, 2 or 3"):
        exercise(mark=mark)
