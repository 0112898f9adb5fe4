"""Each module of a package has a page, in the order of the lessons; adding one writes nothing."""

import pytest
from mkdocs.exceptions import Abort, PluginError

from literate.site import reference
from literate.site.reference import Module

NAV = [
    "index.md",
    {"Lessons": ["lessons/linear/line.py", "lessons/linear/cost.py", "lessons/data/rows.py"]},
    {"Reference": ["reference/index.md", "reference/*", "reference/sources.md"]},
]
FACTS = {"lessons/linear/cost.py": {"title": "How wrong?"}, "lessons/linear/line.py": {}}


@pytest.fixture
def package(tmp_path):
    """Return a folder with a package of two folders of modules, and one module beside them."""
    for name, text in {
        "__init__": "'''All.'''",
        "device": "'''Where.'''",
        "_hidden": "",
        "data/__init__": "'''Data: rows.\n\nMore.'''",
        "data/rows": "'''Rows | more.'''",
        "linear/__init__": "'''Lines.'''",
        "linear/cost": "'''How wrong.'''",
        "linear/helper": "'''Helps.'''",
        "linear/line": "'''A line.'''",
        "linear/exercises/__init__": "'''Exercises.'''",
        "linear/exercises/cost": "'''Exercises of cost.'''",
    }.items():
        path = tmp_path / "own" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture
def found(package):
    """Return its modules in order."""
    modules = reference.modules(package, "own", ["own.*.exercises*"])
    return reference.in_order(modules, list(reference.listed(NAV)))


def test_modules_come_in_the_order_of_the_lessons_of_their_names_and_then_by_name(found):
    assert [module.name for module in found] == [
        "own.linear",
        "own.linear.line",
        "own.linear.cost",
        "own.linear.helper",
        "own.data",
        "own.data.rows",
        "own.device",
    ]
    assert found[4] == Module("own.data", "Data: rows.", folder=True)


def test_a_package_that_is_not_there_is_told(package):
    with pytest.raises(PluginError, match="reference: there is no package other in"):
        reference.modules(package, "other")


def test_a_module_without_a_docstring_is_told(package):
    (package / "own/data/silent.py").write_text("x = 1")
    with pytest.raises(PluginError, match=r"the module own\.data\.silent has no docstring"):
        reference.modules(package, "own")


def test_nav_has_each_folder_with_its_index_first_where_the_place_is(found):
    assert reference.expanded(NAV, found)[2] == {
        "Reference": [
            "reference/index.md",
            {
                "own.linear": [
                    "reference/linear/index.md",
                    {"line": "reference/linear/line.md"},
                    {"cost": "reference/linear/cost.md"},
                    {"helper": "reference/linear/helper.md"},
                ]
            },
            {"own.data": ["reference/data/index.md", {"rows": "reference/data/rows.md"}]},
            {"own.device": "reference/device.md"},
            "reference/sources.md",
        ]
    }
    assert reference.expanded(NAV, found)[:2] == NAV[:2]


def test_a_page_shows_its_module_and_links_to_the_lesson(found):
    pages = reference.pages(found, reference.taught(found, FACTS))
    assert set(pages) == {module.page for module in found}
    assert pages["reference/linear/cost.md"] == (
        '---\ntitle: own.linear.cost\ndescription: "own.linear.cost: How wrong."\n'
        "search:\n  boost: 0.4\n---\n\n"
        "# `own.linear.cost`\n\n"
        "Lesson: [How wrong?](../../lessons/linear/cost.py)\n\n"
        "::: own.linear.cost\n    options:\n      show_root_heading: false\n"
    )
    assert "Lesson" not in pages["reference/linear/helper.md"]


def test_the_page_of_a_folder_lists_its_modules(found):
    page = reference.pages(found, [])["reference/data/index.md"]
    assert "| [`own.data.rows`](rows.md) | Rows \\| more. |" in page


def test_a_table_of_all_links_to_each(found):
    lines = reference.table(found, "reference/index.md").splitlines()
    assert lines[2:] == [
        "| [`own.linear`](linear/index.md) | Lines. | "
        "[line](linear/line.md) · [cost](linear/cost.md) · [helper](linear/helper.md) |",
        "| [`own.data`](data/index.md) | Data: rows. | [rows](data/rows.md) |",
        "| [`own.device`](device.md) | Where. |  |",
    ]


def test_a_lesson_says_before_its_end_which_module_it_teaches(found):
    cost = next(module for module in found if module.name == "own.linear.cost")
    line = "The code of this lesson: [`own.linear.cost`](../../reference/linear/cost.md)"
    for end in ('<div class="downloads" x>\n</div>', '<footer class="run" x>\n</footer>', ""):
        lessons = [reference.Taught(cost, "lessons/linear/cost.py", "Cost")]
        told = reference.told(f"# A\n\nText\n\n{end}", "lessons/linear/cost.py", lessons)
        assert told.index("Text") < told.index(line)
        assert not end or told.index(line) < told.index(end)


def test_the_address_of_a_whole_folder_leads_on(found):
    former = reference.former(found)
    assert set(former) == {"reference/linear.html", "reference/data.html"}
    assert '"own.linear.cost": "linear/cost.html"' in former["reference/linear.html"]


def test_the_site_has_the_pages_and_links_both_ways(site, package):
    for path in sorted((package / "own").rglob("*.py")):
        site.project.write(path.relative_to(package).as_posix(), path.read_text())
    site.project.write("docs/reference/index.md", "# Reference\n\n<!-- modules -->\n")
    site.project.write(
        "docs/lessons/linear/cost.py", "# ---\n# title: How wrong?\n# ---\n\n# %%\n1\n"
    )
    more = "  - autorefs\n  - mkdocstrings:\n      handlers: {python: {paths: [.]}}\n"
    settings = (site.project.root / "mkdocs.yml").read_text()
    site.configure("reference: own\nreference_without: ['own.*.exercises*']")
    settings = (site.project.root / "mkdocs.yml").read_text()
    head, plugins, rest = settings.partition("plugins:\n")
    first, _, others = rest.partition("markdown_extensions:")
    nav = "nav: [index.md, lessons/linear/cost.py, reference/index.md, 'reference/*']\n"
    site.project.write(
        "mkdocs.yml", f"{head}{plugins}{first}{more}{nav}markdown_extensions:{others}"
    )
    site.build()
    page = site.html("docs/reference/linear/cost.md")
    assert '<a href="../../lessons/linear/cost.html">How wrong?</a>' in page
    assert 'href="../../reference/linear/cost.html"' in site.html("docs/lessons/linear/cost.py")
    assert '<a href="linear/cost.html">cost</a>' in site.html("docs/reference/index.md")
    assert (site.folder / "reference/linear.html").is_file()
    assert not (site.folder / "reference/linear/exercises").exists()


@pytest.mark.parametrize("option", ["reference: own", "copying: true"])
def test_options_that_need_mkdocstrings_say_so(site, option, caplog):
    site.configure(option)
    with pytest.raises(Abort):
        site.build()
    name = option.partition(":")[0]
    assert f"literate: {name}: needs the plugin mkdocstrings: add it" in caplog.messages
