"""How pages are written: what shows, what is folded, in which colours."""

from dataclasses import dataclass, field

#: The longest output, in lines, that stands on a page as a whole.
FOLD_LINES = 25


@dataclass
class Style:
    """How pages are written.

    Attributes:
        show_input: Whether code shows.
        hide_input: Tags of cells whose code does not show.
        hide_output: Tags of cells whose outputs do not show.
        hide_cell: Tags of cells that do not show.
        highlight_classes: Classes for all code.
        dark_colors: For each colour of a figure, the one that it has on a dark page.
        fold_lines: Outputs with more lines are folded after the first; 0 folds none.
        drawing: The name whose functions draw: code that ends in a call of one is folded.
    """

    show_input: bool = True
    hide_input: frozenset[str] = frozenset({"hide-input"})
    hide_output: frozenset[str] = frozenset({"hide-output"})
    hide_cell: frozenset[str] = frozenset()
    highlight_classes: str = ""
    dark_colors: dict[str, str] = field(default_factory=dict)
    fold_lines: int = FOLD_LINES
    drawing: str = ""
