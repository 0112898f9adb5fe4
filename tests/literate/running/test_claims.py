"""A cell tagged `claim` is shown as the statements that it checked; a false one is a failure."""

import pytest

OPEN = '!!! check "Checked while this page was built"\n\n'


def test_each_assert_is_a_statement_and_the_code_is_folded(project):
    page = project.page("""
        # %%
        losses = [3.0, 2.0, 1.5]

        # %% tags=["claim"]
        assert losses[-1] < losses[0], "the loss falls"
        best = min(losses)
        assert best == losses[-1], f"the last one is the best, {best:.1f}"
    """)
    assert page.endswith(
        OPEN
        + """    - the loss falls
    - the last one is the best, 1.5

    ??? code "The code that checks it"

        ```python
        assert losses[-1] < losses[0], "the loss falls"
        best = min(losses)
        assert best == losses[-1], f"the last one is the best, {best:.1f}"
        ```"""
    )


def test_asserts_in_loops_and_functions_are_statements_each_time_but_told_once(project):
    page = project.page("""
        # %% tags=["claim"]
        def check(n):
            assert n * n >= n, f"{n}² is not below {n}"
            if n:
                assert True, "it is not zero"

        for n in (0, 1, 2):
            check(n)
    """)
    statements = "    - 0² is not below 0\n    - 1² is not below 1\n    - it is not zero\n"
    assert OPEN + statements + "    - 2² is not below 2\n\n" in page


def test_a_statement_keeps_its_markdown_and_stays_one_line(project):
    page = project.page('''
        # %% tags=["claim"]
        assert True, "`x` is **bold** with $a_1$"
        assert True, """it goes
        on"""
        assert True, 42
    ''')
    assert OPEN + "    - `x` is **bold** with $a_1$\n    - it goes on\n    - 42\n\n" in page


def test_what_a_claim_prints_stands_below_it(project, outputs):
    page = project.page("""
        # %% tags=["claim"]
        print("checking")
        assert True, "it holds"
    """)
    assert outputs(page) == [("", "checking")]
    assert page.index("it holds") < page.index("The code that checks it") < page.index("{ .text")


def test_a_false_claim_fails_with_page_line_cell_and_statement(project):
    failure = project.failure("""
        # %%
        x = 1

        # %% [markdown]
        # Now.

        # %% tags=["claim"]
        assert x > 0, "x is positive"
        assert x > 1, f"{x} is above one"
    """)
    assert failure.startswith("docs/a.py, line 9, cell 2: AssertionError: 1 is above one")
    assert 'assert x > 1, f"{x} is above one"' in failure


def test_a_claim_without_a_message_is_an_error_even_if_it_holds(project):
    failure = project.failure("""
        # %% tags=["claim"]
        x = 1
        assert x == 1
    """)
    told = "an assert in a claim needs a message: the statement that readers see"
    assert failure == f"docs/a.py, line 3, cell 1: {told}"


@pytest.mark.parametrize("code", ["x = 1", "for x in []:\n    assert x, f'{x} is true'"])
def test_a_claim_that_checked_nothing_is_a_failure(project, code):
    failure = project.failure(f'# %%\ny = 1\n\n# %% tags=["claim"]\n{code}\n')
    assert failure.startswith("docs/a.py, line 5, cell 2: ")
    assert "tagged claim, but no assert was reached" in failure.splitlines()[0]


def test_an_assert_outside_a_claim_is_code_like_any_other(project):
    page = project.page("# %%\nassert 1 < 2\n")
    assert page == "```python\nassert 1 < 2\n```"


def test_statements_of_a_cell_do_not_reach_the_next(project):
    page = project.page("""
        # %% tags=["claim"]
        def check():
            assert True, "first"

        check()

        # %% tags=["claim"]
        assert True, "second"
    """)
    assert page.count("    - first\n") == 1
    assert page.count("    - second\n") == 1
