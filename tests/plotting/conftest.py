import io
import re

import matplotlib as mpl
import pytest

mpl.use("Agg")


@pytest.fixture
def svg_colors():
    """Return the colours in a figure's SVG text."""

    def colors(figure):
        file = io.StringIO()
        figure.savefig(file, format="svg")
        return set(re.findall(r"#[0-9a-fA-F]{6}\b", file.getvalue()))

    return colors
