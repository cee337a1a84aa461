"""The test for an order (benchmarks/order.py) against a plain loop: the right answer of lesson 13's exercise."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import order

from recsys_helpers.events import sessions
from recsys_helpers.exercises.lessons.lesson_13.order import order_ratio

TRACKS = pd.Index(list("abcde"))
FOLLOWER = np.array([1, 2, 0, 4, 3])  # a b c in a ring, d and e in turn


def some_log(follow: float, seed: int = 0) -> pd.DataFrame:
    """60 listeners over three weeks; with chance ``follow`` a library play is the follower of what came before."""
    rng, rows = np.random.default_rng(seed), []
    for user in range(60):
        at = order.LAST_WEEK + pd.Timedelta(days=int(rng.integers(0, 5)))
        taste = rng.dirichlet(np.ones(5))
        for _ in range(9):
            track = int(rng.choice(5, p=taste))
            for _ in range(12):
                own = rng.random() < 0.7
                chosen = FOLLOWER[track] if own and rng.random() < follow else int(rng.choice(5, p=taste))
                if chosen == track:
                    continue
                track = int(chosen)
                source = "library" if own else "autoplay"
                rows.append((len(rows), f"u{user:02d}", TRACKS[track], at, "play", 100.0, source))
                at += pd.Timedelta(minutes=3)
            at += pd.Timedelta(days=2)
    return pd.DataFrame(
        rows, columns=["event_id", "user_id", "track_id", "at", "action", "seconds_played", "source"]
    )


def pairs_of(log: pd.DataFrame) -> list[tuple[str, str, list[str]]]:
    """The triples of the exercise, by a loop over the rows."""
    number, weeks, found, last = sessions(log), {}, [], None
    for row in log.itertuples():
        key = (row.user_id, (row.at - order.LAST_WEEK).days // 7)
        if row.source == "library":
            weeks.setdefault(key, []).append(row.track_id)
            if last is not None and number[last.Index] == number[row.Index]:
                found.append((last.track_id, row.track_id, key))
        last = row
    return [(before, after, weeks[key]) for before, after, key in found]


@pytest.mark.parametrize("follow", [0.0, 0.3])
def test_the_ratio_is_that_of_a_plain_loop(follow):
    log = some_log(follow)
    expected = order_ratio(pairs_of(log), dict(zip(TRACKS, TRACKS[FOLLOWER], strict=True)))
    found, low, high = order.library_ratio(log, TRACKS, FOLLOWER)
    assert found == pytest.approx(expected)
    assert low < found < high


def test_it_is_one_where_there_is_no_order_and_above_where_there_is():
    without = [order.library_ratio(some_log(0.0, seed), TRACKS, FOLLOWER) for seed in range(5)]
    assert 0.93 < np.mean([one[0] for one in without]) < 1.07
    assert sum(low <= 1 <= high for _, low, high in without) >= 4
    assert order.library_ratio(some_log(0.3), TRACKS, FOLLOWER)[1] > 1.2
