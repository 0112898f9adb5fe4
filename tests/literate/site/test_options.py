"""The options of mkdocs-jupyter keep their meaning; one that could have none is refused."""

import json

import pytest

DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5E\n"
    "rkJggg==\n"
)

NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Stored\n", "Text."]},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {"alt": "A dot."},
            "execution_count": 3,
            "source": ["print('code')\n", "1"],
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["stored ", "text\n"]},
                {
                    "output_type": "display_data",
                    "metadata": {},
                    "data": {
                        "image/png": DOT,
                        "text/plain": ["<Figure>"],
                    },
                },
                {
                    "output_type": "execute_result",
                    "execution_count": 3,
                    "metadata": {},
                    "data": {"text/html": ["<b>stored ", "html</b>"], "text/plain": "x"},
                },
                {
                    "output_type": "error",
                    "ename": "ValueError",
                    "evalue": "stored",
                    "traceback": ["\u001b[0;31mValueError\u001b[0m: stored error"],
                },
            ],
        },
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def write(site, *names):
    """Write lessons that mark that they ran and print their name in capitals."""
    for name in names:
        stem = name.rpartition("/")[2].partition(".")[0]
        code = f"{site.project.tick(stem)}\nprint({stem!r}.upper())"
        site.project.write(
            f"docs/{name}", f"# %% [markdown]\n# # Title of {stem}\n\n# %%\n{code}\n"
        )


def ran(site, *names):
    return [name for name in names if site.project.ticks(name)]


def test_include_chooses_the_pages(site):
    write(site, "a.py", "b.py", "part/c.py")
    site.configure("include: ['b.py', 'part/*.py']")
    site.build()
    assert ran(site, "a", "b", "c") == ["b", "c"]
    assert {"b.html", "part/c.html"} < set(site.files())
    assert "a.html" not in site.files()


def test_ignore_leaves_pages_out(site):
    write(site, "a.py", "helpers_b.py", "part/c.py")
    site.configure("ignore: ['helpers_*.py', 'part/*']")
    site.build()
    assert ran(site, "a", "helpers_b", "c") == ["a"]


def test_with_execute_false_nothing_runs_and_stored_outputs_are_shown(site):
    write(site, "a.py")
    site.project.write("docs/stored.ipynb", json.dumps(NOTEBOOK).encode())
    site.configure("execute: false")
    site.build()
    assert ran(site, "a") == []
    assert "Title of a" in site.html()
    assert "footer" not in site.html()
    html = site.html("docs/stored.ipynb")
    for shown in (
        "stored text\n",
        "<b>stored html</b>",
        "ValueError: stored error",
        'alt="A dot."',
    ):
        assert shown in html
    assert "\x1b" not in html
    assert site.files()["stored/figure-1.png"].startswith(b"\x89PNG")


@pytest.mark.parametrize("pattern", ["b.py", "part/*.py", "docs/part/b.py", "*/b.py"])
def test_execute_ignore_shows_pages_without_running_them(site, pattern):
    write(site, "a.py", "part/b.py")
    site.configure(f"execute_ignore: ['{pattern}']")
    site.build()
    assert ran(site, "a", "b") == ["a"]
    assert "Title of b" in site.html("docs/part/b.py")


def test_allow_errors_shows_a_failing_cell_and_goes_on(site):
    site.configure("allow_errors: true")
    html = site.page("# %%\n1 / 0\n\n# %%\nprint('on', 'ward')\n")
    assert "ZeroDivisionError" in html
    assert "on ward" in html


def test_errors_are_not_allowed_unless_the_option_says_so(site):
    with pytest.raises(SystemExit):
        site.page("# %%\n1 / 0\n")


@pytest.mark.parametrize("option", ["show_input: false", "no_input: true"])
def test_code_can_be_left_out_of_all_pages(site, option):
    write(site, "a.py")
    site.configure(option)
    site.build()
    assert ".upper" not in site.html()
    assert "A\n" in site.html()


def test_tags_of_remove_tag_config_hide_input_output_or_the_cell(site):
    site.configure("""
        remove_tag_config:
          remove_input_tags: [no-code]
          remove_all_outputs_tags: [no-output]
          remove_cell_tags: [no-cell]
    """)
    html = site.page("""
        # %% tags=["no-code"]
        print("o" + "ne")

        # %% tags=["no-output"]
        print("t" + "wo")

        # %% tags=["no-cell"]
        print("th" + "ree")
        three = 3

        # %% tags=["hide-input"]
        print("fo" + "ur", three)
    """)
    shown = ["one\n", '"ne"', "two\n", '"wo"', "three", "four 3\n", '"ur"']
    assert [text in html for text in shown] == [True, False, False, True, False, True, False]


def test_include_source_puts_the_lesson_beside_its_page(site):
    write(site, "part/a.py")
    site.configure("include_source: true")
    site.build()
    assert site.files()["part/a.py"] == (site.project.root / "docs/part/a.py").read_bytes()
    assert 'data-source="a.py"' in site.html("docs/part/a.py")


def test_without_include_source_the_lesson_is_not_part_of_the_site(site):
    write(site, "a.py")
    site.build()
    assert "a.py" not in site.files()


def test_data_files_are_copied_beside_the_page_that_names_them(site, monkeypatch):
    write(site, "part/a.py")
    site.project.write("data/table.csv", "1\n")
    site.configure("include_source: true\ndata_files:\n  part/a.py: [data/table.csv]")
    monkeypatch.chdir(site.project.root)
    site.build()
    assert site.files()["part/data/table.csv"] == b"1\n"
    assert "data-files=\"['data/table.csv']\"" in site.html("docs/part/a.py")


def test_ignore_h1_titles_takes_the_title_from_the_name_of_the_file(site):
    write(site, "first_steps.py")
    site.build()
    assert "<title>Title of first_steps</title>" in site.html("docs/first_steps.py")
    site.configure("ignore_h1_titles: true")
    site.build()
    assert "<title>First steps</title>" in site.html("docs/first_steps.py")


def test_highlight_extra_classes_stand_on_the_code(site):
    write(site, "a.py")
    site.configure("highlight_extra_classes: wide tall")
    site.build()
    assert '<div class="wide tall highlight">' in site.html()


def test_no_prompt_is_accepted_since_there_are_no_prompts(site):
    write(site, "a.py")
    site.configure("no_prompt: true")
    site.build()
    assert "In [" not in site.html()
    assert "Out[" not in site.html()


def test_the_cache_can_be_moved_and_switched_off(site):
    write(site, "a.py")
    site.configure("cache: false")
    site.build()
    site.build()
    assert site.project.ticks("a") == 2
    assert not (site.project.root / ".cache").exists()
    site.configure("cache_dir: .cache/elsewhere")
    site.build()
    site.build()
    assert site.project.ticks("a") == 3
    assert len(list((site.project.root / ".cache/elsewhere").glob("*.json"))) == 1


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("theme: dark", "the option theme has no meaning here: remove it"),
        ("include_requirejs: true", "the option include_requirejs has no meaning here: remove it"),
        ("toc_depth: 3", "the option toc_depth has no meaning here: remove it"),
        (
            "custom_mathjax_url: x.js",
            "the option custom_mathjax_url has no meaning here: remove it",
        ),
        ("data_files: {a.py: [b.csv]}", "data_files go with the source: set include_source too"),
        ("kernel_name: julia", "kernel_name: lessons run in this Python, in no other"),
    ],
)
def test_an_option_without_a_meaning_is_refused(site, caplog, option, message):
    site.configure(option)
    with pytest.raises(SystemExit):
        site.build()
    assert caplog.messages == [f"literate: {message}"]
    assert site.left_over() == []


def test_the_defaults_of_those_options_and_of_the_kernel_are_accepted(site):
    site.configure("kernel_name: python3\ntoc_depth: 6\ntheme: ''")
    site.build()


def test_a_wrong_value_of_an_option_is_refused_by_its_name(site, caplog):
    site.configure("cell_seconds: soon")
    with pytest.raises(SystemExit):
        site.build()
    assert "cell_seconds" in caplog.text


def test_the_options_of_its_own_reach_the_lessons(site, caplog):
    site.project.write("house.mplstyle", 'figure.figsize: 1, 1\naxes.facecolor: "#123456"\n')
    options = 'figure_style: house.mplstyle\ndark_colors: {"#123456": "#abcdef"}\n'
    site.configure(options)
    html = site.page('# %% alt="Box."\nimport matplotlib.pyplot as plt\nplt.subplots();\n')
    assert 'width="96"' in html
    assert b"#abcdef" in site.files()["a/figure-1-dark.svg"]
    assert (
        '<img alt="Box." class="figure" height="96" loading="lazy" src="a/figure-1.svg#only-li'
        in html
    )
    # The first page is kept: however slow the machine is, only the second runs into the limit.
    site.configure(f"{options}cell_seconds: 0.3\n")
    site.project.write("docs/b.py", "# %%\nwhile True: pass\n")
    with pytest.raises(SystemExit):
        site.build()
    assert "docs/b.py, line 2, cell 1: took longer than 0.3 s" in caplog.text
    assert "docs/a.py, line" not in caplog.text


def test_what_lessons_import_first_is_an_option(site):
    site.project.write("first.py", "import builtins\nbuiltins.answer = 41 + 1\n")
    site.configure("first_import: first")
    assert "42" in site.page("# %%\nprint(answer)\n")


def test_lessons_that_ask_nothing_of_other_origins_can_be_left_unchecked(site):
    site.project.write("docs/index.md", '<img src="https://cdn.example/x.png" alt="">\n')
    site.configure("check_origins: false")
    site.build()
    assert "cdn.example" in site.html("docs/index.md")


def test_outputs_are_folded_and_numbers_looked_for_as_the_options_say(site):
    text = "# %% [markdown]\n# # It is 0.1\n\n# %%\nfor line in range(4):\n    print(line)\n"
    site.configure("check_numbers: false\nfold_lines: 3")
    assert "3 more lines" in site.page(text)
    site.configure("check_numbers: false\nfold_lines: 4")
    assert "more lines" not in site.page(text)
    site.configure()
    with pytest.raises(SystemExit):
        site.build()


def test_lessons_are_offered_as_the_options_say(site):
    write(site, "a.py", "part/b.py")
    site.configure(
        """
        downloads: ["part/*.py"]
        install: Get it, as [told](/index.md) there.
        launch: https://run.example/{repository}/{path}
        """,
        "site_url: https://example.org/x\nrepo_url: https://code.example/me/it.git\n",
    )
    site.build()
    assert "downloads" not in site.html()
    html = site.html("docs/part/b.py")
    assert '<div class="downloads"' in html
    assert '<a download href="b/b.ipynb">notebook with outputs</a>' in html
    assert '<a download href="b/b.py">script</a>' in html
    address = "https://run.example/me/it/part/b/b.ipynb"
    assert f'<a href="{address}">run it on run.example</a>' in html
    notebook = json.loads(site.files()["part/b/b.ipynb"])
    told = ["".join(cell["source"]) for cell in notebook["cells"]][1]
    assert told == "Get it, as [told](https://example.org/x/index.html) there."
    assert b"\nprint('b'.upper())\n" in site.files()["part/b/b.py"]
    assert "a/a.py" not in site.files()


@pytest.mark.parametrize(
    ("option", "more"),
    [
        ("", "repo_url: https://code.example/me/it\n"),
        ("launch: https://run.example/{path}", ""),
        ("launch: https://run.example/{path}", "repo_url: https://code.example/\n"),
    ],
)
def test_without_a_repository_or_a_place_to_run_there_is_no_launch_link(site, option, more):
    write(site, "a.py")
    site.configure(f"downloads: ['*.py']\n{option}", more)
    site.build()
    assert "script</a></p>" in site.html()
