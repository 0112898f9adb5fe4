"""Long code in a line of text says where it may go on in the next line; all else stays whole."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from literate.site.inline import PAGE, PHONE, with_places


def parts(code: str) -> list[str]:
    """Return the parts of code between the places where a line may end."""
    found = re.fullmatch(
        r"<p><code[^>]*>(.*)</code></p>", with_places(f"<p><code>{code}</code></p>")
    )
    assert found
    told = found[1].replace("<wbr>", "\0").replace("</span>", "\0").replace("\0\0", "\0")
    return re.sub("\0( *)", r"\1\0", told.replace("<span>", "")).rstrip("\0").split("\0")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("w - lr * slope", ["w - lr * slope"]),
        ("a" * PHONE, ["a" * PHONE]),
        (
            "loss_of(model, inputs, targets, weights)",
            ["loss_of(model, ", "inputs, ", "targets, ", "weights)"],
        ),
        (
            "predictions = weight * inputs + bias",
            ["predictions ", "= weight ", "* inputs ", "+ bias"],
        ),
        (
            "tests/networks/test_workflow_of_a_network.py",
            ["tests/", "networks/", "test_", "workflow_", "of_", "a_", "network.", "py"],
        ),
        ("f(a, b &lt; c, d) if condition else other", None),
    ],
)
def test_the_best_places_are_used_first(code: str, expected: list[str] | None) -> None:
    if expected is not None:
        assert parts(code) == expected
    assert html.unescape("".join(parts(code))) == html.unescape(code)


def test_only_what_is_still_too_long_is_broken_further() -> None:
    first, second, *rest = parts("short(1, a_value_that_is_long + another_one_that_is_long)")
    assert first == "short(1, "
    assert [second, *rest] == ["a_value_that_is_long ", "+ another_one_that_is_long)"]


@given(st.text(alphabet="ab (),._=+<>&\"'\n", max_size=90))
def test_the_text_stays_the_same(text: str) -> None:
    page = with_places(f"<p><code>{html.escape(text)}</code></p>")
    assert html.unescape(re.sub(r"<[^>]*>", "", page)) == text
    assert ("<code>" in page) == (len(text) <= PHONE)


def test_code_that_is_longer_than_a_line_of_the_page_says_so() -> None:
    assert 'class="long"' in with_places(f"<code>{'ab, ' * (PAGE // 4 + 1)}</code>")
    assert 'class="parts"' in with_places(f"<code>{'ab, ' * (PAGE // 4)}</code>")


def test_blocks_of_code_are_left_alone() -> None:
    block = (
        f'<div class="highlight"><pre><span></span><code>{"some, words " * 9}</code></pre></div>'
    )
    assert with_places(block) == block
    assert "<span>words</span>" in with_places(f"{block}<p><code>{'some, words ' * 9}</code></p>")
