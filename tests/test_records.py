"""Every record in docs/records has its form, and a page that shows it."""

from pathlib import Path

import pytest

from literate.lesson.page import read
from literate.running import counts, records, seeds

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs/records"
RECORDS = sorted(FOLDER.glob("*.json"))
COUNTS = sorted(FOLDER.glob("seeds/*/*.json"))
PAGES = {
    path: path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("docs/**/*.*"))
    if path.suffix in {".py", ".md", ".ipynb"}
}


def name(path: Path) -> str:
    return path.name


def test_what_was_measured_and_trained_has_its_records_and_weights_and_nothing_else_lies_there():
    assert {"build.json", "small_cnn.json", "training.json"} <= {path.name for path in RECORDS}
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    weights = FOLDER / "small_cnn.pt"  # the one binary: its hash stands in its record
    assert [path for path in files if path not in [*RECORDS, *COUNTS]] == [weights]


@pytest.mark.parametrize("path", [*RECORDS, *COUNTS], ids=name)
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


@pytest.mark.parametrize("path", COUNTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_claim_says_more_than_was_counted_with_other_seeds(path: Path):
    record = records.read(path)
    (lesson,) = [name for name in record.files if name.endswith(f"#{records.CLAIMS}")]
    page = read(ROOT / lesson.partition("#")[0], ROOT)

    assert counts.place(page.name, FOLDER / "seeds") == path
    assert record.command.startswith(f"nox -s seeds -- {path.parent.name}/{path.stem}")
    assert len(record.seeds) == record.result["times"] >= 2
    if not records.stale(record, ROOT):
        assert list(counts.wrong(page, record.result)) == []
        counted = sorted(row["test"] for row in record.result["asserts"])
        assert sorted(each.test for each in counts.found(page)) == counted


def test_a_small_lesson_is_counted_with_two_other_seeds_as_its_record_says(tmp_path: Path):
    lesson = ROOT / "docs/lessons/linear/prediction.py"
    assert seeds.count([lesson], tmp_path, ROOT, times=2) == []

    rows = records.read(tmp_path / "linear/prediction.json").result["asserts"]
    assert [row["drawn"] for row in rows] == [False, True, *[False] * 7]
    assert all(row["held"] == 2 for row in rows if not row["drawn"])
