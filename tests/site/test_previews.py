"""A link to a page shows, where people share it, what the page is about."""

import re
import struct
from pathlib import Path
from types import SimpleNamespace

import jinja2

ROOT = Path(__file__).parents[2]
ADDRESS = "https://example.org/course/"


def told(html: str) -> dict[str, str]:
    """Return what a page tells those who make a preview of it."""
    meta = r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)">'
    found = re.findall(meta, html)
    assert len(found) == len(dict(found))
    return dict(found)


def written(title: str, description: str, address: str = "", **more: object) -> dict[str, str]:
    """Return what the template writes for a page."""
    template = (ROOT / "docs/assets/theme/main.html").read_text(encoding="utf-8")
    blocks = set(re.findall(r"{% block (\w+) %}", template))
    inside = {"config": '"search": "worker.js"'}
    base = "".join(
        f"{{% block {name} %}}{inside.get(name, '')}{{% endblock %}}" for name in sorted(blocks)
    )
    loader = jinja2.DictLoader({"base.html": base, "main.html": template})
    meta = {"title": title, "description": description, **more}
    page = SimpleNamespace(meta=meta, title="Not this", canonical_url=address)
    config = SimpleNamespace(
        site_name="Course", site_description="Of the site", site_url=address, extra={}
    )
    environment = jinja2.Environment(loader=loader)
    environment.filters["url"] = str
    text = environment.get_template("main.html")
    return told(text.render(page=page, config=config))


def test_a_page_has_a_preview_with_whole_addresses(site: Path) -> None:
    preview = told((site / "index.html").read_text(encoding="utf-8"))

    assert preview == {
        "og:type": "article",
        "og:site_name": "Introduction to Neural Networks with PyTorch",
        "og:title": "A lesson",
        "og:description": "What this lesson is about.",
        "og:url": preview["og:url"],
        "og:image": f"{ADDRESS}assets/screenshot.png",
        "og:image:alt": preview["og:image:alt"],
        "twitter:card": "summary_large_image",
    }
    assert preview["og:url"].startswith(ADDRESS)
    assert preview["og:image:alt"]


def test_a_page_without_a_description_has_that_of_the_site(site: Path) -> None:
    preview = told((site / "reference.html").read_text(encoding="utf-8"))

    assert preview["og:title"] == "Reference"
    assert preview["og:description"].startswith("A course in which every lesson")
    assert preview["og:url"] == f"{ADDRESS}reference.html"
    assert told((site / "404.html").read_text(encoding="utf-8")) == {}


def test_the_picture_is_on_the_site_and_large_enough(site: Path) -> None:
    preview = told((site / "index.html").read_text(encoding="utf-8"))
    picture = (site / preview["og:image"].removeprefix(ADDRESS)).read_bytes()
    width, height = struct.unpack(">II", picture[16:24])

    assert picture.startswith(b"\x89PNG")
    assert width >= 1200
    assert 1 <= width / height <= 2
    assert len(picture) < 1_000_000


def test_signs_with_a_meaning_in_html_are_escaped() -> None:
    preview = written('"Less" & <code>more</code>', 'He said "x < y".')

    assert preview["og:title"] == "&#34;Less&#34; &amp; more"
    assert preview["og:description"] == "He said &#34;x &lt; y&#34;."


def test_a_site_without_an_address_names_none() -> None:
    preview = written("A", "B")

    assert "og:url" not in preview
    assert "og:image" not in preview
    assert preview["twitter:card"] == "summary"
    assert written("A", "B", ADDRESS)["og:image"] == f"{ADDRESS}assets/screenshot.png"


def test_a_lesson_shows_its_lead() -> None:
    lead = {"pixels": "cost/lead.png", "alt": 'A "bowl" & a dot.'}
    preview = written("A", "B", f"{ADDRESS}lessons/linear/cost.html", lead=lead)

    assert preview["og:image"] == f"{ADDRESS}lessons/linear/cost/lead.png"
    assert preview["og:image:alt"] == "A &#34;bowl&#34; &amp; a dot."
    assert "og:image" not in written("A", "B", lead=lead)
