"""Pages are kept by all that they are made of: whatever changes, the page changes with it."""

import json
import shutil

import markdown
import pytest

from literate.site import rendered

MORE = """
  - search
  - autorefs
  - mkdocstrings:
      handlers:
        python:
          paths: ["."]
          options: {show_root_heading: true, backlinks: flat}
"""


@pytest.fixture
def pages(site, monkeypatch):
    """Return a site that was built once, and a list of what Markdown is converted for it."""
    project = site.project
    site.configure()
    text = (project.root / "mkdocs.yml").read_text()
    head, _, tail = text.partition("markdown_extensions:")
    project.write("mkdocs.yml", f"{head.rstrip()}{MORE}markdown_extensions:{tail}")
    project.write("own/__init__.py", '"""Own."""\n')
    project.write("own/thing.py", 'def answer():\n    """Return the answer."""\n    return 42\n')
    project.write("docs/reference.md", "# Reference\n\n::: own.thing\n")
    project.write("docs/plain.md", "# Plain\n\n## Part\n\nSee [answer][own.thing.answer].\n")
    project.write("docs/links.md", "# Links\n\n[There](plain.md#part), [home](index.md)\n")
    converted = []
    convert = markdown.Markdown.convert

    def noted(self, source):
        converted.append(source.partition("\n")[0])
        return convert(self, source)

    monkeypatch.setattr(markdown.Markdown, "convert", noted)
    monkeypatch.chdir(project.root)
    site.build()
    site.converted = converted
    return site


def built(pages):
    """Build once more; return the titles of the pages that were rendered."""
    pages.converted.clear()
    pages.build()
    titles = ("# Home", "# Reference", "# Plain", "# Links")
    return {title[2:] for title in titles if title in pages.converted}


def files(pages):
    """Return the site as a fresh build makes it; the inventory's date aside."""
    return {name: data for name, data in pages.files().items() if not name.endswith(".gz")}


def test_without_a_change_nothing_is_rendered_and_the_site_is_the_same(pages):
    before = files(pages)
    assert "Referenced by" in pages.html("docs/reference.md")
    assert built(pages) == set()
    assert files(pages) == before
    shutil.rmtree(pages.project.root / ".cache")
    assert built(pages) == {"Home", "Reference", "Plain", "Links"}
    assert files(pages) == before


def test_an_edit_of_a_page_renders_it_alone(pages):
    pages.project.write("docs/plain.md", "# Plain\n\n## Part\n\nSee nothing.\n")
    assert built(pages) == {"Plain"}
    assert "See nothing" in pages.html("docs/plain.md")
    assert "Referenced by" not in pages.html("docs/reference.md"), "nobody refers to it any more"


def test_an_edit_of_the_package_renders_what_shows_its_source(pages):
    pages.project.write("own/thing.py", 'def answer():\n    """Return less."""\n    return 41\n')
    assert built(pages) == {"Reference"}
    assert "Return less." in pages.html("docs/reference.md")


def test_a_file_that_comes_or_goes_renders_what_may_link_to_it(pages):
    pages.project.write("docs/more.md", "# More\n")
    assert built(pages) == {"Home", "Reference", "Plain", "Links"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("site_name: Lessons", "site_name: Other"),
        ("backlinks: flat", "backlinks: tree"),
        ("use_directory_urls: false", "use_directory_urls: true"),
        ("markdown_extensions:\n", "markdown_extensions:\n  - abbr\n"),
        ("show_root_heading: true", "show_root_heading: false"),
    ],
)
def test_an_edit_of_the_settings_renders_everything(pages, old, new):
    pages.project.replace("mkdocs.yml", old, new)
    assert built(pages) == {"Home", "Reference", "Plain", "Links"}


def test_another_version_of_anything_renders_everything(pages, monkeypatch):
    monkeypatch.setattr(rendered, "installed", lambda: ["another-1.0.dist-info"])
    assert built(pages) == {"Home", "Reference", "Plain", "Links"}


def test_another_engine_or_template_renders_everything(pages, monkeypatch):
    engine = pages.project.root / "engine"
    (engine / "site").mkdir(parents=True)
    (engine / "site" / "part.py").write_text("x = 1\n")
    monkeypatch.setattr(rendered, "ENGINE", engine)
    assert built(pages) == {"Home", "Reference", "Plain", "Links"}
    assert built(pages) == set()
    (engine / "site" / "part.py").write_text("x = 2\n")
    assert built(pages) == {"Home", "Reference", "Plain", "Links"}
    templates = pages.project.root / "templates/python/material"
    templates.mkdir(parents=True)
    pages.project.replace(
        "mkdocs.yml", "mkdocstrings:\n", "mkdocstrings:\n      custom_templates: templates\n"
    )
    assert built(pages) == {"Home", "Reference", "Plain", "Links"}
    (templates / "docstring.html.jinja").write_text("INSTEAD\n")
    assert built(pages) == {"Home", "Reference", "Plain", "Links"}


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b'{"content": 3}'])
def test_a_damaged_entry_is_rendered_anew(pages, damage):
    before = files(pages)
    for path in (pages.project.root / ".cache/literate-pages").iterdir():
        path.write_bytes(damage)
    assert built(pages) == {"Home", "Reference", "Plain", "Links"}
    assert files(pages) == before


def test_an_entry_without_all_of_a_page_is_rendered_anew(pages):
    before = files(pages)
    for path in (pages.project.root / ".cache/literate-pages").iterdir():
        entry = json.loads(rendered.storage.read(path))
        if "toc" in entry:
            del entry["toc"]
            rendered.storage.write(path, json.dumps(entry).encode())
    assert built(pages) == {"Home", "Reference", "Plain", "Links"}
    assert files(pages) == before


def test_a_warning_comes_again_in_every_build(pages, caplog):
    pages.project.write("docs/links.md", "# Links\n\n[Gone](gone.md)\n")
    for _ in range(2):
        caplog.clear()
        with pytest.raises(Exception, match="1 warning"):
            pages.build()
        assert any("gone.md" in message for message in caplog.messages)


def test_a_dead_anchor_of_a_page_that_is_kept_is_still_found(pages, caplog):
    pages.project.write("docs/plain.md", "# Plain\n\n## Other\n")
    with pytest.raises(Exception, match="1 warning"):
        built(pages)
    assert "# Links" not in pages.converted
    assert any("does not contain an anchor '#part'" in message for message in caplog.messages)


def test_a_page_that_takes_in_another_file_is_rendered_each_time(pages):
    pages.project.write("docs/plain.md", "# Plain\n\n## Part\n\n`--8<-- 'x'`\n")
    assert built(pages) == {"Plain"}
    assert built(pages) == {"Plain"}


def test_without_a_cache_nothing_is_kept(pages):
    pages.project.replace("mkdocs.yml", "  - literate:\n", "  - literate:\n      cache: false\n")
    assert built(pages) == built(pages) == {"Home", "Reference", "Plain", "Links"}
