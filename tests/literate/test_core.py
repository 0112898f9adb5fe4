"""The core turns a folder into a tree of Markdown, and knows no site generator."""

import pytest

from literate.__main__ import main
from literate.running.workers import cores

COMMAND = ("-m", "literate", "--preload", "")
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);\n"


def test_the_core_imports_no_site_generator(project):
    done = project.python(
        "-c",
        "import sys, literate.__main__, literate.running.kernel, literate.running.backend\n"
        "print([name for name in sys.modules if name.startswith('mkdocs')])",
    )
    assert done.stdout == "[]\n", done.stderr


def test_the_command_builds_a_folder_of_lessons_into_a_tree_of_markdown(project):
    project.write("course.py", "answer = 42\n")
    project.write("docs/index.md", "# Home\n\n```python\nnot to be run\n```\n")
    julia = (
        "---\njupyter:\n  kernelspec:\n    display_name: J\n    language: julia\n    name: j\n---\n"
    )
    project.write("docs/julia.md", julia + "\n```julia\nnot to be run\n```\n")
    project.write("docs/data/table.csv", "1\n")
    project.write(
        "docs/part/a.py", f'# %% alt="A line."\nimport course\n{PLOT}print(course.answer)\n'
    )
    project.write(
        "docs/part/b.md",
        "---\njupyter:\n  kernelspec:\n    display_name: Python 3\n    language: python\n"
        "    name: python3\n---\n\n```python\nprint(6 * 7)\n```\n",
    )
    done = project.python(*COMMAND, "docs", "out/tree", "--cache", "kept", "--jobs", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(line.partition(":")[0] for line in done.stdout.splitlines()) == [
        "docs/part/a.py",
        "docs/part/b.md",
    ]
    tree = project.root / "out/tree"
    found = {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}
    assert found == {
        "data/table.csv",
        "index.md",
        "julia.md",
        "part/a.md",
        "part/a/figure-1.svg",
        "part/b.md",
    }
    assert (tree / "index.md").read_text() == (project.root / "docs/index.md").read_text()
    assert "![A line.](a/figure-1.svg)" in (tree / "part/a.md").read_text()
    assert f"on CPU, {cores()} thread" in (tree / "part/a.md").read_text()
    assert "{ .text .no-copy .output }\n42\n```" in (tree / "part/b.md").read_text()
    assert len(list((project.root / "kept").glob("*.json"))) == 2


def test_the_command_reports_every_failing_lesson_and_says_so_by_its_status(project):
    project.write("docs/a.py", "# %%\n1 / 0\n")
    project.write("docs/b.py", "# %%\nmissing\n")
    project.write("docs/c.py", "# %%\nprint('fine')\n")
    done = project.python(*COMMAND, "docs", "out")
    assert done.returncode == 1
    assert done.stderr.startswith("2 lessons failed:\n\ndocs/a.py, line 2, cell 1: ZeroDivision")
    assert "\n\ndocs/b.py, line 2, cell 1: NameError: name 'missing'" in done.stderr
    assert "fine" in (project.root / "out/c.md").read_text()


@pytest.mark.parametrize("source", ["absent", "docs/index.md", ".."])
def test_the_command_says_what_is_wrong_with_its_source(project, monkeypatch, capsys, source):
    project.write("docs/index.md", "")
    monkeypatch.chdir(project.root)
    monkeypatch.setattr("sys.argv", ["literate", source, "out"])
    with pytest.raises(SystemExit, match="2"):
        main()
    said = capsys.readouterr().err
    assert f"error: {source} is not a folder inside of {project.root}" in said


def test_the_command_says_in_one_line_what_is_wrong_with_the_cache(project, monkeypatch, capsys):
    project.write("kept", "a file")
    project.write("docs/a.py", "# %%\nx = 1\n")
    monkeypatch.chdir(project.root)
    monkeypatch.setattr("sys.argv", ["literate", "docs", "out", "--preload", "", "--cache", "kept"])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert capsys.readouterr().err.splitlines()[-1].endswith("cannot be written: File exists")
