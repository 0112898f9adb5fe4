"""Every record in docs/records has its form, and a page that shows it."""

from pathlib import Path

import pytest

from literate.running import records

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs/records"
RECORDS = sorted(FOLDER.glob("*.json"))
PAGES = {
    path: path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("docs/**/*.*"))
    if path.suffix in {".py", ".md", ".ipynb"}
}


def name(path: Path) -> str:
    return path.name


def test_the_two_benchmarks_have_their_records_and_nothing_else_lies_there():
    assert {"build.json", "training.json"} <= {path.name for path in RECORDS}
    assert [path for path in FOLDER.iterdir() if path not in RECORDS] == []


@pytest.mark.parametrize("path", RECORDS, ids=name)
def test_a_record_has_its_form_and_what_makes_it_again(path: Path):
    record = records.read(path)  # raises otherwise, and if somebody has edited it

    session, *_ = record.command.removeprefix("nox -s ").split()
    assert f"def {session}(session: nox.Session)" in (ROOT / "noxfile.py").read_text("utf-8")


@pytest.mark.parametrize("path", RECORDS, ids=name)
def test_a_page_shows_a_record_with_its_date_and_machine(path: Path):
    place = path.relative_to(ROOT).as_posix()
    showing = [page for page, text in PAGES.items() if f'"{place}"' in text]

    assert showing
    assert all("records.note(" in PAGES[page] for page in showing)
