"""A page that is longer than the house wants is named with what was counted."""

import os

import pytest

from literate.site.limits import Limits, content, first_reading

LIMITS = "first_reading: 1\n      first_words: 300\n      page_kilobytes: 20"
LONG = "# %% [markdown]\n# # {}\n#\n# " + "word " * 3900 + "\n\n# %%\nx = 1\n"
SHORT = "# %% [markdown]\n# # Short\n#\n# Some words.\n\n# %%\nx = 1\n"
HINT = "part it, say less, or let sections go deeper"


def told(name):
    first = f"{name}: its first reading"
    return [
        f"{first} takes 20 minutes, and at most 1 are wanted (first_reading): {HINT}",
        f"{first} has 3,927 words, and at most 300 are wanted (first_words): {HINT}",
        f"{name}: without what goes deeper its content has 21 KB, and at most 20 are wanted "
        f"(page_kilobytes): {HINT}",
    ]


@pytest.fixture
def pages(site):
    """Return a site with two pages that are too long, one that is not, and one that may be."""
    site.configure("downloads: ['[abc].py']\n" + LIMITS.replace("      ", ""))
    for name in "abd":
        site.project.write(f"docs/{name}.py", LONG.format("Long"))
    site.project.write("docs/c.py", SHORT)
    return site


def test_a_build_tells_all_that_is_too_much_of_all_pages_and_leaves_the_site(pages, caplog):
    for _ in range(2):  # the second time, what was written is kept
        caplog.clear()
        with pytest.raises(SystemExit):
            pages.build()
        lines = [line for line in caplog.text.splitlines() if HINT in line]
        assert lines == [*told("docs/a.py"), *told("docs/b.py")]
        assert "2 pages failed" in caplog.text
    assert not pages.folder.exists()


def test_a_server_says_so_on_the_page_and_lives(pages, capsys):
    pages.build(command="serve")
    says = capsys.readouterr().err
    for name in "ab":
        html = pages.html(f"docs/{name}.py")
        head, _, box = html.partition("This page is too long")
        assert "<h1" in head
        for line in told(f"docs/{name}.py"):
            assert line in says
            assert line.partition(": ")[2] in box
    assert "too long" not in pages.html("docs/c.py") + pages.html("docs/d.py")


def test_pages_within_the_limits_and_pages_without_are_built(pages):
    pages.configure("downloads: ['[abc].py']\nfirst_reading: 20\nfirst_words: 3927")
    pages.build()
    assert "too long" not in pages.html("docs/a.py")
    pages.configure("downloads: ['[abc].py']")
    pages.build()


def test_a_page_that_was_shortened_is_too_long_no_more(capsys):
    limits = Limits({"first_reading": 0, "first_words": 2, "page_kilobytes": 1})
    assert "has 3 words" in limits.look("a", "<h1>A</h1>", {"reading": 1, "words": 3})
    assert limits.look("b", "x" * 1001, {"reading": 1, "words": 2}) == "x" * 1001
    assert limits.look("a", "<h1>A</h1>", {"reading": 1, "words": 2}) == "<h1>A</h1>"
    limits.tell(serving=True)
    said = capsys.readouterr().err.replace(os.linesep, "\n")
    assert said.startswith("1 page failed:\n\nb: without what goes deeper its content has 2 KB")
    assert "a: " not in said


def test_the_frame_of_a_page_has_no_weight():
    limits = Limits({"first_reading": 0, "first_words": 0, "page_kilobytes": 1})
    frame = "<nav>" + "x" * 2000 + "</nav>{}<footer>" + "x" * 2000 + "</footer>"
    light = frame.format("<article><h1>A</h1><article>b</article>" + "x" * 900 + "</article>")
    assert limits.look("a", light, {"reading": 1, "words": 1}) == light
    heavy = frame.format("<article><h1>A</h1><article>b</article>" + "x" * 1000 + "</article>")
    assert limits.look("a", heavy, {"reading": 1, "words": 1}) != heavy
    assert content("<p>a</p>") == "<p>a</p>"


def test_what_goes_deeper_has_no_weight_and_other_boxes_have():
    deeper = (
        '<details class="deeper"><summary>x</summary><details class="note">y</details>z</details>'
    )
    box = "<details><summary>code</summary></details>"
    assert first_reading(f"a{deeper}b{box}c{deeper}") == f"ab{box}c"
    assert first_reading(f"a{box}") == f"a{box}"
    limits = Limits({"first_reading": 0, "first_words": 0, "page_kilobytes": 1})
    heavy = f"<h1>A</h1>{deeper * 100}"
    assert limits.look("a", heavy, {"reading": 1, "words": 1}) == heavy
