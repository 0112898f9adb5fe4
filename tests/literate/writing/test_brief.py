"""Shown source has the first line of each docstring; all of it is a step away."""

import ast
import textwrap
from pathlib import Path

import pytest

from literate.writing.brief import brief, docstrings

SHOWN = textwrap.dedent(
    r'''
    @decorated("""not a docstring
    """)
    class Shown:
        r"""Hold \n a "thing"

        With more.
        """

        text = """two
        lines"""

        def one(self) -> int:
            """Return one."""
            return 1

        def two(self) -> str:
            """Return "two".

            Returns:
                ü
            """  # as text

            def inner() -> None:
                """Do nothing.

                At all.
                """

            return "two"
    '''
).strip("\n")


def test_each_docstring_keeps_its_first_line_and_the_code_stays() -> None:
    told = brief(SHOWN).split("\n")
    assert told[:3] == ['@decorated("""not a docstring', '""")', "class Shown:"]
    assert told[3] == '    r"""Hold \\n a "thing" """'
    assert '        """Return one."""' in told
    assert '        """Return "two"."""  # as text' in told
    assert '            """Do nothing."""' in told
    assert 'text = """two\n    lines"""' in "\n".join(told)
    assert len(told) == SHOWN.count("\n") + 1 - 3 - 4 - 3


def test_what_is_left_out_stands_under_the_names_of_what_it_describes() -> None:
    told = docstrings(SHOWN).split("\n\n\n")
    assert [each.split("\n")[0] for each in told] == ["Shown", "Shown.two", "Shown.two.inner"]
    assert told[1] == 'Shown.two\n\nReturn "two".\n\nReturns:\n    ü'


def test_the_docstring_of_a_function_stands_alone() -> None:
    source = 'def one():\n    """Return one.\n\n    Always.\n    """\n    return 1'
    assert docstrings(source) == "Return one.\n\nAlways."


@pytest.mark.parametrize("source", ["x = 1", "%matplotlib inline", 'def f():\n    """One."""'])
def test_what_has_no_long_docstring_stays_as_it_is(source: str) -> None:
    assert brief(source) == source
    assert docstrings(source) == ""


@pytest.mark.parametrize("path", sorted(Path("course").rglob("*.py")), ids=str)
def test_the_code_of_the_package_is_the_same_without_its_docstrings(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert _first_lines(ast.parse(brief(source))) == _first_lines(ast.parse(source))


def _first_lines(tree: ast.AST) -> str:
    """Return code, each docstring cut to its first line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and (text := ast.get_docstring(node)):
            first = node.body[0]
            assert isinstance(first, ast.Expr)
            assert isinstance(first.value, ast.Constant)
            first.value.value = text.partition("\n")[0]
    return ast.unparse(tree)
