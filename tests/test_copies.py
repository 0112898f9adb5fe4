"""What `nox -s notebooks` takes from a page is what a reader can copy, in the order of the page."""

import pytest

from tests.copies import Block, blocks, run


def code(text, classes="highlight"):
    return f'<div class="{classes}"><pre><code><span>{text}</span></code></pre></div>'


def test_blocks_come_in_order_shown_source_as_its_button_copies_it():
    page = (
        "<p><code>prose</code><br><img src='a'></p>"
        + code("x = 1 &lt; 2")
        + code("2", "no-copy output highlight")
        + f'<div class="source" data-copy="import a&#10;y = &quot;1&quot;">{code("y = 1")}'
        + f'<details class="docstring no-copy">{code("text")}</details></div>'
        + f"<details><summary>Folded</summary>{code('z = 3')}</details>"
    )
    assert [block.code for block in blocks(page)] == ["x = 1 < 2", 'import a\ny = "1"', "z = 3"]


def test_an_error_that_the_page_shows_is_announced():
    error = code("ZeroDivisionError", "no-copy output error highlight")
    page = code("1") + code("1 / 0") + code("said", "no-copy output highlight") + error + code("2")
    assert [block.announced for block in blocks(page)] == [False, True, False]


def test_blocks_run_in_one_process_and_only_what_was_not_announced_is_told():
    found = [Block("x = 1"), Block("x / 0", announced=True), Block("assert x == 1")]
    assert run(found) == ""
    told = run([*found, Block("y"), Block("def f(): ...\nimport inspect; inspect.getsource(f)")])
    assert told == "block 4: NameError: name 'y' is not defined\ny"


@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_block_is_none(text):
    assert blocks(code(text)) == []
