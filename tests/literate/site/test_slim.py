"""Pages lose weight and nothing that a reader sees."""

from literate.site.slim import slim

PAGE = """<!doctype html>


<nav>
   \n  </nav>
<article class="a"><pre><code><span class="k">def</span><span class="w"> </span><span class="nf">f\
</span><span class="p">():</span>


    <span class="k">return</span> <span class="n">x</span> <span class="o">&lt;</span> \
<span class="n"><a href="#y">y</a></span></code></pre>
</article>

<footer></footer>
"""


def test_spans_that_colour_nothing_go_and_the_text_stays() -> None:
    page = slim(PAGE)

    assert '<span class="k">def</span> <span class="nf">f</span>():\n' in page
    assert '<span class="k">return</span> x &lt; <span class="n"><a href="#y">y</a></span>' in page


def test_blank_lines_go_around_the_article_and_stay_in_it() -> None:
    page = slim(PAGE)

    assert page.startswith('<!doctype html>\n<nav>\n  </nav>\n<article class="a">')
    assert "():\n\n\n    <span" in page
    assert page.endswith("</article>\n<footer></footer>\n")


def test_a_page_without_an_article_keeps_its_text() -> None:
    assert slim("<p>a</p>\n\n<p>b</p>") == "<p>a</p>\n<p>b</p>"


def test_a_corner_of_a_table_that_says_nothing_is_no_heading() -> None:
    table = "<article><table><tr><th></th><th>a</th></tr><tr><th>b</th></tr></table></article>"

    assert slim(table) == table.replace("<th></th>", "<td></td>")
    corner = slim('<article><th class="a">\n</th></article>')
    assert corner == '<article><td class="a"></td></article>'


def test_a_heading_that_opens_what_is_below_it_has_no_link_inside():
    link = '<a class="headerlink" href="#a">Link</a>'
    opens, plain = f"<summary>\n<h2 id=a>A <b>b</b>{link}</h2>\n</summary>", f"<h2>B{link}</h2>"
    page = f"<article>{opens}{plain}<details><summary>C</summary>{plain}</details></article>"
    assert slim(page) == page.replace(opens, opens.replace(link, ""))


def test_a_string_is_one_span_with_what_is_filled_in_and_constants_are_none():
    code = (
        '<article><span class="sa">f</span><span class="s2">"a </span><span class="si">{</span>'
        '<span class="n">x</span><span class="si">}</span><span class="s2">"</span> '
        '<span class="ow">is</span> <span class="kc">None</span></article>'
    )
    assert slim(code) == (
        '<article>f<span class="s2">"a {</span>x<span class="s2">}"</span> is None</article>'
    )
