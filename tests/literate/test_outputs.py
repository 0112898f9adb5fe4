"""What a cell prints, shows and returns stands on the page, in the order in which it came."""

import re

import pytest

OUT = "``` { .text .no-copy .output }\n"


def test_text_of_stdout_and_stderr_is_fenced_and_marked(project, outputs):
    page = project.page("""
        # %%
        import sys
        print("one")
        print("two", file=sys.stderr)
        sys.stdout.write("three\\n")
    """)
    assert outputs(page) == [("", "one"), ("stderr", "two"), ("", "three"), ("", "6")]


def test_prints_of_one_cell_are_one_output_and_cells_keep_their_own(project, outputs):
    page = project.page("""
        # %%
        print("one")
        print("two")

        # %%
        print("three")
    """)
    assert outputs(page) == [("", "one\ntwo"), ("", "three")]
    assert page.index("two\n```") < page.index('print("three")')


def test_output_of_started_programs_and_of_file_descriptors_comes_in_order(project, outputs):
    page = project.page("""
        # %%
        import os, subprocess, sys
        print("one")
        _ = subprocess.run(["echo", "two"], check=True)
        print("three")
        _ = os.write(1, b"four\\n")
        print("five", flush=True)
        _ = sys.stdout.buffer.write(b"six\\n")
        print("seven", file=sys.stderr)
        _ = os.system("echo eight >&2")

        # %%
        !echo ten
        print("eleven")
    """)
    assert outputs(page) == [
        ("", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("stderr", "seven\neight"),
        ("", "ten\neleven"),
    ]


def test_output_of_forked_processes_and_of_threads_is_shown(project, outputs):
    page = project.page("""
        # %%
        import multiprocessing, threading

        def say(text):
            print(text)

        for kind in (multiprocessing.Process, threading.Thread):
            worker = kind(target=say, args=(kind.__name__,))
            worker.start()
            worker.join()
    """)
    assert outputs(page) == [("", "Process\nThread")]


def test_a_carriage_return_writes_over_the_line_like_a_terminal(project, outputs):
    page = project.page(r"""
        # %%
        import sys
        for step in (9, 10, 11):
            print(f"\r{step} steps", end="")
        print("\rdone")
        print("dos\r\nline")
        for percent in (0, 50, 100):
            print(f"\r{percent:3d}%", end="", file=sys.stderr)
    """)
    assert outputs(page) == [("", "doneteps\ndos\nline"), ("stderr", "100%")]


def test_colours_meant_for_a_terminal_are_left_out(project, outputs):
    page = project.page(r"# %%" + '\nprint("\\x1b[31mred\\x1b[0m \\x1b[1;32mgreen\\x1b[K")\n')
    assert outputs(page) == [("", "red green")]


def test_a_fence_is_longer_than_any_backticks_in_what_it_holds(project):
    page = project.page('''
        # %%
        text = """
        ```python
        x
        ```
        """
        print(text)
        print("`" * 5)
    ''')
    assert '````python\ntext = """\n```python' in page
    assert page.endswith("`````` { .text .no-copy .output }\n```python\nx\n```\n\n`````\n``````")


def test_text_that_is_no_unicode_or_has_control_characters_does_no_harm(project, outputs):
    page = project.page(r"""
        # %%
        import os
        _ = os.write(1, b"caf\xe9\n")
        print("surrogate \udc80")
        print("a\x00b")
    """)
    ((_, text),) = outputs(page)
    assert text.splitlines() == ["caf\ufffd", "surrogate \\udc80", "a\x00b"]
    assert page.encode()


def test_the_value_of_the_last_expression_is_shown(project, outputs):
    page = project.page("""
        # %%
        [1, 2]

        # %%
        "text"

        # %%
        x = 3

        # %%
        None

        # %%
        x;

        # %%
        x;  # the value says nothing

        # %%
        if x:
            x

        # %%
        print("before")
        x  # and its value

        # %%
        x
        x + 1
    """)
    assert outputs(page) == [("", "[1, 2]"), ("", "'text'"), ("", "before"), ("", "3"), ("", "4")]


RICH = """
    # %%
    class Markdown:
        def _repr_markdown_(self):
            return "**bold**\\n\\n- item"

    class Html:
        def _repr_html_(self):
            return "<b>bold</b>\\n\\n<i>next</i>"

    class Latex:
        def _repr_latex_(self):
            return "$$x$$"

    class Plain:
        def __repr__(self):
            return "plain"

    Markdown()
"""


def test_a_markdown_representation_becomes_markdown(project):
    page = project.page(RICH)
    assert page.endswith('<div class="output markdown" markdown>\n\n**bold**\n\n- item\n\n</div>')


@pytest.mark.parametrize(
    ("shown", "block"),
    [
        ("Html()", '<div class="output html" markdown="0">\n<b>bold</b>\n<i>next</i>\n</div>'),
        ("Latex()", "$$x$$"),
        ("Plain()", OUT + "plain\n```"),
    ],
)
def test_a_rich_representation_is_shown(project, shown, block):
    assert project.page(RICH + f"\n    # %%\n    {shown}\n").endswith("```\n\n" + block)


def test_display_shows_values_where_it_is_called(project):
    page = project.page(
        RICH
        + """
    # %%
    import os
    _ = os.system("echo one")
    display(Html(), Plain())
    print("two")
    from IPython.display import HTML, Markdown as Text, display as show
    show(Text("*md*"), HTML("<hr>"), metadata={})
    """
    )
    shown = page.partition("metadata={})\n```")[2]
    found = [shown.index(text) for text in ("one", "<b>bold</b>", "plain", "two", "*md*", "<hr>")]
    assert found == sorted(found)


def test_a_pandas_table_is_html_without_style_or_attributes_of_its_own(project):
    page = project.page("""
        # %%
        import pandas
        table = pandas.DataFrame({"x": [1.5, 2.5], "<b>": ["a", "b"]})
        table

        # %%
        print(table)
    """)
    html = re.search(
        r'<div class="output html" markdown="0">\n.*?\n</div>\n</div>', page, re.DOTALL
    )
    assert html
    assert "<style" not in html[0]
    assert "style=" not in html[0]
    assert "border=" not in html[0]
    assert '<table class="dataframe">' in html[0]
    assert "<th>&lt;b&gt;</th>" in html[0]
    assert "<td>2.5</td>" in html[0]
    assert page.endswith("     x <b>\n0  1.5   a\n1  2.5   b\n```")


def test_a_representation_that_fails_is_a_failure_of_the_lesson(project):
    failure = project.failure("""
        # %%
        class Broken:
            def _repr_html_(self):
                return 1 / 0

        # %%
        Broken()
    """)
    assert failure.startswith("docs/a.py, line 4, cell 2: ZeroDivisionError: division by zero")


def test_an_expected_exception_shows_its_traceback_with_the_lines_of_page_and_package(
    project, outputs
):
    project.write("course/__init__.py", "")
    project.write(
        "course/shape.py", "import os\n\ndef check(x):\n    raise ValueError(f'bad {x}')\n"
    )
    page = project.page("""
        # %%
        from course.shape import check

        def ask():
            check(3)

        # %% tags=["raises-exception"]
        import os
        print("before")
        _ = os.system("echo from a program")
        ask()
        print("never")

        # %%
        print("after")
    """)
    assert outputs(page) == [
        ("", "before\nfrom a program"),
        (
            "error",
            "Traceback (most recent call last):\n"
            '  File "docs/a.py", line 11, in <module>\n'
            "    ask()\n"
            '  File "docs/a.py", line 5, in ask\n'
            "    check(3)\n"
            '  File "course/shape.py", line 4, in check\n'
            "    raise ValueError(f'bad {x}')\n"
            "ValueError: bad 3",
        ),
        ("", "after"),
    ]


def test_paths_of_the_machine_do_not_stand_in_tracebacks(project, outputs):
    page = project.page("""
        # %% tags=["raises-exception"]
        import json
        json.loads("{")

        # %% tags=["raises-exception"]
        import pandas
        pandas.DataFrame({"x": [1]})["y"]
    """)
    (_, library), (_, package) = outputs(page)
    assert '  File "json/__init__.py", line ' in library
    assert '  File "pandas/core/frame.py", line ' in package
    assert 'File "/' not in page
    assert "literate" not in page


def test_a_chain_of_exceptions_and_a_group_are_told_whole(project, outputs):
    page = project.page("""
        # %% tags=["raises-exception"]
        try:
            int("x")
        except ValueError as error:
            raise RuntimeError("outer") from error

        # %% tags=["raises-exception"]
        import json
        errors = []
        for text in "ab":
            try:
                json.loads(text)
            except ValueError as error:
                errors.append(error)
        raise ExceptionGroup("both", errors)
    """)
    (_, chain), (_, group) = outputs(page)
    assert "ValueError: invalid literal" in chain
    assert "The above exception was the direct cause" in chain
    assert chain.endswith("RuntimeError: outer")
    assert group.count('File "docs/a.py", line 12, in <module>') == 2
    assert 'File "/' not in page
    assert "literate" not in page


def test_an_expected_syntax_error_shows_its_place_in_the_page(project, outputs):
    page = project.page('# %%\nx = 1\n\n# %% tags=["raises-exception"]\nprint("a"\n')
    assert outputs(page) == [
        (
            "error",
            '  File "docs/a.py", line 5\n    print("a"\n         ^\n'
            "SyntaxError: '(' was never closed",
        )
    ]


def test_an_expected_exception_that_does_not_come_is_a_failure(project):
    failure = project.failure("""
        # %%
        x = 1

        # %% tags=["raises-exception"]
        x + 1
    """)
    assert failure.startswith("docs/a.py, line 5, cell 2: ")
    assert "tagged raises-exception, but no exception came" in failure.splitlines()[0]


def test_a_warning_names_the_line_of_the_page(project, outputs):
    page = project.page("""
        # %%
        import warnings

        def careful():
            warnings.warn("mind this", UserWarning, stacklevel=2)

        # %%
        careful()
    """)
    ((kind, text),) = outputs(page)
    assert kind == "stderr"
    assert text.startswith("docs/a.py:8: UserWarning: mind this\n  careful()")


def test_an_empty_cell_shows_nothing(project):
    page = project.page("# %%\n\n# %% [markdown]\n# One.\n\n# %%\n\n\n# %% [markdown]\n# Two.\n")
    assert page == "One.\n\nTwo."


def test_input_can_be_hidden_or_folded_and_output_hidden(project):
    page = project.page("""
        # %% tags=["hide-input"]
        print("one", 1)

        # %% tags=["fold"]
        print("two", 2)

        # %% tags=["hide-output"]
        print("three", 3)

        # %% tags=["hide-input", "hide-output"]
        print("four", 4)
    """)
    assert page == (
        f"{OUT}one 1\n```\n\n"
        f'??? code "Code"\n\n    ```python\n    print("two", 2)\n    ```\n\n{OUT}two 2\n```\n\n'
        '```python\nprint("three", 3)\n```'
    )


def test_a_cell_tagged_skip_execution_is_shown_and_not_run(project):
    page = project.page(f"""
        # %% tags=["skip-execution"]
        {project.tick("skipped")}

        # %%
        {project.tick("run")}
    """)
    assert (project.ticks("skipped"), project.ticks("run")) == (0, 1)
    assert "skipped" in page


def test_the_list_of_annotations_stands_between_the_code_and_its_output(project):
    page = project.page("""
        # %%
        x = 1  # (1)!
        print(x)  # (2)

        # %% [markdown]
        # 1. The first
        #
        #     in two paragraphs.
        #
        # 2. The second.
        #
        # And on.

        # %%
        print("no marks")

        # %% [markdown]
        # 1. An ordinary list.
    """)
    assert page == (
        "``` { .python .annotate }\nx = 1  # (1)!\nprint(x)  # (2)\n```\n\n"
        "1. The first\n\n    in two paragraphs.\n\n2. The second.\n\n"
        f"{OUT}1\n```\n\nAnd on.\n\n"
        '```python\nprint("no marks")\n```\n\n' + OUT + "no marks\n```\n\n1. An ordinary list."
    )


def test_lines_that_look_like_magics_and_matplotlib_inline_do_what_they_do_in_a_notebook(
    project, outputs
):
    page = project.page("""
        # %%
        # %matplotlib inline
        # %env LESSON_COLOUR=red
        import os
        print(os.environ["LESSON_COLOUR"])
    """)
    assert outputs(page)[-1][1].endswith("red")
    assert "%matplotlib inline" in page


def test_logs_and_progress_bars_go_to_the_page(project, outputs):
    page = project.page("""
        # %%
        import logging
        logging.basicConfig(level="INFO")
        logging.info("told")

        # %%
        from tqdm import tqdm
        for step in tqdm(range(3)):
            pass
    """)
    (kind, log), (bar_kind, bar) = outputs(page)
    assert (kind, log, bar_kind) == ("stderr", "INFO:root:told", "stderr")
    assert bar.startswith("100%|██████████| 3/3 [")


def test_a_cell_magic_runs_the_cell(project, outputs):
    page = project.page(
        "# %%\n# %%capture caught\nx = 3\nprint('c' * x)\n\n# %%\ncaught.stdout, x\n"
    )
    assert outputs(page) == [("", "('ccc\\n', 3)")]


def test_a_magic_that_fails_is_a_failure_of_the_lesson(project):
    failure = project.failure("# %%\nx = 1\n# %unheard_of\n")
    assert failure.startswith("docs/a.py, line 3, cell 1: UsageError")


def test_a_lesson_finds_itself_in_main_in_the_root_of_the_project(project, outputs):
    project.write("data.txt", "here")
    page = project.page("""
        # %%
        import os, sys
        print(__name__, open("data.txt").read(), sys.argv, os.path.basename(os.getcwd()))
    """)
    assert outputs(page) == [("", "__main__ here ['docs/a.py'] project")]


def test_the_source_of_what_a_lesson_defines_can_be_asked_for(project, outputs):
    page = project.page("""
        # %%
        import inspect

        def double(x):
            return 2 * x

        print(inspect.getsource(double))
    """)
    assert outputs(page) == [("", "def double(x):\n    return 2 * x")]


def test_functions_classes_and_pickles_work_as_in_a_script(project, outputs):
    page = project.page("""
        # %%
        from __future__ import annotations
        import dataclasses, pickle

        @dataclasses.dataclass
        class Point:
            x: int
            y: Unknown = 2

        # %%
        pickle.loads(pickle.dumps(Point(1)))
    """)
    assert outputs(page) == [("", "Point(x=1, y=2)")]


def test_input_finds_nobody_to_answer(project):
    assert "EOFError" in project.failure('# %%\ninput("Your name? ")\n')


def test_the_footer_tells_device_versions_seconds_and_data(project):
    project.write("values.csv", "1\n2\n")
    markdown = project.lesson("""
        # %%
        import pandas
        table = pandas.read_csv("values.csv")
    """).markdown
    footer = markdown.partition('<footer class="run" data-search-exclude markdown>\n')[2]
    assert re.fullmatch(
        r'Ran in <span class="volatile">\d+\.\d s</span> on CPU, \d+ threads? · '
        r"Python 3\.\d+\.\d+\S* · pandas \d+\.\d+\.\d+ · Data: values\.csv\n</footer>\n",
        footer,
    )
