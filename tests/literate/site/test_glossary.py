"""Words are explained on pages new and kept, served and taken along."""

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer

from literate.site.live import Live

WORDS = "# Words\n\nbatch\n:   Some rows.\n\naxis <!-- ambiguous -->\n:   A direction.\n"
LESSON = '''# %% [markdown]
"""
# A lesson

A batch of both axes. The axis<!-- term --> of a batch.
"""

# %%
print("shown")
'''


@pytest.fixture
def explained(site, monkeypatch):
    """Return a site with a glossary, after a build."""
    site.configure("glossary: words.md\nexplained: ['*/*']\ndownloads: ['*.py']")
    site.project.write("docs/words.md", WORDS)
    site.project.write("docs/part/plain.md", "# Plain\n\nA batch.\n")
    site.project.write("docs/part/a.py", LESSON)
    monkeypatch.chdir(site.project.root)
    site.build()
    return site


def tooltip(word, meaning):
    return f'<abbr tabindex="0" title="{meaning}">{word}</abbr>'


def test_a_page_that_was_kept_has_the_meaning_that_its_glossary_has_now(explained):
    for meaning in ("Some rows.", "A few rows.", "Rows."):
        explained.project.write("docs/words.md", WORDS.replace("Some rows.", meaning))
        explained.build()
        assert f"A {tooltip('batch', meaning)}." in explained.html("docs/part/plain.md")
        assert f"A {tooltip('batch', meaning)} of both axes" in explained.html("docs/part/a.py")
    explained.project.write("docs/words.md", WORDS.replace(" <!-- ambiguous -->", ""))
    explained.build()
    assert f"both {tooltip('axes', 'A direction.')}. The axis of" in explained.html(
        "docs/part/a.py"
    )


def test_marks_stand_on_no_page_and_in_no_download(explained):
    html = explained.html("docs/part/a.py")
    assert f"of both axes. The {tooltip('axis', 'A direction.')} of a batch." in html
    for name in ("a.ipynb", "a.py"):
        text = (explained.folder / "part/a" / name).read_text(encoding="utf-8")
        assert "of both axes. The axis of a batch." in text
    assert "term --" not in html


def test_a_mark_that_marks_no_word_stops_the_build(explained, caplog):
    explained.project.replace("docs/part/plain.md", "A batch.", "A thing<!-- term -->.")
    with pytest.raises(Abort):
        explained.build()
    assert (
        "part/plain.md: <!-- term -->: no word of the glossary stands right before" in caplog.text
    )
    with pytest.raises(Abort):  # and again, though nothing has changed
        explained.build()


def test_a_server_explains_what_was_saved(explained):
    config = load_config("mkdocs.yml")
    config.plugins.on_startup(command="serve", dirty=False)
    build(config, serve_url="http://127.0.0.1:8000/")
    plugin, project = config.plugins["literate"], explained.project
    project.replace("docs/part/plain.md", "A batch.", "An axis<!-- term -->, a batch.")
    project.replace("docs/part/a.py", "A batch of", "Each batch of")

    server = LiveReloadServer(lambda: None, "127.0.0.1", 0, str(explained.folder))
    names = ("docs/part/plain.md", "docs/part/a.py")
    live = Live(server, plugin, lambda: None)
    assert plugin.show([project.root / name for name in names], live)
    server.server_close()

    plain, lesson = map(explained.html, names)
    assert f"An {tooltip('axis', 'A direction.')}, a {tooltip('batch', 'Some rows.')}." in plain
    assert f"Each {tooltip('batch', 'Some rows.')} of both axes" in lesson
    config.plugins.on_shutdown()
