"""Lists of some listeners, short and long, with ties, and what is known of their items."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


def make(seed: int, n: int = 6, longest: int = 9, n_items: int = 14) -> pd.DataFrame:
    """Lists with scores to one digit, so that some are equal, in any order of rows."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in rng.permutation(n):
        size = int(rng.integers(1, longest + 1))
        scores = np.sort(np.round(rng.normal(size=size), 1))[::-1]
        chosen = rng.choice(n_items, size, replace=False)
        rows += [
            (f"u{user}", f"i{item:02d}", rank, score)
            for rank, (item, score) in enumerate(zip(chosen, scores, strict=True), start=1)
        ]
    table = pd.DataFrame(rows, columns=["user", "item", "rank", "score"])
    return table.sample(frac=1, random_state=seed)


def by_user(lists: pd.DataFrame) -> dict[str, list[str]]:
    """Each listener's items, best first."""
    return {user: rows.sort_values("rank")["item"].tolist() for user, rows in lists.groupby("user")}


@pytest.fixture(params=range(3))
def lists(request) -> pd.DataFrame:
    return make(request.param)


@pytest.fixture
def sounds() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    table = pd.DataFrame(rng.normal(size=(14, 4)), index=[f"i{i:02d}" for i in range(14)])
    table.iloc[5] = table.iloc[2] * 3  # alike but for the length
    table.iloc[9] = 0.0
    return table


@pytest.fixture
def genres() -> pd.Series:
    rng = np.random.default_rng(2)
    return pd.Series(rng.choice(["rain", "news", "jazz"], 14), index=[f"i{i:02d}" for i in range(14)])
