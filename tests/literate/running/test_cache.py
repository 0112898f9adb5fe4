"""A result is shown again while everything that the run used is unchanged, and never longer."""

import errno
import hashlib
import json
import os
import py_compile
import sys
import tempfile
import time
from pathlib import Path

import pytest

from literate.lesson.model import Failure, Job, Run
from literate.lesson.page import read
from literate.running import manifest, storage
from literate.running.cache import Cache
from literate.running.storage import CacheError


@pytest.fixture
def lesson(project):
    """Write a lesson that uses a package, a data file and marks each of its runs."""
    project.write("course/__init__.py", "")
    project.write("course/rate.py", "from course.base import base\n\nrate = 2 * base\n")
    project.write("course/base.py", "base = 10\n")
    project.write("course/unrelated.py", "x = 1\n")
    project.write("data.txt", "five")
    project.write(
        "docs/a.py",
        f"""
        # %% [markdown]
        # # Title
        #
        # At {{{{ 1 + 1 }}}}.

        # %%
        {project.tick("run")}
        from pathlib import Path
        from course.rate import rate
        print(rate, Path("data.txt").read_text())

        # %% tags=["raises-exception"]
        rate / 0
        """,
    )
    return project


def built(project, **options):
    """Build with the cache; return the Markdown and whether nothing ran."""
    ran = project.ticks("run")
    result = project.build(cache=True, **options)["docs/a.py"]
    assert result.failure is None, str(result.failure)
    assert result.cached == (project.ticks("run") == ran)
    return result.markdown, result.cached


def entry(project) -> Path:
    (path,) = (project.root / ".cache").glob("*.json")
    return path


def test_without_a_change_nothing_runs_and_the_page_is_the_same(lesson):
    first, cached = built(lesson)
    assert not cached
    assert lesson.reported == [lesson.reported[0]]
    assert lesson.reported[0].startswith("docs/a.py: ran in ")
    assert built(lesson) == (first, True)
    assert lesson.reported == ["docs/a.py: unchanged"]


def test_without_a_cache_every_build_runs(lesson):
    lesson.build()
    lesson.build()
    assert lesson.ticks("run") == 2
    assert not (lesson.root / ".cache").exists()


def test_an_edit_of_prose_runs_nothing_and_is_shown(lesson):
    built(lesson)
    lesson.replace("docs/a.py", "# # Title", "# # A longer title\n#\n# And more prose.\n#\n")
    markdown, cached = built(lesson)
    assert cached
    assert "# A longer title\n\nAnd more prose." in markdown
    assert "At 2." in markdown


def test_lines_in_a_stored_traceback_follow_the_prose_above_them(lesson):
    markdown, _ = built(lesson)
    assert 'File "docs/a.py", line 13, in <module>\n    rate / 0' in markdown
    lesson.replace("docs/a.py", "# # Title", "# # Title\n#\n# More.")
    markdown, cached = built(lesson)
    assert cached
    assert 'File "docs/a.py", line 15, in <module>\n    rate / 0' in markdown


def test_lines_in_a_stored_warning_follow_the_prose_above_them(project):
    cell = "# %% tags=['warns']\nimport warnings\nwarnings.warn('mind')\n"
    text = f"# %% [markdown]\n# Text.\n\n{cell}"
    assert "docs/a.py:6: UserWarning" in project.page(text, cache=True)
    lesson = project.lesson(text.replace("Text.", "Text.\n# More."), cache=True)
    assert lesson.cached
    assert "docs/a.py:7: UserWarning" in lesson.markdown


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rate / 0", "rate / 0.0"),
        ("{{ 1 + 1 }}", "{{ 1 + 2 }}"),
        ("{{ 1 + 1 }}", "{{ 1 + 1:03d }}"),
        ("print(rate,", "print(rate, # a comment\n"),
    ],
)
def test_an_edit_of_code_or_of_an_inline_expression_runs(lesson, old, new):
    before, _ = built(lesson)
    lesson.replace("docs/a.py", old, new)
    after, cached = built(lesson)
    assert not cached
    assert after != before


def test_an_edit_of_a_used_module_runs_even_if_it_is_used_by_another_module_only(lesson):
    assert "20 five" in built(lesson)[0]
    lesson.write("course/base.py", "base = 11\n")
    markdown, cached = built(lesson)
    assert not cached
    assert "22 five" in markdown


def test_a_broken_module_is_red_although_the_page_did_not_change(lesson):
    built(lesson)
    lesson.write("course/base.py", "base = 1 / 0\n")
    failure = lesson.build(cache=True)["docs/a.py"].failure
    assert str(failure).startswith("docs/a.py, line 9, cell 1: ZeroDivisionError")
    assert 'File "course/base.py", line 1, in <module>' in str(failure)
    lesson.write("course/base.py", "base = 10\n")
    assert lesson.build(cache=True)["docs/a.py"].failure is None


def test_an_edit_of_an_unrelated_module_or_page_runs_nothing(lesson):
    built(lesson)
    lesson.write("course/unrelated.py", "x = 2\n")
    lesson.write("course/another.py", "")
    lesson.write("docs/b.md", "Text.\n")
    assert built(lesson)[1]


@pytest.mark.parametrize("change", ["edited", "removed"])
def test_a_data_file_that_was_opened_runs_the_lesson_when_it_changes(lesson, change):
    built(lesson)
    if change == "edited":
        lesson.write("data.txt", "six")
        assert "20 six" in built(lesson)[0]
    else:
        (lesson.root / "data.txt").unlink()
        failure = lesson.build(cache=True)["docs/a.py"].failure
        assert failure.message.startswith("FileNotFoundError")


OPENERS = {
    "open": 'open("new.csv")',
    "Path": '__import__("pathlib").Path("new.csv").read_bytes()',
    "absolute": 'open(__import__("os").path.abspath("docs/../new.csv"))',
    "os.open": '__import__("os").open("new.csv", 0)',
    "pandas": '__import__("pandas").read_csv("new.csv")',
    "update": 'open("new.csv", "r+")',
}


@pytest.mark.parametrize("opener", OPENERS)
def test_a_data_file_that_was_missed_runs_the_lesson_when_it_comes_and_when_it_changes(
    project, opener
):
    project.write(
        "docs/a.py",
        f"""
        # %%
        {project.tick("run")}
        try:
            _ = {OPENERS[opener]}
        except OSError as error:
            print(type(error).__name__)
        """,
    )
    assert "FileNotFoundError" in built(project)[0]
    assert built(project)[1]
    project.write("new.csv", "1\n2\n")
    assert "FileNotFoundError" not in built(project)[0].rpartition("```")[0].rpartition("```")[2]
    assert project.ticks("run") == 2
    assert built(project)[1]
    project.write("new.csv", "1\n3\n")
    assert not built(project)[1]


def test_what_a_forked_process_of_the_lesson_opens_counts_too(project):
    project.write("data.txt", "5")
    text = f"""
        # %%
        {project.tick("run")}
        import multiprocessing

        def show():
            print(open("data.txt").read())

        process = multiprocessing.get_context("fork").Process(target=show)
        process.start()
        process.join()
    """
    project.write("docs/a.py", text)
    built(project)
    assert built(project)[1]
    project.write("data.txt", "6")
    assert not built(project)[1]


def test_files_that_the_lesson_writes_are_not_what_it_depends_on(project):
    text = f"""
        # %%
        {project.tick("run")}
        import random
        from pathlib import Path
        Path("made.txt").write_text(str(random.random()))
        print(len(Path("made.txt").read_text()) > 3)
    """
    project.write("docs/a.py", text)
    built(project)
    assert built(project)[1]
    (project.root / "made.txt").unlink()
    assert built(project)[1]


@pytest.mark.parametrize(
    ("first", "file", "content"),
    [
        ("from course.base import base", "course/base.py", "base = 11"),
        ('base = open("data.txt").read()', "data.txt", "11"),
    ],
)
def test_a_file_edited_while_the_lesson_runs_makes_it_run_again(lesson, first, file, content):
    """The result came from the old state of the file and must not pass for one of the new."""
    py_compile.compile(lesson.write("course/base.py", "base = 10\n"))
    lesson.write("data.txt", "10")
    lesson.write(
        "docs/a.py",
        f"""
        # %%
        {lesson.tick("run")}
        {first}
        import os
        os.system("echo '{content}' > {file}")
        print(base)
        """,
    )
    assert "10\n```" in built(lesson)[0]
    markdown, cached = built(lesson)
    assert not cached
    assert "11\n```" in markdown


def test_the_environment_variables_of_the_options_decide(project, monkeypatch):
    project.write("docs/a.py", f"# %%\n{project.tick('run')}\n")
    options = {"environment": ("LESSON_SIZE",)}
    assert not built(project, **options)[1]
    monkeypatch.setenv("LESSON_COLOUR", "red")
    assert built(project, **options)[1]
    monkeypatch.setenv("LESSON_SIZE", "small")
    assert not built(project, **options)[1]
    monkeypatch.delenv("LESSON_SIZE")
    lesson = project.build(cache=True, **options)["docs/a.py"]
    assert lesson.run.manifest.environment == {"LESSON_SIZE": ""}


def test_a_lesson_may_set_a_variable_of_the_options(project):
    project.write(
        "docs/a.py", f"# %%\nimport os\nos.environ['LESSON_SIZE'] = 'x'\n{project.tick('run')}\n"
    )
    built(project, environment=("LESSON_SIZE",))
    assert built(project, environment=("LESSON_SIZE",))[1]


def test_the_module_that_is_imported_first_decides_and_so_does_its_source(project):
    project.write("first.py", "size = 'small'\n")
    project.write("docs/a.py", f"# %%\n{project.tick('run')}\n")
    assert not built(project)[1]
    assert not built(project, first_import="first")[1]
    assert built(project)[1], "what ran without it is kept beside what ran with it"
    assert built(project, first_import="first")[1]
    project.write("first.py", "size = 'large'\n")
    assert not built(project, first_import="first")[1]
    assert built(project)[1]


FIGURE = '# %% alt="A line."\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);\n'


def test_an_edit_of_the_style_file_runs(project):
    project.write("house.mplstyle", "lines.linewidth: 1\n")
    project.write("docs/a.py", FIGURE + project.tick("run") + "\n")
    assert not built(project, figure_style="house.mplstyle")[1]
    assert built(project, figure_style="house.mplstyle")[1]
    project.write("house.mplstyle", "lines.linewidth: 9\n")
    assert not built(project, figure_style="house.mplstyle")[1]
    assert not built(project)[1]


def test_an_edit_of_an_alt_text_runs_nothing_and_is_shown(project):
    project.write("docs/a.py", FIGURE + project.tick("run") + "\n")
    built(project)
    project.replace("docs/a.py", "A line.", "A line that rises.")
    markdown, cached = built(project)
    assert cached
    assert "![A line that rises.](a/figure-1.svg)" in markdown


def test_a_missing_alt_text_is_an_error_also_when_nothing_runs(project):
    project.write("docs/a.py", FIGURE)
    project.build(cache=True)
    project.replace("docs/a.py", ' alt="A line."', "")
    lesson = project.build(cache=True)["docs/a.py"]
    assert lesson.failure.place == "docs/a.py, line 2, cell 1"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# %%\nx = 1 / 0", '# %% tags=["raises-exception"]\nx = 1 / 0'),
        ('# %% tags=["skip-execution"]\n_', "# %%\n_"),
        ('# %% alt="A line."', '# %% alt="A line." format="png"'),
    ],
)
def test_an_edit_of_what_decides_how_a_cell_runs_runs(project, old, new):
    failing = "# %%\nx = 1 / 0\n" if "raises" in new else ""
    skipped = f'# %% tags=["skip-execution"]\n{project.tick("skipped")}\n'
    project.write("docs/a.py", FIGURE + skipped + failing)
    project.build(cache=True)
    project.replace("docs/a.py", old, new)
    lesson = project.build(cache=True)["docs/a.py"]
    assert lesson.failure is None
    assert not lesson.cached


def test_another_version_of_a_distribution_that_was_used_runs_and_of_another_does_not(
    project, monkeypatch
):
    project.write("docs/a.py", f"# %%\nimport pandas\n{project.tick('run')}\n")
    project.write("docs/b.py", "# %%\nx = 1\n")
    built(project)
    versions = manifest.version

    def changed(name):
        return "0.0.1" if name == "pandas" else versions(name)

    monkeypatch.setattr(manifest, "version", changed)
    lessons = project.build(cache=True)
    assert not lessons["docs/a.py"].cached
    assert lessons["docs/b.py"].cached


@pytest.mark.parametrize("part", ["python", "processor", "gpus", "visible", "literate"])
def test_another_python_machine_or_engine_runs(project, monkeypatch, part):
    project.write("docs/a.py", f"# %%\n{project.tick('run')}\n")
    built(project)
    now = manifest.machine()
    assert part in now
    monkeypatch.setattr(manifest, "machine", lambda: {**now, part: "another"})
    assert not built(project)[1]


def test_the_engine_that_ran_is_part_of_the_machine():
    """Each module that decides what a run shows is in the hash; those that only write are not."""
    files = manifest.executor()
    code = b"".join(path.read_bytes() for path in files)
    assert manifest.machine()["literate"] == hashlib.sha256(code).hexdigest()
    names = {f"{path.parent.name}/{path.stem}" for path in files}
    assert {"running/backend", "running/kernel", "running/outputs", "lesson/model"} <= names
    assert {name for name in names if not name.startswith("running/")} == {"lesson/model"}


def test_a_lesson_of_the_same_code_elsewhere_has_an_entry_of_its_own(project):
    names = ["docs/a-b.py", "docs/a/b.py"]
    for name in names:
        project.write(name, "# %%\nimport sys\nprint(sys.argv[0])\n")
    project.build(cache=True)
    for name, lesson in project.build(cache=True).items():
        assert lesson.cached
        assert f"\n{name}\n```" in lesson.markdown


def test_a_failure_is_never_stored(project):
    project.write("docs/a.py", f"# %%\n{project.tick('run')}\n1 / 0\n")
    for _ in range(2):
        assert project.build(cache=True)["docs/a.py"].failure
    assert project.ticks("run") == 2
    assert not list((project.root / ".cache").glob("*"))


def test_not_even_on_demand_is_a_failure_stored(project):
    project.write("docs/a.py", "# %%\nx = 1\n")
    store = Cache(project.root / ".cache")
    store.store(job(project), Run(failure=Failure("docs/a.py", "no")))
    assert store.load(job(project)) is None
    assert not store.folder.exists()


def job(project) -> Job:
    return Job(read(project.root / "docs/a.py", project.root), project.root, 1, 60.0)


def test_an_entry_that_is_cut_or_has_a_flipped_bit_does_not_count(lesson):
    built(lesson)
    path = entry(lesson)
    whole = path.read_bytes()
    store = Cache(path.parent)
    assert store.load(job(lesson))
    for at in range(0, len(whole), 23):
        path.write_bytes(whole[:at])
        assert store.load(job(lesson)) is None
        flipped = bytearray(whole)
        flipped[at] ^= 1 << at % 8
        path.write_bytes(flipped)
        assert store.load(job(lesson)) is None
    path.write_bytes(whole + b"x")
    assert store.load(job(lesson)) is None
    path.write_bytes(whole)
    assert store.load(job(lesson))


def with_checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"{}",
        b"\xff\xfe\x00",
        with_checksum(b""),
        with_checksum(b"{}"),
        with_checksum(b"[1]"),
        with_checksum(b"null"),
        with_checksum(b"not json"),
        with_checksum(b'{"results": [], "manifest": {}, "more": 1}'),
        with_checksum(b'{"results": [{"text": "a", "odd": 1}], "manifest": {}}'),
        with_checksum(b'{"results": 5, "manifest": {}}'),
        with_checksum(b'{"results": [], "manifest": {}}'),
        with_checksum(b"[" * 100_000),
    ],
)
def test_a_foreign_entry_runs_again_and_is_replaced(lesson, content):
    built(lesson)
    path = entry(lesson)
    path.write_bytes(content)
    assert built(lesson)[1] is False
    assert built(lesson)[1] is True
    assert entry(lesson) == path


def test_a_folder_or_a_dangling_link_in_the_place_of_an_entry_runs_again(lesson):
    built(lesson)
    path = entry(lesson)
    path.unlink()
    (path / "inside").mkdir(parents=True)
    assert built(lesson)[1] is False
    assert built(lesson)[1] is True
    path.unlink()
    path.symlink_to("nowhere")
    assert built(lesson)[1] is False
    assert built(lesson)[1] is True


def test_an_entry_is_written_whole_or_not_at_all(lesson, monkeypatch):
    replaced = []
    replace = Path.replace

    def watched(self, target):
        head, _, body = self.read_bytes().partition(b"\n")
        assert head.decode() == hashlib.sha256(body).hexdigest()
        assert self.parent == Path(target).parent
        replaced.append(target)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    built(lesson)
    assert replaced == [entry(lesson)]
    assert [path.suffix for path in (lesson.root / ".cache").iterdir()] == [".json"]


def fail_with(number):
    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("place", ["mkdir", "mkstemp", "fdopen", "replace"])
def test_a_full_disk_is_one_clear_line_and_leaves_nothing_behind(lesson, monkeypatch, place):
    owner = {"mkdir": Path, "mkstemp": tempfile, "fdopen": os, "replace": Path}[place]
    with monkeypatch.context() as patch:
        patch.setattr(owner, place, fail_with(errno.ENOSPC))
        with pytest.raises(CacheError) as caught:
            lesson.build(cache=True)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{lesson.root}/.cache/docs-a.py.")
    assert line.endswith(".json: cannot be written: No space left on device")
    assert not list(lesson.root.glob(".cache/*"))


def test_a_file_in_the_place_of_the_cache_is_one_clear_line(lesson):
    lesson.write(".cache", "a file")
    with pytest.raises(CacheError, match=r"cannot be written: (File exists|Not a directory)$"):
        lesson.build(cache=True)


def test_an_entry_that_may_be_read_and_not_touched_still_counts(lesson, monkeypatch):
    built(lesson)
    monkeypatch.setattr(os, "utime", fail_with(errno.EROFS))
    monkeypatch.setattr(Path, "unlink", fail_with(errno.EROFS))
    monkeypatch.setattr(storage, "DAYS", -1.0)
    assert built(lesson)[1]


def test_entries_that_no_build_has_used_for_long_are_removed(lesson):
    built(lesson)
    used = entry(lesson)
    day = 86400
    ages = {"old.json": 31, "young.json": 29, "old.tmp": 2, "young.tmp": 0.5}
    for name, days in ages.items():
        path = used.with_name(name)
        path.write_text("x")
        os.utime(path, (time.time() - days * day,) * 2)
    folder = used.with_name("folder.json")
    folder.mkdir()
    os.utime(folder, (time.time() - 99 * day,) * 2)
    os.utime(used, (time.time() - 31 * day,) * 2)
    assert built(lesson)[1]
    left = {path.name for path in used.parent.iterdir()}
    assert left - {"folder.json"} == {used.name, "young.json", "young.tmp"}


def test_the_slowest_lesson_of_the_last_build_starts_first(project):
    for name, outputs in (("a", 1), ("b", 2), ("c", 3)):
        project.write(f"docs/{name}.py", f"# %%\nprint({outputs})\n")
    project.build(cache=True)
    for name, seconds in (("a", 2.0), ("b", 3.0), ("c", 1.0)):
        (path,) = (project.root / ".cache").glob(f"docs-{name}.py.*.json")
        values = json.loads(path.read_bytes().partition(b"\n")[2])
        path.write_bytes(with_checksum(json.dumps({**values, "seconds": seconds}).encode()))
        project.replace(f"docs/{name}.py", "print(", "print(0 + ")
    project.write("docs/d.py", "# %%\nprint('new')\n")
    project.build(cache=True, jobs=1)
    assert [line[5] for line in project.reported] == ["d", "b", "a", "c"]


def test_only_the_lessons_that_use_what_changed_run(project):
    project.write("course/__init__.py", "")
    for name in ("one", "two"):
        project.write(f"course/{name}.py", "x = 1\n")
        project.write(f"docs/{name}.py", f"# %%\nimport course.{name}\n")
    project.build(cache=True)
    project.write("course/two.py", "x = 2\n")
    lessons = project.build(cache=True)
    assert {name: lesson.cached for name, lesson in lessons.items()} == {
        "docs/one.py": True,
        "docs/two.py": False,
    }


def test_an_environment_inside_the_project_is_known_by_its_versions(project):
    """Its files are many, and no lesson changes with one of them alone."""
    names = [".venv/lib/a.txt", ".nox/x/a.txt", ".cache/a.txt", ".git/a.txt"]
    for name in names:
        project.write(name, "1")
    code = "\n".join(f"_ = open({name!r}).read()" for name in names)
    project.write("docs/a.py", f"# %%\n{code}\n{project.tick('run')}\n")
    built(project)
    for name in names:
        project.write(name, "2")
    assert built(project)[1]


def test_a_data_file_outside_the_project_counts_and_passing_or_installed_files_do_not():
    for name, counts in {
        "/data/iris.csv": True,
        "/data/mnist/train-images-idx3-ubyte": True,
        "/data/notes.txt": False,
        "/usr/share/iris.csv": False,
        "/proc/x.csv": False,
        f"{tempfile.gettempdir()}/iris.csv": False,
        f"{sys.prefix}/lib/python3/site-packages/sklearn/datasets/data/iris.csv": False,
        "/project/notes.txt": True,
        "/project/__pycache__/x.pyc": False,
    }.items():
        assert manifest._decides(Path(name), Path("/project")) is counts, name


def test_a_data_file_is_named_in_the_footer(project):
    data = project.outside / "iris.csv"
    data.write_text("1")
    text = f"# %%\n_ = open({str(data)!r}).read()\n{project.tick('run')}\n"
    project.write("docs/a.py", text)
    assert "Data: iris.csv" in built(project)[0]


OUTLINE = """
from pathlib import Path
from literate.lesson.outline import outline
found = outline(Path.cwd() / "docs/b.py", Path.cwd())
print(found.meta["title"], len(found.cells))
"""
READ = "# ---\n# title: One\n# ---\n\n# %% [markdown]\n# Words.\n\n# %%\nx = 1\n"


@pytest.mark.parametrize(
    ("old", "new", "runs"),
    [
        ("Words.", "Other words.", False),
        ("title: One", "title: Two", True),
        ("x = 1", "x = 2", False),
        ("x = 1", "import docs", True),
        ("# Words.", "# ## Words", True),
        (READ, "", True),
    ],
)
def test_what_takes_the_outline_of_a_page_runs_when_that_changes(project, old, new, runs):
    project.write("docs/b.py", READ)
    project.write("docs/a.py", f"# %%\n{project.tick('run')}\n{OUTLINE}")
    project.build("docs/a.py", cache=True)
    assert project.build("docs/a.py", cache=True)["docs/a.py"].cached
    project.write("docs/b.py", READ.replace(old, new))
    lessons = project.build("docs/a.py", cache=True)
    assert lessons["docs/a.py"].cached == (not runs)


def test_what_also_opens_the_page_runs_at_each_edit_of_it(project):
    project.write("docs/b.py", READ)
    opens = 'print(len(Path("docs/b.py").read_text()))\n'
    project.write("docs/a.py", f"# %%\n{OUTLINE}{opens}")
    project.build("docs/a.py", cache=True)
    project.write("docs/b.py", READ.replace("Words.", "Other words."))
    assert not project.build("docs/a.py", cache=True)["docs/a.py"].cached
