"""The lead of a page: one of its figures, with a sentence, where the page begins.

It stands there and again where it is drawn, because the text around both speaks of it; a browser
loads it once. The page of its theme and link previews show it too.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Lead:
    """A figure that leads a page.

    Attributes:
        figure: Its Markdown.
        says: The sentence below it.
        light: Its file, relative to the folder of the page.
        dark: That for a dark page; empty if it is the same.
        pixels: The same as a PNG, if there is one.
    """

    figure: str
    says: str
    light: str
    dark: str = ""
    pixels: str = ""

    def facts(self) -> dict[str, str]:
        """Return its files, for whoever shows it elsewhere."""
        return {name: getattr(self, name) for name in ("light", "dark", "pixels")}


def placed(opening: str, lead: Lead) -> list[str]:
    """Return the first prose of a page with its lead behind its first paragraph.

    Args:
        opening: It begins with the title, if the page has one.
        lead: What leads the page.
    """
    paragraphs = re.split(r"\n{2,}", opening.strip("\n"))
    first = 2 if paragraphs[0].startswith("# ") else 1
    before, after = paragraphs[:first], paragraphs[first:]
    figure = lead.figure.replace(' loading="lazy"', "")
    caption = f'<figcaption markdown="span">{lead.says}</figcaption>'
    box = f'<figure class="lead" markdown="1">\n\n{figure}\n\n{caption}\n\n</figure>'
    return ["\n\n".join(before), box, "\n\n".join(after)]
