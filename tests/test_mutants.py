"""Mutants are what they should be: small, real, and never in what is not taught."""

import ast

import pytest

from tests import mutants as tool
from tests.mutants import Mutant, explanations, files, mutants, report, rounds, sample, table
from tests.solutions import stale

COURSE = files("course", "*.py")


def changes(source, path="course/linear/thing.py"):
    """Return the kind, the line before and the line after of each mutant."""
    source = source.encode()
    return [(mutant.kind, *mutant.change(source)) for mutant in mutants(path, source)]


def of_kind(kind, source):
    return [after for each, _, after in changes(source) if each == kind]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a + b", "a - b"),
        ("a - b", "a + b"),
        ("(a) * b", "(a) / b"),
        ("a / (b)", "a * (b)"),
        ("a // b", "a * b"),
        ("a % b", "a * b"),
        ("a**b", "a*b"),
        ("a @ b", "a * b"),
        ("a & b", "a | b"),
        ("a | b", "a & b"),
        ("a ^ b", "a & b"),
        ("a << b", "a >> b"),
        ("a >> b", "a << b"),
        ("a += b", "a -= b"),
        ("a **= b", "a *= b"),
        ("-a", "a"),
    ],
)
def test_an_arithmetic_operator_is_flipped(before, after):
    assert of_kind("arithmetic", before) == [after]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a < b", "a <= b"),
        ("a <= b", "a < b"),
        ("a > b", "a >= b"),
        ("a >= b", "a > b"),
        ("a == b", "a != b"),
        ("a != b", "a == b"),
        ("a is b", "a is not b"),
        ("a is  not b", "a is b"),
        ("a in b", "a not in b"),
        ("a not  in b", "a in b"),
    ],
)
def test_a_comparison_is_flipped(before, after):
    assert of_kind("comparison", before) == [after]


def test_each_operator_of_a_chain_is_flipped_by_itself():
    assert of_kind("comparison", "a < b < c") == ["a <= b < c", "a < b <= c"]
    assert of_kind("boolean", "a and b and c") == ["a or b and c", "a and b or c"]
    assert of_kind("boolean", "a or b") == ["a and b"]
    assert of_kind("arithmetic", "a + b * c") == ["a - b * c", "a + b / c"]


def test_not_is_removed_and_added():
    assert of_kind("not", "a = not (b)") == ["a = (b)"]
    assert of_kind("not", "if a:\n    b()") == ["if not (a):"]
    assert of_kind("not", "a = b if c < d else e") == ["a = b if not (c < d) else e"]
    assert of_kind("not", "a = [b for b in c if b]") == ["a = [b for b in c if not (b)]"]
    assert of_kind("not", "assert a") == ["assert not (a)"]


def test_a_test_that_another_mutant_negates_is_not_negated_again():
    assert of_kind("not", "if a == b:\n    c()") == []
    assert of_kind("not", "if not a:\n    c()") == ["if a:"]


@pytest.mark.parametrize(
    "statement",
    [
        "a()",
        "a = b",
        "a += b",
        "a: int = b",
        "del a",
        "assert a",
        "raise a",
        "yield a",
        "return a",
        "return",
        "if a:\n    ...",
        "for a in b:\n    ...",
        "while a:\n    ...",
        "with a:\n    ...",
    ],
)
def test_a_statement_is_dropped(statement):
    source = (
        "def f():\n" + "".join(f"    {line}\n" for line in statement.split("\n")) + "    pass\n"
    )
    (mutant,) = (
        each
        for each in mutants("course/linear/thing.py", source.encode())
        if each.kind == "statement"
    )
    assert mutant.apply(source.encode()) == b"def f():\n    pass\n    pass\n"


def test_break_continue_and_decorators_are_dropped():
    assert of_kind("statement", "while a:\n    break")[1:] == ["pass"]
    assert of_kind("statement", "while a:\n    continue")[1:] == ["pass"]
    assert changes("@ a.b()\ndef f(): ...") == [("statement", "@ a.b()", "")]


def test_a_constant_is_changed():
    assert of_kind("constant", "f(1, 0.5, True, 'a')") == [
        "f(2, 0.5, True, 'a')",
        "f(1, 1.5, True, 'a')",
        "f(1, 0.5, False, 'a')",
        'f(1, 0.5, True, "mutant")',
    ]


def test_the_default_of_a_parameter_is_changed():
    assert of_kind("default", "def f(a, b=1, *, c=False, d=None): ...") == [
        "def f(a, b=2, *, c=False, d=None): ...",
        "def f(a, b=1, *, c=True, d=None): ...",
    ]


def test_there_is_nothing_to_mutate_in_text_imports_and_annotations():
    source = '''
"""About 1 thing."""
import a
from b import c

class D:
    """A class."""

    e: Literal["f"]

    def g(self, h: "I", j: Literal[1]) -> "K":
        """Return 1."""
        ...
'''
    assert changes(source) == []


def test_prose_is_not_mutated_but_names_and_keys_are():
    source = 'f("one sentence", f"{a - b} is not {c!r}", key["name"])'
    assert of_kind("constant", source) == [source.replace('"name"', '"mutant"')]
    assert of_kind("arithmetic", source) == []


def test_only_the_solutions_of_exercises_are_mutated():
    source = """
LIMIT = 1
def solution(a):
    return a
def _cases():
    return a
class Solution:
    a = b
exercise = Exercise(a, b)
"""
    found = mutants("course/linear/exercises/loop.py", source.encode())
    assert [mutant.where for mutant in found] == [
        "course.linear.exercises.loop.solution",
        "course.linear.exercises.loop.Solution",
    ]


def test_a_place_is_right_after_letters_of_several_bytes_and_over_several_lines():
    source = "f('é – ×', (\n    é  # a * b\n    )\n    * (ü))\n".encode()
    (mutant,) = (each for each in mutants("course/a.py", source) if each.kind == "arithmetic")
    assert mutant.line(source) == 4
    assert mutant.change(source) == ("* (ü))", "/ (ü))")


def test_a_mutant_says_in_which_function_it_is():
    source = b"class A:\n    def b(self):\n        return c\n"
    assert [each.where for each in mutants("course/d/e.py", source)] == ["course.d.e.A.b"]
    assert mutants("course/d/__init__.py", b"a = b")[0].where == "course.d"


@pytest.mark.parametrize("path", COURSE)
def test_mutants_of_the_course_are_programs_other_than_the_file(path):
    source = (tool.ROOT / path).read_bytes()
    right = ast.dump(ast.parse(source))
    for mutant in mutants(path, source)[::20]:
        assert ast.dump(ast.parse(mutant.apply(source))) != right, mutant


def test_a_seed_chooses_the_same_mutants_again_and_another_seed_others():
    candidates = mutants("course/a.py", b"\n".join(b"a = b + %d" % i for i in range(50)))
    first = sample(candidates, 10, 0)
    assert len(first) == len(set(first)) == 10
    assert first == sample(candidates, 10, 0) == sorted(first, key=lambda mutant: mutant.start)
    assert first != sample(candidates, 10, 1)
    assert sample(candidates, 1000, 0) == candidates


def test_an_edit_elsewhere_keeps_the_mutants_of_a_function_in_the_sample():
    first, second = (b"def %c():\n" % name + b"    a = b\n" * 20 for name in b"fg")
    chosen = sample(mutants("course/a.py", first + second), 20, 0)
    again = sample(mutants("course/a.py", b"c = d\n" + second), 20, 0)
    assert sum(mutant.where == "course.a.g" for mutant in chosen) > 0
    shift = len(first) - len(b"c = d\n")
    kept = {mutant.start + shift for mutant in again}
    assert {mutant.start for mutant in chosen if mutant.where == "course.a.g"} <= kept


def test_a_file_is_tried_with_its_own_tests_then_its_examples_then_all_that_use_it():
    own, examples, others = rounds("course/linear/cost.py")
    assert own == ("tests/linear/test_cost.py",)
    assert examples == ("--doctest-modules", "course/linear/cost.py")
    assert "tests/linear/test_descent.py" in others
    assert "tests/linear/test_cost.py" not in others
    assert "tests/linear/test_prediction.py" not in others


def test_a_file_is_used_by_what_imports_a_module_that_imports_it():
    *_, others = rounds("course/plotting/style.py")
    assert "tests/plotting/drawings/test_paths.py" in others


def test_a_drawing_is_used_by_what_finds_it_by_its_name():
    own, _, others = rounds("course/plotting/drawings/panels.py")
    assert own == ("tests/plotting/drawings/test_panels.py",)
    assert {"tests/training/test_loop.py", "tests/plotting/test_style.py"} <= set(others)


def test_exercises_are_tried_with_the_tests_of_every_exercise():
    own, *_ = rounds("course/linear/exercises/cost.py")
    assert own == ("tests/practice/test_every_exercise.py",)


def test_a_file_at_the_top_and_a_folders_own_file_have_their_rounds():
    assert next(rounds("course/device.py")) == ("tests/test_device.py",)
    assert next(rounds("course/practice/__init__.py")) == ("tests/test_packages.py",)


@pytest.mark.parametrize("path", [path for path in COURSE if not path.endswith("/__init__.py")])
def test_every_round_names_files_that_exist(path):
    for arguments in rounds(path):
        assert all((tool.ROOT / name).is_file() for name in arguments if name[0] != "-")


# The report

SOURCES = {"a.py": b"b = c | d\n"}


@pytest.fixture
def judged():
    """Return two mutants of one file: the first survives, the second is killed."""
    killed = Mutant("a.py", "a", "statement", 0, 9, "pass")
    survivor = Mutant("a.py", "a", "arithmetic", 6, 7, "&")
    return [(survivor, True, 3.0), (killed, False, 1.0)]


def test_the_report_has_the_score_and_each_survivor(judged):
    text, unexplained = report(judged, SOURCES, {})
    assert unexplained == 1
    assert text == "\n".join(
        [
            "| file | mutants | killed | score |",
            "| ---- | ------- | ------ | ----- |",
            "| a.py | 2       | 1      | 50%   |",
            "| all  | 2       | 1      | 50%   |",
            "",
            "2.0 s per mutant",
            "",
            r"| survivor | where | before     | after     | because |",
            r"| -------- | ----- | ---------- | --------- | ------- |",
            r"| a.py:1   | a     | b = c \| d | b = c & d |         |",
        ]
    )


def test_a_survivor_with_an_explanation_is_told_with_it(judged):
    text, unexplained = report(
        judged, SOURCES, {("a", "b = c | d", "b = c & d"): "It is the same."}
    )
    assert unexplained == 0
    assert "| It is the same. |" in text
    assert "survivor" not in report(judged[1:], SOURCES, {})[0]


def test_a_table_is_as_wide_as_its_widest_cells():
    assert table(("a", "b"), ("long", "")) == "| a    | b |\n| ---- | - |\n| long |   |"


def test_an_explanation_may_be_of_several_mutants_of_one_line(tmp_path):
    path = tmp_path / "mutants.toml"
    path.write_text(
        '[[survivor]]\nwhere = "a"\nbefore = "b"\nafter = ["c", "d"]\nbecause = "e"\n', "utf-8"
    )
    assert explanations(path) == {("a", "b", "c"): "e", ("a", "b", "d"): "e"}


def test_every_explanation_is_of_a_mutant_that_exists_and_gives_a_reason():
    explained = explanations()
    assert stale(explained) == []
    assert all(because.strip() for because in explained.values())


def test_an_explanation_of_what_is_no_mutant_is_told():
    assert stale([("course.linear.cost", "x = 1", "x = 2")]) == [
        "no mutant any more: course.linear.cost | x = 1 | x = 2"
    ]
