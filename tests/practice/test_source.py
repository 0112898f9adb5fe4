"""Code cut out of a module runs by itself, and holds nothing that it does not use."""

import importlib
import sys
from textwrap import dedent

import pytest

from course.practice.source import bare, empty, needs

MODULE = '''
"""A module."""

import functools
import math
import os.path
import string as letters
from collections import Counter, OrderedDict as Ordered
from dataclasses import dataclass, field

LIMIT: int = 3
LOW, HIGH = 0, 10
half = full = 0.5
UNUSED = math.pi


def _shift(x):
    return x + LIMIT


@functools.cache
def _scaled(x):
    return _shift(x) * full


def unused(x):
    return Counter(x)


def solution(x, unused):
    """Return a number.

    Examples:
        >>> solution(1, None)
    """
    # A comment that gives the answer away.
    UNUSED = [letter for letter in letters.digits]
    return _scaled(x) + LOW


def recursive(n):
    if n:
        return recursive(n - 1)

    return os.path.sep


@dataclass
class Thing:
    """A thing."""

    names: list = field(default_factory=list)

    def __init__(
        self,
        n,
    ):
        # A comment
        # of two lines.

        self.n = n

        def inner():
            return 1

        self.inner = inner

    @property
    def double(self):
        """Return twice."""
        return 2 * self.n


result = Ordered()
'''


@pytest.fixture(scope="module")
def module(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    (folder / "cut_from.py").write_text(MODULE, encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield importlib.import_module("cut_from")
    sys.path.remove(str(folder))
    del sys.modules["cut_from"]


# needs


def test_code_comes_with_the_imports_and_definitions_that_it_uses_and_no_others(module):
    imports, definitions = needs(module.solution)
    assert imports == ["import functools", "import string as letters"]
    assert definitions[:3] == ["LIMIT: int = 3", "LOW, HIGH = 0, 10", "half = full = 0.5"]
    assert [part.splitlines()[0] for part in definitions[3:]] == [
        "def _shift(x):",
        "@functools.cache",
        "def solution(x, unused):",
    ]
    assert definitions[4] == "@functools.cache\ndef _scaled(x):\n    return _shift(x) * full"


def test_what_is_cut_out_runs_by_itself(module):
    imports, definitions = needs(module.solution)
    namespace = {}
    exec("\n".join([*imports, *definitions]), namespace)
    assert namespace["solution"](1, None) == module.solution(1, None) == 2


def test_an_import_of_a_package_within_a_package_is_found_by_its_first_name(module):
    assert needs(module.recursive) == (
        ["import os.path"],
        ["def recursive(n):\n    if n:\n        return recursive(n - 1)\n\n    return os.path.sep"],
    )


def test_of_an_import_of_several_names_those_that_are_used_stay(module):
    imports, _ = needs(module.Thing)
    assert imports == ["from dataclasses import dataclass, field"]
    assert needs(module.unused)[0] == ["from collections import Counter"]


def test_what_an_example_uses_counts_as_well_but_not_its_own_variables(module):
    imports, definitions = needs(module._shift, "result = [unused(math.pi) for half in 'ab']")
    assert imports == ["import math", "from collections import Counter"]
    assert [part.splitlines()[0] for part in definitions] == [
        "LIMIT: int = 3",
        "def unused(x):",
        "def _shift(x):",
    ]


def test_the_function_itself_comes_last_even_where_others_stand_below_it(module):
    _, definitions = needs(module._shift, "solution(1, 2)")
    assert definitions[-1].startswith("def _shift(x):")
    assert definitions[-2].startswith("def solution(x, unused):")


# empty


def test_of_a_function_signature_and_docstring_stay(module):
    assert empty(module.solution) == dedent('''\
        def solution(x, unused):
            """Return a number.

            Examples:
                >>> solution(1, None)
            """
            ...  # yours''')


def test_a_function_without_a_docstring_becomes_empty_too(module):
    assert empty(module.recursive) == "def recursive(n):\n    ...  # yours"


def test_of_a_class_the_methods_become_empty_and_their_signatures_stay(module):
    assert empty(module.Thing) == dedent('''\
        @dataclass
        class Thing:
            """A thing."""

            names: list = field(default_factory=list)

            def __init__(
                self,
                n,
            ):
                ...  # yours

            @property
            def double(self):
                """Return twice."""
                ...  # yours''')


# bare


def test_without_docstrings_the_code_stays(module):
    assert bare("def one():\n    return 1  # one") == "def one():\n    return 1  # one"
    assert bare(needs(module.recursive)[1][-1]) == needs(module.recursive)[1][-1]


def test_docstrings_go_with_the_blank_lines_after_them():
    thing = dedent('''\
        class Thing:
            """A thing.

            Of two lines.
            """

            @property
            def double(self):
                """Return twice."""

                return 2 * self.n

            def empty(self):
                """Do nothing."""''')
    assert bare(thing) == dedent('''\
        class Thing:
            @property
            def double(self):
                return 2 * self.n

            def empty(self):
                """Do nothing."""''')
