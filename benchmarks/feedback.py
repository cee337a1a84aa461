"""A shelf that learns from itself: one model in six worlds, on the log of its own shelf and on the log of the chart.

    python benchmarks/feedback.py

Writes data/measured/feedback.csv, a row for each world, loop and week; lesson 07 reads it. It takes about three minutes
of one core. The worlds have the seeds of online.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from online import MODELS, PAST, SEEDS, START, K, Platform

from recsys_helpers.acting import LearningPolicy
from recsys_helpers.events import asked_for, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import Recommender
from recsys_helpers.simulator.policies import random_shelf
from recsys_helpers.workspace import write_whole

TABLE = Path(__file__).resolve().parents[1] / "data" / "measured" / "feedback.csv"
USERS = 1_500  # accounts: more than the leaderboard has, since one model is fitted here
FROM, WEEKS, DRAWN = 2, 6, 2  # weeks of log before the first list, weeks on the shelf, places by lottery
LOOPS = ("closed", "open", "lottery")
COLUMNS = ["seed", "loop", "week", "genres", "shown", "tracks", "hours", "tail"]


class Weekly(LearningPolicy):
    """A policy that fits the SVD anew each week; who has no history sees the chart.

    closed: on what its own shelf brought. open: on what the same listeners played under the chart in the same weeks.
    lottery: closed, with the last places of each shelf drawn from all tracks.
    """

    def __init__(self, at: Platform, loop: str):
        plays = at.events[(at.events["action"] == "play") & at.events["user_id"].isin(at.world.listeners)]
        chart_log = plays.astype({"user_id": object, "track_id": object})

        def until(week: int) -> pd.DataFrame:
            return chart_log[chart_log["at"] < START + pd.Timedelta(weeks=week)]

        def learn(log: pd.DataFrame) -> Recommender:
            x = Interactions.from_frame(preference(log, "listened", at.tracks), value="strength")
            return MODELS["CollaborativeFiltering (zeros)"]().fit(x)

        super().__init__(
            learn,
            until if loop == "open" else until(FROM),
            prepare=lambda week: asked_for(week, at.tracks),
            k=K,
            exclude_seen=False,
            fallback=at.world.chart(PAST),
        )
        self.at, self.loop = at, loop
        self.shelves: list[pd.DataFrame] = []  # a week each, as shown

    def act(self, users: np.ndarray, context: pd.DataFrame) -> pd.DataFrame:
        shown = super().act(users, context)
        if len(self.lists) == 1:
            self.known = self.at.world.listeners.isin(
                self.model.users_
            )  # who has a list from the first week on
        if self.loop != "lottery":
            self.shelves.append(shown)
            return shown
        home = pd.DataFrame({"context": "home", "week": context["week"].iloc[0]}, index=range(len(users)))
        drawn = pd.DataFrame(random_shelf(self.at.world)(users, context=home)[:, :DRAWN], index=users)
        drawn = drawn.set_axis(range(K - DRAWN + 1, K + 1), axis=1).stack().rename_axis(["user", "rank"])
        kept = shown[shown["rank"] <= K - DRAWN]
        self.shelves.append(pd.concat([kept, drawn.rename("item").reset_index()])[["user", "item", "rank"]])
        return self.shelves[-1]


def rows_of_world(at: Platform, loops=LOOPS, weeks: int = WEEKS) -> pd.DataFrame:
    """A row for each loop and week: genres in a list and different tracks in all lists, as the model made them, before
    any lottery, and genres in ten as shown, for who has a list from the first week on; hours a listener; share of plays
    in the tail."""
    genre, rows = at.tracks.set_index("track_id")["genre"], []
    code = pd.Series(pd.factorize(genre)[0], index=genre.index)
    content = at.world.catalogue.content

    def genres_of(lists: pd.DataFrame) -> float:
        return code[lists["item"]].groupby(lists["user"].to_numpy()).nunique().mean()

    for loop in loops:
        policy = Weekly(at, loop)
        served = at.world.serve(policy, weeks=weeks, start_week=FROM)
        weeks_of = zip(policy.lists, policy.shelves, served.played, strict=True)
        for week, (*both, played) in enumerate(weeks_of, start=1):
            ten, shown = (x[x["user"].isin(at.world.listeners[policy.known])] for x in both)
            hours = played["seconds"].sum() / 3600 / len(at.world.listeners)
            track = played["track"][content[played["track"]]]
            rows.append(
                (at.world.seed, loop, week, genres_of(ten), genres_of(shown), ten["item"].nunique(), hours)
                + (1 - at.head[track].mean(),)
            )
    return pd.DataFrame(rows, columns=COLUMNS).round(5)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return rows_of_world(Platform(SEEDS[-1], USERS), loops=("closed",), weeks=2)


def main() -> int:
    parts = []
    for seed in SEEDS:
        parts.append(rows_of_world(Platform(seed, USERS)))
        print(f"seed {seed}", file=sys.stderr, flush=True)
    write_whole(TABLE, pd.concat(parts).to_csv(index=False, lineterminator="\n"))
    print(f"{TABLE.name} is written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
