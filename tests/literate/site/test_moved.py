"""An address that has moved leads on; a reader without scripts gets a link, and is taken along."""

import json
import re

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
