"""Records: their form, what makes one stale, and how they are written."""

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from literate.lesson.record import Record, problems
from literate.running import manifest, records

RECORD = Record(
    question="How far is it?",
    command="nox -s far",
    result={"metres": [1.5, 2.0], "seen": True, "note": None},
    seeds=[0, 1],
    versions={"Python": "3.11.2"},
    processor="A processor",
    processors=2,
    device="CPU",
    load=[0.1, 1.2],
    seconds=3.4,
    date="2026-03-09",
    files={"src/far.py": "0" * 64},
)


@pytest.fixture(autouse=True)
def nothing_compared(monkeypatch):
    """Let each test begin as a process does."""
    monkeypatch.setattr(manifest, "compared", set())


def values(**changed):
    return {**dataclasses.asdict(RECORD), **changed}


def test_a_record_reads_as_it_was_written(tmp_path):
    records.write(tmp_path / "records/far.json", RECORD)

    assert records.read(tmp_path / "records/far.json") == RECORD


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("question", " ", "expected a text, found str ' '"),
        ("command", None, "expected a text, found NoneType None"),
        ("seeds", [1.5], "expected a list of whole numbers, found list [1.5]"),
        ("seeds", [True], "expected a list of whole numbers, found list [True]"),
        ("versions", {"Python": 3}, "expected texts by name"),
        ("processor", "", "expected a text"),
        ("processors", 0, "expected a number from 1 on, found int 0"),
        ("device", 1, "expected a text"),
        ("load", [1.0], "expected two numbers, or none, found list [1.0]"),
        ("seconds", float("nan"), "expected a number from 0 on, found float nan"),
        ("seconds", -1.0, "expected a number from 0 on"),
        ("date", "9 March 2026", "expected a date such as 2026-11-22, found str '9 March 2026'"),
        ("date", "20260309", "expected a date such as 2026-11-22"),
        ("files", {}, "expected SHA-256 hashes by paths inside of the project, found dict {}"),
        ("files", {"/far.py": "0" * 64}, "expected SHA-256 hashes by paths inside"),
        ("files", {"../far.py": "0" * 64}, "expected SHA-256 hashes by paths inside"),
        ("files", {"far.py": "0" * 63}, "expected SHA-256 hashes by paths inside"),
    ],
)
def test_what_has_not_the_form_of_a_record_is_refused_with_file_and_key(tmp_path, key, value, told):
    path = tmp_path / "far.json"
    path.write_text(json.dumps(values(**{key: value})))

    with pytest.raises(records.RecordError, match=re.escape(f"{path}: {key}: {told}")):
        records.read(path)
    with pytest.raises(records.RecordError, match=re.escape(f"{path}: {key}: {told}")):
        records.write(path, dataclasses.replace(RECORD, **{key: value}))


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ({"a": [1.0, float("nan")]}, "result.a[1]: expected a finite number, found nan"),
        ([float("-inf")], "result[0]: expected a finite number, found -inf"),
        ({"a": (1, 2)}, "result.a: expected what JSON holds, found tuple (1, 2)"),
        ({1: 2}, "result: expected texts as keys, found int 1"),
        ({"a": Path("a")}, "result.a: expected what JSON holds, found"),
    ],
)
def test_a_result_that_json_cannot_hold_is_refused_with_its_place(tmp_path, result, told):
    with pytest.raises(records.RecordError, match=re.escape(told)):
        records.write(tmp_path / "far.json", dataclasses.replace(RECORD, result=result))

    assert list(tmp_path.iterdir()) == []


def test_a_key_too_few_and_one_too_many_are_named():
    changed = values(colour="red")
    del changed["device"]

    assert list(problems(changed)) == ["device: is missing", "colour: a record has no such key"]


@pytest.mark.parametrize(
    ("content", "told"),
    [("{", "is not JSON"), ("[]", "expected a table of keys, found list []"), (None, "No such")],
)
def test_what_is_no_record_at_all_is_refused_with_its_file(tmp_path, content, told):
    path = tmp_path / "far.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(records.RecordError, match=rf"far\.json: .*{re.escape(told)}"):
        records.read(path)


def test_a_record_that_was_edited_by_hand_is_refused(tmp_path):
    path = tmp_path / "far.json"
    records.write(path, RECORD)
    path.write_text(path.read_text().replace("1.5", "1.6"))

    with pytest.raises(records.RecordError, match="edited by hand: make the record again, nox -s"):
        records.read(path)


def test_a_large_result_is_refused_and_the_record_before_it_stays(tmp_path):
    path = tmp_path / "far.json"
    records.write(path, RECORD)
    large = dataclasses.replace(RECORD, result=["x" * 50_000])

    with pytest.raises(records.RecordError, match=r"has 50,\d+ bytes, and a record may have 50,00"):
        records.write(path, large)
    assert records.read(path) == RECORD


def test_a_disk_that_fails_leaves_the_record_before_it_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "far.json"
    records.write(path, RECORD)

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        records.write(path, dataclasses.replace(RECORD, result=1))
    assert [each.name for each in tmp_path.iterdir()] == ["far.json"]
    assert records.read(path) == RECORD


CODE = '''
"""What it does."""

# A comment.
def double(x):
    """Return twice x."""
    return 2 * x  # twice
'''


@pytest.mark.parametrize(
    ("new", "same"),
    [
        (CODE.replace("What it does", "What it is good for"), True),
        (CODE.replace("A comment", "Another comment"), True),
        (CODE.replace('"""Return twice x."""', "'''Return x, doubled.'''"), True),
        (CODE.replace("2 * x", "(2\n        * x)"), True),
        (CODE + '\nr"""\n# Prose of a lesson\n"""\n', True),
        (CODE.replace("2 * x", "3 * x"), False),
        (CODE.replace("2 * x", "2.0 * x"), False),
        (CODE.replace("def double(x)", "def double(x, y=0)"), False),
        (CODE + '\ntext = "spoken"\n', False),
        (CODE.replace("def", "defined"), False),
    ],
)
def test_only_what_can_change_a_result_changes_the_hash_of_code(tmp_path, new, same):
    before, after = tmp_path / "before.py", tmp_path / "after.py"
    before.write_text(CODE)
    after.write_text(new)

    assert (records.digest(before) == records.digest(after)) is same


SAMPLE = '''
from . import near
class Way(list):
    """A way."""
    async def walk(self, *steps: int, far=1e-3, **rest) -> "Way | None":
        return [f"{step!r:>{far}} é \U0001fae8" async for step in steps if not None] or {**rest}
match near:
    case {"x": [1, *_]} if (y := -2j):
        print(y, b"bytes", ..., lambda x, /, z=True: x[1:, ::2], sep="")
'''


def test_the_hash_of_code_is_that_of_every_version_of_python(tmp_path):
    path = tmp_path / "code.py"
    path.write_text(SAMPLE, encoding="utf-8")

    assert records.digest(path)[:16] == "517839bbdf321cd9"


def test_of_other_files_every_byte_counts_and_of_none_there_is_no_hash(tmp_path):
    data, broken = tmp_path / "data.csv", tmp_path / "broken.py"
    data.write_bytes(b"# 1\n")
    broken.write_bytes(b"# 1\ndef\n")

    assert records.digest(data) == manifest.digest(data)
    assert records.digest(broken) == manifest.digest(broken)
    assert records.digest(tmp_path / "none.py") == ""


PROGRAM = """
import os, sys
from pathlib import Path
from literate.running import records
import package.used

def work():
    import package.late
    Path("docs/scratch.txt").write_text("made on the way")
    Path("docs/scratch.txt").read_text()
    if os.fork() == 0:
        Path("data/in_child.csv").read_text()
        os._exit(0)
    os.wait()
    EXTRA
    return {"rows": len(Path("data/rows.csv").read_text())}

root = Path.cwd()
made = records.make(
    root / "docs/records/made.json", work, root=root, question="How many?", command="again",
    seeds=[3], also=["data/named*.csv"], without=["package/draws/*", "data/named*"],
)
print(made.result)
"""


@pytest.fixture
def made(tmp_path):
    """Return a function that makes a record in a small project."""
    for name in ("used", "late", "draws/lines", "unused"):
        path = tmp_path / f"package/{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("import package.draws.lines\n" if name == "used" else "x = 1\n")
    for name in ("rows", "in_child", "named1", "named2", "other"):
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / f"data/{name}.csv").write_text("1,2\n")
    (tmp_path / "docs").mkdir()

    def run(extra="pass"):
        (tmp_path / "program.py").write_text(PROGRAM.replace("EXTRA", extra))
        root = str(Path(records.__file__).parents[2])
        return subprocess.run(
            [sys.executable, "program.py"],
            cwd=tmp_path,
            env={"PYTHONPATH": root, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
        )

    return run


def test_a_record_has_what_was_asked_what_came_out_and_every_file_that_was_used(made, tmp_path):
    done = made()

    assert done.stdout == "{'rows': 4}\n", done.stderr
    record = records.read(tmp_path / "docs/records/made.json")
    assert (record.question, record.command, record.seeds) == ("How many?", "again", [3])
    assert record.result == {"rows": 4}
    assert sorted(record.files) == [
        "data/in_child.csv",
        "data/named1.csv",
        "data/named2.csv",
        "data/rows.csv",
        "package/late.py",
        "package/used.py",
        "program.py",
    ]
    assert record.versions["Python"] == sys.version.partition(" ")[0]
    assert record.device == "CPU"
    assert record.processor
    assert 0 <= record.seconds < 60
    assert records.stale(record, tmp_path) == []


@pytest.mark.parametrize("name", ["package/used.py", "data/named1.csv"])
def test_a_file_that_was_edited_meanwhile_makes_no_record(made, tmp_path, name):
    done = made(f'Path("{name}").open("a").write("y = 2")')

    assert f"edited meanwhile: {name}; make the record again" in done.stderr
    assert not (tmp_path / "docs/records").exists()


def test_a_changed_file_and_one_that_is_gone_make_a_record_stale(made, tmp_path):
    made()
    record = records.read(tmp_path / "docs/records/made.json")
    (tmp_path / "package/late.py").write_text('"""Said."""\n\nx = 1  # as before\n')
    assert records.stale(record, tmp_path) == []

    (tmp_path / "package/late.py").write_text("x = 2\n")
    (tmp_path / "data/rows.csv").unlink()
    (tmp_path / "package/unused.py").write_text("x = 2\n")

    assert records.stale(record, tmp_path) == ["data/rows.csv", "package/late.py"]


def test_a_page_shows_date_machine_and_command_and_what_has_changed_since(made, tmp_path):
    made()
    path = tmp_path / "docs/records/made.json"
    record = dataclasses.replace(records.read(path), date="2026-03-09", load=[0.1, 0.9])
    records.write(path, record)

    box = records.note(path, "../records/made.json", tmp_path)
    assert box.startswith('!!! quote "A record, made on 9 March 2026"\n    How many?\n')
    assert f"{record.processor}, " in box
    assert " · CPU · Python 3" in box
    assert "random seed 3 · took" in box
    assert "Load of the machine: 0.1 before, 0.9 at the end, with the work itself." in box
    assert "Made by `again`; [the whole record](../records/made.json)." in box
    assert "Since then" not in box
    assert all(not line or line.startswith("    ") for line in box.split("\n")[1:])

    (tmp_path / "package/late.py").write_text("x = 2\n")
    box = records.note(path, "../records/made.json", tmp_path)
    assert "**Since then** 1 of the 7 files that it used has changed: `package/late.py`." in box


def test_a_page_names_five_changed_files_and_counts_the_others(tmp_path):
    files = {f"{number}.py": "0" * 64 for number in range(7)}
    records.write(tmp_path / "far.json", dataclasses.replace(RECORD, files=files))

    box = records.note(tmp_path / "far.json", "far.json", tmp_path)

    assert "7 of the 7 files that it used have changed: `0.py`, " in box
    assert "`4.py` and 2 more." in box


def test_a_page_says_that_the_machine_had_other_work(tmp_path):
    records.write(tmp_path / "far.json", dataclasses.replace(RECORD, load=[1.5, 3.0]))

    box = records.note(tmp_path / "far.json", "far.json", tmp_path)

    assert "Load of the machine: 1.5 before, 3.0 at the end. Other work ran at the same" in box


LESSON = """
# %%
from pathlib import Path

from literate.running import records

record = records.read(Path("docs/records/made.json"))
print("changed:", records.stale(record, Path.cwd()))
"""


def test_a_page_that_shows_a_record_runs_again_when_a_file_of_the_record_changes(project):
    project.write("docs/page.py", LESSON)
    files = {"package/late.py": "0" * 64, "package/gone.py": "0" * 64}
    records.write(project.root / "docs/records/made.json", dataclasses.replace(RECORD, files=files))
    project.write("package/late.py", "x = 1\n")

    first = project.build(cache=True)["docs/page.py"]
    again = project.build(cache=True)["docs/page.py"]
    project.write("package/late.py", "x = 2\n")
    after = project.build(cache=True)["docs/page.py"]

    assert {"docs/records/made.json", *files} <= set(first.run.manifest.files)
    assert (first.cached, again.cached, after.cached) == (False, True, False)


def test_what_was_compared_counts_even_if_it_is_the_engines_own():
    own = Path(records.__file__)
    root = own.parents[2]
    recorder = manifest.Recorder(root, "page.py", ())
    name = "literate/running/records.py"

    record = dataclasses.replace(RECORD, files={name: "0" * 64})
    assert records.stale(record, root) == [name]
    assert recorder.manifest()[0].files[name] == manifest.digest(own)


def test_the_list_says_which_records_are_current_and_what_makes_the_others_again(
    made, tmp_path, monkeypatch, capsys
):
    made()
    folder = tmp_path / "docs/records"
    monkeypatch.chdir(tmp_path)
    today = records.read(folder / "made.json").date
    records.write(folder / "far.json", RECORD)

    assert records.main([]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "far: 2026-03-09, 1 of 1 file changed since: src/far.py",
        "    to make it again: nox -s far",
        f"made: {today}, current",
    ]


def test_the_list_of_a_folder_without_records_says_so(tmp_path, capsys):
    assert records.main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"no records in {tmp_path}\n"


def test_a_record_that_cannot_be_read_ends_the_list(tmp_path, capsys):
    (tmp_path / "far.json").write_text("{}")

    assert records.main([str(tmp_path)]) == 1
    assert "far.json: question: is missing" in capsys.readouterr().err
