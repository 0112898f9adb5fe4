"""What `nox -s repeatable` masks is what was measured, and what it tells names file and lines."""

import json

import pytest

from tests.repeatable import ROOT, differences, left_out, mask, read

PAGE = (
    '<p>Kept</p><img alt="A" class="figure" src="../a/kept.svg">'
    '<div class="output volatile">{0}</div>'
    '<img alt="C" class="figure volatile" src="drawn.svg#only-light">'
)
REPORT = {
    "lessons": [{"lesson": "a", "seconds": 1.5, "way": "ran", "span": {"started": 2.5}}],
    "waited_for": ["a"],
}


def notebook(output, prose, tags):
    cell = {"cell_type": "code", "metadata": {"tags": tags}, "outputs": [output], "source": ["x"]}
    told = {"cell_type": "markdown", "metadata": {}, "source": ["First\n", prose]}
    return json.dumps({"cells": [cell, told]}).encode()


@pytest.mark.parametrize(
    ("name", "data", "masked"),
    [
        ("a/b.html", b'<b class="volatile">1</b>2', b'<b class="volatile"></b>2'),
        ("a/b.py", b'# <b class="volatile">1</b>2', b'# <b class="volatile"></b>2'),
        ("a/b.json", b'<b class="volatile">1</b>2', b'<b class="volatile">1</b>2'),
        ("a/b.svg", b'<b class="volatile">1</b>2', b'<b class="volatile">1</b>2'),
    ],
)
def test_what_is_volatile_is_masked_in_pages_and_scripts_alone(name, data, masked):
    assert mask(name, data) == masked


def test_of_the_build_report_the_seconds_are_masked():
    one = json.dumps(REPORT).encode()
    for measured in (b"1.5", b"2.5", b'["a"]'):
        assert mask("reference/build.json", one) == mask(
            "reference/build.json", one.replace(measured, b"[]" if b"a" in measured else b"2")
        )
    other = one.replace(b"ran", b"kept")
    assert mask("reference/build.json", one) != mask("reference/build.json", other)
    assert mask("build.json", one) == one


def test_of_a_notebook_the_outputs_of_volatile_cells_and_volatile_prose_are_masked():
    span = '<span class="volatile">{}</span>'
    one = notebook("1", span.format(1), ["volatile"])
    assert mask("a.ipynb", one) == mask("a.ipynb", notebook("2", span.format(2), ["volatile"]))
    assert mask("a.ipynb", one) != mask("a.ipynb", notebook("1", "prose", ["volatile"]))
    one = notebook("1", "prose", [])
    assert mask("a.ipynb", one) != mask("a.ipynb", notebook("2", "prose", []))


@pytest.fixture
def site(tmp_path):
    def write(number):
        folder = tmp_path / str(number)
        for name, text in {
            "a/page.html": PAGE.format(number),
            "a/kept.svg": "kept",
            "a/drawn.svg": number,
            "b/drawn.svg": "kept",
        }.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(str(text))
        return folder

    return write


def test_two_sites_are_the_same_whatever_volatile_cells_have_drawn_and_shown(site):
    one, other = map(read, map(site, (1, 2)))
    assert one == other
    assert one["a/drawn.svg"] == b""
    assert one["a/kept.svg"] == one["b/drawn.svg"] == b"kept"


def test_a_volatile_picture_has_to_be_there(site):
    folder = site(1)
    (folder / "a/drawn.svg").unlink()
    with pytest.raises(AssertionError, match=r"a/drawn\.svg"):
        read(folder)


def test_a_difference_is_told_with_its_first_lines():
    one = {"same": b"a", "text": b"a\nb\nc", "gone": b"", "bytes": b"\xff\x00\x01"}
    other = {"same": b"a", "text": b"a\nB\nc", "new": b"", "bytes": b"\xff\x00\x02\x03"}
    assert list(differences(one, other)) == [
        "bytes: differs\n    from byte 2 on, of 3 and 4",
        "gone: only in the first build",
        "new: only in the second build",
        "text: differs\n    @@ -2 +2 @@\n    -b\n    +B",
    ]
    (told,) = differences({"a": b"x\n" * 50}, {"a": b"y\n" * 50})
    assert told.endswith("    and 89 more lines")
    (told,) = differences({"a": b"\xff"}, {"a": b"\xff\xff"})
    assert told.endswith("from byte 1 on, of 1 and 2")


def test_a_copy_has_the_sources_and_nothing_that_was_made_of_them():
    names = ["course", ".cache", ".venv", ".git", "site", "dist", "__pycache__", "mkdocs.yml"]
    assert left_out(str(ROOT), names) == {*names} - {"course", "mkdocs.yml"}
    assert left_out(str(ROOT / "tests"), ["site", "__pycache__"]) == {"__pycache__"}
