"""What a cell prints, shows and returns stands on the page, in the order in which it came."""

import re

import pytest
from markdown import markdown

from literate.writing.portable import Site
from literate.writing.render import Style

OUT = "``` { .text .no-copy .output }\n"


def test_text_of_stdout_and_stderr_is_fenced_and_marked(project, outputs):
    page = project.page("""
        # %% tags=["warns"]
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
        # %% tags=["warns"]
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
    assert outputs(page) == [("", "doneteps\ndos\nline"), ("", "100%")]


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


#: How characters that no page can hold are written in Python, and what stands for them.
CONTROL = {
    r"\x00": "␀",
    r"\x02": "␂",
    r"\x03": "␃",
    r"\x07": "␇",
    r"\x0b": "␋",
    r"\x1b": "␛",
    r"\x7f": "␡",
    r"\x9b": "\ufffd",
    r"\ud800": "\ufffd",
    r"\ufdd0": "\ufffd",
    r"\ufffe": "\ufffd",
    r"\U0010ffff": "\ufffd",
}

SHOWN = """
        # %% tags=["warns"]
        import sys
        from IPython.display import HTML, JSON, Latex, Markdown
        text = "aCHARACTERb"
        print(text)
        print("to stderr", file=sys.stderr)

        class Plain:
            def __repr__(self):
                return text

        display(Plain(), HTML(text), JSON({"value": text}), Latex(f"${text}$"), Markdown(text))

        # %% tags=["raises-exception"]
        raise ValueError(text)

        # %% [markdown]
        # Value {{ text }}.
"""


def test_text_that_is_no_unicode_or_has_control_characters_does_no_harm(project, outputs):
    page = project.page(r"""
        # %%
        import os
        _ = os.write(1, b"caf\xe9\n")
        print("surrogate \udc80")
        print("a\x00b")
    """)
    ((_, text),) = outputs(page)
    assert text.splitlines() == ["caf\ufffd", "surrogate \\udc80", "a␀b"]
    assert page.encode()


@pytest.mark.parametrize("character", CONTROL, ids=ascii)
def test_a_control_character_in_any_output_builds_a_page_that_shows_a_sign(project, character):
    options = {
        "cache": True,
        "site": Site(project.root, project.root / "docs"),
        "offered": ("*",),
    }
    page = project.page(SHOWN.replace("CHARACTER", character), **options)
    printed, *others = re.findall("a(.)b", page)
    assert set(others) == {CONTROL[character]}
    assert len(others) >= 5
    assert printed in (CONTROL[character], "\\")
    lesson = project.build("docs/a.py", **options)["docs/a.py"]
    assert lesson.cached
    assert lesson.markdown.startswith(page.partition('<div class="downloads')[0])


def test_a_program_cannot_write_the_marks_by_which_lines_are_found(project, outputs):
    page = project.page(r"""
        # %%
        print("\x020+3\x03 \x02999+3\x03")

        # %%
        class Mark:
            def __repr__(self):
                return "\x02999+3\x03"

        Mark()

        # %% tags=["raises-exception"]
        raise ValueError("\x02999+3\x03")
    """)
    printed, shown, error = (text for _, text in outputs(page))
    assert printed == "␂0+3␃ ␂999+3␃"
    assert shown == "␂999+3␃"
    assert error.endswith("ValueError: ␂999+3␃")


def test_a_failure_can_be_told_whatever_it_says(project):
    failure = project.failure(r"""
        # %%
        raise ValueError("a\x00b\udc80")
    """)
    assert failure.startswith("docs/a.py, line 2, cell 1: ValueError: a␀b\ufffd\n")
    assert failure.encode()


def test_codes_for_a_terminal_are_left_out_wherever_they_stand(project, outputs):
    page = project.page(r"""
        # %%
        print("\x1b[?25lhidden\x1b[?25h \x1b]8;;address\x1b\\link\x1b]8;;\x1b\\ \x1b(Bplain")

        # %%
        class Coloured:
            def __repr__(self):
                return "\x1b[38:5:1mred\x1b[0m"

        Coloured()
    """)
    assert outputs(page) == [("", "hidden link plain"), ("", "red")]


def test_a_backspace_goes_back_like_a_terminal(project, outputs):
    page = project.page(r"""
        # %%
        for percent in (5, 50, 100):
            print(f"{percent:3d}%", end="\b" * 4)
        print("\n\bx")
    """)
    assert outputs(page) == [("", "100%\nx")]


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

    class Lines:
        def _repr_html_(self):
            return "\\n<pre>a\\n\\n  \\nb</pre>\\n\\n"

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
        ("Lines()", '<div class="output html" markdown="0">\n<pre>a&#10;&#10;  \nb</pre>\n</div>'),
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

        # %% tags=["warns"]
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
        '??? code "The code of this output"\n\n'
        f'    ```python\n    print("two", 2)\n    ```\n\n{OUT}two 2\n```\n\n'
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
        # %% tags=["warns"]
        import logging
        logging.basicConfig(level="INFO")
        logging.info("told")

        # %%
        from tqdm import tqdm
        for step in tqdm(range(3)):
            pass
    """)
    (kind, log), (bar_kind, bar) = outputs(page)
    assert (kind, log, bar_kind) == ("stderr", "INFO:root:told", "")
    assert bar.startswith("100%|██████████| 3/3 [")


BARS = """
        # %%
        import sys
        from tqdm import tqdm

        def bar(steps, **settings):
            settings = {"bar_format": "{desc} {n}/{total}", "mininterval": 0, **settings}
            return tqdm(range(steps), **settings)
"""


def test_a_bar_that_prints_have_cut_is_shown_once_in_its_last_state(project, outputs):
    page = project.page(
        BARS
        + """
        # %%
        for step in bar(3, desc="epoch"):
            print("loss", step)
        for step in bar(2, desc="test"):
            pass
        print("end")
        for step in bar(2, desc="left"):
            print("step", step)
            if step:
                break
    """
    )
    assert outputs(page) == [
        ("", "loss 0"),
        ("", "loss 1"),
        ("", "loss 2"),
        ("", "epoch 3/3\ntest 2/2"),
        ("", "end"),
        ("", "step 0"),
        ("", "step 1"),
        ("", "left 1/2"),
    ]


def test_text_that_is_no_bar_stays_where_it_came(project, outputs):
    page = project.page("""
        # %% tags=["warns"]
        import sys
        for text in ("one", "three"):
            _ = sys.stderr.write(text)
            print("two")
    """)
    assert outputs(page) == [("stderr", "one"), ("", "two"), ("stderr", "three"), ("", "two")]


def test_bars_inside_of_bars_are_no_warnings(project, outputs):
    page = project.page(
        BARS
        + """
        # %%
        for _ in bar(2, desc="outer"):
            for _ in bar(2, desc="inner", leave=False, position=1):
                pass
    """
    )
    ((kind, text),) = outputs(page)
    assert kind == ""
    assert "outer 2/2" in text


def test_a_warning_in_the_midst_of_a_bar_is_a_warning(project, outputs):
    code = """
        # %% tags=["warns"]
        import warnings
        for step in bar(2):
            if step:
                warnings.warn("mind this", stacklevel=1)
    """
    ((kind, text),) = outputs(project.page(BARS + code))
    assert kind == "stderr"
    assert "UserWarning: mind this" in text
    assert "2/2" in text
    failure = project.failure(BARS + code.replace(' tags=["warns"]', ""))
    assert failure.startswith("docs/a.py, line 13, cell 2: unexpected on stderr: ")


UNEXPECTED = '; mend the cause or, if readers are meant to see it, tag the cell "warns"\n'


def test_a_warning_that_is_not_expected_is_a_failure_with_page_line_cell_and_text(project):
    project.write("course/__init__.py", "")
    project.write(
        "course/shape.py",
        "import warnings\n\ndef check(x):\n    warnings.warn(f'odd {x}', stacklevel=1)\n",
    )
    failure = project.failure("""
        # %% [markdown]
        # Prose.

        # %%
        from course.shape import check

        def ask():
            check(3)

        # %%
        x = 1
        ask()
        check(4)
    """)
    assert failure == (
        "docs/a.py, line 12, cell 2: unexpected on stderr: course/shape.py:4: UserWarning: odd 3"
        + UNEXPECTED
        + "    course/shape.py:4: UserWarning: odd 3\n"
        + "      warnings.warn(f'odd {x}', stacklevel=1)\n"
        + "    course/shape.py:4: UserWarning: odd 4\n"
        + "      warnings.warn(f'odd {x}', stacklevel=1)"
    )


@pytest.mark.parametrize(
    ("code", "line", "text"),
    [
        ("import sys\nprint('told', file=sys.stderr)", 2, "told"),
        ("import os\n_ = os.write(2, b'told')", 1, "told"),
        ("import logging\nlogging.warning('told')", 2, "WARNING:root:told"),
        ("import os\n_ = os.system('echo told >&2')", 1, "told"),
        ("import os\n_ = os.write(2, b'told\\r\\n')", 1, "told"),
    ],
)
def test_whatever_comes_on_stderr_is_a_failure_unless_it_is_expected(
    project, outputs, code, line, text
):
    cell = f"{code}\n\n# %%\n1 / 0\n"
    failure = project.failure(f"# %%\n{cell}")
    message = f"docs/a.py, line {line + 1}, cell 1: unexpected on stderr: {text}{UNEXPECTED}"
    assert failure == f"{message}    {text}"
    page = project.page(f'# %% tags=["warns"]\n{code}\n')
    assert outputs(page) == [("stderr", text)]


def test_a_warning_is_told_though_its_cell_shows_nothing_and_not_when_it_is_caught(project):
    failure = project.failure("""
        # %%
        import contextlib, io, sys, warnings

        with warnings.catch_warnings(record=True):
            warnings.warn("recorded")
        with contextlib.redirect_stderr(io.StringIO()):
            warnings.warn("caught")
        warnings.filterwarnings("ignore", "ignored")
        warnings.warn("ignored")

        # %% tags=["hide-output"]
        warnings.warn("told", stacklevel=1)
    """)
    first = failure.splitlines()[0]
    assert first.startswith("docs/a.py, line 12, cell 2: unexpected on stderr: docs/a.py:12: User")


def test_a_warning_from_drawing_a_figure_or_from_a_value_in_the_prose_is_told(project):
    drawn = """
        # %% alt="A line."
        import matplotlib.pyplot as plt
        plt.plot([1])
        plt.title("\N{CUNEIFORM SIGN A}");
    """
    failure = project.failure(drawn)
    assert failure.startswith("docs/a.py, line 2, cell 1: unexpected on stderr: ")
    assert "missing from font" in failure
    for told in ("print('told', file=sys.stderr)", "os.system('echo told >&2')"):
        failure = project.failure(f"""
            # %%
            import os, sys
            tell = lambda: {told}

            # %% [markdown]
            # Value {{{{ tell() }}}}.
        """)
        assert failure.startswith("docs/a.py, line 6, 'tell()': unexpected on stderr: told")


def test_what_a_value_in_the_prose_prints_is_no_output_of_the_cell_before(project, outputs):
    page = project.page("""
        # %%
        print("one")

        # %% [markdown]
        # Value {{ print("two") or 3 }}.

        # %%
        print("three")
    """)
    assert outputs(page) == [("", "one"), ("", "three")]
    assert "Value 3." in page


def test_an_empty_line_on_stderr_is_no_warning(project):
    page = project.page("# %%\nimport sys\nprint(file=sys.stderr)\nx = 1\n")
    assert page.endswith("x = 1\n```")


def test_an_expected_warning_that_does_not_come_is_a_failure(project):
    failure = project.failure("""
        # %%
        x = 1

        # %% tags=["warns"]
        print(x)
    """)
    assert failure.startswith("docs/a.py, line 5, cell 2: ")
    assert "tagged warns, but nothing came on stderr" in failure.splitlines()[0]


def test_a_cell_may_warn_and_raise_and_has_to_expect_both(project, outputs):
    code = "import warnings\nwarnings.warn('odd', stacklevel=1)\n1 / 0\n"
    page = project.page(f'# %% tags=["warns", "raises-exception"]\n{code}')
    assert [kind for kind, _ in outputs(page)] == ["stderr", "error"]
    failure = project.failure(f'# %% tags=["raises-exception"]\n{code}')
    assert failure.startswith("docs/a.py, line 3, cell 1: unexpected on stderr: ")
    failure = project.failure(f'# %% tags=["warns"]\n{code}')
    assert failure.startswith("docs/a.py, line 4, cell 1: ZeroDivisionError")


def test_where_errors_are_allowed_warnings_are(project, outputs):
    text = "# %%\nimport sys\nprint('told', file=sys.stderr)\n"
    assert outputs(project.page(text, allow_errors=True)) == [("stderr", "told")]


LONG = "# %%\nfor line in range({lines}):\n    print('line', line)\n"


def shown(lines, of):
    """Return the Markdown of an output of some lines, folded after the first."""
    text = [f"line {line}" for line in range(lines)]
    rest = "\n".join(f"    {line}" for line in text[of:])
    return (
        f"\n\n{OUT}" + "\n".join(text[:of]) + "\n```\n\n"
        f'??? rest "{lines - of} more lines"\n\n    {OUT}{rest}\n    ```'
    )


def test_a_long_output_shows_its_first_lines_and_folds_the_rest(project, outputs):
    page = project.page(LONG.format(lines=26))
    assert page.endswith(shown(26, of=10))
    html = markdown(
        page, extensions=["attr_list", "pymdownx.details", "pymdownx.superfences", "md_in_html"]
    )
    assert re.search(r'<details class="rest">\s*<summary>16 more lines</summary>', html)
    assert "more lines" not in project.page(LONG.format(lines=25))


def test_what_only_python_takes_for_the_end_of_a_line_does_not_end_it_where_it_is_folded(project):
    page = project.page("# %%\nfor _ in range(30):\n    print('a\\u2028b')\n")
    assert page.count("\n    a\u2028b") == 20


@pytest.mark.parametrize(("fold_lines", "of"), [(25, 10), (10, 4), (1, 1)])
def test_the_longest_output_that_is_not_folded_can_be_chosen(project, fold_lines, of):
    style = Style(fold_lines=fold_lines)
    page = project.page(LONG.format(lines=fold_lines + 1), style=style)
    assert page.endswith(shown(fold_lines + 1, of))
    assert "more lines" not in project.page(LONG.format(lines=fold_lines), style=style)


def test_no_output_is_folded_where_the_longest_is_0_lines(project):
    style = Style(fold_lines=0)
    assert "more lines" not in project.page(LONG.format(lines=99), style=style)


def test_values_and_warnings_are_folded_and_tracebacks_are_not(project, outputs):
    page = project.page("""
        # %%
        class Long:
            def __repr__(self):
                return "\\n".join(map(str, range(40)))

        Long()

        # %% tags=["warns"]
        import sys
        print(Long(), file=sys.stderr)

        # %% tags=["raises-exception"]
        raise ValueError(Long())
    """)
    assert page.count('??? rest "30 more lines"') == 2
    assert [kind for kind, _ in outputs(page)] == ["", "stderr", "error"]
    assert outputs(page)[-1][1].endswith("\n38\n39")


def test_a_long_table_is_folded_as_a_whole(project):
    table = "# %%\nimport pandas\npandas.DataFrame({{'x': range({rows})}})\n"
    page = project.page(table.format(rows=25))
    assert (
        '<div class="output html" markdown="0">\n<details class="rest">\n'
        "<summary>Table with 26 rows</summary>\n<div>\n<table" in page
    )
    assert page.endswith("</table>\n</div>\n</details>\n</div>")
    assert "<details" not in project.page(table.format(rows=24))
    assert "<details" not in project.page(table.format(rows=30), style=Style(fold_lines=0))


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
