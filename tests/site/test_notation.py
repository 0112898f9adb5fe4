"""The notation page defines every symbol that stands in a formula of a lesson."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTATION = ROOT / "docs/reference/notation.md"
LESSONS = sorted((ROOT / "docs/lessons").rglob("*.py")) + sorted(
    (ROOT / "docs/lessons").rglob("*.md")
)

NO_FORMULA = re.compile(
    r"^```.*?^```|^# %%(?! \[markdown\]).*?(?=^# %%|\Z)|`[^`\n]*`|{{.*?}}", re.M | re.S
)
FORMULA = re.compile(r"\$\$([^$]+)\$\$|\$(?!\s)([^$]+)(?<!\s)\$(?!\d)")
NO_SYMBOL = re.compile(r"\\(?:text|operatorname|begin|end|mathrm)\{[^}]*\}")
GREEK = (
    r"\\(?:alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi"
    r"|rho|sigma|tau|upsilon|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi"
    r"|Omega)(?![a-zA-Z])"
)
MARK = r"\\(?:hat|bar|tilde|star|top|odot|nabla|lVert)(?![a-zA-Z])"
SYMBOL = re.compile(rf"{GREEK}|{MARK}|(?<![\\a-zA-Z])[a-zA-Z](?![a-zA-Z])")


def symbols(text: str) -> set[str]:
    """Return the letters, Greek letters and marks with a meaning in the formulas of a text."""
    found: set[str] = set()
    for formula in FORMULA.finditer(NO_FORMULA.sub(" ", text)):
        tex = NO_SYMBOL.sub(" ", formula[1] or formula[2])
        for command in re.findall(r"\\[a-zA-Z]+", tex):
            found.update(SYMBOL.findall(command))
        found.update(re.findall(r"[a-zA-Z]", re.sub(r"\\[a-zA-Z]+", " ", tex)))
    return found


def told(lesson: Path) -> str:
    """Return the text of a lesson, and of the exercises that it shows."""
    text = lesson.read_text(encoding="utf-8")
    shown = re.findall(r"^exercises\.(\w+)$", text, re.MULTILINE)
    if not shown:
        return text
    module = importlib.import_module(f"course.{lesson.parent.name}.exercises.{lesson.stem}")
    exercises = [getattr(module, name) for name in shown]
    return "\n\n".join([text, *(part for each in exercises for part in (each.prompt, *each.hints))])


def test_symbols_are_found_in_formulas_and_nowhere_else() -> None:
    text = r"""
Costs $5. Let $\hat y = w x$ and `$q$` with $\text{lr} \cdot \frac{2}{n}$ {{ "$p$" }}

$$
\begin{aligned} \lambda &= \max_i x_i^2 \end{aligned}
$$

# %%
print("$z$")
"""

    assert symbols(text) == {r"\hat", "y", "w", "x", "n", r"\lambda", "i"}


@pytest.fixture(scope="module")
def defined() -> set[str]:
    return symbols(NOTATION.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_lesson_uses_the_symbols_of_the_notation_page(path: Path, defined: set[str]) -> None:
    undefined = symbols(told(path)) - defined

    assert not undefined, f"define {sorted(undefined)} in {NOTATION.relative_to(ROOT)}"


def test_the_notation_page_defines_no_symbol_that_no_lesson_uses(defined: set[str]) -> None:
    used = {symbol for path in LESSONS for symbol in symbols(told(path))}

    assert defined - used == set()
