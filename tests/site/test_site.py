"""The site as MkDocs writes it: the real mkdocs.yml, with a few pages in place of the lessons."""

import re
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest

from literate.site.origins import foreign_requests

ROOT = Path(__file__).parents[2]

Build = Callable[[Path, str], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def page(site: Path) -> str:
    return (site / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def reference(site: Path) -> str:
    return (site / "reference.html").read_text(encoding="utf-8")


def test_no_page_asks_another_origin(site: Path) -> None:
    assert {"index.html", "404.html", "lessons/small/figure.html"} <= {
        path.relative_to(site).as_posix() for path in site.rglob("*.html")
    }
    assert foreign_requests(site) == []


def test_what_serves_the_making_of_the_site_is_not_published(site: Path) -> None:
    published = {path.relative_to(site).as_posix() for path in (site / "assets").rglob("*")}

    assert "assets/site.css" in published
    assert "assets/vendor/stix-two-math/LICENSE.txt" in published
    assert not [name for name in published if re.search(r"theme|mkdocstrings/|jinja|README", name)]


def test_maths_needs_no_script(page: str) -> None:
    assert r'<math alttext="w - \text{lr} \cdot g">' in page


def test_shown_source_leads_to_the_reference_and_takes_no_anchor_from_it(
    page: str, reference: str
) -> None:
    name = "course.networks.workflow.train"
    caption = rf'<p class="source-name"><a [^>]*href="reference.html#{re.escape(name)}"'

    assert re.search(caption, page)
    assert "zero_grad" in page
    assert f'id="{name}"' not in page
    assert f'id="{name}"' in reference


def test_the_reference_shows_public_names_their_source_and_who_uses_them(reference: str) -> None:
    entry = reference.split('id="course.networks.workflow.train"')[1].split("<h3")[0]

    assert "<code>course/networks/workflow.py</code>" in entry
    assert "Referenced by:" in entry
    assert 'href="index.html#a-lesson"' in entry
    assert not re.findall(r'id="course\.networks\.workflow\.[\w.]*\._', reference)


def test_no_page_uses_an_id_twice(page: str, reference: str) -> None:
    for html in (page, reference):
        ids = Counter(re.findall(r'\sid="([^"]*)"', html))
        assert [name for name, times in ids.items() if times > 1] == []


def test_controls_have_names(page: str) -> None:
    assert 'role="dialog" aria-label="Search this site"' in page
    assert re.findall(r'class="headerlink"[^>]*>([^<]*)<', page) == 2 * ["Link to this section"]
    assert "aria-expanded" not in page


def test_a_landmark_is_one_only_where_it_has_a_name(page: str) -> None:
    bars = re.findall(r"<nav [^>]*>", page)
    named = [bar for bar in bars if "aria-label=" in bar]
    sections = [bar for bar in bars if 'role="none"' in bar]

    assert len(bars) == len(named) + len(sections)
    assert len(sections) == 1, "a page's own section is unfolded, the others are links"
    assert "aria-labelledby" not in page.split("<main")[1].split("<article")[0]


def test_a_page_says_what_it_is_about(site: Path, page: str) -> None:
    missing = (site / "404.html").read_text(encoding="utf-8")

    assert '<meta name="description" content="What this lesson is about.">' in page
    assert re.search(r'<meta name="description" content="[^"]+">', missing)
    assert (site / re.search(r'<link rel="icon" href="([^"]+)">', page)[1]).is_file()


def test_the_start_page_is_called_like_the_site_and_the_others_name_both(site: Path) -> None:
    name = "Introduction to Neural Networks with PyTorch"
    titles = {
        path: re.findall(r"<title>(.*?)</title>", (site / path).read_text(encoding="utf-8"))
        for path in ("index.html", "reference.html", "lessons/small/index.html")
    }
    assert titles == {
        "index.html": [name],
        "reference.html": [f"Reference - {name}"],
        "lessons/small/index.html": [f"Small - {name}"],
    }


def test_a_phone_has_a_short_name_in_its_header(page: str) -> None:
    (names,) = re.findall(r'<span class="long">(.*?)</span><span class="short">(.*?)</span>', page)
    assert names == ("Introduction to Neural Networks with PyTorch", "Neural Networks")


def test_machines_find_every_page(site: Path) -> None:
    sitemap = (site / "sitemap.xml").read_text(encoding="utf-8")
    address = "https://example.org/course/"
    robots = (site / "robots.txt").read_text(encoding="utf-8")

    found = set(ET.fromstring(sitemap).itertext()) - {"\n", "\n  "}
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert {f"{address}{page}" for page in pages - {"404.html"}} == found
    assert robots == f"User-agent: *\nAllow: /\nSitemap: {address}sitemap.xml"
    for page in pages - {"404.html"}:
        text = (site / page).read_text(encoding="utf-8")
        assert f'<link rel="canonical" href="{address}{page}">' in text


def test_without_an_address_machines_find_what_is_known_of_each_page() -> None:
    folder = Path(__file__).parents[2] / "docs/assets/theme"
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), autoescape=False)
    page = SimpleNamespace(canonical_url=None, is_link=False)
    files = [SimpleNamespace(url=f"{name}.html", page=page) for name in ("index", "a/b")]

    sitemap = environment.get_template("sitemap.xml").render(pages=files)
    assert re.findall("<loc>(.*?)</loc>", sitemap) == ["index.html", "a/b.html"]
    ET.fromstring(sitemap)
    config = SimpleNamespace(site_url="")
    robots = environment.get_template("robots.txt").render(config=config)
    assert robots == "User-agent: *\nAllow: /"


def test_the_page_for_a_missing_one_finds_the_site_in_its_folder(site: Path) -> None:
    missing = (site / "404.html").read_text(encoding="utf-8")
    article = missing.split("<article")[1].split("</article>")[0]
    local = re.findall(r'(?:href|src)="(?!https?://|#)([^"]*)"', missing)

    assert "<title>Page not found - " in missing
    assert re.findall(r'<a href="([^"]*)">([^<]*)</a>', article) == [
        ("/course/index.html", "Home"),
        ("/course/lessons/small/index.html", "Lessons: Small"),
        ("/course/reference.html", "Reference"),
    ]
    assert [address for address in local if not address.startswith("/course/")] == []
    assert '"base":"/course/"' in missing.replace(" ", "")


def test_the_site_carries_the_package_under_the_name_that_the_start_page_links(site: Path) -> None:
    (carried,) = (site / "wheels").iterdir()
    start = (ROOT / "docs/start/index.md").read_text(encoding="utf-8")

    assert f"[{carried.name}](../wheels/{carried.name})" in start
    assert set(re.findall(r"[\w.-]+\.whl", start)) == {carried.name}


def test_the_colours_follow_the_system_until_the_reader_chooses(page: str) -> None:
    media = re.findall(r'data-md-color-media="([^"]*)"', page)

    assert media == [
        "(prefers-color-scheme)",
        "(prefers-color-scheme: light)",
        "(prefers-color-scheme: dark)",
    ]


def test_a_dead_link_stops_the_build(build: Build, tmp_path: Path) -> None:
    dead = """
# A lesson

[page](gone.md), [section](reference.md#gone), [here](#gone), [name][course.networks.gone]
"""
    done = build(tmp_path, dead)

    assert done.returncode != 0
    assert not (tmp_path / "site").exists()
    for what in ("'gone.md'", "'reference.md#gone'", "'#gone'", "'course.networks.gone'"):
        assert re.search(f"WARNING.*{re.escape(what)}", done.stderr), what


def test_a_formula_that_cannot_be_rendered_stops_the_build(build: Build, tmp_path: Path) -> None:
    done = build(tmp_path, "# A lesson\n\n$\\foo$\n")

    assert done.returncode != 0
    assert "docs/index.md, line 3: cannot render the formula `\\foo`, character 0: " in done.stderr
