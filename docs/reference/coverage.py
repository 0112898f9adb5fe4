# ---
# title: Coverage
# description: What this course is to teach, row by row, with lesson, code, test and exercise of each.
# search:
#   exclude: true
# ---

# %% [markdown]
r"""
# Coverage

What this course is to teach is written down, row by row, before it is taught. A row is done when four
things exist: a section of a lesson that **runs** it, a function or class of the package `course` that
**implements** it, a test that **proves** it, and an exercise that **practises** it. This page looks for
all four each time the site is built, and a row that claims one of them without having it stops the
build. A ★ marks what goes beyond the usual course.
"""

# %% tags=["hide-input"]
from pathlib import Path

from IPython.display import Markdown

from tests import curriculum

root = Path.cwd()
parts, rows = curriculum.load(root)
curriculum.check(rows, root)
taught = [row for row in rows if row.taught]

# %% tags=["claim", "always"]
for row in taught:
    cells = row.sections, row.implements, row.exercises
    assert all(cells), "each row that counts as taught has all four"
    lesson = curriculum.taught_by(curriculum.lesson_file(row, root), root)
    runs = curriculum.cells_by_heading(lesson)
    assert all(runs[heading] for heading in row.sections), "code runs in each section named below"
    for name in row.implements:
        used = curriculum.names_in(root / curriculum.test_file(name))
        assert name.rpartition(".")[2] in used, "the test of its module uses each function"
    for name in row.exercises:
        assert curriculum.shown_under(name, lesson), "the lesson of the row shows each exercise"

# %% [markdown]
r"""
Of {{ len(rows) }} rows, {{ len(taught) }} are taught today, and {{ len(rows) - len(taught) }} are still
to come.
"""

# %% tags=["hide-input"]
blocks = []
for number, title in parts.items():
    own = [row for row in rows if row.part == number]
    count = sum(row.taught for row in own)
    blocks.append(f"## {title}\n\n{count} of {len(own)} rows are taught.")
    blocks.append(curriculum.listed(own, root))
Markdown("\n\n".join(blocks))
