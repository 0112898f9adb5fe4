import re

import pandas as pd
import pytest

from course.project.files import headless, read_frame, refuse

ROWS = [["name, first", "bmi", "won"], ["Ms A", "24.5", "yes"], ["Mr B", "31", "no"]]


def exactly(message):
    return f"^{re.escape(message)}$"


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def joined(rows, separator, quoted):
    """Return rows as the text of a file, with quotes where asked or needed."""

    def cell(text, first):
        needed = separator in text or quoted == "all" or (quoted == "header" and first)
        return f'"{text}"' if needed else text

    return "".join(
        separator.join(cell(text, i == 0) for text in row) + "\n" for i, row in enumerate(rows)
    )


def hint(path, separator):
    return exactly(
        f"{path} is no table that can be read:\nits separator seems to be {separator!r}: give "
        f'pd.read_csv(path, sep={separator!r}), with decimal="," if its numbers are written so'
    )


@pytest.mark.parametrize("quoted", ["nothing", "header", "all"])
@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("comma", [False, True])
def test_another_separator_is_the_first_thing_said_whatever_is_quoted(
    tmp_path, separator, quoted, comma
):
    rows = [[text.replace(".", ",") if comma else text for text in row] for row in ROWS]
    path = written(tmp_path / "t.csv", joined(rows, separator, quoted))
    with pytest.raises(ValueError, match=hint(path, separator)):
        read_frame(path)
    decimal = "," if comma else "."
    frame = pd.read_csv(path, sep=separator, decimal=decimal)
    assert frame["bmi"].tolist() == [24.5, 31], "what it says helps"


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_rows_that_are_broken_besides_do_not_hide_the_separator(tmp_path, separator, ends):
    text = f'"a"{separator}"b"{ends}1{separator}2{separator}3{ends}{ends}'
    with pytest.raises(ValueError, match=hint(tmp_path / "t.csv", separator)):
        read_frame(written(tmp_path / "t.csv", text, "utf-8-sig"))


@pytest.mark.parametrize("quoted", ["nothing", "header", "all"])
def test_commas_are_commas_whatever_else_is_in_the_cells(tmp_path, quoted):
    rows = [["a;b", "c|d", "e f"], ["1;2", "3|4", "5 6"], ["1", "2", "3"]]
    frame = read_frame(written(tmp_path / "t.csv", joined(rows, ",", quoted)))
    assert frame.columns.tolist() == rows[0]
    assert frame.astype(str).to_numpy().tolist() == rows[1:]
    assert frame.index.tolist() == [2, 3]


def test_a_file_of_one_column_is_one(tmp_path):
    frame = read_frame(written(tmp_path / "t.csv", "lead time\n3\n4\n"))
    assert frame["lead time"].tolist() == [3, 4]


def test_cells_between_blanks_are_told(tmp_path):
    path = written(tmp_path / "t.txt", "age  ill\n61   0\n48   1\n")
    message = (
        f"{path} is no table that can be read:\nits cells seem to be separated by blanks: give "
        r"pd.read_csv(path, sep=r'\s+')"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        read_frame(path)


def test_the_first_row_that_spreadsheets_read_is_told(tmp_path):
    path = written(tmp_path / "t.csv", "sep=;\nage;ill\n61;0\n")
    message = (
        f"{path} is no table that can be read:\nits first row says that the separator is ';': give "
        "pd.read_csv(path, sep=';', skiprows=1)"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        read_frame(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_the_mark_in_front_and_the_line_ends_of_other_systems_do_not_count(
    tmp_path, encoding, ends
):
    text = ends.join(["größe,ill", "61,yes", "48,no", "", ""])
    frame = read_frame(written(tmp_path / "t.csv", text, encoding))
    assert frame.to_dict("list") == {"größe": [61, 48], "ill": ["yes", "no"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b,\n1,2,\n", "column 3 has no name: give it one, or leave it out"),
        ("a,b\n1,2,\n", "row 2 has 3 cells, the header has 2 (1 such): look at its commas"),
        ("a,b\n1,2\n\n3,4\n", "row 3 has 0 cells, the header has 2 (1 such): look at its commas"),
        ("a,b\n1,5,2,5\n", "row 2 has 4 cells, the header has 2 (1 such): look at its commas"),
        ("a,a\n1,2\n", "there is more than one column 'a': rename one"),
        ("\na,b\n1,2\n", "row 1 is empty: begin with the names of the columns, then a row for"),
    ],
)
def test_what_pandas_would_pass_over_in_silence_is_told(tmp_path, text, said):
    path = written(tmp_path / "t.csv", text)
    with pytest.raises(ValueError, match=re.escape(f"no table that can be read:\n{said}")):
        read_frame(path)


def test_a_frame_is_a_table_and_other_things_are_not(tmp_path):
    frame = pd.DataFrame({"a": [1]})
    assert read_frame(frame) is frame
    with pytest.raises(TypeError, match=r"^the table is of type list: give a DataFrame"):
        read_frame([1, 2])


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    written(tmp_path / "t.csv", "a,b\n1,2\n")
    assert read_frame("~/t.csv").to_dict("list") == {"a": [1], "b": [2]}


def test_only_names_that_are_numbers_make_a_header_suspicious():
    assert headless(["age", "2023_24", "nan", "inf", "v1", 3]) == []
    assert len(headless(["age", "3", "4"])) == 1


def test_ten_problems_are_listed_and_the_others_counted():
    refuse([])
    lines = [f"problem {i}" for i in range(12)]
    with pytest.raises(ValueError, match=exactly("\n".join(["bad:", *lines[:10], "and 2 more"]))):
        refuse(lines, "bad:")
