"""An address that has moved leads on; a reader without scripts gets a link, and is taken along."""

import json
import re

import pytest
from mkdocs.exceptions import Abort

from literate.site.moved import page


def test_it_leads_on_with_and_without_scripts():
    html = page("course.linear", "linear/index.html", {})
    assert '<meta http-equiv="refresh" content="0; url=linear/index.html">' in html
    assert '<a href="linear/index.html">course.linear</a>' in html
    assert 'location.replace((ways[start] || "linear/index.html") + location.hash)' in html


def test_it_knows_where_anchors_have_gone():
    ways = {"course.linear.cost": "linear/cost.html"}
    found = re.search(r"const ways = (.*)", page("course.linear", "linear/index.html", ways))
    assert json.loads(found[1]) == ways


def test_no_text_ends_the_script_or_an_attribute():
    html = page('</script>"', '"</script>', {"</script>": "</script>"})
    assert html.count("</script>") == 1
    assert "<title>&lt;/script&gt;&quot;: moved</title>" in html


def test_a_page_that_has_moved_leads_from_its_old_address_to_the_new_one(site):
    site.project.write("docs/linear/cost.py", "# ---\n# title: How wrong?\n# ---\n\n# %%\n1\n")
    site.configure("moved: {old/cost: linear/cost}")
    site.build()
    html = (site.folder / "old/cost.html").read_text()
    assert '<a href="../linear/cost.html">How wrong?</a>' in html


@pytest.mark.parametrize(
    ("ways", "wrong"),
    [("old: nowhere", "there is no page nowhere"), ("index: index", "index is a page")],
)
def test_a_way_that_leads_nowhere_or_stands_on_a_page_stops_the_build(site, caplog, ways, wrong):
    site.project.write("docs/index.md", "# Home\n")
    site.configure(f"moved: {{{ways}}}")
    with pytest.raises(Abort):
        site.build()
    assert f"literate: moved: {wrong}" in caplog.messages
