"""New tracks on Murmur's home shelf under eight seeds: five ways to fill three places, beside a chart that has all ten.

    python benchmarks/cold_start.py

Writes data/measured/cold_start.csv; lesson 05 reads it. It takes about two minutes. The policy is the lesson's own, and
the lesson holds its live run against the first run of this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_helpers.datasets import load_murmur
from recsys_helpers.events import asked_for, clean
from recsys_helpers.simulator import Strengths, World
from recsys_helpers.simulator.policies import counted_chart

TABLE = Path(__file__).resolve().parents[1] / "data" / "measured" / "cold_start.csv"
WEEKS, RUNS, PLACES, EPSILON = 6, 8, 3, 0.2
Rates = Callable[[np.ndarray, np.ndarray, int, np.random.Generator], np.ndarray]


def best_so_far(hits: np.ndarray, shown: np.ndarray, listeners: int, rng: np.random.Generator) -> np.ndarray:
    """The posterior mean of each track, the same for all listeners; ties by chance. (listeners, tracks)"""
    return np.tile((1 + hits) / (10 + shown) + 1e-9 * rng.random(len(hits)), (listeners, 1))


def mostly_best(hits: np.ndarray, shown: np.ndarray, listeners: int, rng: np.random.Generator) -> np.ndarray:
    """The best so far, but for a share of the listeners any three."""
    rates = best_so_far(hits, shown, listeners, rng)
    explore = rng.random(listeners) < EPSILON
    rates[explore] = rng.random((int(explore.sum()), len(hits)))
    return rates


WAYS: dict[str, Rates] = {
    "any three": lambda hits, shown, listeners, rng: rng.random((listeners, len(hits))),
    "greedy": best_so_far,
    "epsilon-greedy": mostly_best,
    "one draw for all": lambda hits, shown, listeners, rng: np.tile(
        rng.beta(1 + hits, 9 + shown - hits), (listeners, 1)
    ),
    "Thompson": lambda hits, shown, listeners, rng: rng.beta(
        1 + hits, 9 + shown - hits, (listeners, len(hits))
    ),
}


class FreshShelf:
    """A few fresh tracks, then a counted chart without any: a policy that counts showings and hits week by week."""

    def __init__(self, chart, fresh: np.ndarray, rates: Rates, seed: int, tracks: pd.DataFrame):
        self.chart, self.fresh, self.rates = chart, fresh, rates
        self.rng, self.picks = np.random.default_rng(seed), []  # type: ignore[var-annotated]
        self.hits = self.shown = np.zeros(len(fresh), dtype=int)
        self.half = tracks.set_index("track_id")["duration_s"] / 2

    def act(self, users: np.ndarray, context: pd.DataFrame) -> np.ndarray:
        rates = self.rates(self.hits, self.shown, len(users), self.rng)
        self.picks.append(np.argsort(-rates, axis=1, kind="stable")[:, :PLACES])
        return np.column_stack([self.fresh[self.picks[-1]], self.chart.act(users, context)])[:, :10]

    def observe(self, impressions: pd.DataFrame, events: pd.DataFrame) -> None:
        """A showing: a listener saw the track that week. A hit: they took it from the shelf and heard half of it."""
        self.chart.observe(impressions, events)
        heard = events.loc[
            events["seconds_played"] >= events["track_id"].map(self.half).astype(float), "event_id"
        ]
        seen = impressions[impressions["track_id"].isin(self.fresh)]
        seen = seen.assign(hit=seen["event_id"].isin(heard))
        seen = seen.groupby(["user_id", "track_id"], observed=True)["hit"].max().reset_index()
        at = pd.Index(self.fresh).get_indexer(seen["track_id"].astype(object))
        self.shown = self.shown + np.bincount(at, minlength=len(self.fresh))
        self.hits = self.hits + np.bincount(at[seen["hit"].to_numpy(bool)], minlength=len(self.fresh))


def fresh_tracks(tracks: pd.DataFrame, since: str = "2026-02-16") -> np.ndarray:
    """Ids of the tracks that came out from a day on, without ads and help clips."""
    recent = (tracks["released"] >= since) & ~tracks["kind"].isin(["ad", "help"])
    ids: np.ndarray = tracks.loc[recent, "track_id"].to_numpy()
    return ids


def hours(served) -> np.ndarray:
    """Hours heard in each week, by a listener on average: (weeks,)."""
    return np.array(
        [served.events_in(served.start + week)["seconds_played"].sum() for week in range(served.weeks)]
    ) / (3600 * len(served.listeners))


def measure(
    world: World,
    log: pd.DataFrame,
    runs: Iterable[int] = range(RUNS),
    weeks: int = WEEKS,
    ways: Sequence[str] = tuple(WAYS),
) -> pd.DataFrame:
    """A row for each way, run and week: mean true liking of the fresh tracks shown, hits and showings so far, and how
    many hours a listener has more in that week than with the chart alone."""
    tracks = world.tracks
    fresh = fresh_tracks(tracks)
    likings = pd.Series(world.true_utility(world.listeners).mean(axis=0), index=tracks["track_id"])
    liking = likings[fresh].to_numpy()
    others = tracks[~tracks["track_id"].isin(fresh)]
    rows = []
    for run in runs:
        alone = hours(world.serve(counted_chart(log, others, places=10), weeks=weeks, seed=run, log=log))
        for way in ways:
            shelf = FreshShelf(counted_chart(log, others), fresh, WAYS[way], run, tracks)
            so_far: list[tuple[int, int]] = []
            observe = shelf.observe

            def noted(impressions, events, observe=observe, shelf=shelf, so_far=so_far):
                observe(impressions, events)
                so_far.append((int(shelf.hits.sum()), int(shelf.shown.sum())))

            shelf.observe = noted  # type: ignore[method-assign]
            more = hours(world.serve(shelf, weeks=weeks, seed=run, log=log)) - alone
            for week, (pick, (hits, shown)) in enumerate(zip(shelf.picks, so_far, strict=True)):
                rows.append((way, run, week + 1, liking[pick].mean(), hits, shown, more[week]))
    columns = ["way", "run", "week", "liking", "hits", "shown", "hours"]
    return pd.DataFrame(rows, columns=columns).round({"liking": 4, "hours": 4})


def log_until_now() -> pd.DataFrame:
    """Murmur's log, cleaned and without ads and help clips: what its chart has counted so far."""
    murmur = load_murmur()
    events, _ = clean(murmur.events, murmur.tracks, murmur.users)
    return asked_for(events, murmur.tracks)


def everything(log: pd.DataFrame) -> pd.DataFrame:
    """All ways in Murmur as it is, and two of them in a world where a track pleases more the first time."""
    as_is = measure(World.small(), log).assign(newness=0)
    pleases = World.small(strengths=Strengths(newness=1))
    return pd.concat([as_is, measure(pleases, log, ways=("greedy", "Thompson")).assign(newness=1)])


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return measure(World.small(), log_until_now(), runs=[0], ways=["greedy"]).assign(newness=0)


if __name__ == "__main__":
    everything(log_until_now()).to_csv(TABLE, index=False, lineterminator="\n")
    print(f"{TABLE.name} is written.")
