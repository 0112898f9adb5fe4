"""What the search of a site reads of a page: what a reader would look for, and nothing twice."""

import re

from literate.site.elements import emptied
from literate.site.volatile import masked

#: What code printed, with its tracebacks, but for Markdown, which is a part of the page's text;
#: sources, which only repeat the package; the answers to questions and exercises; who refers to an
#: entry of the reference; what begins and ends a lesson; formulas that stand alone; with how many
#: seeds a claim holds.
_LEFT_OUT = re.compile(
    r"""
    <(?P<tag> (?P<folds>details) | div | footer | small ) \b [^<>]*? \bclass="
    (?! [^"]* \bmarkdown\b ) (?: [^"]* \s )?
    (?(folds) (?: code | choice | hint | solution | success | rest )
      | (?: output | source | doc-backlinks | downloads | offered | run | display | seeds ) )
    (?= [\s"] ) [^>]* >
    """,
    re.VERBOSE,
)

#: What stands above all that a page has checked.
_CHECKED = re.compile(
    r'(<div class="admonition check">\s*)<p class="admonition-title">.*?</p>', re.DOTALL
)


def searchable(html: str) -> str:
    """Return the content of a page without what no reader searches for.

    Measured times are left out too: with them every build would have another index.
    """
    return _CHECKED.sub(r"\1", emptied(masked(html), _LEFT_OUT))
