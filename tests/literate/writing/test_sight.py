"""What only draws is folded, folded code says what it is, and what can be copied runs."""

import pytest

from literate.writing.portable import Site
from literate.writing.style import Style

DRAW = "plotting.draw(x)"
PLOT = """# %%
class plotting:
    @staticmethod
    def draw(values):
        import matplotlib.pyplot as plt

        plt.figure(figsize=(1, 1))


x = 1
"""


def page(project, *cells, **options):
    """Return the Markdown of a page whose drawings are folded."""
    return project.page("\n\n".join([PLOT, *cells]), style=Style(drawing="plotting"), **options)


def copied(project, *cells):
    """Return what is wrong with a page that is offered to readers, one line for each fault."""
    site = Site(project.root, project.root / "docs")
    lesson = project.lesson("\n\n".join(cells) + "\n", site=site, offered=("*",))
    return str(lesson.failure).split("\n") if lesson.failure else []


def test_code_that_ends_in_a_drawing_is_folded_and_named(project):
    told = page(project, f'# %% alt="A"\nlines = 2\n{DRAW}')
    assert f'??? code "The code of this figure"\n\n    ```python\n    lines = 2\n    {DRAW}' in told
    two = page(project, f'# %% alt=["A", "B"]\n{DRAW}\n{DRAW}')
    assert '??? code "The code of these figures"' in two


@pytest.mark.parametrize(
    "cells",
    [
        [f'# %% alt="A" tags=["unfold"]\n{DRAW}'],
        [f'# %% alt="A"\ny = 2\n{DRAW}', "# %%\nprint(y)"],
        [f'# %% alt="A"\n{DRAW}\nprint(1)'],
        [f'# %% alt="A"\nfor _ in range(1):\n    {DRAW}'],
    ],
    ids=["its point is to draw", "code in sight needs it", "it prints", "a loop"],
)
def test_other_code_stays_in_sight(project, cells):
    assert "??? code" not in page(project, *cells)


def test_a_drawing_that_a_folded_drawing_needs_is_folded_with_it(project):
    told = page(project, f'# %% alt="A"\ny = 2\n{DRAW}', f'# %% alt="A"\nz = y\n{DRAW}')
    assert told.count('??? code "The code of this figure"') == 2


def test_a_drawing_in_sight_keeps_what_it_needs_in_sight(project):
    needed = f'# %% alt="A"\ny = 2\n{DRAW}'
    assert "??? code" not in page(project, needed, f'# %% alt="A"\nz = y\n{DRAW}', "# %%\nz += 1")


def test_a_drawing_whose_name_is_bound_anew_is_folded(project):
    told = page(project, f'# %% alt="A"\ny = 2\n{DRAW}', "# %%\ny = 3", "# %%\nprint(y)")
    assert "??? code" in told


def test_without_the_option_nothing_is_recognised(project):
    assert "??? code" not in project.page(f'{PLOT}\n\n# %% alt="A"\n{DRAW}\n')


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        (['# %% tags=["fold"]\nx', '# %% [markdown]\n# ??? success "A"\n#     It is.'], "answer"),
        (['# %% tags=["fold"]\nprint(x)'], "output"),
        (['# %% tags=["fold"]\ny = x', "# %%\nprint(x)"], "what follows"),
    ],
)
def test_a_folded_box_says_what_is_in_it(project, cells, title):
    (told,) = [line for line in page(project, *cells).split("\n") if line.startswith("??? code")]
    assert title in told
    assert told != '??? code "Code"'


def test_what_stands_in_sight_uses_only_what_stands_in_sight(project):
    assert copied(
        project,
        '# %% tags=["fold"]\nfolded = 1',
        '# %% tags=["hide-input"]\nhidden = 1',
        "# %%\nseen = 1\nprint(\n    seen + folded,\n    hidden,\n)",
    ) == [
        "docs/a.py, line 10, cell 3: code in sight uses folded, which folded code defines: "
        "whoever copies this page misses it; define it where it can be copied",
        "docs/a.py, line 11, cell 3: code in sight uses hidden, which hidden code defines: "
        "whoever copies this page misses it; define it where it can be copied",
    ]


def test_what_is_folded_may_use_folded_code_above_it_and_nothing_hidden(project):
    cells = '# %% tags=["fold"]\nfolded = 1', '# %% tags=["hide-input"]\nhidden = folded'
    assert (
        copied(project, *cells, '# %% tags=["claim", "always"]\nassert folded, "yes"\nclaimed = 1')
        == []
    )
    (told,) = copied(project, *cells, '# %% tags=["claim", "always"]\nassert hidden, "yes"')
    assert told.startswith("docs/a.py, line 8, cell 3: code folded uses hidden, which hidden")


def test_a_name_that_a_hidden_cell_gives_another_meaning_is_missing_too(project):
    hidden = '# %% tags=["hide-input"]\nx = 2'
    (told,) = copied(project, "# %%\nx = 1", hidden, "# %%\nprint(x)")
    assert told.startswith("docs/a.py, line 8, cell 3: code in sight uses x, which hidden code")
    assert copied(project, "# %%\nx = 1", hidden, "# %%\nx = 3\nprint(x)") == []


def test_a_name_that_a_hidden_cell_imports_again_is_not(project):
    hidden = '# %% tags=["hide-input"]\nimport math'
    assert copied(project, "# %%\nimport math", hidden, "# %%\nprint(math)") == []


def test_shown_source_and_code_in_prose_can_be_copied_too(project):
    project.write("course.py", "def made():\n    return 1\n")
    shown = "# %% [markdown]\n# ::: course.made\n#\n# ```python\n# y = made()\n# ```"
    hidden = '# %% tags=["hide-input"]\nfrom course import made\n\ny = made()\nz = y'
    assert copied(project, hidden, shown, "# %%\nprint(made(), y)") == []
    (told,) = copied(project, hidden, "# %% [markdown]\n# Text.\n#\n# ```py\n# print(z)\n# ```")
    assert told.startswith("docs/a.py, line 11: code in sight uses z, which hidden code")
    silent = "# %% [markdown]\n# ``` { .python .no-copy }\n# print(z)\n# ```"
    assert copied(project, hidden, silent) == []


def test_what_a_first_reader_skips_is_folded(project):
    section = "# %% [markdown]\n# ## Going deeper: A\n\n# %%\ny = 1"
    assert copied(project, section, '# %% tags=["fold"]\nprint(y)') == []
    (told,) = copied(project, section, "# %% [markdown]\n# ## B\n\n# %%\nprint(y)")
    assert told.startswith("docs/a.py, line 11, cell 2: code in sight uses y, which folded")


def test_a_page_that_nobody_takes_along_may_use_hidden_code(project):
    hidden = '# %% tags=["hide-input"]\nhidden = 1'
    assert project.page(f"{hidden}\n\n# %%\nprint(hidden)\n")
