"""Lesson 11's first table: what each kind of feature adds to predicting whether a play reaches half of its track.

    python benchmarks/context_features.py

A factorization machine for each set of features, nine settings each, chosen on weeks 5 and 6 and graded once on weeks 7
and 8. Writes data/measured/context_features.csv, a row for each set, in about two minutes of one core. The truth is
opened for two rows alone, which say so.
"""

from __future__ import annotations

import time
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.metrics import roc_auc_score

from recsys_helpers.datasets import load_murmur
from recsys_helpers.events import asked_for, clean
from recsys_helpers.models import FactorizationMachine
from recsys_helpers.simulator import World
from recsys_helpers.simulator.people import CONTEXTS
from recsys_helpers.workspace import write_whole

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "context_features.csv"
VALIDATION, TEST = (pd.Timestamp(day, tz="UTC") for day in ("2026-02-02", "2026-02-16"))
MINUTES = (0, 3, 5, 10, 20, 40, np.inf)
MISSING = "not known"
PAIR = ("user", "track")
SETS: dict[str, tuple[str, ...]] = {
    "listener + track, no pairs": PAIR,
    "listener + track": PAIR,
    "and genre": (*PAIR, "genre"),
    "and context": (*PAIR, "context"),
    "and genre, context": (*PAIR, "genre", "context"),
    "and genre, context, length": (*PAIR, "genre", "context", "length"),
    "and genre, context, tags": (*PAIR, "genre", "context", "tags"),
    "and genre, context, hour": (*PAIR, "genre", "context", "hour"),
    "and genre, context, device, age": (*PAIR, "genre", "context", "device", "age"),
    "and genre, context, source": (*PAIR, "genre", "context", "source"),
    "genre, context shuffled": (*PAIR, "genre", "shuffled"),
}
WORDS = ("word", "other word")  # of the editor: a track has two tags beside its genre, in no order
BASE, WITH, LINEAR = "listener + track", "and genre, context", "listener + track, no pairs"
GRID = list(product((16, 32, 64), (0.01, 0.02, 0.05)))  # factors, regularization
TRUTH, TRUTH_THERE = "truth without context", "truth with context"


def plays() -> pd.DataFrame:
    """Each play of Murmur's cleaned log with its features as labels, its moment, and whether it reached half."""
    data = load_murmur()
    events, _ = clean(data.events, data.tracks, data.users)
    events = asked_for(events, data.tracks)
    events = events[events["action"] == "play"]
    track, user = data.tracks.set_index("track_id"), data.users.set_index("user_id")
    table = pd.DataFrame(
        {"user": events["user_id"].astype(object), "track": events["track_id"].astype(object)}
    )
    table["genre"] = table["track"].map(track["genre"]).astype(object)
    table["context"] = events["context"].astype(object).fillna(MISSING)
    rng = np.random.default_rng(0)
    table["shuffled"] = rng.permutation(table["context"].to_numpy())  # a context that says nothing
    genres = set(track["genre"])
    words = [[word for word in str(tags).split(";") if word not in genres] for tags in track["tags"]]
    for place, name in enumerate(WORDS):
        of_track = [found[place] if place < len(found) else f"no {name}" for found in words]
        table[name] = table["track"].map(pd.Series(of_track, track.index)).astype(object)
    seconds = table["track"].map(track["duration_s"]).astype(float)
    table["length"] = pd.cut(seconds / 60, MINUTES).astype(str)
    table["hour"] = (events["at"].dt.hour // 3).astype(str) + (events["at"].dt.day_of_week >= 5).astype(str)
    table["device"] = table["user"].map(user["device"]).astype(object)
    table["age"] = table["user"].map(user["age_band"]).astype(object).fillna(MISSING)
    table["source"] = events["source"].astype(object)
    half = (events["seconds_played"].to_numpy() >= seconds.to_numpy() / 2).astype(float)
    return table.assign(at=events["at"], half=half).reset_index(drop=True)


def one_hot(table: pd.DataFrame, columns: tuple[str, ...]) -> sparse.csr_array:
    """A row of ones for each play, each column with a stretch of features of its own; the two words share one."""
    parts: list[np.ndarray] = []
    offset = 0
    for column in columns:
        shared = [table[name] for name in (WORDS if column == "tags" else (column,))]
        code, labels = pd.factorize(pd.concat(shared, ignore_index=True))
        parts += np.split(code + offset, len(shared))
        offset += len(labels)
    at = np.column_stack(parts)
    ends = np.arange(0, at.size + 1, at.shape[1])
    return sparse.csr_array((np.ones(at.size), at.ravel(), ends), (len(at), offset))


def log_loss(log_odds: np.ndarray, half: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, log_odds) - half * log_odds


def over_listeners(values: np.ndarray, user: np.ndarray) -> tuple[float, float, float]:
    """The mean over plays and its normal 95% interval over listeners, who come with all their plays."""
    by_user = pd.Series(values).groupby(user).agg(["sum", "size"])
    mean = by_user["sum"].sum() / by_user["size"].sum()
    rest = by_user["sum"] - mean * by_user["size"]
    half = 1.96 * np.sqrt((rest**2).sum() * len(rest) / (len(rest) - 1)) / by_user["size"].sum()
    return float(mean), float(mean - half), float(mean + half)


def predicted(table: pd.DataFrame, name: str) -> tuple[np.ndarray, dict[str, object]]:
    """The log odds of the test plays by the settings that were best on validation, and which those were."""
    x, half = one_hot(table, SETS[name]), table["half"].to_numpy()
    early, middle = (
        (table["at"] < VALIDATION).to_numpy(),
        ((table["at"] >= VALIDATION) & (table["at"] < TEST)).to_numpy(),
    )
    tried = {}
    for factors, penalty in GRID:
        machine = FactorizationMachine(0 if name == LINEAR else factors, 5, regularization=penalty)
        machine.fit(x[early], half[early])
        tried[factors, penalty] = log_loss(machine.decision_function(x[middle]), half[middle]).mean()
    factors, penalty = min(tried, key=lambda key: tried[key])
    machine = FactorizationMachine(0 if name == LINEAR else factors, 5, regularization=penalty)
    before = (table["at"] < TEST).to_numpy()
    start = time.process_time()
    machine.fit(x[before], half[before])
    seconds = time.process_time() - start
    about = {
        "factors": machine.n_factors,
        "regularization": penalty,
        "tries": len(GRID),
        "validation": tried[factors, penalty],
    }
    return machine.decision_function(x[~before]), about | {"cpu_seconds": seconds}


def truth(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """How much each listener truly likes each test play's track, without and with what the context adds."""
    world = World()
    test = table[table["at"] >= TEST]
    week = ((test["at"] - test["at"].min().normalize()).dt.days // 7 + world.weeks - 2).to_numpy()
    row = world.rows(test["user"])
    column = pd.Index(world.tracks["track_id"]).get_indexer(test["track"])
    liking = np.zeros(len(test))
    for w in np.unique(week):
        liking[week == w] = world.true_utility(world.listeners, int(w))[row[week == w], column[week == w]]
    place = pd.Index(CONTEXTS).get_indexer(test["context"])
    added = np.where(place >= 0, world.setting.context_value[np.maximum(place, 0), column], 0.0)
    return {TRUTH: liking, TRUTH_THERE: liking + added}


def features_table(names: tuple[str, ...] = tuple(SETS), with_truth: bool = True) -> pd.DataFrame:
    """A row for each set: AUC of all plays and of those whose context is known, log loss, differences from two sets."""
    table = plays()
    test = (table["at"] >= TEST).to_numpy()
    half, user = table["half"].to_numpy()[test], table["user"].to_numpy()[test]
    known = (table["context"] != MISSING).to_numpy()[test]
    found = {name: predicted(table, name) for name in dict.fromkeys((BASE, WITH, *names))}
    losses, rows = {name: log_loss(log_odds, half) for name, (log_odds, _) in found.items()}, []
    for name, (log_odds, about) in found.items():
        loss = losses[name]
        gap, low, high = over_listeners(loss - losses[BASE], user)
        more, more_low, more_high = over_listeners(loss - losses[WITH], user)
        rows.append({"features": name, **about, "auc": roc_auc_score(half, log_odds),
                     "auc_known": roc_auc_score(half[known], log_odds[known]), "log_loss": loss.mean(),
                     "difference": gap, "low": low, "high": high, "more": more, "more_low": more_low,
                     "more_high": more_high, "plays": len(half)})  # fmt: skip
    for name, liking in truth(table).items() if with_truth else ():
        rows.append({"features": name, "auc": roc_auc_score(half, liking),
                     "auc_known": roc_auc_score(half[known], liking[known]), "plays": len(half)})  # fmt: skip
    return pd.DataFrame(rows).round(5)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return features_table((LINEAR,), with_truth=False)


def main() -> None:
    write_whole(FILE, features_table().to_csv(index=False, lineterminator="\n"))
    print(f"{FILE.name} is written.")


if __name__ == "__main__":
    main()
