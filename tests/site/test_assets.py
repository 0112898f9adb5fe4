"""What the site ships beside its pages: colours one can read, files that are what they claim."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from course.plotting.style import DARK

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "docs/assets"
CSS = (ASSETS / "site.css").read_text(encoding="utf-8")


def palette(scheme: str) -> dict[str, str]:
    """Return the colours that site.css names for a scheme."""
    block = re.search(rf'\[data-md-color-scheme="{scheme}"\] {{(.*?)}}', CSS, re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--([\w-]+): (#\w+);", block[1]))


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rgb` or `#rrggbb`, as WCAG 2.2 defines it."""
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_agrees_with_known_pairs() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_every_text_colour_can_be_read_on_every_surface(scheme: str) -> None:
    colours = palette(scheme)
    lines = {name for name in colours if name.startswith("figure-")}
    texts = set(colours) - lines - {"page", "raised", "line", "accent-wash"}
    weak = {
        (text, surface): round(contrast(colours[text], colours[surface]), 2)
        for text in texts
        for surface in ("page", "raised")
        if contrast(colours[text], colours[surface]) < 4.5
    }

    assert len(texts) == 10
    assert weak == {}
    assert len(lines) == 6
    assert all(contrast(colours[line], colours["page"]) >= 3 for line in lines)


def test_figures_turn_dark_with_the_colours_of_the_plotting_style(settings: dict[str, Any]) -> None:
    options = next(plugin["literate"] for plugin in settings["plugins"] if "literate" in plugin)

    assert options["dark_colors"] == DARK


def test_vendored_files_are_the_ones_their_readme_names() -> None:
    folders = [folder for folder in (ASSETS / "vendor").iterdir() if folder.is_dir()]
    assert folders
    for folder in folders:
        readme = (folder / "README.md").read_text(encoding="utf-8")
        named = dict(re.findall(r"`([\w.-]+)`,\s+sha256 `(\w{64})`", readme))
        shipped = {path.name for path in folder.iterdir()} - {"README.md", "LICENSE.txt"}
        assert shipped <= set(named), folder
        for name in shipped:
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == named[name]
        assert (folder / "LICENSE.txt").exists(), folder


def test_a_formula_loads_the_small_font_for_every_character_that_it_has() -> None:
    readme = (ASSETS / "vendor/stix-two-math/README.md").read_text(encoding="utf-8")
    made = re.search(r"stix-two-math-core\.woff2 .*?--unicodes=(.*?)\n```", readme, re.DOTALL)
    css = (ASSETS / "site.css").read_text(encoding="utf-8")
    faces = re.findall(r"@font-face \{.*?\}", css, re.DOTALL)

    assert made
    assert "unicode-range" not in faces[0], "the large file comes for all other characters"
    assert "stix-two-math-core.woff2" in faces[1]
    listed = re.search(r"unicode-range:\s*(.*?);", faces[1], re.DOTALL)
    assert listed
    assert re.findall(r"U\+[\w-]+", made[1]) == re.findall(r"U\+[\w-]+", listed[1])
