"""A shelf that learns from itself: one model in six worlds, on the log of its own shelf and on the log of the chart.

    python benchmarks/feedback.py

Writes data/measured/feedback.csv, a row for each world, loop and week; lesson 07 reads it. It takes about two minutes
of one core. The worlds are those of online.py; the policy is the lesson's own, and a test holds the two together.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from online import SEEDS, START, K, Platform

from recsys_helpers.events import asked_for, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import CollaborativeFiltering
from recsys_helpers.simulator.policies import random_shelf
from recsys_helpers.workspace import write_whole

TABLE = Path(__file__).resolve().parents[1] / "data" / "measured" / "feedback.csv"
FROM, WEEKS, DRAWN = 2, 6, 2  # weeks of log before the first list, weeks on the shelf, places by lottery
LOOPS = ("closed", "open", "lottery")
COLUMNS = ["seed", "loop", "week", "genres", "tracks", "hours", "tail"]


class Weekly:
    """A policy for ``World.serve`` that fits the SVD anew each week.

    closed: on what its own shelf brought. open: on what the same listeners played under the chart in the same weeks.
    lottery: closed, with the last places of each shelf drawn from all tracks.
    """

    def __init__(self, at: Platform, loop: str):
        plays = at.events[(at.events["action"] == "play") & at.events["user_id"].isin(at.world.listeners)]
        self.at, self.loop = at, loop
        self.chart_log = plays.astype({"user_id": object, "track_id": object})
        self.own_log, self.lists = [self.until(FROM)], []
        # A weight of 1 changes no score but has them rounded: ties are no processor's choice then.
        self.as_it_is = pd.Series(1.0, index=at.ids)

    def until(self, week: int) -> pd.DataFrame:
        return self.chart_log[self.chart_log["at"] < START + pd.Timedelta(weeks=week)]

    def __call__(self, user_ids: np.ndarray) -> np.ndarray:
        week = FROM + len(self.lists)
        log = self.until(week) if self.loop == "open" else pd.concat(self.own_log)
        x = Interactions.from_frame(preference(log, "listened", self.at.tracks), value="strength")
        model = CollaborativeFiltering(10, 1, "zero").fit(x)
        ten = self.at.lists_of(model, heard=True, weight=self.as_it_is)
        if not self.lists:
            self.known = self.at.world.listeners.isin(x.users)  # who has a list from the first week on
        self.lists.append(ten)
        if self.loop != "lottery":
            return ten
        home = pd.DataFrame({"context": "home", "week": week}, index=range(len(user_ids)))
        drawn = random_shelf(self.at.world)(user_ids, context=home)
        return np.column_stack([ten[:, : K - DRAWN], drawn[:, :DRAWN]])

    def observe(self, week: pd.DataFrame) -> None:
        self.own_log.append(asked_for(week, self.at.tracks))


def rows_of_world(at: Platform, loops=LOOPS, weeks: int = WEEKS) -> pd.DataFrame:
    """A row for each loop and week: genres in a list and different tracks in all lists, as the model made them, before
    any lottery, for who has a list from the first week on; hours a listener; share of plays in the tail."""
    genre, rows = at.tracks.set_index("track_id")["genre"], []
    code = pd.Series(pd.factorize(genre)[0], index=genre.index)
    content = at.world.catalogue.content
    for loop in loops:
        policy = Weekly(at, loop)
        served = at.world.serve(policy, weeks=weeks, start_week=FROM)
        for week, (ten, played) in enumerate(zip(policy.lists, served.played, strict=True), start=1):
            ten = ten[policy.known]
            genres = np.mean([len(set(row)) for row in code[ten.ravel()].to_numpy().reshape(ten.shape)])
            hours = played["seconds"].sum() / 3600 / len(at.world.listeners)
            track = played["track"][content[played["track"]]]
            rows.append(
                (at.world.seed, loop, week, genres, len(set(ten.ravel())), hours, 1 - at.head[track].mean())
            )
    return pd.DataFrame(rows, columns=COLUMNS).round(5)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return rows_of_world(Platform(SEEDS[-1]), loops=("closed",), weeks=2)


def main() -> int:
    parts = []
    for seed in SEEDS:
        parts.append(rows_of_world(Platform(seed)))
        print(f"seed {seed}", file=sys.stderr, flush=True)
    write_whole(TABLE, pd.concat(parts).to_csv(index=False, lineterminator="\n"))
    print(f"{TABLE.name} is written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
