"""A written lesson is shown again while nothing that it was made of has changed."""

import pytest

from literate import shelf
from literate.running import storage

LESSON = """
# ---
# title: One
# ---

# %% [markdown]
# Words.
#
# ::: own.thing.answer

# %% alt="A line."
import matplotlib.pyplot as plt
plt.plot([1, 2]);

# %%
print("shown", 6 * 7)
"""
THING = '"""Thing."""\n\n\ndef answer():\n    """Return it."""\n    return {}\n'


@pytest.fixture
def kept(project, monkeypatch):
    """Return a function that builds a lesson, and says whether it was read."""
    project.write("own/__init__.py", '"""Own."""\n')
    project.write("own/thing.py", THING.format(42))
    project.write("docs/a.py", LESSON)
    read = []

    def noted(path, root):
        read.append(path.name)
        return page_read(path, root)

    from literate.lesson import page

    page_read = page.read
    monkeypatch.setattr(page, "read", noted)

    def build(**options):
        read.clear()
        lessons = project.build(
            "docs/a.py", cache=True, shelf=project.root / ".cache-lessons", **options
        )
        return lessons["docs/a.py"], bool(read)

    first, was_read = build()
    assert was_read
    assert first.failure is None
    build.first = first
    return build


def test_without_a_change_it_is_not_even_read(kept):
    lesson, was_read = kept()
    assert not was_read
    assert lesson.cached
    assert (lesson.markdown, lesson.files, lesson.meta) == (
        kept.first.markdown,
        kept.first.files,
        {"title": "One"},
    )
    assert lesson.run.seconds == kept.first.run.seconds


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("docs/a.py", "Words", "Others"),
        ("docs/a.py", "title: One", "title: Two"),
        ("docs/a.py", "6 * 7", "6 * 8"),
        ("own/thing.py", "42", "43"),
    ],
)
def test_an_edit_of_the_lesson_or_of_what_it_shows_is_written(kept, project, name, old, new):
    project.replace(name, old, new)
    assert kept()[1]
    assert not kept()[1]


def test_another_option_engine_or_version_is_written(kept, monkeypatch):
    assert kept(figure_style="")[1] is False
    assert kept(no_run=("b.py",))[1] is True
    monkeypatch.setattr(shelf.inputs, "installed", lambda: ["other-1.0.dist-info"])
    assert kept()[1] is True
    assert kept()[1] is False
    monkeypatch.setattr(shelf, "SCHEMA", 2)
    assert kept()[1] is True


def test_what_the_run_used_counts(kept, project):
    project.write("docs/b.py", "# %%\nfrom own.thing import answer\nprint(answer())\n")
    options = {"cache": True, "shelf": project.root / ".cache-lessons"}
    assert "42" in project.build("docs/b.py", **options)["docs/b.py"].markdown
    assert project.build("docs/b.py", **options)["docs/b.py"].cached
    project.write("own/thing.py", THING.format(7))
    assert "\n7\n" in project.build("docs/b.py", **options)["docs/b.py"].markdown


@pytest.mark.parametrize("where", [".cache", ".cache-lessons"])
@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff"])
def test_a_damaged_entry_of_the_run_or_of_the_lesson_is_written_anew(kept, project, where, damage):
    for path in (project.root / where).iterdir():
        path.write_bytes(damage)
    lesson, was_read = kept()
    assert was_read
    assert lesson.cached == (where == ".cache-lessons"), "the run is kept for itself"
    assert not kept()[1]


def test_an_entry_that_lacks_something_is_written_anew(kept, project):
    (path,) = (project.root / ".cache-lessons").iterdir()
    storage.write(path, storage.read(path).replace(b'"markdown"', b'"mark"', 1))
    assert kept()[1]


def test_a_lesson_that_fails_is_not_kept(kept, project):
    project.replace("docs/a.py", "6 * 7", "6 / 0")
    for _ in range(2):
        lesson, was_read = kept()
        assert was_read
        assert lesson.failure is not None


def test_front_matter_that_json_cannot_hold_is_written_each_time(kept, project):
    project.replace("docs/a.py", "title: One", "date: 2026-11-30")
    assert kept()[1]
    assert kept()[1]
