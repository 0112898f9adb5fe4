"""What a server wants of a build: each lesson as soon as it is there, and never to wait for one."""

import pytest

from literate.build import COMING, Options, Wishes, build
from tests.literate.conftest import PRELOAD


@pytest.fixture
def built(project):
    """Return a function that builds the lessons of a project one after another, as wished."""

    def run(before=(), **wishes):
        options = Options(project.root, project.root / ".cache", jobs=1, preload=PRELOAD)
        paths = sorted(project.root.glob("docs/*.py"))
        return build(paths, options, before=dict(before), wishes=Wishes(**wishes))

    for name in "abc":
        text = f"# %% [markdown]\n# # Lesson {name}\n\n# %%\n{project.tick(name)}\nprint(6 * 7)\n"
        project.write(f"docs/{name}.py", text)
    return run


def names(lessons):
    return [lesson.path.stem for lesson in lessons]


def test_each_lesson_is_ready_as_it_is_in_the_end(built):
    ready = []
    lessons = built(ready=ready.append)
    assert sorted(names(ready)) == ["a", "b", "c"]
    assert {lesson.path: lesson for lesson in ready} == lessons


def test_a_lesson_that_is_as_it_was_is_not_told_again(built, project):
    before = built()
    project.replace("docs/b.py", "6 * 7", "6 * 8")
    ready = []
    built(before, ready=ready.append)
    assert names(ready) == ["b"]


def test_the_lesson_that_is_wanted_runs_before_the_others_that_wait(built):
    ready = []
    built(ready=ready.append, first=lambda path: path.stem == ("b" if ready else "c"))
    assert names(ready) == ["c", "b", "a"]


class SavedError(Exception):
    """Something was saved."""


def test_what_check_raises_ends_the_lessons_and_keeps_those_that_have_run(built, project):
    project.write("docs/b.py", "# %%\nimport time\ntime.sleep(50)\n")
    ready = []

    def check():
        if ready:
            raise SavedError

    with pytest.raises(SavedError):
        built(ready=ready.append, check=check)
    assert names(ready) == ["a"]
    project.write("docs/b.py", "# %%\nprint(1)\n")
    built()
    assert [project.ticks(name) for name in "ac"] == [1, 1]


def test_a_lesson_that_may_not_run_shows_what_is_written_and_that_it_is_coming(built, project):
    coming = built(runs=False)
    for lesson in coming.values():
        assert lesson.coming
        assert f"# Lesson {lesson.path.stem}\n\n{COMING}\n" in lesson.markdown
        assert "print(6 * 7)" in lesson.markdown
    assert project.ticks("a") == 0
    assert not any(lesson.coming for lesson in built(coming).values())
    assert project.ticks("a") == 1
    assert not any(lesson.coming for lesson in built(runs=False).values()), "they are kept"
