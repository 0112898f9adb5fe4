"""The report of a build: what became of each lesson, as a page and as JSON."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from mkdocs.exceptions import Abort, PluginError

from literate.build import Lesson
from literate.lesson.model import Failure, Manifest, Run, Span
from literate.site.report import entries, to_json, to_markdown, waited_for

ROOT = Path("/project")
CACHE = Path("/home/reader/.cache")


@pytest.fixture(autouse=True)
def cache_folder(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(CACHE))


def lesson(name="docs/a/one.py", cached=False, failure=None, **run):
    """Return a lesson that has run, or that nobody runs."""
    ran = Run(seconds=1.26, device="CPU", threads=2, **run) if run or not failure else None
    return Lesson(ROOT / name, "", run=ran, cached=cached, failure=failure)


def of(*lessons):
    return entries({each.path: each for each in lessons}, ROOT)


def page(*lessons):
    return to_markdown(of(*lessons), lambda name: f"to/{name}", "build.json")


def rows(markdown):
    """Return the cells of the table, without its head."""
    lines = [line for line in markdown.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip() for cell in line[1:-1].split(" | ")] for line in lines]


def test_a_lesson_has_run_or_was_kept_or_is_only_shown_or_has_failed():
    shown = Lesson(ROOT / "docs/shown.py", "")
    failed = lesson("docs/failed.py", failure=Failure("docs/failed.py, line 3", "no | good\nmore"))
    found = of(lesson(), lesson("docs/kept.py", cached=True), shown, failed)

    assert [(each.lesson, each.way) for each in found] == [
        ("docs/a/one.py", "ran"),
        ("docs/kept.py", "kept"),
        ("docs/shown.py", "shown"),
        ("docs/failed.py", "failed"),
    ]
    assert found[3].failure == "docs/failed.py, line 3: no | good"
    assert found[2].device == found[3].device == ""


def test_a_failed_lesson_that_has_run_half_way_counts_as_failed():
    half = lesson(failure=Failure("docs/a/one.py", "stopped"), data=["a.csv"])

    (entry,) = of(half)

    assert (entry.way, entry.seconds, entry.data) == ("failed", 0.0, {})


def test_the_table_says_seconds_device_threads_and_data():
    counted = lesson()
    counted.seeds = "20 times on 9 March 2026"
    other = lesson("docs/b.py", cached=True, data=["x_y.csv (scikit-learn)"])
    markdown = page(counted, other)

    assert rows(markdown) == [
        [
            "[a/one](to/docs/a/one.py)",
            "ran",
            '<span class="volatile">1.3 s</span>',
            "CPU, 2 threads",
            "made by the lesson",
            "20 times on 9 March 2026",
        ],
        [
            "[docs/b](to/docs/b.py)",
            "kept",
            '<span class="volatile">1.3 s</span>',
            "CPU, 2 threads",
            "x&#95;y.csv (scikit-learn): bundled",
            "",
        ],
    ]
    assert "- 1 **ran** in this build\n- 1 **kept** from an earlier build" in markdown
    assert 'all cells take <span class="volatile">2.6 s</span>.' in markdown
    assert "- Data **bundled** come with an installed package\n" in markdown
    assert "**failed**" not in markdown
    assert "**downloaded**" not in markdown


def test_a_failure_is_told_in_one_cell_whatever_it_holds():
    markdown = page(lesson(failure=Failure("docs/a.py, line 1", "a | *b* <i> $x$ `c` [d](e)")))

    (cells,) = rows(markdown)
    assert cells[1:4] == ["failed", "", ""]
    assert re.sub(r"&#(\d+);", lambda sign: chr(int(sign[1])), cells[4]).endswith(
        "docs/a.py, line 1: a | *b* <i> $x$ `c` [d](e)"
    )
    assert not re.search(r"[*<$`\[\]]", cells[4])


def test_one_thread_is_one_and_what_was_not_run_has_no_figures():
    (cells,) = rows(page(Lesson(ROOT / "docs/s.py", "")))
    assert cells == ["[docs/s](to/docs/s.py)", "shown", "", "", "", ""]
    single = Lesson(ROOT / "docs/s.py", "", run=Run(device="CPU", threads=1))
    assert rows(page(single))[0][3] == "CPU, 1 thread"


def data(*names, **files):
    return of(lesson(data=list(names), manifest=Manifest(files=files)))[0].data


def test_data_are_bundled_or_of_the_project_or_of_a_folder_or_downloaded():
    raw = "MNIST/raw/train-images-idx3-ubyte"

    assert data("d.csv (scikit-learn)") == {"d.csv (scikit-learn)": "bundled"}
    assert data("x.csv", **{"docs/data/x.csv": "12"}) == {"x.csv": "project"}
    assert data("x.csv", **{"x.csv": "12"}) == {"x.csv": "project"}
    assert data(raw, **{f"/shared/{raw}": "12"}) == {raw: "folder"}
    assert data(raw, **{f"{CACHE}/course/{raw}": "12"}) == {raw: "downloaded"}
    assert data("x.csv", **{f"{CACHE}/max.csv": "12"}) == {"x.csv": "folder"}


def test_data_that_could_not_be_had_are_named_beside_those_that_stand_in():
    raw = "MNIST/raw/train-images-idx3-ubyte"
    run = {
        "data": ["digits.csv.gz (scikit-learn)"],
        "manifest": Manifest(files={f"{CACHE}/course/{raw}": "", "docs/optional.cfg": ""}),
    }
    (entry,) = of(lesson(**run))

    assert entry.data == {"digits.csv.gz (scikit-learn)": "bundled", raw: "missing"}
    markdown = page(lesson(**run))
    assert "digits.csv.gz (scikit-learn): bundled<br>MNIST/raw: missing |" in markdown
    assert "- Data **missing** could not be had: the other data of the lesson stand in" in markdown
    assert str(CACHE) not in markdown + to_json([entry])


def test_several_files_of_a_folder_are_told_as_one():
    names = [f"MNIST/raw/{part}-ubyte" for part in ("train", "t10k")]
    files = {f"/shared/{name}": "12" for name in names}

    markdown = page(lesson(data=names, manifest=Manifest(files=files)))

    assert rows(markdown)[0][4] == "MNIST/raw, 2 files: folder"


@pytest.mark.parametrize(
    ("system", "folder"),
    [("linux", ".cache"), ("darwin", "Library/Caches"), ("win32", "AppData/Local")],
)
def test_without_a_named_cache_it_is_that_of_the_system(monkeypatch, system, folder):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setattr("sys.platform", system)

    assert data("x.csv", **{f"/home/me/{folder}/x.csv": "1"}) == {"x.csv": "downloaded"}
    assert data("x.csv", **{"/home/me/x.csv": "1"}) == {"x.csv": "folder"}


def timed(**spans):
    """Return lessons that have run in a build, by their names."""
    return [replace(lesson(f"docs/{name}.py"), span=Span(*when)) for name, when in spans.items()]


@pytest.mark.parametrize(
    ("spans", "chain"),
    [
        ({}, []),
        ({"a": (0, 3)}, ["a"]),
        # Two places: the long one fills one of them.
        ({"a": (0, 9), "b": (0, 3), "c": (3, 8)}, ["a"]),
        ({"a": (0, 7), "b": (0, 3), "c": (3, 8)}, ["b", "c"]),
        # `x` and `y` run alone, after whatever ended last.
        (
            {"x": (8.5, 9), "a": (0, 4), "b": (0, 3), "c": (3, 8), "d": (4, 6), "y": (9, 9)},
            ["b", "c", "x", "y"],
        ),
        # Nothing started at the moment when another ended, as where the build writes in between.
        ({"a": (0, 2), "b": (0, 2.5), "c": (2.1, 3), "d": (2.6, 3.5)}, ["b", "d"]),
    ],
)
def test_the_chain_of_lessons_that_a_build_waited_for(spans, chain):
    kept = lesson("docs/kept.py", cached=True)

    found = of(kept, *timed(**spans))

    assert [entry.lesson for entry, _ in waited_for(found)] == [f"docs/{name}.py" for name in chain]
    told = json.loads(to_json(found))
    assert told["waited_for"] == [f"docs/{name}.py" for name in chain]


def test_the_page_names_what_the_build_waited_for():
    markdown = page(*timed(a=(0, 7), b=(0, 3.25), c=(3.25, 8.04)))

    assert 'it took <span class="volatile">8.0 s</span>.' in markdown
    part = markdown.partition('<div class="volatile" markdown>')[2]
    assert rows(part) == [
        ["[docs/b](to/docs/b.py)", "0.0 s", "3.2 s", "1.3 s"],
        ["[docs/c](to/docs/c.py)", "3.2 s", "8.0 s", "1.3 s"],
    ]
    assert "waited for" not in page(lesson(cached=True))


def test_the_versions_of_all_lessons_stand_in_one_line():
    one = lesson(versions={"torch": "2.14.1", "Python": "3.11.7"})
    other = lesson("docs/b.py", versions={"numpy": "2.4", "Python": "3.11.7"})

    assert "\nVersions: Python 3.11.7 · numpy 2.4 · torch 2.14.1\n" in page(one, other)


def test_the_search_leaves_the_page_out():
    _, front, _ = page(lesson()).split("---\n", 2)
    meta = yaml.safe_load(front)

    assert meta["search"] == {"exclude": True}
    assert meta["title"] == "Build report"
    assert 20 <= len(meta["description"]) <= 160


def test_json_holds_all_of_every_lesson():
    told = json.loads(to_json(of(lesson(versions={"torch": "2.14.1"}, data=["x.csv"]))))

    assert told == {
        "lessons": [
            {
                "lesson": "docs/a/one.py",
                "way": "ran",
                "seconds": 1.3,
                "device": "CPU",
                "threads": 2,
                "data": {"x.csv": "folder"},
                "versions": {"torch": "2.14.1"},
                "seeds": "",
                "failure": "",
                "span": None,
            }
        ],
        "waited_for": [],
    }


LESSON = """
# %% [markdown]
# # A lesson

# %%
print(6 * 7)
"""


def test_a_site_has_the_report_as_a_page_with_its_json_beside_it(site):
    site.configure("report: about/build.md")
    site.page(LESSON, "docs/part/a.py")
    html = site.html("docs/about/build.md")
    told = json.loads((site.folder / "about/build.json").read_text())

    assert '<a href="../part/a.html">part/a</a>' in html
    assert '<a href="build.json">build.json</a>' in html
    assert "<td>ran</td>" in html
    assert [each["lesson"] for each in told["lessons"]] == told["waited_for"] == ["docs/part/a.py"]
    assert html.count('<a href="../part/a.html">part/a</a>') == 2
    site.build()
    assert "<td>kept</td>" in site.html("docs/about/build.md")
    assert "waited for" not in site.html("docs/about/build.md")


def test_the_report_may_stand_at_the_top_and_in_the_navigation(site):
    site.configure("report: build.md", "nav: [index.md, a.py, build.md]\n")
    site.page(LESSON)

    assert '<a href="a.html">docs/a</a>' in site.html("docs/build.md")


def test_without_the_option_there_is_no_report(site):
    site.page(LESSON)

    assert sorted(site.files()) == ["a.html", "index.html"]


def test_the_report_takes_the_place_of_no_page(site, caplog):
    site.configure("report: index.md")

    with pytest.raises((PluginError, Abort)):
        site.page(LESSON)
    assert "report: there is a page index.md already" in caplog.text


def test_while_serving_a_failed_lesson_stands_in_the_report(site, capsys):
    site.configure("report: build.md")
    site.project.write("docs/a.py", "# %%\n1 / 0\n")
    site.build("serve")

    assert "<td>failed</td>" in site.html("docs/build.md")
    assert "ZeroDivisionError: division by zero" in site.html("docs/build.md")
    assert "ZeroDivisionError" in capsys.readouterr().err
