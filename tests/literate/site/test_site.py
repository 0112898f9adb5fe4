"""Within MkDocs: the site is built whole from what the lessons showed, or stays as it was."""

import errno
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from mkdocs.exceptions import Abort

from literate.site import swap


@pytest.fixture
def good(site):
    """Build a site whose lesson marks its runs."""
    site.project.write("docs/a.py", f"# %%\n{site.project.tick('run')}\nprint('good')\n")
    site.build()
    assert "good" in site.html()
    return site


def refused(site) -> str:
    """Build a site that must not come into being; return what was said."""
    with pytest.raises(SystemExit) as caught:
        site.build()
    assert isinstance(caught.value, Abort)
    assert caught.value.code == 1
    return str(caught.value)


def test_a_lesson_is_a_page_with_its_outputs_and_its_figures_are_files_beside_it(site):
    html = site.page(
        """
        # ---
        # title: The title
        # ---

        # %% [markdown]
        # # Lesson
        #
        # Worth {{ 6 * 7 }}.

        # %% alt="A line that rises."
        import matplotlib.pyplot as plt
        plt.plot([1, 2])
        print("shown")
    """,
        "docs/part/a.py",
    )
    assert "<title>The title</title>" in html
    assert "<p>Worth 42.</p>" in html
    assert re.search(r'<div class="no-copy output highlight"><pre>.*shown\n', html)
    assert '<img alt="A line that rises." class="figure"' in html
    assert 'src="a/figure-1.svg" width="614"' in html
    assert 'height="461" loading="lazy"' in html
    assert '<footer class="run"' in html
    assert set(site.files()) == {"index.html", "part/a.html", "part/a/figure-1.svg"}


def test_markdown_works_in_lessons_as_on_other_pages(site):
    html = site.page('''
        # %% [markdown]
        r"""
        # Lesson

        !!! note "Mind"
            An *admonition*.

        ??? question "Guess"
            Folded.

        === "One"
            First tab.

        === "Two"
            Second tab.

        A footnote.[^1]

        [^1]: At the foot.

        | a | b |
        |---|---|
        | 1 | 2 |
        """

        # %%
        x = 1  # (1)!
        print(x)

        # %% [markdown]
        # 1. An annotation.

        # %% tags=["claim", "always"]
        assert x == 1, "`x` is *one*"

        # %% tags=["fold"]
        print("folded")

        # %% tags=["raises-exception"]
        1 / 0

        # %% tags=["hide-input"]
        from IPython.display import HTML, Markdown
        display(HTML("<table><tr><td>*raw*</td></tr></table>"), Markdown("*rich*"))
    ''')
    for part in (
        '<div class="admonition note">\n<p class="admonition-title">Mind</p>',
        '<details class="question">\n<summary>Guess</summary>',
        '<div class="tabbed-labels"><label for="__tabbed_1_1">One</label>',
        '<div class="footnote">',
        "<td>2</td>",
        '<div class="annotate highlight">',
        "<li>An annotation.</li>",
        '<p class="admonition-title">Checked while this page was built: always true</p>',
        "<li><code>x</code> is <em>one</em></li>",
        "<summary>The code that checks it</summary>",
        "<summary>The code of this output</summary>",
        '<div class="no-copy output error highlight">',
        "<table><tr><td>*raw*</td></tr></table>",
        "<em>rich</em>",
    ):
        assert part in html, part
    assert html.index("An annotation.") < html.index('<div class="no-copy output highlight">')
    assert html.index("At the foot.") < html.index('<footer class="run"')


def test_a_plain_markdown_page_is_left_alone(site):
    site.project.write("docs/plain.md", "# Plain\n\n```python\nprint(6 * 7)\n```\n\n{{ 1 + 1 }}\n")
    site.build()
    html = site.html("docs/plain.md")
    assert "42" not in html
    assert "{{ 1 + 1 }}" in html


def test_pages_may_be_markdown_and_notebooks_and_stand_in_the_navigation(site):
    site.configure(more="nav:\n  - index.md\n  - a.md\n  - Two: b.ipynb\n")
    site.project.write(
        "docs/a.md",
        "---\njupyter:\n  kernelspec:\n    display_name: Python 3\n    language: python\n"
        "    name: python3\n---\n\n# One\n\n```python\nprint(6 * 7)\n```\n",
    )
    site.project.write(
        "docs/b.ipynb",
        '{"cells": [{"cell_type": "code", "source": "6 * 8", "metadata": {}, "outputs": [],'
        ' "execution_count": null, "id": "a"}], "metadata": {}, "nbformat": 4,'
        ' "nbformat_minor": 5}',
    )
    site.build()
    assert "<title>One</title>" in site.html("docs/a.md")
    assert "42\n" in site.html("docs/a.md")
    assert "<title>Two</title>" in site.html("docs/b.ipynb")
    assert "48\n" in site.html("docs/b.ipynb")
    assert set(site.files()) == {"a.html", "b.html", "index.html"}


def test_links_between_lessons_are_resolved_and_checked(site, caplog):
    site.project.write("docs/part/b.py", "# %% [markdown]\n# # B\n#\n# ## The end\n")
    html = site.page(
        "# %% [markdown]\n# [end](part/b.py#the-end) [home](index.md)\n\n# %%\nx = 1\n"
    )
    assert '<a href="part/b.html#the-end">end</a>' in html
    site.project.replace("docs/a.py", "#the-end", "#no-end")
    assert "1 warnings in strict mode" in refused(site)
    assert "'part/b.py#no-end'" in caplog.text
    site.project.replace("docs/a.py", "b.py#no-end", "c.py")
    assert "1 warnings in strict mode" in refused(site)
    assert "'part/c.py'" in caplog.text


def test_pages_that_are_excluded_do_not_run(site):
    site.configure(more="exclude_docs: |\n  /a.py\n")
    site.project.write("docs/a.py", f"# %%\n{site.project.tick('run')}\n1 / 0\n")
    site.build()
    assert site.project.ticks("run") == 0
    assert set(site.files()) == {"index.html"}


def test_an_edit_is_built_and_nothing_else_runs(good):
    good.project.write("docs/index.md", "# New home\n")
    good.build()
    assert good.project.ticks("run") == 1
    assert "New home" in good.html("docs/index.md")


FAULTS = {
    "a failing lesson": ("docs/a.py", "# %%\n1 / 0\n", "docs/a.py, line 2, cell 1: ZeroDivision"),
    "a killed lesson": ("docs/a.py", "# %%\nimport os\nos.abort()\n", "killed by SIGABRT"),
    "a wrong page": ("docs/a.py", b"\xff", "docs/a.py, line 1: expected UTF-8"),
    "a missing alt": (
        "docs/a.py",
        "# %%\nimport matplotlib.pyplot as plt\nplt.figure();\n",
        "draws 1 figure(s) and has 0 alt text(s)",
    ),
    "a broken link": ("docs/index.md", "[x](absent.md)\n", "1 warnings in strict mode"),
    "a bad anchor": ("docs/index.md", "[x](a.py#absent)\n", "1 warnings in strict mode"),
    "an error of a plugin": (
        "hook.py",
        "from mkdocs.exceptions import PluginError\n"
        "def on_page_content(html, **_):\n    raise PluginError('of the plugin')\n",
        "Aborted with a BuildError",
    ),
    "an error at the very end": (
        "hook.py",
        "from mkdocs.exceptions import PluginError\n"
        "def on_post_build(**_):\n    raise PluginError('at the end')\n",
        "Aborted with a BuildError",
    ),
    "a full disk": (
        "hook.py",
        "import errno, os\ndef on_post_page(output, **_):\n"
        "    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), 'site/a.html')\n",
        "site/a.html: No space left on device",
    ),
    "a late request to elsewhere": (
        "hook.py",
        "import pathlib\ndef on_post_build(config):\n"
        "    text = '<img src=\"https://cdn.example/x.png\">'\n"
        "    pathlib.Path(config.site_dir, 'late.html').write_text(text)\n",
        "pages ask other origins for files",
    ),
    "a request to elsewhere": (
        "docs/index.md",
        '<img src="https://cdn.example/x.png" alt="">\n',
        "Aborted with a BuildError",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_fault_the_last_good_site_is_still_there_byte_for_byte(good, caplog, fault):
    before = good.files()
    name, content, message = FAULTS[fault]
    good.project.write(name, content)
    if name == "hook.py":
        good.configure(more="hooks: [hook.py]\n")
    said = refused(good)
    assert message in said + caplog.text
    assert good.files() == before
    assert good.left_over() == []


@pytest.mark.parametrize("error", ["RuntimeError('a bug')", "KeyboardInterrupt", "SystemExit(3)"])
def test_after_any_other_exception_the_last_good_site_is_still_there(good, error):
    before = good.files()
    good.project.write("hook.py", f"def on_page_content(html, **_):\n    raise {error}\n")
    good.configure(more="hooks: [hook.py]\n")
    with pytest.raises(BaseException, match=r"a bug|^$|3"):
        good.build()
    assert good.files() == before
    assert good.left_over() == []


def test_without_a_site_before_there_is_none_after_a_failure(site):
    site.project.write("docs/a.py", "# %%\n1 / 0\n")
    refused(site)
    assert not site.folder.exists()
    assert site.left_over() == []


def test_the_site_is_replaced_whole(good):
    (good.folder / "left-from-before.html").write_text("old")
    (good.project.root / "docs/a.py").unlink()
    good.project.write("docs/b.py", "# %%\nprint('better')\n")
    good.build()
    assert set(good.files()) == {"index.html", "b.html"}
    assert good.left_over() == []


def test_the_command_ends_with_an_error_and_reports_every_lesson(good):
    before = good.files()
    good.project.write("docs/a.py", "# %%\n1 / 0\n")
    good.project.write("docs/b.py", "# %%\nx = 1\n\n# %%\nmissing\n")
    done = good.project.python("-m", "mkdocs", "build")
    assert done.returncode == 1
    assert "2 lessons failed:\n\ndocs/a.py, line 2, cell 1: ZeroDivisionError" in done.stderr
    assert "docs/b.py, line 5, cell 2: NameError: name 'missing' is not defined" in done.stderr
    assert '      File "docs/b.py", line 5, in <module>' in done.stderr
    assert "mkdocs/commands" not in done.stderr
    assert good.files() == before
    assert good.left_over() == []


def test_a_build_that_is_killed_leaves_the_site_and_the_next_clears_up(good):
    before = good.files()
    good.project.write(
        "hook.py", "import os\ndef on_post_build(**_):\n    os.kill(os.getpid(), 9)\n"
    )
    good.configure(more="hooks: [hook.py]\n")
    done = good.project.python("-m", "mkdocs", "build")
    assert done.returncode == -signal.SIGKILL
    assert good.files() == before
    (left,) = good.left_over()
    assert (good.project.root / left / "a.html").exists()
    good.configure()
    good.build()
    assert good.left_over() == []


def test_two_builds_at_once_both_succeed_and_leave_a_whole_site(site):
    """The lesson of each build waits for the other, so both are at work at the same time."""
    first, pipe = (str(site.project.outside / name) for name in ("first", "pipe"))
    os.mkfifo(pipe)
    for name in "abc":
        meet = f"""
            # %%
            import os
            try:
                os.mkdir({first + name!r})
            except FileExistsError:
                open({pipe!r}, "r").close()
            else:
                open({pipe!r}, "w").close()
            print("met")
        """
        site.project.write(f"docs/{name}.py", meet if name == "a" else "# %%\nprint('met')\n")
    command = [sys.executable, "-m", "mkdocs", "build", "-q"]
    builds = [subprocess.Popen(command, cwd=site.project.root) for _ in range(2)]
    assert [build.wait(timeout=120) for build in builds] == [0, 0]
    assert set(site.files()) == {"index.html", "a.html", "b.html", "c.html"}
    assert all("met" in site.html(f"docs/{name}.py") for name in "abc")
    assert site.left_over() == []
    assert len(list((site.project.root / ".cache/literate").glob("*.json"))) == 3


def test_what_dead_builds_left_is_removed_and_what_living_ones_use_is_not(tmp_path):
    target = tmp_path / "site"
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    for name in (str(dead.pid), f"{dead.pid}-old", "x", str(os.getpid()), "1"):
        (tmp_path / f".site.building-{name}" / "inside").mkdir(parents=True)
    (tmp_path / f".site.building-{os.getpid()}-old").mkdir()
    (tmp_path / ".other.building-x").mkdir()
    target.mkdir()
    swap.clear(target)
    assert {path.name for path in tmp_path.iterdir()} == {
        "site",
        f".site.building-{os.getpid()}-old",
        f".site.building-{os.getpid()}",
        ".site.building-1",
        ".other.building-x",
    }


def folder(path: Path, text: str) -> Path:
    path.mkdir()
    (path / text).write_text(text)
    return path


@pytest.mark.parametrize("can_exchange", [True, False])
@pytest.mark.parametrize("there", [True, False])
def test_a_folder_takes_the_place_of_another(tmp_path, monkeypatch, can_exchange, there):
    if not can_exchange:
        monkeypatch.setattr(swap, "_exchange", lambda one, other: False)
    target, new = tmp_path / "site", folder(tmp_path / "new", "new.html")
    if there:
        folder(target, "old.html")
    swap.replace(target, new)
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert [path.name for path in target.iterdir()] == ["new.html"]


def test_an_old_site_that_a_killed_build_put_aside_comes_back(tmp_path, monkeypatch):
    monkeypatch.setattr(swap, "_exchange", lambda one, other: False)
    target = folder(tmp_path / "site", "old.html")
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    new = folder(tmp_path / f".site.building-{dead.pid}", "new.html")
    rename = Path.rename

    def killed_between(self, other):
        if not target.exists():
            raise KeyboardInterrupt
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", killed_between)
    with pytest.raises(KeyboardInterrupt):
        swap.replace(target, new)
    assert not target.exists()
    monkeypatch.undo()
    swap.clear(target)
    assert [path.name for path in target.iterdir()] == ["old.html"]


def test_a_folder_that_is_not_there_takes_no_place(tmp_path):
    with pytest.raises(FileNotFoundError):
        swap.replace(tmp_path / "site", tmp_path / "absent")


def test_a_target_that_another_build_has_made_meanwhile_is_replaced_too(tmp_path, monkeypatch):
    target, new = tmp_path / "site", folder(tmp_path / "new", "new.html")
    rename = Path.rename

    def late(self, other):
        monkeypatch.setattr(Path, "rename", rename)
        folder(target, "of-the-other-build.html")
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", late)
    swap.replace(target, new)
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert [path.name for path in target.iterdir()] == ["new.html"]


def test_a_site_that_cannot_be_replaced_is_told_in_one_line(good, monkeypatch):
    before = good.files()

    def fail(*_):
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(swap, "replace", fail)
    assert refused(good) == f"{good.folder}: Permission denied"
    assert good.files() == before


def test_a_cache_that_cannot_be_written_stops_the_build_with_one_line(good, caplog, monkeypatch):
    before = good.files()
    good.project.write("docs/a.py", "# %%\nprint('better')\n")

    def fail(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "mkstemp", fail)
    refused(good)
    (line,) = caplog.messages
    assert line.startswith(f"literate: {good.project.root}/.cache/literate/docs-a.py.")
    assert line.endswith(".json: cannot be written: No space left on device")
    assert good.files() == before


def test_while_serving_a_failure_is_a_box_on_its_page_and_no_error(site, capsys):
    site.project.write("docs/a.py", "# %% [markdown]\n# # Title\n\n# %%\n1 / 0\n")
    site.project.write("docs/b.py", "# %%\nprint('fine')\n")
    site.build("serve")
    html = site.html()
    assert '<p class="admonition-title">This lesson failed</p>' in html
    assert "<code>docs/a.py, line 5, cell 1</code>" in html
    assert '<div class="no-copy output error highlight">' in html
    assert "ZeroDivisionError" in html
    assert "fine" in site.html("docs/b.py")
    assert "1 lesson failed:\n\ndocs/a.py, line 5, cell 1: ZeroDiv" in capsys.readouterr().err
    site.project.replace("docs/a.py", "1 / 0", "print('mended')")
    site.build("serve")
    assert "mended" in site.html()
    assert "failed" not in site.html()
    assert site.left_over() == []


def test_while_serving_a_page_that_cannot_be_read_is_a_box_too(site, capsys):
    site.project.write("docs/a.py", "# %%\nx = {{ 1\n\n# %% [markdown]\n# {{ 1 + }} {{\n")
    site.build("serve")
    assert "This lesson failed" in site.html()
    assert "docs/a.py, line 5" in capsys.readouterr().err


def test_a_dirty_build_writes_into_the_site_itself(good):
    good.project.replace("mkdocs.yml", "strict: true", "strict: false")
    (good.folder / "kept.html").write_text("kept")
    good.project.write("docs/a.py", "# %%\nprint('dirty')\n")
    good.build(dirty=True)
    assert "dirty" in good.html()
    assert "kept.html" in good.files()


def test_two_cold_builds_are_the_same_apart_from_the_seconds(site):
    site.configure("dark_colors: {'#1f77b4': '#99ccff'}")
    site.project.write(
        "docs/a.py",
        """
        # %% [markdown]
        # # Lesson

        # %% alt=["Points.", "Pixels."]
        import matplotlib.pyplot as plt
        plt.scatter([1, 2], [2, 1], label="a")
        plt.legend()
        plt.show()
        plt.imshow([[1, 2]]);

        # %%
        import pandas
        pandas.DataFrame({"x": [1]})

        # %% tags=["raises-exception"]
        {}["missing"]

        # %% [markdown]
        # === "One"
        #     Tab.
        #
        # Foot.[^1]
        #
        # [^1]: Note.
        """,
    )
    built = []
    for _ in range(2):
        site.build()
        files = site.files()
        seconds = rb'<span class="volatile">[\d.]+ s</span>'
        files["a.html"], count = re.subn(seconds, b"", files["a.html"])
        assert count == 1
        built.append(files)
        for path in (site.project.root / ".cache/literate").iterdir():
            path.unlink()
    assert built[0] == built[1]
    assert len(built[0]) == 5


def test_a_build_without_results_of_earlier_ones_loads_what_lessons_need_from_the_start(
    site, monkeypatch
):
    begun = []
    monkeypatch.setattr("literate.site.plugin.warm_up", begun.append)
    site.configure("execute: false")
    site.page("# %%\nprint(1)\n")
    assert begun == []
    site.configure()
    site.build()
    assert begun == [["matplotlib.pyplot"]]
    site.build()
    site.build("serve")
    assert len(begun) == 1
    site.configure("cache: false")
    site.build()
    assert len(begun) == 2
