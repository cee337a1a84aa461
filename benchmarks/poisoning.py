"""A home shelf that learns from a log into which fake accounts play, week after week, in six worlds.

    python benchmarks/poisoning.py

In each world a policy fills ten places for three weeks. In the weeks before the first two of these, bots play three
obscure tracks into the log that the policy learns from; then they stop. Each row is one policy and one number of bots
in one week: how many places the bots' tracks hold and what listeners hear. The same listeners live the same weeks under
the same luck without bots, and under another luck. Writes data/measured/poisoning.csv, which lesson 18 reads, in about
three minutes of one core.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE
from recsys_helpers.simulator import World
from recsys_helpers.simulator.catalogue import START
from recsys_helpers.trust import capped
from recsys_helpers.workspace import write_whole

TABLE = Path(__file__).resolve().parents[1] / "data" / "measured" / "poisoning.csv"
SEEDS, USERS, WEEKS, ACTIVE, PLACES = (7, 8, 9, 10, 11, 12), 400, 3, 2, 10
LIFTED, PLAYS, FILLERS = 3, 200, 30  # tracks that bots lift; plays of a bot in a week; tracks of a disguise
BOTS = (0, 4, 10, 40, 160)
RULES: dict[str, Callable[[Interactions], Interactions]] = {
    "chart of plays": lambda x: x,
    "chart, cap at 3": lambda x: capped(x, 3.0),
    "chart of listeners": lambda x: capped(x, 1.0),
    "EASE on plays": lambda x: x,
    "EASE, cap at 3": lambda x: capped(x, 3.0),
}
OTHER_LUCK = -1  # in the column of bots: none, and other random draws
COLUMNS = ["seed", "policy", "bots", "week", "places", "hours", "gap", "lifted_plays"]


class Platform:
    """One world with its log, cleaned of the farms that it has by itself, and the tracks that bots are to lift."""

    def __init__(self, seed: int, users: int = USERS):
        self.world = World(seed=seed, users=users)
        events = clean(self.world.log(), self.world.tracks, self.world.users)[0]
        self.events = asked_for(events, self.world.tracks)
        plays = self.counts(self.events)
        heard = np.bincount(plays.matrix.indices, minlength=plays.shape[1])
        obscure = plays.items[(heard >= 1) & (heard <= 3)]
        self.lifted = np.random.default_rng([18, seed]).choice(obscure, LIFTED, replace=False)

    def counts(self, events: pd.DataFrame) -> Interactions:
        """Plays of each listener and track."""
        table = preference(events, "plays")
        return Interactions.from_frame(table.assign(plays=np.expm1(table["strength"]).round()), value="plays")


class Poisoned:
    """A policy for ``World.serve``: a rule of RULES, on the log and on what ``bots`` accounts play into it.

    A chart counts the last seven days, EASE all that was ever played. Each active bot plays its PLAYS a week, the same
    number for each of the three tracks; against EASE it also takes over FILLERS tracks of a listener, play by play.
    """

    def __init__(self, at: Platform, policy: str, bots: int):
        self.at, self.policy, self.bots, self.logs, self.week = at, policy, bots, [at.events], at.world.weeks
        self.places: list[float] = []

    def act(self, users: np.ndarray) -> pd.DataFrame:
        log = pd.concat(self.logs, ignore_index=True)
        chart = self.policy.startswith("chart")
        now = START + pd.Timedelta(weeks=self.week)
        active = min(len(self.places) + 1, ACTIVE)
        if chart:
            log, active = log[log["at"] >= now - pd.Timedelta(days=7)], int(len(self.places) < ACTIVE)
        x = RULES[self.policy](self.with_bots(self.at.counts(log), active, not chart))
        ten = self.best(x, users) if not chart else self.top(x, users)
        self.places.append(float(ten["item"].isin(self.at.lifted).groupby(ten["user"]).sum().mean()))
        self.week += 1
        return ten

    def observe(self, events: pd.DataFrame) -> None:
        self.logs.append(asked_for(events, self.at.world.tracks))

    def with_bots(self, x: Interactions, weeks: int, disguised: bool) -> Interactions:
        """The counts, and below them those of the bots over so many active weeks."""
        if not (self.bots and weeks):
            return x
        table = x.to_frame()[["user", "item", "value"]]
        rng = np.random.default_rng([18, self.at.world.seed, 1])
        rows = []
        for n in range(self.bots):
            name = f"zz-bot-{n:03d}"
            rows += [(name, track, PLAYS * weeks / LIFTED) for track in self.at.lifted]
            if disguised:
                of = table[(table["user"] == rng.choice(x.users)) & ~table["item"].isin(self.at.lifted)]
                of = of.iloc[rng.permutation(len(of))[:FILLERS]]
                rows += [(name, track, value) for track, value in zip(of["item"], of["value"], strict=True)]
        more = pd.DataFrame(rows, columns=table.columns)
        return Interactions.from_frame(pd.concat([table, more]), "user", "item", "value")

    def top(self, x: Interactions, users: np.ndarray) -> pd.DataFrame:
        """The same ten for everybody: the largest sums, of equals the lower id."""
        sums = np.bincount(x.matrix.indices, x.matrix.data, minlength=x.shape[1])
        ten = x.items[np.argsort(-sums, kind="stable")[:PLACES]]
        ranks = pd.DataFrame({"item": ten, "rank": np.arange(1, PLACES + 1)})
        return pd.DataFrame({"user": users}).merge(ranks, how="cross")

    def best(self, x: Interactions, users: np.ndarray) -> pd.DataFrame:
        """EASE's ten for each listener, heard ones among them; the chart for who has played nothing."""
        known = pd.Index(users)[pd.Index(users).isin(x.users)]
        model = EASE(regularization=200.0).fit(x)
        mine = model.recommend(known, k=PLACES, exclude_seen=False)[["user", "item", "rank"]]
        others = pd.Index(users).difference(known)
        return pd.concat([mine, self.top(x, np.asarray(others))], ignore_index=True)


def rows_of_world(
    at: Platform, policies: Any = tuple(RULES), bots: Any = (*BOTS, OTHER_LUCK), weeks: int = WEEKS
):
    """A row for each policy, number of bots and week; ``gap`` is the hours a listener more than without bots."""
    rows = []
    for policy in policies:
        base: np.ndarray | None = None
        for n in bots:
            poisoned = Poisoned(at, policy, max(n, 0))
            served = at.world.serve(poisoned, weeks=weeks, seed=int(n == OTHER_LUCK))
            lifted = at.world.track_ids.get_indexer(at.lifted)
            hours = np.array([p["seconds"].sum() for p in served.played]) / 3600 / len(at.world.listeners)
            base = hours if base is None else base
            for week, played in enumerate(served.played):
                share = np.isin(played["track"], lifted).mean()
                gap = hours[week] - base[week]
                rows.append(
                    (at.world.seed, policy, n, week + 1, poisoned.places[week], hours[week], gap, share)
                )
    return pd.DataFrame(rows, columns=COLUMNS).round(5)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return rows_of_world(Platform(SEEDS[-1]), ("chart of plays",), (0, 4), weeks=1)


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
