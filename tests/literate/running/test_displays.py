"""An output with an id is shown in its last state, and what is cleared is gone."""

import json

import pytest

from literate.writing.portable import Site
from literate.writing.render import Style


def test_an_output_that_is_updated_is_shown_once_at_its_place_in_its_last_state(project, outputs):
    page = project.page("""
        # %%
        handle = display("first", display_id=True)
        print("after it")
        handle.update("second")
        handle.update("last")
    """)
    assert outputs(page) == [("", "'last'"), ("", "after it")]


def test_a_later_cell_updates_the_output_of_an_earlier_one(project, outputs):
    text = """
        # %%
        from IPython.display import update_display
        display("waiting", display_id="state");

        # %%
        print("computed")
        update_display("done", display_id="state")
        update_display("nobody sees it", display_id="another")
    """
    page = project.page(text, cache=True)
    assert outputs(page) == [("", "'done'"), ("", "computed")]
    assert page.index("'done'") < page.index('print("computed")')
    assert project.page(text, cache=True) == page


def test_outputs_with_the_same_id_show_the_same(project, outputs):
    page = project.page("""
        # %%
        display("one", display_id="a")
        display("two", display_id="a")
        display("three", display_id="b");
    """)
    assert outputs(page) == [("", "'two'"), ("", "'two'"), ("", "'three'")]


@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_figure_that_is_updated_is_one_figure_and_has_one_alt_text(project, form):
    lesson = project.lesson(
        f"""
        # %% alt="A red line." format="{form}"
        import matplotlib.pyplot as plt
        figure, axes = plt.subplots()
        axes.plot([1, 2], color="#0000ff")
        handle = display(figure, display_id=True)

        # %% format="{form}"
        axes.plot([2, 1], color="#ff0000")
        handle.update(figure)
        """,
        style=Style(dark_colors={"#ff0000": "#00ff00"}),
    )
    assert lesson.failure is None, lesson.failure
    assert lesson.markdown.count("![A red line.](") == 2
    assert sorted(lesson.files) == [f"a/figure-1-dark.{form}", f"a/figure-1.{form}"]
    if form == "svg":
        assert b"#ff0000" in lesson.files["a/figure-1.svg"]
        assert b"#00ff00" in lesson.files["a/figure-1-dark.svg"]


def test_a_figure_that_is_updated_has_its_last_state_in_the_notebook_too(project):
    text = """
        # %% alt="A line."
        import matplotlib.pyplot as plt
        figure, axes = plt.subplots()
        LINE
        handle = display(figure, display_id=True)

        # %%
        axes.set_title("done")
        handle.update(figure)
        """
    options = {"site": Site(project.root, project.root / "docs"), "offered": ("*",)}
    made = []
    for line in ("", "axes.set_title('before')"):
        lesson = project.lesson(text.replace("LINE", line), **options)
        assert lesson.failure is None, str(lesson.failure)
        cells = json.loads(lesson.files["a/a.ipynb"])["cells"]
        shown = [each for cell in cells for each in cell.get("outputs", ()) if "data" in each]
        made += [each["data"]["image/png"] for each in shown if "image/png" in each["data"]]
        assert "done" in shown[0]["data"]["image/svg+xml"]
    assert len(made) == 2
    assert made[0] == made[1]


def test_what_is_cleared_is_gone(project, outputs):
    page = project.page("""
        # %%
        import os
        from IPython.display import clear_output
        print("one")
        _ = os.write(1, b"two")
        display("three")
        clear_output()
        print("four")

        # %%
        print("five")
        clear_output()
    """)
    assert outputs(page) == [("", "four")]


def test_clearing_that_waits_comes_with_the_next_output_and_not_at_the_end(project, outputs):
    page = project.page("""
        # %%
        from IPython.display import clear_output
        for step in range(3):
            print("step", step)
            display(step)
            clear_output(wait=True)

        # %%
        print("another cell")
    """)
    assert outputs(page) == [("", "step 2"), ("", "2"), ("", "another cell")]


@pytest.mark.parametrize(
    "more", ["display(2)", "_ = os.write(1, b'2')", "os.system('printf 2');", "2"]
)
def test_any_output_clears_what_waits_for_it(project, outputs, more):
    page = project.page(f"""
        # %%
        import os
        from IPython.display import clear_output
        print("one")
        clear_output(wait=True)
        {more}
    """)
    assert outputs(page) == [("", "2")]


def test_an_error_clears_what_waits_for_it(project, outputs):
    page = project.page("""
        # %% tags=["raises-exception"]
        from IPython.display import clear_output
        print("one")
        clear_output(wait=True)
        1 / 0
    """)
    assert [kind for kind, _ in outputs(page)] == ["error"]


def test_a_live_plot_is_the_last_of_its_figures(project):
    lesson = project.lesson("""
        # %% alt="Three lines."
        import matplotlib.pyplot as plt
        from IPython.display import clear_output
        for step in range(3):
            plt.plot([0, step])
            display(plt.gcf())
            clear_output(wait=True)
    """)
    assert lesson.failure is None, lesson.failure
    (figure,) = lesson.files.values()
    assert [figure.count(f'id="line2d_{number}"'.encode()) for number in (13, 14)] == [1, 1]
    axes = figure.partition(b'id="axes_1"')[2]
    assert axes.count(b"stroke: #") >= 3
    for colour in (b"#1f77b4", b"#ff7f0e", b"#2ca02c"):
        assert colour in axes


def test_a_figure_that_changes_after_it_was_shown_is_shown_again(project):
    lesson = project.lesson("""
        # %% alt=["One line.", "Two lines."]
        import matplotlib.pyplot as plt
        plt.plot([1])
        display(plt.gcf())
        plt.plot([2])

        # %% alt=["An empty figure.", "Another."]
        for _ in range(2):
            display(plt.figure())
    """)
    assert lesson.failure is None, lesson.failure
    assert len(lesson.files) == 4


def test_json_is_shown_as_text_that_folds(project, outputs):
    page = project.page("""
        # %%
        from IPython.display import JSON
        JSON({"steps": [1, 2.5, None], "name": "Grün"})

        # %%
        JSON({"steps": list(range(100))})
    """)
    short, first, rest = (text for _, text in outputs(page.replace("\n    ", "\n")))
    assert json.loads(short) == {"steps": [1, 2.5, None], "name": "Grün"}
    assert "Grün" in short
    assert json.loads(first + rest) == {"steps": list(range(100))}
    assert '??? rest "94 more lines"' in page


def test_json_that_cannot_be_stored_is_a_failure_of_the_cell(project):
    failure = project.failure("""
        # %%
        from IPython.display import JSON
        JSON({"loss": float("nan")})
    """)
    assert failure.startswith("docs/a.py, line 2, cell 1: ValueError: Out of range float values")
