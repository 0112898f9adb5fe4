"""The front matter of a page: YAML between two lines of `---`, held to what is made of it."""

import re
from typing import Any

import yaml

#: What speaks to jupytext or Jupyter, not to the site.
_NOTEBOOK_KEYS = ("jupyter", "jupytext", "kernelspec")

#: What a page, the table of its theme or the search shows as text.
_TEXTS = ("title", "description", "needs")

#: What is wrong: the line, and the sentence.
Wrong = list[tuple[int, str]]


def loaded(text: str, line: int) -> tuple[Any, Wrong]:
    """Return what a piece of YAML holds, or an empty dict if it is none; and what is wrong.

    Args:
        text: What stands between the lines of `---`.
        line: That of its first line in the file.
    """
    try:
        return yaml.safe_load(text) or {}, []
    except yaml.YAMLError as error:
        return {}, [_told(error, line)]


def entries(text: str, line: int) -> tuple[dict[str, Any], Wrong]:
    """Return the entries that speak to the site, and what is wrong; an entry that is, is left out.

    Args:
        text: What stands between the lines of `---`.
        line: That of its first line in the file.
    """
    meta, wrong = loaded(text, line)
    if not isinstance(meta, dict):
        return {}, [(line, "the front matter is not a list of 'key: value'")]
    kept = {}
    for key, value in meta.items():
        if expected := _expected(key, value):
            found = re.search(rf"^[ \t]*{re.escape(str(key))}\b", text, re.MULTILINE)
            at = line + text.count("\n", 0, found.start() if found else 0)
            wrong.append((at, f"{key} is {value!r}: expected {expected}"))
        elif key not in _NOTEBOOK_KEYS:
            kept[key] = value
    return kept, wrong


def _expected(key: Any, value: Any) -> str:
    """Return what an entry should be, or '' if it is."""
    if key in _TEXTS and not (isinstance(value, str) and value.strip()):
        return "a text"
    if key == "minutes":
        return "no such entry: the time that a page takes is counted on it"
    return "" if isinstance(key, str) else "a name before the colon"


def _told(error: yaml.YAMLError, line: int) -> tuple[int, str]:
    """Return the line of an error, and the error in one line."""
    mark = getattr(error, "problem_mark", None)
    told = said(error)
    if "stream end" in told:  # what lacks its end is where that begins
        mark = getattr(error, "context_mark", None) or mark
    return line + (mark.line if mark else 0), f"the front matter is not YAML: {told}"


def said(error: yaml.YAMLError) -> str:
    """Return what is no YAML, in one line."""
    what = getattr(error, "problem", None) or str(error)
    return " ".join(": ".join(filter(None, (getattr(error, "context", None), what))).split())
