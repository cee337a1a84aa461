"""New tracks on Murmur's home shelf, over ten lucks: what chance, the best so far and Thompson sampling make of them.

    python benchmarks/cold_start.py

Writes data/measured/cold_start.csv; lesson 05 reads it. It takes about two minutes. The policy is the lesson's own, and
the lesson holds its live run against the first luck of this file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from recsys_helpers.simulator import World, difference

TABLE = Path(__file__).resolve().parents[1] / "data" / "measured" / "cold_start.csv"
WEEKS, LUCKS, PLACES = 6, 10, 3
WAYS = {  # hits (n,), shown (n,), listeners m, random generator -> rates (m, n)
    "any": lambda hits, shown, m, rng: rng.random((m, len(hits))),
    # Ties by chance: which three it bets on first is part of its luck.
    "greedy": lambda hits, shown, m, rng: np.tile(
        (1 + hits) / (10 + shown) + 1e-9 * rng.random(len(hits)), (m, 1)
    ),
    "Thompson": lambda hits, shown, m, rng: rng.beta(1 + hits, 9 + shown - hits, (m, len(hits))),
}


class FreshShelf:
    """A few fresh tracks, then the chart: a policy for ``World.serve`` that counts showings and hits week by week."""

    def __init__(self, world: World, fresh: np.ndarray, way: str, seed: int, places: int = PLACES):
        self.world, self.fresh, self.way, self.places = world, fresh, WAYS[way], places
        self.rng, self.week = np.random.default_rng(seed), world.weeks
        self.hits = self.shown = np.zeros(len(fresh), dtype=int)
        self.picks: list[np.ndarray] = []
        self.length = world.tracks.set_index("track_id")["duration_s"]

    def __call__(self, user_ids: np.ndarray) -> np.ndarray:
        rates = self.way(self.hits, self.shown, len(user_ids), self.rng)
        self.user_ids = user_ids
        self.picks.append(np.argsort(-rates, axis=1, kind="stable")[:, : self.places])
        chart = np.tile(self.world.chart(self.week), (len(user_ids), 1))
        return np.column_stack([self.fresh[self.picks[-1]], chart])[:, :10]

    def observe(self, events: pd.DataFrame) -> None:
        """A showing: the listener came to the shelf that week. A hit: half of the track was heard from the shelf."""
        home = events[events["source"] == "home"]
        came = np.isin(self.user_ids, home["user_id"])
        half = home[home["seconds_played"] >= home["track_id"].map(self.length) / 2]
        taken = pd.MultiIndex.from_frame(half[["user_id", "track_id"]])
        pick, user_ids = self.picks[-1][came], self.user_ids[came]
        pairs = [np.repeat(user_ids, self.places), self.fresh[pick].ravel()]
        hit = pd.MultiIndex.from_arrays(pairs).isin(taken)
        self.shown = self.shown + np.bincount(pick.ravel(), minlength=len(self.fresh))
        self.hits = self.hits + np.bincount(pick.ravel()[hit], minlength=len(self.fresh))
        self.week += 1


def fresh_tracks(world: World, since: str = "2026-02-16") -> np.ndarray:
    """Ids of the tracks that came out from a day on, without ads and help clips."""
    tracks = world.tracks
    recent = (tracks["released"] >= since) & ~tracks["kind"].isin(["ad", "help"])
    return tracks.loc[recent, "track_id"].to_numpy()


def measure(world: World, lucks=range(LUCKS), weeks: int = WEEKS, ways=WAYS) -> pd.DataFrame:
    """A row for each way, luck and week: mean true liking of the fresh tracks shown, hits and showings so far, and how
    many hours a week (over all weeks) a listener has more than with the chart alone."""
    fresh = fresh_tracks(world)
    liking = pd.Series(world.true_utility(world.listeners).mean(axis=0), index=world.tracks["track_id"])[
        fresh
    ]
    rows = []
    for luck in lucks:
        alone = world.serve(FreshShelf(world, fresh, "any", luck, places=0), weeks=weeks, seed=luck)
        for way in ways:
            shelf, so_far = FreshShelf(world, fresh, way, luck), []
            observe = shelf.observe

            def noted(events, observe=observe, shelf=shelf, so_far=so_far):
                observe(events)
                so_far.append((int(shelf.hits.sum()), int(shelf.shown.sum())))

            shelf.observe = noted
            served = world.serve(shelf, weeks=weeks, seed=luck)
            hours = difference(served, alone).mean
            for week, (pick, (hits, shown)) in enumerate(zip(shelf.picks, so_far, strict=True), start=1):
                rows.append((way, luck, week, liking.to_numpy()[pick].mean(), hits, shown, hours))
    columns = ["way", "luck", "week", "liking", "hits", "shown", "hours"]
    return pd.DataFrame(rows, columns=columns).round({"liking": 4, "hours": 4})


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return measure(World.small(), lucks=[0], ways=["greedy"])


if __name__ == "__main__":
    measure(World.small()).to_csv(TABLE, index=False, lineterminator="\n")
    print(f"{TABLE.name} is written.")
