"""Cells may wait at the top level, and find the values of earlier cells, as in a notebook."""

import json
import subprocess
import sys

from literate.writing.portable import Site

LATER = """
        # %%
        import asyncio

        async def later(value):
            await asyncio.sleep(0.001)
            return value

        async def count(end):
            for number in range(end):
                yield await later(number)
"""


def test_a_cell_may_wait_at_the_top_level_and_in_the_value_it_ends_with(project, outputs):
    page = project.page(
        LATER
        + """
        # %%
        two = await later(2)
        async for number in count(two):
            print(number)
        async with asyncio.timeout(60):
            print("within")
        two

        # %%
        [number async for number in count(await later(3))]

        # %%
        await later(3);

        # %% [markdown]
        # It is {{ await later(4.0):.1f }}.
    """
    )
    assert outputs(page) == [("", "0\n1\nwithin"), ("", "2"), ("", "[0, 1, 2]")]
    assert page.endswith("It is 4.0.")


def test_what_a_cell_has_started_goes_on_while_a_later_one_waits(project, outputs):
    page = project.page(
        LATER
        + """
        # %%
        task = asyncio.create_task(later("from before"))

        # %%
        await task
    """
    )
    assert outputs(page) == [("", "'from before'")]


def test_where_nothing_waits_at_the_top_level_a_program_may_run_its_own_loop(project, outputs):
    assert outputs(project.page(LATER + "\n        asyncio.run(later(1))\n")) == [("", "1")]


def test_a_claim_may_wait_and_so_may_a_cell_with_magics(project, outputs):
    page = project.page(
        LATER
        + """
        # %% tags=["claim", "always"]
        assert await later(True), "It comes later."

        # %%
        !echo waits
        await later(1)
    """
    )
    assert "- It comes later." in page
    assert outputs(page)[-2:] == [("", "waits"), ("", "1")]


def test_a_traceback_of_code_that_waits_begins_in_the_lesson(project, outputs):
    page = project.page(
        LATER
        + """
        async def fail():
            raise ValueError(await later("late"))

        # %% tags=["raises-exception"]
        await fail()
    """
    )
    ((kind, text),) = outputs(page)
    assert kind == "error"
    assert text.startswith(
        'Traceback (most recent call last):\n  File "docs/a.py", line 16, in <module>\n'
        '    await fail()\n  File "docs/a.py", line 13, in fail\n'
    )
    assert text.endswith("\nValueError: late")
    assert "asyncio" not in text


def test_a_cell_that_waits_too_long_is_a_failure_at_the_line_that_waits(project):
    failure = project.failure(
        """
        # %%
        import asyncio

        async def forever():
            await asyncio.sleep(600)

        # %%
        print("begin")
        await forever()
        """,
        cell_seconds=0.3,
    )
    assert failure.startswith(
        "docs/a.py, line 5, cell 2: took longer than 0.3 s (cell_seconds)\n"
        '    Traceback (most recent call last):\n      File "docs/a.py", line 9, in <module>\n'
        '        await forever()\n      File "docs/a.py", line 5, in forever\n'
    )


def test_a_cell_that_computes_too_long_while_others_wait_is_a_failure_too(project):
    failure = project.failure(
        "# %%\nasync def spin():\n    while True:\n        pass\n\n# %%\nawait spin()\n",
        cell_seconds=0.3,
    )
    assert ": took longer than 0.3 s (cell_seconds)" in failure
    assert 'File "docs/a.py", line 7, in <module>' in failure


def test_a_script_and_a_notebook_to_take_along_wait_too(project):
    lesson = project.lesson(
        LATER
        + '''
        # %%
        two = await later(2)
        text = """
          as it stands
        """
        two + 1

        # %% tags=["raises-exception"]
        await later(1 / 0)

        # %%
        print(two, text)
        ''',
        site=Site(project.root, project.root / "docs"),
        offered=("*",),
    )
    assert lesson.failure is None, lesson.failure
    script = project.write("taken.py", lesson.files["a/a.py"])
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout == "3\n2 \n  as it stands\n\n"
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")
    cells = json.loads(lesson.files["a/a.ipynb"])["cells"]
    assert "".join(cells[1]["source"]).startswith("two = await later(2)\n")


def test_a_cell_finds_the_values_of_the_cells_before_it(project, outputs):
    page = project.page("""
        # %%
        1 + 1

        # %%
        _ * 10

        # %%
        print(_, __, _1, Out[2])

        # %%
        "quiet";

        # %%
        _
    """)
    assert outputs(page) == [("", "2"), ("", "20"), ("", "20 2 2 20"), ("", "20")]


def test_a_name_that_a_lesson_gives_itself_stays_its_own(project, outputs):
    page = project.page("""
        # %%
        for _ in range(3):
            pass
        "value"

        # %%
        print(_)
    """)
    assert outputs(page) == [("", "'value'"), ("", "2")]


def test_a_cell_without_code_has_no_number(project, outputs):
    assert outputs(project.page("# %%\n\n# %%\n5\n\n# %%\nprint(_1)\n")) == [("", "5"), ("", "5")]
