"""Lessons run with their seeds moved: what is counted, what is told of it, what makes it old."""

import json

import pytest

from literate.lesson.page import read
from literate.running import counts, records, seeds
from literate.running.seeds import STEP
from literate.writing.portable import Site
from tests.literate.conftest import PRELOAD

DRAWS = '''
import random


def by_default(seed=5):
    """Return a number drawn with a seed that is a default."""
    return random.Random(seed).random()
'''

EVERY_KIND = """
    # %%
    import random

    import numpy as np
    import torch
    from sklearn.utils import shuffle

    from course.draws import by_default

    seed = 3
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(0)

    def seeded(seed=0):
        return torch.Generator().manual_seed(seed)

    random.seed(1)
    drawn = [
        torch.rand(1, generator=generator),
        torch.rand(1),
        torch.rand(1, generator=seeded()),
        torch.rand(1, generator=seeded(7)),
        [torch.rand(1, generator=torch.Generator().manual_seed(each)) for each in range(3)],
        np.random.default_rng(0).random(),
        np.random.default_rng(seed=0).random(),
        np.random.RandomState(seed).random(),
        shuffle(range(100), random_state=0),
        shuffle(range(100), **{"random_state": 0}),
        random.random(),
        by_default(),
        by_default(6),
    ]
    names = [str(number) for number, _ in enumerate(drawn)]
    globals().update({f"drawn_{name}": value for name, value in zip(names, drawn)})
    same = torch.equal(torch.rand(9, generator=seeded(2)), torch.rand(9, generator=seeded(2)))
    fixed = torch.ones(3)

    # %% tags=["claim", "here"]
"""


def count(project, *names, times=3, **options):
    """Count with few runs; return what is told wrongly."""
    paths = [project.root / name for name in names or ("docs/a.py",)]
    folder = project.root / "docs/records/seeds"
    return seeds.count(paths, folder, project.root, times=times, preload=PRELOAD, **options)


def record(project, name="docs/a"):
    return records.read(project.root / f"docs/records/seeds/{name}.json")


def rows(project):
    return record(project).result["asserts"]


def test_every_kind_of_seed_is_moved_where_it_is_used(project):
    project.write("course/__init__.py", "")
    project.write("course/draws.py", DRAWS)
    written_out = 9  # behind ** a seed is a value of a table
    checks = [f"    assert drawn_{number} is not None, 'it is'\n" for number in range(13)]
    checks += ["    assert same, 'it is'\n", "    assert fixed.sum() == 3, 'it is'\n"]
    project.write("docs/a.py", EVERY_KIND + "".join(checks))
    assert count(project) == []

    found = [row["drawn"] for row in rows(project)]
    assert found == [*(number != written_out for number in range(13)), False, False]
    assert record(project).result["errors"] == {}
    assert record(project).seeds == [STEP, 2 * STEP, 3 * STEP]
    assert sorted(record(project).files) == [
        "course/__init__.py",
        "course/draws.py",
        "docs/a.py#claims",
    ]


def test_what_shares_a_seed_shares_the_moved_one_and_compiled_modules_stay_as_written(project):
    project.write("course/__init__.py", "")
    project.write("course/draws.py", DRAWS)
    text = """
        # %%
        import random

        from course.draws import by_default

        first = by_default(4)

        # %% tags=["claim", "always"]
        assert first == random.Random(4).random(), "the same seed gives the same number"

        # %% tags=["claim", "here"]
        assert first == 0.23604808973743452, "and that is this number"
    """
    project.write("docs/a.py", text)
    project.build()
    (told,) = count(project)
    assert told.endswith(
        "is told as a finding, and held in 0 of 3: choose a typical draw, say "
        'less, or, if that it is rare is the point, tag it "rare"'
    )
    assert [row["held"] for row in rows(project)] == [3, 0]
    project.page(text.replace("first", "second"))  # holds as it is written, now as before


def test_each_assert_counts_for_itself_and_nothing_that_fails_stops_the_lesson(project):
    project.write(
        "docs/a.py",
        """
        # %%
        import random

        seed = 0
        draw = random.Random(seed).randrange(2)

        # %% tags=["claim", "here"]
        assert False, "it never holds"
        for each in range(3):
            assert each < 2, f"{each} is below two"
        assert draw in (0, 1), "it holds always"

        # %%
        raise ValueError("in a cell")

        # %% [markdown]
        # A value {{ 1 / 0 }}.

        # %% tags=["claim", "here"]
        assert draw == draw, "it holds"
        undefined
        assert True, "it is not reached"
        """,
    )
    told = count(project, times=2)
    assert [(row["test"], row["held"], row["failed"]) for row in rows(project)] == [
        ("False", 0, 2),
        ("each < 2", 0, 2),
        ("draw in (0, 1)", 2, 0),
        ("draw == draw", 2, 0),
        ("True", 0, 0),
    ]
    assert record(project).result["errors"] == {
        "1 / 0: ZeroDivisionError: division by zero": 2,
        "cell 3: ValueError: in a cell": 2,
        "cell 4: NameError: name 'undefined' is not defined": 2,
    }
    assert [line.partition(" is told")[0] for line in told] == [
        "docs/a.py, line 8, cell 2: 'it never holds'",
        "docs/a.py, line 10, cell 2: \"f'{each} is below two'\"",
        "docs/a.py, line 22, cell 4: 'it is not reached'",
    ]


def test_a_lesson_whose_process_dies_is_counted_as_one_that_reached_nothing(project):
    project.write(
        "docs/a.py",
        """
        # %%
        import os
        os._exit(3)

        # %% tags=["claim", "always"]
        assert True, "so"
        """,
    )
    assert count(project, times=2) == []
    assert rows(project) == [{"test": "True", "held": 0, "failed": 0, "drawn": True}]
    (told,) = record(project).result["errors"]
    assert told == "the process that ran the lesson ended with status 3 before the lesson did"


KINDS = """
    # %%
    import random

    number = random.Random(0).randrange(1_000_000)

    # %% tags=["claim", "@kind@"]
    assert number @test@, "at 95 % it is"
"""


@pytest.mark.parametrize(
    ("kind", "test", "wrong"),
    [
        ("always", ">= 0", ""),
        ("always", "% 7 != 6", "is told as always true, and failed in 1 of 4: mend it or say less"),
        ("here", "% 5 == 3", ""),
        ("here", "% 7 == 6", "is told as a finding, and held in 1 of 4: choose a typical draw"),
        ('here", "rare', "% 7 == 6", ""),
        ("in-general", "% 7 != 6", ""),
        ("in-general", "% 7 == 6", "is told as an inference, and failed in 3 of 4: say less"),
    ],
)
def test_what_says_more_than_was_counted_is_named(project, kind, test, wrong):
    # of the four numbers, one leaves 6 after division by 7, and two leave 3 after that by 5
    text = KINDS.replace("@kind@", kind).replace("@test@", test)
    project.write("docs/a.py", text)
    told = count(project, times=4)
    assert [line.partition(" 'at 95 % it is' ")[2][: len(wrong)] for line in told] == (
        [wrong] if wrong else []
    )


LESSON = '''
    # %%
    import random

    from course.tools import tool, plotting

    numbers = [tool(random.Random(seed).random()) for seed in range(3)]

    # %% alt="A line."
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(1, 1))
    axes.plot(numbers);

    # %%
    doubled = [2 * number for number in numbers]
    plotting.draw(doubled, label="one")

    # %% [markdown]
    r"""
    Some prose.
    """

    # %% tags=["claim", "here"]
    assert numbers[0] < 2, "it is below two"
    assert doubled[0] < 4, "its double is below four"
    assert 1 < 2, "one is"
'''


@pytest.fixture
def counted(project):
    """Return a project with a lesson that was counted."""
    project.write("course/__init__.py", "")
    project.write(
        "course/tools/__init__.py", 'def tool(x):\n    """Return it."""\n    return 1 * x\n'
    )
    project.write("course/tools/plotting.py", "def draw(x, label):\n    return 1\n")
    project.write("course/tools/exercises.py", "PROMPT = 1\n")
    project.write("docs/a.py", LESSON)
    assert count(project) == []
    return project


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("docs/a.py", "Some prose", "Other prose"),
        ("docs/a.py", "it is below two", "it lies below two"),
        ("docs/a.py", "axes.plot(numbers)", "axes.plot(numbers, numbers)"),
        ("docs/a.py", "A line.", "A short line."),
        ("docs/a.py", 'label="one"', 'label="two"'),
        ("docs/a.py", "import random\n", "import random  # for chance\n"),
        ("docs/a.py", '"claim", "here"', '"claim", "here", "hide-output"'),
        ("docs/a.py", "    assert 1 < 2", '\n    # %% tags=["claim", "always"]\n    assert 1 < 2'),
        ("course/tools/__init__.py", "Return it", "Return the same"),
        ("course/tools/plotting.py", "1", "2"),
    ],
)
def test_prose_messages_drawings_and_docstrings_make_no_count_old(counted, name, old, new):
    path = counted.root / name
    text = path.read_text()
    old, new = (
        part if name.startswith("course") else part.replace("    ", "") for part in (old, new)
    )
    assert old in text
    counted.write(name, text.replace(old, new))
    assert records.stale(record(counted), counted.root) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("docs/a.py", "range(3)", "range(4)"),
        ("docs/a.py", "2 * number", "3 * number"),
        ("docs/a.py", 'label="one"', "label=random.random()"),
        ("docs/a.py", "numbers[0] < 2", "numbers[0] < 3"),
        ("docs/a.py", "axes.plot(numbers)", "numbers[0] = 1"),  # binds what a claim uses
        ("docs/a.py", "axes.plot(numbers)", "random.seed(1)"),  # moves what others draw
        ("course/tools/__init__.py", "1 *", "2 *"),
    ],
)
def test_code_that_decides_a_claim_makes_its_count_old(counted, name, old, new):
    counted.replace(name, old, new)
    assert records.stale(record(counted), counted.root) == [name]
    page = read(counted.root / "docs/a.py", counted.root)
    told = counts.of(page, counted.root / "docs/records/seeds", counted.root)[1]
    assert told == f"of an earlier version, 3 times on {record(counted).day}"


def built(project):
    """Return the lesson as it is built with its counts, and the notebook's text."""
    lesson = project.build(
        "docs/a.py",
        cache=True,
        shelf=project.root / ".shelf",
        seeds=project.root / "docs/records/seeds",
        site=Site(project.root, project.root / "docs"),
        offered=("*",),
    )["docs/a.py"]
    assert lesson.failure is None, str(lesson.failure)
    notebook = json.loads(lesson.files["a/a.ipynb"])
    return lesson, "\n".join("".join(cell["source"]) for cell in notebook["cells"])


def test_a_page_and_its_notebook_say_with_how_many_seeds_a_finding_holds(counted):
    lesson, notebook = built(counted)
    held = "holds with 3 of 3 other seeds"
    assert (
        '!!! check "Checked while this page was built: true of these rows and this seed"\n\n'
        f'    - it is below two <small class="seeds">{held}</small>\n'
        f'    - its double is below four <small class="seeds">{held}</small>\n'
        '    - one is <small class="seeds">no seed in it</small>\n'
    ) in lesson.markdown
    assert f"> - its double is below four *({held})*\n> - one is *(no seed in it)*" in notebook
    assert lesson.seeds == f"3 times on {record(counted).day}"
    again, _ = built(counted)
    assert (again.cached, again.seeds, again.markdown) == (True, lesson.seeds, lesson.markdown)


def test_a_kept_page_is_written_anew_when_its_record_is(counted):
    built(counted)
    count(counted, times=2)
    assert "holds with 2 of 2 other seeds" in built(counted)[0].markdown
    (counted.root / "docs/records/seeds/docs/a.json").unlink()
    lesson, _ = built(counted)
    assert "other seeds" not in lesson.markdown
    assert lesson.seeds == "not counted"


def test_a_page_says_that_its_count_is_of_an_earlier_version(counted):
    counted.replace("course/tools/__init__.py", "1 *", "2 *")
    lesson, _ = built(counted)
    told = "an earlier version held with 3 of 3 other seeds"
    assert f'- it is below two <small class="seeds">{told}</small>\n' in lesson.markdown
    assert lesson.seeds.startswith("of an earlier version, 3 times on ")
    counted.replace("docs/a.py", "numbers[0] < 2", "numbers[0] < 3")
    assert "- it is below two\n" in built(counted)[0].markdown  # nobody has counted this one


def test_where_nothing_is_drawn_the_title_says_so_once(project):
    project.write("docs/a.py", '# %% tags=["claim", "here"]\nassert 2 > 1, "two is more"\n')
    assert count(project) == []
    told = "Checked while this page was built: true of these rows, with no seed in it"
    assert f'!!! check "{told}"\n\n    - two is more\n\n' in built(project)[0].markdown


def test_a_run_of_some_lessons_leaves_the_records_of_the_others(project, tmp_path, capsys):
    for name in ("a", "b"):
        project.write(
            f"docs/lessons/one/{name}.py", KINDS.replace("@kind@", "here").replace("@test@", "> 0")
        )
    project.write("docs/lessons/one/c.py", "# %%\nx = 1\n")
    options = ("--times", "2", "--preload", ",".join(PRELOAD))
    assert project.python("-m", "literate.running.seeds", *options).returncode == 0
    before = record(project, "one/a")
    assert not (project.root / "docs/records/seeds/one/c.json").exists()

    project.replace("docs/lessons/one/b.py", "> 0", "< 0")
    project.replace("docs/lessons/one/b.py", '"here"', '"always"')
    done = project.python("-m", "literate.running.seeds", "one/b", *options)
    assert done.returncode == 1
    assert (
        "docs/lessons/one/b.py, line 7, cell 2: 'at 95 % it is' is told as always true"
        in done.stdout
    )
    assert record(project, "one/a") == before
    assert record(project, "one/b").command == "nox -s seeds -- one/b --times 2"

    done = project.python("-m", "literate.running.seeds", "one/d", *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert "one/d: no page in" in done.stderr
    done = project.python("-m", "literate.running.seeds", "one/a", "--times", "1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--times 1: give at least 2, or nothing can be compared" in done.stderr
