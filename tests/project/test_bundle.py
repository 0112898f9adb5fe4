import math
import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
import torch

from course.project.bundle import Bundle, decide, load_bundle, save_bundle
from course.project.matches import made_up_matches
from course.project.pipeline import LogisticModel, fit_model
from course.project.table import read_table


def exactly(message):
    return f"^{re.escape(message)}$"


@pytest.fixture
def frame():
    return made_up_matches(60, torch.Generator().manual_seed(0))[
        ["home_rank", "distance_km", "home_win"]
    ]


@pytest.fixture
def bundle(frame):
    table = read_table(frame, "home_win")
    model = fit_model(table.x, table.y, strength=0.01)
    return Bundle(model, table.names, table.target, table.labels, threshold=0.75)


def test_what_was_saved_decides_like_what_was_not(frame, bundle, tmp_path):
    save_bundle(bundle, tmp_path / "new" / "folder" / "matches.pt")
    loaded = load_bundle(tmp_path / "new" / "folder" / "matches.pt")
    rows = frame.drop(columns="home_win")
    pd.testing.assert_frame_equal(decide(loaded, rows), decide(bundle, rows))
    assert list(loaded.names) == ["home_rank", "distance_km"]
    assert (loaded.target, loaded.labels, loaded.threshold) == ("home_win", (0, 1), 0.75)


@pytest.mark.parametrize("labels", [("no", "yes"), (False, True), (1.5, 2.5)])
def test_labels_come_back_in_their_type(bundle, labels, tmp_path):
    other = Bundle(bundle.model, bundle.names, "t", labels, 0.5)
    save_bundle(other, tmp_path / "b.pt")
    assert load_bundle(tmp_path / "b.pt").labels == labels


def test_decisions_are_those_of_the_sigmoid_and_the_threshold(frame, bundle):
    rows = frame.drop(columns="home_win")
    decided = decide(bundle, rows)
    scaled = (torch.tensor(rows.to_numpy(dtype="float64")) - bundle.model.mean) / bundle.model.std
    logits = scaled @ bundle.model.weight + bundle.model.bias
    expected = [1 / (1 + math.exp(-logit)) for logit in logits.tolist()]
    assert decided["probability of 1"].tolist() == pytest.approx(expected)
    middle = sorted(expected)[30]
    halves = decide(Bundle(bundle.model, bundle.names, "home_win", (0, 1), middle - 1e-9), rows)
    assert halves["home_win"].tolist() == [int(p >= middle - 1e-9) for p in expected]
    assert set(halves["home_win"]) == {0, 1}


def test_a_probability_at_the_threshold_is_a_yes(bundle):
    model = LogisticModel(torch.zeros(1).double(), torch.ones(1).double())
    even = Bundle(model, ["a"], "won", ("no", "yes"), threshold=0.5)
    assert decide(even, pd.DataFrame({"a": [3]}))["won"].tolist() == ["yes"]


def test_decisions_stand_under_the_names_of_the_rows_whatever_the_order_of_columns(frame, bundle):
    rows = frame[["distance_km", "home_rank"]][:3].set_axis(["a", "b", "c"])
    decided = decide(bundle, rows)
    assert decided.index.tolist() == ["a", "b", "c"]
    straight = decide(bundle, frame[["home_rank", "distance_km"]][:3])
    assert decided.to_numpy().tolist() == straight.to_numpy().tolist()


def test_rows_may_come_from_a_file(frame, bundle, tmp_path):
    rows = frame.drop(columns="home_win")
    rows.to_csv(tmp_path / "new.csv", index=False)
    from_file = decide(bundle, tmp_path / "new.csv")
    pd.testing.assert_frame_equal(from_file, decide(bundle, rows))


def test_rows_with_other_columns_are_refused(frame, bundle):
    with pytest.raises(ValueError, match="column 'home_win' was not there in training"):
        decide(bundle, frame)
    with pytest.raises(ValueError, match="column 'distance_km' is missing"):
        decide(bundle, frame[["home_rank"]])


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_model_that_is_not_finite_is_no_bundle(bundle, value):
    with torch.no_grad():
        bundle.model.weight[1] = value
    with pytest.raises(ValueError, match=exactly("a weight is not finite: fit the model anew")):
        Bundle(bundle.model, bundle.names, "t", (0, 1), 0.5)


def test_names_are_those_of_the_columns(bundle):
    message = (
        "the model takes 2 columns, and there are 3 names: give those of the columns that it was "
        "fitted on"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        Bundle(bundle.model, ["a", "b", "c"], "t", (0, 1), 0.5)


@pytest.mark.parametrize("threshold", [0, 1, -0.1, 1.0, 2.0, math.nan, "0.5", None])
def test_a_threshold_is_a_probability(bundle, threshold):
    message = f"threshold is {threshold!r}: give a number between 0 and 1"
    with pytest.raises(ValueError, match=exactly(message)):
        Bundle(bundle.model, bundle.names, "t", (0, 1), threshold)


@pytest.mark.parametrize(
    "labels",
    [
        (1, 1),
        (1, 2, 3),
        (np.int64(0), np.int64(1)),
        (np.str_("no"), np.str_("yes")),
        (date(2020, 1, 1), date(2021, 1, 1)),
    ],
)
def test_labels_that_the_file_could_not_give_back_are_refused_before_it_is_written(bundle, labels):
    message = (
        f"labels are {labels!r}: give two different ones, each a text or a number of Python's, so "
        "that the file can be read again"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        Bundle(bundle.model, bundle.names, "t", labels, 0.5)


@pytest.mark.parametrize(
    ("names", "target"), [(["a", "a"], "t"), (["a", "b"], "b"), ([0, 1], "t"), (["a", "b"], None)]
)
def test_names_are_texts_each_another_one(bundle, names, target):
    message = f"names and target are {[*names, target]}: give texts, each another one"
    with pytest.raises(ValueError, match=exactly(message)):
        Bundle(bundle.model, names, target, (0, 1), 0.5)


def test_a_model_that_divides_by_zero_is_no_bundle(bundle):
    bundle.model.std[0] = 0
    with pytest.raises(ValueError, match=exactly("a deviation is not above 0: fit the model anew")):
        Bundle(bundle.model, bundle.names, "t", (0, 1), 0.5)


def test_a_model_that_the_file_could_not_give_back_is_refused_before_it_is_written(bundle):
    message = "the model is in torch.float32: take model.double()"
    with pytest.raises(ValueError, match=exactly(message)):
        Bundle(bundle.model.float(), bundle.names, "t", (0, 1), 0.5)
    Bundle(bundle.model.double(), bundle.names, "t", (0, 1), 0.5)


def test_numbers_and_names_of_numpy_come_back_as_those_of_python(bundle, tmp_path):
    names, threshold = pd.Index(["a", "b"]), np.float64(0.25)
    save_bundle(Bundle(bundle.model, names, np.str_("t"), (0, 1), threshold), tmp_path / "b.pt")
    loaded = load_bundle(tmp_path / "b.pt")
    assert (loaded.names, loaded.target, loaded.threshold) == (["a", "b"], "t", 0.25)
    assert (type(loaded.target), type(loaded.threshold)) == (str, float)


def test_a_row_without_a_probability_is_not_decided():
    model = LogisticModel(torch.zeros(2).double(), torch.full((2,), 1e-5).double())
    with torch.no_grad():
        model.weight.copy_(torch.tensor([1.0, -1.0]))
    bundle = Bundle(model, ["a", "b"], "won", ("no", "yes"), threshold=0.5)
    message = (
        "the probability of row 1, counted from 0, is NaN: its numbers are too large, look at them"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        decide(bundle, pd.DataFrame({"a": [1, 1e308], "b": [1, 1e308]}))


def test_a_single_row_that_is_no_table_is_refused(frame, bundle):
    with pytest.raises(TypeError, match="a single row is frame"):
        decide(bundle, frame.drop(columns="home_win").iloc[0])


def test_a_failure_while_saving_leaves_the_old_file_and_no_other(bundle, tmp_path, monkeypatch):
    path = tmp_path / "matches.pt"
    save_bundle(bundle, path)
    before = path.read_bytes()

    def full(value, file):
        file.write(b"half of")
        raise OSError("no space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="no space left"):
        save_bundle(Bundle(bundle.model, bundle.names, "t", (0, 1), 0.9), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_file_is_refused(bundle, tmp_path):
    path = tmp_path / "matches.pt"
    save_bundle(bundle, path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match="cannot be read, because it is damaged"):
        load_bundle(path)


def test_another_file_is_refused(tmp_path):
    torch.save({"format": "checkpoint 1"}, tmp_path / "other.pt")
    with pytest.raises(ValueError, match="holds 'checkpoint 1' where 'project 2' was expected"):
        load_bundle(tmp_path / "other.pt")


@pytest.mark.parametrize(
    ("part", "value", "reason"),
    [
        ("names", None, "object of type 'NoneType' has no len()"),
        ("labels", [0, 1, 2], "too many values to unpack (expected 2)"),
        ("categories", 3, "'int' object has no attribute 'items'"),
        ("threshold", 2.0, "threshold is 2.0: give a number between 0 and 1"),
    ],
)
def test_a_file_of_the_format_that_cannot_decide_is_refused(bundle, tmp_path, part, value, reason):
    path = tmp_path / "b.pt"
    save_bundle(bundle, path)
    torch.save({**torch.load(path), part: value}, path)
    message = f"{path} is no bundle that can decide ({reason}): save it anew"
    with pytest.raises(ValueError, match=exactly(message)):
        load_bundle(path)
    torch.save({"format": "project 2"}, path)
    with pytest.raises(ValueError, match=r"is no bundle that can decide .'names'.: save it anew"):
        load_bundle(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.pt"):
        load_bundle(tmp_path / "none.pt")
