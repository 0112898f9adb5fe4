"""A cell tagged `claim` is shown as the statements that it checked; a false one is a failure."""

import pytest

OPEN = '!!! check "Checked while this page was built: always true"\n\n'


def test_each_assert_is_a_statement_and_the_code_is_folded(project):
    page = project.page("""
        # %%
        losses = [3.0, 2.0, 1.5]

        # %% tags=["claim", "always"]
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
        # %% tags=["claim", "always"]
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
        # %% tags=["claim", "always"]
        assert True, "`x` is **bold** with $a_1$"
        assert True, """it goes
        on"""
        assert True, 42
    ''')
    assert OPEN + "    - `x` is **bold** with $a_1$\n    - it goes on\n    - 42\n\n" in page


def test_what_a_claim_prints_stands_below_it(project, outputs):
    page = project.page("""
        # %% tags=["claim", "always"]
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

        # %% tags=["claim", "always"]
        assert x > 0, "x is positive"
        assert x > 1, f"{x} is above one"
    """)
    assert failure.startswith("docs/a.py, line 9, cell 2: AssertionError: 1 is above one")
    assert 'assert x > 1, f"{x} is above one"' in failure


def test_a_claim_without_a_message_is_an_error_even_if_it_holds(project):
    failure = project.failure("""
        # %% tags=["claim", "always"]
        x = 1
        assert x == 1
    """)
    told = "an assert in a claim needs a message: the statement that readers see"
    assert failure == f"docs/a.py, line 3, cell 1: {told}"


@pytest.mark.parametrize("code", ["x = 1", "for x in []:\n    assert x, f'{x} is true'"])
def test_a_claim_that_checked_nothing_is_a_failure(project, code):
    failure = project.failure(f'# %%\ny = 1\n\n# %% tags=["claim", "always"]\n{code}\n')
    assert failure.startswith("docs/a.py, line 5, cell 2: ")
    assert "tagged claim, but no assert was reached" in failure.splitlines()[0]


def test_an_assert_outside_a_claim_is_code_like_any_other(project):
    page = project.page("# %%\nassert 1 < 2\n")
    assert page == "```python\nassert 1 < 2\n```"


def test_statements_of_a_cell_do_not_reach_the_next(project):
    page = project.page("""
        # %% tags=["claim", "always"]
        def check():
            assert True, "first"

        check()

        # %% tags=["claim", "always"]
        assert True, "second"
    """)
    assert page.count("    - first\n") == 1
    assert page.count("    - second\n") == 1


NONE = (
    "a claim names one of its three kinds, found {}: tag it always (an identity, a theorem, equal "
    "to torch), here (these rows, this seed) or in-general (an inference with interval and "
    "level); a cell that mixes them becomes two"
)


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ('"claim"', NONE.format("none")),
        ('"claim", "rare"', NONE.format("none")),
        ('"claim", "always", "here"', NONE.format("always and here")),
        ('"claim", "in-general", "here"', NONE.format("here and in-general")),
        ('"always"', "tagged always, which is for claims: tag it claim, too"),
        ('"rare"', "tagged rare, which is for claims: tag it claim, too"),
        ('"claim", "always", "rare"', "tagged rare and always: rare is for findings here"),
    ],
)
def test_a_claim_names_exactly_one_kind_or_the_build_says_which_there_are(project, tags, told):
    failure = project.failure(f'# %%\ny = 1\n\n# %% tags=[{tags}]\nassert y, "at 95 %"\n')
    assert failure == f"docs/a.py, line 5, cell 2: {told}"


@pytest.mark.parametrize("kind", ["always", "here", "in-general"])
@pytest.mark.parametrize("message", ['"with 95 % confidence"', 'f"to {2} standard errors"'])
def test_each_kind_alone_is_accepted_and_said_in_the_title(project, kind, message):
    page = project.page(f'# %% tags=["claim", "{kind}"]\nassert True, {message}\n')
    told = {
        "always": "always true",
        "here": "true of these rows and this seed",
        "in-general": "in general, at the level that it names",
    }
    assert page.startswith(f'!!! check "Checked while this page was built: {told[kind]}"\n\n')


def test_an_inference_that_names_no_level_is_refused_with_its_line(project):
    failure = project.failure("""
        # %% tags=["claim", "in-general"]
        assert True, "its 95 % interval lies above 0"
        assert True, f"its interval lies above {0}"
    """)
    assert failure == (
        "docs/a.py, line 3, cell 1: a claim in general is an inference: its message names the "
        'interval and its level, such as "95 %" or "four standard errors"'
    )
