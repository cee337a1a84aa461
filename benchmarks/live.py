"""Lesson 20's first table: which part of a recommender has to be fresh, its weights or its profiles, and for whom.

    python benchmarks/live.py

Writes data/measured/live.csv in some two minutes of one core: the last two weeks of Murmur's log as a stream, judged
prequentially, by how often the weights are made anew, by what counts of a profile, and by who had chosen the play.
Intervals are over listeners, each of whom counts once with the mean of their plays.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_helpers.acting import prequential
from recsys_helpers.datasets import load_murmur
from recsys_helpers.evaluation import t_interval
from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, ItemKNN, Recommender
from recsys_helpers.workspace import write_whole

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "live.csv"
SINCE = pd.Timestamp("2026-02-16", tz="UTC")
MODELS: dict[str, Callable[[], Recommender]] = {"EASE": lambda: EASE(solve="items"), "ItemKNN": ItemKNN}
#: name -> (step, whether plays count at once, weight of all but the latest five)
PROFILES = {
    "last night's": ("1D", False, 1.0),
    "live": ("1D", True, 1.0),
    "live, others a third": ("1D", True, 1 / 3),
    "live, latest five alone": ("1D", True, 0.0),
}
WEIGHTS = {"once": None, "nightly": "1D"}
NIGHTLY = ("last night's", "live")  # the profiles that are tried with weights of every night, of EASE
SOURCES = ("all", "autoplay", "home", "search", "library")
COLUMNS = ["model", "weights", "profile", "source", "listeners", "plays", "gain", "low", "high"]
COLUMNS += ["more", "more_low", "more_high"]


class Stream:
    """Murmur's log, and the strengths known at any moment of it."""

    def __init__(self) -> None:
        data = load_murmur()
        self.tracks = data.tracks
        self.events = asked_for(clean(data.events, data.tracks, data.users)[0], data.tracks)

    def until(self, moment: pd.Timestamp) -> Interactions:
        """What was known before a moment."""
        strengths = preference(self.events, "listened", self.tracks, until=moment)
        return Interactions.from_frame(strengths, value="strength", time="last_at")

    def weights(
        self, make: Callable[[], Recommender], every: str | None
    ) -> Callable[[pd.Timestamp], Recommender]:
        """A function of the moment that gives the model of that moment."""
        if every is None:
            fitted = make().fit(self.until(SINCE))
            return lambda moment: fitted
        return lambda moment: make().fit(self.until(moment))

    def judged(self, name: str, weights: str, profile: str) -> pd.DataFrame:
        """The graded plays, with who had chosen each."""
        step, live, rest = PROFILES[profile]
        every = WEIGHTS[weights]
        model = self.weights(MODELS[name], every)
        found = prequential(self.events, self.tracks, model, SINCE, step=every or step, live=live, rest=rest)
        return found.assign(source=self.events.loc[found.index, "source"].astype(object))


def rows_of(
    name: str, weights: str, profile: str, found: pd.DataFrame, base: pd.DataFrame
) -> list[list[object]]:
    """A row for each source: the mean over listeners, and how much it is above the base, listener by listener."""
    rows: list[list[object]] = []
    for source in SOURCES:
        chosen = (
            np.ones(len(found), dtype=bool) if source == "all" else (found["source"] == source).to_numpy()
        )
        mean, other = (part[chosen].groupby("user", observed=True)["gain"].mean() for part in (found, base))
        own, more = t_interval(mean, over="listeners"), t_interval(mean - other, over="listeners")
        rows.append(
            [name, weights, profile, source, len(mean), int(chosen.sum()), own.value, own.low, own.high]
            + [more.value, more.low, more.high]
        )
    return rows


def table(names=tuple(MODELS), weights=tuple(WEIGHTS), profiles=tuple(PROFILES)) -> pd.DataFrame:
    """All rows; the base of each model are weights made once and last night's profiles."""
    stream, rows = Stream(), []
    for name in names:
        base = stream.judged(name, "once", "last night's")
        for weight in weights:
            for profile in profiles:
                if weight == "nightly" and (profile not in NIGHTLY or name != "EASE"):
                    continue
                found = stream.judged(name, weight, profile)
                rows += rows_of(name, weight, profile, found, base)
                print(name, weight, profile, f"{rows[-len(SOURCES)][6]:.4f}", file=sys.stderr, flush=True)
    return pd.DataFrame(rows, columns=COLUMNS).round(5)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return table(["ItemKNN"], ["once"], ["live"])


if __name__ == "__main__":
    write_whole(FILE, table().to_csv(index=False, lineterminator="\n"))
    print(f"{FILE.name} is written.")
