"""The search finds what pages say, and not what their code printed or what they fold away."""

import pytest

from literate.site.searching import searchable


@pytest.mark.parametrize(
    "left_out",
    [
        '<div class="no-copy output highlight">{}</div>',
        '<div class="no-copy output error highlight">{}</div>',
        '<div class="output html volatile"><div>a</div>{}</div>',
        '<details class="rest"><summary>9 more lines</summary>{}</details>',
        '<div class="source" data-copy="def f(): ...">{}</div>',
        '<details class="code copy" data-copy="def f(): ...">{}</details>',
        '<details class="choice wrong"><summary>6</summary>{}</details>',
        '<details class="hint">{}</details>',
        '<details class="solution"><div class="highlight">a</div>{}</details>',
        '<details class="success">{}</details>',
        '<div class="doc doc-backlinks">{}</div>',
        '<div class="downloads">{}</div>',
        '<footer class="run">{}</footer>',
        '<p>It took <span class="volatile">{}</span>.</p>',
    ],
)
def test_what_no_reader_searches_for_is_left_out_and_what_follows_stays(left_out: str) -> None:
    found = searchable(f"<h2>Before</h2>{left_out.format('gone')}<p>after</p>")

    assert "gone" not in found
    assert found.startswith("<h2>Before</h2>")
    assert found.endswith("<p>after</p>")


@pytest.mark.parametrize(
    "kept",
    [
        '<div class="highlight"><pre><code>import torch</code></pre></div>',
        '<div class="output markdown"><div class="admonition exercise">Write it.</div></div>',
        '<details class="question"><summary>No pip?</summary>Install it.</details>',
        '<div class="admonition success">It works.</div>',
        '<div class="doc-signature highlight">f(x)</div>',
    ],
)
def test_what_a_page_says_stays(kept: str) -> None:
    assert searchable(kept) == kept
