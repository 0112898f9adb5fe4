"""A table that looks like one to predict matches from, and in which nothing predicts anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Generator

if TYPE_CHECKING:
    import pandas as pd

TEAMS = 20


def made_up_matches(n: int, generator: Generator | None = None) -> pd.DataFrame:
    """Return a table of `n` matches, each with twelve columns and whether the home side won.

    The columns hang together as they would in a league: each team has a strength, from which its
    rank, its points and its goals follow, with some chance. The result follows from none of them.
    The home side wins with probability 0.62, whoever plays.

    Args:
        n: How many matches, at least 1.
        generator: Draws the league and its matches.

    Raises:
        ValueError: If `n` is below 1.

    Examples:
        >>> frame = made_up_matches(3, torch.Generator().manual_seed(0))
        >>> frame.shape, frame.columns[0], frame.columns[-1]
        ((3, 13), 'home_rank', 'home_win')
    """
    import pandas as pd

    if n < 1:
        raise ValueError(f"n is {n}: give at least 1 match")
    strength = torch.randn(TEAMS, generator=generator, dtype=torch.float64, device="cpu")
    rank = TEAMS - strength.argsort().argsort()  # 1 is the strongest
    home = torch.randint(TEAMS, (n,), generator=generator, device="cpu")
    ahead = torch.randint(1, TEAMS, (n,), generator=generator, device="cpu")
    away = (home + ahead) % TEAMS  # another team

    def noise() -> torch.Tensor:
        return torch.randn(n, generator=generator, dtype=torch.float64, device="cpu")

    columns = {}
    for side, team in (("home", home), ("away", away)):
        columns[f"{side}_rank"] = rank[team]
        columns[f"{side}_points_last_5"] = (
            (7.5 + 2 * strength[team] + 2 * noise()).round().clamp(0, 15)
        )
        columns[f"{side}_goals_per_match"] = (1.4 + 0.4 * strength[team] + 0.2 * noise()).clamp(0.1)
        columns[f"{side}_days_of_rest"] = (5 + 1.5 * noise()).round().clamp(2)
    columns["distance_km"] = (180 * (0.5 * noise()).exp()).round()
    columns["temperature"] = 12 + 7 * noise()
    columns["spectators"] = (9000 * (0.3 * noise()).exp()).round()
    columns["rank_difference"] = rank[away] - rank[home]
    columns["home_win"] = (torch.rand(n, generator=generator, device="cpu") < 0.62).long()
    return pd.DataFrame({name: values.numpy() for name, values in columns.items()})
