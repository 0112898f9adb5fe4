"""A figure that can be moved: a box around it that a script of the site brings to life.

Without that script it is the figure. An element of its own name would be none to Markdown, which
knows the names of HTML: a `div` holds as much.
"""

import json
from collections.abc import Iterator
from html import escape
from typing import Any


def box(figure: str, moves: dict[str, Any]) -> str:
    """Return the Markdown of a figure with what its demo starts from, asks and was held to.

    Args:
        figure: Its Markdown.
        moves: The `name` of the demo, its `question`, `values` and `checks`.
    """
    values = escape(json.dumps(moves["values"], ensure_ascii=False, separators=(",", ":")))
    head = f'<div class="demo" data-demo="{moves["name"]}" data-values="{values}" markdown="1">'
    asked = f'<div slot="question" markdown="1">\n\n{moves["question"].strip()}\n\n</div>'
    told = f'<p slot="checked" markdown="span">{checked(moves["checks"])}</p>'
    return "\n\n".join([head, figure, asked, told, "</div>"])


def checked(checks: list[dict[str, Any]]) -> str:
    """Return against what a demo is checked, as Markdown.

    Args:
        checks: Each with a `function`, its `inputs` and its `output`.

    Examples:
        >>> checked([{"function": "a.b", "output": [1.5, [2, 3]]}])
        'Checked against [`b`][a.b]: 3 numbers'
    """
    names = dict.fromkeys(check["function"] for check in checks)
    leaves = [each for check in checks for each in _leaves(check["output"])]
    what = "number" if all(map(_is_number, leaves)) else "value"
    links = [f"[`{name.rpartition('.')[2]}`][{name}]" for name in names]
    told = ", ".join(links[:-1]) + " and " * (len(links) > 1) + links[-1]
    return f"Checked against {told}: {len(leaves):,} {what}{'s' * (len(leaves) != 1)}"


def _is_number(value: Any) -> bool:
    """Return whether a value is a number, or a text in the place of one that JSON lacks."""
    return type(value) in (int, float) or value in ("Infinity", "-Infinity")


def _leaves(value: Any) -> Iterator[Any]:
    """Give every number, text and truth in lists of lists."""
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    else:
        yield value
