"""The mutants of a solution are what a reader may write in its place."""

import ast

import pytest

from course.linear.exercises.cost import mean_absolute_error
from course.training.exercises.loop import train_epoch
from tests.slips import Slips, slips, source_of, span


def after(line, before=""):
    """Return the lines that a reader may write for one."""
    source = f"def f(x, y):\n    {line}\n".encode()
    finder = Slips("course/linear/thing.py", source)
    finder.walk(ast.parse(source).body[0], "course.linear.thing")
    return {mutant.change(source)[1] for mutant in finder.found if mutant.kind == "slip"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("z = f(a, b)", {"z = f(b, a)", "z = f(b)", "z = f(a)", "z = a", "z = b"}),
        ("z = a.max(dim=1)", {"z = a.max()", "z = a.min(dim=1)", "z = a"}),
        ("z = a.detach()", {"z = a", "z = a.clone()", "z = a.detach_()"}),
        ("a.add_(b)", {"a.add_()", "a.add(b)", "a"}),
        ("z = torch.exp(a)", {"z = torch.exp()", "z = torch.expm1(a)", "z = a"}),
        ("z = a - b", {"z = a", "z = b", "z = b - a"}),
        ("z = (a + b) / c", {"z = (a + b)", "z = c", "z = (a) / c", "z = (b) / c"}),
        ("z = a * b", {"z = a", "z = b"}),
        ("z = a and b", {"z = a", "z = b"}),
        ("z = a < b", {"z = a > b"}),
        ("z = a >= b", {"z = a <= b"}),
        ("z = a == b", set()),
        ("z = ~a", {"z = a"}),
        ("z = a[2]", {"z = a", "z = a[(1)]"}),
        ("z = a[b:c]", {"z = a", "z = a[b:]", "z = a[:c]"}),
        ("z = a, b", {"z = (b, a)"}),
        ("z = 0.5", {"z = 0.55"}),
        ("z = x", {"z = y"}),
        ("x = x + a", {"x += a", "x = x", "x = a", "x = y + a"}),
        ("z = a if b else c", {"z = a if True else c", "z = a if False else c"}),
        ("for a in b: pass", {"for a in list(b)[1:]: pass", "for a in list(b)[:-1]: pass"}),
        ("with torch.no_grad(): pass", {"if True: pass"}),
        ('raise ValueError("a", 1)', set()),
    ],
)
def test_a_line_has_these_slips(line, expected):
    found = after(line)
    assert expected <= found
    assert bool(expected) == bool(found)


def test_all_mutants_of_a_solution_are_programs_and_no_two_alike():
    for solution in (mean_absolute_error, train_epoch):
        found = slips(solution)
        source = source_of(found[0].path)
        node, start, end = span(source, solution.__name__)
        assert ast.unparse(node).startswith(f"def {solution.__name__}(")
        beyond = len(source) - end
        programs = [ast.dump(ast.parse(each.apply(source)[start:-beyond])) for each in found]
        assert len(set(programs)) == len(programs) > 10
        assert ast.dump(ast.parse(source[start:end])) not in programs


def test_what_is_beside_the_solution_has_none():
    assert {each.where.rpartition(".")[2] for each in slips(train_epoch)} == {"train_epoch"}
