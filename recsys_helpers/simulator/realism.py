"""How near a log is to real ones: the figures of real data sets, the same of a log, and whether they are in the aim.

It simulates nothing and fits no model; it measures any frame of plays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

from recsys_helpers.evaluation.beyond_accuracy import gini_of as gini


@dataclass(frozen=True)
class Aim:
    """One figure: its name, what Last.fm-2k · ML-100k (or published logs) show, and where it should lie."""

    name: str
    real: str
    low: float
    high: float
    form: str = "{:.2f}"


AIMS = (
    Aim("distinct listener-track pairs", "92,834 · 100,000", 90_000, 160_000, "{:,.0f}"),
    Aim("density", "0.28% · 6.3%", 0.02, 0.04, "{:.1%}"),
    Aim("Gini of track popularity", "0.73 · 0.63", 0.60, 0.75),
    Aim("pairs on the top 1% of tracks", "32% · 8%", 0.08, 0.18, "{:.0%}"),
    Aim("pairs on the top 10% of tracks", "70% · 43%", 0.40, 0.60, "{:.0%}"),
    Aim("log-log slope of popularity, ranks 10 to 1,000", "-0.82 · -0.85", -1.0, -0.7),
    Aim("tracks with one listener only", "61% · 8%", 0.05, 0.15, "{:.0%}"),
    Aim("distinct tracks a listener, median", "50 (capped) · 65", 50, 90, "{:.0f}"),
    Aim("distinct tracks a listener, 95th percentile", "capped · 311", 180, 350, "{:.0f}"),
    Aim("Gini of listener activity (distinct tracks)", "capped · 0.47", 0.40, 0.50),
    Aim("plays a pair: sigma of the log", "1.5 · none", 0.8, 1.5),
    Aim("plays a pair: skew of the log (right)", "right-skewed", 0.3, np.inf),
    Aim("energy of log(1 + plays) in the top 1 direction", "8% · 30%", 0.08, 0.30, "{:.0%}"),
    Aim("energy in the top 10", "20% · 47%", 0.20, 0.55, "{:.0%}"),
    Aim("energy in the top 50", "32% · 61%", 0.35, 0.70, "{:.0%}"),
    Aim("a listener's plays on their top 10, median", "55% · none", 0.40, 0.60, "{:.0%}"),
    Aim("plays heard for less than half", "52% skipped (Spotify)", 0.30, 0.50, "{:.0%}"),
    Aim("tracks a session, mean", "13 · 17 (one listener; Spotify's longer ones)", 9, 14, "{:.1f}"),
    Aim("tracks a session, median", "9 (one listener)", 6, 10, "{:.0f}"),
    Aim("replays of something heard before", "76% (one listener)", 0.40, 0.75, "{:.0%}"),
)


def honest_plays(events: pd.DataFrame, tracks: pd.DataFrame, truth: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What people really played, by the truth: no planted defect, no bot, no ad or help clip.

    Columns: user_id, track_id, at, seconds_played, duration_s; late rows count (only their order is off).
    """
    spoilt = truth["defects"].loc[~truth["defects"]["kind"].isin(["late", "exact_duplicate"]), "event_id"]
    people = truth["listeners"].loc[truth["listeners"]["account"] == "person", "user_id"]
    content = tracks.loc[~tracks["kind"].isin(["ad", "help"]), ["track_id", "duration_s"]]
    plays = events[(events["action"] == "play") & ~events["event_id"].isin(spoilt)]
    plays = plays[plays["user_id"].isin(people)].drop_duplicates("event_id")
    columns = ["user_id", "track_id", "at", "seconds_played"]
    plays = plays[columns].astype({"user_id": object, "track_id": object})
    content = content.astype({"track_id": object})
    return plays.merge(content, on="track_id").sort_values(
        ["user_id", "at"], kind="stable", ignore_index=True
    )


def measure(plays: pd.DataFrame, n_users: int, n_tracks: int) -> pd.Series:
    """The figures of AIMS for a frame of plays (columns as `honest_plays` gives them), by name."""
    if plays.empty:
        return pd.Series(np.nan, index=[aim.name for aim in AIMS])
    pairs = plays.groupby(["user_id", "track_id"], sort=True, observed=True).size()
    of_track = pairs.groupby("track_id").size().sort_values(ascending=False).to_numpy()
    of_user = pairs.groupby("user_id").size().to_numpy()
    everywhere = np.concatenate([of_track, np.zeros(max(n_tracks - len(of_track), 0))])
    top = np.cumsum(everywhere) / everywhere.sum()
    ranks = np.arange(10, min(1000, len(of_track)) + 1)
    slope = np.polyfit(np.log(ranks), np.log(of_track[ranks - 1]), 1)[0] if len(ranks) > 1 else np.nan
    log_plays = np.log(pairs.to_numpy())
    per_user = pairs.sort_values(ascending=False).groupby("user_id")
    top_ten = per_user.head(10).groupby("user_id").sum() / pairs.groupby("user_id").sum()
    length = _session_lengths(plays)
    heard = plays["seconds_played"].to_numpy() / plays["duration_s"].to_numpy()
    energy = _energy(pairs)
    values = [
        len(pairs), len(pairs) / (n_users * n_tracks), gini(everywhere), top[round(n_tracks * 0.01) - 1],
        top[round(n_tracks * 0.10) - 1], slope, (of_track == 1).mean(), np.median(of_user),
        np.quantile(of_user, 0.95), gini(of_user), log_plays.std(), _skew(log_plays), energy[0],
        energy[:10].sum(), energy[:50].sum(), top_ten.median(), (heard < 0.5).mean(), length.mean(),
        np.median(length), 1 - len(pairs) / len(plays),
    ]  # fmt: skip
    return pd.Series([float(value) for value in values], index=[aim.name for aim in AIMS])


def realism_table(figures: pd.Series) -> pd.DataFrame:
    """The figures beside those of real data: columns figure, real data, aim, Murmur, met."""
    rows = []
    for aim in AIMS:
        value = figures[aim.name]
        low, high = aim.form.format(aim.low), aim.form.format(aim.high)
        span = f"over {low}" if np.isinf(aim.high) else f"{low} to {high}"
        met = "yes" if aim.low <= value <= aim.high else "no"
        rows.append((aim.name, aim.real, span, aim.form.format(value), met))
    return pd.DataFrame(rows, columns=["figure", "real data", "aim", "Murmur", "met"])


def _session_lengths(plays: pd.DataFrame, silence: str = "30min") -> np.ndarray:
    """Plays a session, a new one after half an hour of silence."""
    ends = plays["at"] + pd.to_timedelta(plays["seconds_played"], unit="s")
    gap = plays["at"] - ends.groupby(plays["user_id"]).shift()
    return np.bincount((gap.isna() | (gap > pd.Timedelta(silence))).cumsum() - 1)


def _energy(pairs: pd.Series) -> np.ndarray:
    users, tracks = (pd.Categorical(pairs.index.get_level_values(level)).codes for level in (0, 1))
    matrix = csr_array((np.log1p(pairs.to_numpy(dtype=float)), (users, tracks)))
    k = min(50, min(matrix.shape) - 1)
    if k < 1:
        return np.array([np.nan])
    singular = np.sort(svds(matrix, k=k, return_singular_vectors=False, v0=np.ones(min(matrix.shape))))[::-1]
    energy: np.ndarray = singular**2 / (matrix.data**2).sum()
    return energy


def _skew(values: np.ndarray) -> float:
    away = values - values.mean()
    return float((away**3).mean() / (away**2).mean() ** 1.5) if away.any() else 0.0
