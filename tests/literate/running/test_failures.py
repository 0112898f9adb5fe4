"""What can go wrong with a lesson is told in a line: page, line, cell, cause and traceback."""

import signal

import pytest

from literate import build as engine
from literate.running import limits, workers


def test_a_failure_names_page_line_cell_and_gives_the_traceback_into_the_package(project):
    project.write("course/__init__.py", "")
    project.write("course/cost.py", "import math\n\ndef cost(x):\n    return math.sqrt(x)\n")
    failure = project.failure("""
        # %% [markdown]
        # # Title

        # %%
        from course.cost import cost
        print("first")

        # %%
        y = 4
        cost(
            -y
        )
    """)
    assert failure.splitlines() == [
        "docs/a.py, line 10, cell 2: ValueError: math domain error",
        "    Traceback (most recent call last):",
        '      File "docs/a.py", line 10, in <module>',
        "        cost(",
        '      File "course/cost.py", line 4, in cost',
        "        return math.sqrt(x)",
        "               ^^^^^^^^^^^^",
        "    ValueError: math domain error",
    ]


def test_control_characters_show_as_signs_in_all_that_is_told_of_a_page(project):
    text = '# %% alt="x"\nraise ValueError("a\\x00b")\n\n# %% tags=["c\\u0001d"]\nx = 1\n'
    lesson = project.lesson(text)
    assert lesson.failure.also
    for told in (str(lesson.failure), lesson.markdown):
        assert "a␀b" in told
        assert not set(told) & {"\x00", "\x01"}


def test_all_failing_lessons_are_reported_and_the_others_are_built(project):
    project.write("docs/a.py", "# %%\n1 / 0\n")
    project.write("docs/b.py", "# %%\nprint('fine')\n")
    project.write("docs/c.py", "# %%\nx = 1\n\n# %%\nmissing\n")
    project.write("docs/d.py", b"\xff")
    project.write("docs/e.py", '# %% tags=["exclusive"]\nassert False, "no"\n')
    lessons = project.build()
    told = engine.failures(lessons)
    assert told.startswith("4 lessons failed:\n\n")
    places = [
        "docs/a.py, line 2, cell 1: ZeroDivisionError",
        "docs/c.py, line 5, cell 2: NameError",
    ]
    places += ["docs/d.py, line 1: expected UTF-8", "docs/e.py, line 2, cell 1: AssertionError: no"]
    assert all(place in told for place in places)
    assert 'File "docs/c.py", line 5, in <module>' in told
    assert "fine" in lessons["docs/b.py"].markdown
    assert [line.partition(" ")[0] for line in sorted(project.reported)] == [
        "docs/a.py:",
        "docs/b.py:",
        "docs/c.py:",
        "docs/e.py:",
    ]


def test_the_cells_after_a_failing_one_do_not_run(project):
    lesson = project.lesson(f"# %%\nprint(1)\n\n# %%\n1 / 0\n\n# %%\n{project.tick('after')}\n")
    assert lesson.failure
    assert project.ticks("after") == 0


def test_the_page_of_a_failed_lesson_shows_the_failure_and_what_came_before(project):
    markdown = project.lesson("# %%\nprint('before')\n\n# %%\n1 / 0\n").markdown
    assert markdown.startswith(
        '!!! failure "This lesson failed"\n\n    `docs/a.py, line 5, cell 2`'
    )
    assert "    ``` { .text .no-copy .output .error }\n    ZeroDivisionError: division" in markdown
    assert '      File "docs/a.py", line 5, in <module>' in markdown
    assert "\n``` { .text .no-copy .output }\nbefore\n```" in markdown
    assert "footer" not in markdown


def test_a_syntax_error_has_the_line_of_the_page(project):
    failure = project.failure(
        "# %%\nx = 1\n\n# %% [markdown]\n# Text.\n\n# %%\ny = 2\nif x\n    y\n"
    )
    assert failure.splitlines() == [
        "docs/a.py, line 9, cell 2: SyntaxError: expected ':' (a.py, line 9)",
        '      File "docs/a.py", line 9',
        "        if x",
        "            ^",
        "    SyntaxError: expected ':'",
    ]


def test_a_syntax_error_of_a_module_names_both_the_module_and_the_line_of_the_import(project):
    project.write("course/__init__.py", "")
    project.write("course/broken.py", "x = (\n")
    failure = project.failure("# %%\nx = 1\nimport course.broken\n")
    assert failure.startswith("docs/a.py, line 3, cell 1: SyntaxError: '(' was never closed")
    assert 'File "course/broken.py", line 1' in failure


def test_an_endless_cell_is_ended_and_the_line_where_it_was_is_named(project):
    failure = project.failure(
        "# %%\nx = 1\n\n# %%\ny = 1\nwhile True:\n    pass\n", cell_seconds=0.2
    )
    first, *_, last = failure.splitlines()
    assert first in (
        f"docs/a.py, line {line}, cell 2: took longer than 0.2 s (cell_seconds)" for line in (6, 7)
    )
    assert last.strip() == "literate.running.limits.CellTimeoutError"


def test_an_endless_function_of_the_package_is_named_by_the_line_that_called_it(project):
    project.write("course/__init__.py", "")
    project.write("course/wait.py", "def wait():\n    while True:\n        pass\n")
    failure = project.failure(
        "# %%\nfrom course.wait import wait\n\n# %%\nwait()\n", cell_seconds=0.2
    )
    assert failure.startswith("docs/a.py, line 5, cell 2: took longer than 0.2 s")
    assert 'File "course/wait.py", line ' in failure


def test_an_endless_inline_value_is_ended_too(project):
    failure = project.failure(
        "# %% [markdown]\n# {{ [0 for _ in iter(int, 1)] }}\n", cell_seconds=0.2
    )
    assert failure.startswith("docs/a.py, line 2, '[0 for _ in iter(int, 1)]': took longer than")


def test_the_limit_is_for_each_cell_and_not_for_the_lesson(project, outputs):
    """The first cell takes most of the time off the clock; the second has all of it again."""
    page = project.page("""
        # %%
        import signal
        _ = signal.setitimer(signal.ITIMER_REAL, 20)

        # %%
        signal.getitimer(signal.ITIMER_REAL)[0] > 30
    """)
    assert outputs(page) == [("", "True")]


@pytest.mark.parametrize(
    "trap",
    [
        "while 1:\n    try:\n        while 1:\n            x\n    except BaseException:\n        x",
        "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True:\n    x",
    ],
)
def test_a_cell_that_will_not_be_ended_is_killed_with_its_process(project, monkeypatch, trap):
    monkeypatch.setattr(workers, "GRACE_SECONDS", 0.3)
    failure = project.failure(f"# %%\nx = 1\n\n# %%\n{trap}\n", cell_seconds=0.2)
    assert failure == (
        "docs/a.py, line 5, cell 2: took longer than 0.2 s and was killed (cell_seconds)"
    )


def test_an_endless_lesson_does_not_hold_up_the_others(project):
    project.write("docs/a.py", "# %%\nwhile True:\n    pass\n")
    for name in "bcd":
        project.write(f"docs/{name}.py", "# %%\nprint(1)\n")
    lessons = project.build(cell_seconds=1)
    assert [name for name, lesson in lessons.items() if lesson.failure] == ["docs/a.py"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "os.kill(os.getpid(), 9)",
            "the process that ran the lesson was killed by SIGKILL (out of memory?)",
        ),
        ("os.abort()", "the process that ran the lesson was killed by SIGABRT"),
        (
            "os._exit(3)",
            "the process that ran the lesson ended with status 3 before the lesson did",
        ),
        (
            "os._exit(0)",
            "the process that ran the lesson ended with status 0 before the lesson did",
        ),
        ("sys.exit(4)", "SystemExit: 4"),
        ("exit()", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise BaseException('odd')", "BaseException: odd"),
    ],
)
def test_a_process_that_ends_is_told_in_one_line_with_the_cell(project, code, message):
    lesson = project.lesson(f"# %%\nimport os, sys\n\n# %%\nx = 1\n{code}\n")
    line = 5 if "process" in message else 6
    assert lesson.failure.place == f"docs/a.py, line {line}, cell 2"
    assert lesson.failure.message == message


def test_an_exception_that_cannot_tell_itself_is_still_told(project):
    failure = project.failure("""
        # %%
        class Shy(Exception):
            def __str__(self):
                raise RuntimeError("no words")

        raise Shy
    """)
    assert failure.startswith("docs/a.py: RuntimeError: no words\n")
    assert 'File "docs/a.py", line 6, in <module>' in failure


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers")
def test_the_time_of_a_cell_ends_with_it(monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with limits.limit(600):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_an_endless_recursion_is_told_shortly(project):
    failure = project.failure("# %%\ndef f(n):\n    return f(n + 1)\n\nf(0)\n")
    assert failure.startswith("docs/a.py, line 3, cell 1: RecursionError")
    assert len(failure.splitlines()) < 40


def test_with_allow_errors_a_failing_cell_is_shown_and_the_lesson_goes_on(project, outputs):
    page = project.page("# %%\n1 / 0\n\n# %%\nprint('on')\n", allow_errors=True)
    (kind, text), after = outputs(page)
    assert kind == "error"
    assert text.endswith("ZeroDivisionError: division by zero")
    assert after == ("", "on")


def test_a_lesson_that_reads_no_module_and_odd_ones_still_runs(project):
    """Modules are looked through for the versions in the footer."""
    project.write("course/__init__.py", "")
    project.write(
        "course/old.py", "# -*- coding: latin-1 -*-\nname = 'caf\xe9'\n".encode("latin-1")
    )
    page = project.page("""
        # %%
        from course.old import name
        try:
            open("course/absent.py")
        except FileNotFoundError:
            print(name)
    """)
    assert "café" in page
