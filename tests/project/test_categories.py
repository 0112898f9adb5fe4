import re

import numpy as np
import pandas as pd
import pytest
import torch

from course.project.bundle import Bundle, decide, load_bundle, save_bundle
from course.project.categories import learn_categories, unknown_categories, with_categories
from course.project.pipeline import tune
from course.project.table import read_table

CATEGORIES = {"city": ("Oslo", "Rome"), "size": ("L", "M")}


def exactly(message):
    return f"^{re.escape(message)}$"


def rows():
    return pd.DataFrame(
        {"city": ["Rome", "Bonn", "Oslo"], "age": [61, 48, 33], "size": ["M", "XL", "L"]},
        index=[7, 8, 9],
    )


def test_categories_are_those_of_the_rows_that_are_given_and_no_others():
    assert learn_categories(rows().iloc[[0, 2]], ["city", "size"]) == CATEGORIES
    assert learn_categories(rows(), []) == {}


def test_each_category_becomes_a_column_as_pandas_makes_them():
    known = rows().iloc[[0, 2]]
    made = with_categories(known, CATEGORIES)
    expected = pd.get_dummies(known, columns=["city", "size"], prefix_sep="=", dtype=int)
    pd.testing.assert_frame_equal(made, expected)


def test_what_is_unknown_is_zero_in_all_columns_and_is_named():
    assert with_categories(rows(), CATEGORIES).loc[8].tolist() == [48, 0, 0, 0, 0]
    assert unknown_categories(rows(), CATEGORIES) == ["", "city 'Bonn', size 'XL'", ""]


@pytest.mark.parametrize(
    "function",
    [
        lambda rows: learn_categories(rows, ["city"]),
        lambda rows: with_categories(rows, CATEGORIES),
        lambda rows: unknown_categories(rows, CATEGORIES),
    ],
)
@pytest.mark.parametrize("cell", [None, np.nan, 3])
def test_a_cell_without_a_text_is_refused_with_what_to_do(function, cell):
    frame = rows()
    frame["city"] = frame["city"].astype(object)
    frame.loc[8, "city"] = cell
    message = (
        f"the table cannot be used:\nrow 8, column 'city' holds {cell!r}, which is "
        "no text (1 such): give it a category of its own, as frame['city'].fillna('missing'), or "
        "make texts of numbers, as frame['city'].astype(str)"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        function(frame)


def test_a_missing_column_is_refused():
    message = "the table cannot be used:\ncolumn 'size' is missing"
    with pytest.raises(ValueError, match=exactly(message)):
        with_categories(rows().drop(columns="size"), CATEGORIES)


def test_a_column_that_is_there_already_is_refused():
    message = "the table cannot be used:\nthere is a column 'city=Rome' already: rename it"
    with pytest.raises(ValueError, match=exactly(message)):
        with_categories(rows().assign(**{"city=Rome": 1}), CATEGORIES)


@pytest.fixture
def decided(tmp_path):
    """Return a bundle that was saved and loaded, of a model that was fitted on texts, too."""
    generator = torch.Generator().manual_seed(0)
    city = np.array(["Oslo", "Rome", "Bonn"])[torch.randint(3, (90,), generator=generator)]
    city[-1] = "Lima"
    lead = torch.randn(90, generator=generator).numpy()
    won = (lead + (city == "Rome") > 0.2).astype(int)
    frame = pd.DataFrame({"city": city, "lead": lead, "won": won})
    training, validation = torch.arange(60), torch.arange(60, 90)
    categories = learn_categories(frame.iloc[:60], ["city"])
    table = read_table(with_categories(frame, categories), "won")
    tuned = tune(table.x, table.y, training, validation)
    bundle = Bundle(tuned.model, table.names, "won", table.labels, 0.5, categories)
    save_bundle(bundle, tmp_path / "b.pt")
    return bundle, load_bundle(tmp_path / "b.pt")


def test_the_project_decides_rows_with_texts_and_says_what_it_did_not_know(decided):
    bundle, loaded = decided
    assert loaded.categories == {"city": ("Bonn", "Oslo", "Rome")}
    new = pd.DataFrame({"lead": [0.0, 0.0, 0.0], "city": ["Rome", "Lima", "Oslo"]})
    answers = decide(loaded, new)
    assert answers["unknown"].tolist() == ["", "city 'Lima'", ""]
    assert answers.equals(decide(bundle, new))
    nothing = torch.tensor([[0.0, 0.0, 0.0, 0.0]], dtype=torch.float64)
    assert loaded.names == ["lead", "city=Bonn", "city=Oslo", "city=Rome"]
    assert answers.iloc[1, 0] == pytest.approx(loaded.model(nothing).sigmoid().item())
    assert answers.iloc[0, 0] > answers.iloc[2, 0]


def test_a_file_of_new_rows_with_texts_is_decided(decided, tmp_path):
    (tmp_path / "new.csv").write_text("city,lead\nRome,0\nLima,1\n")
    answers = decide(decided[1], tmp_path / "new.csv")
    assert answers.columns.tolist() == ["probability of 1", "won", "unknown"]
    assert answers["unknown"].tolist() == ["", "city 'Lima'"]


def test_categories_that_make_other_columns_than_the_names_are_refused(decided):
    bundle = decided[0]
    message = (
        "the categories make a column 'city=Lima', which is none of the names: give the names "
        "after with_categories"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        Bundle(bundle.model, bundle.names, "won", (0, 1), 0.5, {"city": ("Lima",)})
