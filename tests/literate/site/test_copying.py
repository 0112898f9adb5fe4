"""A shown function is copied with what it needs, and with nothing else."""

import re
import textwrap
from pathlib import Path

import pytest

from literate.site.copying import standalone


def write(root: Path, **modules: str) -> Path:
    """Write modules of a package `own`; `__` in a name stands for a slash."""
    for name, text in modules.items():
        path = root.joinpath("own", *name.split("__")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return root


def test_a_copy_holds_the_imports_and_helpers_that_it_needs_and_no_others(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        steps="""
            '''A module.'''

            import zlib
            import math
            import array as numbers
            import os.path
            import sys
            from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
            from abc import ABC

            import torch
            from torch import Tensor, nn
            from torch.nn import functional as F

            # How far.
            # In metres.
            FAR, WIDE = 3, 4
            NEAR: int = 1  # or less
            UNUSED = sys.path


            def unused() -> Callable[[], None]:
                return nn.Linear


            def shown(x: Tensor = _start(NEAR)) -> Tensor:
                unused = [_Step(step) for step in _steps()]
                return F.relu(x)


            @torch.no_grad()
            def _steps() -> Iterator[int]:
                yield FAR


            class _Step(ABC, Mapping[Sequence, Iterable]):
                length = math.pi

                def go(self) -> None:
                    return lambda: (os.path.sep, numbers, zlib)


            _steps.done = unused()
        """,
    )
    assert standalone("own.steps.shown", root) == textwrap.dedent("""\
        import array as numbers
        import math
        import os.path
        import zlib
        from abc import ABC
        from collections.abc import Iterable, Iterator, Mapping, Sequence

        import torch
        from torch import Tensor
        from torch.nn import functional as F


        # How far.
        # In metres.
        FAR, WIDE = 3, 4


        NEAR: int = 1  # or less


        def shown(x: Tensor = _start(NEAR)) -> Tensor:
            unused = [_Step(step) for step in _steps()]
            return F.relu(x)


        @torch.no_grad()
        def _steps() -> Iterator[int]:
            yield FAR


        class _Step(ABC, Mapping[Sequence, Iterable]):
            length = math.pi

            def go(self) -> None:
                return lambda: (os.path.sep, numbers, zlib)
    """)


def test_what_comes_from_other_modules_of_the_package_is_copied_above_it(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        parts__first="""
            from torch import nn

            ONE = nn.Identity
            TWO = 2


            def one():
                return ONE
        """,
        last="""
            from torch import Tensor
            from own.parts import one
            from own.parts.first import TWO


            def last(x: Tensor):
                return one(), TWO
        """,
    )
    (root / "own/parts/__init__.py").write_text("from own.parts.first import one\n")

    assert standalone("own.last.last", root) == textwrap.dedent("""\
        from torch import Tensor, nn


        ONE = nn.Identity


        def one():
            return ONE


        TWO = 2


        def last(x: Tensor):
            return one(), TWO
    """)


def test_a_copy_begins_with_its_first_line_whatever_it_imports(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        none="def none():\n    return 1\n\n\n# The end.\n",
        standard="import math\n\n\ndef standard():\n    return math\n",
        other="import owner\nother = owner\n",
    )
    assert standalone("own.none.none", root) == "def none():\n    return 1\n"
    assert standalone("own.standard.standard", root) == (
        "import math\n\n\ndef standard():\n    return math\n"
    )
    assert standalone("own.other.other", root) == "import owner\n\n\nother = owner\n"


def test_what_only_annotations_need_is_imported_by_the_copy(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        arrays="""
            from __future__ import annotations

            from typing import TYPE_CHECKING

            if TYPE_CHECKING:
                import array
                import zlib


            def size(x: array.array) -> int:
                return len(x)
        """,
    )
    assert standalone("own.arrays.size", root) == textwrap.dedent("""\
        import array


        def size(x: array.array) -> int:
            return len(x)
    """)


def test_two_things_of_one_name_are_refused_unless_they_are_the_same(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        first="import a.x\nfrom torch import nn\nPAIRS = 2\n_N = 1\none = _N, PAIRS, nn, a\n",
        plain="import b as a\nfrom own.first import one\ntwo = one, a\n",
        same="import a.y\nfrom own.first import one\nPAIRS = 2\ntwo = one, PAIRS, a\n",
        other="from own.first import one\n_N = 2\ntwo = one, _N\n",
        alias="from own.first import one\nfrom torch import neural as nn\ntwo = one, nn\n",
    )
    assert standalone("own.same.two", root).endswith(
        "\n\nPAIRS = 2\n_N = 1\none = _N, PAIRS, nn, a\ntwo = one, PAIRS, a\n"
    )
    for module, both in (
        ("plain", "a of `import b as a` and `import a.x`"),
        ("other", "_N of `own.first` and `own.other`"),
        ("alias", "nn of `from torch import nn` and `from torch import neural as nn`"),
    ):
        with pytest.raises(ValueError, match=f"own.{module}.two would mix {both}: rename one"):
            standalone(f"own.{module}.two", root)


@pytest.mark.parametrize(
    "code",
    [
        "import own",
        "from own import first",
        "from own.first import one as own",
        "own = __file__",
        "def own():\n    return __file__",
    ],
)
def test_what_needs_its_package_or_its_place_is_refused(tmp_path: Path, code: str) -> None:
    name = "first" if "import first" in code else "own"
    root = write(tmp_path, first="one = 1\n", last=f"{code}\n\n\ndef last():\n    return {name}\n")
    message = f"a copy of own.last.last would not run without own: it has `{code}`"

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        standalone("own.last.last", root)
