"""Markdown of the site, as notebooks and scripts carry it."""

from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from literate.lesson.model import Page, Prose, Value
from literate.writing.portable import Site, Translator, source_of

ROOT = Path(__file__).parents[3]
SITE = Site(Path("/p"), Path("/p/docs"), "https://example.org/course/")
NAME = "docs/lessons/linear/cost.py"


def page(*texts):
    return Page(NAME, tuple(Prose((text,), text, 1) for text in texts))


def translate(text, site=SITE):
    text = dedent(text).strip("\n")
    return Translator(page(text), site).translate(text)


def same(text, expected):
    assert translate(text) == dedent(expected).strip("\n")


def test_plain_markdown_stays_as_it_is():
    text = """
        # A title

        Some *text* with `code`, a [link](https://example.org/x_(y)), `[a][b]` and $a[i][j]$.

        - one
            - inner { 1, 2 }
        - two

        | a | b |
        | --- | --- |
        | 1 | 2 |

        $$
        J[i][j] = \\{ .5 \\}
        $$

        ```python
        d = {"x": 1}


        x[0][1]  # [text](cost.py)
        ```
    """
    same(text, text)


def test_a_box_becomes_a_quote_with_its_title():
    same(
        """
        Before.

        !!! note "What *else*"
            A line.

            - a point

        After.
        """,
        """
        Before.

        > **What *else***
        >
        > A line.
        >
        > - a point

        After.
        """,
    )


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("!!! warning", "> **Warning**\n>\n"),
        ("!!! warning inline end", "> **Warning**\n>\n"),
        ('!!! warning ""', ""),
        ('!!! warning "Of [`x`][a.b]"', "> **Of `x`**\n>\n"),
        ('!!! warning "Say \\"no\\""', '> **Say \\"no\\"**\n>\n'),
    ],
)
def test_a_box_is_named_as_on_the_page(head, title):
    assert translate(f"{head}\n    Text.\n") == f"{title}> Text."


@pytest.mark.parametrize("mark", ["???", "???+"])
def test_what_is_folded_folds(mark):
    same(
        f"""
        {mark} success "What **you** *find* with `a<b` and $x^*y^*$"
            | a |
            | --- |

            Text.
        After.
        """,
        """
        <details><summary>What <strong>you</strong> <em>find</em> with <code>a&lt;b</code> """
        """and $x^*y^*$</summary>

        | a |
        | --- |

        Text.

        </details>

        After.
        """,
    )


def test_tabs_follow_each_other_under_their_titles():
    same(
        """
        === "One"

            First.

        === "Two"

            ```python
            second
            ```
        """,
        """
        **One**

        First.

        **Two**

        ```python
        second
        ```
        """,
    )


def test_boxes_stand_in_boxes_and_in_lists():
    same(
        """
        1.  A step.

            !!! tip
                Do it.

                ??? note "More"
                    Inner.

        2.  Another.
        """,
        """
        1.  A step.

            > **Tip**
            >
            > Do it.
            >
            > <details><summary>More</summary>
            >
            > Inner.
            >
            > </details>

        2.  Another.
        """,
    )


def test_a_fence_keeps_its_language_alone():
    same(
        """
        ``` { .python .annotate title="x.py" }
        x = 1  # (1)!
        y = "[a][b] # (1)! {: .c }"
        ```

        1.  One.

        ```python hl_lines="1"
        ```

        ```` { .text .no-copy .output }
        ```
        ````

        ```
        plain
        ```

        - a list

            ~~~ sh
            in it
              and on
            ~~~
        """,
        """
        ```python
        x = 1  # (1)
        y = "[a][b] # (1)! {: .c }"
        ```

        1.  One.

        ```python
        ```

        ````text
        ```
        ````

        ```
        plain
        ```

        - a list

            ~~~sh
            in it
              and on
            ~~~
        """,
    )


def test_a_fence_without_an_end_ends_with_the_text():
    assert translate("```python\nx = 1") == "```python\nx = 1\n```"


def test_what_looks_like_a_block_in_a_fence_stays():
    text = '```text\n!!! note\n    x\n\n::: a.b\n=== "t"\n*[A]: b\n[^1]: c\n```'
    assert translate(text) == text


def test_code_in_a_line_loses_the_name_of_its_language():
    assert translate("`#!python x = 1` and `` #!py y` ``") == "`x = 1` and ``y` ``"


def test_maths_stands_between_dollars():
    assert translate(r"\( a_1 \) and \[b[i][j]\]") == "$a_1$ and $$b[i][j]$$"


def test_attributes_are_left_out():
    same(
        """
        ## Title { #here }

        ![alt](https://example.org/x.png){ width="3" } [x](https://example.org){download}
        {: .wide }

        Text {.mark} and a set { 1, 2 }.
        """,
        """
        ## Title

        ![alt](https://example.org/x.png) [x](https://example.org)

        Text and a set { 1, 2 }.
        """,
    )


def test_comments_are_left_out():
    assert translate("A number, 0.5 <!-- number: it is\nknown -->, and on.") == (
        "A number, 0.5, and on."
    )


def test_references_leave_their_text():
    text = "[`train`][course.a.train], [a [b]][x.y], [`course.a.fit`][] and\n[over\nlines][c.d]."
    assert translate(text) == "`train`, a [b], `course.a.fit` and\nover\nlines."


def test_links_that_are_defined_elsewhere_on_the_page_find_their_address():
    text = "[a][b], [B][] and [c][gone]."
    told = Translator(page(text, "\n\n[B]: https://example.org/b\n"), SITE).translate(text)
    assert told == "[a](https://example.org/b), [B](https://example.org/b) and c."
    assert translate("Text.\n\n[b]: https://example.org/b\n").strip() == "Text."


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("descent.py", "lessons/linear/descent/"),
        ("../tensors/vectors.py#a-b", "lessons/tensors/vectors/#a-b"),
        ("index.md", "lessons/linear/"),
        ("../../start/index.md#x", "start/#x"),
        ("/start/index.md", "start/"),
        ("../../index.md", ""),
        ("../../README.md", ""),
        ("../../indexes.md", "indexes/"),
        ("notes.ipynb", "lessons/linear/notes/"),
        ("#practice", "lessons/linear/cost/#practice"),
        ("../../wheels/a.whl", "wheels/a.whl"),
    ],
)
def test_a_relative_link_leads_to_the_site(target, address):
    assert translate(f"[go\non]({target})") == f"[go\non](https://example.org/course/{address})"


@pytest.mark.parametrize(
    ("target", "address"),
    [("descent.py#a", "lessons/linear/descent.html#a"), ("../../index.md", "index.html")],
)
def test_a_site_may_have_files_for_pages(target, address):
    told = translate(f"[x]({target})", replace(SITE, folders=False))
    assert told == f"[x](https://example.org/course/{address})"


def test_without_an_address_of_the_site_a_link_leaves_its_text():
    site = replace(SITE, url="")
    text = '[`a`](b.py), [c](#d "title"), ![seen](e.png), [f](https://example.org), <g@h.org>'
    assert translate(text, site) == "`a`, c, seen, [f](https://example.org), <g@h.org>"


def test_a_picture_of_the_site_is_linked():
    told = translate('![seen](e.png "title")')
    assert told == "![seen](https://example.org/course/lessons/linear/e.png)"


def test_footnotes_are_numbered_over_the_whole_page():
    first, second = (
        "One[^b], two[^a].",
        "Again[^b].\n\n[^a]: Text of *a*,\n    on.\n\n[^b]: Of b.\n",
    )
    both = page(first, second)
    assert Translator(both, SITE).translate(first) == "One<sup>1</sup>, two<sup>2</sup>."
    told = Translator(both, SITE).translate(second).split("\n\n")
    assert [line.strip() for line in told if line.strip()] == [
        "Again<sup>1</sup>.",
        "<sup>2</sup> Text of *a*,\non.",
        "<sup>1</sup> Of b.",
    ]


def test_definitions_become_a_list():
    same(
        """
        Term `a`
        :   What it *is*.

            More.

        Other
        :   Another.
        """,
        """
        - **Term `a`**

            What it *is*.

            More.

        - **Other**

            Another.
        """,
    )


def test_abbreviations_and_a_table_of_contents_leave_nothing():
    assert translate("Text.\n\n*[MSE]: mean squared error\n\n[TOC]\n").strip() == "Text."


def test_html_that_holds_markdown_is_plain_html():
    same(
        """
        <div class="admonition question" markdown>
        <p class="admonition-title">Before you look</p>

        Text.

        <details class="choice" markdown="1">
        <summary markdown="span">`a` is **b** [c](cost.py)</summary>

        Why.

        </details>

        </div>
        """,
        """
        <div class="admonition question">

        **Before you look**

        Text.

        <details class="choice">
        <summary><code>a</code> is <strong>b</strong> """
        """[c](https://example.org/course/lessons/linear/cost/)</summary>

        Why.

        </details>

        </div>
        """,
    )
    assert translate("A word: markdown > text, `<a markdown>`") == (
        "A word: markdown > text, `<a markdown>`"
    )


def test_shown_source_becomes_code():
    site = Site(ROOT, ROOT / "docs")
    told = translate(
        "Before.\n\n::: course.linear.cost.mean_squared_error\n    options: none\n", site
    )
    before, name, fence = told.split("\n\n", 2)
    assert (before, name) == ("Before.", "`course.linear.cost.mean_squared_error`")
    assert fence.startswith("```python\ndef mean_squared_error(predictions: Tensor")
    code, _, whole = fence.partition("\n```\n\n<details>")
    assert code.endswith("return (residuals**2).mean()")
    assert code.count('"""') == 2
    assert whole.startswith("<summary>The whole docstring</summary>\n\n```text\nReturn the mean")
    assert whole.endswith("```\n\n</details>")


def test_source_that_is_not_there_is_an_error_of_the_page():
    with pytest.raises(LookupError, match=r"^there is no course\.linear\.cost\.gone$"):
        translate("::: course.linear.cost.gone", Site(ROOT, ROOT / "docs"))


@pytest.fixture
def package(tmp_path):
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/__init__.py").write_text("from a.b.c import thing\nimport os\n")
    (tmp_path / "a/b/__init__.py").write_text("if CHECKED:\n    from a.b.c import thing\n")
    (tmp_path / "a/b/c.py").write_text(
        "import os\n\n\ndef first():\n    '''\u00a0é\u2028'''\n\n\n"
        "@os.fspath\n@os.fsencode\ndef thing():\n    return 1\n\n\n"
        "class Kind:\n    def one(self):\n        return '''\n  text'''\n\n    y = 2\n"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.b.c.first", "def first():\n    '''\u00a0é\u2028'''"),
        ("a.b.c.thing", "@os.fspath\n@os.fsencode\ndef thing():\n    return 1"),
        ("a.thing", "@os.fspath\n@os.fsencode\ndef thing():\n    return 1"),
        ("a.b.thing", "@os.fspath\n@os.fsencode\ndef thing():\n    return 1"),
        ("a", "from a.b.c import thing\nimport os"),
    ],
)
def test_source_is_found_by_its_name(package, name, source):
    assert source_of(name, package) == source


def test_the_source_of_a_method_starts_at_the_margin(package):
    assert source_of("a.b.c.Kind.one", package).startswith("def one(self):\n    return '''\n")


@pytest.mark.parametrize("name", ["x", "x.y", "a.b.c.gone", "a.b.c.Kind.two", "a.os", "a.gone"])
def test_a_name_without_a_source_is_an_error(package, name):
    with pytest.raises(LookupError, match=f"there is no (module for )?{name}"):
        source_of(name, package)


def test_values_of_the_page_are_no_text_of_its_own():
    parts = "a", Value("x", "", 1), "b[^1]"
    mixed = Page(NAME, (Prose(parts, "", 1),))
    assert Translator(mixed, SITE).translate("b[^1]") == "b<sup>1</sup>"
