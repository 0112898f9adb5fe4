"""Take out of a built page what no reader sees: spans without a colour are a third of a lesson."""

import re

from literate.site.inline import with_places

#: Names, punctuation, operators and spaces have the colour of the text around them, and so have
#: constants such as None, and the letter before a string.
_PLAIN = re.compile(r'<span class="(?:n|o|p|w|ow|kc|sa|na|nv)">([^<]*)</span>')

#: A string and what is filled in have one colour.
_STRINGS = re.compile(r'(?:<span class="(?:s1|s2|si)">[^<]*</span>){2,}')
_SPAN = re.compile(r"</?span[^>]*>")

#: A corner of a table heads nothing: as a heading it would be one without a text.
_CORNER = re.compile(r"<th\b([^>]*)>\s*</th>")

#: A heading that opens what is below it: no key would reach a link inside of it.
_LINK_THAT_OPENS = re.compile(
    r'(<summary>\s*<h[1-6]\b(?:(?!</h[1-6]>).)*?)<a class="headerlink".*?</a>(?=</h[1-6]>)',
    re.DOTALL,
)

_BLANK_LINES = re.compile(r"\n\s*\n")
_ARTICLE = "<article"


def slim(page: str) -> str:
    """Return the HTML of a page without spans that colour nothing and without blank lines.

    Blank lines stay in the article, where they may stand in code; there an empty heading of a table
    becomes an empty cell, long code in a line may be broken, and a heading that opens has no link.
    """
    head, article, rest = page.partition(_ARTICLE)
    body, end, foot = rest.rpartition("</article>")
    if not end:
        body, foot = rest, ""
    head, foot = (_BLANK_LINES.sub("\n", part) for part in (head, foot))
    body = _LINK_THAT_OPENS.sub(r"\1", body)
    body = _STRINGS.sub(
        lambda found: f'<span class="s2">{_SPAN.sub("", found[0])}</span>', _PLAIN.sub(r"\1", body)
    )
    body = with_places(_CORNER.sub(r"<td\1></td>", body))
    return head + article + body + end + foot
