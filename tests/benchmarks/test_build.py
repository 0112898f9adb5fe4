"""The benchmark of builds does what its record says: the same code, on a site of one lesson."""

import pytest

from benchmarks import build


def test_both_engines_show_the_output_of_a_lesson():
    result = build.measure_all([1], rounds=1, steps=["cold"])

    for built in result["lessons"]["1"]["builds"]["cold"].values():
        assert built["right"]
        assert built["seconds"][0] > 0
    lines = build.table(result).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| cold, 1 lessons, s",
        "| median lesson, KB of HTML",
        "| median lesson, KB of HTML, gzipped",
    ]


BEFORE = "who? <p>slope 1.00</p> shown 1"


@pytest.mark.parametrize(
    ("step", "now", "right"),
    [
        ("warm", BEFORE, True),
        ("prose edit", BEFORE, False),
        ("prose edit", f"who finds it? {BEFORE}", True),
        ("code edit", BEFORE, False),
        ("code edit", f"{BEFORE}, slope 2.00", True),
        ("`course` edit", BEFORE, False),
        ("`course` edit", f"{BEFORE}001", True),
    ],
)
def test_a_page_is_right_if_it_shows_the_edit(tmp_path, step, now, right):
    page = tmp_path / "site/lessons/line/lesson1.html"
    page.parent.mkdir(parents=True)
    page.write_text(now)

    assert build.is_right(tmp_path, step, BEFORE) is right


def test_a_page_without_its_output_ends_the_measurement(tmp_path):
    page = tmp_path / "site/lessons/line/lesson1.html"
    page.parent.mkdir(parents=True)
    page.write_text("nothing")

    with pytest.raises(RuntimeError, match="a page lacks its output"):
        build.is_right(tmp_path, "cold", "")


def both(theirs: bool, ours: bool):
    return [{"seconds": [3.0, 5.0], "right": theirs}, {"seconds": [1.0, 2.0], "right": ours}]


def test_a_row_has_medians_and_the_median_of_the_ratios_of_each_round():
    assert build.row("cold", *both(True, True)) == "| cold | 4.0 | 1.5 | 2.8 |"


def test_a_peer_that_shows_what_was_true_before_has_no_ratio():
    row = build.row("edit", *both(False, True))

    assert row == "| edit | 4.0, and the page is as before | 1.5 | |"


def test_the_own_engine_may_not_show_what_was_true_before():
    with pytest.raises(RuntimeError, match="edit: the page does not show the edit"):
        build.row("edit", *both(True, False))
