"""Pages for addresses that have moved: they lead on, and take the anchor along."""

import html
import json
from collections.abc import Mapping

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}: moved</title>
<meta name="robots" content="noindex">
<link rel="canonical" href="{target}">
<noscript><meta http-equiv="refresh" content="0; url={target}"></noscript>
<script>
const ways = {ways}
const anchor = decodeURIComponent(location.hash.slice(1))
const start = Object.keys(ways).find((name) => anchor === name || anchor.startsWith(name + "."))
location.replace((ways[start] || {target_text}) + location.hash)
</script>
</head>
<body>
<p>This page has moved: <a href="{target}">{title}</a></p>
</body>
</html>
"""


def page(title: str, target: str, ways: Mapping[str, str]) -> str:
    """Return a page that leads on.

    Args:
        title: Of the page that it leads to.
        target: Its address, relative to this one.
        ways: Other addresses, by what the anchors that lead there are, or start with before a dot.
    """
    # In a script, `</` would end it.
    texts = (json.dumps(each).replace("</", "<\\/") for each in (dict(ways), target))
    told, target_text = texts
    return _PAGE.format(
        title=html.escape(title), target=html.escape(target), ways=told, target_text=target_text
    )
