"""The coverage page finds what the rows of the curriculum claim, and fails at what is missing."""

import contextlib
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from literate.lesson.model import Code
from literate.lesson.page import read
from tests import curriculum
from tests.curriculum import CurriculumError, Row

ROOT = Path(__file__).parents[2]
PARTS, ROWS = curriculum.load(ROOT)
COST = next(row for row in ROWS if row.id == "L2")


def gaps(**changes):
    """Return what is missing when the row L2 claims something else."""
    return list(curriculum.gaps(replace(COST, **changes), ROOT))


@pytest.fixture
def project(tmp_path):
    """Return a folder like that of the project, with a small lesson that a test may change."""
    for name in ("docs/lessons/linear", "tests/linear"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


def write(project, name, text):
    (project / name).write_text(text, encoding="utf-8")
    return read(project / name, project) if name.startswith("docs/lessons") else None


def test_every_row_has_what_it_claims():
    curriculum.check(ROWS, ROOT)


def test_the_rows_are_those_of_the_parts_each_with_an_id_of_its_own():
    ids = [row.id for row in ROWS]
    assert len(ids) == len(set(ids))
    assert len(ids) >= 45, "the outline grows; no row of it is lost"
    assert {row.part for row in ROWS} == set(PARTS)
    assert all(row.title and row.must_show for row in ROWS)


def test_a_row_that_claims_nothing_is_not_taught_and_has_no_gap():
    row = replace(COST, lesson="", sections=(), implements=(), exercises=())
    assert not row.taught
    assert list(curriculum.gaps(row, ROOT)) == []
    for cell in curriculum.CELLS:
        assert replace(row, **{cell: getattr(COST, cell)}).taught


@pytest.mark.parametrize("cell", ["sections", "implements", "exercises"])
def test_a_row_with_a_cell_missing_fails_with_its_id_and_the_cell(cell):
    with pytest.raises(CurriculumError, match=f"^L2: has no {cell}$"):
        curriculum.check([*ROWS[:3], replace(COST, **{cell: ()})], ROOT)


def test_every_gap_of_every_row_is_told():
    bare = replace(COST, id="X1", lesson="", sections=())
    other = replace(COST, id="X2", exercises=())
    with pytest.raises(CurriculumError) as caught:
        curriculum.check([bare, other], ROOT)
    assert str(caught.value) == "X1: has no lesson, no sections\nX2: has no exercises"


def test_a_key_without_a_meaning_is_a_mistake(project):
    text = "parts: {1: One}\nrows:\n- {id: A1, part: 1, title: a, must_show: b, exercise: [c]}\n"
    (project / "docs/curriculum.yml").write_text(text, encoding="utf-8")
    with pytest.raises(CurriculumError, match=r"^A1: exercise: no such key$"):
        curriculum.load(project)


def test_a_lesson_that_is_not_there_is_a_gap():
    assert gaps(lesson="linear/coast") == ["docs/lessons/linear/coast: no such lesson"]


def test_a_heading_that_is_not_there_is_a_gap():
    assert gaps(sections=("The cost of tea",)) == [
        "docs/lessons/linear/cost.py has no heading 'The cost of tea'"
    ]


def test_a_section_that_runs_nothing_is_a_gap():
    assert gaps(sections=("The idea",)) == [
        "docs/lessons/linear/cost.py runs nothing under 'The idea'"
    ]


@pytest.mark.parametrize(
    "name",
    ["course.linear.cost.gone", "course.linear.gone.cost_curve", "cost_curve"],
)
def test_a_function_that_cannot_be_imported_is_a_gap(name):
    assert f"{name} cannot be imported" in gaps(implements=(name,))


@pytest.mark.parametrize(
    "name",
    ["course.linear.slope_and_bias.nn", "course.practice.check", "course.practice.exercise._told"],
)
def test_a_private_function_or_one_of_another_module_is_a_gap(name):
    assert f"{name} is not public, or defined elsewhere" in gaps(implements=(name,))


def test_a_function_that_the_lesson_never_uses_is_a_gap():
    assert gaps(implements=("course.linear.descent.descend_slope",)) == [
        "docs/lessons/linear/cost.py never uses course.linear.descent.descend_slope"
    ]


def test_parts_of_words_are_no_use(project):
    text = "# %%\nmy_cost_curve = cost_curves = 1\n"
    write(project, "docs/lessons/linear/a.py", text)
    row = Row("L2", 2, "", "", lesson="linear/a", implements=("course.linear.cost.cost_curve",))
    assert "docs/lessons/linear/a.py never uses course.linear.cost.cost_curve" in [
        *curriculum.gaps(row, project)
    ]


def test_a_function_without_tests_is_a_gap(project):
    for folder in ("docs/lessons/linear", "tests/linear", "course/linear"):
        shutil.copytree(ROOT / folder, project / folder, dirs_exist_ok=True)
    assert list(curriculum.gaps(COST, project)) == []
    test = project / "tests/linear/test_cost.py"
    test.write_text(
        "from course.linear.cost import cost_curve\n\nlinear.cost_surface(mean_squared_error)\n"
    )
    curriculum.names_in.cache_clear()
    assert list(curriculum.gaps(COST, project)) == [
        "tests/linear/test_cost.py never uses cost_curve"
    ]
    test.unlink()
    assert [gap.split()[-1] for gap in curriculum.gaps(COST, project)] == 3 * [
        "tests/linear/test_cost.py"
    ]


def test_an_exercise_that_is_not_there_or_not_shown_is_a_gap():
    (gap,) = gaps(exercises=("linear/coast",))
    assert gap.startswith("there is no exercise 'linear/coast': did you mean")
    assert gaps(exercises=("linear/border",)) == [
        "docs/lessons/linear/cost.py does not show the exercise linear/border"
    ]


def test_the_tests_of_a_function_are_those_of_its_module():
    assert curriculum.test_file("course.linear.cost.cost_curve") == "tests/linear/test_cost.py"
    assert curriculum.test_file("course.device.pick_device") == "tests/test_device.py"


LESSON = """# %% [markdown]
# # A `lesson`
#
# ```sh
# # no heading
# ```
#
# ## One ##
#
# ### Under one

# %%
first = 1

# %% [markdown]
# ### {{ first }} and more
#
# ## Two

# %%
from course.linear.exercises import cost as exercises
exercises.cost

# %% [markdown]
# ## Three
#
# ## One
"""


def test_code_counts_for_the_headings_above_it_up_to_the_next_of_their_rank(project):
    lesson = write(project, "docs/lessons/linear/a.py", LESSON)
    found = curriculum.cells_by_heading(lesson)
    assert {heading: len(cells) for heading, cells in found.items()} == {
        "A `lesson`": 2,
        "One": 1,
        "Under one": 1,
        "first and more": 0,
        "Two": 1,
        "Three": 0,
    }


def test_an_exercise_stands_under_the_heading_before_it(project):
    lesson = write(project, "docs/lessons/linear/a.py", LESSON)
    assert curriculum.shown_under("linear/cost", lesson) == "Two"
    assert curriculum.shown_under("linear/surface", lesson) is None


def test_a_row_is_listed_with_links_to_its_four_rooms():
    later = Row("L9", 2, "Later", "much", star=True)
    listed = curriculum.listed([COST, later], ROOT)
    assert listed.startswith(
        "L2 · Cost { #l2 }\n"
        ":   **Taught in** [How wrong is a line?](../lessons/linear/cost.py): "
        "[The cost of every slope](../lessons/linear/cost.py#the-cost-of-every-slope) · "
    )
    assert "<br>\n    **Implemented by** [`mean_squared_error`][course.linear.cost.mean" in listed
    assert "<br>\n    **Proved by** `tests/linear/test_cost.py`<br>\n" in listed
    assert "[Explain the wrong number](../lessons/linear/cost.py#practice)" in listed
    assert listed.endswith("\n\nL9 · Later ★ { #l9 }\n:   *Not taught yet:* much")


def run_page(folder):
    """Run the code of the page in a folder like that of the project, and return its names."""
    names = {}
    with contextlib.chdir(folder):
        for cell in read(ROOT / "docs/reference/coverage.py", ROOT).cells:
            if isinstance(cell, Code):
                exec(compile(cell.source, "coverage.py", "exec"), names)
    return names


def test_the_page_lists_every_row_once_under_its_part():
    blocks = run_page(ROOT)["blocks"]
    heads = [block.partition("\n")[0] for block in blocks if block.startswith("## ")]
    assert heads == [f"## {title}" for title in PARTS.values()]
    listed = re.findall(r"^(\w+) · .* \{ #(\w+) \}$", "\n".join(blocks), re.MULTILINE)
    assert listed == [(row.id, row.id.lower()) for row in ROWS]
    taught = sum(row.taught for row in ROWS if row.part == COST.part)
    assert f"\n{taught} of 6 rows are taught." in blocks[2]


def test_the_page_stops_at_a_row_without_all_it_claims(tmp_path):
    (tmp_path / "docs").mkdir()
    for name in ("course", "tests", "docs/lessons"):
        (tmp_path / name).symlink_to(ROOT / name)
    text = (ROOT / "docs/curriculum.yml").read_text(encoding="utf-8")
    text, count = re.subn(r"  exercises: \[linear/lowest_point,.*\n", "", text)
    assert count == 1
    (tmp_path / "docs/curriculum.yml").write_text(text, encoding="utf-8")

    with pytest.raises(CurriculumError, match=r"^L2: has no exercises$"):
        run_page(tmp_path)
