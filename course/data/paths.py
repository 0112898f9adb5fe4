"""Where a path leads that a person has typed."""

import os
from pathlib import Path


def expanded(path: str | os.PathLike[str]) -> Path:
    """Return the path with the home folder in place of `~` or `~name`, as a shell does.

    Python's `open` takes `~` for a folder of that name. A name that only begins with the sign, such
    as `~$draft.csv` of a spreadsheet, stays as it is; `Path.expanduser` would stop there.

    Args:
        path: Of a file or a folder.

    Examples:
        >>> expanded("~/data") == Path.home() / "data"
        True
        >>> expanded("~$draft.csv").name
        '~$draft.csv'
    """
    return Path(os.path.expanduser(path))  # noqa: PTH111, for the reason above
