"""The lead of a page: one of its figures, with a sentence, where the page begins.

It stands there and again where it is drawn, because the text around both speaks of it; a browser
loads it once. The page of its theme and the start page show it too, and link previews as pixels.
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
        pixels: A PNG of it for previews of links, if there is one.
        alt: What one sees on it, as text.
    """

    figure: str
    says: str
    light: str
    dark: str = ""
    pixels: str = ""
    alt: str = ""

    def facts(self) -> dict[str, str]:
        """Return its files and its text, for whoever shows it elsewhere."""
        return {name: getattr(self, name) for name in ("light", "dark", "pixels", "alt")}


def placed(opening: str, lead: Lead) -> list[str]:
    """Return the first prose of a page with its lead behind its first paragraph.

    Args:
        opening: It begins with the title, if the page has one.
        lead: What leads the page.
    """
    paragraphs = re.split(r"\n{2,}", opening.strip("\n"))
    first = 2 if paragraphs[0].startswith("# ") else 1
    before, after = paragraphs[:first], paragraphs[first:]
    caption = f'<figcaption markdown="span">{lead.says}</figcaption>'
    box = f'<figure class="lead" markdown="1">\n\n{lead.figure}\n\n{caption}\n\n</figure>'
    return ["\n\n".join(before), box, "\n\n".join(after)]
