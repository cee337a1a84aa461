"""Lesson 01: do the limits that were chosen on Murmur's log hold in worlds that nobody looked at?

    python benchmarks/log_rules.py

Writes data/measured/log_rules.csv, in about two minutes of a processor. Each world is a Murmur of 1,500 accounts and
eight weeks with its own seed; 7 is the shipped one, on which the limits were chosen. Rules are graded by recall and
precision against the planted dirt, recipes of preference by the mean agreement with true taste over listeners, which is
Spearman's correlation, as the lesson computes it. The truth is opened to grade alone.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.datasets import load_murmur
from recsys_helpers.events import (
    RULES,
    account_signs,
    asked_for,
    bots,
    clean,
    clock_skew,
    preference,
    retry_duplicates,
)
from recsys_helpers.simulator import World
from recsys_helpers.simulator.store import write_world

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "log_rules.csv"
SEEDS = (7, 1, 2, 3, 4, 5)
WAITS = (2, 10, 600)
DRAFT = {"skip": -0.5}  # the recipe as one would write it first
VARIED: dict[str, tuple[str, dict[str, float]]] = {
    "plays": ("plays", {}),
    "listened": ("listened", {}),
    "signals, first draft": ("signals", DRAFT),
    **{f"without {name}": ("signals", DRAFT | {name: 0.0}) for name in ("sought", "skip", "like", "comment")},
}
ENOUGH = 10  # tracks of a listener whose order is graded


def grade(found: Any, true: Any) -> dict[str, float]:
    """Recall and precision of the ids found."""
    found, true = set(found), set(true)
    hits = len(found & true)
    return {"recall": hits / len(true), "precision": hits / len(found) if found else 0.0}


def agreement(table: pd.DataFrame, liking: pd.DataFrame) -> float:
    """Spearman's correlation of strength with true liking, the mean over listeners with enough tracks."""
    at = liking.index.get_indexer(table["user_id"]), liking.columns.get_indexer(table["track_id"])
    table = table.assign(true=liking.to_numpy()[at])
    of = table.groupby("user_id")
    a, b = (of[name].rank() - (of[name].transform("size") + 1) / 2 for name in ("strength", "true"))
    sums = pd.DataFrame({"ab": a * b, "aa": a * a, "bb": b * b}).groupby(table["user_id"]).sum()
    r = (sums["ab"] / np.sqrt(sums["aa"] * sums["bb"])).fillna(0.0)
    return float(r[of.size() >= ENOUGH].mean())


def of_world(seed: int) -> list[dict[str, Any]]:
    """All rows of one world."""
    with TemporaryDirectory() as folder:
        write_world(World(seed=seed), Path(folder) / "murmur")
        murmur = load_murmur(Path(folder) / "murmur")
    events, defects = murmur.events, murmur.truth["defects"]
    spoilt = {kind: rows["event_id"] for kind, rows in defects.groupby("kind", observed=True)}
    once = events[~events["event_id"].duplicated()]
    rows = {f"retries within {w} s": grade(once.loc[retry_duplicates(once, w), "event_id"], spoilt["retry_duplicate"])
            for w in WAITS}  # fmt: skip
    rows["clocks by the queue"] = grade(events.loc[clock_skew(events), "event_id"], spoilt["clock_skew"])

    all_but_bots = tuple(rule for rule in RULES if rule != "bots")
    log, _ = clean(events, murmur.tracks, murmur.users, rules=all_but_bots)
    people = murmur.truth["listeners"]
    farmed = people.loc[people["account"] == "bot", "user_id"]
    signs, by_bot = account_signs(log).query("plays >= 50"), bots(log)
    rows["bots by pace alone"] = grade(signs.index[signs["per_hour"] > 60], farmed)
    rows["bots by signs or company"] = grade(log.loc[by_bot, "user_id"], farmed)

    chosen, things = asked_for(log[~by_bot], murmur.tracks), murmur.truth["tracks"]
    taste = people.filter(like="taste_").to_numpy() + people.filter(like="drift_").to_numpy()
    liking = taste @ things.filter(like="vector_").to_numpy().T + things["appeal"].to_numpy()
    liking = pd.DataFrame(liking, index=people["user_id"], columns=things["track_id"])
    recipes = {
        name: {"agreement": agreement(preference(chosen, how, murmur.tracks, weights=weights), liking)}
        for name, (how, weights) in VARIED.items()
    }
    return [
        {"world": seed, "name": name, "figure": figure, "value": round(value, 6)}
        for name, figures in (rows | recipes).items()
        for figure, value in figures.items()
    ]


def table(seeds: tuple[int, ...] = SEEDS) -> pd.DataFrame:
    """The rows of these worlds."""
    return pd.DataFrame([one for seed in seeds for one in of_world(seed)])


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew, and its world's other figures."""
    return table(SEEDS[1:2])


def main() -> None:
    found = table()
    found.to_csv(FILE, index=False, lineterminator="\n")
    print(found.pivot_table(index=["name", "figure"], columns="world", values="value").round(3).to_string())


if __name__ == "__main__":
    main()
