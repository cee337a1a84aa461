"""Small interactions that the models' tests share."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.features import ACCOUNT, AUDIO
from recsys_helpers.interactions import Interactions


def _make(n_users=40, n_items=30, density=0.3, seed=0, string_ids=True) -> Interactions:
    rng = np.random.default_rng(seed)
    taste = rng.normal(size=(n_users, 3)) @ rng.normal(size=(3, n_items))
    observed = rng.random((n_users, n_items)) < density
    observed[np.arange(n_users), rng.integers(0, n_items, n_users)] = True
    observed[rng.integers(0, n_users, n_items), np.arange(n_items)] = True
    rows, columns = np.nonzero(observed)
    values = np.round(np.clip(3 + taste[rows, columns] + rng.normal(0, 0.5, len(rows)), 1, 5))
    frame = pd.DataFrame(
        {
            "user_id": [f"u{r:03d}" for r in rows] if string_ids else rows * 7 + 3,
            "track_id": [f"t{c:03d}" for c in columns] if string_ids else columns * 5 + 1,
            "value": values,
            "at": rng.integers(0, 1000, len(rows)),
        }
    )
    return Interactions.from_frame(frame, value="value", time="at")


def describe(items, seed=5) -> pd.DataFrame:
    """A table of tracks as Murmur has one, each track's row the same whatever else is in the table."""
    words = np.array("slow calm bright rain city night brass paper salt glass".split())
    rows = []
    for item in items:
        rng = np.random.default_rng([seed, *str(item).encode()])
        text = " ".join(rng.choice(words, 4))
        kind = ["music", "news", "talk"][int(rng.integers(3))]
        rows.append([item, kind, f"{kind};{rng.choice(words)}", text, *rng.normal(size=len(AUDIO))])
    return pd.DataFrame(rows, columns=["track_id", "kind", "tags", "description", *AUDIO])


def accounts(users, seed=7) -> pd.DataFrame:
    """A table of listeners as Murmur has one, each one's row the same whoever else is in the table."""
    rows = []
    for user in users:
        rng = np.random.default_rng([seed, *str(user).encode()])
        rows.append([user, *(rng.choice(["a", "b", "c"]) for _ in ACCOUNT)])
    return pd.DataFrame(rows, columns=["user_id", *ACCOUNT])


def log_of(x: Interactions) -> pd.DataFrame:
    """Each entry as one play, in the order of the times, a second apart: each listener has one session."""
    moment = np.unique(np.zeros(x.nnz) if x.times is None else x.times, return_inverse=True)[1]
    return pd.DataFrame(
        {
            "event_id": np.arange(x.nnz),
            "user_id": x.users[x.rows],
            "track_id": x.items[x.matrix.indices],
            "at": pd.Timestamp("2026-03-01", tz="UTC") + pd.to_timedelta(moment, unit="s"),
            "action": "play",
            "seconds_played": 1.0,
        }
    )


@pytest.fixture(scope="session")
def make():
    """Makes random interactions with a taste of rank 3, values 1 to 5, at least one entry for each user and item."""
    return _make


@pytest.fixture(scope="session")
def small() -> Interactions:
    return _make()


@pytest.fixture(scope="session")
def tall() -> Interactions:
    """More users than items, and ids that are numbers."""
    return _make(n_users=60, n_items=20, seed=1, string_ids=False)
