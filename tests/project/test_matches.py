import pandas as pd
import pytest
import torch
from scipy import stats

from course.project.matches import made_up_matches
from course.project.table import problems


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_same_seed_gives_the_same_league():
    pd.testing.assert_frame_equal(made_up_matches(5, seeded()), made_up_matches(5, seeded()))
    assert not made_up_matches(5, seeded()).equals(made_up_matches(5, seeded(1)))


def test_a_model_can_learn_from_it_as_from_any_table():
    assert problems(made_up_matches(300, seeded()), "home_win") == []


def test_columns_hang_together_as_in_a_league():
    frame = made_up_matches(500, seeded())
    assert frame.shape == (500, 13)
    assert frame["home_rank"].corr(frame["home_goals_per_match"]) < -0.5
    assert frame["away_rank"].corr(frame["away_points_last_5"]) < -0.4
    ranks = frame["away_rank"] - frame["home_rank"]
    assert (frame["rank_difference"] == ranks).all()
    assert (ranks != 0).all(), "no team plays against itself"
    assert set(frame["home_rank"]) == set(frame["away_rank"]) == set(range(1, 21))


def test_numbers_are_such_as_occur():
    frame = made_up_matches(4000, seeded())
    lowest, highest = frame.min(), frame.max()
    for side in ("home", "away"):
        assert (lowest[f"{side}_points_last_5"], highest[f"{side}_points_last_5"]) == (0, 15)
        assert lowest[f"{side}_goals_per_match"] == pytest.approx(0.1)
        assert highest[f"{side}_goals_per_match"] < 4
        assert lowest[f"{side}_days_of_rest"] == 2
        assert highest[f"{side}_days_of_rest"] < 14
    assert frame["home_days_of_rest"].mean() == pytest.approx(5, abs=0.1)
    assert frame["temperature"].agg(["mean", "std"]).tolist() == pytest.approx([12, 7], rel=0.05)


def test_a_seed_gives_these_very_matches():
    frame = made_up_matches(4000, seeded())
    expected = {
        "home_rank": 10.4157,
        "home_points_last_5": 7.375,
        "away_goals_per_match": 1.373,
        "away_days_of_rest": 5.0075,
        "distance_km": 206.4808,
        "temperature": 12.0165,
        "spectators": 9487.2982,
        "home_win": 0.6142,
    }
    assert frame[list(expected)].mean().to_dict() == pytest.approx(expected, rel=1e-4)


def test_no_column_says_anything_about_the_result():
    frame = made_up_matches(4000, seeded())
    p = [
        stats.pointbiserialr(frame["home_win"], frame[name]).pvalue
        for name in frame.columns
        if name != "home_win"
    ]
    assert min(p) > 0.05 / len(p), "of twelve columns, the most correlated one is so by chance"


def test_the_home_side_wins_as_often_as_it_says():
    frame = made_up_matches(10_000, seeded())
    assert frame["home_win"].mean() == pytest.approx(0.62, abs=0.02)
    assert set(frame["home_win"]) == {0, 1}


@pytest.mark.parametrize("n", [0, -3])
def test_there_is_at_least_one_match(n):
    with pytest.raises(ValueError, match=f"^n is {n}: give at least 1 match$"):
        made_up_matches(n)
    assert len(made_up_matches(1, seeded())) == 1
