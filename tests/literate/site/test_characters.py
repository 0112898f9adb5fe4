"""Whatever characters a lesson prints, the site is built, and every file of it can be read."""

import re

#: Characters that a page of HTML, or a figure, must not hold.
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


def test_a_site_can_show_every_character(site):
    site.configure("downloads: ['*.py']")
    html = site.page(r"""
        # %% tags=["warns"] alt="Control characters as the title of a plot."
        import sys
        import matplotlib.pyplot as plt
        from IPython.display import HTML, Latex, Markdown
        codes = [*range(32), *range(127, 160), 0xD800, 0xFDD0, 0xFFFE, 0x1FFFF]
        text = "begin " + "".join(map(chr, codes)) + " end"
        print(text)
        print(text, file=sys.stderr)
        display(HTML(f"<p>{text}</p>"), Latex(text), Markdown(text), text)
        plt.title("a\x01b")
        plt.show()

        # %% tags=["claim", "always"]
        assert text, text

        # %% tags=["raises-exception"]
        raise ValueError(text)

        # %% [markdown]
        # The value {{ text }}.
    """)
    assert html.count("begin") >= 8
    assert "␀" in html
    for name, content in site.files().items():
        assert not UNREADABLE.search(content.decode()), name
