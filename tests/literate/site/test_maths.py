"""TeX between dollars becomes MathML wherever Markdown allows it, and nothing else does."""

import xml.etree.ElementTree as ET
from html import unescape

import markdown
import pytest

from literate.site.maths import MathsError, mathml

EXTENSIONS = [
    *("literate.site.maths", "admonition", "attr_list", "footnotes", "md_in_html", "tables", "toc"),
    *("pymdownx.details", "pymdownx.inlinehilite", "pymdownx.superfences"),
]

# As lessons write them.
FORMULAS = [
    r"\hat y = w x",
    r"J(w) = \frac1n \sum_i (w x_i - y_i)^2",
    r"w_{t+1} - w^\star = \left(1 - \text{lr} \cdot \lambda\right)\,(w_t - w^\star)",
    r"\tfrac12 \lVert w \rVert_2^2",
    r"\begin{aligned} a &= b + c \\ &= d \end{aligned}",
    r"\operatorname{relu}(z) = \begin{cases} z & \text{if } z > 0 \\ 0 & \text{else} \end{cases}",
    r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}",
    r"\nabla_w J \in \mathbb{R}^{n \times d}",
    r"\mathrm{softmax}(z)_k = \frac{e^{z_k}}{\sum_{j=1}^k e^{z_j}}",
    r"\frac{\partial J}{\partial w}",
    r"\operatorname*{arg\,min}_w J(w)",
    r"\mathbf{x}^\top \boldsymbol{\theta} + \mathcal{L}",
    r"10^{-3} < \epsilon \le \sqrt{\hat v_t}",
]


def render(text: str) -> str:
    return markdown.markdown(text, extensions=EXTENSIONS)


def sources(html: str) -> list[str]:
    """Return the TeX of each formula, in order."""
    return [unescape(part.split('"')[0]) for part in html.split('<math alttext="')[1:]]


@pytest.mark.parametrize("display", [True, False])
@pytest.mark.parametrize("tex", FORMULAS)
def test_a_formula_becomes_well_formed_mathml_with_its_source(tex: str, display: bool) -> None:
    element = ET.fromstring(mathml(tex, display=display).replace("&ApplyFunction;", ""))

    assert element.tag == "math"
    assert element.get("alttext") == tex
    assert (element.get("display") == "block") is display
    assert "\\" not in "".join(element.itertext())


def test_letters_that_html_reserves_are_escaped() -> None:
    assert mathml('a < b \\& "').startswith('<math alttext="a &lt; b \\&amp; &quot;">')


def test_aligned_equations_are_rows_and_keep_no_ampersand() -> None:
    html = mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", display=True)

    assert html.count("<mtr>") == 2
    assert "&" not in html.split(">", 1)[1].replace("&ApplyFunction;", "")


@pytest.mark.parametrize(
    ("tex", "cause"),
    [
        (r"\foo{x}", r"Unknown command \"\\foo\""),
        (r"\frac{1}{2", "reached end of input"),
        (r"\left( x", "reached end of input"),
        (r"\begin{aligned} a &= b", "reached end of input"),
        ("x^2^3", "Duplicate"),
        (r"2 \Bigl( \frac1n \Bigr)", r"`\\Bigl` does not grow .*: write `\\left\( … \\right\)`"),
        (r"\big(x\big)", r"`\\big` does not grow"),
        (r"\left( a \biggm| b \right)", r"`\\biggm` does not grow"),
        (r"a \\\Bigg[ b", r"`\\Bigg` does not grow"),
    ],
)
def test_tex_that_is_not_understood_names_the_formula_and_the_cause(tex: str, cause: str) -> None:
    with pytest.raises(MathsError, match=cause) as caught:
        render(f"Text $a$ and\n\n$$\n{tex}\n$$\n")

    assert f"cannot render the formula `{tex}`, character " in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("tex", [r"\bigcup_i A_i", r"a \\big", r"\bigoplus x", "big"])
def test_what_only_begins_like_a_bracket_of_a_fixed_size_is_none(tex: str) -> None:
    assert mathml(tex)


def test_all_formulas_of_a_page_that_fail_are_reported_together() -> None:
    with pytest.raises(MathsError, match=r"`\\foo`.*; .*`\\bar\^`"):
        render(r"$\foo$ and $x$ and $\bar^$")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"in $x$, and \(y\).", ["x", "y"]),
        ("$x$ $y$", ["x", "y"]),
        (r"$a_b*c*d_e$", ["a_b*c*d_e"]),
        (r"$\text{in \$}$", [r"\text{in \$}"]),
        ("# Of $x_1$", ["x_1"]),
        ("- item $x$\n\n    $$\n    y\n    $$\n", ["x", "y"]),
        ("1. item\n  $$y$$", ["y"]),
        ("| a |\n|---|\n| $x \\mid y$ |", [r"x \mid y"]),
        ("!!! note\n    $x$\n\n    $$\n    y\n    $$\n", ["x", "y"]),
        ('??? question "Is $x$ small?"\n    Yes, $y$.', ["x", "y"]),
        ("> $$\n> x\n> $$", ["x"]),
        ("a[^1]\n\n[^1]: is $z$", ["z"]),
        ("<div markdown>\n$$x$$\n\n</div>", ["x"]),
        ("[$x$](a.md)", ["x"]),
        ("**$x$**", ["x"]),
        ("\\[\nx\n\\]", ["x"]),
    ],
)
def test_formulas_are_found(text: str, expected: list[str]) -> None:
    assert sources(render(text)) == expected


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("between $5 and $6", "$5 and $6"),
        ("$5-$6, or US$7", "$5-$6, or US$7"),
        ("a $ sign and another $ sign", "a $ sign and another $ sign"),
        (r"\$x\$", "$x$"),
        ("`$x$` and `$y$`", "<code>$x$</code> and <code>$y$</code>"),
        ("`$$`", "<code>$$</code>"),
        ("```\n$x$ $$y$$\n```", "$x$ $$y$$"),
        ("    $$x$$", "$$x$$"),
        (r"a \[b\]", "a [b]"),
    ],
)
def test_what_is_not_maths_stays_as_it_is(text: str, kept: str) -> None:
    html = render(text)

    assert kept in html
    assert "<math" not in html


def test_lines_of_a_formula_are_no_markdown() -> None:
    html = render("so\n$$\n- a\n+ b\n= c\n> d\n$$\nand on")

    assert sources(html) == ["- a + b = c > d"]
    assert html.startswith("<p>so</p>\n<div")
    assert html.endswith("<p>and on</p>")


def test_maths_on_its_own_lines_has_a_box_of_its_own() -> None:
    assert render("$$\nx\n$$").startswith('<div class="math display"><math ')
    assert render("so $$x$$ it").startswith('<p>so <span class="math display"><math ')


def test_an_image_describes_itself_with_the_source() -> None:
    assert 'alt="The cost J"' in render("![The cost $J$](a.svg)")


def test_a_formula_with_a_blank_line_is_reported_not_printed() -> None:
    with pytest.raises(MathsError, match=r"`\$\$` without its pair in '\$\$\\nx'"):
        render("$$\nx\n\ny\n$$")
