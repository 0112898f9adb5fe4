import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.plotting import memory
from course.plotting.style import BLUE, DARK, INK, MUTED, ORANGE, PHONE, for_phones


def example():
    return memory(torch.linspace(0, 1, 3), ["x"])


X = torch.tensor([[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23]])


def exactly(message):
    return f"^{re.escape(message)}$"


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def squares(figure):
    """Return the text of each cell and the colour that fills it, or None, in order of drawing."""
    (axes,) = figure.axes
    fills = {p.get_xy(): p for p in axes.patches if getattr(p, "fill", False) and p.get_alpha()}
    outlines = [p for p in axes.patches if isinstance(p, mpl.patches.Rectangle) and not p.fill]
    found = []
    for outline in outlines:
        (x, y), w, h = outline.get_xy(), outline.get_width(), outline.get_height()
        inside = [t for t in axes.texts if x < t.get_position()[0] < x + w]
        (text,) = [t.get_text() for t in inside if y < t.get_position()[1] < y + h]
        fill = fills.get(outline.get_xy())
        assert mpl.colors.to_hex(outline.get_edgecolor()) == (
            mpl.colors.to_hex(fill.get_facecolor()) if fill else MUTED
        )
        found.append((text, mpl.colors.to_hex(fill.get_facecolor()) if fill else None))
    return found


def arrows(figure):
    """Return the places on the axes where each arrow starts and ends."""
    patches = figure.axes[0].patches
    paths = [p._path_original for p in patches if isinstance(p, mpl.patches.FancyArrowPatch)]
    return [(path.vertices[0].tolist(), path.vertices[-1].tolist()) for path in paths]


def filled(cells):
    return [text for text, color in cells if color]


def test_a_part_is_filled_in_the_tensor_taken_out_and_filled_in_its_memory():
    cells = squares(memory(X, ["x[1:, ::2]"]))
    table, result, strip = cells[:12], cells[12:16], cells[16:]
    values = [str(value) for value in X.flatten().tolist()]
    assert [text for text, _ in table] == values
    assert filled(table) == ["10", "12", "20", "22"]
    assert result == [(text, BLUE) for text in ("10", "12", "20", "22")]
    assert [text for text, _ in strip] == values
    assert filled(strip) == ["10", "12", "20", "22"]


def test_the_tensor_itself_is_drawn_once_with_its_memory():
    figure = memory(X, ["x"])
    assert len(squares(figure)) == 24
    assert filled(squares(figure)) == [text for text, _ in squares(figure)]
    assert texts(figure)[:2] == ["x", "shape (3, 4), strides (4, 1)"]
    assert "→" not in texts(figure)


def test_the_memory_of_a_transpose_stays_in_its_order():
    figure = memory(X, ["x.T"])
    cells = squares(figure)
    assert [text for text, _ in cells[12:24]] == [str(v) for v in X.T.flatten().tolist()]
    assert [text for text, _ in cells[24:]] == [str(v) for v in X.flatten().tolist()]
    assert texts(figure)[:2] == ["x.T", "shape (4, 3), strides (1, 4), a view"]


def test_a_copy_has_memory_and_a_color_of_its_own():
    figure = memory(X, ["x.T.reshape(2, 6)"])
    cells = squares(figure)
    turned = [str(v) for v in X.T.flatten().tolist()]
    assert cells[12:24] == cells[24:] == [(text, ORANGE) for text in turned]
    assert texts(figure)[1] == "shape (2, 6), strides (6, 1), a copy"


def test_places_are_counted_from_the_start_of_memory():
    x = torch.arange(100, 124).view(6, 4)[2:4, 1:]
    figure = memory(x, ["x[1]"])
    places = texts(figure)[-14::2]
    assert len(squares(figure)) == 6 + 3 + 7
    assert texts(figure)[-13::2] == [str(place) for place in range(9, 16)]
    assert [text for text, _ in squares(figure)[-7:]] == [str(100 + k) for k in range(9, 16)]
    assert filled(squares(figure)[-7:]) == ["113", "114", "115"]
    assert len(places) == 7


@pytest.mark.parametrize(
    ("code", "steps"),
    [
        ("x", [(0, 1), (0, 4)]),
        ("x.T", [(0, 1), (0, 4)]),
        ("x[:, 1]", [(1, 5)]),
        ("x[1:, ::2]", [(4, 6), (4, 8)]),
        ("x.view(2, 2, 3)", [(0, 1), (0, 3), (0, 6)]),
        ("x[1, 2]", []),
        ("x[1:2]", [(4, 5)]),
        ("x.expand(2, 3, 4)", [(0, 1), (0, 4)]),
        ("x[0:0]", []),
    ],
)
def test_an_arrow_for_each_axis_leads_from_the_first_element_to_the_next(code, steps):
    figure = memory(X, [code])
    assert [(place(start), place(end)) for start, end in arrows(figure)] == steps
    assert [text for text in texts(figure) if text.startswith("+")] == [
        f"+{end - start}" for start, end in steps
    ]


def place(point):
    return round((point[0] - 0.05) / 0.38 - 0.5)


def test_long_memory_goes_on_in_a_second_line_without_arrows_that_lead_there():
    figure = memory(torch.arange(20).view(2, 10), ["x", "x[:, ::5].reshape(-1)"])
    assert [(place(start), place(end)) for start, end in arrows(figure)] == [
        (0, 1),
        (0, 10),
        (0, 5),
    ]
    figure = memory(torch.arange(40).view(2, 20), ["x"])
    assert [(place(start), place(end)) for start, end in arrows(figure)] == [(0, 1)]
    outlines = [p for p in figure.axes[0].patches if getattr(p, "fill", None) is False]
    left = {round(p.get_x(), 4) for p in outlines[40:]}
    rows = sorted({round(p.get_y(), 4) for p in outlines[40:]})
    assert (len(left), len(rows)) == (19, 3)


@settings(max_examples=25, deadline=None)
@given(first=st.slices(3), second=st.slices(4), turned=st.booleans(), reshaped=st.booleans())
def test_the_filled_cells_are_the_elements_that_the_result_has(first, second, turned, reshaped):
    first, second = (slice(s.start, s.stop, abs(s.step or 1)) for s in (first, second))
    code = f"x[{first}, {second}]" + ".T" * turned + ".reshape(-1)" * reshaped
    result = eval(code, {"x": X})
    cells = squares(memory(X, [code]))
    n = result.numel()
    assert sorted(map(int, filled(cells[:12]))) == sorted(result.flatten().tolist())
    assert [int(text) for text, _ in cells[12 : 12 + n]] == result.flatten().tolist()
    assert sorted(map(int, filled(cells[12 + n :]))) == sorted(result.flatten().tolist())
    plt.close("all")


def test_each_expression_has_a_block_below_the_one_before():
    figure = memory(X, ["x[0]", "x[1]", "x.T"])
    (axes,) = figure.axes
    titles = [text for text in axes.texts if text.get_weight() == "bold" and "x" in text.get_text()]
    heights = [text.get_position()[1] for text in titles]
    assert heights == sorted(heights, reverse=True)
    everything = [*axes.patches, *axes.texts]
    figure.draw_without_rendering()
    frame = figure.bbox
    for thing in everything:
        box = thing.get_window_extent()
        assert frame.x0 - 1 <= box.x0 <= box.x1 <= frame.x1 + 1
        assert frame.y0 - 1 <= box.y0 <= box.y1 <= frame.y1 + 1


def test_a_result_that_does_not_fit_beside_the_tensor_stands_below_it():
    def left(figure, number):
        outlines = [p for p in figure.axes[0].patches if getattr(p, "fill", None) is False]
        return outlines[number].get_x(), outlines[number].get_y()

    beside = memory(X, ["x.view(2, 6)"])
    below = memory(torch.arange(20).view(4, 5), ["x.view(1, 20)"])
    assert left(beside, 12)[0] > 4 * 0.38
    assert left(beside, 12)[1] == pytest.approx(left(beside, 0)[1])
    assert left(below, 20)[0] < 5 * 0.38
    assert left(below, 20)[1] < left(below, 15)[1] - 0.3


def test_rows_columns_and_pages_are_numbered():
    figure = memory(torch.arange(12).view(2, 2, 3) + 50, ["x"])
    assert texts(figure)[2:10] == ["0", "1", "2", "0", "1", "[0]", "50", "51"]
    assert texts(figure)[2:].count("[1]") == 1
    assert texts(memory(torch.tensor([7.5, 8.25]), ["x"]))[2:4] == ["0", "1"]
    assert texts(memory(torch.tensor(7.5), ["x", "x.view(1)"]))[:3] == [
        "x",
        "shape (), strides ()",
        "7.5",
    ]


def test_nothing_taken_is_said():
    figure = memory(X, ["x[2:1]"])
    assert "nothing" in texts(figure)
    assert filled(squares(figure)) == []
    assert len(squares(figure)) == 24


def test_the_values_are_short_and_cells_as_wide_as_the_longest():
    figure = memory(torch.tensor([1 / 3, -123.456789, 2.0]), ["x"])
    assert [text for text, _ in squares(figure)][:3] == ["0.3333", "-123.5", "2"]
    narrow, wide = (
        memory(x, ["x"]).axes[0].patches[0].get_width()
        for x in (torch.tensor([1, 2]), torch.tensor([123456, 2]))
    )
    assert wide - narrow == pytest.approx(0.32)


def test_a_figure_with_twelve_cells_of_memory_is_narrow_enough_for_a_phone():
    with for_phones():
        assert memory(X, ["x", "x.T", "x.view(2, 6)"]).get_figwidth() <= PHONE
    assert memory(torch.arange(20), ["x"]).get_figwidth() > 7


def test_a_figure_is_as_wide_as_the_code_above_it():
    figure = memory(X, ["torch.cat([x[0:2], x[1:3]], dim=1).reshape(-1)[:2]"])
    figure.draw_without_rendering()
    box = figure.axes[0].texts[0].get_window_extent()
    assert figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1


def test_the_tensor_may_be_a_parameter_with_a_gradient():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    assert len(squares(memory(x, ["x[:1]"], name="x"))) == 5
    assert texts(memory(x, ["w[:1]"], name="w"))[0] == "w[:1]"


def test_every_color_has_a_twin_for_dark_pages(svg_colors):
    figure = memory(X, ["x[1]", "x.clone()"])
    assert svg_colors(figure) == {INK, MUTED, BLUE, ORANGE} <= set(DARK)


def test_the_style_ends_with_the_figure():
    before = mpl.rcParams.copy()
    memory(X, ["x"])
    assert mpl.rcParams == before


@pytest.mark.parametrize(("shape", "codes"), [((0, 3), ["x"]), ((2, 3), [])])
def test_no_elements_or_no_expressions_are_refused(shape, codes):
    message = (
        f"x has shape {shape}, and there are {len(codes)} expressions: "
        "give a tensor with elements, and at least one expression"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        memory(torch.zeros(shape), codes)


@pytest.mark.parametrize(
    ("x", "code", "named"),
    [
        (torch.zeros(61), "x", "x has shape (61,) and strides (1,)"),
        (torch.zeros(1, 1, 1, 2), "x", "x has shape (1, 1, 1, 2) and strides (2, 2, 2, 1)"),
        (torch.zeros(2, 60)[:, :1], "x", "x has shape (2, 1) and strides (60, 1)"),
        (
            torch.zeros(30),
            "torch.cat([x, x, x])",
            "torch.cat([x, x, x]) has shape (90,) and strides (1,)",
        ),
        (torch.zeros(1), "x.expand(61)", "x.expand(61) has shape (61,) and strides (0,)"),
    ],
)
def test_what_is_too_large_to_be_drawn_is_refused(x, code, named):
    message = f"{named}: a figure has room for 3 axes and 60 cells of memory, so give a part"
    with pytest.raises(ValueError, match=exactly(message)):
        memory(x, [code])
    assert not plt.get_fignums()


def test_sixty_cells_fit():
    assert len(squares(memory(torch.arange(60).view(5, 12), ["x"]))) == 120


def test_code_that_computes_or_gives_no_tensor_is_refused_before_anything_is_drawn():
    with pytest.raises(
        ValueError, match=r"^torch.zeros\(3\) computes new values: give code that takes"
    ):
        memory(X, ["x", "torch.zeros(3)"])
    with pytest.raises(TypeError, match=r"^x.shape gives Size: give code that gives a tensor$"):
        memory(X, ["x.shape"])
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        memory(X, ["x.T.view(12)"])
    assert not plt.get_fignums()


@pytest.mark.parametrize("codes", [["x", "x[1:, ::2]"], ["x.T"], ["x.view(3, 2, 2)", "x[0]"]])
def test_no_text_lies_on_another(codes):
    figure = memory(X, codes)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    for k, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:k])
