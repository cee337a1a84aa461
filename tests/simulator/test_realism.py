"""The realism figures against plain loops over a log made by hand."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_helpers.simulator.realism import AIMS, gini, measure, realism_table


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30).filter(any))
def test_gini_is_half_the_relative_mean_difference(counts):
    differences = sum(abs(a - b) for a, b in product(counts, counts))
    expected = differences / (2 * len(counts) ** 2 * (sum(counts) / len(counts)))
    assert gini(np.array(counts)) == pytest.approx(expected)


@pytest.fixture(scope="module")
def plays() -> pd.DataFrame:
    """40 listeners with between 1 and 60 plays of 120 tracks, from fixed random numbers."""
    rng = np.random.default_rng(0)
    rows = []
    for user in range(40):
        at = pd.Timestamp("2026-01-05T08:00:00Z")
        for _ in range(rng.integers(1, 60)):
            duration = int(rng.integers(60, 600))
            seconds = int(rng.integers(1, duration + 1))
            rows.append(
                (f"u{user:02d}", f"t{int(120 * rng.random() ** 2):03d}", at, float(seconds), duration)
            )
            at += pd.Timedelta(seconds=seconds + int(rng.choice([5, 600, 1_799, 1_801, 9_000])))
    return pd.DataFrame(rows, columns=["user_id", "track_id", "at", "seconds_played", "duration_s"])


def test_figures_are_those_of_plain_loops(plays):
    n_tracks = 150
    figures = measure(plays, 40, n_tracks)
    counts: dict = defaultdict(int)
    lengths, last = [], {}
    for row in plays.itertuples():
        counts[row.user_id, row.track_id] += 1
        if row.user_id not in last or (row.at - last[row.user_id]).total_seconds() > 1_800:
            lengths.append(0)
        lengths[-1] += 1
        last[row.user_id] = row.at + pd.Timedelta(seconds=row.seconds_played)
    of_track, of_user = defaultdict(int), defaultdict(list)
    for (user, track), n in counts.items():
        of_track[track] += 1
        of_user[user].append(n)
    popular = sorted(of_track.values(), reverse=True)
    ranks = range(10, len(popular) + 1)
    top = [sum(sorted(ns, reverse=True)[:10]) / sum(ns) for ns in of_user.values()]
    logs = [math.log(n) for n in counts.values()]
    dense = np.zeros((40, 120))
    for (user, track), n in counts.items():
        dense[int(user[1:]), int(track[1:])] = math.log1p(n)
    squared = np.linalg.svd(dense, compute_uv=False) ** 2
    expected = {
        "distinct listener-track pairs": len(counts),
        "density": len(counts) / (40 * n_tracks),
        "Gini of track popularity": gini(np.array(popular + [0] * (n_tracks - len(popular)))),
        "pairs on the top 1% of tracks": sum(popular[:2]) / sum(popular),
        "pairs on the top 10% of tracks": sum(popular[:15]) / sum(popular),
        "log-log slope of popularity, ranks 10 to 1,000": np.polyfit(
            [math.log(r) for r in ranks], [math.log(popular[r - 1]) for r in ranks], 1
        )[0],
        "tracks with one listener only": popular.count(1) / len(popular),
        "distinct tracks a listener, median": np.median([len(ns) for ns in of_user.values()]),
        "distinct tracks a listener, 95th percentile": np.percentile(
            [len(ns) for ns in of_user.values()], 95
        ),
        "Gini of listener activity (distinct tracks)": gini(np.array([len(ns) for ns in of_user.values()])),
        "plays a pair: sigma of the log": np.std(logs),
        "energy of log(1 + plays) in the top 1 direction": squared[0] / squared.sum(),
        "energy in the top 10": squared[:10].sum() / squared.sum(),
        "a listener's plays on their top 10, median": np.median(top),
        "plays heard for less than half": np.mean(plays["seconds_played"] < plays["duration_s"] / 2),
        "tracks a session, mean": np.mean(lengths),
        "tracks a session, median": np.median(lengths),
        "replays of something heard before": 1 - len(counts) / len(plays),
    }
    assert figures[list(expected)].to_dict() == pytest.approx(expected)


def test_the_table_says_what_is_met(plays):
    figures = measure(plays, 40, 150)
    table = realism_table(figures).set_index("figure")
    assert list(table.index) == [aim.name for aim in AIMS]
    for aim in AIMS:
        assert table.loc[aim.name, "met"] == ("yes" if aim.low <= figures[aim.name] <= aim.high else "no")


def test_a_log_without_plays_has_no_figures(plays):
    figures = measure(plays.iloc[:0], 40, 150)
    assert figures.isna().all() and (realism_table(figures)["met"] == "no").all()
