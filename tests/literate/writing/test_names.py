"""What a piece of code takes from before it is told in the order in which it runs."""

import pytest

from literate.writing.names import names

TAKEN = {
    "x = 1; print(x)": "",
    "x = x + 1": "x",
    "x += 1": "x",
    "x: int = y": "y",
    "x: int": "",
    "if (n := len(a)) > 1: print(n)": "a",
    "for i in range(n): print(i)": "n",
    "for i in i: pass": "i",
    "[a * b for a in c for b in a if d]": "c d",
    "{k: v for k, v in pairs}": "pairs",
    "print(k)\nk = 1": "k",
    "import torch.nn as nn, os.path\nnn, os": "",
    "from a import b as c\nb, c": "b",
    "with open(path) as file: file.read()": "path",
    "try: f()\nexcept E as e: print(e)": "f E",
    "def f(a, *b, c=d, **e): return a, b, c, e, g": "d g",
    "def f(): return g()\ndef g(): return h": "h",
    "def f():\n    x = x0\n    return x": "x0",
    "f = lambda a: a + b\nb = 1": "",
    "f = lambda a: a + b": "b",
    "class A(B):\n    c = d\n    def m(self): return c": "B d c",
    "@wrap\ndef f() -> T: ...": "wrap T",
    "x[0] = y\nz.w = 1": "x y z",
    "match a:\n    case [b, *c] if d: print(b, c)\n    case {'k': e, **f}: print(e, f)": "a d",
    "async def f():\n    async for i in g: await i": "g",
    "print(len(_)); display(1)": "",
    "del x": "x",
    "%matplotlib inline": "",
    "any((last := each) for each in many)\nprint(last)": "many",
    "def outer():\n    def inner(): return y\n    y = 1\n    return inner": "",
}


@pytest.mark.parametrize("code", TAKEN)
def test_code_takes_what_it_does_not_bind_first(code: str) -> None:
    assert set(names(code).taken) == set(TAKEN[code].split())


def test_what_exists_after_it_is_bound_and_what_is_its_own_is_not() -> None:
    code = "import a.b\nfrom c import d as e\ndef f(g): h = 1\nclass I: j = 2\nl = [k for k in ()]"
    assert names(code).bound == {"a", "e", "f", "I", "l"}


def test_what_is_only_imported_is_told_apart():
    found = names("import a\nfrom b import c, d\nc = 1\ne = 2\nimport e")
    assert found.bound == {"a", "c", "d", "e"}
    assert found.imported == {"a", "d"}


def test_the_line_is_the_first_one_that_takes_the_name() -> None:
    assert names("a = 1\nb = c\nc = c").taken == {"c": 2}
