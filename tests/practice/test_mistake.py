"""A mistake is an edit of the solution: where it applies, and what is said where it does not."""

import pytest
import torch

from course.practice import Mistake

SCALE = 10


def scaled(x: int) -> int:
    """Return x + 1, scaled: this x + 1 is no place for an edit."""
    # A comment above the first statement.
    if x < 0:
        raise ValueError("below zero")

    return (x + 1) * SCALE


def countdown(n: int) -> list[int]:
    if n == 0:
        return []
    return [n, *countdown(n - 1)]


class Line(torch.nn.Module):
    """A line: super().__init__() is called once in its code."""

    def __init__(self, slope: float) -> None:
        """Keep the slope."""
        super().__init__()
        self.slope = slope

    def forward(self, x: float) -> float:
        """Return slope * x."""
        return self.slope * x


@torch.no_grad()
def decorated(x: torch.Tensor) -> torch.Tensor:
    return 2 * x


def oneliner(x: int) -> int: return x  # fmt: skip


def test_an_edit_replaces_a_text_of_the_body_and_none_of_the_docstring():
    assert Mistake("x + 1", "x - 1", says="…").of(scaled)(3) == 20


def test_the_solution_stays_as_it_is():
    Mistake("x + 1", "x - 1", says="…").of(scaled)
    assert scaled(3) == 40


def test_several_edits_apply_one_after_the_other():
    wrong = Mistake("x + 1", "x + 2", "(x + 2) * SCALE", "x", says="…").of(scaled)
    assert wrong(3) == 3


def test_a_text_that_ends_with_a_newline_stands_for_whole_lines():
    wrong = Mistake('if x < 0:\n    raise ValueError("below zero")\n', "", says="…").of(scaled)
    assert wrong(-3) == -20
    wrong = Mistake("return (x + 1) * SCALE\n", "x += 2\nreturn x", says="…").of(scaled)
    assert wrong(3) == 5


def test_whole_lines_are_no_ends_of_longer_lines():
    with pytest.raises(ValueError, match="stands 0 times"):
        Mistake("SCALE\n", "1\n", says="…").of(scaled)


def test_a_comment_above_the_first_statement_belongs_to_the_body():
    assert (
        Mistake("# A comment above the first statement.\n", "x = 0\n", says="…").of(scaled)(3) == 10
    )


def test_a_function_that_calls_itself_calls_the_wrong_one():
    wrong = Mistake("[n, *countdown(n - 1)]", "[*countdown(n - 1), n]", says="…").of(countdown)
    assert wrong(3) == [1, 2, 3]


def test_an_edit_of_a_class_applies_to_all_of_its_methods():
    wrong = Mistake("self.slope * x", "self.slope + x", says="…").of(Line)
    assert wrong(2.0).forward(3.0) == 5.0
    wrong = Mistake("super().__init__()\n", "", says="…").of(Line)
    with pytest.raises(AttributeError):
        wrong(2.0)(3.0)  # a module that was not initialised


def test_decorators_stay():
    wrong = Mistake("2 * x", "3 * x", says="…").of(decorated)
    assert not wrong(torch.ones(1, requires_grad=True)).requires_grad


def test_a_function_is_its_own_mistake():
    assert Mistake(abs, says="…").of(scaled) is abs


@pytest.mark.parametrize(("old", "times"), [("x - 1", 0), ("x", 2)])
def test_the_place_of_an_edit_is_found_exactly_once(old, times):
    told = rf"'{old}' stands {times} times in the body of scaled: expected once, in\n.*x \+ 1"
    with pytest.raises(ValueError, match=f"(?s){told}"):
        Mistake(old, "y", says="…").of(scaled)


def test_what_comes_out_has_to_be_python():
    with pytest.raises(ValueError, match="scaled is no Python after"):
        Mistake('raise ValueError("below zero")\n', "", says="…").of(scaled)


@pytest.mark.parametrize("function", [oneliner, lambda x: x])
def test_a_solution_has_a_body_below_its_signature(function):
    with pytest.raises(ValueError, match="expected a `def` or a `class` with a body below it"):
        Mistake("x", "y", says="…").of(function)


@pytest.mark.parametrize("what", [(), ("one",), ("a", "b", "c"), (abs, "a"), (abs, abs), (3,)])
def test_a_mistake_is_pairs_of_texts_or_one_function(what):
    with pytest.raises(TypeError, match="expected pairs of texts"):
        Mistake(*what, says="…")


def test_an_edit_changes_something():
    with pytest.raises(ValueError, match="changes nothing: 'x'"):
        Mistake("x", "x", says="…")
