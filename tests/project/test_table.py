import re
from datetime import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course.project.categories import learn_categories, with_categories
from course.project.files import read_frame
from course.project.table import problems, read_rows, read_table

GIVE = ": give finite numbers or leave such rows out"


def exactly(*lines):
    return f"^{re.escape(chr(10).join(lines))}$"


def refused(*lines):
    return pytest.raises(ValueError, match=exactly("the table cannot be used:", *lines))


def good(n=30):
    """Return a table in which nothing is wrong."""
    generator = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": generator.integers(20, 80, n),
            "bmi": generator.normal(25, 4, n),
            "smokes": generator.random(n) < 0.5,
            "ill": np.arange(n) % 3 == 0,
        }
    )


# read_table


def test_inputs_are_the_other_columns_in_their_order_and_answers_are_0_and_1():
    frame = good()
    table = read_table(frame, target="ill")
    assert table.names == ("age", "bmi", "smokes")
    assert table.target == "ill"
    expected = frame[["age", "bmi", "smokes"]].to_numpy(dtype="float64")
    assert torch.equal(table.x, torch.tensor(expected))
    assert torch.equal(table.y, torch.tensor(frame["ill"].to_numpy()).double())
    assert table.x.dtype == table.y.dtype == torch.float64


def test_the_target_may_stand_anywhere():
    frame = good()[["ill", "bmi", "age"]]
    assert read_table(frame, target="ill").names == ("bmi", "age")


@pytest.mark.parametrize(
    ("no", "yes"), [(False, True), (0, 1), ("no", "yes"), ("yes", "no"), (1, 2), (0.5, 0.25)]
)
def test_either_value_of_the_target_may_be_the_answer_1(no, yes):
    frame = good()
    ill = frame["ill"].tolist()
    frame["ill"] = [yes if value else no for value in ill]
    table = read_table(frame, "ill", positive=yes)
    assert table.y.bool().tolist() == ill
    assert table.labels == (no, yes)
    assert [type(label) for label in table.labels] == [type(no), type(yes)]


def test_a_file_gives_the_same_as_the_frame_that_was_written(tmp_path):
    good().to_csv(tmp_path / "patients.csv", index=False)
    for path in (tmp_path / "patients.csv", str(tmp_path / "patients.csv")):
        table = read_table(path, "ill", positive=True)
        assert torch.equal(table.x, read_table(good(), "ill").x)
        assert torch.equal(table.y, read_table(good(), "ill").y)
        assert table.labels == (False, True)


def test_the_frame_stays_as_it_is_and_the_table_has_memory_of_its_own():
    frame = good()
    table = read_table(frame, "ill")
    table.x.zero_()
    pd.testing.assert_frame_equal(frame, good())


def test_numbers_come_in_every_type_that_a_column_may_have():
    frame = good(30)
    values = list(range(5, 155, 5))
    frame["nullable"] = pd.array(values, dtype="Int64")
    frame["text"] = pd.Series([f" {value}.0" for value in values])
    frame["objects"] = pd.Series([Decimal(value) for value in values], dtype=object)
    frame["category"] = pd.Series(values).astype("category")
    frame["short"] = np.array(values, dtype=np.float16)
    table = read_table(frame, "ill")
    for name in ("nullable", "text", "objects", "category", "short"):
        assert table.x[:, table.names.index(name)].tolist() == values


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(FileNotFoundError, match=r"nowhere\.csv"):
        read_table("nowhere.csv", "ill")


def test_everything_that_is_wrong_is_told_at_once():
    frame = good()
    frame["clinic"] = 7
    frame["age"] = frame["age"].astype(object)
    frame.loc[[4, 9], "age"] = ["unknown", "n/a"]
    frame.loc[2, "bmi"] = np.nan
    lines = [
        "row 4, column 'age' holds 'unknown' (2 such)" + GIVE,
        "row 2, column 'bmi' is empty (1 such)" + GIVE,
        "column 'clinic' holds 7 in all rows: leave it out",
    ]
    with refused(*lines):
        read_table(frame, "ill")
    assert problems(frame, "ill") == lines
    assert problems(good(), "ill") == []


def test_of_many_problems_the_first_ten_are_shown():
    frame = good()
    for k in range(12):
        frame[f"c{k}"] = k
    shown = [f"column 'c{k}' holds {k} in all rows: leave it out" for k in range(10)]
    with refused(*shown, "and 2 more"):
        read_table(frame, "ill")
    with refused(*shown):
        read_table(frame.drop(columns=["c10", "c11"]), "ill")


# files


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def no_table(path, *lines):
    title = f"{path} is no table that can be read:"
    return pytest.raises(ValueError, match=exactly(title, *lines))


ROWS = "".join(f"{k * k},{k % 7},{k % 2}\n" for k in range(30))


def test_the_index_of_a_file_is_the_row_that_a_spreadsheet_shows(tmp_path):
    path = written(tmp_path / "t.csv", "age,note,ill\n" + ROWS + '5,"two\nlines",1\n6,,0\n\n\n')
    assert problems(path, "ill") == [
        "row 33, column 'note' is empty (1 such)" + GIVE,
        "row 32, column 'note' holds 'two\\nlines' (1 such)" + GIVE,
    ]


def test_a_mark_of_the_byte_order_and_line_ends_of_windows_do_no_harm(tmp_path):
    text = "ill,age\n" + "".join(f"{k % 2},{k * k}\n" for k in range(20))
    plain = read_table(written(tmp_path / "a.csv", text), "ill")
    marked = read_table(written(tmp_path / "b.csv", "\ufeff" + text.replace("\n", "\r\n")), "ill")
    assert marked.names == plain.names == ("age",)
    assert torch.equal(marked.x, plain.x)
    assert torch.equal(marked.y, plain.y)


def test_a_name_that_stands_twice_in_a_file_is_refused_and_not_changed(tmp_path):
    path = written(tmp_path / "t.csv", "age,ill,ill\n" + ROWS)  # pandas: ill and ill.1, a leak
    with no_table(path, "there is more than one column 'ill': rename one"):
        read_table(path, "ill")


def test_a_column_of_a_file_without_a_name_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    good().sample(frac=1, random_state=0).to_csv(path)  # its index, shuffled, numbers no rows
    with no_table(path, "column 1 has no name: give it one, or leave it out"):
        read_table(path, "ill", positive=True)


def test_rows_of_a_file_that_are_too_long_or_too_short_are_named(tmp_path):
    path = written(tmp_path / "t.csv", "age,bmi,ill\n1,2,0\n1,2,0,\n\n1,2\n1,2,1\n")
    with no_table(path, "row 3 has 4 cells, the header has 3 (3 such): look at its commas"):
        read_table(path, "ill")
    path = written(tmp_path / "t.csv", "age,bmi,ill\n1,2,0\n\n1,2,1\n")
    with no_table(path, "row 3 has 0 cells, the header has 3 (1 such): look at its commas"):
        read_table(path, "ill")


def test_a_cell_more_in_all_rows_does_not_move_the_columns(tmp_path):
    path = written(tmp_path / "t.csv", "bmi,ill\n" + ROWS)  # pandas: the first is the index
    with pytest.raises(ValueError, match=r"row 2 has 3 cells, the header has 2 .30 such.: look"):
        read_rows(path, ["bmi", "ill"])


@pytest.mark.parametrize("separator", [";", "\t"])
def test_another_separator_is_named(tmp_path, separator):
    path = written(tmp_path / "t.csv", ("age,bmi,ill\n" + ROWS).replace(",", separator))
    with no_table(
        path,
        f"its separator seems to be {separator!r}: give pd.read_csv(path, sep={separator!r}), with "
        'decimal="," if its numbers are written so',
    ):
        read_table(path, "ill")
    assert read_table(pd.read_csv(path, sep=separator), "ill").x.shape == (30, 2)


@pytest.mark.parametrize("text", ["", "\n", "\n\n", "\nage,ill\n1,0\n"])
def test_a_file_that_begins_with_nothing_is_refused(tmp_path, text):
    path = written(tmp_path / "t.csv", text)
    with no_table(
        path, "row 1 is empty: begin with the names of the columns, then a row for each case"
    ):
        read_table(path, "ill")


def test_a_file_with_a_header_alone_has_no_rows(tmp_path):
    with refused("there are no rows"):
        read_table(written(tmp_path / "t.csv", "age,ill\n"), "ill")


@pytest.mark.parametrize(
    ("encoding", "guess"),
    [("latin-1", "cp1252"), ("cp1252", "cp1252"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16")],
)
def test_a_file_in_another_encoding_is_refused(tmp_path, encoding, guess):
    path = written(tmp_path / "t.csv", "größe,a,ill\n" + ROWS, encoding)
    message = (
        f"{path} is no text in UTF-8: save it as 'CSV UTF-8', or give pd.read_csv(path, "
        f"encoding={guess!r}), and look at its letters"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        read_table(path, "ill")


def test_a_quote_that_does_not_end_is_refused(tmp_path):
    path = written(tmp_path / "t.csv", 'age,a,ill\n1,"2,0\n' + ROWS)
    with pytest.raises(ValueError, match=r"t\.csv is no CSV file: .*; look at its quotes"):
        read_table(path, "ill")


def test_only_an_empty_cell_of_a_file_is_empty(tmp_path):
    path = written(tmp_path / "t.csv", "age,bmi,ill\n" + ROWS + "NA,,1\n")
    assert problems(path, "ill") == [
        "row 32, column 'age' holds 'NA' (1 such)" + GIVE,
        "row 32, column 'bmi' is empty (1 such)" + GIVE,
    ]
    text = "age,ill\n" + "".join(f"{k * k},{('None', 'some')[k % 2]}\n" for k in range(20))
    table = read_table(written(tmp_path / "t.csv", text), "ill", positive="some")
    assert table.labels == ("None", "some")


def test_an_empty_row_of_a_file_of_one_column_is_not_passed_over(tmp_path):
    path = written(tmp_path / "new.csv", "age\n61\n\n48\n")
    with no_table(path, "row 3 has 0 cells, the header has 1 (1 such): look at its commas"):
        read_rows(path, ["age"])
    with refused("row 3, column 'age' holds '  ' (1 such)" + GIVE):
        read_rows(written(path, "age\n61\n  \n48\n"), ["age"])


@pytest.mark.parametrize("source", [None, {"age": [1]}, [[1, 2]], np.zeros((2, 2)), good()["age"]])
def test_what_is_neither_frame_nor_path_is_refused(source):
    message = (
        f"the table is of type {type(source).__name__}: give a DataFrame or the path of a CSV "
        "file; a single row is frame.iloc[[0]]"
    )
    for refuses in (lambda: read_table(source, "ill"), lambda: read_rows(source, ["age"])):
        with pytest.raises(TypeError, match=exactly(message)):
            refuses()


# its columns


def test_a_target_that_is_not_there_is_named():
    with refused("there is no column 'sick' to predict, only ['age', 'bmi', 'smokes', 'ill']"):
        read_table(good(), "sick")


def test_a_target_is_a_text():
    message = "there is no column ['ill'] to predict, only ['age', 'bmi', 'smokes', 'ill']"
    with refused(message):
        read_table(good(), ["ill"])


def test_a_table_without_inputs_is_refused():
    with refused("there is no column beside 'ill' to predict it from"):
        read_table(good()[["ill"]], "ill")


def test_two_columns_of_one_name_are_refused():
    frame = good()
    frame.columns = ["age", "age", "age", "ill"]
    with refused("there is more than one column 'age': rename one"):
        read_table(frame, "ill")


def test_a_column_without_a_name_in_words_is_refused():
    frame = pd.DataFrame(np.arange(60).reshape(20, 3))
    with refused(
        *(f"column name {k} is no text: rename it, as frame.rename(columns=str)" for k in range(3)),
        "there is no column 'ill' to predict, only [0, 1, 2]",
    ):
        read_table(frame, "ill")


def test_a_table_without_rows_is_refused():
    with refused("there are no rows"):
        read_table(good()[:0], "ill")


def test_a_column_of_the_same_number_is_refused():
    frame = good().assign(clinic=0.5)
    with refused("column 'clinic' holds 0.5 in all rows: leave it out"):
        read_table(frame, "ill")


@pytest.mark.parametrize("first", [0, 1, 1000])
def test_a_column_that_numbers_the_rows_is_refused(first, tmp_path):
    frame = good()
    frame.index += first
    frame.to_csv(tmp_path / "patients.csv", index_label="row")
    line = "column 'row' numbers the rows: leave it out, as "
    with refused(f"{line}frame.drop(columns='row')"):
        read_table(tmp_path / "patients.csv", "ill", positive=True)


def test_of_fewer_than_ten_rows_nobody_can_say_whether_a_column_numbers_them():
    numbered = good(10).assign(row=range(10))
    assert any("'row' numbers the rows" in line for line in problems(numbered, "ill"))
    assert not any("'row'" in line for line in problems(numbered[:9], "ill"))


def test_a_column_that_rises_otherwise_is_none_that_numbers_the_rows():
    frame = good().assign(day=[*range(29), 30])
    assert problems(frame, "ill") == []
    assert problems(good().assign(day=range(0, 60, 2)), "ill") == []


# its cells


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("n/a", "'n/a'"),
        ("3,5", "'3,5'"),
        ("2023_24", "'2023_24'"),
        ("inf", "'inf'"),
        (np.inf, "inf"),
        (10**400, str(10**400)),
        (datetime(2020, 1, 1), repr(datetime(2020, 1, 1))),
        (1j, "1j"),
        ([1], "[1]"),
    ],
)
def test_a_cell_that_holds_no_number_is_named_by_row_and_column(cell, shown):
    frame = good()
    frame["bmi"] = frame["bmi"].astype(object)
    frame.at[17, "bmi"] = cell
    with refused(f"row 17, column 'bmi' holds {shown} (1 such)" + GIVE):
        read_table(frame, "ill")


def test_a_cell_of_a_file_is_named_by_its_row_as_a_spreadsheet_shows_it(tmp_path):
    frame = good().astype({"age": object})
    frame.loc[3, "age"] = "about 40"
    frame.to_csv(tmp_path / "patients.csv", index=False)
    with refused("row 5, column 'age' holds 'about 40' (1 such)" + GIVE):
        read_table(tmp_path / "patients.csv", "ill", positive=True)


def test_rows_are_named_as_the_frame_names_them():
    frame = good()
    frame.index = [f"patient {k}" for k in range(len(frame))]
    frame.loc["patient 5", "bmi"] = np.nan
    with refused("row 'patient 5', column 'bmi' is empty (1 such)" + GIVE):
        read_table(frame, "ill")


@pytest.mark.parametrize("nothing", [None, np.nan, pd.NA, pd.NaT])
def test_an_empty_cell_is_named_by_row_and_column(nothing):
    frame = good().astype({"bmi": object})
    frame.loc[[8, 20], "bmi"] = nothing
    with refused("row 8, column 'bmi' is empty (2 such)" + GIVE):
        read_table(frame, "ill")


def test_dates_are_no_numbers():
    frame = good()
    frame["since"] = pd.date_range("2020-01-01", periods=len(frame), freq="2D")
    frame["lasted"] = pd.to_timedelta(np.arange(len(frame)) * 2, unit="D")
    found = problems(frame, "ill")
    assert [line.split(" holds ")[0] for line in found] == [
        "row 0, column 'since'",
        "row 0, column 'lasted'",
    ]


def test_a_column_with_empty_cells_and_others_that_are_wrong_has_a_line_for_each():
    frame = good().astype({"bmi": object})
    frame.loc[3, "bmi"] = "?"
    frame.loc[7, "bmi"] = None
    assert problems(frame, "ill") == [
        "row 7, column 'bmi' is empty (1 such)" + GIVE,
        "row 3, column 'bmi' holds '?' (1 such)" + GIVE,
    ]


def test_a_column_of_words_is_no_reason_to_leave_all_rows_out():
    assert problems(good().assign(home="Ajax", away=np.nan), "ill") == [
        "column 'home' holds 'Ajax' in all rows: leave it out",
        "row 0, column 'away' is empty (30 such): give finite numbers",
    ]


@given(st.lists(st.integers(0, 29), min_size=1, max_size=6, unique=True))
def test_wherever_cells_are_empty_the_first_is_named_and_all_are_counted(rows):
    frame = good()
    frame.loc[rows, "bmi"] = np.nan
    assert problems(frame, "ill") == [
        f"row {min(rows)}, column 'bmi' is empty ({len(rows)} such)" + GIVE,
    ]


# its answers


def test_an_answer_that_is_missing_is_named():
    frame = good().astype({"ill": object})
    frame.loc[11, "ill"] = None
    with refused("row 11, column 'ill' is empty: leave such rows out"):
        read_table(frame, "ill")


def test_one_answer_alone_teaches_nothing():
    with refused("column 'ill' holds 1 different values (True): give two of them"):
        read_table(good().assign(ill=True), "ill")


@pytest.mark.parametrize(("count", "shown"), [(3, "0, 1, 2"), (4, "0, 1, 2, …")])
def test_more_than_two_answers_are_refused(count, shown):
    frame = good().assign(ill=np.arange(30) % count)
    with refused(f"column 'ill' holds {count} different values ({shown}): give two of them"):
        read_table(frame, "ill")


def test_a_category_that_no_row_has_is_no_answer():
    frame = good()
    answers = frame["ill"].map({True: "yes", False: "no"})
    frame["ill"] = pd.Categorical(answers, categories=["yes", "no", "perhaps"])
    assert read_table(frame, "ill", positive="yes").labels == ("no", "yes")


def test_a_positive_answer_that_never_comes_is_refused():
    frame = good()
    frame["ill"] = frame["ill"].map({True: "yes", False: "no"})
    with refused(
        "column 'ill' holds 'yes' and 'no', but not 1: say which of the two is the answer 1, as "
        "positive='yes' or positive='no'"
    ):
        read_table(frame, "ill")


@pytest.mark.parametrize(("rows", "enough"), [(9, False), (10, True)])
def test_ten_rows_of_each_answer_are_needed(rows, enough):
    frame = good().assign(ill=np.arange(30) < rows)
    expected = [f"column 'ill' has too few rows ({rows} of True, {30 - rows} of False): give at "
                "least 10 of each"]  # fmt: skip
    assert problems(frame, "ill") == ([] if enough else expected)


# read_rows


def test_new_rows_need_no_answers_and_may_have_their_columns_in_any_order():
    frame = good(12)
    x = read_rows(frame[["smokes", "bmi", "age"]], names=["age", "bmi", "smokes"])
    assert torch.equal(x, torch.tensor(frame[["age", "bmi", "smokes"]].to_numpy(dtype="float64")))


def test_one_new_row_is_enough(tmp_path):
    good()[["age", "bmi"]][:1].to_csv(tmp_path / "new.csv", index=False)
    assert read_rows(tmp_path / "new.csv", ["age", "bmi"]).shape == (1, 2)


def test_columns_that_are_missing_and_others_that_are_new_are_all_named():
    frame = good().rename(columns={"bmi": "BMI"})
    with refused(
        "column 'bmi' is missing",
        "column 'BMI' was not there in training: leave it out, as frame.drop(columns='BMI')",
        "column 'ill' was not there in training: leave it out, as frame.drop(columns='ill')",
    ):
        read_rows(frame, names=["age", "bmi", "smokes"])


def test_cells_of_new_rows_are_checked_too():
    frame = good()[["age", "bmi"]].astype({"age": object})
    frame.loc[1, "age"] = "old"
    frame.loc[6, "bmi"] = np.nan
    with refused(
        "row 1, column 'age' holds 'old' (1 such)" + GIVE,
        "row 6, column 'bmi' is empty (1 such)" + GIVE,
    ):
        read_rows(frame, ["age", "bmi"])


def test_no_new_rows_are_refused():
    with refused("there are no rows"):
        read_rows(good()[["age"]][:0], ["age"])


# columns of text


def test_a_column_of_texts_says_what_to_do_with_it():
    frame = good().assign(city=["Rome", "Oslo", "Bonn"] * 10, name=[f"Ms {k}" for k in range(30)])
    frame["dose"] = [f"{k},5" for k in range(30)]
    assert problems(frame, "ill") == [
        "column 'city' holds texts, such as 'Rome' (3 different): make a column of 0 and 1 for "
        "each, as learn_categories and with_categories of course.project.categories do, or leave "
        "it out",
        "column 'name' holds texts, such as 'Ms 0', another one in each row: leave it out, as "
        "frame.drop(columns='name')",
        "column 'dose' holds '0,5': if the comma is that of a decimal number, give "
        'pd.read_csv(path, sep=…, decimal=",")',
    ]


def test_a_few_texts_among_numbers_are_cells_to_repair():
    frame = good()
    frame["bmi"] = frame["bmi"].astype(object)
    frame.loc[[3, 5], "bmi"] = ["?", "-"]
    assert problems(frame, "ill") == ["row 3, column 'bmi' holds '?' (2 such)" + GIVE]


def test_what_it_says_is_what_helps():
    frame = good().assign(city=["Rome", "Oslo", "Bonn"] * 10)
    table = read_table(with_categories(frame, learn_categories(frame, ["city"])), "ill")
    assert table.names[-3:] == ("city=Bonn", "city=Oslo", "city=Rome")


# a header that is a row


HEADLESS = (
    "the column name {!r} is a number: if the first row is no header, give pd.read_csv(path, "
    "header=None, names=[…]); if it is one, rename the column"
)


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        ("5.1,3.5,0\n4.9,3.0,1\n", "5.1"),
        ("5.1,3.5,no\n4.9,3.0,yes\n", "5.1"),
        ("1,0,0,Rome\n0,1,1,Oslo\n", "1"),
        ("1,1,yes,a\n1,2,no,b\n", "1"),
        ('"5.1","3.5","0"\n"4.9","3.0","1"\n', "5.1"),
        ("-3,1e5,0\n4,1e4,1\n", "-3"),
    ],
)
def test_a_file_without_a_header_is_noticed(tmp_path, rows, first):
    path = written(tmp_path / "t.csv", rows)
    message = f"{path} is no table that can be read:\n{HEADLESS.format(first)}"
    with pytest.raises(ValueError, match=exactly(message)):
        read_table(path, "ill")


def test_a_row_with_one_number_is_noticed_because_the_target_is_not_there(tmp_path):
    path = written(tmp_path / "t.csv", "Anna,34,yes\nBert,61,no\n")
    expected = ["there is no column 'ill' to predict, only ['Anna', '34', 'yes']"]
    assert problems(path, "ill") == [*expected, HEADLESS.format("34")]
    frame = pd.read_csv(path)
    assert problems(frame, "ill") == [*expected, HEADLESS.format("34")]
    with pytest.raises(ValueError, match="the column name '34' is a number"):
        read_rows(path, ["name", "age"])


def test_years_and_places_may_be_names(tmp_path):
    rows = "".join(f"{k**2 % 7},{k},{k**3 % 5},{k % 2}\n" for k in range(30))
    for header in ("2019,2020,2021,ill", "0,1,2,ill"):
        path = written(tmp_path / "t.csv", f"{header}\n" + rows)
        assert read_frame(path).columns.tolist() == header.split(",")
