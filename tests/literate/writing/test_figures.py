"""Each figure becomes a file beside the page, in two schemes of colour, and has to be described."""

import re
import struct
from html import unescape

import pytest
from markdown import markdown

from literate.writing.render import Style, recolour

PLOT = "import matplotlib.pyplot as plt\n"
TWINS = Style(dark_colors={"#1a1a1a": "#e6e6e6", "#1F77B4": "#99ccff"})


def pictures(markdown: str) -> list[tuple[str, str]]:
    """Return the alt text and the address of every picture of a page."""
    return re.findall(r"!\[(.*?)\]\((.*?)\)", markdown)


def test_a_figure_is_a_file_beside_the_page_with_its_alt_text_and_its_size(project):
    lesson = project.lesson(
        f"""
        # %% alt="A line that rises."
        {PLOT.strip()}
        figure = plt.figure(figsize=(5, 2.5))
        plt.plot([1, 2]);
    """,
        "docs/part/curve.py",
    )
    assert lesson.failure is None
    assert list(lesson.files) == ["curve/figure-1.svg"]
    attributes = '{ .figure width="480" height="240" loading="lazy" }'
    assert f"\n\n![A line that rises.](curve/figure-1.svg){attributes}\n\n" in lesson.markdown
    assert b"<svg" in lesson.files["curve/figure-1.svg"]


def test_several_figures_of_one_cell_stand_in_order_with_the_text_between_them(project):
    lesson = project.lesson(f"""
        # %% alt=["One", "Two", "Three", "Four"]
        {PLOT.strip()}
        plt.plot([1])
        plt.show()
        print("between")
        figure, _ = plt.subplots()
        display(figure)
        print("again")
        plt.figure()
        plt.figure()

        # %% alt="Five"
        plt.plot([5])
        print("text of the second cell")
    """)
    assert pictures(lesson.markdown) == [
        (alt, f"a/figure-{number}.svg")
        for number, alt in enumerate(["One", "Two", "Three", "Four", "Five"], start=1)
    ]
    shown = lesson.markdown.partition("```\n\n")[2]
    order = ["![One]", "between", "![Two]", "again", "![Three]", "![Four]", "text of", "![Five]"]
    assert [shown.index(text) for text in order] == sorted(shown.index(text) for text in order)


@pytest.mark.parametrize(
    "code",
    [
        "figure, axes = plt.subplots()\nfigure",
        "figure, axes = plt.subplots()\ndisplay(figure)",
        "figure, axes = plt.subplots()\nplt.show()",
        "figure, axes = plt.subplots()\nplt.show()\nplt.show()",
        "figure, axes = plt.subplots()\nfigure.show()",
        "from matplotlib.figure import Figure\nFigure()",
        "plt.figure(); None",
    ],
)
def test_a_figure_is_shown_once_however_it_is_shown(project, code):
    lesson = project.lesson(f'# %% alt="It."\n{PLOT}{code}\n')
    assert lesson.failure is None
    assert len(pictures(lesson.markdown)) == 1
    assert "Figure size" not in lesson.markdown


def test_asking_for_figures_inline_as_notebooks_do_changes_nothing(project):
    code = f"# %matplotlib inline\n{PLOT}plt.plot([1])\nprint(plt.get_backend())\n"
    lesson = project.lesson(f'# %% alt="It."\n{code}')
    assert lesson.failure is None
    assert "\nmodule://literate.running.backend\n" in lesson.markdown
    assert list(lesson.files) == ["a/figure-1.svg"]
    assert 'width="614" height="461"' in lesson.markdown


def test_a_figure_can_be_shown_again_as_it_has_become(project):
    lesson = project.lesson(f"""
        # %% alt="Empty."
        {PLOT.strip()}
        figure, axes = plt.subplots()

        # %% alt="With a line."
        axes.plot([1, 2])
        figure
    """)
    assert lesson.failure is None
    first, second = lesson.files.values()
    assert len(second) > len(first)


@pytest.mark.parametrize(
    ("header", "figures", "message"),
    [
        ("", 1, "draws 1 figure(s) and has 0 alt text(s): write alt="),
        ('alt="one"', 2, "draws 2 figure(s) and has 1 alt text(s)"),
        ('alt=["one", "two"]', 1, "draws 1 figure(s) and has 2 alt text(s)"),
        ('alt="one"', 0, "draws 0 figure(s) and has 1 alt text(s)"),
    ],
)
def test_a_missing_or_spare_alt_text_is_an_error_with_page_line_and_cell(
    project, header, figures, message
):
    failure = project.failure(
        f"# %%\n{PLOT}\n# %% {header}\nfor _ in range({figures}):\n    plt.figure()\n"
    )
    assert failure.startswith(f"docs/a.py, line 5, cell 2: {message}")


def test_an_exception_is_told_before_an_alt_text_that_its_cell_has_not_come_to_use(project):
    failure = project.failure(f'# %% alt="A curve."\n{PLOT}plt.plot([1 / 0])\n')
    assert failure.startswith("docs/a.py, line 3, cell 1: ZeroDivisionError")


def test_an_exception_is_told_before_the_alt_text_that_a_figure_lacks(project):
    failure = project.failure(f"# %%\n{PLOT}plt.plot([1])\n1 / 0\n")
    assert failure.startswith("docs/a.py, line 4, cell 1: ZeroDivisionError")


def test_a_cell_that_is_not_run_or_shows_nothing_needs_no_figure(project):
    page = project.page(f"""
        # %% alt="A curve." tags=["skip-execution"]
        plt.plot([1])

        # %% tags=["hide-output"]
        {PLOT.strip()}
        plt.plot([2])
    """)
    assert not pictures(page)


@pytest.mark.parametrize(
    "alt",
    [
        "x = 1, y = [2, 3] and (4)",
        "a < b & c > d | e",
        "under_score_, *stars* and `ticks`",
        "it's 5 % \\\\ more: {a}",
        "$x$ is at 2^3 — “quoted”",
    ],
)
def test_an_alt_text_may_hold_what_it_needs_to(project, alt):
    page = project.page(f'# %% alt="{alt}"\n{PLOT}plt.plot([1]);\n')
    found = re.search(r'<img alt="(.*?)"', markdown(page, extensions=["attr_list"]))
    assert found
    assert unescape(found[1]) == alt.replace("\\\\", "\\")


def test_the_figure_has_a_dark_twin_in_which_colours_are_exchanged(project):
    lesson = project.lesson(
        f"""
        # %% alt="A line."
        {PLOT.strip()}
        plt.plot([1, 2], color="#1f77b4")
        plt.title("t", color="#1a1a1a");
    """,
        style=TWINS,
    )
    light, dark = (lesson.files[f"a/figure-1{kind}.svg"].decode() for kind in ("", "-dark"))
    attributes = '{ .figure width="614" height="461" loading="lazy" }'
    assert (
        f"\n\n![A line.](a/figure-1.svg#only-light){attributes}"
        f"![A line.](a/figure-1-dark.svg#only-dark){attributes}\n\n"
    ) in lesson.markdown
    assert "#1f77b4" in light
    assert "#1a1a1a" in light
    assert dark == light.replace("#1f77b4", "#99ccff").replace("#1a1a1a", "#e6e6e6")


def test_colours_are_exchanged_however_they_are_written_and_all_at_once():
    twins = {"#1A1A1A": "#ffffff", "#ffffff": "#1a1a1a"}
    assert recolour("#1a1a1a #1A1a1A #FFFFFF #abcdef", twins) == "#ffffff #ffffff #1a1a1a #abcdef"
    assert recolour("#1a1a1a", {}) == "#1a1a1a"


def test_figures_of_a_page_whose_name_ends_in_dark_are_not_taken_for_twins(project):
    lesson = project.lesson(
        f"""
        # %% alt=["One", "Two"]
        {PLOT.strip()}
        plt.plot([1], color="#1a1a1a")
        plt.figure()
        plt.plot([2], color="#1a1a1a");
    """,
        "docs/in-dark.py",
        style=TWINS,
    )
    assert sorted(lesson.files) == [
        "in-dark/figure-1-dark.svg",
        "in-dark/figure-1.svg",
        "in-dark/figure-2-dark.svg",
        "in-dark/figure-2.svg",
    ]


def test_a_page_whose_name_has_a_space_finds_its_figures(project):
    page = project.page(f'# %% alt="It."\n{PLOT}plt.figure();\n', "docs/two words (1).py")
    html = markdown(page, extensions=["attr_list"])
    assert 'src="two%20words%20%281%29/figure-1.svg"' in html


def test_pixels_are_drawn_twice_as_fine_as_they_are_shown(project):
    lesson = project.lesson(
        f"""
        # %% alt="Noise." format="png"
        {PLOT.strip()}
        plt.figure(figsize=(3, 2))
        plt.imshow([[1, 2], [3, 4]]);

        # %% alt="A line."
        plt.plot([1]);
    """,
        style=TWINS,
    )
    assert lesson.failure is None
    content = lesson.files["a/figure-1.png"]
    assert struct.unpack(">II", content[16:24]) == (576, 384)
    attributes = '{ .figure width="288" height="192" loading="lazy" }'
    assert f"![Noise.](a/figure-1.png){attributes}" in lesson.markdown
    assert "a/figure-2.svg" in lesson.files


NARROW = """
# %% alt="A line." format="{form}"
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

figure = plt.figure(figsize=(7.5, 3))
plt.plot([1, 2], color="#1a1a1a")
if figure.canvas.shows_narrow:
    figure.narrow = Figure(figsize=({width}, 4))
    figure.narrow.add_subplot().plot([2, 1], color="#1a1a1a")
figure
"""


@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_figure_that_was_drawn_for_a_narrow_page_too_stands_beside_the_other(project, form):
    project.write("house.mplstyle", HOUSE)
    text = NARROW.format(form=form, width=3.5)
    lesson = project.lesson(text, style=TWINS, figure_style="house.mplstyle")
    assert lesson.failure is None, str(lesson.failure)
    wide = '{ .figure .wide width="720" height="288" loading="lazy" }'
    narrow = '{ .figure .narrow width="336" height="384" loading="lazy" }'
    assert (
        f"![A line.](a/figure-1.{form}#only-light){wide}"
        f"![A line.](a/figure-1-dark.{form}#only-dark){wide}"
        f"![A line.](a/figure-1-narrow.{form}#only-light){narrow}"
        f"![A line.](a/figure-1-narrow-dark.{form}#only-dark){narrow}"
    ) in lesson.markdown
    assert len(lesson.files) == len(set(lesson.files.values())) == 4
    again = project.lesson(text, style=TWINS, figure_style="house.mplstyle")
    assert again.files == lesson.files


@pytest.mark.parametrize("width", [7.5, 9])
def test_a_narrow_figure_that_is_no_narrower_is_left_out(project, width):
    lesson = project.lesson(NARROW.format(form="svg", width=width))
    assert list(lesson.files) == ["a/figure-1.svg"]
    assert ".figure .narrow" not in lesson.markdown


HOUSE = """
    figure.facecolor: none
    figure.figsize: 3, 2
    savefig.facecolor: none
    axes.facecolor: none
"""

#: Everything that can have a colour; the ink of all text, the lines and the areas are to be given.
EVERYTHING = """
# %% alt="Everything." format="png"
import matplotlib.pyplot as plt
from matplotlib.patheffects import Normal, SimpleLineShadow, withStroke

ink, line, area = {colors}
plt.rcParams.update({{"text.color": ink, "axes.edgecolor": ink, "axes.labelcolor": ink}})
plt.rcParams.update({{"xtick.color": ink, "ytick.color": ink, "grid.color": line}})
figure, axes = plt.subplots()
axes.grid()
axes.plot([1, 2, 3], "o-", color=line, markerfacecolor=area, label=r"$\\frac{{x}}{{\\sqrt{{2}}}}$")
shadow = [SimpleLineShadow(shadow_color=area), Normal()]
axes.plot([3, 1], color=line, alpha=0.5, path_effects=shadow)
axes.scatter([0.5, 1, 2], [2, 3, 1], c=[area, line, ink], edgecolors=[ink, area, line])
axes.scatter([0.7, 1.1], [2, 2], color=area, hatch="///", edgecolor=line)
axes.bar([0, 1], [1, 2], color=area, edgecolor=line, hatch="//")
axes.fill_between([0, 2], [1, 2], color=area, alpha=0.3)
axes.vlines([0.2, 0.4], 0, 1, color=[line, ink], linestyles="dotted")
axes.annotate("text", (1, 1), (2, 2), arrowprops={{"arrowstyle": "->", "color": ink}})
axes.text(0, 3, "stroke", path_effects=[withStroke(linewidth=2, foreground=area)])
axes.set_title("two\\nlines")
axes.legend(facecolor="none", edgecolor=line)
inner = figure.add_axes([0.6, 0.6, 0.2, 0.2])
inner.imshow([[[0.1, 0.2, 0.3], [26 / 255, 26 / 255, 26 / 255]]])
inner.pcolormesh([[0, 1], [1, 2]], cmap="gray", edgecolors="face", alpha=0.5)
figure
"""

#: Two of these are each other's twin: a colour must not be exchanged twice.
INKS, DARK_INKS = ("#1a1a1a", "#1F77B4", "#e6e6e6"), ("#E6E6E6", "#99ccff", "#1a1a1a")


def test_pixels_have_a_dark_twin_that_is_the_figure_drawn_in_the_other_colours(project):
    project.write("house.mplstyle", HOUSE)
    twins = dict(zip(INKS, DARK_INKS, strict=True))
    text = EVERYTHING.format(colors=INKS)
    lesson = project.lesson(text, style=Style(dark_colors=twins), figure_style="house.mplstyle")
    assert lesson.failure is None, str(lesson.failure)
    light, dark = (lesson.files[f"a/figure-1{kind}.png"] for kind in ("", "-dark"))
    assert light != dark
    for colors, drawn in ((INKS, light), (DARK_INKS, dark)):
        text = EVERYTHING.format(colors=colors)
        alone = project.lesson(text, "docs/alone.py", figure_style="house.mplstyle")
        assert list(alone.files.values()) == [drawn]
    attributes = '{ .figure width="288" height="192" loading="lazy" }'
    assert (
        f"![Everything.](a/figure-1.png#only-light){attributes}"
        f"![Everything.](a/figure-1-dark.png#only-dark){attributes}"
    ) in lesson.markdown


@pytest.mark.parametrize("new", ["plt.figure()", "matplotlib.figure.Figure()"])
def test_a_figure_of_pixels_has_its_own_colours_again_when_it_is_shown_again(project, new):
    lesson = project.lesson(
        f"""
        # %% alt=["Pixels", "Again"] format="png"
        import matplotlib.figure, matplotlib.pyplot as plt
        figure = {new}
        figure.subplots().plot([1, 2], color="#1a1a1a")
        display(figure)
        display(figure)
    """,
        style=TWINS,
    )
    assert lesson.failure is None
    for kind in ("", "-dark"):
        assert lesson.files[f"a/figure-1{kind}.png"] == lesson.files[f"a/figure-2{kind}.png"]


def test_each_figure_of_pixels_has_its_own_twin_among_the_outputs_of_its_cell(project):
    lesson = project.lesson(
        f"""
        # %% alt=["Black", "Other", "Blue"] format="png"
        print("first")
        {PLOT.strip()}
        plt.plot([1], "o", color="#1a1a1a")
        plt.show()
        plt.plot([2], "o", color="#abcdef").pop().axes.set_axis_off()
        plt.show()
        plt.plot([3], "o", color="#1f77b4");

        # %% alt="Lines."
        plt.plot([1], "o", color="#1a1a1a");
    """,
        style=TWINS,
    )
    assert lesson.failure is None
    assert sorted(lesson.files) == [
        "a/figure-1-dark.png",
        "a/figure-1.png",
        "a/figure-2.png",
        "a/figure-3-dark.png",
        "a/figure-3.png",
        "a/figure-4-dark.svg",
        "a/figure-4.svg",
    ]
    assert lesson.files["a/figure-1-dark.png"] != lesson.files["a/figure-3-dark.png"]
    assert all("dark" not in str(result.outputs) for result in lesson.run.results)


def test_pixels_are_drawn_again_when_the_dark_colours_change_and_lines_are_not(project):
    cell = f"{PLOT}plt.plot([1], 'o', color='#1a1a1a');\n"
    pages = {"pixels": '# %% alt="It." format="png"\n', "lines": '# %% alt="It."\n'}
    for name, header in pages.items():
        project.write(f"docs/{name}.py", f"{header}{project.tick(name)}\n{cell}")
    other = Style(dark_colors={"#1a1a1a": "#ff0000"})
    first, same, changed = (
        project.build(cache=True, style=style) for style in (TWINS, TWINS, other)
    )
    assert (project.ticks("pixels"), project.ticks("lines")) == (2, 1)
    dark = [
        lessons["docs/pixels.py"].files["pixels/figure-1-dark.png"] for lessons in (first, same)
    ]
    assert dark[0] == dark[1] != changed["docs/pixels.py"].files["pixels/figure-1-dark.png"]
    assert b"#ff0000" in changed["docs/lines.py"].files["lines/figure-1-dark.svg"]


@pytest.mark.parametrize(
    ("inches", "style"),
    [(6.5, ""), (6.75, ' style="min-width: 356px"'), (12, ' style="min-width: 633px"')],
)
def test_a_wide_figure_does_not_shrink_until_nobody_can_read_it(project, inches, style):
    page = project.page(f'# %% alt="Wide."\n{PLOT}plt.figure(figsize=({inches}, 1));\n')
    assert f'height="96"{style} loading="lazy" }}' in page
    assert ("style=" in page) == bool(style)


def test_a_picture_that_is_no_plot_is_a_figure_too(project):
    lesson = project.lesson("""
        # %% alt="A red square."
        from PIL import Image
        Image.new("RGB", (8, 4), "red")

        # %%
        display(Image.new("RGB", (2, 2)))
    """)
    assert lesson.failure.message.startswith("draws 1 figure(s) and has 0 alt text(s)")
    project.replace("docs/a.py", "# %%\ndisp", '# %% alt="Black."\ndisp')
    lesson = project.build()["docs/a.py"]
    assert lesson.failure is None
    assert lesson.files["a/figure-1.png"].startswith(b"\x89PNG")
    assert 'a/figure-1.png){ .figure width="8" height="4"' in lesson.markdown


def test_a_figure_drawn_before_an_expected_exception_is_shown(project):
    lesson = project.lesson(f"""
        # %% alt="A line." tags=["raises-exception"]
        {PLOT.strip()}
        plt.plot([1])
        1 / 0
    """)
    assert lesson.failure is None
    assert len(lesson.files) == 1


def test_the_style_file_of_the_options_is_used_by_all_figures(project):
    project.write("house.mplstyle", "lines.linewidth: 7.25\nfigure.figsize: 2, 1\n")
    text = f'# %% alt="A line."\n{PLOT}plt.plot([1, 2]);\n'
    lesson = project.lesson(text, figure_style="house.mplstyle")
    assert 'width="192" height="96"' in lesson.markdown
    assert b"stroke-width: 7.25" in lesson.files["a/figure-1.svg"]


def test_a_style_file_that_is_not_there_is_named(project):
    failure = project.failure("# %%\nx = 1\n", figure_style="absent.mplstyle")
    assert "absent.mplstyle" in failure.splitlines()[0]


def test_the_same_figure_is_the_same_file(project):
    text = f'# %% alt="Points."\n{PLOT}plt.scatter([1, 2], [3, 1], label="a"); plt.legend();\n'
    assert project.lesson(text).files == project.lesson(text).files


def test_a_picture_that_moves_is_a_figure_too(project):
    lesson = project.lesson("""
        # %% alt="A dot."
        import base64
        from IPython.display import Image
        dot = b"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
        Image(base64.b64decode(dot), format="gif")
    """)
    assert "![A dot.](a/figure-1.gif)" in lesson.markdown
    assert lesson.files["a/figure-1.gif"].startswith(b"GIF89a")


def test_a_formula_that_comes_with_pixels_is_a_formula(project):
    page = project.page("""
        # %%
        class Formula:
            def _repr_latex_(self):
                return "$x$"

            def _repr_png_(self):
                return b"\\x89PNG"

        Formula()
    """)
    assert page.endswith("\n\n$x$")


def test_a_library_finds_that_it_runs_in_a_notebook(project):
    page = project.page("""
        # %%
        import builtins
        type(builtins.get_ipython()).__mro__[1].__name__
    """)
    assert "'InteractiveShell'" in page
